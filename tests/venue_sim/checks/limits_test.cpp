#include "support/catch.hpp"
#include "venue_sim/stand/stand.hpp"

namespace tvh::venue_sim {
namespace {

std::string resting(int number) {
  return "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.001&price=60000&newClientOrderId=r" +
         std::to_string(number);
}

WorldOptions rich(const std::string& venue) {
  auto options = stand_options(venue);
  options.venue.balances = {{"USDT", Decimal(10'000'000)}};
  return options;
}

}  // namespace

TEST_CASE("limits: every answer carries the weight used in this minute") {
  Stand stand("binance_spot");
  Client client(stand);
  CHECK(client.plain("GET", "/api/v3/time").headers.at("x-mbx-used-weight-1m") == "1");
  CHECK(client.plain("GET", "/api/v3/exchangeInfo").headers.at("x-mbx-used-weight-1m") == "21");
  CHECK(client.call("GET", "/api/v3/order", "symbol=BTCUSDT&origClientOrderId=x")
            .headers.at("x-mbx-used-weight-1m") == "25");
  CHECK(client.call("GET", "/api/v3/openOrders").headers.at("x-mbx-used-weight-1m") == "105");
  client.advance(60'000);
  CHECK(client.plain("GET", "/api/v3/time").headers.at("x-mbx-used-weight-1m") == "1");
}

TEST_CASE("limits: too much weight is 429 with Retry-After, going on is 418, and both end") {
  Stand stand("binance_spot");
  Client client(stand);
  for (int i = 0; i < 75; ++i) client.call("GET", "/api/v3/openOrders");
  const auto refused = client.call("GET", "/api/v3/openOrders");
  CHECK(refused.status == 429);
  CHECK(refused.code() == -1003);
  CHECK(refused.headers.at("retry-after") == "60");
  Reply reply = refused;
  for (int i = 0; i < 12 && reply.status == 429; ++i) reply = client.plain("GET", "/api/v3/time");
  CHECK(reply.status == 418);
  CHECK(std::stoi(reply.headers.at("retry-after")) <= 2);
  client.advance(60'000);
  CHECK(client.plain("GET", "/api/v3/time").status == 200);
}

TEST_CASE("limits: spot counts the orders that did not fill, a hundred in ten seconds") {
  Stand stand(rich("binance_spot"));
  Client client(stand);
  const std::string market = "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.001";
  for (int i = 0; i < 110; ++i) REQUIRE(client.call("POST", "/api/v3/order", market).status == 200);
  CHECK(client.call("POST", "/api/v3/order", resting(0)).headers.at("x-mbx-order-count-10s") == "1");
  for (int i = 1; i < 100; ++i) REQUIRE(client.call("POST", "/api/v3/order", resting(i)).status == 200);
  const auto refused = client.call("POST", "/api/v3/order", resting(100));
  CHECK(refused.status == 429);
  CHECK(refused.code() == -1015);
  client.advance(10'000);
  client.timestamp += 10'000;
  CHECK(client.call("POST", "/api/v3/order", resting(100)).status == 200);
}

TEST_CASE("limits: USD-M counts every order, and placing one costs no weight") {
  Stand stand(rich("binance_usdm"));
  Client client(stand);
  const std::string market = "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.002";
  const auto first = client.call("POST", "/fapi/v1/order", market);
  CHECK(first.headers.at("x-mbx-used-weight-1m") == "0");
  CHECK(first.headers.at("x-mbx-order-count-10s") == "1");
  CHECK(first.headers.at("x-mbx-order-count-1m") == "1");
  for (int i = 1; i < 300; ++i) REQUIRE(client.call("POST", "/fapi/v1/order", market).status == 200);
  CHECK(client.call("POST", "/fapi/v1/order", market).code() == -1015);
}

TEST_CASE("limits: a factor multiplies them, in the announcement too") {
  auto options = stand_options("binance_usdm");
  options.venue.limit_factor = 10;
  Stand stand(options);
  Client client(stand);
  CHECK(client.plain("GET", "/fapi/v1/exchangeInfo").body["rateLimits"][0]["limit"] == 24'000);
}

}  // namespace tvh::venue_sim
