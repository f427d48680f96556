#include <array>
#include <charconv>
#include <type_traits>

#include "base/clock.hpp"

namespace tvh {
namespace {

using std::chrono::days;
using std::chrono::sys_days;

constexpr TimePoint kEarliest = sys_days(std::chrono::year(2000) / 1 / 1);
constexpr TimePoint kLatest = sys_days(std::chrono::year(2200) / 1 / 1);
constexpr std::chrono::days kLongest{20'000};

std::optional<TimePoint> in_range(TimePoint at) {
  if (at < kEarliest || at >= kLatest) return std::nullopt;
  return at;
}

// Takes exactly `kWidth` digits off the front.
template <std::size_t kWidth>
std::optional<int> take_digits(std::string_view& text) {
  if (text.size() < kWidth) return std::nullopt;
  int value = 0;
  for (std::size_t i = 0; i < kWidth; ++i) {
    const unsigned digit = static_cast<unsigned char>(text[i]) - unsigned('0');
    if (digit > 9) return std::nullopt;
    value = value * 10 + int(digit);
  }
  text.remove_prefix(kWidth);
  return value;
}

bool take(std::string_view& text, char expected) {
  if (text.empty() || text.front() != expected) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<Nanoseconds> take_fraction(std::string_view& text) {
  if (!take(text, '.') && !take(text, ',')) return Nanoseconds(0);
  std::int64_t value = 0;
  std::size_t digits = 0;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    if (digits < 9) value = value * 10 + (text.front() - '0');
    ++digits;
    text.remove_prefix(1);
  }
  if (digits == 0) return std::nullopt;
  for (std::size_t i = digits; i < 9; ++i) value *= 10;
  return Nanoseconds(value);
}

std::optional<std::chrono::minutes> take_zone(std::string_view& text) {
  if (text.empty() || take(text, 'Z') || take(text, 'z')) return std::chrono::minutes(0);
  const bool east = text.front() == '+';
  if (!east && text.front() != '-') return std::nullopt;
  text.remove_prefix(1);
  const auto hours = take_digits<2>(text);
  take(text, ':');
  const auto minutes = text.empty() ? std::optional<int>(0) : take_digits<2>(text);
  if (!hours || !minutes || *hours > 14 || *minutes > 59) return std::nullopt;
  const std::chrono::minutes offset(*hours * 60 + *minutes);
  return east ? offset : -offset;
}

std::optional<TimePoint> parse_epoch(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  const std::int64_t unit = text.size() >= 12 ? 1'000'000 : 1'000'000'000;
  if (value >= nanoseconds_since_epoch(kLatest) / unit) return std::nullopt;  // before it could overflow
  return in_range(from_nanoseconds(value * unit));
}

// "2026-11-20T10:15:00Z", as TradingView writes nearly all; nothing where it is anything else, or no such
// moment.
std::optional<TimePoint> parse_usual(std::string_view text) {
  constexpr std::string_view kShape = "dddd-dd-ddTdd:dd:ddZ";
  if (text.size() != kShape.size()) return std::nullopt;
  std::array<int, kShape.size()> digits{};
  for (std::size_t i = 0; i < kShape.size(); ++i) {
    if (kShape[i] != 'd') {
      if (text[i] != kShape[i]) return std::nullopt;
      continue;
    }
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    digits[i] = text[i] - '0';
  }
  const auto two = [&](std::size_t at) { return digits[at] * 10 + digits[at + 1]; };
  const auto date = std::chrono::year(two(0) * 100 + two(2)) / std::chrono::month(unsigned(two(5))) /
                    std::chrono::day(unsigned(two(8)));
  if (!date.ok() || two(0) < 20 || two(0) > 21 || two(11) > 23 || two(14) > 59 || two(17) > 59)
    return std::nullopt;
  return sys_days(date) + std::chrono::hours(two(11)) + std::chrono::minutes(two(14)) +
         std::chrono::seconds(two(17));
}

}  // namespace

TimeText time_text(TimePoint at) {
  const auto day = std::chrono::floor<days>(at);
  const std::chrono::year_month_day date(day);
  const auto since_midnight = std::uint64_t((at - day).count());
  const auto seconds = std::uint32_t(since_midnight / 1'000'000'000);
  const auto fraction = std::uint32_t(since_midnight % 1'000'000'000);
  TimeText text;  // no format string: a record has three of these
  char* out = text.data();
  const auto put = [&]<int kWidth>(std::integral_constant<int, kWidth>, std::uint32_t value) {
    for (int i = kWidth - 1; i >= 0; --i, value /= 10) out[i] = char('0' + value % 10);
    out += kWidth;
  };
  constexpr std::integral_constant<int, 2> kTwo;
  constexpr std::integral_constant<int, 3> kThree;
  put(kTwo, std::uint32_t(int(date.year())) / 100);
  put(kTwo, std::uint32_t(int(date.year())) % 100);
  *out++ = '-';
  put(kTwo, unsigned(date.month()));
  *out++ = '-';
  put(kTwo, unsigned(date.day()));
  *out++ = 'T';
  put(kTwo, seconds / 3600);
  *out++ = ':';
  put(kTwo, seconds / 60 % 60);
  *out++ = ':';
  put(kTwo, seconds % 60);
  if (fraction != 0) {
    *out++ = '.';
    if (fraction % 1'000'000 == 0) {
      put(kThree, fraction / 1'000'000);
    } else if (fraction % 1'000 == 0) {
      put(std::integral_constant<int, 6>(), fraction / 1'000);
    } else {
      put(std::integral_constant<int, 9>(), fraction);
    }
  }
  *out++ = 'Z';
  text.set_size(std::size_t(out - text.data()));
  return text;
}

std::optional<TimePoint> parse_time(std::string_view text) {
  if (const auto usual = parse_usual(text)) return usual;
  if (text.size() >= 9 && text.size() <= 14 && text.find_first_not_of("0123456789") == std::string_view::npos) {
    return parse_epoch(text);
  }
  const auto year = take_digits<4>(text);
  if (!year || !take(text, '-')) return std::nullopt;
  const auto month = take_digits<2>(text);
  if (!month || !take(text, '-')) return std::nullopt;
  const auto day = take_digits<2>(text);
  if (!day) return std::nullopt;
  const auto date =
      std::chrono::year(*year) / std::chrono::month(unsigned(*month)) / std::chrono::day(unsigned(*day));
  // Before it is nanoseconds, of which a far year has more than fit.
  if (!date.ok() || *year < 1999 || *year > 2200) return std::nullopt;
  if (text.empty()) return in_range(sys_days(date));
  if (!take(text, 'T') && !take(text, 't') && !take(text, ' ')) return std::nullopt;
  const auto hour = take_digits<2>(text);
  if (!hour || *hour > 23 || !take(text, ':')) return std::nullopt;
  const auto minute = take_digits<2>(text);
  if (!minute || *minute > 59) return std::nullopt;
  std::optional<int> second = 0;
  if (take(text, ':')) second = take_digits<2>(text);
  if (!second || *second > 59) return std::nullopt;
  const auto fraction = take_fraction(text);
  if (!fraction) return std::nullopt;
  const auto zone = take_zone(text);
  if (!zone || !text.empty()) return std::nullopt;
  return in_range(sys_days(date) + std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
                  std::chrono::seconds(*second) + *fraction - *zone);
}

std::optional<Nanoseconds> parse_duration(std::string_view text) {
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || count < 0) return std::nullopt;
  const std::string_view unit(end, std::size_t(text.data() + text.size() - end));
  std::int64_t nanoseconds = 0;
  if (unit == "ms") nanoseconds = 1'000'000;
  if (unit.empty() || unit == "s") nanoseconds = 1'000'000'000;
  if (unit == "m") nanoseconds = 60'000'000'000;
  if (unit == "h") nanoseconds = 3'600'000'000'000;
  if (unit == "d") nanoseconds = 86'400'000'000'000;
  if (nanoseconds == 0 || count > Nanoseconds(kLongest).count() / nanoseconds) return std::nullopt;
  return Nanoseconds(count * nanoseconds);
}

}  // namespace tvh
