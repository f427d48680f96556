// The circuit breaker of one venue: after so many failures in a row entries wait; then one probe decides. Pure;
// its state is one line of text in the journal's controls.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/refusal.hpp"
#include "engine/rules.hpp"

namespace tvh::engine {

struct Breaker {
  std::vector<TimePoint> failures;      // in a row, within the window; at most BreakerRules::failures
  std::optional<TimePoint> open_since;  // entries wait
  std::optional<std::string> probe;     // client order id of the one entry that tries

  bool operator==(const Breaker&) const = default;
};

// "circuit_open", with how long it stays so. Nothing when an entry may pass, be it as the probe.
std::optional<Refusal> check_breaker(const Breaker& breaker, const BreakerRules& rules,
                                     const std::string& venue, TimePoint now);

// An entry that passed is about to be sent: in a breaker that is open it is the probe.
void note_entry(Breaker& breaker, const std::string& client_order_id);
void note_success(Breaker& breaker, const std::string& client_order_id);
void note_failure(Breaker& breaker, const BreakerRules& rules, const std::string& client_order_id,
                  TimePoint now);
// The probe came to nothing either way: the next entry tries.
void forget_probe(Breaker& breaker, const std::string& client_order_id);

// Every breaker there is, for --status.
std::vector<model::BreakerStatus> describe_breakers(const std::map<std::string, BreakerRules>& rules,
                                                    const std::map<std::string, Breaker>& breakers,
                                                    TimePoint now);

std::string format_breaker(const Breaker& breaker);
std::optional<Breaker> parse_breaker(std::string_view text);  // nothing: not ours

}  // namespace tvh::engine
