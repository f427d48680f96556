// OCO. Source: venue sheet 1.3, the spot error table (-1158 to -1199). One order that trades, triggers or is
// canceled ends the other.
#include "venue_sim/binance/spot.hpp"

namespace tvh::venue_sim::binance {
namespace {

const std::initializer_list<std::string_view> kOcoNames{"symbol",
                                                        "side",
                                                        "quantity",
                                                        "listClientOrderId",
                                                        "aboveType",
                                                        "aboveClientOrderId",
                                                        "abovePrice",
                                                        "aboveStopPrice",
                                                        "aboveTimeInForce",
                                                        "belowType",
                                                        "belowClientOrderId",
                                                        "belowPrice",
                                                        "belowStopPrice",
                                                        "belowTimeInForce",
                                                        "newOrderRespType",
                                                        "selfTradePreventionMode"};

bool is_contingent(const std::string& type) { return type != "LIMIT_MAKER"; }

// Which order may stand where: a sell takes profit above and stops below, a buy the other way round.
void check_place(Side side, bool above, const std::string& type) {
  const bool stop = type == "STOP_LOSS" || type == "STOP_LOSS_LIMIT";
  const bool profit = type == "TAKE_PROFIT" || type == "TAKE_PROFIT_LIMIT";
  if (!stop && !profit && type != "LIMIT_MAKER") throw ApiError{-1158, "Order type not supported in OCO."};
  const bool right = above == ((side == Side::sell) != stop);
  if (right) return;
  if (side == Side::buy) {
    if (stop) throw ApiError{-1196, "A stop loss order in a buy OCO must be above."};
    if (profit) throw ApiError{-1198, "A take profit order in a buy OCO must be below."};
    throw ApiError{-1165, "A limit order in a buy OCO must be below."};
  }
  if (stop) throw ApiError{-1197, "A stop loss order in a sell OCO must be below."};
  if (profit) throw ApiError{-1199, "A take profit order in a sell OCO must be above."};
  throw ApiError{-1166, "A limit order in a sell OCO must be above."};
}

}  // namespace

void Spot::add_list_routes() {
  const auto add = [&](const char* method, const char* path, int weight, int orders,
                       Json (Spot::*handle)(const Call&)) {
    add_route(method, path,
              {Security::signed_request, [=](const Parameters&) { return weight; },
               [this, handle](const Call& call) { return (this->*handle)(call); },
               std::string_view(method) != "GET", orders});
  };
  add("POST", "/api/v3/orderList/oco", 1, 2, &Spot::place_oco);
  add("GET", "/api/v3/orderList", 4, 0, &Spot::query_list);
  add("DELETE", "/api/v3/orderList", 1, 0, &Spot::cancel_list);
  add("GET", "/api/v3/openOrderList", 6, 0, &Spot::open_lists);
}

Order Spot::leg_of(const Call& call, const std::string& prefix, const Instrument& instrument) {
  const Parameters& parameters = call.parameters;
  Order order;
  order.cause = "client";
  order.symbol = instrument.symbol;
  order.side = need_side(parameters);
  order.type = parameters.need(prefix + "Type");
  check_place(order.side, prefix == "above", order.type);
  order.quantity = parameters.need_number("quantity");
  if (!order.quantity.is_positive()) throw ApiError{-1013, "Invalid quantity."};
  if (order.type == "LIMIT_MAKER" || order.type.ends_with("_LIMIT")) {
    order.limit_price = parameters.need_number(prefix + "Price");
  } else {
    parameters.forbid({prefix + "Price"});
  }
  if (order.type == "LIMIT_MAKER") order.time_in_force = TimeInForce::post_only;
  if (order.type.ends_with("_LIMIT")) {
    const std::string word = parameters.need(prefix + "TimeInForce");
    if (word != "GTC" && word != "IOC" && word != "FOK") throw ApiError{-1115, "Invalid timeInForce."};
    if (word == "IOC") order.time_in_force = TimeInForce::immediate_or_cancel;
    if (word == "FOK") order.time_in_force = TimeInForce::fill_or_kill;
  }
  if (is_contingent(order.type)) {
    Trigger trigger;
    trigger.price = parameters.need_number(prefix + "StopPrice");
    trigger.crossing = prefix == "above" ? Crossing::upwards : Crossing::downwards;
    order.trigger = trigger;
  }
  order.client_id = client_id_of(parameters, (prefix + "ClientOrderId").c_str());
  order.visible_at = call.moment.visible_at;
  check_filters(order, instrument);
  return order;
}

Json Spot::place_oco(const Call& call) {
  call.parameters.only(kOcoNames);
  const Instrument& instrument = need_instrument(call.parameters);
  Order above = leg_of(call, "above", instrument);
  Order below = leg_of(call, "below", instrument);
  if (!is_contingent(above.type) && !is_contingent(below.type)) {
    throw ApiError{-1168, "At least one OCO order must be contingent."};
  }
  OrderList list;
  list.symbol = instrument.symbol;
  list.client_id = client_id_of(call.parameters, "listClientOrderId");
  const OrderList* const other = exchange_->list_by_client_id(list.client_id);
  if (above.client_id == below.client_id || (other != nullptr && !other->done)) {
    refuse(Refusal::duplicate_client_id);
  }
  const Placed placed =
      exchange_->place_list(std::move(list), std::move(below), std::move(above), call.moment.now);
  if (const auto* const refusal = std::get_if<Refusal>(&placed)) {
    if (*refusal == Refusal::would_take || *refusal == Refusal::would_trigger) {
      throw ApiError{-2010, "The relationship of the prices for the orders is not correct."};
    }
    refuse(*refusal);
  }
  const OrderList& kept = *exchange_->list(std::get<std::int64_t>(placed));
  Json reply = list_reply(kept);
  reply["orderReports"] = Json::array();
  const std::string response_type = call.parameters.find("newOrderRespType").value_or("RESULT");
  for (const std::int64_t id : kept.orders) {
    reply["orderReports"].push_back(placed_reply(*exchange_->order(id), response_type));
  }
  return reply;
}

Json Spot::query_list(const Call& call) {
  const auto id = call.parameters.find_whole("orderListId");
  const auto client_id = call.parameters.find("origClientOrderId");
  if (!id && !client_id) {
    throw ApiError{-1102, "Param 'origClientOrderId' or 'orderListId' must be sent, but both were empty/null!"};
  }
  const OrderList* const list = id ? exchange_->list(*id) : exchange_->list_by_client_id(*client_id);
  const bool visible = list != nullptr && exchange_->order(list->orders.front())->visible_at <= call.moment.now;
  if (!visible) throw ApiError{-2018, "Order list does not exist."};
  return list_reply(*list);
}

Json Spot::cancel_list(const Call& call) {
  const Instrument& instrument = need_instrument(call.parameters);
  const auto id = call.parameters.find_whole("orderListId");
  const auto client_id = call.parameters.find("listClientOrderId");
  if (!id && !client_id) {
    throw ApiError{-1102, "Param 'orderListId' or 'listClientOrderId' must be sent, but both were empty/null!"};
  }
  const OrderList* const list = id ? exchange_->list(*id) : exchange_->list_by_client_id(*client_id);
  if (list == nullptr || list->symbol != instrument.symbol || list->done) {
    throw ApiError{-2011, "Unknown order list sent."};
  }
  exchange_->cancel(list->orders.front(), call.moment.now);
  Json reply = list_reply(*list);
  reply["orderReports"] = Json::array();
  const std::string cancel_id = client_id_of(call.parameters, "newClientOrderId");
  for (const std::int64_t order : list->orders) {
    reply["orderReports"].push_back(canceled_reply(*exchange_->order(order), cancel_id, call.moment.now));
  }
  return reply;
}

Json Spot::open_lists(const Call& call) {
  Json reply = Json::array();
  for (const auto& [id, list] : exchange_->lists()) {
    const bool visible = exchange_->order(list.orders.front())->visible_at <= call.moment.now;
    if (!list.done && visible) reply.push_back(list_reply(list));
  }
  return reply;
}

}  // namespace tvh::venue_sim::binance
