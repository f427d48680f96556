// Figures, partial fills, settings and secrets, at every exchange.
#include <algorithm>
#include <set>

#include "contract/exchange_cases.hpp"
#include "model/signal.hpp"

using namespace tvh;
using namespace tvh::test;
using model::NotTraded;
using model::OrderReport;
using model::OrderState;
using model::Refused;

namespace {

Decimal sum_of(const OrderReport& report) {
  Decimal sum;
  for (const auto& fill : report.fills) sum += fill.quantity;
  return sum;
}

std::vector<venue::CheckLine> check_lines(ExchangeStand& stand) {
  std::optional<std::vector<venue::CheckLine>> lines;
  stand.exchange_venue().check([&](std::vector<venue::CheckLine> told) { lines = std::move(told); });
  for (int turn = 0; !lines && turn < 1000; ++turn) stand.pass_time();
  REQUIRE(lines);
  return *lines;
}

}  // namespace

TEST_CASE("exchange: prices and quantities go there and come back digit by digit") {
  struct Row {
    const char* kind;
    const char* symbol;
    const char* market;
    const char* price;
    const char* quantity;
  };
  const Row row = GENERATE(Row{"binance_spot", "BIGUSDT", "1234567899.99", "1234567890.12", "0.00000123"},
                           Row{"binance_spot", "SMALLUSDT", "0.00001235", "0.00001234", "1234567"},
                           Row{"binance_spot", "EVENUSDT", "200", "100", "20"},
                           Row{"binance_usdm", "BIGUSDT", "1234567899.9", "1234567890.1", "0.007"},
                           Row{"binance_usdm", "SMALLUSDT", "0.12346", "0.12345", "1234567"});
  INFO(row.kind << " " << row.symbol);
  ExchangeStand stand(row.kind,
                      {"--price", std::string(row.symbol) + "=" + row.market, "--balance", "USDT=1000000000"});
  const bool perp = stand.venue().capabilities().perp;
  auto order =
      make_order({"tvha", std::string(row.symbol) + (perp ? ".P" : ""), model::Side::buy, row.quantity, ""});
  order.type = model::OrderType::limit;
  order.limit_price = dec(row.price);
  accepted(stand.submit(order));
  REQUIRE(stand.orders().size() == 1);
  CHECK(stand.orders()[0].price == row.price);
  CHECK(stand.orders()[0].quantity == row.quantity);
  stand.move_market(order.instrument, dec(row.price));
  const auto report = found(stand.query(order));
  CHECK(report.state == OrderState::filled);
  CHECK(report.filled_quantity.to_string() == row.quantity);
  REQUIRE(report.fills.size() == 1);
  CHECK(report.fills[0].price.to_string() == row.price);
  CHECK(report.fills[0].quantity.to_string() == row.quantity);
}

TEST_CASE("exchange: a part that filled is told with its trades, and so is the rest's end") {
  const auto stand = exchange_stand();
  auto order = resting(*stand, "tvha");
  order.quantity = dec("0.02");
  const std::string symbol = model::symbol_of(stand->home());
  stand->simulator().set_price(symbol, "49500");
  accepted(stand->submit(order));
  stand->simulator().set_price(symbol, "48900", "0.005");
  const auto part = found(stand->query(order));
  CHECK(part.state == OrderState::partially_filled);
  CHECK(part.filled_quantity == dec("0.005"));
  CHECK(sum_of(part) == dec("0.005"));
  const auto cancelled = as<OrderReport>(stand->cancel(order));
  CHECK(cancelled.state == OrderState::cancelled);
  CHECK(cancelled.filled_quantity == dec("0.005"));
  CHECK(sum_of(cancelled) == dec("0.005"));
  CHECK(stand->position(stand->home()) == dec("0.005"));
}

TEST_CASE("exchange: a market order that finds half of what it wants ends with that half") {
  const auto stand = exchange_stand();
  stand->simulator().set_price(model::symbol_of(stand->home()), "50000", "0.005");
  const auto order = make_order({"tvha", stand->home(), model::Side::buy, "0.01", ""});
  const auto report = accepted(stand->submit(order));
  CHECK(report.state == OrderState::expired);
  CHECK(report.filled_quantity == dec("0.005"));
  CHECK(sum_of(found(stand->query(order))) == dec("0.005"));
}

TEST_CASE("exchange: an order filled in several trades is told with each of them") {
  const auto stand = exchange_stand({"--trades-per-fill", "7"});
  const auto order = make_order({"tvha", stand->home(), model::Side::buy, "0.05", ""});
  accepted(stand->submit(order));
  const auto report = found(stand->query(order));
  CHECK(report.fills.size() == 7);
  CHECK(sum_of(report) == dec("0.05"));
  std::set<std::string> trades;
  for (const auto& fill : report.fills) {
    trades.insert(fill.trade_id);
    CHECK(fill.venue == "sim");
    CHECK(fill.client_order_id == "tvha");
    CHECK(fill.instrument == stand->home());
  }
  CHECK(trades.size() == 7);
}

TEST_CASE("exchange: wrong keys are refused with a cure, and no text shows them") {
  const auto stand = exchange_stand();
  const bool wrong_key = GENERATE(true, false);
  stand->restart_with(wrong_key ? "CANARYOTHERKEY" : kCanaryKey,
                      wrong_key ? kCanarySecret : "CANARYOTHERSECRET");
  const auto order = resting(*stand, "tvha");
  const auto refused = as<Refused>(stand->submit(order));
  CHECK(refused.message.find("check api_key and api_secret") != std::string::npos);
  check_says_no_secret(refused.message);
  check_says_no_secret(as<model::Unknown>(stand->query(order)).why);
  check_says_no_secret(as<model::Unknown>(stand->cancel(order)).why);
  const auto looked = as<NotTraded>(stand->look_up({stand->home(), order.market, true, true}));
  CHECK(looked.rule == "credentials");
  check_says_no_secret(looked.message);
  bool wrong = false;
  for (const auto& line : check_lines(*stand)) {
    check_says_no_secret(line.text);
    wrong |= line.wrong == Errc::credentials;
  }
  CHECK(wrong);
  CHECK(stand->orders().empty());
}

TEST_CASE("exchange: requests carry the key in its header only, and the secret nowhere") {
  const auto stand = exchange_stand();
  accepted(stand->submit(resting(*stand, "tvha")));
  stand->look_up({stand->home(), resting(*stand, "tvha").market, true, true});
  for (const auto& request : stand->requests()) {
    CHECK(request.status == 200);
    CHECK(request.parameters.find("CANARY") == std::string::npos);
  }
}

TEST_CASE("exchange: an account in hedge mode is told with its cure, at a look and at --check") {
  ExchangeStand stand("binance_usdm", {"--hedge-mode"});
  const auto looked = as<NotTraded>(stand.look_up({stand.home(), model::Market::perp}));
  CHECK(looked.rule == "position_mode");
  CHECK(looked.message.find("One-way") != std::string::npos);
  const auto refused = as<Refused>(stand.submit(resting(stand, "tvha")));
  CHECK(refused.code == "-4061");
  CHECK(refused.message.find("One-way") != std::string::npos);
  const auto lines = check_lines(stand);
  CHECK(std::any_of(lines.begin(), lines.end(),
                    [](const auto& line) { return line.wrong == Errc::configuration; }));
}

TEST_CASE("exchange: --check tells what is well, and a key that may withdraw is an error") {
  const auto stand = exchange_stand();
  for (const auto& line : check_lines(*stand)) {
    CHECK_FALSE(line.wrong);
    check_says_no_secret(line.text);
  }
  ExchangeStand open("binance_spot", {"--may-withdraw"});
  const auto lines = check_lines(open);
  CHECK(std::any_of(lines.begin(), lines.end(), [](const auto& line) {
    return line.wrong == Errc::credentials && line.text.find("withdraw") != std::string::npos;
  }));
}

TEST_CASE("exchange: filters, price and money of an instrument are the venue's") {
  const auto stand = exchange_stand();
  const auto market = resting(*stand, "tvha").market;
  const auto facts = as<model::MarketFacts>(stand->look_up({stand->home(), market, true, true}));
  CHECK(facts.price == dec("50000"));
  REQUIRE(facts.instrument.quantity_step);
  REQUIRE(facts.instrument.price_tick);
  REQUIRE(facts.instrument.minimum_notional);
  const bool spot = market == model::Market::spot;
  CHECK(*facts.instrument.quantity_step == dec(spot ? "0.00001" : "0.001"));
  CHECK(*facts.instrument.price_tick == dec(spot ? "0.01" : "0.1"));
  CHECK(*facts.instrument.minimum_notional == dec(spot ? "5" : "100"));
  REQUIRE(facts.account);
  CHECK(facts.account->free_quote == dec("10000"));
  CHECK(facts.account->equity == dec(spot ? "60000" : "10000"));
  // What is known is not asked for again.
  const auto before = stand->requests().size();
  as<model::MarketFacts>(stand->look_up({stand->home(), market}));
  CHECK(stand->requests().size() == before);
}

TEST_CASE(
    "exchange: a venue that cannot be reached for a look says so, and what it did not say is not made up") {
  const auto stand = exchange_stand();
  const auto market = resting(*stand, "tvha").market;
  const std::string account = market == model::Market::spot ? "/api/v3/account" : "/fapi/v3/account";
  for (const char* fault : {"unavailable", "malformed", "reply_lost"}) {
    INFO(fault);
    stand->simulator().fail_next(fault, "GET", account);
    check_says_no_secret(as<model::Unreachable>(stand->look_up({stand->home(), market, true, true})).message);
  }
  as<model::MarketFacts>(stand->look_up({stand->home(), market, true, true}));
}

TEST_CASE("exchange: looks at one instrument in one moment share the price, and each is answered") {
  const auto stand = exchange_stand();
  const auto market = resting(*stand, "tvha").market;
  as<model::MarketFacts>(stand->look_up({stand->home(), market}));
  const auto before = stand->requests().size();
  std::vector<model::LookUpOutcome> told;
  for (int look = 0; look < 3; ++look) {
    stand->venue().look_up({stand->home(), market, true},
                           [&](model::LookUpOutcome outcome) { told.push_back(std::move(outcome)); });
  }
  for (int turn = 0; told.size() < 3 && turn < 1000; ++turn) stand->pass_time();
  REQUIRE(told.size() == 3);
  for (const auto& one : told) CHECK(as<model::MarketFacts>(one).price == dec("50000"));
  CHECK(stand->requests().size() - before == 1);
}

TEST_CASE("exchange: what closes does not wait long for a price") {
  const auto stand = exchange_stand();
  const auto market = resting(*stand, "tvha").market;
  as<model::MarketFacts>(stand->look_up({stand->home(), market}));
  const SystemClock clock;
  const auto since = clock.steady();
  stand->simulator().fail_next(
      "silent", "GET", market == model::Market::spot ? "/api/v3/ticker/price" : "/fapi/v2/ticker/price");
  const auto facts = as<model::MarketFacts>(stand->look_up({stand->home(), market, true, false, true}));
  CHECK_FALSE(facts.price);
  CHECK_FALSE(facts.no_price.empty());
  CHECK(clock.steady() - since < std::chrono::seconds(8));  // others wait 12 s
}
