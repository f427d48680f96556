// What a world has to say: a broken invariant, the events of a traced one, and what it counted.
#pragma once

#include <cstdio>
#include <string>

#include "base/clock.hpp"
#include "simulation/faults.hpp"

namespace tvh::simulation {

// A promise of DESIGN 2 does not hold.
struct Violation {
  std::string invariant;  // "I2"
  std::string what;
};

// The executor's process is gone, here and now.
struct Crash {};

// The time of this world, and the clock on the executor's wall, which may jump.
class WorldTime final : public Clock {
 public:
  explicit WorldTime(TimePoint start) : start_(start), now_(start) {}
  TimePoint start() const { return start_; }
  TimePoint true_now() const { return now_; }
  void advance_to(TimePoint at) {
    if (at > now_) now_ = at;
  }
  void jump(Nanoseconds by) { offset_ += by; }
  Nanoseconds offset() const { return offset_; }

  TimePoint now() const override { return now_ + offset_; }
  std::chrono::steady_clock::time_point steady() const override { return steady_of(now_); }
  static std::chrono::steady_clock::time_point steady_of(TimePoint at) {
    return std::chrono::steady_clock::time_point(at.time_since_epoch());
  }
  static TimePoint true_of(std::chrono::steady_clock::time_point at) {
    return TimePoint(Nanoseconds(at.time_since_epoch()));
  }

 private:
  TimePoint start_;
  TimePoint now_;
  Nanoseconds offset_{};
};

class Trace {
 public:
  Trace(bool on, const WorldTime& time) : on_(on), time_(time) {}
  bool on() const { return on_; }
  template <class... Parts>
  void say(const Parts&... parts) const {
    if (!on_) return;
    std::string line;
    ((line += parts), ...);
    const auto since = (time_.true_now() - time_.start()).count();
    std::printf("%12.6f  %s\n", double(since) / 1e9, line.c_str());
  }

 private:
  bool on_;
  const WorldTime& time_;
};

struct Totals {
  std::int64_t worlds = 0;
  std::int64_t signals = 0;
  std::int64_t done = 0;
  std::int64_t refused = 0;
  std::int64_t orders = 0;
  std::int64_t fills = 0;
  std::int64_t sends = 0;
  std::int64_t resends = 0;
  std::int64_t cancels = 0;
  std::int64_t duplicates = 0;   // orders at a venue beyond the first of their id: a violation, so 0
  std::int64_t unknown = 0;      // orders unknown at the quiet end: a violation, so 0
  std::int64_t undecidable = 0;  // of them, those that the venue forgot before anybody could know
  std::int64_t followed = 0;     // lanes that had to end, and ended, where their strategy said
  std::int64_t looked_at = 0;    // worlds that settled only after look_now()
  std::int64_t turns = 0;
  std::int64_t virtual_seconds = 0;
  FaultCounts faults{};

  void add(const Totals& other);
};

}  // namespace tvh::simulation
