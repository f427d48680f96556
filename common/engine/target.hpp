// Target mode (DESIGN 6): the position a strategy says it now has, whatever order its alerts arrive in. Pure.
#pragma once

#include <optional>

#include "model/bar_chain.hpp"
#include "model/signal.hpp"

namespace tvh::engine {

using model::BarChain;
using model::PositionStep;

// Where the strategy stands after the steps, as far as they tell: the end of the chain that they form, prev to
// now, from `start`. The same steps in any order give the same answer once all of them are there.
Decimal chain_end(const BarChain& chain);

// The chain with one more step. The same step again changes nothing: within a bar a resend cannot be told from
// a second round trip, and doing too little is the safer mistake. A step of a newer bar begins a new chain at
// the old one's end; one of an older bar changes nothing (`stale` is then set).
struct Extended {
  BarChain chain;
  bool stale = false;
};
Extended extend(const BarChain& chain, TimePoint bar, const PositionStep& step);

// The signed position of a side and size: "short", 0.2 is -0.2.
Decimal signed_position(model::PositionSide side, const Decimal& size);

// Takes the signal's word for where its strategy stands into the chain of its lane (nothing: the lane's first),
// `held` being what the journal holds. `size_factor` turns the alert's sizes into base units. Without prev_*
// there is no chain: the newest bar's latest word counts.
Extended take_position(const std::optional<BarChain>& chain, const model::Signal& signal, const Decimal& held,
                       const Decimal& size_factor, TimePoint now);

}  // namespace tvh::engine
