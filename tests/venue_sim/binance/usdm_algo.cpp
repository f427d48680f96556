// Conditional orders live in the algo service since 2025-12-09. Source: venue sheet 2.3. What a second open
// order of the same clientAlgoId is answered is not in the facts: as for orders, -4116.
#include <algorithm>

#include "venue_sim/binance/usdm.hpp"

namespace tvh::venue_sim::binance {

Json Usdm::place_algo(const Call& call) {
  const Parameters& parameters = call.parameters;
  if (parameters.need("algoType") != "CONDITIONAL") {
    throw ApiError{-1130, "Data sent for parameter 'algoType' is not valid."};
  }
  const Instrument& instrument = need_instrument(parameters);
  ConditionalOrder algo;
  algo.order_type = parameters.need("type");
  const bool market = algo.order_type == "STOP_MARKET" || algo.order_type == "TAKE_PROFIT_MARKET";
  // Trailing stops are not simulated: the toolkit places none.
  if (!market && algo.order_type != "STOP" && algo.order_type != "TAKE_PROFIT") {
    throw ApiError{-1116, "Invalid orderType."};
  }
  Order& order = algo.order;
  order.cause = "algo";
  order.symbol = instrument.symbol;
  order.type = market ? "MARKET" : "LIMIT";
  read_sides(parameters, order);
  order.close_position = parameters.flag("closePosition");
  if (order.close_position) {
    if (!market) parameters.forbid({"closePosition"});
    if (parameters.has("quantity"))
      throw ApiError{-4137, "Quantity must be zero with closePosition equals true."};
    if (parameters.has("reduceOnly"))
      throw ApiError{-4138, "Reduce only must be true with closePosition equals true."};
  } else {
    order.quantity = parameters.need_number("quantity");
  }
  if (!market) order.limit_price = parameters.need_number("price");
  const std::string time_in_force = parameters.find("timeInForce").value_or("GTC");
  if (time_in_force == "IOC") order.time_in_force = TimeInForce::immediate_or_cancel;
  if (time_in_force == "FOK") order.time_in_force = TimeInForce::fill_or_kill;
  if (time_in_force == "GTX") order.time_in_force = TimeInForce::post_only;
  algo.trigger.price = parameters.need_number("triggerPrice");
  if (!algo.trigger.price.is_positive()) throw ApiError{-4006, "Stop price less than zero."};
  if (round_to_step(algo.trigger.price, instrument.tick, Rounding::toward_zero) != algo.trigger.price) {
    throw ApiError{-4014, "Price not increased by tick size."};
  }
  const bool upwards = algo.order_type.starts_with("STOP") == (order.side == Side::buy);
  algo.trigger.crossing = upwards ? Crossing::upwards : Crossing::downwards;
  algo.working_type = parameters.find("workingType").value_or("CONTRACT_PRICE");
  algo.price_protect = parameters.flag("priceProtect");
  algo.client_id = client_id_of(parameters, "clientAlgoId");
  algo.visible_at = call.moment.visible_at;
  if (!order.limit_price) check_filters(order, instrument);
  const auto waiting =
      std::count_if(exchange_->conditionals().begin(), exchange_->conditionals().end(), [&](const auto& entry) {
        return entry.second.state == ConditionalOrder::State::waiting &&
               entry.second.order.symbol == order.symbol;
      });
  if (waiting >= instrument.maximum_conditional_orders) throw ApiError{-4045, "Reach max stop order limit."};
  const Placed placed = exchange_->place_conditional(std::move(algo), call.moment.now);
  if (const auto* const refusal = std::get_if<Refusal>(&placed)) refuse(*refusal);
  return algo_reply(*exchange_->conditional(std::get<std::int64_t>(placed)), AlgoDetail::placed);
}

const ConditionalOrder& Usdm::find_algo(const Call& call, int missing_code, const char* missing_message) const {
  const auto id = call.parameters.find_whole("algoId");
  const auto client_id = call.parameters.find("clientAlgoId");
  if (!id && !client_id) {
    throw ApiError{-1102, "Param 'algoId' or 'clientAlgoId' must be sent, but both were empty/null!"};
  }
  const ConditionalOrder* const algo =
      id ? exchange_->conditional(*id) : exchange_->conditional_by_client_id(*client_id);
  if (algo == nullptr) throw ApiError{missing_code, missing_message};
  return *algo;
}

Json Usdm::query_algo(const Call& call) {
  const ConditionalOrder& algo = find_algo(call, -2013, "Order does not exist.");
  if (algo.visible_at > call.moment.now) throw ApiError{-2013, "Order does not exist."};
  return algo_reply(algo, AlgoDetail::query);
}

Json Usdm::cancel_algo(const Call& call) {
  const ConditionalOrder& algo = find_algo(call, -2011, "Unknown order sent.");
  if (!exchange_->cancel_conditional(algo.id, call.moment.now)) throw ApiError{-2011, "Unknown order sent."};
  return {{"algoId", algo.id}, {"clientAlgoId", algo.client_id}, {"code", "200"}, {"msg", "success"}};
}

Json Usdm::open_algos(const Call& call) {
  const std::string symbol = call.parameters.has("symbol") ? need_instrument(call.parameters).symbol : "";
  Json reply = Json::array();
  for (const auto& [id, algo] : exchange_->conditionals()) {
    const bool meant = symbol.empty() || algo.order.symbol == symbol;
    const bool waits = algo.state == ConditionalOrder::State::waiting && algo.visible_at <= call.moment.now;
    if (meant && waits) reply.push_back(algo_reply(algo, AlgoDetail::query));
  }
  return reply;
}

Json Usdm::all_algos(const Call& call) {
  const Instrument& instrument = need_instrument(call.parameters);
  Json reply = Json::array();
  for (const auto& [id, algo] : exchange_->conditionals()) {
    if (algo.order.symbol == instrument.symbol && algo.visible_at <= call.moment.now) {
      reply.push_back(algo_reply(algo, AlgoDetail::query));
    }
  }
  return reply;
}

Json Usdm::cancel_open_algos(const Call& call) {
  const Instrument& instrument = need_instrument(call.parameters);
  for (const auto& [id, algo] : exchange_->conditionals()) {
    if (algo.order.symbol == instrument.symbol) exchange_->cancel_conditional(id, call.moment.now);
  }
  return {{"code", 200}, {"msg", "The operation of cancel all open order is done."}};
}

}  // namespace tvh::venue_sim::binance
