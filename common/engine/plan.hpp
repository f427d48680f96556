// From a signal to the orders it asks for, or the reason there are none (DESIGN 6, "Plan"). Pure.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/refusal.hpp"
#include "model/instrument.hpp"
#include "model/market.hpp"
#include "model/order.hpp"
#include "model/position.hpp"
#include "model/signal.hpp"

namespace tvh::engine {

// What the configuration says about a strategy.
struct StrategyRules {
  std::string venue = "paper";
  std::optional<Decimal> size;  // used when the signal has none
  model::SizeUnit size_unit = model::SizeUnit::base;
  bool untracked = false;               // may sell the account's free balance, not only what it bought
  bool allow_opposing = false;          // may open against another strategy on a netting instrument
  bool follows_position = false;        // target mode: the order leads to the position the strategy says it has
  std::optional<Decimal> max_slippage;  // percent of the price: a market entry becomes a marketable limit
  std::optional<int> pyramiding;        // entries into one position, at most
};

// What other strategies hold if all of their open sells fill (`least`) or all of their open buys do (`most`): a
// venue that nets knows only the sum.
struct OthersHold {
  Decimal least;
  Decimal most;
};

struct PlanInput {
  const model::Signal& signal;
  const StrategyRules& rules;
  model::Instrument instrument;
  model::Position position;           // the strategy's own in that instrument
  std::optional<Decimal> price;       // the alert's, or the venue's latest; for notionals and quote sizes
  std::optional<Decimal> free_base;   // the account's, when rules.untracked
  std::optional<Decimal> free_quote;  // the account's, when the size is a part of it; see needs_account()
  std::optional<Decimal> equity;      // the same
  Decimal fee_rate;
  const model::Capabilities* venue = nullptr;  // nullptr: it can do everything
  Decimal bound{};            // of the position: open orders of the lane that reduce it already
  int entries_under_way = 0;  // of the lane: orders that open and have not ended
  OthersHold others{};
};

struct PlannedOrder {
  model::OrderRequest request;
  std::string leg;
  std::optional<Decimal> clipped_from;  // what the signal asked for, when the order is for less
  std::vector<std::string> rules;       // what shaped it and what it passed, for --plan
  bool after_close = false;             // the opening half of a reversal: sent when the closing half is known
  std::optional<Refusal> not_turned{};  // why it closes and does not turn the position, as it was meant to
};

// Nothing to send by design, and that is success: a heartbeat.
struct NothingToSend {
  std::string reason;
  std::optional<Refusal> refusal{};  // it ends refused by this, and what rests against it goes all the same
};

// The price an order in `instrument` may be valued at by the signal's word: one without a symbol names no
// instrument, and its price is some chart's.
std::optional<Decimal> reference_price(const model::Signal& signal);

using Plan = std::variant<std::vector<PlannedOrder>, Refusal, NothingToSend>;

// Rules that need no instrument or position; a signal that fails one is refused before anything is looked up.
std::optional<Plan> plan_without_market(const model::Signal& signal, const StrategyRules& rules);

// The unit the signal's order is sized in, and so whether the account must be looked up.
model::SizeUnit size_unit_of(const model::Signal& signal, const StrategyRules& rules);

// close_long, close_short, close_all.
bool is_close(model::Action action);

// Whether the signal asks for a position (target mode, or action target) rather than for an order.
bool asks_for_position(const model::Signal& signal, const StrategyRules& rules);

// The order that leads from the strategy's position to `target` (signed, base units). Spot ends flat where the
// target is short.
Plan plan_target(const PlanInput& input, const Decimal& target);

// Delta mode: the order the alert names. Quantities are only ever rounded down; client order ids are functions
// of the signal, venue and leg.
Plan plan_orders(const PlanInput& input);

// Whether a reduce-only order of that quantity is filled whole: the strategy's own position covers it, and what
// the venue holds for all of them does.
bool may_only_reduce(const Decimal& held, const OthersHold& others, model::Side side, const Decimal& quantity);

// The part of an order that opens: 0 for one that only reduces, all of it from flat, the rest after a crossing
// of zero.
Decimal opening_quantity(const Decimal& position, model::Side side, const Decimal& quantity);

}  // namespace tvh::engine
