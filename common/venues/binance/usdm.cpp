#include "venues/binance/usdm.hpp"

#include "model/signal.hpp"
#include "venues/binance/instruments.hpp"
#include "venues/binance/orders.hpp"

namespace tvh::venues::binance {

using client::Method;
using client::Response;
using model::AccountFigures;
using model::OrderKey;
using model::OrderReport;
using model::OrderRequest;
using model::OrderState;
using model::OrderType;
using model::TimeInForce;
using venue::Ask;
using venue::Problem;
using venue::Reading;

namespace {

constexpr const char* kOrder = "/fapi/v1/order";
constexpr const char* kAlgoOrder = "/fapi/v1/algoOrder";
constexpr std::chrono::seconds kProcessing{10};  // as on spot

model::Capabilities capabilities_with(std::chrono::milliseconds window) {
  model::Capabilities can;
  can.spot = false;
  can.perp = true;
  can.reduce_only = true;
  can.nets_reversals = true;
  can.order_types = {OrderType::market, OrderType::limit, OrderType::stop, OrderType::stop_limit};
  can.times_in_force = {TimeInForce::gtc, TimeInForce::ioc, TimeInForce::fok, TimeInForce::post_only};
  can.fence = venue::kOrderPatience + window + kProcessing + venue::kMostClockDoubt;
  can.visibility_lag = std::chrono::seconds(2);
  can.ids_for_ever = false;
  // Cancelled and expired orders without a fill are not found any more after that (sheet 2.4).
  can.id_memory = std::chrono::hours(24 * 3);
  can.order_rate = model::Rate{200, std::chrono::seconds(10)};  // 300 in 10 s and 1200 in a minute: sheet 2.8
  return can;
}

bool has_trigger(OrderType type) { return type == OrderType::stop || type == OrderType::stop_limit; }

std::string in_force_text(const std::optional<TimeInForce>& in_force) {
  return in_force == TimeInForce::post_only ? "GTX" : time_in_force_text(in_force);
}

// Conditional orders have ids, places and words of their own.
std::optional<OrderState> parse_algo_status(const std::string& status) {
  if (status == "NEW" || status == "WORKING" || status == "TRIGGERING" || status == "TRIGGERED" ||
      status == "FINISHED")
    return OrderState::accepted;  // the real order behind it says the rest
  if (status == "CANCELED") return OrderState::cancelled;
  if (status == "EXPIRED") return OrderState::expired;
  if (status == "REJECTED") return OrderState::refused;
  return std::nullopt;
}

Reading<OrderReport> read_algo_report(const Json& order) {
  OrderReport report;
  report.venue_order_id = text_of(order, "algoId");
  if (report.venue_order_id.empty()) return unreadable("a conditional order without algoId");
  const std::string status = text_of(order, "algoStatus");
  const auto state = parse_algo_status(status);
  if (!state) return unreadable("conditional order status " + status.substr(0, 40));
  report.state = *state;
  return report;
}

}  // namespace

Usdm::Usdm(Keys keys, std::chrono::milliseconds window)
    : keys_(std::move(keys)), capabilities_(capabilities_with(window)) {}

client::Request Usdm::write(const Ask& ask, const venue::Stamp& stamp) const {
  return write_request(ask, stamp, keys_);
}
Problem Usdm::read_problem(const Response& response) const {
  return binance::read_problem(Product::usdm, response);
}
venue::Usage Usdm::read_usage(const Response& response) const { return binance::read_usage(response); }
Ask Usdm::server_time() const { return {Method::get, "/fapi/v1/time", {}, false, 1}; }
Reading<std::chrono::milliseconds> Usdm::read_server_time(const Response& response) const {
  return binance::read_server_time(response);
}

Ask Usdm::place(const OrderRequest& order) const {
  const bool conditional = has_trigger(order.type);
  const bool limited = order.type == OrderType::limit || order.type == OrderType::stop_limit;
  Ask ask{Method::post, conditional ? kAlgoOrder : kOrder, {}, true, conditional ? 1 : 0};
  auto& parameters = ask.parameters;
  if (conditional) parameters.emplace_back("algoType", "CONDITIONAL");
  parameters.emplace_back("symbol", model::symbol_of(order.instrument));
  parameters.emplace_back("side", side_text(order.side));
  parameters.emplace_back("type",
                          conditional ? (limited ? "STOP" : "STOP_MARKET") : (limited ? "LIMIT" : "MARKET"));
  parameters.emplace_back(conditional ? "clientAlgoId" : "newClientOrderId", order.client_order_id);
  parameters.emplace_back("newOrderRespType", "RESULT");
  parameters.emplace_back("quantity", order.quantity.to_string());
  if (order.limit_price) parameters.emplace_back("price", order.limit_price->to_string());
  if (order.stop_price) parameters.emplace_back("triggerPrice", order.stop_price->to_string());
  if (limited) parameters.emplace_back("timeInForce", in_force_text(order.time_in_force));
  if (order.reduce_only) parameters.emplace_back("reduceOnly", "true");
  return ask;
}

Reading<OrderReport> Usdm::read_placed(const OrderRequest& order, const Response& response) const {
  auto read = read_body(Product::usdm, response);
  if (auto* problem = std::get_if<Problem>(&read)) return std::move(*problem);
  return has_trigger(order.type) ? read_algo_report(std::get<Json>(read)) : read_report(std::get<Json>(read));
}

Ask Usdm::find_order(const OrderKey& order) const {
  if (has_trigger(order.type))
    return {Method::get, kAlgoOrder, {{"clientAlgoId", order.client_order_id}}, true, 1};
  return {Method::get,
          kOrder,
          {{"symbol", model::symbol_of(order.instrument)}, {"origClientOrderId", order.client_order_id}},
          true,
          1};
}

Reading<venue::OrderReading> Usdm::read_order(const OrderKey& order, const Response& response) const {
  auto read = read_body(Product::usdm, response);
  if (auto* problem = std::get_if<Problem>(&read)) return std::move(*problem);
  const Json& body = std::get<Json>(read);
  const bool conditional = body.contains("algoId");
  auto report = conditional ? read_algo_report(body) : read_report(body);
  if (auto* problem = std::get_if<Problem>(&report)) return std::move(*problem);
  venue::OrderReading reading{std::move(std::get<OrderReport>(report))};
  // Once triggered, the order that it became says what was filled.
  const std::string actual = conditional ? text_of(body, "actualOrderId") : "";
  const bool has_actual = !actual.empty() && actual != "0";
  // It ended, and how only its order tells: to call it open would leave it so for ever.
  if (conditional && !has_actual && text_of(body, "algoStatus") == "FINISHED")
    return unreadable("a finished conditional order without the order it became");
  if (has_actual) {
    reading.next = Ask{
        Method::get, kOrder, {{"symbol", model::symbol_of(order.instrument)}, {"orderId", actual}}, true, 1};
  }
  return reading;
}

Ask Usdm::trades(const OrderKey& order, const std::string& venue_order_id) const {
  // The sheet does not give its weight; 5 is the documentation's.
  return {Method::get,
          "/fapi/v1/userTrades",
          {{"symbol", model::symbol_of(order.instrument)}, {"orderId", venue_order_id}, {"limit", kMostTrades}},
          true,
          5};
}

Reading<std::vector<model::Fill>> Usdm::read_trades(const OrderKey& order, const Response& response) const {
  auto read = read_body(Product::usdm, response);
  if (auto* problem = std::get_if<Problem>(&read)) return std::move(*problem);
  const Json& body = std::get<Json>(read);
  if (!body.is_array()) return unreadable("trades that are no list");
  std::vector<model::Fill> fills;
  for (const Json& one : body) {
    const std::string side = text_of(one, "side");
    auto fill = read_trade(one, order, side == "BUY" ? model::Side::buy : model::Side::sell);
    if ((side != "BUY" && side != "SELL") || !fill)
      return unreadable("a trade without side, quantity, price or id");
    fills.push_back(std::move(*fill));
  }
  return fills;
}

Ask Usdm::cancel(const OrderKey& order) const {
  Ask ask = find_order(order);
  ask.method = Method::remove;
  return ask;
}

Reading<OrderReport> Usdm::read_cancelled(const OrderKey& order, const Response& response) const {
  auto read = read_body(Product::usdm, response);
  if (auto* problem = std::get_if<Problem>(&read)) return std::move(*problem);
  const Json& body = std::get<Json>(read);
  if (!has_trigger(order.type)) return read_report(body);
  // The sheet has {"algoId":…,"code":"200"}, clients also recorded the whole order.
  if (body.contains("algoStatus")) return read_algo_report(body);
  // It is gone, unless it was triggered in between, which the next look tells.
  if (text_of(body, "code") != "200") return unreadable("the cancel of a conditional order");
  return Problem{Problem::Kind::gone, "200", "cancelled"};
}

Ask Usdm::instruments(const std::string&) const { return {Method::get, "/fapi/v1/exchangeInfo", {}, false, 1}; }
Reading<std::vector<model::Instrument>> Usdm::read_instruments(const Response& response) const {
  return binance::read_instruments(Product::usdm, response);
}

Ask Usdm::price(const std::string& instrument) const {
  return {Method::get, "/fapi/v2/ticker/price", {{"symbol", model::symbol_of(instrument)}}, false, 1};
}
Reading<Decimal> Usdm::read_price(const Response& response) const { return binance::read_price(response); }

Ask Usdm::account() const { return {Method::get, "/fapi/v3/account", {}, true, 5}; }

// Margin is counted in the instrument's quote asset alone.
Reading<AccountFigures> Usdm::read_account(const model::Instrument& instrument, const std::optional<Decimal>&,
                                           const Response& response) const {
  auto read = read_body(Product::usdm, response);
  if (auto* problem = std::get_if<Problem>(&read)) return std::move(*problem);
  const Json& body = std::get<Json>(read);
  const auto assets = body.is_object() ? body.find("assets") : body.end();
  if (!body.is_object() || assets == body.end() || !assets->is_array()) return unreadable("no assets");
  AccountFigures figures;
  figures.free_quote = Decimal();
  figures.equity = Decimal();
  // The answer does not name the account's fee; 0.05 % is the highest taker's.
  figures.fee_rate = Decimal::from_trusted("0.0005");
  for (const Json& asset : *assets) {
    if (text_of(asset, "asset") != instrument.quote_asset) continue;
    figures.free_quote = decimal_of(asset, "availableBalance").value_or(Decimal());
    figures.equity = decimal_of(asset, "marginBalance").value_or(Decimal());
  }
  return figures;
}

Reading<std::vector<model::PaperBalance>> Usdm::read_balances(const Response& response) const {
  auto read = read_body(Product::usdm, response);
  if (auto* problem = std::get_if<Problem>(&read)) return std::move(*problem);
  const Json& body = std::get<Json>(read);
  const auto assets = body.is_object() ? body.find("assets") : body.end();
  if (!body.is_object() || assets == body.end() || !assets->is_array()) return unreadable("no assets");
  std::vector<model::PaperBalance> balances;
  for (const Json& asset : *assets) {
    const auto amount = decimal_of(asset, "walletBalance");
    if (amount && !amount->is_zero()) balances.push_back({text_of(asset, "asset"), *amount});
  }
  return balances;
}

std::optional<Ask> Usdm::positions() const { return Ask{Method::get, "/fapi/v3/positionRisk", {}, true, 5}; }

Reading<std::vector<venue::VenuePosition>> Usdm::read_positions(const Response& response) const {
  auto read = read_body(Product::usdm, response);
  if (auto* problem = std::get_if<Problem>(&read)) return std::move(*problem);
  const Json& body = std::get<Json>(read);
  if (!body.is_array()) return unreadable("positions that are no list");
  std::vector<venue::VenuePosition> positions;
  for (const Json& one : body) {
    const auto amount = decimal_of(one, "positionAmt");
    if (!amount) return unreadable("a position without positionAmt");
    if (amount->is_zero()) continue;
    positions.push_back({model::instrument_name(text_of(one, "symbol"), model::Market::perp), *amount});
  }
  return positions;
}

std::optional<Ask> Usdm::precondition() const {
  // The sheet does not give its weight; 30 is the documentation's.
  return Ask{Method::get, "/fapi/v1/positionSide/dual", {}, true, 30};
}

Reading<std::optional<std::string>> Usdm::read_precondition(const Response& response) const {
  auto read = read_body(Product::usdm, response);
  if (auto* problem = std::get_if<Problem>(&read)) return std::move(*problem);
  const auto hedge = flag_of(std::get<Json>(read), "dualSidePosition");
  if (!hedge) return unreadable("no position mode");
  if (!*hedge) return std::optional<std::string>();
  return std::optional<std::string>(
      "the account is in hedge mode, where orders name a side that alerts do not; set Position Mode to One-way "
      "in "
      "the venue's preferences (no position or order may be open)");
}

// The key's permissions are told by a service of another host, which this venue does not call.
std::optional<Ask> Usdm::permissions() const { return std::nullopt; }
Reading<std::vector<venue::CheckLine>> Usdm::read_permissions(const Response&) const {
  return std::vector<venue::CheckLine>{};
}

}  // namespace tvh::venues::binance
