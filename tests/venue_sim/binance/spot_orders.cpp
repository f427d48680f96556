#include "venue_sim/binance/spot.hpp"

namespace tvh::venue_sim::binance {
namespace {

const std::initializer_list<std::string_view> kOrderNames{"symbol",
                                                          "side",
                                                          "type",
                                                          "timeInForce",
                                                          "quantity",
                                                          "quoteOrderQty",
                                                          "price",
                                                          "newClientOrderId",
                                                          "strategyId",
                                                          "strategyType",
                                                          "stopPrice",
                                                          "trailingDelta",
                                                          "icebergQty",
                                                          "newOrderRespType",
                                                          "selfTradePreventionMode",
                                                          "computeCommissionRates"};
const std::initializer_list<std::string_view> kCancelNames{"symbol", "orderId", "origClientOrderId",
                                                           "newClientOrderId", "cancelRestrictions"};

bool is_stop(const std::string& type) {
  return type.starts_with("STOP_LOSS") || type.starts_with("TAKE_PROFIT");
}

TimeInForce need_time_in_force(const Parameters& parameters) {
  const std::string word = parameters.need("timeInForce");
  if (word == "GTC") return TimeInForce::good_till_cancel;
  if (word == "IOC") return TimeInForce::immediate_or_cancel;
  if (word == "FOK") return TimeInForce::fill_or_kill;
  throw ApiError{-1115, "Invalid timeInForce."};
}

Decimal need_amount(const Parameters& parameters, const char* name, const char* what) {
  const Decimal amount = parameters.need_number(name);
  if (amount.scale() > 8)
    throw ApiError{-1111, "Parameter '" + std::string(name) + "' has too much precision."};
  if (!amount.is_positive()) throw ApiError{-1013, std::string("Invalid ") + what + "."};
  return amount;
}

void read_market_amount(const Parameters& parameters, Order& order) {
  parameters.forbid({"price", "timeInForce", "stopPrice", "icebergQty"});
  const bool in_quote = parameters.has("quoteOrderQty");
  if (in_quote && parameters.has("quantity"))
    throw ApiError{-1128, "Combination of optional parameters invalid."};
  if (in_quote) {
    order.quote_quantity = need_amount(parameters, "quoteOrderQty", "quote order qty");
  } else if (!parameters.has("quantity")) {
    throw ApiError{-1102, "Param 'quantity' or 'quoteOrderQty' must be sent, but both were empty/null!"};
  }
}

Trigger read_trigger(const Parameters& parameters, const Order& order) {
  if (!parameters.has("stopPrice") && !parameters.has("trailingDelta")) {
    throw ApiError{-1102, "Param 'stopPrice' or 'trailingDelta' must be sent, but both were empty/null!"};
  }
  // Trailing stops are not simulated: the toolkit places none.
  if (parameters.has("trailingDelta")) throw ApiError{-1020, "This operation is not supported."};
  Trigger trigger;
  trigger.price = need_amount(parameters, "stopPrice", "stop price");
  const bool upwards = order.type.starts_with("STOP_LOSS") == (order.side == Side::buy);
  trigger.crossing = upwards ? Crossing::upwards : Crossing::downwards;
  return trigger;
}

std::string response_type_of(const Parameters& parameters, const std::string& type) {
  const std::string word =
      parameters.find("newOrderRespType").value_or(type == "MARKET" || type == "LIMIT" ? "FULL" : "ACK");
  if (word != "ACK" && word != "RESULT" && word != "FULL") {
    throw ApiError{-1130, "Data sent for parameter 'newOrderRespType' is not valid."};
  }
  return word;
}

}  // namespace

void Spot::refuse(Refusal refusal) const {
  switch (refusal) {
    case Refusal::duplicate_client_id:
      throw ApiError{-2010, "Duplicate order sent."};
    case Refusal::insufficient_balance:
      throw ApiError{-2010, "Account has insufficient balance for requested action."};
    case Refusal::would_take:
      throw ApiError{-2010, "Order would immediately match and take."};
    case Refusal::would_trigger:
      throw ApiError{-2010, "Order would trigger immediately."};
    case Refusal::no_price:
      throw ApiError{-1112, "No orders on book for symbol."};
    case Refusal::nothing_to_reduce:
    case Refusal::cannot_fill:
      break;  // not of spot
  }
  throw ApiError{-1000, "An unknown error occurred while processing the request."};
}

Order Spot::order_of(const Call& call) {
  const Parameters& parameters = call.parameters;
  parameters.only(kOrderNames);
  const Instrument& instrument = need_instrument(parameters);
  Order order;
  order.cause = "client";
  order.symbol = instrument.symbol;
  order.side = need_side(parameters);
  order.type = parameters.need("type");
  const bool has_limit = order.type == "LIMIT" || order.type == "LIMIT_MAKER" || order.type.ends_with("_LIMIT");
  const bool known = order.type == "MARKET" || order.type == "LIMIT" || order.type == "LIMIT_MAKER" ||
                     order.type == "STOP_LOSS" || order.type == "STOP_LOSS_LIMIT" ||
                     order.type == "TAKE_PROFIT" || order.type == "TAKE_PROFIT_LIMIT";
  if (!known) throw ApiError{-1116, "Invalid orderType."};
  if (order.type == "MARKET") {
    read_market_amount(parameters, order);
  } else {
    parameters.forbid({"quoteOrderQty"});
  }
  if (!order.quote_quantity.is_positive()) order.quantity = need_amount(parameters, "quantity", "quantity");
  if (has_limit) {
    if (order.type != "LIMIT_MAKER") order.time_in_force = need_time_in_force(parameters);
    order.limit_price = need_amount(parameters, "price", "price");
  } else if (order.type != "MARKET") {
    parameters.forbid({"price", "timeInForce"});
  }
  if (order.type == "LIMIT_MAKER") {
    parameters.forbid({"timeInForce"});
    order.time_in_force = TimeInForce::post_only;
  }
  if (is_stop(order.type)) {
    order.trigger = read_trigger(parameters, order);
  } else if (order.type != "MARKET") {
    parameters.forbid({"stopPrice"});
  }
  order.client_id = client_id_of(parameters, "newClientOrderId");
  response_type_of(parameters, order.type);
  check_filters(order, instrument);
  return order;
}

Json Spot::place_order(const Call& call) {
  Order order = order_of(call);
  order.visible_at = call.moment.visible_at;
  const Placed placed = exchange_->place(std::move(order), call.moment.now);
  if (const auto* const refusal = std::get_if<Refusal>(&placed)) refuse(*refusal);
  const Order& kept = *exchange_->order(std::get<std::int64_t>(placed));
  return placed_reply(kept, response_type_of(call.parameters, kept.type));
}

// Filters and parameters; the balance is not looked at, as nothing is sent to the matching engine.
Json Spot::test_order(const Call& call) {
  order_of(call);
  return Json::object();
}

const Order& Spot::find_order(const Call& call, int missing_code, const char* missing_message) const {
  const Instrument& instrument = need_instrument(call.parameters);
  const auto id = call.parameters.find_whole("orderId");
  const auto client_id = call.parameters.find("origClientOrderId");
  if (!id && !client_id) {
    throw ApiError{-1102, "Param 'origClientOrderId' or 'orderId' must be sent, but both were empty/null!"};
  }
  const Order* order =
      id ? exchange_->order(*id) : exchange_->order_by_client_id(instrument.symbol, *client_id);
  if (order == nullptr || order->symbol != instrument.symbol) throw ApiError{missing_code, missing_message};
  if (id && client_id && order->client_id != *client_id) {
    throw ApiError{-2039, "Client order ID is not correct for this order ID"};
  }
  return *order;
}

Json Spot::query_order(const Call& call) {
  call.parameters.only({"symbol", "orderId", "origClientOrderId"});
  const Order& order = find_order(call, -2013, "Order does not exist.");
  if (order.visible_at > call.moment.now) throw ApiError{-2013, "Order does not exist."};
  return order_reply(order);
}

const Order& Spot::cancel_and_find(std::int64_t id, const Moment& moment) {
  if (!exchange_->cancel(id, moment.now)) throw ApiError{-2011, "Unknown order sent."};
  return *exchange_->order(id);
}

Json Spot::cancel_order(const Call& call) {
  call.parameters.only(kCancelNames);
  const Order& order = find_order(call, -2011, "Unknown order sent.");
  const std::string cancel_id = client_id_of(call.parameters, "newClientOrderId");
  const std::int64_t list_id = order.list_id;
  const Order& canceled = cancel_and_find(order.id, call.moment);
  // Canceling one order of a list cancels the list; the reply is the list's.
  if (list_id >= 0) {
    Json reply = list_reply(*exchange_->list(list_id));
    reply["orderReports"] = Json::array();
    for (const std::int64_t id : exchange_->list(list_id)->orders) {
      reply["orderReports"].push_back(canceled_reply(*exchange_->order(id), cancel_id, call.moment.now));
    }
    return reply;
  }
  return canceled_reply(canceled, cancel_id, call.moment.now);
}

Json Spot::cancel_open_orders(const Call& call) {
  call.parameters.only({"symbol"});
  const Instrument& instrument = need_instrument(call.parameters);
  std::vector<std::int64_t> ids;
  for (const Order* order : exchange_->open_orders(instrument.symbol)) ids.push_back(order->id);
  if (ids.empty()) throw ApiError{-2011, "Unknown order sent."};
  Json reply = Json::array();
  for (const std::int64_t id : ids) exchange_->cancel(id, call.moment.now);
  for (const std::int64_t id : ids) {
    reply.push_back(canceled_reply(*exchange_->order(id), made_up_id(), call.moment.now));
  }
  return reply;
}

Json Spot::open_orders(const Call& call) {
  call.parameters.only({"symbol"});
  const std::string symbol = call.parameters.has("symbol") ? need_instrument(call.parameters).symbol : "";
  Json reply = Json::array();
  for (const Order* order : exchange_->open_orders(symbol)) {
    if (order->visible_at <= call.moment.now) reply.push_back(order_reply(*order));
  }
  return reply;
}

Json Spot::all_orders(const Call& call) {
  const Instrument& instrument = need_instrument(call.parameters);
  const std::int64_t from = call.parameters.find_whole("orderId").value_or(0);
  const std::int64_t limit = call.parameters.find_whole("limit").value_or(500);
  Json reply = Json::array();
  for (const auto& [id, order] : exchange_->orders()) {
    if (id < from || order.symbol != instrument.symbol || order.visible_at > call.moment.now) continue;
    if (std::int64_t(reply.size()) >= limit) break;
    reply.push_back(order_reply(order));
  }
  return reply;
}

void Spot::check_filters(const Order& order, const Instrument& instrument) const {
  const auto fail = [](const char* filter) { throw ApiError{-1013, std::string("Filter failure: ") + filter}; };
  const auto off_step = [](const Decimal& value, const Decimal& step) {
    return round_to_step(value, step, Rounding::toward_zero) != value;
  };
  const Decimal price = exchange_->price(instrument.symbol).value_or(Decimal());
  const bool market = order.type == "MARKET";
  for (const auto& given :
       {order.limit_price, order.trigger ? std::optional(order.trigger->price) : std::nullopt}) {
    if (!given) continue;
    if (*given > instrument.maximum_price || off_step(*given, instrument.tick)) fail("PRICE_FILTER");
  }
  if (order.limit_price) {
    const Decimal up = multiply(price, instrument.band_up, Rounding::half_even);
    const Decimal down = multiply(price, instrument.band_down, Rounding::half_even);
    if (*order.limit_price > up || *order.limit_price < down) fail("PERCENT_PRICE_BY_SIDE");
  }
  if (order.quantity.is_positive()) {
    const bool out =
        order.quantity < instrument.minimum_quantity || order.quantity > instrument.maximum_quantity;
    if (out || off_step(order.quantity, instrument.step)) fail("LOT_SIZE");
    if (market && order.quantity > instrument.market_maximum) fail("MARKET_LOT_SIZE");
  }
  const Decimal at = order.limit_price ? *order.limit_price : order.trigger ? order.trigger->price : price;
  const Decimal notional = order.quote_quantity.is_positive()
                               ? order.quote_quantity
                               : multiply(order.quantity, at, Rounding::half_even);
  if (notional < instrument.minimum_notional) fail("NOTIONAL");
  // A quote amount too small for one step of the base asset would fill nothing.
  if (order.quote_quantity.is_positive() && price.is_positive()) {
    const Decimal quantity = divide(order.quote_quantity, price, Rounding::toward_zero, 18);
    if (quantity < instrument.minimum_quantity) fail("LOT_SIZE");
  }
  int open = 0;
  int conditional = 0;
  for (const Order* other : exchange_->open_orders(instrument.symbol)) {
    ++open;
    if (other->trigger && !other->trigger->hit) ++conditional;
  }
  if (open >= instrument.maximum_orders && !market) fail("MAX_NUM_ORDERS");
  if (order.trigger && conditional >= instrument.maximum_conditional_orders) fail("MAX_NUM_ALGO_ORDERS");
}

}  // namespace tvh::venue_sim::binance
