#include "engine/plan.hpp"

#include "engine/order_shape.hpp"
#include "engine/parts.hpp"
#include "engine/previous_position.hpp"
#include "engine/sizing.hpp"

namespace tvh::engine {

using model::Action;
using model::Market;
using model::OrderRequest;
using model::Position;
using model::PositionSide;
using model::Side;
using model::Signal;
using model::SizeUnit;

namespace {

constexpr int kQuantityPlaces = 18;

Decimal finest_step() { return Decimal::from_trusted("0.00000001"); }

bool carries_brackets(const Signal& signal) {
  return signal.stop_loss || signal.take_profit || !signal.trailing_json.empty() || !signal.legs_json.empty();
}

// What the order does to the position: the side, and how much of it the position lets through.
struct Direction {
  Side side;
  std::optional<Decimal> at_most;  // reducing orders end at zero
};

std::variant<Direction, Refusal> direction_of(const PlanInput& input) {
  const Signal& signal = input.signal;
  const Decimal& held = input.position.quantity;
  const std::string& where = input.instrument.name;
  // What an open order closes already is not closed a second time.
  const Decimal left = held.absolute() > input.bound ? held.absolute() - input.bound : Decimal();
  const auto closing = [&](Side side) -> std::variant<Direction, Refusal> {
    if (left.is_positive()) return Direction{side, left};
    return Refusal{"bound_by_orders", "open orders close all " + held.absolute().to_string() + " " + where +
                                          " of " + signal.strategy + " already; cancel them first"};
  };
  switch (signal.action) {
    case Action::close_long:
      if (held.is_positive()) return closing(Side::sell);
      return Refusal{"nothing_to_close", signal.strategy + " holds no long " + where};
    case Action::close_short:
      if (held.is_negative()) return closing(Side::buy);
      return Refusal{"nothing_to_close", signal.strategy + " holds no short " + where};
    case Action::close_all:
      if (!held.is_zero()) return closing(held.is_positive() ? Side::sell : Side::buy);
      return Refusal{"nothing_to_close", signal.strategy + " holds no " + where};
    case Action::sell:
      if (input.instrument.market == Market::spot) {
        if (!input.free_base && held.is_positive()) return closing(Side::sell);
        const Decimal available = input.free_base.value_or(Decimal());
        if (available.is_positive()) return Direction{Side::sell, available};
        return Refusal{"nothing_to_sell", signal.strategy + " holds no " + where +
                                              ", and spot cannot be sold short; untracked = true in "
                                              "[strategy." +
                                              signal.strategy + "] lets it sell the account's own " +
                                              input.instrument.base_asset};
      }
      break;
    default:
      break;
  }
  const Side side = signal.action == Action::buy ? Side::buy : Side::sell;
  const bool reduces = side == Side::buy ? held.is_negative() : held.is_positive();
  // A part of the free balance says nothing of a position that has bound it: against one it is a part of that.
  if (reduces && size_unit_of(signal, input.rules) == SizeUnit::percent_balance) return closing(side);
  if (signal.reduce_only.value_or(false)) {
    if (!reduces)
      return Refusal{"nothing_to_reduce", "the order is reduce-only and " + signal.strategy +
                                              " has nothing in " + where + " that it reduces"};
    return closing(side);
  }
  return Direction{side, std::nullopt};
}

// A part of the account's money on spot must be there at the worst price that max_slippage lets the order have:
// the venue binds so much. What the order is cut by is no more than that; where money is missing for more, the
// venue says so.
std::optional<Decimal> most_at_worst(const PlanInput& input, Side side, const Decimal& asked) {
  const Signal& signal = input.signal;
  const SizeUnit unit = size_unit_of(signal, input.rules);
  const bool of_money = unit == SizeUnit::percent_equity || unit == SizeUnit::percent_balance;
  const bool bounded = input.rules.max_slippage && signal.order_type == model::OrderType::market;
  if (!of_money || !bounded || side != Side::buy || input.instrument.market != Market::spot)
    return std::nullopt;
  if (!input.free_quote || !input.free_quote->is_positive() || !input.price) return std::nullopt;
  const Decimal worst = worst_within_slippage(input, side, reference_price(signal).value_or(*input.price));
  if (!worst.is_positive()) return std::nullopt;  // below a tick, which is refused
  // Where a little of the equity is dust of what was held before, all of it is not free.
  const Decimal nearly = multiply(asked, Decimal::from_trusted("0.99"), Rounding::toward_zero, kQuantityPlaces);
  if (nearly > bought_with(*input.free_quote, *input.price, input.fee_rate)) return std::nullopt;
  return bought_with(*input.free_quote, worst, input.fee_rate);
}

// The signal's size in base units, or nothing for "all of it" (a close without a size).
std::variant<std::optional<Decimal>, Refusal> size_of(const PlanInput& input, const Direction& towards) {
  const Signal& signal = input.signal;
  const bool own = signal.quantity.has_value();
  const std::optional<Decimal> size = own                       ? signal.quantity
                                      : is_close(signal.action) ? std::nullopt
                                                                : input.rules.size;
  if (!size) {
    if (is_close(signal.action)) return std::optional<Decimal>();
    return Refusal{"no_size", "the alert names no quantity and [strategy." + signal.strategy +
                                  "] has no size; set one of them"};
  }
  const SizeUnit unit = size_unit_of(signal, input.rules);
  const SizingBasis basis{price_to_size_at(input, towards.side, unit),
                          input.equity,
                          input.free_quote,
                          input.position.quantity,
                          signal.stop_loss,
                          input.fee_rate,
                          towards.at_most};
  const auto sized = size_in_base(*size, unit, basis, input.instrument);
  if (const auto* refusal = std::get_if<Refusal>(&sized)) return *refusal;
  // What a venue without a step of its own is sent: eight places, the finest any of them trades in. All of what
  // is held leaves nothing behind.
  Decimal quantity = std::get<Decimal>(sized);
  if (!input.instrument.quantity_step && unit != SizeUnit::base && towards.at_most != quantity) {
    quantity = round_to_step(quantity, finest_step(), Rounding::toward_zero);
  }
  return std::optional(quantity);
}

// The least that one order may be worth; nothing: whatever it is worth will do. A market order under
// max_slippage that opens is a limit one for the venue.
std::optional<Decimal> least_notional(const PlanInput& input, Side side, const Decimal& quantity) {
  const model::Instrument& instrument = input.instrument;
  const bool opens = !opening_quantity(input.position.quantity, side, quantity).is_zero();
  const bool market =
      input.signal.order_type == model::OrderType::market && !(input.rules.max_slippage && opens);
  if (!market || !instrument.minimum_market_notional) return instrument.minimum_notional;
  return instrument.minimum_market_notional->is_zero() ? std::nullopt : instrument.minimum_market_notional;
}

std::optional<Refusal> check_filters(const PlanInput& input, Side side, const Decimal& quantity,
                                     const Decimal& asked, bool reduce_only) {
  const model::Instrument& instrument = input.instrument;
  if (quantity.is_zero()) {
    const std::string step = instrument.quantity_step ? instrument.quantity_step->to_string() : "0.00000001";
    return Refusal{"below_step", "quantity " + asked.to_string() + " is less than one step of " +
                                     instrument.name + "; the smallest is " + step};
  }
  if (instrument.minimum_quantity && quantity < *instrument.minimum_quantity) {
    return Refusal{"below_minimum_quantity", "quantity " + quantity.to_string() + " is below the minimum of " +
                                                 instrument.name + ", " +
                                                 instrument.minimum_quantity->to_string()};
  }
  // What only reduces a perpetual's position is exempt: the lower its price fell, the more it must get out.
  const auto least_worth = least_notional(input, side, quantity);
  if (least_worth && input.price && !reduce_only) {
    const Decimal& price = input.signal.limit_price ? *input.signal.limit_price : *input.price;
    const Decimal notional = multiply(quantity, price, Rounding::half_even);
    if (notional < *least_worth) {
      Decimal least = divide(*least_worth, price, Rounding::away_from_zero, kQuantityPlaces);
      least = round_to_step(least, instrument.quantity_step.value_or(finest_step()), Rounding::away_from_zero);
      return Refusal{"below_minimum_notional", "the order is worth " + notional.to_string() + " " +
                                                   instrument.quote_asset + ", the minimum is " +
                                                   least_worth->to_string() + "; at this price that is " +
                                                   least.to_string()};
    }
  }
  return std::nullopt;
}

// What closes is left to the venue where it cannot be split: it gets out if there is any way, and our copy of
// the filter may be a day old.
std::optional<Refusal> check_maximum(const PlanInput& input, const OrderRequest& request) {
  if (opening_quantity(input.position.quantity, request.side, request.quantity).is_zero()) return std::nullopt;
  const model::Instrument& instrument = input.instrument;
  const auto most = most_of_one_order(instrument, request.type);
  if (!most || request.quantity <= *most) return std::nullopt;
  return Refusal{"above_maximum_quantity", "quantity " + request.quantity.to_string() +
                                               " is above the most that one order may ask of " +
                                               instrument.name + ", " + most->to_string()};
}

PlannedOrder make_order(const PlanInput& input, const std::string& leg, Side side, const Decimal& quantity) {
  PlannedOrder order;
  order.leg = leg;
  if (is_close(input.signal.action) && input.signal.symbol.empty()) order.leg += ":" + input.instrument.name;
  OrderRequest& request = order.request;
  request.client_order_id = model::client_order_id(input.signal.id, input.rules.venue, order.leg, 0);
  request.instrument = input.instrument.name;
  request.market = input.instrument.market;
  request.side = side;
  request.quantity = quantity;
  request.reference_price = reference_price(input.signal);
  return order;
}

// What closes says so, whatever word the alert had for it: where the position is gone already (a liquidation, a
// hand) it opens nothing. Not where an open order reserves the position, or another strategy holds against it:
// the venue would refuse what must get out.
bool is_reduce_only(const PlanInput& input, Side side, const Decimal& quantity) {
  if (input.instrument.market != Market::perp || (input.venue != nullptr && !input.venue->reduce_only))
    return false;
  if (input.signal.reduce_only.value_or(false)) return true;
  Decimal left = input.position.quantity.absolute();
  left = left > input.bound ? left - input.bound : Decimal();
  if (input.position.quantity.is_negative()) left = -left;
  return may_only_reduce(left, input.others, side, quantity);
}

// One order may lead through zero where the venue nets; a bound on slippage is for what opens, and what closes
// must get out at any price. Then the two halves are two orders.
std::vector<PlannedOrder> split_reversal(const PlanInput& input, PlannedOrder whole) {
  const OrderRequest& request = whole.request;
  // What an open order closes already is not closed a second time.
  Decimal held = input.position.quantity.absolute();
  held = held > input.bound ? held - input.bound : Decimal();
  if (input.position.quantity.is_negative()) held = -held;
  const Decimal opening = opening_quantity(held, request.side, request.quantity);
  const bool reverses = opening.is_positive() && opening < request.quantity;
  const bool nets = input.venue == nullptr || input.venue->nets_reversals;
  const bool bounded = is_bounded(input, request);
  const auto bound = [&](PlannedOrder& order) {
    bound_slippage(input, order.request);
    order.rules.push_back("max_slippage " + input.rules.max_slippage->to_string() + " %: at " +
                          order.request.limit_price->to_string() + " or better, at once or not at all");
  };
  if (!reverses || (nets && !bounded)) {
    if (bounded) bound(whole);
    return {std::move(whole)};
  }
  PlannedOrder close = make_order(input, "close", request.side, request.quantity - opening);
  close.request.reduce_only = is_reduce_only(input, request.side, close.request.quantity);
  shape_order(input, close.request);
  PlannedOrder open = make_order(input, "entry", request.side, opening);
  open.after_close = true;
  open.clipped_from = whole.clipped_from;
  shape_order(input, open.request);
  if (bounded) bound(open);
  close.rules = whole.rules;
  if (close.request.reduce_only) close.rules.push_back("reduce-only");
  close.rules.push_back("a reversal in two orders: this one closes");
  open.rules.push_back("a reversal in two orders: this one opens, once the other has filled");
  return {std::move(close), std::move(open)};
}

std::optional<Refusal> check_pyramiding(const PlanInput& input, Side side, const Decimal& quantity) {
  const Decimal& held = input.position.quantity;
  if (!input.rules.pyramiding || opening_quantity(held, side, quantity).is_zero()) return std::nullopt;
  const bool turns = side == Side::buy ? held.is_negative() : held.is_positive();
  const int entries = (turns || is_dust(input) ? 0 : input.position.entries) + input.entries_under_way;
  if (entries < *input.rules.pyramiding) return std::nullopt;
  return Refusal{"pyramiding", "[strategy." + input.signal.strategy + "] pyramiding is " +
                                   std::to_string(*input.rules.pyramiding) + " and " + input.instrument.name +
                                   " has as many entries; close first, or raise it"};
}

// In words, for whoever asks what would be sent and why.
std::vector<std::string> describe_sizing(const PlanInput& input, const Direction& towards, const Decimal& asked,
                                         const Decimal& before_step, const Decimal& quantity,
                                         bool reduce_only) {
  std::vector<std::string> rules;
  const Signal& signal = input.signal;
  if (asks_for_position(signal, input.rules)) {
    rules.push_back("follows the position: from " + input.position.quantity.to_string() + " by " +
                    asked.to_string());
  } else if (signal.quantity && signal.size_unit != SizeUnit::base) {
    rules.push_back("size " + signal.quantity->to_string() + " " + std::string(to_text(signal.size_unit)) +
                    " is " + asked.to_string() + " base");
  } else if (!signal.quantity && !is_close(signal.action)) {
    rules.push_back("size " + input.rules.size->to_string() + " " +
                    std::string(to_text(input.rules.size_unit)) + " of [strategy." + signal.strategy + "] is " +
                    asked.to_string() + " base");
  }
  if (towards.at_most && *towards.at_most < asked) {
    rules.push_back("no more than is held: " + towards.at_most->to_string() + " of " + asked.to_string());
  }
  if (quantity < before_step) {
    rules.push_back("rounded down to the step " + input.instrument.quantity_step->to_string() + ": " +
                    quantity.to_string());
  }
  if (input.instrument.minimum_quantity) {
    rules.push_back("minimum quantity " + input.instrument.minimum_quantity->to_string() + " met");
  }
  const auto least = least_notional(input, towards.side, quantity);
  if (least && !reduce_only) {
    rules.push_back("minimum notional " + least->to_string() + " met");
  }
  return rules;
}

Plan make_orders(const PlanInput& input, const Direction& towards, const Decimal& asked) {
  Decimal quantity = towards.at_most ? minimum(asked, *towards.at_most) : asked;
  const auto most = most_at_worst(input, towards.side, asked);
  const bool cut = most && *most < quantity;
  if (cut) quantity = round_to_step(*most, finest_step(), Rounding::toward_zero);
  const Decimal before_step = quantity;
  if (input.instrument.quantity_step) {
    quantity = round_to_step(quantity, *input.instrument.quantity_step, Rounding::toward_zero);
  }
  if (auto refusal = check_venue(input)) return *refusal;
  const bool reduce_only = is_reduce_only(input, towards.side, quantity);
  if (auto refusal = check_filters(input, towards.side, quantity, asked, reduce_only)) return *refusal;
  if (auto refusal = check_pyramiding(input, towards.side, quantity)) return *refusal;
  PlannedOrder order =
      make_order(input, is_close(input.signal.action) ? "close" : "entry", towards.side, quantity);
  order.request.reduce_only = reduce_only;
  shape_order(input, order.request);
  if (quantity < asked) order.clipped_from = asked;
  order.rules = describe_sizing(input, towards, asked, before_step, quantity, reduce_only);
  if (cut)
    order.rules.push_back("no more than the free balance pays at max_slippage's worst price: " +
                          before_step.to_string());
  if (order.request.reduce_only) order.rules.push_back("reduce-only");
  std::vector<PlannedOrder> orders;
  for (PlannedOrder& one : split_reversal(input, std::move(order))) {
    if (auto refusal = check_maximum(input, one.request)) return *refusal;
    if (auto refusal = check_prices(input, one.request)) return *refusal;
    auto parts = split_above_maximum(input, std::move(one));
    if (const auto* refusal = std::get_if<Refusal>(&parts)) return *refusal;
    for (PlannedOrder& part : std::get<std::vector<PlannedOrder>>(parts)) orders.push_back(std::move(part));
  }
  return orders;
}

// Of an order that was meant for another position than ours: a strategy that has left our side is followed out
// of it, and no further.
Plan lead_out(const PlanInput& input, const Direction& towards, const Decimal& asked, const Refusal& why) {
  const Decimal& held = input.position.quantity;
  const bool reduces = towards.side == Side::sell ? held.is_positive() : held.is_negative();
  const PositionSide ours = held.is_positive() ? PositionSide::long_side : PositionSide::short_side;
  const Decimal left = held.absolute() - input.bound;
  if (!reduces || input.signal.position->side == ours || !left.is_positive()) return why;
  Plan plan = make_orders(input, {towards.side, left}, asked);
  auto* const orders = std::get_if<std::vector<PlannedOrder>>(&plan);
  if (orders == nullptr) return why;
  orders->front().not_turned = why;
  return plan;
}

}  // namespace

std::optional<Plan> plan_without_market(const Signal& signal, const StrategyRules& rules) {
  if (signal.action == Action::heartbeat) return NothingToSend{"heartbeat"};
  if (carries_brackets(signal) && !is_close(signal.action)) {
    return Refusal{
        "brackets_unsupported",
        "the signal carries a stop, a target or legs, which this version cannot place; an entry without its "
        "stop is worse than none"};
  }
  if (asks_for_position(signal, rules) && !signal.position) {
    return Refusal{"no_target",
                   "the strategy is followed by its position, but the alert does not say which: send "
                   "market_position and its size, or set follow = \"orders\""};
  }
  if (auto refusal = check_order_type(signal)) return *refusal;
  return std::nullopt;
}

std::optional<Decimal> reference_price(const Signal& signal) {
  return signal.symbol.empty() ? std::nullopt : signal.price;
}

SizeUnit size_unit_of(const Signal& signal, const StrategyRules& rules) {
  return signal.quantity ? signal.size_unit : rules.size_unit;
}

bool is_close(Action action) {
  return action == Action::close_long || action == Action::close_short || action == Action::close_all;
}

bool asks_for_position(const Signal& signal, const StrategyRules& rules) {
  if (signal.action == Action::target) return true;
  return rules.follows_position && (signal.position || !is_close(signal.action));
}

Plan plan_target(const PlanInput& input, const Decimal& target) {
  const bool spot = input.instrument.market == Market::spot;
  const Decimal held = input.position.quantity;
  const Decimal reachable = spot && target.is_negative() ? Decimal() : target;
  const Decimal change = reachable - held;
  if (change.is_zero() && !target.is_negative()) return NothingToSend{"at_target"};
  if (change.is_zero()) {
    if (!spot) return NothingToSend{"at_target"};
    return NothingToSend{
        "", Refusal{"nothing_to_sell", input.signal.strategy + " is short by its own word, holds no " +
                                           input.instrument.name + ", and spot cannot be sold short"}};
  }
  const bool only_reduces =
      reachable.absolute() < held.absolute() && reachable.is_negative() == held.is_negative();
  return make_orders(input,
                     {change.is_negative() ? Side::sell : Side::buy,
                      only_reduces || reachable.is_zero() ? std::optional(held.absolute()) : std::nullopt},
                     change.absolute());
}

bool may_only_reduce(const Decimal& held, const OthersHold& others, Side side, const Decimal& quantity) {
  const Decimal together = held + (side == Side::buy ? others.most : others.least);
  return opening_quantity(held, side, quantity).is_zero() &&
         opening_quantity(together, side, quantity).is_zero();
}

Decimal opening_quantity(const Decimal& position, Side side, const Decimal& quantity) {
  const bool reduces = side == Side::buy ? position.is_negative() : position.is_positive();
  if (!reduces) return quantity;
  return quantity > position.absolute() ? quantity - position.absolute() : Decimal();
}

Plan plan_orders(const PlanInput& input) {
  const auto direction = direction_of(input);
  if (const auto* refusal = std::get_if<Refusal>(&direction)) return *refusal;
  const auto& towards = std::get<Direction>(direction);
  const auto size = size_of(input, towards);
  if (const auto* refusal = std::get_if<Refusal>(&size)) return *refusal;

  const auto& wanted = std::get<std::optional<Decimal>>(size);
  const Decimal asked = wanted ? *wanted : *towards.at_most;
  const Decimal most = towards.at_most ? minimum(asked, *towards.at_most) : asked;
  if (const auto refusal = check_previous_position(input, towards.side, most))
    return lead_out(input, towards, asked, *refusal);
  return make_orders(input, towards, asked);
}

}  // namespace tvh::engine
