// GET /_sim/…: the state as the exchange truly has it, whatever queries are shown.
#include <nlohmann/json.hpp>

#include "venue_sim/world.hpp"

namespace tvh::venue_sim {
namespace {

using Json = nlohmann::ordered_json;

const char* word(Side side) { return side == Side::buy ? "BUY" : "SELL"; }

const char* word(Status status) {
  switch (status) {
    case Status::open:
      return "open";
    case Status::partially_filled:
      return "partially_filled";
    case Status::filled:
      return "filled";
    case Status::canceled:
      return "canceled";
    case Status::expired:
      return "expired";
  }
  return "";
}

const char* word(ConditionalOrder::State state) {
  switch (state) {
    case ConditionalOrder::State::waiting:
      return "waiting";
    case ConditionalOrder::State::triggered:
      return "triggered";
    case ConditionalOrder::State::canceled:
      return "canceled";
    case ConditionalOrder::State::expired:
      return "expired";
    case ConditionalOrder::State::rejected:
      return "rejected";
  }
  return "";
}

Json order_row(const std::string& product, const Order& order) {
  Json row{{"product", product},
           {"kind", "order"},
           {"id", order.id},
           {"client_id", order.client_id},
           {"symbol", order.symbol},
           {"side", word(order.side)},
           {"type", order.type},
           {"status", word(order.status)},
           {"quantity", order.quantity.to_string()},
           {"executed", order.executed.to_string()},
           {"quote_executed", order.quote_executed.to_string()},
           {"price", order.limit_price ? Json(order.limit_price->to_string()) : Json()},
           {"trigger_price", order.trigger ? Json(order.trigger->price.to_string()) : Json()},
           {"reduce_only", order.reduce_only},
           {"position_side", order.position_side},
           {"list_id", order.list_id},
           {"cause", order.cause},
           {"created_at", order.created_at},
           {"updated_at", order.updated_at}};
  return row;
}

Json conditional_row(const std::string& product, const ConditionalOrder& order) {
  Json row = order_row(product, order.order);
  row["kind"] = "conditional";
  row["id"] = order.id;
  row["client_id"] = order.client_id;
  row["type"] = order.order_type;
  row["status"] = word(order.state);
  row["trigger_price"] = order.trigger.price.to_string();
  row["placed_order"] = order.placed_order;
  row["close_position"] = order.order.close_position;
  row["created_at"] = order.created_at;
  row["updated_at"] = order.updated_at;
  return row;
}

void add_orders(Json& rows, const Exchange& exchange) {
  for (const auto& [id, order] : exchange.orders()) rows.push_back(order_row(exchange.product(), order));
  for (const auto& [id, order] : exchange.conditionals())
    rows.push_back(conditional_row(exchange.product(), order));
}

void add_fills(Json& rows, const Exchange& exchange) {
  for (const Fill& fill : exchange.fills()) {
    rows.push_back({{"product", exchange.product()},
                    {"id", fill.id},
                    {"order_id", fill.order_id},
                    {"client_id", exchange.order(fill.order_id)->client_id},
                    {"symbol", fill.symbol},
                    {"side", word(fill.side)},
                    {"position_side", fill.position_side},
                    {"price", fill.price.to_string()},
                    {"quantity", fill.quantity.to_string()},
                    {"commission", fill.commission.to_string()},
                    {"commission_asset", fill.commission_asset},
                    {"realized_profit", fill.realized_profit.to_string()},
                    {"maker", fill.maker},
                    {"time", fill.time}});
  }
}

// Spot has no positions: what was bought less what was sold of each symbol, in full and before commissions,
// answers the question a test has.
void add_positions(Json& rows, Exchange& exchange) {
  if (const auto* margin = dynamic_cast<const MarginAccount*>(&exchange.account())) {
    for (const auto& [key, position] : margin->positions()) {
      rows.push_back({{"product", exchange.product()},
                      {"symbol", key.first},
                      {"position_side", key.second},
                      {"quantity", position.amount.to_string()},
                      {"entry_price", position.entry_price.to_string()},
                      {"unrealized_profit", margin->profit_of(key, position).to_string()}});
    }
    return;
  }
  std::map<std::string, Decimal> sums;
  for (const Fill& fill : exchange.fills()) {
    sums[fill.symbol] += fill.side == Side::buy ? fill.quantity : -fill.quantity;
  }
  for (const auto& [symbol, sum] : sums) {
    rows.push_back({{"product", exchange.product()},
                    {"symbol", symbol},
                    {"position_side", ""},
                    {"quantity", sum.to_string()}});
  }
}

void add_balances(Json& rows, Exchange& exchange) {
  if (const auto* margin = dynamic_cast<const MarginAccount*>(&exchange.account())) {
    rows.push_back({{"product", exchange.product()},
                    {"asset", margin->asset()},
                    {"wallet", margin->wallet().to_string()},
                    {"available", margin->available().to_string()}});
    return;
  }
  for (const auto& [asset, balance] : dynamic_cast<const SpotAccount&>(exchange.account()).balances()) {
    rows.push_back({{"product", exchange.product()},
                    {"asset", asset},
                    {"free", balance.free.to_string()},
                    {"locked", balance.locked.to_string()}});
  }
}

}  // namespace

Result<std::string> World::state_of(const std::string& what) const {
  Json rows = Json::array();
  if (what == "requests") {
    for (const auto& request : log_) {
      rows.push_back({{"ordinal", request.ordinal},
                      {"time", request.time},
                      {"method", request.method},
                      {"path", request.path},
                      {"params", request.parameters},
                      {"fault", name_of(request.fault)},
                      {"executed", request.executed},
                      {"status", request.status},
                      {"refusal", request.answer_start}});
    }
    return rows.dump(-1, ' ', false, Json::error_handler_t::replace);
  }
  for (Exchange* exchange : venue_->exchanges()) {
    if (what == "orders") {
      add_orders(rows, *exchange);
    } else if (what == "fills") {
      add_fills(rows, *exchange);
    } else if (what == "positions") {
      add_positions(rows, *exchange);
    } else if (what == "balances") {
      add_balances(rows, *exchange);
    } else {
      return fail(Errc::bad_data, "GET orders, fills, positions, balances or requests");
    }
  }
  return rows.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace tvh::venue_sim
