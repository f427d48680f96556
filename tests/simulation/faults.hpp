// What can go wrong, by name. Each world has a subset of its own ("swarm"): some faults show only where others
// are absent.
#pragma once

#include <array>
#include <string_view>

#include "simulation/random.hpp"

namespace tvh::simulation {

enum class Fault {
  request_lost,
  request_delayed,
  reply_lost,
  reply_late,
  error_after_accept,  // a 5xx, though the order was taken
  throttled,
  clock_error,
  unreachable,
  refused,
  rests,
  partial_fill,
  refused_later,  // accepted, then rejected
  expires,
  update_lost,
  update_doubled,
  update_reordered,
  fewer_fills,  // an answer carries fewer fills than it tells of
  invisible,    // up to the visibility lag
  query_unanswered,
  look_up_unreachable,
  cancel_unanswered,
  cancel_races_fill,
  venue_down,
  clock_jump,
  crash,
  commit_lost,  // a commit fails with nothing written
  commit_kept,  // a commit fails with everything written
  journal_busy,
};
inline constexpr std::array kFaultNames{
    "request_lost",      "request_delayed",   "reply_lost",  "reply_late",       "error_after_accept",
    "throttled",         "clock_error",       "unreachable", "refused",          "rests",
    "partial_fill",      "refused_later",     "expires",     "update_lost",      "update_doubled",
    "update_reordered",  "fewer_fills",       "invisible",   "query_unanswered", "look_up_unreachable",
    "cancel_unanswered", "cancel_races_fill", "venue_down",  "clock_jump",       "crash",
    "commit_lost",       "commit_kept",       "journal_busy"};
inline constexpr std::size_t kFaults = kFaultNames.size();
static_assert(std::size_t(Fault::journal_busy) + 1 == kFaults);
using FaultCounts = std::array<std::int64_t, kFaults>;

class Faults {
 public:
  explicit Faults(Random random) : random_(random) {
    // A world in eight is calm, so that what is wrong without any fault is seen as such.
    if (random_.chance(12)) return;
    const int share = int(random_.between(5, 60));
    for (auto& percent : percents_) {
      if (random_.chance(share)) percent = int(random_.pick(std::vector<int>{2, 5, 10, 25, 50}));
    }
  }

  bool can(Fault fault) const { return percents_[std::size_t(fault)] > 0; }
  // Whether it happens now; counted if so.
  bool strikes(Fault fault) {
    const int percent = percents_[std::size_t(fault)];
    if (percent == 0 || over_ || !random_.chance(percent)) return false;
    ++counts_[std::size_t(fault)];
    return true;
  }
  void count(Fault fault) { ++counts_[std::size_t(fault)]; }
  // From here on nothing goes wrong any more.
  void end() { over_ = true; }
  bool over() const { return over_; }
  const FaultCounts& counts() const { return counts_; }

 private:
  Random random_;
  std::array<int, kFaults> percents_{};
  FaultCounts counts_{};
  bool over_ = false;
};

}  // namespace tvh::simulation
