#include "model/signal.hpp"

#include <charconv>
#include <span>

#include "base/hash.hpp"

namespace tvh::model {

int direction_of(Action action) {
  switch (action) {
    case Action::buy:
    case Action::close_short:
      return 1;
    case Action::sell:
    case Action::close_long:
      return -1;
    case Action::close_all:
    case Action::cancel:
    case Action::target:
    case Action::heartbeat:
      return 0;
  }
  return 0;
}

std::string companion_id(std::string_view signal_id, std::size_t place) {
  PartsHash hash;
  hash.add("companion");
  hash.add(signal_id);
  hash.add(std::to_string(place));
  const Digest digest = hash.digest();
  // 16 bytes are 26 characters.
  return to_base32(std::span(digest).first(16));
}

std::string instrument_name(const std::string& symbol, Market market) {
  return market == Market::perp ? symbol + ".P" : symbol;
}

Market market_of(const std::string& instrument) {
  return instrument.ends_with(".P") ? Market::perp : Market::spot;
}

std::string symbol_of(const std::string& instrument) {
  return market_of(instrument) == Market::perp ? instrument.substr(0, instrument.size() - 2) : instrument;
}

std::optional<Nanoseconds> timeframe_duration(const std::string& timeframe) {
  std::int64_t count = 1;
  const char* const begin = timeframe.data();
  const char* const end = begin + timeframe.size();
  const auto [unit, error] = std::from_chars(begin, end, count);
  const bool has_count = error == std::errc();
  // No chart has a bar of more than a few years; far below where weeks would overflow.
  if (has_count && (count <= 0 || count > 10'000)) return std::nullopt;
  const std::string_view suffix(unit, std::size_t(end - unit));
  if (suffix.empty() && has_count) return std::chrono::minutes(count);
  if (suffix == "S" || suffix == "s") return std::chrono::seconds(count);
  if (suffix == "m") return std::chrono::minutes(count);
  if (suffix == "h" || suffix == "H") return std::chrono::hours(count);
  if (suffix == "D" || suffix == "d") return std::chrono::days(count);
  if (suffix == "W" || suffix == "w") return std::chrono::weeks(count);
  return std::nullopt;
}

TimePoint bar_start(TimePoint at, const std::string& timeframe) {
  const auto length = timeframe_duration(timeframe);
  if (!length || *length >= std::chrono::days(1)) return at;
  const auto since = at.time_since_epoch() % *length;
  return at - (since < Nanoseconds(0) ? since + *length : since);
}

}  // namespace tvh::model
