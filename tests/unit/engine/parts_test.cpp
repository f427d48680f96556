#include "engine/parts.hpp"

#include <random>
#include <set>

#include "support/catch.hpp"
#include "support/samples.hpp"
#include "support/seed.hpp"

namespace {

using namespace tvh;
using namespace tvh::engine;
using model::Action;
using model::OrderType;
using test::dec;
using Strings = std::vector<std::string>;

// A long of `held` that is closed at a venue whose market orders ask for 2.5 at most, others for 4.
struct Closing {
  explicit Closing(const std::string& quantity) : held(dec(quantity)) {
    instrument.quantity_step = dec("0.001");
    instrument.maximum_quantity = dec("4");
    instrument.maximum_market_quantity = dec("2.5");
    signal.action = Action::close_long;
    signal.quantity.reset();
  }
  Plan plan() const {
    PlanInput input{
        signal,     rules, instrument, {rules.venue, instrument.name, signal.strategy, held, {}, {}},
        dec("100"), {},    {},         {},
        {}};
    return plan_orders(input);
  }
  std::vector<PlannedOrder> orders() const {
    const Plan planned = plan();
    REQUIRE(std::holds_alternative<std::vector<PlannedOrder>>(planned));
    return std::get<std::vector<PlannedOrder>>(planned);
  }
  Strings sizes() const {
    Strings all;
    for (const auto& order : orders()) all.push_back(order.leg + " " + order.request.quantity.to_string());
    return all;
  }

  Decimal held;
  model::Signal signal = test::make_signal({});
  StrategyRules rules;
  model::Instrument instrument = test::make_instrument("BTCUSDT");
};

}  // namespace

TEST_CASE("parts: a close above the largest order is several that sum up to it, each with an id of its own") {
  Closing closing("10.002");
  CHECK(closing.sizes() == Strings{"close 2.001", "close/2 2.001", "close/3 2", "close/4 2", "close/5 2"});
  const auto orders = closing.orders();
  std::set<std::string> ids;
  for (const auto& order : orders) ids.insert(order.request.client_order_id);
  CHECK(ids.size() == 5);
  const auto again = closing.orders();
  for (std::size_t part = 0; part < orders.size(); ++part) CHECK(orders[part].request == again[part].request);
  CHECK(orders[1].rules.back() == "part 2 of 5: one order of BTCUSDT may ask for 2.5 at most");

  CHECK(Closing("2.5").sizes() == Strings{"close 2.5"});
  CHECK(Closing("2.501").sizes() == Strings{"close 1.251", "close/2 1.25"});
  closing.signal.order_type = OrderType::limit;
  closing.signal.limit_price = dec("101");
  CHECK(closing.sizes() == Strings{"close 3.334", "close/2 3.334", "close/3 3.334"});
}

TEST_CASE("parts: what a plain sell closes is split as well; what would open is refused as before") {
  Closing closing("5");
  closing.signal.action = Action::sell;
  closing.signal.quantity = dec("5");
  CHECK(closing.sizes() == Strings{"entry 2.5", "entry/2 2.5"});
  closing.signal.action = Action::buy;
  CHECK(std::get<Refusal>(closing.plan()).rule == "above_maximum_quantity");
}

TEST_CASE("parts: what must fill whole, has a trigger, or fits no step is left to the venue as it is") {
  Closing whole("9");
  whole.signal.order_type = OrderType::limit;
  whole.signal.limit_price = dec("101");
  whole.signal.time_in_force = model::TimeInForce::fok;
  CHECK(whole.sizes() == Strings{"close 9"});
  Closing trigger("9");
  trigger.signal.order_type = OrderType::stop;
  trigger.signal.stop_price = dec("99");
  CHECK(trigger.sizes() == Strings{"close 9"});
  Closing stepless("9");
  stepless.instrument.quantity_step.reset();
  CHECK(stepless.sizes() == Strings{"close 9"});
  Closing coarse("9");
  coarse.instrument.quantity_step = dec("3");
  CHECK(coarse.sizes() == Strings{"close 9"});
}

TEST_CASE("parts: a close that takes more than twenty orders is refused, with what goes at once") {
  Closing closing("50");
  CHECK(closing.orders().size() == 20);
  closing.held = dec("50.001");
  const auto refusal = std::get<Refusal>(closing.plan());
  CHECK(refusal.rule == "above_maximum_quantity");
  CHECK(refusal.message.find("close at most 50 at a time") != std::string::npos);
}

TEST_CASE("parts: they are as few as can be, sum up exactly, and none is above the maximum (property)") {
  const unsigned seed = test::test_seed();
  INFO("seed " << seed);
  std::mt19937 engine(seed);
  const auto number = [&](std::int64_t least, std::int64_t most) {
    return std::uniform_int_distribution<std::int64_t>(least, most)(engine);
  };
  int split = 0;
  for (int round = 0; round < 5'000; ++round) {
    Closing closing("1");
    const Decimal step =
        dec(std::vector<std::string>{"0.00001", "0.003", "1", "25"}[std::size_t(number(0, 3))]);
    const std::int64_t most = number(1, 10'000);
    const std::int64_t held = number(1, most * 20);
    closing.instrument.quantity_step = step;
    // Between two steps.
    closing.instrument.maximum_market_quantity =
        multiply(step, Decimal(most), Rounding::toward_zero) + dec("0.000001");
    closing.instrument.maximum_quantity.reset();
    closing.held = multiply(step, Decimal(held), Rounding::toward_zero);
    const auto orders = closing.orders();
    Decimal sum;
    for (const auto& order : orders) {
      REQUIRE(order.request.quantity <= *closing.instrument.maximum_market_quantity);
      REQUIRE(order.request.quantity.is_positive());
      REQUIRE(round_to_step(order.request.quantity, step, Rounding::toward_zero) == order.request.quantity);
      sum += order.request.quantity;
    }
    REQUIRE(sum == closing.held);
    REQUIRE(std::int64_t(orders.size()) == (held + most - 1) / most);
    split += int(orders.size() > 1);
  }
  CHECK(split > 4'000);
}
