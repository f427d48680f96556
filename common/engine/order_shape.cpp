#include "engine/order_shape.hpp"

namespace tvh::engine {

using model::Market;
using model::OrderRequest;
using model::OrderType;
using model::Side;
using model::Signal;
using model::TimeInForce;

namespace {

constexpr int kPricePlaces = 18;

bool has_limit(OrderType type) { return type == OrderType::limit || type == OrderType::stop_limit; }
bool has_stop(OrderType type) { return type == OrderType::stop || type == OrderType::stop_limit; }

Decimal on_tick(const model::Instrument& instrument, const Decimal& price, Side side) {
  if (!instrument.price_tick) return price;
  return round_to_step(price, *instrument.price_tick,
                       side == Side::buy ? Rounding::toward_zero : Rounding::away_from_zero);
}

}  // namespace

std::optional<Refusal> check_order_type(const Signal& signal) {
  if (has_limit(signal.order_type) && !signal.limit_price) {
    return Refusal{"no_limit_price", "order type " + std::string(to_text(signal.order_type)) +
                                         " needs a limit_price; send one, or order_type market"};
  }
  if (has_stop(signal.order_type) && !signal.stop_price) {
    return Refusal{"no_stop_price", "order type " + std::string(to_text(signal.order_type)) +
                                        " needs a stop_price; send one, or order_type market"};
  }
  if (signal.time_in_force == TimeInForce::gtd) {
    return Refusal{"time_in_force_unsupported",
                   "time_in_force gtd needs an end that alerts cannot carry; use gtc"};
  }
  if (signal.time_in_force == TimeInForce::post_only && signal.order_type != OrderType::limit) {
    return Refusal{"time_in_force_unsupported", "time_in_force post_only goes with order_type limit only"};
  }
  return std::nullopt;
}

std::optional<Refusal> check_venue(const PlanInput& input) {
  if (input.venue == nullptr) return std::nullopt;
  const model::Capabilities& venue = *input.venue;
  const Signal& signal = input.signal;
  const std::string& name = input.rules.venue;
  const bool perp = input.instrument.market == Market::perp;
  if (perp ? !venue.perp : !venue.spot) {
    return Refusal{"market_unsupported", "venue " + name + " trades no " + (perp ? "perpetuals" : "spot") +
                                             "; name another in [strategy." + signal.strategy + "] venue"};
  }
  if (!venue.order_types.contains(signal.order_type)) {
    return Refusal{"order_type_unsupported",
                   "venue " + name + " has no order type " + std::string(to_text(signal.order_type))};
  }
  if (signal.time_in_force && !venue.times_in_force.contains(*signal.time_in_force)) {
    return Refusal{"time_in_force_unsupported",
                   "venue " + name + " has no time_in_force " + std::string(to_text(*signal.time_in_force))};
  }
  return std::nullopt;
}

void shape_order(const PlanInput& input, OrderRequest& request) {
  const Signal& signal = input.signal;
  request.type = signal.order_type;
  request.time_in_force = signal.time_in_force;
  if (has_limit(request.type))
    request.limit_price = on_tick(input.instrument, *signal.limit_price, request.side);
  if (has_stop(request.type)) request.stop_price = on_tick(input.instrument, *signal.stop_price, request.side);
}

std::optional<Decimal> price_to_size_at(const PlanInput& input, Side side, model::SizeUnit unit) {
  const Signal& signal = input.signal;
  const auto& market = input.price;
  const bool least = side == Side::sell && unit == model::SizeUnit::risk_percent;
  // A sale's price moves up to its tick, a buy's down.
  const auto placed = [&](const Decimal& price) {
    return side == Side::sell ? on_tick(input.instrument, price, side) : price;
  };
  const auto dearer = [](const Decimal& one, const Decimal& other) { return one < other ? other : one; };
  const bool stops = has_stop(signal.order_type) && signal.stop_price;
  if (has_limit(signal.order_type) && signal.limit_price) {
    const Decimal limit = placed(*signal.limit_price);
    if (side == Side::buy || least) return limit;
    if (stops) return dearer(limit, placed(*signal.stop_price));
    return market ? dearer(limit, *market) : limit;
  }
  if (!stops) return market;
  const Decimal stop = placed(*signal.stop_price);
  if (side == Side::buy) return market ? dearer(stop, *market) : stop;
  return least && market ? minimum(stop, *market) : stop;
}

std::optional<Refusal> check_prices(const PlanInput& input, const OrderRequest& request) {
  const auto vanishes = [](const std::optional<Decimal>& price) { return price && !price->is_positive(); };
  if (!vanishes(request.limit_price) && !vanishes(request.stop_price)) return std::nullopt;
  const std::string tick = input.instrument.price_tick ? input.instrument.price_tick->to_string() : "0";
  return Refusal{"below_tick", "a price of the order is less than one tick of " + input.instrument.name +
                                   "; the smallest is " + tick};
}

bool is_bounded(const PlanInput& input, const OrderRequest& request) {
  return input.rules.max_slippage && request.type == OrderType::market && input.price &&
         !opening_quantity(input.position.quantity, request.side, request.quantity).is_zero();
}

Decimal worst_within_slippage(const PlanInput& input, Side side, const Decimal& price) {
  const Decimal part =
      multiply(*input.rules.max_slippage, Decimal::from_trusted("0.01"), Rounding::toward_zero);
  const Decimal factor = side == Side::buy ? Decimal(1) + part : Decimal(1) - part;
  const Rounding inward = side == Side::buy ? Rounding::toward_zero : Rounding::away_from_zero;
  return on_tick(input.instrument, multiply(price, factor, inward, kPricePlaces), side);
}

void bound_slippage(const PlanInput& input, OrderRequest& request) {
  const Decimal& price = request.reference_price ? *request.reference_price : *input.price;
  request.limit_price = worst_within_slippage(input, request.side, price);
  request.type = OrderType::limit;
  request.time_in_force = TimeInForce::ioc;
}

}  // namespace tvh::engine
