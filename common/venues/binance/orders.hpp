// What orders of both products share. Private to the folder.
#pragma once

#include "venues/binance/json.hpp"

namespace tvh::venues::binance {

const char* side_text(model::Side side);
// GTC, IOC, FOK; "" for what is said in another way (post_only).
std::string time_in_force_text(const std::optional<model::TimeInForce>& time_in_force);

// orderId, status and executedQty. An ACK without a status is an order that was taken.
venue::Reading<model::OrderReport> read_report(const Json& order);

// One trade of myTrades or userTrades; nothing when it cannot be read. The venue's name is the caller's to fill
// in.
std::optional<model::Fill> read_trade(const Json& trade, const model::OrderKey& order, model::Side side);

}  // namespace tvh::venues::binance
