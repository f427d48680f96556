#include "venue_sim/binance/spot.hpp"

#include "venue_sim/binance/symbols.hpp"

namespace tvh::venue_sim::binance {
namespace {

LimitTable spot_limits() {
  LimitTable table;
  table.weight = 6000;
  table.orders = {{"10S", "SECOND", 10, 10'000, 100}, {"1D", "DAY", 1, 86'400'000, 200'000}};
  table.raw_requests = 61'000;
  table.fills_give_back = true;
  return table;
}

std::unique_ptr<Exchange> make_exchange(const VenueOptions& options) {
  auto account =
      std::make_unique<SpotAccount>(Fees{Decimal::from_trusted("0.001"), Decimal::from_trusted("0.001")});
  if (options.balances.empty()) account->deposit("USDT", Decimal(10000));
  for (const auto& [asset, amount] : options.balances) account->deposit(asset, amount);
  auto exchange =
      std::make_unique<Exchange>("spot", std::move(account), MatchingRules{true, options.trades_per_fill});
  for (const auto& [instrument, price] : spot_symbols()) {
    exchange->add_instrument(instrument);
    exchange->set_price(instrument.symbol, price, std::nullopt, 0);
  }
  for (const auto& [symbol, price] : options.prices) {
    if (exchange->instrument(symbol) == nullptr) {
      if (auto instrument = spot_instrument(symbol, price)) exchange->add_instrument(std::move(*instrument));
    }
    if (exchange->instrument(symbol) != nullptr) exchange->set_price(symbol, price, std::nullopt, 0);
  }
  return exchange;
}

auto weighs(int weight) {
  return [weight](const Parameters&) { return weight; };
}

auto weighs(int with_symbol, int without) {
  return [=](const Parameters& parameters) { return parameters.has("symbol") ? with_symbol : without; };
}

}  // namespace

Spot::Spot(const VenueOptions& options) : Product(options, make_exchange(options), spot_limits()) {
  add_market_routes();
  add_order_routes();
  add_list_routes();
  add_account_routes();
}

void Spot::add_market_routes() {
  const auto open = [&](const char* path, auto weight, auto handle) {
    add_route("GET", path, {Security::open, weight, handle, false, 0});
  };
  open("/api/v3/ping", weighs(1), [](const Call&) { return Json::object(); });
  open("/api/v3/time", weighs(1), [](const Call& call) { return Json{{"serverTime", call.moment.now}}; });
  open("/api/v3/exchangeInfo", weighs(20), [this](const Call& call) { return exchange_info(call); });
  open("/api/v3/ticker/price", weighs(2, 4), [this](const Call& call) {
    const auto row = [this](const std::string& symbol) {
      return Json{{"symbol", symbol}, {"price", spot_number(exchange_->price(symbol).value_or(Decimal()))}};
    };
    if (call.parameters.has("symbol")) return row(need_instrument(call.parameters).symbol);
    Json all = Json::array();
    for (const auto& [symbol, instrument] : exchange_->instruments()) all.push_back(row(symbol));
    return all;
  });
}

void Spot::add_order_routes() {
  const auto add = [&](const char* method, const char* path, auto weight, int orders,
                       Json (Spot::*handle)(const Call&)) {
    const bool trades = std::string_view(method) != "GET" && std::string_view(path) != "/api/v3/order/test";
    add_route(method, path,
              {Security::signed_request, weight,
               [this, handle](const Call& call) { return (this->*handle)(call); }, trades, orders});
  };
  add("POST", "/api/v3/order", weighs(1), 1, &Spot::place_order);
  add("POST", "/api/v3/order/test", weighs(1), 0, &Spot::test_order);
  add("GET", "/api/v3/order", weighs(4), 0, &Spot::query_order);
  add("DELETE", "/api/v3/order", weighs(1), 0, &Spot::cancel_order);
  add("GET", "/api/v3/openOrders", weighs(6, 80), 0, &Spot::open_orders);
  add("DELETE", "/api/v3/openOrders", weighs(1), 0, &Spot::cancel_open_orders);
  add("GET", "/api/v3/allOrders", weighs(20), 0, &Spot::all_orders);
}

void Spot::add_account_routes() {
  const auto add = [&](const char* path, auto weight, std::function<Json(const Call&)> handle) {
    add_route("GET", path, {Security::signed_request, weight, std::move(handle), false, 0});
  };
  add("/api/v3/account", weighs(20), [this](const Call& call) { return account(call); });
  add("/api/v3/myTrades", weighs(20), [this](const Call& call) { return trades_of(call); });
  add_account_rules_routes("/api/v3/rateLimit/order", 40);
  // Asked for by a client library when it loads its markets; this account has no margin trading.
  add("/sapi/v1/margin/allPairs", weighs(1), [](const Call&) { return Json::array(); });
  add("/sapi/v1/margin/isolated/allPairs", weighs(10), [](const Call&) { return Json::array(); });
}

Answer Spot::outcome_unknown(std::uint64_t choice) const {
  switch (choice % 3) {
    case 0:
      return answer_of(ApiError{
          -1007,
          "Timeout waiting for response from backend server. Send status unknown; execution status unknown.",
          504});
    case 1:
      return answer_of(ApiError{
          -1006, "An unexpected response was received from the message bus. Execution status unknown.", 500});
    default:
      return {502, "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n</html>\r\n", {}};
  }
}

}  // namespace tvh::venue_sim::binance
