#include "engine/pause.hpp"

#include <algorithm>
#include <charconv>

namespace tvh::engine {

namespace {

// All that met one ban say nearly the same end.
constexpr std::chrono::seconds kSameEnd{1};

std::optional<TimePoint> read_time(std::string_view text) {
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || end != text.data() + text.size() || count < 0) return std::nullopt;
  return from_nanoseconds(count);
}

}  // namespace

std::string pause_key(const std::string& venue) { return "pause:" + venue; }

std::string format_pause(const Pause& pause) {
  return std::to_string(nanoseconds_since_epoch(pause.said)) + " " +
         std::to_string(nanoseconds_since_epoch(pause.until));
}

std::optional<Pause> parse_pause(std::string_view text) {
  const auto space = text.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  const auto said = read_time(text.substr(0, space));
  const auto until = read_time(text.substr(space + 1));
  if (!said || !until || *until < *said) return std::nullopt;
  return Pause{*said, *until};
}

Nanoseconds left_of(const Pause& pause, TimePoint now) {
  const Nanoseconds left = std::min(
      {Nanoseconds(pause.until - now), Nanoseconds(pause.until - pause.said), Nanoseconds(kLongestPause)});
  return std::max(left, Nanoseconds(0));
}

std::optional<Pause> longer_pause(const std::optional<Pause>& known, TimePoint now, Nanoseconds length) {
  length = std::min(length, Nanoseconds(kLongestPause));
  if (length <= Nanoseconds(0)) return std::nullopt;
  if (known && length <= left_of(*known, now) + kSameEnd) return std::nullopt;
  return Pause{now, now + length};
}

}  // namespace tvh::engine
