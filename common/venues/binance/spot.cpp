#include "venues/binance/spot.hpp"

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
using model::OrderType;
using model::TimeInForce;
using venue::Ask;
using venue::Problem;
using venue::Reading;

namespace {

constexpr const char* kOrder = "/api/v3/order";
// What may pass between the end of the window and the last moment at which the engine still takes a request
// that came within it. The sheet says that the window is checked again right before the engine; this is for
// what it does not say.
// The API waits so long for the engine before it gives up (sheet 1.7, -1007), so an order may be in it that
// long.
constexpr std::chrono::seconds kProcessing{10};

model::Capabilities capabilities_with(std::chrono::milliseconds window) {
  model::Capabilities can;
  can.spot = true;
  can.perp = false;
  can.reduce_only = false;
  can.nets_reversals = true;
  can.order_types = {OrderType::market, OrderType::limit, OrderType::stop, OrderType::stop_limit};
  can.times_in_force = {TimeInForce::gtc, TimeInForce::ioc, TimeInForce::fok, TimeInForce::post_only};
  can.fence = venue::kOrderPatience + window + kProcessing + venue::kMostClockDoubt;
  can.visibility_lag = std::chrono::seconds(2);  // queries are served "Memory => Database"
  can.ids_for_ever = false;
  can.id_memory = std::chrono::hours(24 * 90);  // older ones without a fill are archived (-2026)
  can.order_rate = model::Rate{100, std::chrono::seconds(10)};  // sheet 1.8, recorded
  return can;
}

Ask ask_for_order(Method method, const OrderKey& order, int weight) {
  return {method,
          kOrder,
          {{"symbol", model::symbol_of(order.instrument)}, {"origClientOrderId", order.client_order_id}},
          true,
          weight};
}

const char* type_text(const OrderRequest& order) {
  switch (order.type) {
    case OrderType::market:
      return "MARKET";
    case OrderType::limit:
      return order.time_in_force == TimeInForce::post_only ? "LIMIT_MAKER" : "LIMIT";
    case OrderType::stop:
      return "STOP_LOSS";
    case OrderType::stop_limit:
      return "STOP_LOSS_LIMIT";
  }
  return "";
}

Decimal held(const Json& balance) {
  return decimal_of(balance, "free").value_or(Decimal()) + decimal_of(balance, "locked").value_or(Decimal());
}

Reading<Json> read_account_body(const Response& response) {
  auto read = read_body(Product::spot, response);
  if (const auto* body = std::get_if<Json>(&read)) {
    const auto balances = body->is_object() ? body->find("balances") : body->end();
    if (!body->is_object() || balances == body->end() || !balances->is_array())
      return unreadable("no balances");
  }
  return read;
}

}  // namespace

Spot::Spot(Keys keys, std::chrono::milliseconds window, bool has_account_service)
    : keys_(std::move(keys)),
      has_account_service_(has_account_service),
      capabilities_(capabilities_with(window)) {}

client::Request Spot::write(const Ask& ask, const venue::Stamp& stamp) const {
  return write_request(ask, stamp, keys_);
}
Problem Spot::read_problem(const Response& response) const {
  return binance::read_problem(Product::spot, response);
}
venue::Usage Spot::read_usage(const Response& response) const { return binance::read_usage(response); }
Ask Spot::server_time() const { return {Method::get, "/api/v3/time", {}, false, 1}; }
Reading<std::chrono::milliseconds> Spot::read_server_time(const Response& response) const {
  return binance::read_server_time(response);
}

Ask Spot::place(const OrderRequest& order) const {
  Ask ask{Method::post, kOrder, {}, true, 1};
  auto& parameters = ask.parameters;
  parameters = {{"symbol", model::symbol_of(order.instrument)},
                {"side", side_text(order.side)},
                {"type", type_text(order)},
                {"newClientOrderId", order.client_order_id},
                {"newOrderRespType", "FULL"},
                {"quantity", order.quantity.to_string()}};
  if (order.limit_price) parameters.emplace_back("price", order.limit_price->to_string());
  if (order.stop_price) parameters.emplace_back("stopPrice", order.stop_price->to_string());
  const bool rests = order.type == OrderType::limit || order.type == OrderType::stop_limit;
  const std::string in_force = rests ? time_in_force_text(order.time_in_force) : "";
  if (!in_force.empty()) parameters.emplace_back("timeInForce", in_force);
  return ask;
}

Reading<OrderReport> Spot::read_placed(const OrderRequest& order, const Response& response) const {
  auto read = read_body(Product::spot, response);
  if (auto* problem = std::get_if<Problem>(&read)) return std::move(*problem);
  const Json& body = std::get<Json>(read);
  auto reading = read_report(body);
  auto* report = std::get_if<OrderReport>(&reading);
  const auto fills = body.find("fills");
  if (report == nullptr || fills == body.end() || !fills->is_array()) return reading;
  const OrderKey key{order.client_order_id, report->venue_order_id, order.instrument, order.market, order.type};
  for (const Json& one : *fills) {
    auto fill = read_trade(one, key, order.side);
    if (!fill) {
      // The trades are asked for instead.
      report->fills.clear();
      break;
    }
    fill->venue_order_id = report->venue_order_id;
    fill->at = time_of(body, "transactTime");
    report->fills.push_back(std::move(*fill));
  }
  return reading;
}

Ask Spot::find_order(const OrderKey& order) const { return ask_for_order(Method::get, order, 4); }

Reading<venue::OrderReading> Spot::read_order(const OrderKey&, const Response& response) const {
  auto read = read_body(Product::spot, response);
  if (auto* problem = std::get_if<Problem>(&read)) return std::move(*problem);
  auto report = read_report(std::get<Json>(read));
  if (auto* problem = std::get_if<Problem>(&report)) return std::move(*problem);
  return venue::OrderReading{std::move(std::get<OrderReport>(report))};
}

Ask Spot::trades(const OrderKey& order, const std::string& venue_order_id) const {
  // The sheet does not give its weight; 20 is that of other reads of the account.
  return {Method::get,
          "/api/v3/myTrades",
          {{"symbol", model::symbol_of(order.instrument)}, {"orderId", venue_order_id}, {"limit", kMostTrades}},
          true,
          20};
}

Reading<std::vector<model::Fill>> Spot::read_trades(const OrderKey& order, const Response& response) const {
  auto read = read_body(Product::spot, response);
  if (auto* problem = std::get_if<Problem>(&read)) return std::move(*problem);
  const Json& body = std::get<Json>(read);
  if (!body.is_array()) return unreadable("trades that are no list");
  std::vector<model::Fill> fills;
  for (const Json& one : body) {
    const auto buys = flag_of(one, "isBuyer");
    auto fill = read_trade(one, order, buys.value_or(false) ? model::Side::buy : model::Side::sell);
    if (!buys || !fill) return unreadable("a trade without side, quantity, price or id");
    fills.push_back(std::move(*fill));
  }
  return fills;
}

Ask Spot::cancel(const OrderKey& order) const { return ask_for_order(Method::remove, order, 1); }

Reading<OrderReport> Spot::read_cancelled(const OrderKey&, const Response& response) const {
  auto read = read_body(Product::spot, response);
  if (auto* problem = std::get_if<Problem>(&read)) return std::move(*problem);
  return read_report(std::get<Json>(read));
}

Ask Spot::instruments(const std::string& instrument) const {
  return {Method::get, "/api/v3/exchangeInfo", {{"symbol", model::symbol_of(instrument)}}, false, 20};
}
Reading<std::vector<model::Instrument>> Spot::read_instruments(const Response& response) const {
  return binance::read_instruments(Product::spot, response);
}

Ask Spot::price(const std::string& instrument) const {
  // The sheet does not give its weight; 2 is the documentation's for one symbol.
  return {Method::get, "/api/v3/ticker/price", {{"symbol", model::symbol_of(instrument)}}, false, 2};
}
Reading<Decimal> Spot::read_price(const Response& response) const { return binance::read_price(response); }

Ask Spot::account() const { return {Method::get, "/api/v3/account", {{"omitZeroBalances", "true"}}, true, 20}; }

// Equity is what the account holds of the instrument's two assets: others have no price here.
Reading<AccountFigures> Spot::read_account(const model::Instrument& instrument,
                                           const std::optional<Decimal>& price,
                                           const Response& response) const {
  auto read = read_account_body(response);
  if (auto* problem = std::get_if<Problem>(&read)) return std::move(*problem);
  const Json& body = std::get<Json>(read);
  AccountFigures figures;
  figures.free_base = Decimal();
  figures.free_quote = Decimal();
  Decimal equity;
  bool counted = true;
  for (const Json& balance : body["balances"]) {
    const std::string asset = text_of(balance, "asset");
    if (asset == instrument.base_asset) {
      figures.free_base = decimal_of(balance, "free").value_or(Decimal());
      counted = price.has_value() || held(balance).is_zero();
      if (price) equity += multiply(held(balance), *price, Rounding::toward_zero);
    } else if (asset == instrument.quote_asset) {
      figures.free_quote = decimal_of(balance, "free").value_or(Decimal());
      equity += held(balance);
    }
  }
  if (counted) figures.equity = equity;
  const auto rates = body.find("commissionRates");
  // 0.1 % is what an account without discounts pays.
  figures.fee_rate = Decimal::from_trusted("0.001");
  if (rates != body.end()) figures.fee_rate = decimal_of(*rates, "taker").value_or(figures.fee_rate);
  return figures;
}

Reading<std::vector<model::PaperBalance>> Spot::read_balances(const Response& response) const {
  auto read = read_account_body(response);
  if (auto* problem = std::get_if<Problem>(&read)) return std::move(*problem);
  std::vector<model::PaperBalance> balances;
  for (const Json& balance : std::get<Json>(read)["balances"]) {
    const Decimal amount = held(balance);
    if (!amount.is_zero()) balances.push_back({text_of(balance, "asset"), amount});
  }
  return balances;
}

Reading<std::vector<venue::VenuePosition>> Spot::read_positions(const Response&) const {
  return std::vector<venue::VenuePosition>{};
}
Reading<std::optional<std::string>> Spot::read_precondition(const Response&) const {
  return std::optional<std::string>();
}

std::optional<Ask> Spot::permissions() const {
  if (!has_account_service_) return std::nullopt;
  // Not on the facts sheet: path and field names are from memory of the public documentation.
  return Ask{Method::get, "/sapi/v1/account/apiRestrictions", {}, true, 1};
}

std::vector<venue::CheckLine> Spot::read_account_rights(const Response& response) const {
  const auto read = read_account_body(response);
  const auto* body = std::get_if<Json>(&read);
  if (body == nullptr || flag_of(*body, "canTrade") != std::optional(false)) return {};
  return {{Errc::credentials, "the account may not trade: the venue says canTrade false"}};
}

Reading<std::vector<venue::CheckLine>> Spot::read_permissions(const Response& response) const {
  auto read = read_body(Product::spot, response);
  if (auto* problem = std::get_if<Problem>(&read)) return std::move(*problem);
  const Json& body = std::get<Json>(read);
  const auto withdraws = flag_of(body, "enableWithdrawals");
  const auto trades = flag_of(body, "enableSpotAndMarginTrading");
  if (!withdraws || !trades) return unreadable("no permissions of the key");
  std::vector<venue::CheckLine> lines;
  lines.push_back(*withdraws
                      ? venue::CheckLine{Errc::credentials,
                                         "the key may withdraw: make one that may not, a bot needs no such key"}
                      : venue::CheckLine{std::nullopt, "the key may not withdraw"});
  lines.push_back(*trades ? venue::CheckLine{std::nullopt, "the key may trade"}
                          : venue::CheckLine{Errc::credentials,
                                             "the key may not trade: enable Spot & Margin Trading for it"});
  if (flag_of(body, "ipRestrict") == std::optional(false))
    lines.push_back({std::nullopt, "the key works from any address: restrict it to this machine's"});
  return lines;
}

}  // namespace tvh::venues::binance
