#include "engine/age.hpp"

#include <algorithm>

namespace tvh::engine {

static std::string in_seconds(Nanoseconds span) {
  return std::to_string(std::chrono::floor<std::chrono::seconds>(span).count()) + " s";
}

TimePoint happened_at(const model::Signal& signal) {
  if (signal.fired_at) return *signal.fired_at;
  if (!signal.bar_time) return signal.received_at;
  const TimePoint end = model::bar_end(*signal.bar_time, signal.timeframe);
  // Received while its bar was open, it fired inside the bar: a stop of a strategy, "once per bar".
  if (signal.received_at < end) return std::max(*signal.bar_time, signal.received_at);
  return end;
}

std::optional<Refusal> check_signal_age(const model::Signal& signal, Nanoseconds limit, TimePoint now) {
  const Nanoseconds age = now - happened_at(signal);
  if (age < -limit) {
    return Refusal{"max_age", "the signal is dated " + in_seconds(-age) + " in the future, max_age is " +
                                  in_seconds(limit) + "; check the clocks"};
  }
  if (age <= limit) return std::nullopt;
  return Refusal{"max_age", "the signal is " + in_seconds(age) + " old, max_age is " + in_seconds(limit)};
}

}  // namespace tvh::engine
