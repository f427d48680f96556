// What orders of both products share. Private to the folder.
#pragma once

#include "venues/binance/json.hpp"

namespace tvh::venues::binance {

const char* side_text(model::Side side);
// GTC, IOC, FOK; "" for what is said in another way (post_only).
std::string time_in_force_text(const std::optional<model::TimeInForce>& time_in_force);

// orderId, status and executedQty. An ACK without a status is an order that was taken.
venue::Reading<model::OrderReport> read_report(const Json& order);

// The most trades one answer holds (the default is 500). An order of more stays short of fills, which the
// executor waits for and tells of: the sheet does not say how to page within one order.
inline constexpr const char* kMostTrades = "1000";

// One trade of myTrades or userTrades; nothing when it cannot be read. The venue's name is the caller's to fill
// in.
std::optional<model::Fill> read_trade(const Json& trade, const model::OrderKey& order, model::Side side);

}  // namespace tvh::venues::binance
