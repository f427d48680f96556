// Our replies against the published ones: every field of ours that the sample has is of the sample's kind, and
// every field of the sample is there unless the table says why not.
#include <set>

#include "support/catch.hpp"
#include "venue_sim/oracles/oracle.hpp"
#include "venue_sim/stand/stand.hpp"

namespace tvh::venue_sim {
namespace {

using nlohmann::json;

// Fields the exchange sends only for orders and accounts this simulator does not make.
const std::set<std::string> kNotSimulated{
    // Self-trade prevention, strategies, trailing stops, smart routing, pegged orders; why an order expired.
    "preventedMatchId", "preventedQuantity", "strategyId", "strategyType", "trailingDelta", "trailingTime",
    "usedSor", "workingFloor", "pegPriceType", "pegOffsetType", "pegOffsetValue", "peggedPrice", "expiryReason",
    // Iceberg quantity, in placement and cancel answers.
    "icebergQty",
    // USD-M: trailing stops, attached stops of an algo order, account tiers.
    "activatePrice", "priceRate", "callbackRate", "tpTriggerPrice", "tpPrice", "slTriggerPrice", "slPrice",
    "tpOrderType", "feeBurn", "bidNotional", "askNotional", "maxNotional", "openOrderInitialMargin",
    "positionInitialMargin", "rpiCommissionRate", "actualType", "actualQty", "notionalCoef", "futuresType",
    // Order list answers of discounts and icebergs; exchangeInfo oddities that no client of ours reads.
    "opoAllowed", "amendAllowed", "pegInstructionsAllowed", "sors", "priceExponent", "maxNumOrders", "count",
    "code", "msg", "discount"};

std::string kind(const json& value) {
  if (value.is_number()) return "number";
  return value.type_name();
}

void compare(const json& ours, const json& sample, const std::string& where) {
  INFO(where << "\n ours   " << ours.dump().substr(0, 600) << "\n sample " << sample.dump().substr(0, 600));
  REQUIRE(kind(ours) == kind(sample));
  if (sample.is_array()) {
    if (ours.empty() || sample.empty() || where.ends_with(".filters")) return;
    compare(ours[0], sample[0], where + "[0]");
  } else if (sample.is_object()) {
    for (const auto& [name, value] : sample.items()) {
      if (kNotSimulated.contains(name) && !ours.contains(name)) continue;
      INFO("field " << name);
      REQUIRE(ours.contains(name));
      if (name != "icebergQuantity") compare(ours[name], value, where + "." + name);  // null, or "null"
    }
  }
}

}  // namespace

TEST_CASE("replies: spot answers have the fields and kinds of the published samples") {
  const auto samples = read_oracle("replies/spot.responses.json");
  auto options = stand_options("binance_spot");
  options.venue.balances = {{"USDT", Decimal(10'000)}, {"BTC", Decimal(1)}};
  Stand stand(options);
  Client client(stand);
  const std::string limit =
      "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.01&price=60000&newClientOrderId=";
  const auto check = [&](const std::string& name, const Reply& reply) {
    INFO(reply.body.dump());
    REQUIRE(reply.status == 200);
    compare(reply.body, samples.at(name), name);
  };
  check("General.time", client.plain("GET", "/api/v3/time"));
  check("General.exchangeInfo", client.plain("GET", "/api/v3/exchangeInfo"));
  check("Trade.newOrder",
        client.call("POST", "/api/v3/order", "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.01"));
  client.call("POST", "/api/v3/order", limit + "a");
  check("Account.getOrder", client.call("GET", "/api/v3/order", "symbol=BTCUSDT&origClientOrderId=a"));
  check("Account.getOpenOrders", client.call("GET", "/api/v3/openOrders"));
  check("Account.allOrders", client.call("GET", "/api/v3/allOrders", "symbol=BTCUSDT"));
  client.call("POST", "/api/v3/order",
              "symbol=BTCUSDT&side=SELL&type=STOP_LOSS&quantity=0.01&stopPrice=60000&newClientOrderId=s");
  check("Trade.deleteOrder", client.call("DELETE", "/api/v3/order", "symbol=BTCUSDT&origClientOrderId=s"));
  client.call("POST", "/api/v3/order", limit + "b");
  check("Trade.deleteOpenOrders", client.call("DELETE", "/api/v3/openOrders", "symbol=BTCUSDT"));
  check("Account.myTrades", client.call("GET", "/api/v3/myTrades", "symbol=BTCUSDT"));
  check("Account.getAccount", client.call("GET", "/api/v3/account"));
  check("Account.rateLimitOrder", client.call("GET", "/api/v3/rateLimit/order"));
  check("Trade.orderListOco",
        client.call("POST", "/api/v3/orderList/oco",
                    "symbol=BTCUSDT&side=SELL&quantity=0.1&aboveType=LIMIT_MAKER&abovePrice=70000"
                    "&belowType=STOP_LOSS_LIMIT&belowStopPrice=60000&belowPrice=59000&belowTimeInForce=GTC"));
  check("Account.getOrderList", client.call("GET", "/api/v3/orderList", "orderListId=1"));
  check("Account.openOrderList", client.call("GET", "/api/v3/openOrderList"));
  check("Trade.deleteOrderList", client.call("DELETE", "/api/v3/orderList", "symbol=BTCUSDT&orderListId=1"));
}

TEST_CASE("replies: USD-M answers have the fields and kinds of the published samples") {
  const auto samples = read_oracle("replies/derivatives-trading-usds-futures.responses.json");
  Stand stand("binance_usdm");
  Client client(stand);
  const std::string limit =
      "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.01&price=64000&newClientOrderId=";
  const std::string stop =
      "algoType=CONDITIONAL&symbol=BTCUSDT&side=SELL&type=STOP_MARKET&quantity=0.01&triggerPrice=60000&"
      "clientAlgoId=";
  const auto check = [&](const std::string& name, const Reply& reply) {
    INFO(reply.body.dump());
    REQUIRE(reply.status == 200);
    compare(reply.body, samples.at(name), name);
  };
  check("MarketData.checkServerTime", client.plain("GET", "/fapi/v1/time"));
  check("MarketData.exchangeInformation", client.plain("GET", "/fapi/v1/exchangeInfo"));
  check("MarketData.symbolPriceTickerV2", client.plain("GET", "/fapi/v2/ticker/price", "symbol=BTCUSDT"));
  check("MarketData.markPrice", client.plain("GET", "/fapi/v1/premiumIndex", "symbol=BTCUSDT"));
  check("Trade.newOrder",
        client.call("POST", "/fapi/v1/order", "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.01"));
  check("Trade.testOrder", client.call("POST", "/fapi/v1/order/test", limit + "t"));
  client.call("POST", "/fapi/v1/order", limit + "a");
  check("Trade.queryOrder", client.call("GET", "/fapi/v1/order", "symbol=BTCUSDT&origClientOrderId=a"));
  check("Trade.queryCurrentOpenOrder",
        client.call("GET", "/fapi/v1/openOrder", "symbol=BTCUSDT&origClientOrderId=a"));
  check("Trade.currentAllOpenOrders", client.call("GET", "/fapi/v1/openOrders"));
  check("Trade.allOrders", client.call("GET", "/fapi/v1/allOrders", "symbol=BTCUSDT"));
  check("Trade.cancelOrder", client.call("DELETE", "/fapi/v1/order", "symbol=BTCUSDT&origClientOrderId=a"));
  client.call("POST", "/fapi/v1/order", limit + "b");
  check("Trade.accountTradeList", client.call("GET", "/fapi/v1/userTrades", "symbol=BTCUSDT"));
  check("Trade.positionInformationV2", client.call("GET", "/fapi/v2/positionRisk"));
  check("Trade.positionInformationV3", client.call("GET", "/fapi/v3/positionRisk"));
  check("Account.futuresAccountBalanceV2", client.call("GET", "/fapi/v2/balance"));
  check("Account.futuresAccountBalanceV3", client.call("GET", "/fapi/v3/balance"));
  check("Account.accountInformationV2", client.call("GET", "/fapi/v2/account"));
  check("Account.accountInformationV3", client.call("GET", "/fapi/v3/account"));
  check("Account.futuresAccountConfiguration", client.call("GET", "/fapi/v1/accountConfig"));
  check("Account.symbolConfiguration", client.call("GET", "/fapi/v1/symbolConfig"));
  check("Account.getCurrentPositionMode", client.call("GET", "/fapi/v1/positionSide/dual"));
  check("Account.notionalAndLeverageBrackets", client.call("GET", "/fapi/v1/leverageBracket"));
  check("Account.userCommissionRate", client.call("GET", "/fapi/v1/commissionRate", "symbol=BTCUSDT"));
  check("Account.queryUserRateLimit", client.call("GET", "/fapi/v1/rateLimit/order"));
  check("Trade.changeInitialLeverage", client.call("POST", "/fapi/v1/leverage", "symbol=BTCUSDT&leverage=21"));
  check("Trade.newAlgoOrder", client.call("POST", "/fapi/v1/algoOrder", stop + "a"));
  check("Trade.queryAlgoOrder", client.call("GET", "/fapi/v1/algoOrder", "clientAlgoId=a"));
  check("Trade.currentAllAlgoOpenOrders", client.call("GET", "/fapi/v1/openAlgoOrders"));
  check("Trade.queryAllAlgoOrders", client.call("GET", "/fapi/v1/allAlgoOrders", "symbol=BTCUSDT"));
  check("Trade.cancelAlgoOrder", client.call("DELETE", "/fapi/v1/algoOrder", "clientAlgoId=a"));
  check("Trade.cancelAllAlgoOpenOrders", client.call("DELETE", "/fapi/v1/algoOpenOrders", "symbol=BTCUSDT"));
  check("Trade.cancelAllOpenOrders", client.call("DELETE", "/fapi/v1/allOpenOrders", "symbol=BTCUSDT"));
}

}  // namespace tvh::venue_sim
