// The venue's clock as seen from here: an offset to our steady clock, with how far off it may be.
#pragma once

#include <chrono>
#include <optional>

#include "base/clock.hpp"

namespace tvh::venue {

// Of several askings the one with the shortest way there and back is believed. The wall clock plays no part: it
// may be set while we run.
class ServerClock {
 public:
  using Steady = std::chrono::steady_clock::time_point;

  // The server told `server` (since the epoch) somewhere between `asked` and `answered`.
  void observe(Steady asked, Steady answered, std::chrono::milliseconds server);
  // The venue refused a timestamp: stale until it was asked for its time again. Where that fits, the better of
  // the two stands: one request may have been late on its way.
  void doubt(Steady now) { doubted_at_ = now; }

  // Not known, doubted, older than ten minutes, or too uncertain to sign with.
  bool is_stale(Steady now) const;
  std::chrono::milliseconds now(Steady now) const;  // of the server; needs !is_stale()
  std::chrono::milliseconds uncertainty(Steady now) const;

 private:
  struct Observation {
    Steady middle;
    std::chrono::nanoseconds server{};
    std::chrono::nanoseconds uncertainty{};
  };
  std::chrono::nanoseconds uncertainty_of(const Observation& seen, Steady now) const;
  bool contradicts(const Observation& seen, Steady now) const;

  std::optional<Observation> best_;
  std::optional<Steady> asked_last_;
  std::optional<Steady> doubted_at_;  // and not asked since
};

}  // namespace tvh::venue
