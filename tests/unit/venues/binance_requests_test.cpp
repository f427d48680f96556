// What is asked of Binance, word for word.
#include <map>

#include "base/hash.hpp"
#include "support/catch.hpp"
#include "support/samples.hpp"
#include "venues/binance/spot.hpp"
#include "venues/binance/usdm.hpp"

using namespace tvh;
using namespace tvh::test;
using namespace tvh::venues;
using model::OrderType;
using model::TimeInForce;

namespace {

const binance::Keys kKeys{Secret("key"), Secret("secret")};
const binance::Spot kSpot(kKeys, std::chrono::milliseconds(3000), false);
const binance::Usdm kUsdm(kKeys, std::chrono::milliseconds(3000));

using Parameters = std::map<std::string, std::string>;

Parameters parameters_of(const venue::Ask& ask) {
  Parameters all;
  for (const auto& [name, value] : ask.parameters) CHECK(all.emplace(name, value).second);
  return all;
}

model::OrderRequest order_of(OrderType type, std::optional<TimeInForce> in_force = std::nullopt) {
  model::OrderRequest order;
  order.client_order_id = "tvha";
  order.instrument = "BTCUSDT";
  order.side = model::Side::sell;
  order.type = type;
  order.quantity = dec("0.00001200");
  if (type == OrderType::limit || type == OrderType::stop_limit) order.limit_price = dec("65000.10");
  if (type == OrderType::stop || type == OrderType::stop_limit) order.stop_price = dec("64000");
  order.time_in_force = in_force;
  return order;
}

model::OrderRequest perp_of(OrderType type, std::optional<TimeInForce> in_force = std::nullopt) {
  auto order = order_of(type, in_force);
  order.instrument = "BTCUSDT.P";
  order.market = model::Market::perp;
  return order;
}

const Parameters kSpotBase{{"symbol", "BTCUSDT"},
                           {"side", "SELL"},
                           {"newClientOrderId", "tvha"},
                           {"newOrderRespType", "FULL"},
                           {"quantity", "0.000012"}};
const Parameters kUsdmBase{{"symbol", "BTCUSDT"},
                           {"side", "SELL"},
                           {"newClientOrderId", "tvha"},
                           {"newOrderRespType", "RESULT"},
                           {"quantity", "0.000012"}};
const Parameters kAlgoBase{{"symbol", "BTCUSDT"},    {"side", "SELL"},
                           {"clientAlgoId", "tvha"}, {"newOrderRespType", "RESULT"},
                           {"quantity", "0.000012"}, {"algoType", "CONDITIONAL"}};

Parameters with(Parameters base, const Parameters& more) {
  base.insert(more.begin(), more.end());
  return base;
}

}  // namespace

TEST_CASE("binance spot: each type of order carries its own parameters and no other") {
  const auto asked = [](OrderType type, std::optional<TimeInForce> in_force = std::nullopt) {
    const auto ask = kSpot.place(order_of(type, in_force));
    CHECK(ask.method == client::Method::post);
    CHECK(ask.path == "/api/v3/order");
    CHECK(ask.is_signed);
    return parameters_of(ask);
  };
  CHECK(asked(OrderType::market) == with(kSpotBase, {{"type", "MARKET"}}));
  CHECK(asked(OrderType::limit) ==
        with(kSpotBase, {{"type", "LIMIT"}, {"price", "65000.1"}, {"timeInForce", "GTC"}}));
  CHECK(asked(OrderType::limit, TimeInForce::ioc)["timeInForce"] == "IOC");
  CHECK(asked(OrderType::limit, TimeInForce::fok)["timeInForce"] == "FOK");
  CHECK(asked(OrderType::limit, TimeInForce::post_only) ==
        with(kSpotBase, {{"type", "LIMIT_MAKER"}, {"price", "65000.1"}}));
  CHECK(asked(OrderType::stop) == with(kSpotBase, {{"type", "STOP_LOSS"}, {"stopPrice", "64000"}}));
  CHECK(asked(OrderType::stop_limit) == with(kSpotBase, {{"type", "STOP_LOSS_LIMIT"},
                                                         {"price", "65000.1"},
                                                         {"stopPrice", "64000"},
                                                         {"timeInForce", "GTC"}}));
}

TEST_CASE(
    "binance usdm: each type of order carries its own parameters, and a trigger goes to the algo service") {
  const auto asked = [](OrderType type, const char* path, std::optional<TimeInForce> in_force = std::nullopt) {
    const auto ask = kUsdm.place(perp_of(type, in_force));
    CHECK(ask.method == client::Method::post);
    CHECK(ask.path == path);
    return parameters_of(ask);
  };
  const char* const order = "/fapi/v1/order";
  const char* const algo = "/fapi/v1/algoOrder";
  CHECK(asked(OrderType::market, order) == with(kUsdmBase, {{"type", "MARKET"}}));
  CHECK(asked(OrderType::limit, order) ==
        with(kUsdmBase, {{"type", "LIMIT"}, {"price", "65000.1"}, {"timeInForce", "GTC"}}));
  CHECK(asked(OrderType::limit, order, TimeInForce::post_only)["timeInForce"] == "GTX");
  CHECK(asked(OrderType::stop, algo) == with(kAlgoBase, {{"type", "STOP_MARKET"}, {"triggerPrice", "64000"}}));
  CHECK(asked(OrderType::stop_limit, algo) ==
        with(kAlgoBase,
             {{"type", "STOP"}, {"triggerPrice", "64000"}, {"price", "65000.1"}, {"timeInForce", "GTC"}}));
  auto closing = perp_of(OrderType::market);
  closing.reduce_only = true;
  CHECK(parameters_of(kUsdm.place(closing)) == with(kUsdmBase, {{"type", "MARKET"}, {"reduceOnly", "true"}}));
}

TEST_CASE("binance usdm: an order behind a trigger is looked for and cancelled where it lives") {
  const model::OrderKey plain{"tvha", "", "BTCUSDT.P", model::Market::perp, OrderType::limit};
  const model::OrderKey stop{"tvha", "", "BTCUSDT.P", model::Market::perp, OrderType::stop};
  CHECK(kUsdm.find_order(plain).path == "/fapi/v1/order");
  CHECK(parameters_of(kUsdm.find_order(plain)) ==
        Parameters{{"symbol", "BTCUSDT"}, {"origClientOrderId", "tvha"}});
  CHECK(kUsdm.find_order(stop).path == "/fapi/v1/algoOrder");
  CHECK(parameters_of(kUsdm.find_order(stop)) == Parameters{{"clientAlgoId", "tvha"}});
  CHECK(kUsdm.cancel(stop).path == "/fapi/v1/algoOrder");
  CHECK(kUsdm.cancel(stop).method == client::Method::remove);
  CHECK(kUsdm.cancel(plain).path == "/fapi/v1/order");
}

TEST_CASE("binance: the signature is last, over the very bytes that are sent") {
  const venue::Stamp stamp{std::chrono::milliseconds(1700000000000), std::chrono::milliseconds(3000)};
  const auto request = kSpot.write(kSpot.place(order_of(OrderType::market)), stamp);
  CHECK(request.url == "/api/v3/order");
  const auto mark = request.body.find("&signature=");
  REQUIRE(mark != std::string::npos);
  const std::string payload = request.body.substr(0, mark);
  CHECK(payload.ends_with("&recvWindow=3000&timestamp=1700000000000"));
  CHECK(request.body.substr(mark) == "&signature=" + to_hex(hmac_sha256("secret", payload)));
  REQUIRE(request.headers.size() == 2);
  CHECK(request.headers[0] == std::pair<std::string, std::string>("X-MBX-APIKEY", "key"));
  CHECK(request.headers[1].second == "application/x-www-form-urlencoded");

  const auto look = kSpot.write(kSpot.account(), stamp);
  CHECK(look.body.empty());
  CHECK(look.url.starts_with("/api/v3/account?omitZeroBalances=true&recvWindow=3000&timestamp="));
  const auto time = kSpot.write(kSpot.server_time(), {});
  CHECK(time.url == "/api/v3/time");
  CHECK(time.headers.empty());
}

TEST_CASE("binance: what is not plain is escaped before it is signed") {
  CHECK(binance::format_parameters({{"a", "x y&z=1"}, {"b", "é~-_."}, {"c", ""}}) ==
        "a=x%20y%26z%3D1&b=%C3%A9~-_.&c=");
}
