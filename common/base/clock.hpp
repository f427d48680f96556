// Time as the toolkit sees it: nanoseconds since the epoch, UTC. The clock is a port; only system_clock.cpp
// asks the operating system.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/fixed_text.hpp"

namespace tvh {

using Nanoseconds = std::chrono::nanoseconds;
using TimePoint = std::chrono::sys_time<Nanoseconds>;

inline std::int64_t nanoseconds_since_epoch(TimePoint at) { return at.time_since_epoch().count(); }
inline TimePoint from_nanoseconds(std::int64_t count) { return TimePoint(Nanoseconds(count)); }

class Clock {
 public:
  virtual ~Clock() = default;
  virtual TimePoint now() const = 0;                                 // wall clock; may jump
  virtual std::chrono::steady_clock::time_point steady() const = 0;  // for durations and deadlines
};

class SystemClock final : public Clock {
 public:
  TimePoint now() const override;
  std::chrono::steady_clock::time_point steady() const override;
};

// A number the owner ticks: for replay (the recorded clock) and for tests.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(TimePoint start) : now_(start) {}
  TimePoint now() const override { return now_; }
  std::chrono::steady_clock::time_point steady() const override {
    return std::chrono::steady_clock::time_point(
        std::chrono::duration_cast<std::chrono::steady_clock::duration>(now_.time_since_epoch()));
  }
  void set(TimePoint at) { now_ = at; }
  void advance(Nanoseconds by) { now_ += by; }

 private:
  TimePoint now_;
};

// "2026-11-20T10:15:03Z", with ".412" or ".412000123" only when there is a fraction (3, 6 or 9 digits).
using TimeText = FixedText<32>;
TimeText time_text(TimePoint at);
inline std::string format_time(TimePoint at) { return time_text(at).string(); }

// ISO 8601 with "Z" or "+hh:mm" (no zone means UTC, as TradingView's {{time}} is UTC), or epoch seconds or
// milliseconds as 9 to 11 or 12 to 14 digits. Nothing when it is neither, or outside the years 2000 to 2200.
std::optional<TimePoint> parse_time(std::string_view text);

// "30s", "5m", "2h", "7d", "250ms"; a bare number is seconds. Nothing when it is none of these, negative, or
// more than 20,000 days: what is added to any time of parse_time() is a time still.
std::optional<Nanoseconds> parse_duration(std::string_view text);

}  // namespace tvh
