#include "venue/paper_matching.hpp"

namespace tvh::venue {

using model::OrderRequest;
using model::OrderType;
using model::Refused;
using model::Side;
using model::TimeInForce;
using What = PaperMatch::What;

namespace {

constexpr int kPricePlaces = 18;

// The better of two prices for `side`: that a limit is met says that the price is no worse.
bool no_worse(Side side, const Decimal& price, const Decimal& than) {
  return side == Side::buy ? price <= than : price >= than;
}

std::optional<Refused> find_price_fault(const char* what, const std::optional<Decimal>& price, OrderType type) {
  if (price && price->is_positive()) return std::nullopt;
  return Refused{"invalid_price", "a " + std::string(to_text(type)) + " order needs a " + what +
                                      " price of more than 0, it has " +
                                      (price ? price->to_string() : std::string("none"))};
}

}  // namespace

bool has_limit(OrderType type) { return type == OrderType::limit || type == OrderType::stop_limit; }
bool has_stop(OrderType type) { return type == OrderType::stop || type == OrderType::stop_limit; }

Decimal slipped(Side side, const Decimal& price, const Decimal& slippage_rate) {
  const Decimal factor = side == Side::buy ? Decimal(1) + slippage_rate : Decimal(1) - slippage_rate;
  return multiply(price, factor, Rounding::half_even, kPricePlaces);
}

PaperMatch match_order(const OrderRequest& order, Standing standing, bool triggered,
                       const std::optional<Decimal>& price, const Decimal& slippage_rate) {
  PaperMatch match;
  match.triggered = triggered;
  bool takes = standing == Standing::arriving;
  if (has_stop(order.type) && !triggered) {
    const bool passed = price && no_worse(order.side, *order.stop_price, *price);
    if (!passed) return match;
    match.triggered = true;
    takes = true;
  }
  const auto in_force = order.time_in_force.value_or(TimeInForce::gtc);
  if (has_limit(order.type) && !(price && no_worse(order.side, *price, *order.limit_price))) {
    const bool must_trade = in_force == TimeInForce::ioc || in_force == TimeInForce::fok;
    match.what = must_trade ? What::expires : What::rests;
    return match;
  }
  TVH_INVARIANT(price.has_value(), "an order that must trade was matched without a price");
  match.what = What::trades;
  if (!takes) {
    match.price = *order.limit_price;
  } else if (in_force == TimeInForce::post_only) {
    match.what = What::would_take;
  } else {
    match.price = slipped(order.side, *price, slippage_rate);
    if (has_limit(order.type) && !no_worse(order.side, match.price, *order.limit_price))
      match.price = *order.limit_price;
  }
  return match;
}

std::optional<Refused> find_fault(const OrderRequest& order) {
  if (!order.quantity.is_positive()) {
    return Refused{"invalid_quantity", "the quantity must be more than 0, it is " + order.quantity.to_string()};
  }
  if (order.time_in_force == TimeInForce::gtd) {
    return Refused{"time_in_force_unsupported", "the paper venue has no orders that end at a time (gtd)"};
  }
  if (order.time_in_force == TimeInForce::post_only && !has_limit(order.type)) {
    return Refused{"post_only_would_trade", "a " + std::string(to_text(order.type)) +
                                                " order can only take: post_only is for orders with a limit"};
  }
  if (has_stop(order.type)) {
    if (auto fault = find_price_fault("stop", order.stop_price, order.type)) return fault;
  }
  if (has_limit(order.type)) {
    if (auto fault = find_price_fault("limit", order.limit_price, order.type)) return fault;
  }
  return std::nullopt;
}

}  // namespace tvh::venue
