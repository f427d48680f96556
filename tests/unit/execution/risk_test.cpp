// The risk gate as the executor applies it; what each limit means is engine's (risk_test there).
#include "support/catch.hpp"
#include "support/trading_desk.hpp"

using namespace tvh;
using namespace tvh::test;
using model::Action;
using tvh::test::Ending;
using Fault = FakeVenue::Fault;
using Strings = std::vector<std::string>;

TEST_CASE("gate: an order through zero that a limit forbids to open still closes") {
  TradingDesk desk;
  desk.settings.rules.risk.overall = engine::Limits{};
  desk.settings.rules.risk.overall->max_order_notional = dec("1000");
  desk.start();
  SampleSignal entry{"one", Action::buy, "BTCUSDT", "0.01", "65000"};
  entry.market = model::Market::perp;
  REQUIRE(desk.run(entry) == Ending::done);
  SampleSignal turn{"two", Action::sell, "BTCUSDT", "0.05", "65000"};
  turn.market = model::Market::perp;
  CHECK(desk.run(turn) == Ending::done);
  CHECK(desk.held("BTCUSDT.P").is_zero());
  CHECK(desk.signal_reason("two") == "max_order_notional");
  REQUIRE(desk.told.refusals.size() == 1);
  CHECK(desk.told.refusals.front().message.find("closed, not turned") != std::string::npos);
  CHECK(desk.broken() == Strings());
}

TEST_CASE(
    "gate: a limit counts what other strategies hold of the same instrument, and restarts do not forget it") {
  TradingDesk desk;
  desk.settings.rules.risk.overall = engine::Limits{};
  desk.settings.rules.risk.overall->max_position = dec("1000");
  desk.start();
  CHECK(desk.run(SampleSignal{"one", Action::buy, "BTCUSDT", "0.01", "65000"}) == Ending::done);
  desk.start();
  SampleSignal other{"two", Action::buy, "BTCUSDT", "0.01", "65000"};
  other.strategy = "other";
  CHECK(desk.run(other) == Ending::refused);
  CHECK(desk.signal_reason("two") == "max_position");
}

TEST_CASE("gate: an order whose outcome is unknown counts as filled") {
  TradingDesk desk;
  desk.settings.rules.risk.overall = engine::Limits{};
  desk.settings.rules.risk.overall->max_position = dec("1000");
  desk.start();
  desk.venue.faults = {Fault::request_lost};
  CHECK(desk.run(SampleSignal{"one", Action::buy, "BTCUSDT", "0.01", "65000"}) == Ending::unknown);
  SampleSignal other{"two", Action::buy, "BTCUSDT", "0.01", "65000"};
  other.strategy = "other";
  CHECK(desk.run(other) == Ending::refused);
  CHECK(desk.signal_reason("two") == "max_position");
}

TEST_CASE("gate: a strategy's own section speaks for it; default speaks for those without one") {
  TradingDesk desk;
  engine::Limits none_of_it;
  none_of_it.max_order_notional = dec("1");
  desk.settings.rules.risk.strategies["default"] = none_of_it;
  desk.settings.rules.risk.configured_strategies = {"default", "ma_cross_v1"};
  desk.start();
  CHECK(desk.run(SampleSignal{"one", Action::buy, "BTCUSDT", "0.01", "65000"}) == Ending::done);
  SampleSignal other{"two", Action::buy, "BTCUSDT", "0.01", "65000"};
  other.strategy = "other";
  CHECK(desk.run(other) == Ending::refused);
}

TEST_CASE("gate: a strategy may not open against another one's perpetual, unless it is allowed to") {
  TradingDesk desk;
  SampleSignal longs{"one", Action::buy, "BTCUSDT", "0.01", "65000"};
  longs.market = model::Market::perp;
  REQUIRE(desk.run(longs) == Ending::done);
  SampleSignal shorts{"two", Action::sell, "BTCUSDT", "0.01", "65000"};
  shorts.market = model::Market::perp;
  shorts.strategy = "other";
  CHECK(desk.run(shorts) == Ending::refused);
  CHECK(desk.signal_reason("two") == "opposing_position");
  shorts.name = "three";
  shorts.symbol = "ETHUSDT";  // another instrument
  CHECK(desk.run(shorts) == Ending::done);
  shorts.name = "four";
  shorts.symbol = "BTCUSDT";
  desk.default_rules.allow_opposing = true;
  CHECK(desk.run(shorts) == Ending::done);
  CHECK(desk.run(SampleSignal{"five", Action::close_long, "BTCUSDT", "", "65000"}) ==
        Ending::refused);  // spot: holds none
  SampleSignal exits{"six", Action::close_long, "BTCUSDT", "", "65000"};
  exits.market = model::Market::perp;
  desk.default_rules.allow_opposing = false;
  CHECK(desk.run(exits) == Ending::done);  // an exit always gets out
}

TEST_CASE(
    "gate: an order that turns a position closes it, where another one's or its age forbids the other side") {
  TradingDesk desk;
  const auto perpetual = [](const char* name, Action action, const char* quantity, const char* strategy) {
    SampleSignal sample{name, action, "BTCUSDT", quantity, "65000", strategy};
    sample.market = model::Market::perp;
    return sample;
  };
  const bool is_late = GENERATE(false, true);
  if (is_late) desk.settings.rules.risk.strategies["default"].max_age = std::chrono::seconds(120);
  desk.start();
  REQUIRE(desk.run(perpetual("one", Action::buy, "0.01", "ma_cross_v1")) == Ending::done);
  if (!is_late) REQUIRE(desk.run(perpetual("others", Action::buy, "0.01", "other")) == Ending::done);
  auto turn = make_signal(perpetual("turn", Action::sell, "0.02", "ma_cross_v1"));
  if (is_late) turn.fired_at = desk.clock.now() - std::chrono::seconds(200);
  CHECK(desk.run(turn) == Ending::done);
  CHECK(desk.held("BTCUSDT.P").is_zero());
  CHECK(desk.venue.sent.back().quantity == dec("0.01"));
  CHECK(desk.venue.sent.back().reduce_only);
  REQUIRE_FALSE(desk.told.refusals.empty());
  CHECK(desk.told.refusals.back().message.find("closed, not turned") != std::string::npos);
}
