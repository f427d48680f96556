#include "engine/breaker.hpp"

#include <algorithm>
#include <charconv>
#include <sstream>

namespace tvh::engine {

std::optional<Refusal> check_breaker(const Breaker& breaker, const BreakerRules& rules,
                                     const std::string& venue, TimePoint now) {
  if (!breaker.open_since) return std::nullopt;
  const auto open_for = now - *breaker.open_since;
  // Opened in the future: the clock was set back, and a probe is the better guess than waiting for it to catch
  // up.
  if (open_for >= Nanoseconds(0) && open_for < rules.cool_down) {
    const auto left = std::chrono::ceil<std::chrono::seconds>(rules.cool_down - open_for).count();
    return Refusal{"circuit_open", std::to_string(rules.failures) + " orders in a row failed at venue " +
                                       venue + ": entries wait for another " + std::to_string(left) +
                                       " s, then one is tried; see tvhook-exec --status"};
  }
  if (!breaker.probe) return std::nullopt;
  return Refusal{"circuit_open", "venue " + venue + " is being tried with order " + *breaker.probe +
                                     "; entries wait for its outcome"};
}

void note_entry(Breaker& breaker, const std::string& client_order_id) {
  if (breaker.open_since && !breaker.probe) breaker.probe = client_order_id;
}

void note_success(Breaker& breaker, const std::string& client_order_id) {
  // While it is open only its own probe closes it: an old order that settles late says little about now.
  if (breaker.open_since && breaker.probe != client_order_id) return;
  breaker = Breaker();
}

void note_failure(Breaker& breaker, const BreakerRules& rules, const std::string& client_order_id,
                  TimePoint now) {
  if (breaker.open_since) {
    if (breaker.probe != client_order_id) return;
    breaker.open_since = now;
    breaker.probe.reset();
    return;
  }
  std::erase_if(breaker.failures, [&](TimePoint at) { return now - at >= rules.window; });
  breaker.failures.push_back(now);
  if (breaker.failures.size() < std::size_t(rules.failures)) return;
  breaker.failures.clear();
  breaker.open_since = now;
}

void forget_probe(Breaker& breaker, const std::string& client_order_id) {
  if (breaker.probe == client_order_id) breaker.probe.reset();
}

std::vector<model::BreakerStatus> describe_breakers(const std::map<std::string, BreakerRules>& rules,
                                                    const std::map<std::string, Breaker>& breakers,
                                                    TimePoint now) {
  std::vector<model::BreakerStatus> all;
  for (const auto& [venue, rule] : rules) {
    model::BreakerStatus status;
    status.venue = venue;
    status.limit = rule.failures;
    if (const auto known = breakers.find(venue); known != breakers.end()) {
      const Breaker& breaker = known->second;
      status.open = breaker.open_since.has_value();
      status.failures =
          int(std::count_if(breaker.failures.begin(), breaker.failures.end(),
                            [now, window = rule.window](TimePoint at) { return now - at < window; }));
      if (breaker.open_since) status.probes_at = *breaker.open_since + rule.cool_down;
    }
    all.push_back(std::move(status));
  }
  return all;
}

// "open 1795168800000000000 tvhabc" or "closed 1795168800000000000 …": times of the failures so far.
std::string format_breaker(const Breaker& breaker) {
  std::string text = breaker.open_since ? "open" : "closed";
  if (breaker.open_since) {
    text += " " + std::to_string(nanoseconds_since_epoch(*breaker.open_since));
    if (breaker.probe) text += " " + *breaker.probe;
    return text;
  }
  for (const TimePoint at : breaker.failures) text += " " + std::to_string(nanoseconds_since_epoch(at));
  return text;
}

std::optional<Breaker> parse_breaker(std::string_view text) {
  std::istringstream words{std::string(text)};
  std::string word;
  words >> word;
  const auto read_time = [](const std::string& number) -> std::optional<TimePoint> {
    std::int64_t count = 0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), count);
    if (error != std::errc() || end != number.data() + number.size()) return std::nullopt;
    return from_nanoseconds(count);
  };
  Breaker breaker;
  if (word == "open") {
    words >> word;
    breaker.open_since = read_time(word);
    if (!breaker.open_since) return std::nullopt;
    if (words >> word) breaker.probe = word;
    return breaker;
  }
  if (word != "closed") return std::nullopt;
  while (words >> word) {
    const auto at = read_time(word);
    if (!at) return std::nullopt;
    breaker.failures.push_back(*at);
  }
  return breaker;
}

}  // namespace tvh::engine
