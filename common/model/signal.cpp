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

namespace {

struct Interval {
  std::int64_t count = 1;
  bool has_count = false;
  std::string_view unit;
};

std::optional<Interval> split_interval(const std::string& timeframe) {
  Interval interval;
  const char* const begin = timeframe.data();
  const char* const end = begin + timeframe.size();
  const auto [unit, error] = std::from_chars(begin, end, interval.count);
  interval.has_count = error == std::errc();
  // No chart has a bar of more than a few years; far below where weeks would overflow.
  if (interval.has_count && (interval.count <= 0 || interval.count > 10'000)) return std::nullopt;
  interval.unit = std::string_view(unit, std::size_t(end - unit));
  return interval;
}

// TradingView's longest is "12M"; far below where the years would end.
constexpr std::int64_t kMostMonths = 120;

}  // namespace

std::optional<Nanoseconds> timeframe_duration(const std::string& timeframe) {
  const auto interval = split_interval(timeframe);
  if (!interval) return std::nullopt;
  const std::int64_t count = interval->count;
  const std::string_view suffix = interval->unit;
  if (suffix.empty() && interval->has_count) return std::chrono::minutes(count);
  if (suffix == "S" || suffix == "s") return std::chrono::seconds(count);
  if (suffix == "m") return std::chrono::minutes(count);
  if (suffix == "h" || suffix == "H") return std::chrono::hours(count);
  if (suffix == "D" || suffix == "d") return std::chrono::days(count);
  if (suffix == "W" || suffix == "w") return std::chrono::weeks(count);
  return std::nullopt;
}

TimePoint bar_end(TimePoint start, const std::string& timeframe) {
  if (const auto length = timeframe_duration(timeframe)) return start + *length;
  const auto interval = split_interval(timeframe);
  if (!interval || interval->unit != "M" || interval->count > kMostMonths) return start;
  const auto day = std::chrono::floor<std::chrono::days>(start);
  std::chrono::year_month_day date(day);
  date += std::chrono::months(interval->count);
  if (!date.ok()) date = date.year() / date.month() / std::chrono::last;
  return std::chrono::sys_days(date) + (start - day);
}

bool bars_fit_day(const std::string& timeframe) {
  const auto length = timeframe_duration(timeframe);
  return length && std::chrono::days(1) % *length == Nanoseconds(0);
}

TimePoint bar_start(TimePoint at, const std::string& timeframe) {
  const auto length = timeframe_duration(timeframe);
  if (!length || *length >= std::chrono::days(1)) return at;
  return at - (at - std::chrono::floor<std::chrono::days>(at)) % *length;
}

}  // namespace tvh::model
