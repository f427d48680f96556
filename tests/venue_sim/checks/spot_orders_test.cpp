#include "support/catch.hpp"
#include "venue_sim/stand/stand.hpp"

namespace tvh::venue_sim {
namespace {

const std::string kOrder = "/api/v3/order";

WorldOptions rich() {
  auto options = stand_options("binance_spot");
  options.venue.balances = {{"USDT", Decimal(10000)}, {"BTC", Decimal(1)}};
  return options;
}

std::string limit(const std::string& id, const std::string& side, const std::string& price,
                  const std::string& quantity = "0.01") {
  return "symbol=BTCUSDT&side=" + side + "&type=LIMIT&timeInForce=GTC&quantity=" + quantity +
         "&price=" + price + "&newClientOrderId=" + id;
}

std::string market(const std::string& id, const std::string& side, const std::string& quantity) {
  return "symbol=BTCUSDT&side=" + side + "&type=MARKET&quantity=" + quantity + "&newClientOrderId=" + id;
}

nlohmann::json balance_of(Client& client, const std::string& asset) {
  for (const auto& row : client.state("balances")) {
    if (row["asset"] == asset) return row;
  }
  return {};
}

}  // namespace

TEST_CASE("spot: a market buy fills at the set price and pays its commission in what it bought") {
  Stand stand(rich());
  Client client(stand);
  const auto reply = client.call("POST", kOrder, market("m1", "BUY", "0.01"));
  CHECK(reply.status == 200);
  CHECK(reply.body["status"] == "FILLED");
  CHECK(reply.body["cummulativeQuoteQty"] == "650.00000000");
  REQUIRE(reply.body["fills"].size() == 1);
  CHECK(reply.body["fills"][0]["commission"] == "0.00001000");
  CHECK(reply.body["fills"][0]["commissionAsset"] == "BTC");
  CHECK(balance_of(client, "BTC")["free"] == "1.00999");
  CHECK(balance_of(client, "USDT")["free"] == "9350");
}

TEST_CASE("spot: a market buy given in quote spends no more than that") {
  Stand stand(rich());
  Client client(stand);
  const auto reply = client.call("POST", kOrder, "symbol=BTCUSDT&side=BUY&type=MARKET&quoteOrderQty=100");
  CHECK(reply.body["executedQty"] == "0.00153000");
  CHECK(reply.body["origQuoteOrderQty"] == "100.00000000");
  CHECK(reply.body["cummulativeQuoteQty"] == "99.45000000");
}

TEST_CASE("spot: a resting limit order locks its money and fills as a maker at its own price") {
  Stand stand(rich());
  Client client(stand);
  CHECK(client.call("POST", kOrder, limit("l1", "BUY", "60000")).body["status"] == "NEW");
  CHECK(balance_of(client, "USDT")["locked"] == "600");
  client.price("BTCUSDT", "59000");
  const auto fills = client.state("fills");
  REQUIRE(fills.size() == 1);
  CHECK(fills[0]["price"] == "60000");
  CHECK(fills[0]["maker"] == true);
  CHECK(balance_of(client, "USDT")["locked"] == "0");
  CHECK(balance_of(client, "USDT")["free"] == "9400");
}

TEST_CASE("spot: a limit order that crosses fills at the market's price and gives the rest back") {
  Stand stand(rich());
  Client client(stand);
  const auto reply = client.call("POST", kOrder, limit("l1", "BUY", "66000"));
  CHECK(reply.body["status"] == "FILLED");
  CHECK(reply.body["cummulativeQuoteQty"] == "650.00000000");
  CHECK(balance_of(client, "USDT")["free"] == "9350");
  CHECK(balance_of(client, "USDT")["locked"] == "0");
}

TEST_CASE(
    "spot: what is at the price runs out, an order fills in part and the rest of a market order expires") {
  Stand stand(rich());
  Client client(stand);
  client.price("BTCUSDT", "65000", "0.03");
  const auto part = client.call("POST", kOrder, limit("l1", "BUY", "65000", "0.02"));
  CHECK(part.body["status"] == "FILLED");
  const auto rest = client.call("POST", kOrder, market("m1", "BUY", "0.05"));
  CHECK(rest.body["status"] == "EXPIRED");
  CHECK(rest.body["executedQty"] == "0.01000000");
  CHECK(client.call("POST", kOrder, limit("l2", "BUY", "65000", "0.02")).body["status"] == "NEW");
  client.price("BTCUSDT", "65000", "0.005");
  const auto shown = client.call("GET", kOrder, "symbol=BTCUSDT&origClientOrderId=l2");
  CHECK(shown.body["status"] == "PARTIALLY_FILLED");
  CHECK(shown.body["executedQty"] == "0.00500000");
  CHECK(balance_of(client, "USDT")["locked"] == "975");
  CHECK(client.call("DELETE", kOrder, "symbol=BTCUSDT&origClientOrderId=l2").body["status"] == "CANCELED");
  CHECK(balance_of(client, "USDT")["locked"] == "0");
}

TEST_CASE("spot: a client id is unique among open orders only") {
  Stand stand(rich());
  Client client(stand);
  CHECK(client.call("POST", kOrder, limit("same", "BUY", "60000")).status == 200);
  const auto again = client.call("POST", kOrder, limit("same", "BUY", "61000"));
  CHECK(again.status == 400);
  CHECK(again.code() == -2010);
  CHECK(again.message() == "Duplicate order sent.");
  client.price("BTCUSDT", "59000");
  // It filled: a blind resend makes a second order.
  CHECK(client.call("POST", kOrder, limit("same", "BUY", "50000")).status == 200);
  CHECK(client.state("orders").size() == 2);
}

TEST_CASE("spot: immediate or cancel, fill or kill and post only do what they say") {
  Stand stand(rich());
  Client client(stand);
  client.price("BTCUSDT", "65000", "0.01");
  const auto with = [](const std::string& type, const std::string& price, const std::string& quantity) {
    return "symbol=BTCUSDT&side=BUY&quantity=" + quantity + "&price=" + price +
           "&newOrderRespType=RESULT&type=" + type;
  };
  CHECK(client.call("POST", kOrder, with("LIMIT&timeInForce=FOK", "65000", "0.02")).body["status"] ==
        "EXPIRED");
  CHECK(client.call("POST", kOrder, with("LIMIT&timeInForce=IOC", "64000", "0.02")).body["status"] ==
        "EXPIRED");
  const auto partly = client.call("POST", kOrder, with("LIMIT&timeInForce=IOC", "65000", "0.02"));
  CHECK(partly.body["status"] == "EXPIRED");
  CHECK(partly.body["executedQty"] == "0.01000000");
  const auto taken = client.call("POST", kOrder, with("LIMIT_MAKER", "66000", "0.01"));
  CHECK(taken.code() == -2010);
  CHECK(taken.message() == "Order would immediately match and take.");
  CHECK(client.call("POST", kOrder, with("LIMIT_MAKER", "64000", "0.01")).body["status"] == "NEW");
}

TEST_CASE("spot: a stop waits for its price, and one that would trigger at once is refused") {
  Stand stand(rich());
  Client client(stand);
  const std::string stop =
      "symbol=BTCUSDT&side=SELL&type=STOP_LOSS&quantity=0.5&newClientOrderId=s1&stopPrice=";
  const auto at_once = client.call("POST", kOrder, stop + "66000");
  CHECK(at_once.code() == -2010);
  CHECK(at_once.message() == "Order would trigger immediately.");
  CHECK(client.call("POST", kOrder, stop + "60000").status == 200);
  CHECK(client.call("GET", kOrder, "symbol=BTCUSDT&origClientOrderId=s1").body["isWorking"] == false);
  CHECK(balance_of(client, "BTC")["locked"] == "0.5");
  client.price("BTCUSDT", "60000.01");
  CHECK(client.state("fills").empty());
  client.price("BTCUSDT", "59999");
  REQUIRE(client.state("fills").size() == 1);
  CHECK(client.state("fills")[0]["price"] == "59999");
}

TEST_CASE("spot: every filter refuses with its own name") {
  Stand stand(rich());
  Client client(stand);
  const auto failure = [&](const std::string& parameters) {
    const auto reply = client.call("POST", kOrder, parameters);
    return std::to_string(reply.code()) + " " + reply.message();
  };
  CHECK(failure(limit("a", "BUY", "60000.001")) == "-1013 Filter failure: PRICE_FILTER");
  CHECK(failure(limit("a", "BUY", "100")) == "-1013 Filter failure: PERCENT_PRICE_BY_SIDE");
  CHECK(failure(limit("a", "BUY", "60000", "0.000015")) == "-1013 Filter failure: LOT_SIZE");
  CHECK(failure(limit("a", "BUY", "60000", "10000")) == "-1013 Filter failure: LOT_SIZE");
  CHECK(failure(limit("a", "BUY", "60000", "0.00001")) == "-1013 Filter failure: NOTIONAL");
  CHECK(failure(market("a", "BUY", "200")) == "-1013 Filter failure: MARKET_LOT_SIZE");
  CHECK(failure(limit("a", "BUY", "60000", "0")) == "-1013 Invalid quantity.");
  CHECK(failure(limit("a", "BUY", "60000", "0.000000001")) ==
        "-1111 Parameter 'quantity' has too much precision.");
  CHECK(failure(limit("a", "BUY", "60000", "1")) ==
        "-2010 Account has insufficient balance for requested action.");
  const std::string stop = "symbol=BTCUSDT&side=SELL&type=STOP_LOSS&quantity=0.01&stopPrice=60000";
  for (int i = 0; i < 5; ++i) CHECK(client.call("POST", kOrder, stop).status == 200);
  CHECK(failure(stop) == "-1013 Filter failure: MAX_NUM_ALGO_ORDERS");
  CHECK(client.state("orders").size() == 5);
}

TEST_CASE("spot: every wrong parameter is refused with the venue's code") {
  Stand stand(rich());
  Client client(stand);
  const auto code = [&](const std::string& parameters) {
    return client.call("POST", kOrder, parameters).code();
  };
  CHECK(code("side=BUY&type=MARKET&quantity=1") == -1102);
  CHECK(code("symbol=btcusdt&side=BUY&type=MARKET&quantity=1") == -1100);
  CHECK(code("symbol=NOSUCH&side=BUY&type=MARKET&quantity=1") == -1121);
  CHECK(code("symbol=BTCUSDT&side=HOLD&type=MARKET&quantity=1") == -1117);
  CHECK(code("symbol=BTCUSDT&side=BUY&type=MAGIC&quantity=1") == -1116);
  CHECK(code("symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=NOW&quantity=1&price=1") == -1115);
  CHECK(code("symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=1&price=1") == -1102);
  CHECK(code("symbol=BTCUSDT&side=BUY&type=MARKET") == -1102);
  CHECK(code("symbol=BTCUSDT&side=BUY&type=MARKET&quantity=") == -1105);
  CHECK(code("symbol=BTCUSDT&side=BUY&type=MARKET&quantity=1e-3") == -1100);
  CHECK(code("symbol=BTCUSDT&side=BUY&type=MARKET&quantity=-1") == -1100);
  CHECK(code("symbol=BTCUSDT&side=BUY&type=MARKET&quantity=1&quantity=2") == -1101);
  CHECK(code("symbol=BTCUSDT&side=BUY&type=MARKET&quantity=1&quoteOrderQty=5") == -1128);
  CHECK(code("symbol=BTCUSDT&side=BUY&type=MARKET&quantity=1&price=5") == -1106);
  CHECK(code("symbol=BTCUSDT&side=BUY&type=MARKET&quantity=1&reduceOnly=true") == -1104);
  CHECK(code("symbol=BTCUSDT&side=SELL&type=STOP_LOSS&quantity=0.01") == -1102);
  CHECK(code(market("has.dot", "BUY", "0.01")) == -1100);
  CHECK(code(market(std::string(37, 'x'), "BUY", "0.01")) == -1100);
  CHECK(code(market(std::string(36, 'x'), "BUY", "0.01")) == 0);
  CHECK(client.state("orders").size() == 1);
}

TEST_CASE(
    "spot: an order that is not there cannot be queried or canceled, and a mixed-up pair of ids neither") {
  Stand stand(rich());
  Client client(stand);
  const auto query = client.call("GET", kOrder, "symbol=BTCUSDT&origClientOrderId=none");
  CHECK(query.status == 400);
  CHECK(query.code() == -2013);
  CHECK(client.call("DELETE", kOrder, "symbol=BTCUSDT&origClientOrderId=none").code() == -2011);
  const auto placed = client.call("POST", kOrder, market("m1", "BUY", "0.01"));
  CHECK(client.call("DELETE", kOrder, "symbol=BTCUSDT&origClientOrderId=m1").code() == -2011);
  const std::string id = std::to_string(placed.body["orderId"].get<std::int64_t>());
  CHECK(client.call("GET", kOrder, "symbol=BTCUSDT&orderId=" + id + "&origClientOrderId=other").code() ==
        -2039);
  CHECK(client.call("GET", kOrder, "symbol=ETHUSDT&orderId=" + id).code() == -2013);
}

TEST_CASE("spot: a cancel answers with the order's id as the original one") {
  Stand stand(rich());
  Client client(stand);
  client.call("POST", kOrder, limit("mine", "BUY", "60000"));
  const auto reply = client.call("DELETE", kOrder, "symbol=BTCUSDT&origClientOrderId=mine");
  CHECK(reply.body["origClientOrderId"] == "mine");
  CHECK(reply.body["clientOrderId"] != "mine");
  CHECK(client.call("GET", kOrder, "symbol=BTCUSDT&origClientOrderId=mine").body["status"] == "CANCELED");
}

TEST_CASE("spot: a test order checks everything and leaves nothing") {
  Stand stand(rich());
  Client client(stand);
  CHECK(client.call("POST", "/api/v3/order/test", market("t", "BUY", "0.01")).body == nlohmann::json::object());
  CHECK(client.call("POST", "/api/v3/order/test", market("t", "BUY", "0.0000001")).code() == -1013);
  CHECK(client.state("orders").empty());
}

TEST_CASE("spot: a fill may be cut into trades, which add up") {
  auto options = rich();
  options.venue.trades_per_fill = 3;
  Stand stand(options);
  Client client(stand);
  const auto reply = client.call("POST", kOrder, market("m1", "BUY", "0.01"));
  CHECK(reply.body["fills"].size() == 3);
  const auto id = std::to_string(reply.body["orderId"].get<std::int64_t>());
  const auto trades = client.call("GET", "/api/v3/myTrades", "symbol=BTCUSDT&orderId=" + id);
  Decimal sum;
  for (const auto& trade : trades.body) sum += Decimal::from_trusted(trade["qty"].get<std::string>());
  CHECK(sum == Decimal::from_trusted("0.01"));
}

TEST_CASE("spot: at least 60 symbols are listed, each with filters that its own price passes") {
  Stand stand("binance_spot");
  Client client(stand);
  const auto info = client.plain("GET", "/api/v3/exchangeInfo");
  CHECK(info.body["symbols"].size() >= 60);
  CHECK(info.body["rateLimits"][0]["limit"] == 6000);
  const auto prices = client.plain("GET", "/api/v3/ticker/price");
  for (const auto& row : prices.body) {
    const auto reply = client.call(
        "POST", "/api/v3/order/test",
        "symbol=" + row["symbol"].get<std::string>() +
            "&side=BUY&type=LIMIT&timeInForce=GTC&quantity=500&price=" + row["price"].get<std::string>());
    INFO(row.dump() << reply.body.dump());
    CHECK(reply.status == 200);
  }
}

TEST_CASE("spot: a symbol nobody lists is tradable when it is given a price") {
  auto options = stand_options("binance_spot");
  options.venue.prices = {{"NEWUSDT", Decimal::from_trusted("1.5")}};
  Stand stand(options);
  Client client(stand);
  CHECK(client.call("POST", kOrder, "symbol=NEWUSDT&side=BUY&type=MARKET&quantity=10").body["status"] ==
        "FILLED");
}

TEST_CASE("spot: an order by hand appears beside ours and has the web page's id") {
  Stand stand(rich());
  Client client(stand);
  client.control("order", R"({"symbol":"BTCUSDT","side":"SELL","quantity":"0.1"})");
  const auto orders = client.call("GET", "/api/v3/allOrders", "symbol=BTCUSDT");
  REQUIRE(orders.body.size() == 1);
  CHECK(orders.body[0]["clientOrderId"].get<std::string>().starts_with("web_"));
  CHECK(orders.body[0]["status"] == "FILLED");
}

}  // namespace tvh::venue_sim
