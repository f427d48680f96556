// Target mode (DESIGN 6): the position a strategy says it now has, whatever order its alerts arrive in. Pure.
#pragma once

#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/decimal.hpp"
#include "model/signal.hpp"

namespace tvh::engine {

// One alert of a bar: the strategy went from one signed position to another.
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
  std::vector<PositionStep> steps;  // in the order they arrived

  bool operator==(const BarChain&) const = default;
};

// Where the strategy stands after the steps, as far as they tell: the end of the chain that they form, prev to now,
// from `start`. The same steps in any order give the same answer once all of them are there.
Decimal chain_end(const BarChain& chain);

// The chain with one more step. A step whose signal is in it already changes nothing. A step of a newer bar begins a new
// chain at the old one's end; one of an older bar changes nothing (`stale` is then set).
struct Extended {
  BarChain chain;
  bool stale = false;
};
Extended extend(const BarChain& chain, TimePoint bar, const PositionStep& step);

// The signed position of a side and size: "short", 0.2 is -0.2.
Decimal signed_position(model::PositionSide side, const Decimal& size);

}  // namespace tvh::engine
