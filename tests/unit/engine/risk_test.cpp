#include "engine/risk.hpp"

#include "support/catch.hpp"

namespace {

using namespace tvh;
using engine::Scope;
using model::Side;

Decimal d(const char* text) { return Decimal::from_trusted(text); }

// A buy of 0.1 at 50,000 from flat; each test changes what it is about.
struct Case {
  model::Signal signal;
  model::OrderRequest order;
  Scope scope{"[risk]", {}, {}};
  Decimal position;
  std::optional<Decimal> venue_price;
  TimePoint now = from_nanoseconds(1'800'000'000'000'000'000);

  Case() {
    signal.symbol = "BTCUSDT";
    signal.price = d("50000");
    signal.received_at = now;
    order.side = Side::buy;
    order.quantity = d("0.1");
  }
  std::string refused_by() const {
    const auto refusal = engine::check_limits({signal, order, position, d("50000"), venue_price, now}, {scope});
    return refusal ? refusal->rule : "";
  }
};

}  // namespace

TEST_CASE("risk: an order at a limit passes, one over it is refused by the limit's name") {
  Case one;
  one.scope.limits.max_order_notional = d("5000");
  CHECK(one.refused_by().empty());
  one.scope.limits.max_order_notional = d("4999.99");
  CHECK(one.refused_by() == "max_order_notional");

  Case two;
  two.scope.limits.max_order_size = d("0.1");
  CHECK(two.refused_by().empty());
  two.scope.limits.max_order_size = d("0.09");
  CHECK(two.refused_by() == "max_order_size");

  Case three;
  three.scope.limits.max_position = d("6000");
  three.scope.use.position_notional = d("1000");
  CHECK(three.refused_by().empty());
  three.scope.use.position_notional = d("1000.01");
  CHECK(three.refused_by() == "max_position");
}

TEST_CASE("risk: the refusal names scope, limit, value met and the nearest legal quantity") {
  Case one;
  one.scope.limits.max_order_notional = d("1000");
  const auto refusal = engine::check_limits({one.signal, one.order, {}, d("50000"), {}, one.now}, {one.scope});
  REQUIRE(refusal);
  CHECK(refusal->message ==
        "[risk] max_order_notional is 1000, this would make it 5000; at this price 0.02 is the most");
}

TEST_CASE("risk: what reduces a position passes every limit") {
  Case one;
  one.position = d("0.5");
  one.order.side = Side::sell;
  one.signal.action = model::Action::sell;
  one.scope.limits.max_order_notional = d("1");
  one.scope.limits.max_position = d("1");
  one.scope.limits.max_order_size = d("0.001");
  one.scope.limits.max_orders_per_minute = 1;
  one.scope.limits.daily_loss = d("1");
  one.scope.limits.symbols = {"ETHUSDT"};
  one.scope.limits.actions = {"buy"};
  one.scope.limits.max_age = Nanoseconds(1);
  one.signal.received_at = one.now - std::chrono::hours(9);
  one.scope.use = {d("100000"), d("100000"), {one.now}};
  CHECK(one.refused_by().empty());
}

TEST_CASE("risk: of an order through zero only the opening part is judged") {
  CHECK(engine::opening_quantity(d("0.5"), Side::sell, d("0.7")) == d("0.2"));
  CHECK(engine::opening_quantity(d("0.5"), Side::sell, d("0.5")) == d("0"));
  CHECK(engine::opening_quantity(d("0.5"), Side::buy, d("0.7")) == d("0.7"));
  CHECK(engine::opening_quantity(d("-0.5"), Side::buy, d("0.7")) == d("0.2"));
  CHECK(engine::opening_quantity(d("0"), Side::sell, d("0.7")) == d("0.7"));
}

TEST_CASE("risk: orders per minute counts the last sixty seconds") {
  Case one;
  one.scope.limits.max_orders_per_minute = 2;
  one.scope.use.orders_sent = {one.now - std::chrono::seconds(60), one.now - std::chrono::seconds(59)};
  CHECK(one.refused_by().empty());
  one.scope.use.orders_sent.push_back(one.now);
  CHECK(one.refused_by() == "max_orders_per_minute");
}

TEST_CASE("risk: entries stop at the daily loss") {
  Case one;
  one.scope.limits.daily_loss = d("200");
  one.scope.use.loss_today = d("199.99");
  CHECK(one.refused_by().empty());
  one.scope.use.loss_today = d("200");
  CHECK(one.refused_by() == "daily_loss");
}

TEST_CASE("risk: the venue's price may be only so far from the alert's") {
  Case one;
  one.scope.limits.max_price_distance_percent = d("1");
  one.venue_price = d("50500");
  CHECK(one.refused_by().empty());
  one.venue_price = d("50500.01");
  CHECK(one.refused_by() == "max_price_distance_percent");
  one.venue_price = d("49499.99");
  CHECK(one.refused_by() == "max_price_distance_percent");
}

TEST_CASE("risk: the signal's own max_age goes before the configured one") {
  Case one;
  one.signal.received_at = one.now - std::chrono::seconds(100);
  one.scope.limits.max_age = std::chrono::seconds(120);
  CHECK(one.refused_by().empty());
  one.signal.max_age = std::chrono::seconds(99);
  CHECK(one.refused_by() == "max_age");
}

TEST_CASE("risk: allowlists name what they do not hold") {
  Case one;
  one.scope.limits.symbols = {"ETHUSDT"};
  CHECK(one.refused_by() == "symbol_not_allowed");
  one.scope.limits.symbols = {"ETHUSDT", "BTCUSDT"};
  CHECK(one.refused_by().empty());
  one.scope.limits.actions = {"sell"};
  CHECK(one.refused_by() == "action_not_allowed");
}

TEST_CASE("risk: a plain symbol allows its spot market and its perpetual, one with .P the perpetual alone") {
  Case one;
  for (const model::Market market : {model::Market::spot, model::Market::perp}) {
    one.signal.market = market;
    one.scope.limits.symbols = {"BTCUSDT"};
    CHECK(one.refused_by().empty());
    one.scope.limits.symbols = {"ETHUSDT", "BTCUSDT.P"};
    CHECK(one.refused_by() == (market == model::Market::perp ? "" : "symbol_not_allowed"));
    one.scope.limits.symbols = {"ETHUSDT.P"};
    CHECK(one.refused_by() == "symbol_not_allowed");
  }
  const auto refusal = engine::check_limits({one.signal, one.order, {}, d("50000"), {}, one.now}, {one.scope});
  REQUIRE(refusal);
  CHECK(refusal->message == "BTCUSDT.P is not among symbols of [risk]; add it there if it should be");
}

TEST_CASE("risk: every scope is judged, the first one that refuses speaks") {
  Case one;
  Scope strategy{"[strategy.ma]", {}, {}};
  strategy.limits.max_order_notional = d("1");
  const auto refusal =
      engine::check_limits({one.signal, one.order, {}, d("50000"), {}, one.now}, {one.scope, strategy});
  REQUIRE(refusal);
  CHECK(refusal->message.find("[strategy.ma]") == 0);
}

TEST_CASE("risk: limits that make no sense are found before anything is traded") {
  engine::Limits limits;
  CHECK_FALSE(engine::find_contradiction(limits));
  limits.max_position = d("0");
  CHECK(engine::find_contradiction(limits));
  limits.max_position = d("100");
  limits.max_order_notional = d("101");
  CHECK(engine::find_contradiction(limits));
  limits.max_order_notional = d("100");
  CHECK_FALSE(engine::find_contradiction(limits));
  limits.max_orders_per_minute = 0;
  CHECK(engine::find_contradiction(limits));
}

TEST_CASE("risk: an exit has no age limit but its own") {
  Case one;
  one.position = d("0.1");
  one.order.side = Side::sell;
  one.signal.received_at = one.now - std::chrono::hours(24);
  one.scope.limits.max_age = std::chrono::seconds(120);
  CHECK(one.refused_by().empty());
  one.signal.max_age = std::chrono::seconds(120);
  CHECK(one.refused_by() == "max_age");
}

TEST_CASE("risk: an order is as old as its bar's end, not its receipt") {
  Case one;
  one.scope.limits.max_age = std::chrono::seconds(120);
  one.signal.timeframe = "15";
  one.signal.bar_time = one.now - std::chrono::minutes(17);
  CHECK(one.refused_by().empty());
  one.signal.bar_time = one.now - std::chrono::minutes(17) - Nanoseconds(1);
  CHECK(one.refused_by() == "max_age");
}

TEST_CASE("risk: an entry from inside a bar that is still open is as old as its receipt") {
  Case one;
  one.scope.limits.max_age = std::chrono::seconds(120);
  one.signal.timeframe = "240";
  one.signal.bar_time = one.now - std::chrono::hours(1);
  CHECK(one.refused_by().empty());
  one.signal.received_at = one.now - std::chrono::seconds(120);
  CHECK(one.refused_by().empty());
  one.signal.received_at = one.now - std::chrono::seconds(121);  // it waited here
  CHECK(one.refused_by() == "max_age");
}

TEST_CASE(
    "risk: a bar or a moment that lies further ahead than max_age is refused, whatever the receipt says") {
  Case one;
  one.scope.limits.max_age = std::chrono::seconds(120);
  one.signal.timeframe = "240";
  one.signal.bar_time = one.now + std::chrono::seconds(120);
  CHECK(one.refused_by().empty());
  one.signal.bar_time = one.now + std::chrono::seconds(121);
  CHECK(one.refused_by() == "max_age");
  one.signal.bar_time = one.now - std::chrono::hours(1);
  one.signal.fired_at = one.now + std::chrono::seconds(121);
  CHECK(one.refused_by() == "max_age");
}
