// For how long a venue asked us to be silent: 429 and 418 with a time to wait. It outlives the process, since
// what is sent into a ban prolongs it; it is one line of text in the journal's controls. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace tvh::engine {

// The longest ban there is (Binance: 2 minutes to 3 days).
inline constexpr std::chrono::hours kLongestPause{24 * 3};

// By the wall clock, the only one that another process shares.
struct Pause {
  TimePoint said{};
  TimePoint until{};

  bool operator==(const Pause&) const = default;
};

// The control that keeps it: "pause:VENUE".
std::string pause_key(const std::string& venue);
std::string format_pause(const Pause& pause);
std::optional<Pause> parse_pause(std::string_view text);  // nothing: not ours

// What is left of it, 0 when it is over. Never more than what was asked for, nor than kLongestPause: a clock
// that was set back since must not make it longer.
Nanoseconds left_of(const Pause& pause, TimePoint now);

// From now for `length`; nothing when `known` lasts as long already, but for a moment that is worth no record.
std::optional<Pause> longer_pause(const std::optional<Pause>& known, TimePoint now, Nanoseconds length);

}  // namespace tvh::engine
