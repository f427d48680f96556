#include "venues/binance/orders.hpp"

namespace tvh::venues::binance {

using model::OrderState;

const char* side_text(model::Side side) { return side == model::Side::buy ? "BUY" : "SELL"; }

std::string time_in_force_text(const std::optional<model::TimeInForce>& time_in_force) {
  switch (time_in_force.value_or(model::TimeInForce::gtc)) {
    case model::TimeInForce::gtc:
      return "GTC";
    case model::TimeInForce::ioc:
      return "IOC";
    case model::TimeInForce::fok:
      return "FOK";
    case model::TimeInForce::gtd:
    case model::TimeInForce::post_only:
      break;
  }
  return "";
}

venue::Reading<model::OrderReport> read_report(const Json& order) {
  model::OrderReport report;
  report.venue_order_id = text_of(order, "orderId");
  if (report.venue_order_id.empty()) return unreadable("an order without orderId");
  const std::string status = text_of(order, "status");
  const auto state = status.empty() ? OrderState::accepted : parse_order_status(status);
  if (!state) return unreadable("order status " + status.substr(0, 40));
  report.state = *state;
  report.filled_quantity = decimal_of(order, "executedQty").value_or(Decimal());
  // CANCELED and EXPIRED may have filled in part; NEW has not.
  if (report.state == OrderState::accepted && !report.filled_quantity.is_zero())
    report.state = OrderState::partially_filled;
  return report;
}

std::optional<model::Fill> read_trade(const Json& trade, const model::OrderKey& order, model::Side side) {
  const auto quantity = decimal_of(trade, "qty");
  const auto price = decimal_of(trade, "price");
  model::Fill fill;
  fill.trade_id = text_of(trade, trade.contains("tradeId") ? "tradeId" : "id");
  if (!quantity || !quantity->is_positive() || !price || fill.trade_id.empty()) return std::nullopt;
  fill.client_order_id = order.client_order_id;
  fill.instrument = order.instrument;
  fill.venue_order_id = text_of(trade, "orderId");
  fill.side = side;
  fill.quantity = *quantity;
  fill.price = *price;
  fill.fee = decimal_of(trade, "commission").value_or(Decimal());
  fill.fee_asset = text_of(trade, "commissionAsset");
  fill.at = time_of(trade, "time");
  return fill;
}

}  // namespace tvh::venues::binance
