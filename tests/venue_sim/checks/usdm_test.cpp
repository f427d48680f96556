#include "support/catch.hpp"
#include "venue_sim/stand/stand.hpp"

namespace tvh::venue_sim {
namespace {

const std::string kOrder = "/fapi/v1/order";
const std::string kAlgo = "/fapi/v1/algoOrder";

std::string market(const std::string& id, const std::string& side, const std::string& quantity,
                   const std::string& more = "") {
  return "symbol=BTCUSDT&side=" + side + "&type=MARKET&newOrderRespType=RESULT&quantity=" + quantity +
         "&newClientOrderId=" + id + more;
}

std::string limit(const std::string& id, const std::string& side, const std::string& price,
                  const std::string& quantity = "0.01", const std::string& time_in_force = "GTC") {
  return "symbol=BTCUSDT&side=" + side + "&type=LIMIT&timeInForce=" + time_in_force + "&quantity=" + quantity +
         "&price=" + price + "&newClientOrderId=" + id;
}

std::string algo(const std::string& id, const std::string& side, const std::string& type,
                 const std::string& trigger, const std::string& more) {
  return "algoType=CONDITIONAL&symbol=BTCUSDT&side=" + side + "&type=" + type + "&triggerPrice=" + trigger +
         "&clientAlgoId=" + id + more;
}

std::string position(Client& client) {
  const auto rows = client.call("GET", "/fapi/v3/positionRisk", "symbol=BTCUSDT");
  return rows.body.empty() ? "0" : rows.body[0]["positionAmt"].get<std::string>();
}

std::string wallet(Client& client) { return client.state("balances")[0]["wallet"].get<std::string>(); }

}  // namespace

TEST_CASE("usdm: a position opens, averages, turns round, and its profit and fees reach the wallet") {
  Stand stand("binance_usdm");
  Client client(stand);
  CHECK(client.call("POST", kOrder, market("a", "BUY", "0.01")).body["avgPrice"] == "65000.00000");
  client.price("BTCUSDT", "66000");
  client.call("POST", kOrder, market("b", "BUY", "0.01"));
  const auto rows = client.call("GET", "/fapi/v3/positionRisk");
  REQUIRE(rows.body.size() == 1);
  CHECK(rows.body[0]["entryPrice"] == "65500");
  CHECK(rows.body[0]["unRealizedProfit"] == "10.00000000");
  client.call("POST", kOrder, market("c", "SELL", "0.03"));
  CHECK(position(client) == "-0.010");
  // 10 gained on 0.02; fees of 0.04 % on 650, 660 and 1980.
  CHECK(wallet(client) == "10008.684");
}

TEST_CASE("usdm: without an answer type a market order is acknowledged as new and unfilled") {
  Stand stand("binance_usdm");
  Client client(stand);
  const auto reply =
      client.call("POST", kOrder, "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.01&newClientOrderId=a");
  CHECK(reply.body["status"] == "NEW");
  CHECK(reply.body["executedQty"] == "0.000");
  const auto query = client.call("GET", kOrder, "symbol=BTCUSDT&origClientOrderId=a");
  CHECK(query.body["status"] == "FILLED");
  CHECK(query.body["cumQuote"] == "650.00000");
}

TEST_CASE("usdm: the margin has to be there, and leverage makes it go further") {
  Stand stand("binance_usdm");
  Client client(stand);
  CHECK(client.call("POST", kOrder, market("a", "BUY", "4")).code() == -2019);
  CHECK(client.call("POST", "/fapi/v1/leverage", "symbol=BTCUSDT&leverage=126").code() == -4028);
  CHECK(client.call("POST", "/fapi/v1/leverage", "symbol=BTCUSDT&leverage=50").body["leverage"] == 50);
  CHECK(client.call("POST", kOrder, market("a", "BUY", "4")).body["status"] == "FILLED");
  const auto config = client.call("GET", "/fapi/v1/symbolConfig", "symbol=BTCUSDT");
  CHECK(config.body[0]["leverage"] == 50);
}

TEST_CASE("usdm: a resting order holds margin until it ends") {
  Stand stand("binance_usdm");
  Client client(stand);
  client.call("POST", kOrder, limit("a", "BUY", "64000", "0.1"));
  const auto balance = [&] {
    return client.call("GET", "/fapi/v3/balance").body[0]["availableBalance"].get<std::string>();
  };
  CHECK(balance() == "9680.00000000");
  client.call("DELETE", kOrder, "symbol=BTCUSDT&origClientOrderId=a");
  CHECK(balance() == "10000.00000000");
}

TEST_CASE("usdm: reduce-only never opens and never turns a position round") {
  Stand stand("binance_usdm");
  Client client(stand);
  const auto none = client.call("POST", kOrder, market("a", "SELL", "0.01", "&reduceOnly=true"));
  CHECK(none.code() == -2022);
  client.call("POST", kOrder, market("b", "BUY", "0.01"));
  CHECK(client.call("POST", kOrder, market("c", "BUY", "0.01", "&reduceOnly=true")).code() == -2022);
  const auto more = client.call("POST", kOrder, market("d", "SELL", "0.05", "&reduceOnly=true"));
  CHECK(more.body["executedQty"] == "0.010");
  CHECK(position(client) == "0");
  client.call("POST", kOrder, market("e", "BUY", "0.001", "&reduceOnly=false"));
  CHECK(client.state("orders").size() == 2);  // the last is below the notional; reduce-only is exempt from it
}

TEST_CASE("usdm: the position side must match the mode, and reduce-only is one-way only") {
  Stand stand("binance_usdm");
  Client client(stand);
  CHECK(client.call("POST", kOrder, market("a", "BUY", "0.01", "&positionSide=LONG")).code() == -4061);
  CHECK(client.call("POST", "/fapi/v1/positionSide/dual", "dualSidePosition=false").code() == -4059);
  CHECK(client.call("POST", "/fapi/v1/positionSide/dual", "dualSidePosition=true").status == 200);
  CHECK(client.call("GET", "/fapi/v1/positionSide/dual").body["dualSidePosition"] == true);
  CHECK(client.call("POST", kOrder, market("a", "BUY", "0.01")).code() == -4061);
  CHECK(client.call("POST", kOrder, market("a", "SELL", "0.01", "&positionSide=LONG&reduceOnly=true")).code() ==
        -4062);
}

TEST_CASE("usdm: in hedge mode both sides stand beside each other and close each for itself") {
  auto options = stand_options("binance_usdm");
  options.venue.hedge_mode = true;
  Stand stand(options);
  Client client(stand);
  client.call("POST", kOrder, market("a", "BUY", "0.02", "&positionSide=LONG"));
  client.call("POST", kOrder, market("b", "SELL", "0.01", "&positionSide=SHORT"));
  CHECK(client.state("positions").size() == 2);
  CHECK(client.call("POST", kOrder, market("c", "SELL", "0.03", "&positionSide=LONG")).code() == -2022);
  CHECK(client.call("POST", kOrder, market("d", "SELL", "0.02", "&positionSide=LONG")).status == 200);
  const auto left = client.state("positions");
  REQUIRE(left.size() == 1);
  CHECK(left[0]["position_side"] == "SHORT");
  CHECK(left[0]["quantity"] == "-0.01");
  CHECK(client.call("POST", "/fapi/v1/positionSide/dual", "dualSidePosition=false").code() == -4068);
}

TEST_CASE("usdm: settings that are so already say so, and open orders stand in the way of changes") {
  Stand stand("binance_usdm");
  Client client(stand);
  CHECK(client.call("POST", "/fapi/v1/marginType", "symbol=BTCUSDT&marginType=CROSSED").code() == -4046);
  client.call("POST", kOrder, limit("a", "BUY", "64000"));
  CHECK(client.call("POST", "/fapi/v1/marginType", "symbol=BTCUSDT&marginType=ISOLATED").code() == -4047);
  CHECK(client.call("POST", "/fapi/v1/positionSide/dual", "dualSidePosition=true").code() == -4067);
  CHECK(client.call("DELETE", "/fapi/v1/allOpenOrders", "symbol=BTCUSDT").body["code"] == 200);
  CHECK(client.call("POST", "/fapi/v1/marginType", "symbol=BTCUSDT&marginType=ISOLATED").status == 200);
}

TEST_CASE("usdm: a client id is unique among open orders only, and at most 36 long") {
  Stand stand("binance_usdm");
  Client client(stand);
  CHECK(client.call("POST", kOrder, limit("same", "BUY", "64000")).status == 200);
  const auto again = client.call("POST", kOrder, limit("same", "BUY", "63000"));
  CHECK(again.status == 400);
  CHECK(again.code() == -4116);
  client.price("BTCUSDT", "63500");
  CHECK(client.call("POST", kOrder, limit("same", "BUY", "63000")).status == 200);
  CHECK(client.call("POST", kOrder, market(std::string(37, 'x'), "BUY", "0.01")).code() == -4015);
  CHECK(client.call("POST", kOrder, market("a.b:c/d_e-f", "BUY", "0.01")).status == 200);
}

TEST_CASE("usdm: every filter refuses with its own code") {
  Stand stand("binance_usdm");
  Client client(stand);
  const auto code = [&](const std::string& parameters) {
    return client.call("POST", kOrder, parameters).code();
  };
  CHECK(code(market("a", "BUY", "0")) == -4003);
  CHECK(code(market("a", "BUY", "0.0001")) == -1111);
  CHECK(code(market("a", "BUY", "121")) == -4005);
  CHECK(code(market("a", "BUY", "0.001")) == -4164);
  CHECK(code(limit("a", "BUY", "64000.05")) == -4014);
  CHECK(code(limit("a", "BUY", "64000.001")) == -1111);
  CHECK(code(limit("a", "BUY", "69000")) == -4016);
  CHECK(code(limit("a", "SELL", "60000")) == -4024);
  CHECK(code(limit("a", "BUY", "66000", "0.01", "GTX")) == -5022);
  client.price("BTCUSDT", "65000", "0.005");
  CHECK(code(limit("a", "BUY", "66000", "0.01", "FOK")) == -5021);
  CHECK(client.call("GET", kOrder, "symbol=BTCUSDT&origClientOrderId=a").code() == -2013);
  CHECK(client.state("orders").empty());
}

TEST_CASE("usdm: conditional orders are refused on the old way") {
  Stand stand("binance_usdm");
  Client client(stand);
  for (const std::string type :
       {"STOP", "STOP_MARKET", "TAKE_PROFIT", "TAKE_PROFIT_MARKET", "TRAILING_STOP_MARKET"}) {
    CHECK(client.call("POST", kOrder, "symbol=BTCUSDT&side=SELL&quantity=0.01&stopPrice=60000&type=" + type)
              .code() == -4120);
  }
}

TEST_CASE("usdm: an algo order that closes the position closes all of it, and names the order it became") {
  Stand stand("binance_usdm");
  Client client(stand);
  client.call("POST", kOrder, market("a", "BUY", "0.03"));
  CHECK(client.call("POST", kAlgo, algo("stop", "SELL", "STOP_MARKET", "60000", "&closePosition=true"))
            .body["algoStatus"] == "NEW");
  CHECK(client.call("POST", kAlgo, algo("profit", "SELL", "TAKE_PROFIT_MARKET", "70000", "&closePosition=true"))
            .status == 200);
  CHECK(client.call("GET", "/fapi/v1/openAlgoOrders").body.size() == 2);
  CHECK(client.call("GET", "/fapi/v1/openOrders").body.empty());
  client.price("BTCUSDT", "59900");
  CHECK(position(client) == "0");
  const auto shown = client.call("GET", kAlgo, "clientAlgoId=stop");
  CHECK(shown.body["algoStatus"] == "FINISHED");
  CHECK(shown.body["actualPrice"] == "59900.00000");
  const auto id = shown.body["actualOrderId"].get<std::string>();
  CHECK(client.call("GET", kOrder, "symbol=BTCUSDT&orderId=" + id).body["executedQty"] == "0.030");
  // There is no OCO here: the other one stays, and finds nothing to close.
  client.price("BTCUSDT", "70000");
  CHECK(client.call("GET", kAlgo, "clientAlgoId=profit").body["algoStatus"] == "EXPIRED");
  CHECK(client.state("fills").size() == 2);
}

TEST_CASE("usdm: algo orders are validated, canceled, and unique among those that wait") {
  Stand stand("binance_usdm");
  Client client(stand);
  const auto code = [&](const std::string& parameters) {
    return client.call("POST", kAlgo, parameters).code();
  };
  CHECK(code(algo("a", "SELL", "STOP_MARKET", "66000", "&quantity=0.01")) == -2021);
  CHECK(code(algo("a", "SELL", "STOP_MARKET", "60000", "&quantity=0.01&closePosition=true")) == -4137);
  CHECK(code(algo("a", "SELL", "STOP_MARKET", "60000", "&reduceOnly=true&closePosition=true")) == -4138);
  CHECK(code(algo("a", "SELL", "STOP_MARKET", "60000.05", "&quantity=0.01")) == -4014);
  CHECK(code("symbol=BTCUSDT&side=SELL&type=STOP_MARKET&triggerPrice=60000&quantity=0.01") == -1102);
  CHECK(code(algo("a", "SELL", "STOP_MARKET", "60000", "&quantity=0.01")) == 0);
  CHECK(code(algo("a", "SELL", "STOP_MARKET", "60000", "&quantity=0.01")) == -4116);
  CHECK(client.call("DELETE", kAlgo, "clientAlgoId=a").body["code"] == "200");
  CHECK(client.call("DELETE", kAlgo, "clientAlgoId=a").code() == -2011);
  CHECK(client.call("GET", kAlgo, "clientAlgoId=none").code() == -2013);
  CHECK(code(algo("a", "BUY", "TAKE_PROFIT", "60000", "&quantity=0.01&price=60000&timeInForce=GTC")) == 0);
  client.price("BTCUSDT", "60000");
  CHECK(position(client) == "0.010");
}

TEST_CASE("usdm: a liquidation closes the position with an id of the exchange's own") {
  Stand stand("binance_usdm");
  Client client(stand);
  client.call("POST", kOrder, market("a", "BUY", "0.01"));
  client.control("order", R"({"symbol":"BTCUSDT","liquidation":true})");
  CHECK(position(client) == "0");
  const auto orders = client.call("GET", "/fapi/v1/allOrders", "symbol=BTCUSDT");
  CHECK(orders.body[1]["clientOrderId"].get<std::string>().starts_with("autoclose-"));
}

TEST_CASE("usdm: the third version of positions shows what is held or ordered, the second every symbol") {
  Stand stand("binance_usdm");
  Client client(stand);
  CHECK(client.call("GET", "/fapi/v3/positionRisk").body.empty());
  client.call("POST", kOrder, limit("a", "BUY", "64000"));
  CHECK(client.call("GET", "/fapi/v3/positionRisk").body.size() == 1);
  const auto all = client.call("GET", "/fapi/v2/positionRisk");
  CHECK(all.body.size() >= 60);
  CHECK(all.body[0]["marginType"] == "cross");
  CHECK(client.plain("GET", "/fapi/v1/exchangeInfo").body["symbols"].size() >= 60);
}

}  // namespace tvh::venue_sim
