// What one strategy's alerts of a bar say of its position: the steps it took, prev to now.
#pragma once

#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/decimal.hpp"

namespace tvh::model {

// One alert: the strategy went from one signed position to another, in base units.
struct PositionStep {
  std::string signal_id;
  Decimal from;
  Decimal to;

  bool operator==(const PositionStep&) const = default;
};

// What a lane remembers of the bar it is in: where the strategy stood before it, and every step of it so far.
struct BarChain {
  TimePoint bar{};
  Decimal start;
  std::vector<PositionStep> steps;  // in the order they arrived; at most kMaxBarSteps

  bool operator==(const BarChain&) const = default;
};

inline constexpr std::size_t kMaxBarSteps = 64;

}  // namespace tvh::model
