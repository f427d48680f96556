#include <algorithm>

#include "wire/decode.hpp"
#include "wire/text.hpp"

namespace tvh::wire {
namespace {

constexpr std::size_t kLongestTimeframe = 16;

struct NamedTime {
  TimePoint at;
  const JsonMember* member;
};

// Bars start at multiples of their length, counted from the start of a trading day; that begins at a full hour,
// at half past one, or for a length that does not fit a day wherever its bars have come to stand.
bool is_bar_start(TimePoint at, const std::string& timeframe) {
  constexpr Nanoseconds kMinute = std::chrono::minutes(1);
  constexpr Nanoseconds kHalfHour = std::chrono::minutes(30);
  constexpr Nanoseconds kDay = std::chrono::days(1);
  const Nanoseconds since = at - std::chrono::floor<std::chrono::days>(at);
  const Nanoseconds length = model::timeframe_duration(timeframe).value_or(kDay);
  if (length >= kDay) return since % kMinute == Nanoseconds(0);
  if (!model::bars_fit_day(timeframe)) return since % std::min(length, kMinute) == Nanoseconds(0);
  return since % length == Nanoseconds(0) || (since + kDay - kHalfHour) % length == Nanoseconds(0) ||
         (length > kHalfHour && since % kHalfHour == Nanoseconds(0));
}

std::vector<NamedTime> read_all(FieldReader& reader) {
  std::vector<NamedTime> times;
  for (const Field field : {Field::bar_time, Field::time}) {
    for (const JsonMember* member : reader.members(field)) {
      const auto at = reader.time_of(*member);
      const auto same = [&](const NamedTime& other) { return other.at == *at; };
      if (at && std::none_of(times.begin(), times.end(), same)) times.push_back({*at, member});
    }
  }
  std::sort(times.begin(), times.end(), [](const NamedTime& a, const NamedTime& b) { return a.at < b.at; });
  return times;
}

// Months, ticks and ranges have no length of their own, but TradingView does write them.
bool is_known_timeframe(const std::string& timeframe) {
  if (model::timeframe_duration(timeframe)) return true;
  constexpr std::string_view kUnits = "MTR";
  return kUnits.find(timeframe.back()) != std::string_view::npos &&
         std::all_of(timeframe.begin(), timeframe.end() - 1, is_digit);
}

void read_alert_times(FieldReader& reader, model::Signal& signal) {
  signal.fired_at = reader.time(Field::fired_at);
  const auto times = read_all(reader);
  if (times.empty()) return;
  const NamedTime& earliest = times.front();
  const bool on_boundary = is_bar_start(earliest.at, signal.timeframe);
  if (times.size() > 2 || (times.size() == 2 && (!on_boundary || signal.fired_at))) {
    return reader.report_conflict(*earliest.member, *times.back().member);
  }
  if (times.size() == 2) {
    // {{time}} and {{timenow}} side by side: the bar's start, and the moment of firing.
    signal.bar_time = earliest.at;
    signal.fired_at = times.back().at;
    return;
  }
  if (on_boundary || signal.fired_at) {
    signal.bar_time = earliest.at;
  } else {
    signal.fired_at = earliest.at;
  }
  if (on_boundary) return;
  const std::string bar =
      signal.timeframe.empty() ? "any bar" : "a bar of timeframe " + shown(signal.timeframe);
  reader.report(FindingCode::fire_time_as_bar_time, *earliest.member,
                format_time(earliest.at) + " is not the start of " + bar +
                    ", so it is taken for the time of firing; send {{time}}, not {{timenow}}");
}

}  // namespace

void read_times(FieldReader& reader, model::Signal& signal) {
  signal.timeframe = reader.text(Field::timeframe, kLongestTimeframe);
  if (reader.is_record()) {
    signal.bar_time = reader.time(Field::bar_time);
    signal.fired_at = reader.time(Field::fired_at);
    return;
  }
  if (!signal.timeframe.empty() && !is_known_timeframe(signal.timeframe)) {
    reader.report(
        FindingCode::odd_timeframe, Field::timeframe, "timeframe",
        shown(signal.timeframe) + " is not a length of time; expected \"15\", \"240\", \"30S\" or \"1D\"");
  }
  read_alert_times(reader, signal);
}

}  // namespace tvh::wire
