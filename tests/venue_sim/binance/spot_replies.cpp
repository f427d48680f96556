#include "venue_sim/binance/spot.hpp"

namespace tvh::venue_sim::binance {
namespace {

std::string time_in_force_word(const Order& order) {
  switch (order.time_in_force) {
    case TimeInForce::immediate_or_cancel:
      return "IOC";
    case TimeInForce::fill_or_kill:
      return "FOK";
    case TimeInForce::good_till_cancel:
    case TimeInForce::post_only:
      return "GTC";
  }
  return "GTC";
}

const char* side_word(Side side) { return side == Side::buy ? "BUY" : "SELL"; }

void add_amounts(Json& reply, const Order& order) {
  reply["price"] = spot_number(order.limit_price.value_or(Decimal()));
  reply["origQty"] = spot_number(order.quantity);
  reply["executedQty"] = spot_number(order.executed);
  reply["origQuoteOrderQty"] = spot_number(order.quote_quantity);
  reply["cummulativeQuoteQty"] = spot_number(order.quote_executed);
  reply["status"] = status_word(order);
  // A market order's time in force is answered GTC.
  reply["timeInForce"] = order.limit_price ? time_in_force_word(order) : "GTC";
  reply["type"] = order.type;
  reply["side"] = side_word(order.side);
}

}  // namespace

Json Spot::placed_reply(const Order& order, const std::string& response_type) const {
  Json reply{{"symbol", order.symbol},
             {"orderId", order.id},
             {"orderListId", order.list_id},
             {"clientOrderId", order.client_id},
             {"transactTime", order.updated_at}};
  if (response_type == "ACK") return reply;
  add_amounts(reply, order);
  if (order.trigger) reply["stopPrice"] = spot_number(order.trigger->price);
  reply["workingTime"] = order.working_at;
  if (response_type == "FULL") {
    reply["fills"] = Json::array();
    for (const Fill* fill : exchange_->fills_of(order.id)) {
      reply["fills"].push_back({{"price", spot_number(fill->price)},
                                {"qty", spot_number(fill->quantity)},
                                {"commission", spot_number(fill->commission)},
                                {"commissionAsset", fill->commission_asset},
                                {"tradeId", fill->id}});
    }
  }
  reply["selfTradePreventionMode"] = "NONE";
  return reply;
}

Json Spot::order_reply(const Order& order) const {
  Json reply{{"symbol", order.symbol},
             {"orderId", order.id},
             {"orderListId", order.list_id},
             {"clientOrderId", order.client_id}};
  add_amounts(reply, order);
  reply["stopPrice"] = spot_number(order.trigger ? order.trigger->price : Decimal());
  reply["icebergQty"] = spot_number(Decimal());
  reply["time"] = order.created_at;
  reply["updateTime"] = order.updated_at;
  reply["isWorking"] = !order.trigger || order.trigger->hit;
  reply["workingTime"] = order.working_at;
  reply["selfTradePreventionMode"] = "NONE";
  return reply;
}

Json Spot::canceled_reply(const Order& order, const std::string& cancel_id, Milliseconds now) const {
  Json reply{{"symbol", order.symbol},       {"origClientOrderId", order.client_id}, {"orderId", order.id},
             {"orderListId", order.list_id}, {"clientOrderId", cancel_id},           {"transactTime", now}};
  add_amounts(reply, order);
  if (order.trigger) reply["stopPrice"] = spot_number(order.trigger->price);
  reply["selfTradePreventionMode"] = "NONE";
  return reply;
}

Json Spot::list_reply(const OrderList& list) const {
  Json reply{{"orderListId", list.id},
             {"contingencyType", "OCO"},
             {"listStatusType", list.done ? "ALL_DONE" : "EXEC_STARTED"},
             {"listOrderStatus", list.done ? "ALL_DONE" : "EXECUTING"},
             {"listClientOrderId", list.client_id},
             {"transactionTime", list.created_at},
             {"symbol", list.symbol},
             {"orders", Json::array()}};
  for (const std::int64_t id : list.orders) {
    const Order& order = *exchange_->order(id);
    reply["orders"].push_back(
        {{"symbol", order.symbol}, {"orderId", order.id}, {"clientOrderId", order.client_id}});
  }
  return reply;
}

}  // namespace tvh::venue_sim::binance
