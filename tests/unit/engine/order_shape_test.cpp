#include "engine/order_shape.hpp"

#include "support/catch.hpp"
#include "support/samples.hpp"

namespace {

using namespace tvh;
using namespace tvh::engine;
using model::OrderType;
using model::Side;
using model::TimeInForce;
using test::dec;

struct Situation {
  model::Signal signal = test::make_signal({});
  StrategyRules rules;
  model::Capabilities venue;
  model::Instrument instrument = test::make_instrument("BTCUSDT");
  Decimal held;
  std::optional<Decimal> price = dec("100");

  PlanInput input() const {
    return {signal,
            rules,
            instrument,
            {rules.venue, instrument.name, signal.strategy, held, held.is_zero() ? Decimal() : dec("90"), {}},
            price,
            {},
            {},
            {},
            {},
            &venue};
  }
  model::OrderRequest request(Side side) const {
    model::OrderRequest order;
    order.instrument = instrument.name;
    order.side = side;
    order.quantity = dec("1");
    return order;
  }
  model::OrderRequest shaped(Side side) const {
    auto order = request(side);
    shape_order(input(), order);
    return order;
  }
  model::OrderRequest bounded(Side side) const {
    auto order = request(side);
    bound_slippage(input(), order);
    return order;
  }
};

Situation of_type(OrderType type, const char* limit, const char* stop) {
  Situation situation;
  situation.signal.order_type = type;
  if (*limit != '\0') situation.signal.limit_price = dec(limit);
  if (*stop != '\0') situation.signal.stop_price = dec(stop);
  situation.venue.order_types = {OrderType::market, OrderType::limit, OrderType::stop, OrderType::stop_limit};
  situation.instrument.price_tick = dec("0.1");
  return situation;
}

std::string rule(const std::optional<Refusal>& refusal) { return refusal ? refusal->rule : ""; }

}  // namespace

TEST_CASE("order shape: a limit off the tick never pays more, or takes less, than the signal said") {
  const auto situation = of_type(OrderType::limit, "99.97", "");
  CHECK(situation.shaped(Side::buy).limit_price == dec("99.9"));
  CHECK(situation.shaped(Side::sell).limit_price == dec("100"));
  CHECK(situation.shaped(Side::buy).type == OrderType::limit);
  CHECK_FALSE(situation.shaped(Side::buy).stop_price.has_value());
}

TEST_CASE("order shape: a price on the tick, or without one, stays as it is") {
  CHECK(of_type(OrderType::limit, "99.9", "").shaped(Side::sell).limit_price == dec("99.9"));
  auto untick = of_type(OrderType::limit, "99.9712345", "");
  untick.instrument.price_tick.reset();
  CHECK(untick.shaped(Side::buy).limit_price == dec("99.9712345"));
}

TEST_CASE("order shape: a stop off the tick triggers sooner, not later") {
  const auto situation = of_type(OrderType::stop, "", "101.07");
  CHECK(situation.shaped(Side::buy).stop_price == dec("101"));
  CHECK(situation.shaped(Side::sell).stop_price == dec("101.1"));
  CHECK(situation.shaped(Side::buy).type == OrderType::stop);
}

TEST_CASE("order shape: a stop limit has both prices, each on the tick") {
  const auto order = of_type(OrderType::stop_limit, "101.55", "101.07").shaped(Side::buy);
  CHECK(order.type == OrderType::stop_limit);
  CHECK(order.limit_price == dec("101.5"));
  CHECK(order.stop_price == dec("101"));
}

TEST_CASE("order shape: a market order carries no price of its own, whatever the signal says beside it") {
  auto situation = of_type(OrderType::market, "99", "98");
  const auto order = situation.shaped(Side::buy);
  CHECK(order.type == OrderType::market);
  CHECK_FALSE(order.limit_price.has_value());
  CHECK_FALSE(order.stop_price.has_value());
}

TEST_CASE("order shape: the time in force is the signal's") {
  auto situation = of_type(OrderType::limit, "99", "");
  situation.signal.time_in_force = TimeInForce::fok;
  CHECK(situation.shaped(Side::buy).time_in_force == TimeInForce::fok);
}

TEST_CASE("order shape: an order type without the price it needs is refused by that price's name") {
  CHECK(rule(check_order_type(of_type(OrderType::limit, "", "").signal)) == "no_limit_price");
  CHECK(rule(check_order_type(of_type(OrderType::stop, "", "").signal)) == "no_stop_price");
  CHECK(rule(check_order_type(of_type(OrderType::stop_limit, "99", "").signal)) == "no_stop_price");
  CHECK(rule(check_order_type(of_type(OrderType::stop_limit, "", "99").signal)) == "no_limit_price");
  CHECK(rule(check_order_type(of_type(OrderType::market, "", "").signal)).empty());
}

TEST_CASE("order shape: what the venue lacks is refused by name before anything is sent") {
  auto situation = of_type(OrderType::stop_limit, "99", "99");
  CHECK(rule(check_venue(situation.input())).empty());
  situation.venue.order_types = {OrderType::market, OrderType::limit};
  CHECK(rule(check_venue(situation.input())) == "order_type_unsupported");

  situation = of_type(OrderType::limit, "99", "");
  situation.signal.time_in_force = TimeInForce::fok;
  situation.venue.times_in_force = {TimeInForce::gtc};
  CHECK(rule(check_venue(situation.input())) == "time_in_force_unsupported");

  situation = of_type(OrderType::market, "", "");
  situation.venue.spot = false;
  CHECK(rule(check_venue(situation.input())) == "market_unsupported");
}

TEST_CASE("order shape: only a market order that opens is bounded by max_slippage") {
  Situation situation;
  CHECK_FALSE(is_bounded(situation.input(), situation.request(Side::buy)));  // none configured
  situation.rules.max_slippage = dec("0.5");
  CHECK(is_bounded(situation.input(), situation.request(Side::buy)));
  situation.held = dec("1");
  CHECK_FALSE(is_bounded(situation.input(), situation.request(Side::sell)));  // closes
  situation.held = dec("0.4");
  CHECK(is_bounded(situation.input(), situation.request(Side::sell)));  // turns: a part opens
  auto limit = situation.request(Side::buy);
  limit.type = OrderType::limit;
  limit.limit_price = dec("99");
  CHECK_FALSE(is_bounded(situation.input(), limit));
}

TEST_CASE("order shape: the bound is the worst price within max_slippage, on the tick, for now or never") {
  Situation situation;
  situation.rules.max_slippage = dec("0.5");
  situation.instrument.price_tick = dec("0.2");
  const auto buy = situation.bounded(Side::buy);
  CHECK(buy.type == OrderType::limit);
  CHECK(buy.limit_price == dec("100.4"));  // 100.5 is off the tick, 100.6 is past the bound
  CHECK(buy.time_in_force == TimeInForce::ioc);
  CHECK(situation.bounded(Side::sell).limit_price == dec("99.6"));
}

TEST_CASE("order shape: with a tick wider than max_slippage the bound is still a price that can trade") {
  Situation situation;
  situation.rules.max_slippage = dec("0.5");
  situation.instrument.price_tick = dec("7");
  const auto buy = situation.bounded(Side::buy);
  REQUIRE(buy.limit_price.has_value());
  CHECK(*buy.limit_price <= dec("100.5"));
  CHECK(*buy.limit_price > Decimal());
  CHECK(*situation.bounded(Side::sell).limit_price >= dec("99.5"));
}
