// How many requests a venue lets through, kept on our side so that it never has to say so. Pure.
//
// A sliding window and not a token bucket: a full bucket that refills lets nearly twice the calls through
// within one window, and venues count windows.
#pragma once

#include <deque>

#include "base/clock.hpp"
#include "model/market.hpp"

namespace tvh::engine {

// Waits are measured by the steady clock: a wall clock that is set forward must not end one early.
using SteadyPoint = std::chrono::steady_clock::time_point;

class RequestWindow {
 public:
  // When the next call may leave: `now` or later.
  SteadyPoint next(const model::Rate& rate, SteadyPoint now) const;
  // One call leaves at `now`, which next() allowed.
  void take(const model::Rate& rate, SteadyPoint now);
  // The venue asked for a pause: nothing leaves before `until`.
  void pause(SteadyPoint until);

 private:
  std::deque<SteadyPoint> taken_;  // the latest, at most the rate's calls
  SteadyPoint paused_{};
};

}  // namespace tvh::engine
