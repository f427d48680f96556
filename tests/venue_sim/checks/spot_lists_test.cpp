#include "support/catch.hpp"
#include "venue_sim/stand/stand.hpp"

namespace tvh::venue_sim {
namespace {

const std::string kOco = "/api/v3/orderList/oco";
const std::string kExit =
    "symbol=BTCUSDT&side=SELL&quantity=0.5&listClientOrderId=list&aboveType=LIMIT_MAKER&abovePrice=70000"
    "&aboveClientOrderId=profit&belowType=STOP_LOSS&belowStopPrice=60000&belowClientOrderId=stop";

WorldOptions rich() {
  auto options = stand_options("binance_spot");
  options.venue.balances = {{"USDT", Decimal(100000)}, {"BTC", Decimal(1)}};
  return options;
}

std::string status_of(Client& client, const std::string& id) {
  const auto reply = client.call("GET", "/api/v3/order", "symbol=BTCUSDT&origClientOrderId=" + id);
  return reply.body["status"].get<std::string>();
}

std::string locked(Client& client, const std::string& asset) {
  for (const auto& row : client.state("balances")) {
    if (row["asset"] == asset) return row["locked"].get<std::string>();
  }
  return "";
}

}  // namespace

TEST_CASE("oco: both orders stand, the balance is held once") {
  Stand stand(rich());
  Client client(stand);
  const auto reply = client.call("POST", kOco, kExit);
  CHECK(reply.status == 200);
  CHECK(reply.body["listClientOrderId"] == "list");
  CHECK(reply.body["orderReports"].size() == 2);
  CHECK(locked(client, "BTC") == "0.5");
  CHECK(client.call("GET", "/api/v3/openOrders", "symbol=BTCUSDT").body.size() == 2);
}

TEST_CASE("oco: the profit fills and the stop expires") {
  Stand stand(rich());
  Client client(stand);
  client.call("POST", kOco, kExit);
  client.price("BTCUSDT", "70001");
  CHECK(status_of(client, "profit") == "FILLED");
  CHECK(status_of(client, "stop") == "EXPIRED");
  CHECK(locked(client, "BTC") == "0");
  CHECK(client.state("positions")[0]["quantity"] == "-0.5");
  CHECK(client.call("GET", "/api/v3/orderList", "origClientOrderId=list").body["listOrderStatus"] ==
        "ALL_DONE");
}

TEST_CASE("oco: the stop triggers and the profit expires") {
  Stand stand(rich());
  Client client(stand);
  client.call("POST", kOco, kExit);
  client.price("BTCUSDT", "59000");
  CHECK(status_of(client, "stop") == "FILLED");
  CHECK(status_of(client, "profit") == "EXPIRED");
  client.price("BTCUSDT", "71000");
  CHECK(client.state("fills").size() == 1);
}

TEST_CASE("oco: canceling one order cancels the list") {
  Stand stand(rich());
  Client client(stand);
  client.call("POST", kOco, kExit);
  CHECK(client.call("DELETE", "/api/v3/order", "symbol=BTCUSDT&origClientOrderId=stop").status == 200);
  CHECK(status_of(client, "profit") == "CANCELED");
  CHECK(locked(client, "BTC") == "0");
  CHECK(client.call("DELETE", "/api/v3/orderList", "symbol=BTCUSDT&listClientOrderId=list").code() == -2011);
}

TEST_CASE("oco: a buy holds the money of its dearer order and gives the rest back") {
  Stand stand(rich());
  Client client(stand);
  const auto reply = client.call(
      "POST", kOco,
      "symbol=BTCUSDT&side=BUY&quantity=0.5&aboveType=STOP_LOSS_LIMIT&aboveStopPrice=70000&abovePrice=71000"
      "&aboveTimeInForce=GTC&belowType=LIMIT_MAKER&belowPrice=60000");
  CHECK(reply.status == 200);
  CHECK(locked(client, "USDT") == "35500");
  client.price("BTCUSDT", "59000");
  CHECK(locked(client, "USDT") == "0");
  CHECK(client.state("fills")[0]["price"] == "60000");
}

TEST_CASE("oco: orders on the wrong side, of the wrong type or at wrong prices are refused") {
  Stand stand(rich());
  Client client(stand);
  const auto failure = [&](const std::string& legs) {
    return client.call("POST", kOco, "symbol=BTCUSDT&quantity=0.1&" + legs).code();
  };
  const std::string stop_below = "&belowType=STOP_LOSS&belowStopPrice=60000";
  CHECK(failure("side=SELL&aboveType=MARKET" + stop_below) == -1158);
  CHECK(failure("side=SELL&aboveType=STOP_LOSS&aboveStopPrice=70000" + stop_below) == -1197);
  CHECK(failure("side=SELL&aboveType=LIMIT_MAKER&abovePrice=70000&belowType=LIMIT_MAKER&belowPrice=1") ==
        -1166);
  CHECK(failure("side=BUY&aboveType=LIMIT_MAKER&abovePrice=70000" + stop_below) == -1165);
  const auto crossed =
      client.call("POST", kOco,
                  "symbol=BTCUSDT&quantity=0.1&side=SELL&aboveType=LIMIT_MAKER&abovePrice=64000" + stop_below);
  CHECK(crossed.code() == -2010);
  CHECK(crossed.message() == "The relationship of the prices for the orders is not correct.");
  CHECK(client.state("orders").empty());
  CHECK(locked(client, "BTC") == "0");
}

}  // namespace tvh::venue_sim
