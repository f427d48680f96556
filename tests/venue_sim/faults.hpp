// Named faults at the wire, each with a probability, drawn from the seed and the request's ordinal: the same
// requests in the same order get the same faults. At most one fault a request.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace tvh::venue_sim {

enum class Fault {
  none,
  reply_lost,    // executed; the connection closes without an answer
  request_lost,  // not executed; the connection closes without an answer
  late_accept,   // "outcome unknown" now, executed later if it is then still in time; orders and cancels only
  error_after_accept,  // executed, then "outcome unknown"; orders and cancels only
  unavailable,         // not executed, 503
  truncated,           // executed; the answer's body ends half-way, then the connection closes
  malformed,           // executed; 200 with a body nobody can parse
  reset,               // the connection is reset; executed or not, by the seed
  slow,                // executed at once, answered late
  silent,              // executed; no answer while the client waits
  reordered,           // executed; answered after another request's answer
  invisible,           // executed; queries do not see the order for a while; orders only
  clock,               // the venue's clock jumps before the request is looked at
  throttled,           // not executed, 429 with Retry-After
  ban,                 // not executed, 418 with Retry-After, and so is everything until it is over
};

inline constexpr std::array kFaultNames{std::string_view("none"),
                                        std::string_view("reply_lost"),
                                        std::string_view("request_lost"),
                                        std::string_view("late_accept"),
                                        std::string_view("error_after_accept"),
                                        std::string_view("unavailable"),
                                        std::string_view("truncated"),
                                        std::string_view("malformed"),
                                        std::string_view("reset"),
                                        std::string_view("slow"),
                                        std::string_view("silent"),
                                        std::string_view("reordered"),
                                        std::string_view("invisible"),
                                        std::string_view("clock"),
                                        std::string_view("throttled"),
                                        std::string_view("ban")};

inline std::string_view name_of(Fault fault) { return kFaultNames[std::size_t(fault)]; }
std::optional<Fault> fault_named(std::string_view name);

// What a request is, as far as faults care.
struct FaultSubject {
  std::uint64_t ordinal = 0;
  bool trades = false;  // places or cancels
  std::string method;
  std::string path;
};

class Faults {
 public:
  explicit Faults(std::uint64_t seed) : seed_(seed) {}

  // "all" sets every fault. A usage error names the faults there are.
  Result<void> set(std::string_view name, double probability);
  // The next `count` requests whose method and path are these ("" for any) get the fault for certain.
  Result<void> order(std::string_view name, int count, std::string method, std::string path);

  Fault draw(const FaultSubject& subject);
  // A number for one purpose of one request.
  std::uint64_t roll(std::uint64_t ordinal, std::uint64_t purpose) const;

 private:
  struct Ordered {
    Fault fault;
    int count;
    std::string method;
    std::string path;
  };

  std::uint64_t seed_;
  std::array<double, kFaultNames.size()> probability_{};
  std::vector<Ordered> ordered_;
};

}  // namespace tvh::venue_sim
