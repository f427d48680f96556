#include "venue_sim/binance/usdm.hpp"

#include "venue_sim/binance/symbols.hpp"

namespace tvh::venue_sim::binance {
namespace {

LimitTable usdm_limits() {
  LimitTable table;
  table.weight = 2400;
  table.orders = {{"10S", "SECOND", 10, 10'000, 300}, {"1M", "MINUTE", 1, 60'000, 1200}};
  table.fills_give_back = false;  // every order counts, filled or not
  return table;
}

std::unique_ptr<Exchange> make_exchange(const VenueOptions& options) {
  auto account = std::make_unique<MarginAccount>(
      "USDT", Fees{Decimal::from_trusted("0.0002"), Decimal::from_trusted("0.0004")});
  const auto given = options.balances.find("USDT");
  account->deposit(given == options.balances.end() ? Decimal(10000) : given->second);
  if (options.hedge_mode) account->set_mode(PositionMode::hedge);
  auto exchange =
      std::make_unique<Exchange>("usdm", std::move(account), MatchingRules{false, options.trades_per_fill});
  for (const auto& [instrument, price] : usdm_symbols()) {
    exchange->add_instrument(instrument);
    exchange->set_price(instrument.symbol, price, std::nullopt, 0);
  }
  for (const auto& [symbol, price] : options.prices) {
    if (exchange->instrument(symbol) == nullptr) {
      if (auto instrument = usdm_instrument(symbol, price)) exchange->add_instrument(std::move(*instrument));
    }
    if (exchange->instrument(symbol) != nullptr) exchange->set_price(symbol, price, std::nullopt, 0);
  }
  return exchange;
}

}  // namespace

Usdm::Usdm(const VenueOptions& options) : Product(options, make_exchange(options), usdm_limits()) {
  add_market_routes();
  add_order_routes();
  add_algo_routes();
  add_account_routes();
}

void Usdm::add_signed(const char* method, const char* path, int weight, int weight_without_symbol,
                      Method handle) {
  Route route;
  route.security = Security::signed_request;
  route.weight = [=](const Parameters& parameters) {
    return parameters.has("symbol") ? weight : weight_without_symbol;
  };
  route.handle = [this, handle](const Call& call) { return (this->*handle)(call); };
  const std::string_view name = path;
  const bool orders = name.ends_with("rder") || name.ends_with("OpenOrders");
  route.trades = orders && std::string_view(method) != "GET";
  route.orders = std::string_view(method) == "POST" && name.ends_with("rder") ? 1 : 0;
  add_route(method, path, std::move(route));
}

void Usdm::add_market_routes() {
  const auto open = [&](const char* path, int weight, std::function<Json(const Call&)> handle) {
    add_route("GET", path,
              {Security::open, [=](const Parameters&) { return weight; }, std::move(handle), false, 0});
  };
  const auto rows = [this](const Call& call, auto row) -> Json {
    if (call.parameters.has("symbol")) return row(need_instrument(call.parameters));
    Json all = Json::array();
    for (const auto& [symbol, instrument] : exchange_->instruments()) all.push_back(row(instrument));
    return all;
  };
  const auto price = [this](const Instrument& instrument) {
    return padded(margin().price(instrument.symbol), places_of(instrument.tick));
  };
  open("/fapi/v1/ping", 1, [](const Call&) { return Json::object(); });
  open("/fapi/v1/time", 1, [](const Call& call) { return Json{{"serverTime", call.moment.now}}; });
  open("/fapi/v1/exchangeInfo", 1, [this](const Call& call) { return exchange_info(call); });
  for (const char* const path : {"/fapi/v1/ticker/price", "/fapi/v2/ticker/price"}) {
    open(path, 1, [=](const Call& call) {
      return rows(call, [&](const Instrument& instrument) {
        return Json{{"symbol", instrument.symbol}, {"price", price(instrument)}, {"time", call.moment.now}};
      });
    });
  }
  open("/fapi/v1/premiumIndex", 1, [=](const Call& call) {
    return rows(call, [&](const Instrument& instrument) {
      return Json{{"symbol", instrument.symbol},
                  {"markPrice", price(instrument)},
                  {"indexPrice", price(instrument)},
                  {"estimatedSettlePrice", price(instrument)},
                  {"lastFundingRate", "0.00010000"},
                  {"interestRate", "0.00010000"},
                  {"nextFundingTime", call.moment.now - call.moment.now % 28'800'000 + 28'800'000},
                  {"time", call.moment.now}};
    });
  });
}

void Usdm::add_order_routes() {
  add_signed("POST", "/fapi/v1/order", 0, 0, &Usdm::place_order);
  add_signed("POST", "/fapi/v1/order/test", 1, 1, &Usdm::test_order);
  add_signed("GET", "/fapi/v1/order", 1, 1, &Usdm::query_order);
  add_signed("GET", "/fapi/v1/openOrder", 1, 1, &Usdm::query_open_order);
  add_signed("DELETE", "/fapi/v1/order", 1, 1, &Usdm::cancel_order);
  add_signed("GET", "/fapi/v1/openOrders", 1, 40, &Usdm::open_orders);
  add_signed("DELETE", "/fapi/v1/allOpenOrders", 1, 1, &Usdm::cancel_open_orders);
  add_signed("GET", "/fapi/v1/allOrders", 5, 5, &Usdm::all_orders);
  add_signed("GET", "/fapi/v1/userTrades", 5, 5, &Usdm::trades_of);
}

void Usdm::add_algo_routes() {
  add_signed("POST", "/fapi/v1/algoOrder", 0, 0, &Usdm::place_algo);
  add_signed("GET", "/fapi/v1/algoOrder", 1, 1, &Usdm::query_algo);
  add_signed("DELETE", "/fapi/v1/algoOrder", 1, 1, &Usdm::cancel_algo);
  add_signed("GET", "/fapi/v1/openAlgoOrders", 1, 40, &Usdm::open_algos);
  add_signed("DELETE", "/fapi/v1/algoOpenOrders", 1, 1, &Usdm::cancel_open_algos);
  add_signed("GET", "/fapi/v1/allAlgoOrders", 5, 5, &Usdm::all_algos);
}

void Usdm::add_account_routes() {
  add_signed("GET", "/fapi/v2/balance", 5, 5, &Usdm::balances);
  add_signed("GET", "/fapi/v3/balance", 5, 5, &Usdm::balances);
  add_signed("GET", "/fapi/v2/account", 5, 5, &Usdm::account);
  add_signed("GET", "/fapi/v3/account", 5, 5, &Usdm::account);
  add_signed("GET", "/fapi/v1/accountConfig", 5, 5, &Usdm::account_config);
  add_signed("GET", "/fapi/v2/positionRisk", 5, 5, &Usdm::positions_v2);
  add_signed("GET", "/fapi/v3/positionRisk", 5, 5, &Usdm::positions_v3);
  add_signed("GET", "/fapi/v1/symbolConfig", 5, 5, &Usdm::symbol_config);
  add_signed("GET", "/fapi/v1/leverageBracket", 1, 1, &Usdm::leverage_brackets);
  add_signed("GET", "/fapi/v1/commissionRate", 20, 20, &Usdm::commission_rate);
  add_signed("POST", "/fapi/v1/leverage", 1, 1, &Usdm::set_leverage);
  add_signed("POST", "/fapi/v1/marginType", 1, 1, &Usdm::set_margin_type);
  add_signed("GET", "/fapi/v1/positionSide/dual", 30, 30, &Usdm::position_mode);
  add_signed("POST", "/fapi/v1/positionSide/dual", 1, 1, &Usdm::set_position_mode);
  add_account_rules_routes("/fapi/v1/rateLimit/order", 1);
}

std::string Usdm::default_position_side(const Order& order) const {
  if (margin().mode() == PositionMode::one_way) return "BOTH";
  return order.side == Side::buy ? "LONG" : "SHORT";
}

// The codes beside these messages are not in the facts: the message decides, by venue sheet 1.7.
Answer Usdm::outcome_unknown(std::uint64_t choice) const {
  switch (choice % 3) {
    case 0:
      return answer_of(ApiError{-1000, "Unknown error, please check your request or try again later.", 503});
    case 1:
      return answer_of(ApiError{
          -1007,
          "Timeout waiting for response from backend server. Send status unknown; execution status unknown.",
          408});
    default:
      return {502, "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n</html>\r\n", {}};
  }
}

}  // namespace tvh::venue_sim::binance
