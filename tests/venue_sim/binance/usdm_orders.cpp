#include "venue_sim/binance/usdm.hpp"

namespace tvh::venue_sim::binance {
namespace {

bool is_conditional(const std::string& type) {
  return type.starts_with("STOP") || type.starts_with("TAKE_PROFIT") || type == "TRAILING_STOP_MARKET";
}

// Good-till-date and retail price improvement are not simulated: the toolkit sends neither.
TimeInForce need_time_in_force(const Parameters& parameters) {
  const std::string word = parameters.need("timeInForce");
  if (word == "GTC") return TimeInForce::good_till_cancel;
  if (word == "IOC") return TimeInForce::immediate_or_cancel;
  if (word == "FOK") return TimeInForce::fill_or_kill;
  if (word == "GTX") return TimeInForce::post_only;
  throw ApiError{-1115, "Invalid timeInForce."};
}

bool wants_result(const Parameters& parameters) {
  const std::string word = parameters.find("newOrderRespType").value_or("ACK");
  if (word != "ACK" && word != "RESULT") {
    throw ApiError{-1130, "Data sent for parameter 'newOrderRespType' is not valid."};
  }
  return word == "RESULT";
}

}  // namespace

void Usdm::refuse(Refusal refusal) const {
  switch (refusal) {
    case Refusal::duplicate_client_id:
      throw ApiError{-4116, "ClientOrderId is duplicated."};
    case Refusal::insufficient_balance:
      throw ApiError{-2019, "Margin is insufficient."};
    case Refusal::would_take:
      throw ApiError{
          -5022,
          "Due to the order could not be executed as maker, the Post Only order will be rejected. The "
          "order will not be recorded in the order history"};
    case Refusal::would_trigger:
      throw ApiError{-2021, "Order would immediately trigger."};
    case Refusal::nothing_to_reduce:
      throw ApiError{-2022, "ReduceOnly Order is rejected."};
    case Refusal::cannot_fill:
      throw ApiError{
          -5021,
          "Due to the order could not be filled immediately, the FOK order has been rejected. The order "
          "will not be recorded in the order history"};
    case Refusal::no_price:
      throw ApiError{-1112, "No orders on book for symbol."};
  }
  throw ApiError{-1000, "An unknown error occurred while processing the request."};
}

// In hedge mode an order against its position side closes, and is held to the position as reduce-only ones are.
void Usdm::read_sides(const Parameters& parameters, Order& order) const {
  order.side = need_side(parameters);
  order.position_side = parameters.find("positionSide").value_or("BOTH");
  if (order.position_side != "BOTH" && order.position_side != "LONG" && order.position_side != "SHORT") {
    throw ApiError{-4060, "Invalid position side."};
  }
  const bool hedge = margin().mode() == PositionMode::hedge;
  if (hedge == (order.position_side == "BOTH")) {
    throw ApiError{-4061, "Order's position side does not match user's setting."};
  }
  order.reduce_only = parameters.flag("reduceOnly");
  if (hedge && parameters.has("reduceOnly")) throw ApiError{-4062, "Invalid or improper reduceOnly value."};
  if (hedge) order.reduce_only = (order.side == Side::buy) == (order.position_side == "SHORT");
}

Order Usdm::order_of(const Call& call) {
  const Parameters& parameters = call.parameters;
  const Instrument& instrument = need_instrument(parameters);
  Order order;
  order.cause = "client";
  order.symbol = instrument.symbol;
  order.type = parameters.need("type");
  if (is_conditional(order.type)) {
    throw ApiError{
        -4120, "Order type not supported for this endpoint. Please use the Algo Order API endpoints instead."};
  }
  if (order.type != "MARKET" && order.type != "LIMIT") throw ApiError{-1116, "Invalid orderType."};
  read_sides(parameters, order);
  if (order.type == "LIMIT") {
    order.time_in_force = need_time_in_force(parameters);
    order.limit_price = parameters.need_number("price");
  } else {
    parameters.forbid({"price", "timeInForce"});
  }
  order.quantity = parameters.need_number("quantity");
  order.client_id = client_id_of(parameters, "newClientOrderId");
  wants_result(parameters);
  check_filters(order, instrument);
  check_reducing(order);
  return order;
}

// One-way: an order above the position is cut to it when it fills. Hedge: it is refused. (The facts name -2022
// without saying which; this is how the exchange is known to behave.)
void Usdm::check_reducing(const Order& order) const {
  if (!order.reduce_only || margin().mode() == PositionMode::one_way) return;
  const Decimal held = margin().position(order.symbol, order.position_side).absolute();
  if (order.quantity > held) refuse(Refusal::nothing_to_reduce);
}

Json Usdm::place_order(const Call& call) {
  Order order = order_of(call);
  order.visible_at = call.moment.visible_at;
  const Placed placed = exchange_->place(std::move(order), call.moment.now);
  if (const auto* const refusal = std::get_if<Refusal>(&placed)) refuse(*refusal);
  const Order& kept = *exchange_->order(std::get<std::int64_t>(placed));
  return order_reply(kept, wants_result(call.parameters) ? Detail::result : Detail::acknowledgement);
}

Json Usdm::test_order(const Call& call) {
  const Order order = order_of(call);
  return order_reply(order, Detail::acknowledgement);
}

const Order& Usdm::find_order(const Call& call, int missing_code, const char* missing_message) const {
  const Instrument& instrument = need_instrument(call.parameters);
  const auto id = call.parameters.find_whole("orderId");
  const auto client_id = call.parameters.find("origClientOrderId");
  if (!id && !client_id) {
    throw ApiError{-1102, "Param 'origClientOrderId' or 'orderId' must be sent, but both were empty/null!"};
  }
  const Order* order =
      id ? exchange_->order(*id) : exchange_->order_by_client_id(instrument.symbol, *client_id);
  if (order == nullptr || order->symbol != instrument.symbol) throw ApiError{missing_code, missing_message};
  return *order;
}

Json Usdm::query_order(const Call& call) {
  const Order& order = find_order(call, -2013, "Order does not exist.");
  if (order.visible_at > call.moment.now) throw ApiError{-2013, "Order does not exist."};
  return order_reply(order, Detail::query);
}

Json Usdm::query_open_order(const Call& call) {
  const Order& order = find_order(call, -2013, "Order does not exist.");
  if (order.visible_at > call.moment.now || !order.is_open()) throw ApiError{-2013, "Order does not exist."};
  return order_reply(order, Detail::query);
}

Json Usdm::cancel_order(const Call& call) {
  const Order& order = find_order(call, -2011, "Unknown order sent.");
  if (!exchange_->cancel(order.id, call.moment.now)) throw ApiError{-2011, "Unknown order sent."};
  return order_reply(order, Detail::result);
}

Json Usdm::cancel_open_orders(const Call& call) {
  const Instrument& instrument = need_instrument(call.parameters);
  std::vector<std::int64_t> ids;
  for (const Order* order : exchange_->open_orders(instrument.symbol)) ids.push_back(order->id);
  for (const std::int64_t id : ids) exchange_->cancel(id, call.moment.now);
  return {{"code", 200}, {"msg", "The operation of cancel all open order is done."}};
}

Json Usdm::open_orders(const Call& call) {
  const std::string symbol = call.parameters.has("symbol") ? need_instrument(call.parameters).symbol : "";
  Json reply = Json::array();
  for (const Order* order : exchange_->open_orders(symbol)) {
    if (order->visible_at <= call.moment.now) reply.push_back(order_reply(*order, Detail::query));
  }
  return reply;
}

Json Usdm::all_orders(const Call& call) {
  const Instrument& instrument = need_instrument(call.parameters);
  const std::int64_t from = call.parameters.find_whole("orderId").value_or(0);
  const std::int64_t limit = call.parameters.find_whole("limit").value_or(500);
  Json reply = Json::array();
  for (const auto& [id, order] : exchange_->orders()) {
    if (id < from || order.symbol != instrument.symbol || order.visible_at > call.moment.now) continue;
    if (std::int64_t(reply.size()) >= limit) break;
    reply.push_back(order_reply(order, Detail::query));
  }
  return reply;
}

Json Usdm::trades_of(const Call& call) {
  const Instrument& instrument = need_instrument(call.parameters);
  const auto order_id = call.parameters.find_whole("orderId");
  const std::int64_t from = call.parameters.find_whole("fromId").value_or(0);
  const std::int64_t limit = call.parameters.find_whole("limit").value_or(500);
  Json reply = Json::array();
  for (const Fill* each : order_id ? exchange_->fills_of(*order_id) : exchange_->all_fills()) {
    const Fill& fill = *each;
    if (fill.symbol != instrument.symbol || fill.id < from) continue;
    if (exchange_->order(fill.order_id)->visible_at > call.moment.now) continue;
    if (std::int64_t(reply.size()) >= limit) break;
    reply.push_back({{"buyer", fill.side == Side::buy},
                     {"commission", padded(fill.commission, 8)},
                     {"commissionAsset", fill.commission_asset},
                     {"id", fill.id},
                     {"maker", fill.maker},
                     {"orderId", fill.order_id},
                     {"price", padded(fill.price, places_of(instrument.tick))},
                     {"qty", padded(fill.quantity, places_of(instrument.step))},
                     {"quoteQty", multiply(fill.price, fill.quantity, Rounding::half_even).to_string()},
                     {"realizedPnl", padded(fill.realized_profit, 8)},
                     {"side", fill.side == Side::buy ? "BUY" : "SELL"},
                     {"positionSide", fill.position_side},
                     {"symbol", fill.symbol},
                     {"time", fill.time}});
  }
  return reply;
}

// More places than the symbol has is a matter of precision; the rest are codes of their own.
void Usdm::check_filters(const Order& order, const Instrument& instrument) const {
  const auto off_step = [](const Decimal& value, const Decimal& step) {
    return round_to_step(value, step, Rounding::toward_zero) != value;
  };
  const auto too_precise = [] {
    throw ApiError{-1111, "Precision is over the maximum defined for this asset."};
  };
  const Decimal price = margin().price(instrument.symbol);
  if (!order.close_position) {
    const bool market = !order.limit_price;
    if (!order.quantity.is_positive()) throw ApiError{-4003, "Quantity less than or equal to zero."};
    if (order.quantity.scale() > instrument.step.scale()) too_precise();
    if (order.quantity < instrument.minimum_quantity) throw ApiError{-4004, "Quantity less than min quantity."};
    const Decimal& most = market ? instrument.market_maximum : instrument.maximum_quantity;
    if (order.quantity > most) throw ApiError{-4005, "Quantity greater than max quantity."};
    if (off_step(order.quantity, instrument.step)) {
      throw ApiError{-4023, "Qty not increased by step size."};
    }
  }
  if (order.limit_price) {
    const Decimal& limit = *order.limit_price;
    if (!limit.is_positive()) throw ApiError{-4001, "Price less than 0."};
    if (limit > instrument.maximum_price) throw ApiError{-4002, "Price greater than max price."};
    if (limit.scale() > std::max(2, instrument.tick.scale())) too_precise();
    if (off_step(limit, instrument.tick)) throw ApiError{-4014, "Price not increased by tick size."};
    const Decimal up = multiply(price, instrument.band_up, Rounding::half_even);
    const Decimal down = multiply(price, instrument.band_down, Rounding::half_even);
    if (order.side == Side::buy && limit > up) {
      throw ApiError{-4016, "Limit price can't be higher than " + up.to_string() + "."};
    }
    if (order.side == Side::sell && limit < down) {
      throw ApiError{-4024, "Limit price can't be lower than " + down.to_string() + "."};
    }
  }
  const Decimal notional = multiply(order.quantity, order.limit_price.value_or(price), Rounding::half_even);
  if (!order.reduce_only && !order.close_position && notional < instrument.minimum_notional) {
    throw ApiError{-4164, "Order's notional must be no smaller than " +
                              instrument.minimum_notional.to_string() + " (unless you choose reduce only)."};
  }
  if (order.limit_price && int(exchange_->open_orders(instrument.symbol).size()) >= instrument.maximum_orders) {
    throw ApiError{-2025, "Reach max open order limit."};
  }
}

}  // namespace tvh::venue_sim::binance
