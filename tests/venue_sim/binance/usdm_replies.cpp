#include "venue_sim/binance/usdm.hpp"

namespace tvh::venue_sim::binance {
namespace {

const char* word(TimeInForce time_in_force) {
  switch (time_in_force) {
    case TimeInForce::good_till_cancel:
      return "GTC";
    case TimeInForce::immediate_or_cancel:
      return "IOC";
    case TimeInForce::fill_or_kill:
      return "FOK";
    case TimeInForce::post_only:
      return "GTX";
  }
  return "";
}

const char* word(Side side) { return side == Side::buy ? "BUY" : "SELL"; }

// TRIGGERED until the order it placed has ended, then FINISHED: the facts name the field, not its values.
const char* state_word(const ConditionalOrder& algo, const Exchange& exchange) {
  switch (algo.state) {
    case ConditionalOrder::State::waiting:
      return "NEW";
    case ConditionalOrder::State::triggered:
      return exchange.order(algo.placed_order)->is_open() ? "TRIGGERED" : "FINISHED";
    case ConditionalOrder::State::canceled:
      return "CANCELED";
    case ConditionalOrder::State::expired:
      return "EXPIRED";
    case ConditionalOrder::State::rejected:
      return "REJECTED";
  }
  return "";
}

}  // namespace

// An acknowledgement shows the order as it came in, whatever has become of it: a market order is NEW there.
Json Usdm::order_reply(const Order& order, Detail detail) const {
  const Instrument& instrument = *exchange_->instrument(order.symbol);
  const int price_places = places_of(instrument.tick);
  const int quantity_places = places_of(instrument.step);
  const bool fresh = detail == Detail::acknowledgement;
  const Decimal executed = fresh ? Decimal() : order.executed;
  const Decimal quote = fresh ? Decimal() : order.quote_executed;
  const Decimal average =
      executed.is_zero() ? Decimal() : divide(quote, executed, Rounding::half_even, price_places + 4);
  Json reply{{"orderId", order.id},
             {"symbol", order.symbol},
             {"status", fresh ? "NEW" : status_word(order)},
             {"clientOrderId", order.client_id},
             {"price", padded(order.limit_price.value_or(Decimal()), price_places)},
             {"avgPrice", padded(average, 5)},
             {"origQty", padded(order.quantity, quantity_places)},
             {"executedQty", padded(executed, quantity_places)},
             {"cumQuote", padded(quote, 5)},
             {"timeInForce", word(order.time_in_force)},
             {"type", order.type},
             {"reduceOnly", order.reduce_only},
             {"closePosition", order.close_position},
             {"side", word(order.side)},
             {"positionSide", order.position_side},
             {"stopPrice", "0"},
             {"workingType", "CONTRACT_PRICE"},
             {"priceProtect", false},
             {"origType", order.type},
             {"priceMatch", "NONE"},
             {"selfTradePreventionMode", "NONE"},
             {"goodTillDate", 0}};
  if (detail == Detail::query) {
    reply["time"] = order.created_at;
  } else {
    reply["cumQty"] = padded(executed, quantity_places);
  }
  reply["updateTime"] = order.updated_at;
  return reply;
}

Json Usdm::algo_reply(const ConditionalOrder& algo, AlgoDetail detail) const {
  const Order& order = algo.order;
  const Instrument& instrument = *exchange_->instrument(order.symbol);
  const int price_places = places_of(instrument.tick);
  Json reply{{"algoId", algo.id},
             {"clientAlgoId", algo.client_id},
             {"algoType", "CONDITIONAL"},
             {"orderType", algo.order_type},
             {"symbol", order.symbol},
             {"side", word(order.side)},
             {"positionSide", order.position_side},
             {"timeInForce", word(order.time_in_force)},
             {"quantity", padded(order.quantity, places_of(instrument.step))},
             {"algoStatus", state_word(algo, *exchange_)}};
  if (detail == AlgoDetail::query) {
    const Order* const placed = algo.placed_order == 0 ? nullptr : exchange_->order(algo.placed_order);
    const bool filled = placed != nullptr && placed->executed.is_positive();
    reply["actualOrderId"] = placed == nullptr ? "" : std::to_string(placed->id);
    reply["actualPrice"] =
        padded(filled ? divide(placed->quote_executed, placed->executed, Rounding::half_even, price_places + 4)
                      : Decimal(),
               5);
    if (placed != nullptr) {
      reply["actualType"] = placed->type;
      reply["actualQty"] = padded(placed->executed, places_of(instrument.step));
    }
  }
  reply["triggerPrice"] = padded(algo.trigger.price, price_places);
  reply["price"] = padded(order.limit_price.value_or(Decimal()), price_places);
  reply["icebergQuantity"] = nullptr;
  reply["selfTradePreventionMode"] = "NONE";
  reply["workingType"] = algo.working_type;
  reply["priceMatch"] = "NONE";
  reply["closePosition"] = order.close_position;
  reply["priceProtect"] = algo.price_protect;
  reply["reduceOnly"] = order.reduce_only;
  reply["createTime"] = algo.created_at;
  reply["updateTime"] = algo.updated_at;
  reply["triggerTime"] = algo.triggered_at;
  reply["goodTillDate"] = 0;
  return reply;
}

}  // namespace tvh::venue_sim::binance
