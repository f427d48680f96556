// What Binance answers: small samples of our own, and what no answer may do.
#include "support/catch.hpp"
#include "support/samples.hpp"
#include "venues/binance/spot.hpp"
#include "venues/binance/usdm.hpp"

using namespace tvh;
using namespace tvh::test;
using namespace tvh::venues;
using model::OrderState;
using model::OrderType;
using venue::Problem;

namespace {

const binance::Keys kKeys{Secret("key"), Secret("secret")};
const binance::Spot kSpot(kKeys, std::chrono::milliseconds(3000), false);
const binance::Usdm kUsdm(kKeys, std::chrono::milliseconds(3000));
const model::OrderKey kKey{"tvha", "", "BTCUSDT", model::Market::spot, OrderType::limit};
const model::OrderKey kStop{"tvha", "", "BTCUSDT.P", model::Market::perp, OrderType::stop};

client::Response body(const std::string& text) { return {200, {}, text}; }

template <class Value>
Value read(const venue::Reading<Value>& reading) {
  if (const auto* problem = std::get_if<Problem>(&reading)) UNSCOPED_INFO(problem->message);
  REQUIRE(std::holds_alternative<Value>(reading));
  return std::get<Value>(reading);
}

template <class Value>
void check_ambiguous(const venue::Reading<Value>& reading) {
  REQUIRE(std::holds_alternative<Problem>(reading));
  CHECK(std::get<Problem>(reading).kind == Problem::Kind::ambiguous);
  CHECK(std::get<Problem>(reading).code == "unreadable");
}

model::OrderRequest request_of(OrderType type) {
  model::OrderRequest order;
  order.client_order_id = "tvha";
  order.instrument = type == OrderType::stop ? "BTCUSDT.P" : "BTCUSDT";
  order.type = type;
  order.quantity = dec("3");
  return order;
}

}  // namespace

TEST_CASE("binance replies: every status there is, and none that is not") {
  const auto state_of = [](const std::string& status, const std::string& executed) {
    return read(kSpot.read_order(kKey, body(R"({"orderId":7,"executedQty":")" + executed + R"(","status":")" +
                                            status + "\"}")))
        .report.state;
  };
  CHECK(state_of("NEW", "0.00000000") == OrderState::accepted);
  CHECK(state_of("NEW", "0.5") == OrderState::partially_filled);
  CHECK(state_of("PENDING_NEW", "0") == OrderState::accepted);
  CHECK(state_of("PARTIALLY_FILLED", "0.5") == OrderState::partially_filled);
  CHECK(state_of("FILLED", "1") == OrderState::filled);
  CHECK(state_of("CANCELED", "0.5") == OrderState::cancelled);
  CHECK(state_of("REJECTED", "0") == OrderState::refused);
  CHECK(state_of("EXPIRED", "0.5") == OrderState::expired);
  CHECK(state_of("EXPIRED_IN_MATCH", "0") == OrderState::expired);
  check_ambiguous(kSpot.read_order(kKey, body(R"({"orderId":7,"executedQty":"0","status":"ODD"})")));
}

TEST_CASE("binance replies: the fills of an order that filled at once, digit by digit") {
  const auto report = read(kSpot.read_placed(
      request_of(OrderType::market),
      body(
          R"({"orderId":9007199254740993,"transactTime":1700000000123,"executedQty":"3.00000000",)"
          R"("status":"FILLED","fills":[)"
          R"({"price":"0.00001234","qty":"1.00000001","commission":"0.00000100","commissionAsset":"BNB","tradeId":1},)"
          R"({"price":"123456789012.34","qty":"1.99999999","commission":"0","commissionAsset":"BNB","tradeId":2}]})")));
  CHECK(report.venue_order_id == "9007199254740993");  // beyond what a floating-point number holds
  REQUIRE(report.fills.size() == 2);
  CHECK(report.fills[0].price.to_string() == "0.00001234");
  CHECK(report.fills[0].quantity.to_string() == "1.00000001");
  CHECK(report.fills[0].fee.to_string() == "0.000001");
  CHECK(report.fills[0].trade_id == "1");
  CHECK(report.fills[0].venue_order_id == "9007199254740993");
  CHECK(nanoseconds_since_epoch(report.fills[0].at) == 1'700'000'000'123'000'000);
  CHECK(report.fills[1].price.to_string() == "123456789012.34");
}

TEST_CASE("binance replies: a fill that cannot be read leaves the fills to be asked for") {
  const auto report = read(kSpot.read_placed(
      request_of(OrderType::market),
      body(
          R"({"orderId":1,"executedQty":"3","status":"FILLED","fills":[{"price":"1","qty":"1","tradeId":1},{"price":"x"}]})")));
  CHECK(report.filled_quantity == dec("3"));
  CHECK(report.fills.empty());
}

TEST_CASE("binance replies: a taken order's short answer is an order that was taken") {
  const auto report = read(kSpot.read_placed(request_of(OrderType::stop_limit),
                                             body(R"({"symbol":"BTCUSDT","orderId":28,"transactTime":1})")));
  CHECK(report.state == OrderState::accepted);
  CHECK(report.venue_order_id == "28");
}

TEST_CASE("binance replies: an order behind a trigger leads to the one it became") {
  const auto waiting =
      read(kUsdm.read_order(kStop, body(R"({"algoId":5,"algoStatus":"NEW","actualOrderId":""})")));
  CHECK(waiting.report.venue_order_id == "5");
  CHECK(waiting.report.state == OrderState::accepted);
  CHECK_FALSE(waiting.next);
  const auto fired =
      read(kUsdm.read_order(kStop, body(R"({"algoId":5,"algoStatus":"FINISHED","actualOrderId":"974"})")));
  REQUIRE(fired.next);
  CHECK(fired.next->path == "/fapi/v1/order");
  CHECK(fired.next->parameters.back() == std::pair<std::string, std::string>("orderId", "974"));
  CHECK(read(kUsdm.read_order(kStop, body(R"({"algoId":5,"algoStatus":"CANCELED","actualOrderId":""})")))
            .report.state == OrderState::cancelled);
  const auto lost = kUsdm.read_order(kStop, body(R"({"algoId":5,"algoStatus":"FINISHED","actualOrderId":""})"));
  REQUIRE(std::holds_alternative<Problem>(lost));
  CHECK(std::get<Problem>(lost).kind == Problem::Kind::ambiguous);
}

TEST_CASE("binance replies: both words for a cancelled conditional order are understood") {
  const auto brief =
      kUsdm.read_cancelled(kStop, body(R"({"algoId":5,"clientAlgoId":"tvha","code":"200","msg":"success"})"));
  REQUIRE(std::holds_alternative<Problem>(brief));
  CHECK(std::get<Problem>(brief).kind == Problem::Kind::gone);  // the next look tells how
  CHECK(read(kUsdm.read_cancelled(kStop, body(R"({"algoId":5,"clientAlgoId":"tvha","algoStatus":"CANCELED"})")))
            .state == OrderState::cancelled);
  check_ambiguous(kUsdm.read_cancelled(kStop, body(R"({"algoId":5,"code":"500"})")));
}

TEST_CASE("binance replies: an instrument without a step is left out, the others stay") {
  const auto symbol = [](const std::string& base, const std::string& filters) {
    return R"({"symbol":")" + base + R"(USDT","status":"TRADING","contractType":"PERPETUAL","baseAsset":")" +
           base + R"(","quoteAsset":"USDT","filters":[)" + filters + "]}";
  };
  const std::string lot = R"({"filterType":"LOT_SIZE","stepSize":"0.001","minQty":"0.001"})";
  const auto instruments = read(
      kUsdm.read_instruments(body(R"({"symbols":[)" + symbol("ODD", "") + "," + symbol("BTC", lot) + "]}")));
  REQUIRE(instruments.size() == 1);
  CHECK(instruments[0].name == "BTCUSDT.P");
  CHECK(instruments[0].quantity_step == dec("0.001"));
}

TEST_CASE("binance replies: filters of 0 are none, and the stricter of two steps holds") {
  const auto instruments = read(kSpot.read_instruments(body(
      R"({"symbols":[{"symbol":"BTCUSDT","status":"TRADING","baseAsset":"BTC","quoteAsset":"USDT","filters":[)"
      R"({"filterType":"PRICE_FILTER","tickSize":"0.01000000"},)"
      R"({"filterType":"LOT_SIZE","stepSize":"0.00001000","minQty":"0.00001000","maxQty":"9000"},)"
      R"({"filterType":"MARKET_LOT_SIZE","stepSize":"0.00000000","minQty":"0.00000000","maxQty":"107.5"},)"
      R"({"filterType":"NOTIONAL","minNotional":"5.00000000"}]},)"
      R"({"symbol":"OLDUSDT","status":"BREAK","baseAsset":"OLD","quoteAsset":"USDT","filters":[]}]})")));
  REQUIRE(instruments.size() == 1);
  CHECK(instruments[0].quantity_step == dec("0.00001"));
  CHECK(instruments[0].minimum_quantity == dec("0.00001"));
  CHECK(instruments[0].maximum_quantity == dec("9000"));
  CHECK(instruments[0].maximum_market_quantity == dec("107.5"));
  CHECK(instruments[0].price_tick == dec("0.01"));
  CHECK(instruments[0].minimum_notional == dec("5"));
}

TEST_CASE(
    "binance replies: a minimum notional that market orders are free of is kept apart, in both its forms") {
  const auto minimum_of = [](const std::string& filters) {
    const auto instruments = read(kSpot.read_instruments(body(
        R"({"symbols":[{"symbol":"BTCUSDT","status":"TRADING","baseAsset":"BTC","quoteAsset":"USDT","filters":[)"
        R"({"filterType":"LOT_SIZE","stepSize":"0.00001000"},)" +
        filters + "]}]}")));
    return instruments.at(0);
  };
  for (const char* filter : {R"({"filterType":"NOTIONAL","minNotional":"5","applyMinToMarket":false})",
                             R"({"filterType":"MIN_NOTIONAL","minNotional":"5","applyToMarket":false})"}) {
    CHECK(minimum_of(filter).minimum_notional == dec("5"));
    CHECK(minimum_of(filter).minimum_market_notional == dec("0"));
  }
  for (const char* filter : {R"({"filterType":"NOTIONAL","minNotional":"5","applyMinToMarket":true})",
                             R"({"filterType":"MIN_NOTIONAL","minNotional":"5","applyToMarket":true})",
                             R"({"filterType":"NOTIONAL","minNotional":"5"})"}) {
    CHECK(minimum_of(filter).minimum_notional == dec("5"));
    CHECK_FALSE(minimum_of(filter).minimum_market_notional.has_value());
  }
}

TEST_CASE("binance replies: a 200 that is not what it should be says nothing, of any question") {
  for (const char* text : {"", "{", "<html>", "null", "[]", "{}", "\"x\"", "7", "[[]]", R"({"orderId":null})",
                           R"({"code":0})", R"({"orderId":{},"status":[]})", "\xff\xfe", R"([{"price":1}])"}) {
    INFO(text);
    for (const venue::Exchange* exchange :
         {static_cast<const venue::Exchange*>(&kSpot), static_cast<const venue::Exchange*>(&kUsdm)}) {
      const auto response = body(text);
      check_ambiguous(exchange->read_server_time(response));
      check_ambiguous(exchange->read_placed(request_of(OrderType::limit), response));
      check_ambiguous(exchange->read_placed(request_of(OrderType::stop), response));
      check_ambiguous(exchange->read_order(kKey, response));
      check_ambiguous(exchange->read_cancelled(kKey, response));
      check_ambiguous(exchange->read_instruments(response));
      check_ambiguous(exchange->read_price(response));
      check_ambiguous(exchange->read_balances(response));
      check_ambiguous(exchange->read_account(make_instrument("BTCUSDT"), std::nullopt, response));
      if (std::string(text) != "[]") check_ambiguous(exchange->read_trades(kKey, response));
    }
    check_ambiguous(kUsdm.read_precondition(body(text)));
    check_ambiguous(kUsdm.read_cancelled(kStop, body(text)));
    if (std::string(text) != "[]") check_ambiguous(kUsdm.read_positions(body(text)));
  }
}

TEST_CASE("binance replies: what was used is read from its header, or not at all") {
  CHECK(kSpot.read_usage({200, {{"x-mbx-used-weight-1m", "1234"}}, ""}).weight == 1234);
  for (const char* value : {"", "x", "-1", "99999999999", "1 "})
    CHECK_FALSE(kSpot.read_usage({200, {{"x-mbx-used-weight-1m", value}}, ""}).weight);
  CHECK_FALSE(kSpot.read_usage({200, {}, ""}).weight);
}
