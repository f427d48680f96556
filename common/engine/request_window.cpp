#include "engine/request_window.hpp"

#include <algorithm>

namespace tvh::engine {

SteadyPoint RequestWindow::next(const model::Rate& rate, SteadyPoint now) const {
  SteadyPoint free = std::max(now, paused_);
  if (taken_.size() >= std::size_t(rate.calls)) {
    free = std::max(free, taken_[taken_.size() - std::size_t(rate.calls)] + rate.window);
  }
  return free;
}

void RequestWindow::take(const model::Rate& rate, SteadyPoint now) {
  taken_.push_back(now);
  while (taken_.size() > std::size_t(rate.calls)) taken_.pop_front();
}

void RequestWindow::pause(SteadyPoint until) { paused_ = std::max(paused_, until); }

}  // namespace tvh::engine
