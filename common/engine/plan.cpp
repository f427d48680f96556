#include "engine/plan.hpp"

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

Decimal finest_step() { return Decimal::from_trusted("0.00000001"); }

bool is_close(Action action) {
  return action == Action::close_long || action == Action::close_short || action == Action::close_all;
}

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
  switch (signal.action) {
    case Action::close_long:
      if (held.is_positive()) return Direction{Side::sell, held};
      return Refusal{"nothing_to_close", signal.strategy + " holds no long " + where};
    case Action::close_short:
      if (held.is_negative()) return Direction{Side::buy, held.absolute()};
      return Refusal{"nothing_to_close", signal.strategy + " holds no short " + where};
    case Action::close_all:
      if (!held.is_zero()) return Direction{held.is_positive() ? Side::sell : Side::buy, held.absolute()};
      return Refusal{"nothing_to_close", signal.strategy + " holds no " + where};
    case Action::sell:
      if (input.instrument.market == Market::spot) {
        const Decimal available = input.free_base.value_or(held);
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
  if (signal.reduce_only.value_or(false)) {
    const bool reduces = side == Side::buy ? held.is_negative() : held.is_positive();
    if (!reduces)
      return Refusal{"nothing_to_reduce", "the order is reduce-only and " + signal.strategy +
                                              " has nothing in " + where + " that it reduces"};
    return Direction{side, held.absolute()};
  }
  return Direction{side, std::nullopt};
}

// The signal's size in base units, or nothing for "all of it" (a close without a size).
std::variant<std::optional<Decimal>, Refusal> size_of(const PlanInput& input) {
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
  const SizingBasis basis{input.price,      input.equity,  input.free_quote, input.position.quantity,
                          signal.stop_loss, input.fee_rate};
  const auto sized = size_in_base(*size, size_unit_of(signal, input.rules), basis, input.instrument);
  if (const auto* refusal = std::get_if<Refusal>(&sized)) return *refusal;
  // What a venue without a step of its own is sent: eight places, the finest any of them trades in.
  Decimal quantity = std::get<Decimal>(sized);
  if (!input.instrument.quantity_step && size_unit_of(signal, input.rules) != SizeUnit::base) {
    quantity = round_to_step(quantity, finest_step(), Rounding::toward_zero);
  }
  return std::optional(quantity);
}

std::string text_of(const std::optional<PositionSide>& side, const std::optional<Decimal>& size) {
  std::string text = side ? std::string(to_text(*side)) : "?";
  if (size) text += " " + size->to_string();
  return text;
}

// In delta mode an order is right only on the position its strategy thought it had.
std::optional<Refusal> check_previous_position(const PlanInput& input) {
  const auto& change = input.signal.position;
  if (!change || !change->prev_side || is_close(input.signal.action)) return std::nullopt;
  const Decimal& held = input.position.quantity;
  const PositionSide side = held.is_zero()       ? PositionSide::flat
                            : held.is_positive() ? PositionSide::long_side
                                                 : PositionSide::short_side;
  const bool same_side = *change->prev_side == side;
  const bool same_size = !change->prev_size || input.signal.size_unit != SizeUnit::base ||
                         *change->prev_side == PositionSide::flat || *change->prev_size == held.absolute();
  if (same_side && same_size) return std::nullopt;
  return Refusal{"previous_position_differs",
                 "the strategy says it was " + text_of(change->prev_side, change->prev_size) +
                     ", the journal says " + text_of(side, held.absolute()) +
                     ": an alert was missed or an order failed; run tvhook-reconcile"};
}

std::optional<Refusal> check_filters(const PlanInput& input, const Decimal& quantity, const Decimal& asked) {
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
  if (instrument.minimum_notional && input.price) {
    const Decimal notional = multiply(quantity, *input.price, Rounding::half_even);
    if (notional < *instrument.minimum_notional) {
      return Refusal{"below_minimum_notional", "the order is worth " + notional.to_string() + " " +
                                                   instrument.quote_asset + ", the minimum is " +
                                                   instrument.minimum_notional->to_string()};
    }
  }
  return std::nullopt;
}

Plan make_order(const PlanInput& input, const Direction& towards, const Decimal& asked) {
  const Signal& signal = input.signal;
  Decimal quantity = towards.at_most ? minimum(asked, *towards.at_most) : asked;
  if (input.instrument.quantity_step) {
    quantity = round_to_step(quantity, *input.instrument.quantity_step, Rounding::toward_zero);
  }
  if (auto refusal = check_filters(input, quantity, asked)) return *refusal;

  PlannedOrder order;
  order.leg = is_close(signal.action) ? "close" : "entry";
  if (is_close(signal.action) && signal.symbol.empty()) order.leg += ":" + input.instrument.name;
  OrderRequest& request = order.request;
  request.client_order_id = model::client_order_id(signal.id, input.rules.venue, order.leg, 0);
  request.instrument = input.instrument.name;
  request.market = input.instrument.market;
  request.side = towards.side;
  request.quantity = quantity;
  request.reference_price = reference_price(signal);
  request.reduce_only = input.instrument.market == Market::perp && towards.at_most.has_value();
  if (quantity < asked) order.clipped_from = asked;
  return std::vector{order};
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
  if (signal.action == Action::cancel) return NothingToSend{"nothing_to_cancel"};
  if (signal.order_type != model::OrderType::market) {
    return Refusal{"order_type_unsupported", "order type " + std::string(to_text(signal.order_type)) +
                                                 " cannot be executed by this version; use market"};
  }
  return std::nullopt;
}

std::optional<Decimal> reference_price(const Signal& signal) {
  return signal.symbol.empty() ? std::nullopt : signal.price;
}

SizeUnit size_unit_of(const Signal& signal, const StrategyRules& rules) {
  return signal.quantity ? signal.size_unit : rules.size_unit;
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
  if (change.is_zero()) return NothingToSend{"at_target"};
  const bool only_reduces =
      reachable.absolute() < held.absolute() && reachable.is_negative() == held.is_negative();
  if (!only_reduces && !reachable.is_zero()) {
  }
  return make_order(input,
                    {change.is_negative() ? Side::sell : Side::buy,
                     only_reduces || reachable.is_zero() ? std::optional(held.absolute()) : std::nullopt},
                    change.absolute());
}

Plan plan_orders(const PlanInput& input) {
  if (auto refusal = check_previous_position(input)) return *refusal;
  const auto direction = direction_of(input);
  if (const auto* refusal = std::get_if<Refusal>(&direction)) return *refusal;
  const auto size = size_of(input);
  if (const auto* refusal = std::get_if<Refusal>(&size)) return *refusal;

  const auto& wanted = std::get<std::optional<Decimal>>(size);
  const auto& towards = std::get<Direction>(direction);
  return make_order(input, towards, wanted ? *wanted : *towards.at_most);
}

}  // namespace tvh::engine
