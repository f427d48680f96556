#include <random>

#include "engine/plan.hpp"
#include "support/catch.hpp"
#include "support/samples.hpp"
#include "support/seed.hpp"

namespace {

using namespace tvh;
using namespace tvh::engine;
using model::Action;
using model::Market;
using model::Side;

class Source {
 public:
  explicit Source(unsigned seed) : engine_(seed) {}
  std::int64_t number(std::int64_t least, std::int64_t most) {
    return std::uniform_int_distribution<std::int64_t>(least, most)(engine_);
  }
  // Up to 12 digits with up to `places` after the point.
  Decimal decimal(int places) {
    std::string digits = std::to_string(number(1, 999'999'999'999));
    const auto scale = std::size_t(number(0, places));
    while (digits.size() <= scale) digits.insert(0, "0");
    if (scale > 0) digits.insert(digits.size() - scale, ".");
    return test::dec(digits);
  }
  template <class Value>
  Value one_of(std::initializer_list<Value> values) {
    return values.begin()[number(0, std::int64_t(values.size()) - 1)];
  }

 private:
  std::mt19937 engine_;
};

}  // namespace

TEST_CASE("plan: no quantity is ever rounded up, off its step, or past what an exit holds (property)") {
  const unsigned seed = tvh::test::test_seed();
  INFO("seed " << seed);
  Source source(seed);
  int ordered = 0;
  for (int round = 0; round < 20'000; ++round) {
    model::Signal signal = test::make_signal({});
    signal.action =
        source.one_of({Action::buy, Action::sell, Action::close_long, Action::close_short, Action::close_all});
    signal.market = source.one_of({Market::spot, Market::perp});
    signal.quantity = source.decimal(12);
    if (source.number(0, 4) == 0) signal.quantity.reset();
    signal.size_unit = source.one_of({model::SizeUnit::base, model::SizeUnit::quote});
    if (source.number(0, 3) == 0) signal.reduce_only = true;
    StrategyRules rules;
    if (source.number(0, 1) == 0) rules.size = source.decimal(8);
    const bool spot = signal.market == Market::spot;
    model::Instrument instrument = test::make_instrument(spot ? "BTCUSDT" : "BTCUSDT.P");
    if (source.number(0, 2) > 0)
      instrument.quantity_step = source.one_of(
          {test::dec("0.00000001"), test::dec("0.001"), test::dec("0.5"), test::dec("7"), test::dec("0.25")});
    Decimal held = source.number(0, 3) == 0 ? Decimal() : source.decimal(8);
    if (!spot && source.number(0, 1) == 0) held = -held;
    const Decimal price = source.decimal(6);
    signal.price = price;
    const PlanInput input{signal, rules, instrument, {"paper", instrument.name, "s", held, Decimal(1), {}},
                          price,  {},    {},         {},
                          {}};
    const Plan plan = plan_orders(input);
    const auto* orders = std::get_if<std::vector<PlannedOrder>>(&plan);
    if (orders == nullptr) continue;
    REQUIRE(orders->size() == 1);
    ++ordered;
    const auto& order = orders->front();
    const Decimal& quantity = order.request.quantity;
    INFO("round " << round << ": " << to_text(signal.action) << " " << quantity.to_string() << " held "
                  << held.to_string());
    REQUIRE(quantity.is_positive());
    if (instrument.quantity_step)
      REQUIRE(round_to_step(quantity, *instrument.quantity_step, Rounding::toward_zero) == quantity);
    const auto asked = signal.quantity ? signal.quantity : rules.size;
    const bool close = signal.action != Action::buy && signal.action != Action::sell;
    if (signal.quantity || !close) {
      // In base: no more than asked. In quote: no more than the amount pays for.
      if (signal.quantity && signal.size_unit == model::SizeUnit::quote) {
        REQUIRE(multiply(quantity, price, Rounding::away_from_zero) <= *asked);
      } else {
        REQUIRE(quantity <= *asked);
      }
    }
    const bool reduces = close || signal.reduce_only.value_or(false) || (spot && signal.action == Action::sell);
    if (reduces) {
      REQUIRE(quantity <= held.absolute());
      REQUIRE((order.request.side == Side::sell) == held.is_positive());
    }
    if (order.clipped_from) REQUIRE(quantity < *order.clipped_from);
  }
  CHECK(ordered > 5'000);
}
