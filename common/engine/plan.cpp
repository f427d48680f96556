#include "engine/plan.hpp"

#include <algorithm>

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

// The places a quote amount is turned into base units with where the venue has no step of its own.
constexpr int kQuantityPlaces = 8;

bool is_close(Action action) {
  return action == Action::close_long || action == Action::close_short || action == Action::close_all;
}

// Whether it can only make the strategy's position smaller: limits are for what opens (DESIGN 6, "Risk gate"). An untracked
// sell trades more than the strategy's own.
bool only_reduces(const Signal& signal, const StrategyRules& rules) {
  return is_close(signal.action) || signal.reduce_only.value_or(false) ||
         (signal.action == Action::sell && signal.market == Market::spot && !rules.untracked);
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
        const Decimal available = input.free_balance.value_or(held);
        if (available.is_positive()) return Direction{Side::sell, available};
        return Refusal{"nothing_to_sell",
                       signal.strategy + " holds no " + where + ", and spot cannot be sold short; untracked = true in "
                       "[strategy." + signal.strategy + "] lets it sell the account's own " + input.instrument.base_asset};
      }
      break;
    default: break;
  }
  const Side side = signal.action == Action::buy ? Side::buy : Side::sell;
  if (signal.reduce_only.value_or(false)) {
    const bool reduces = side == Side::buy ? held.is_negative() : held.is_positive();
    if (!reduces) return Refusal{"nothing_to_reduce", "the order is reduce-only and " + signal.strategy + " has nothing in " + where + " that it reduces"};
    return Direction{side, held.absolute()};
  }
  return Direction{side, std::nullopt};
}

// The signal's size in base units, or nothing for "all of it" (a close without a size).
std::variant<std::optional<Decimal>, Refusal> size_of(const PlanInput& input) {
  const Signal& signal = input.signal;
  const bool own = signal.quantity.has_value();
  const std::optional<Decimal> size = own ? signal.quantity : is_close(signal.action) ? std::nullopt : input.rules.size;
  const SizeUnit unit = own ? signal.size_unit : input.rules.size_unit;
  if (!size) {
    if (is_close(signal.action)) return std::optional<Decimal>();
    return Refusal{"no_size", "the alert names no quantity and [strategy." + signal.strategy +
                                  "] has no size; set one of them"};
  }
  if (unit == SizeUnit::base) return size;
  if (unit == SizeUnit::quote) {
    if (!input.price || input.price->is_zero()) {
      return Refusal{"no_price", "a size in quote needs a price to be turned into base units; send \"price\" in the alert"};
    }
    return std::optional(divide(*size, *input.price, Rounding::toward_zero, kQuantityPlaces));
  }
  return Refusal{"size_unit_unsupported", "size_unit " + std::string(to_text(unit)) +
                                              " cannot be executed by this version; use base or quote"};
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
  const PositionSide side = held.is_zero() ? PositionSide::flat : held.is_positive() ? PositionSide::long_side : PositionSide::short_side;
  const bool same_side = *change->prev_side == side;
  const bool same_size = !change->prev_size || input.signal.size_unit != SizeUnit::base ||
                         *change->prev_side == PositionSide::flat || *change->prev_size == held.absolute();
  if (same_side && same_size) return std::nullopt;
  return Refusal{"previous_position_differs",
                 "the strategy says it was " + text_of(change->prev_side, change->prev_size) + ", the journal says " +
                     text_of(side, held.absolute()) + ": an alert was missed or an order failed; run tvhook-reconcile"};
}

std::optional<Refusal> check_age(const PlanInput& input) {
  const Signal& signal = input.signal;
  auto limit = signal.max_age;
  if (!limit && !only_reduces(signal, input.rules)) limit = input.rules.max_age;
  if (!limit) return std::nullopt;
  return check_signal_age(signal, *limit, input.now);
}

std::optional<Refusal> check_filters(const PlanInput& input, const Decimal& quantity, const Decimal& asked) {
  const model::Instrument& instrument = input.instrument;
  if (quantity.is_zero()) {
    const std::string step = instrument.quantity_step ? instrument.quantity_step->to_string() : "0.00000001";
    return Refusal{"below_step", "quantity " + asked.to_string() + " is less than one step of " + instrument.name +
                                     "; the smallest is " + step};
  }
  if (instrument.minimum_quantity && quantity < *instrument.minimum_quantity) {
    return Refusal{"below_minimum_quantity", "quantity " + quantity.to_string() + " is below the minimum of " +
                                                 instrument.name + ", " + instrument.minimum_quantity->to_string()};
  }
  if (instrument.minimum_notional && input.price) {
    const Decimal notional = multiply(quantity, *input.price, Rounding::half_even);
    if (notional < *instrument.minimum_notional) {
      return Refusal{"below_minimum_notional", "the order is worth " + notional.to_string() + " " + instrument.quote_asset +
                                                   ", the minimum is " + instrument.minimum_notional->to_string()};
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<Plan> plan_without_market(const Signal& signal, const StrategyRules& rules) {
  if (signal.action == Action::heartbeat) return NothingToSend{"heartbeat"};
  if (carries_brackets(signal) && !is_close(signal.action)) {
    return Refusal{"brackets_unsupported",
                   "the signal carries a stop, a target or legs, which this version cannot place; an entry without its "
                   "stop is worse than none"};
  }
  if (signal.action == Action::target) {
    return Refusal{"target_unsupported", "following a position is not supported by this version; send buy, sell or close_*"};
  }
  if (signal.action == Action::cancel) return NothingToSend{"nothing_to_cancel"};
  if (signal.order_type != model::OrderType::market) {
    return Refusal{"order_type_unsupported",
                   "order type " + std::string(to_text(signal.order_type)) + " cannot be executed by this version; use market"};
  }
  if (!rules.symbols.empty() && !signal.symbol.empty() && !only_reduces(signal, rules) &&
      std::find(rules.symbols.begin(), rules.symbols.end(), signal.symbol) == rules.symbols.end()) {
    return Refusal{"symbol_not_allowed",
                   signal.symbol + " is not among symbols of [strategy." + signal.strategy + "]; add it there if it should be"};
  }
  return std::nullopt;
}

Plan plan_orders(const PlanInput& input) {
  const Signal& signal = input.signal;
  if (auto refusal = check_age(input)) return *refusal;
  if (auto refusal = check_previous_position(input)) return *refusal;
  const auto direction = direction_of(input);
  if (const auto* refusal = std::get_if<Refusal>(&direction)) return *refusal;
  const auto size = size_of(input);
  if (const auto* refusal = std::get_if<Refusal>(&size)) return *refusal;

  const auto& [side, at_most] = std::get<Direction>(direction);
  const auto& wanted = std::get<std::optional<Decimal>>(size);
  const Decimal asked = wanted ? *wanted : *at_most;
  Decimal quantity = at_most ? minimum(asked, *at_most) : asked;
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
  request.side = side;
  request.quantity = quantity;
  request.reference_price = signal.price;
  request.reduce_only = input.instrument.market == Market::perp && at_most.has_value();
  if (quantity < asked) order.clipped_from = asked;
  return std::vector{order};
}

}  // namespace tvh::engine
