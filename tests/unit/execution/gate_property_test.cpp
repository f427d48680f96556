// Limits under random trading, lost replies and late recoveries: what is held never gets past them.
#include <random>

#include "support/catch.hpp"
#include "support/seed.hpp"
#include "support/trading_desk.hpp"

namespace {

using namespace tvh;
using namespace tvh::test;
using model::Action;
using Fault = FakeVenue::Fault;

const std::map<std::string, Decimal> kPrices{
    {"BTCUSDT", dec("100")}, {"ETHUSDT", dec("10")}, {"BTCUSDT.P", dec("100")}, {"ETHUSDT.P", dec("10")}};

// At prices that stand still, what a strategy holds is worth what its limit counts.
Decimal worth(TradingDesk& desk, const std::string& strategy) {
  Decimal all;
  for (const auto& [instrument, price] : kPrices) {
    all += multiply(desk.held(instrument, strategy).absolute(), price, Rounding::half_even);
  }
  return all;
}

}  // namespace

TEST_CASE(
    "gate: no stream of signals, faults and recoveries gets a strategy past its max_position (property)") {
  const unsigned seed = tvh::test::test_seed();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  const auto pick = [&](int most) { return std::uniform_int_distribution<int>(0, most)(random); };
  TradingDesk desk;
  desk.venue.prices = kPrices;
  engine::Limits limits;
  limits.max_position = dec("1000");
  limits.max_order_notional = dec("600");
  desk.settings.rules.risk.strategies = {{"a", limits}, {"b", limits}};
  desk.settings.rules.risk.configured_strategies = {"a", "b"};
  desk.start();
  const std::vector<Action> actions{Action::buy,  Action::buy,  Action::buy,
                                    Action::sell, Action::sell, Action::close_long};
  Decimal most;
  for (int step = 0; step < 400; ++step) {
    SampleSignal sample;
    sample.name = std::to_string(step);
    sample.action = actions[std::size_t(pick(5))];
    sample.symbol = pick(1) == 0 ? "BTCUSDT" : "ETHUSDT";
    sample.market = pick(1) == 0 ? model::Market::spot : model::Market::perp;
    sample.strategy = pick(1) == 0 ? "a" : "b";
    sample.quantity = std::to_string(pick(sample.symbol == "BTCUSDT" ? 7 : 70) + 1);
    sample.price = "";
    const std::string instrument = model::instrument_name(sample.symbol, sample.market);
    if (desk.one("SELECT count(*) FROM intents WHERE state = 'unknown' AND strategy = '" + sample.strategy +
                 "' AND instrument = '" + instrument + "'") != "0") {
      continue;  // an unknown order blocks its lane
    }
    desk.venue.faults.clear();
    while (pick(2) == 0) desk.venue.faults.push_back(Fault(pick(3)));
    desk.venue.failing_queries = pick(3) == 0 ? pick(3) : 0;
    REQUIRE(desk.try_run(make_signal(sample)));
    if (pick(2) == 0) REQUIRE(desk.try_recover());
    for (const char* strategy : {"a", "b"}) {
      INFO("step " << step << ", strategy " << strategy);
      REQUIRE(worth(desk, strategy) <= *limits.max_position);
      if (most < worth(desk, strategy)) most = worth(desk, strategy);
    }
  }
  desk.venue.faults.clear();
  desk.venue.failing_queries = 0;
  CHECK(desk.recover() == 0);
  for (const char* strategy : {"a", "b"}) CHECK(worth(desk, strategy) <= *limits.max_position);
  CHECK(most > dec("500"));  // the limit was within reach
  CHECK(desk.one("SELECT count(*) FROM signals WHERE reason = 'max_position'") != "0");
  CHECK(desk.broken() == std::vector<std::string>());
}
