// An exit and what protects the position until then: the stop goes when the exit can go, and not before.
#include "support/catch.hpp"
#include "support/trading_desk.hpp"

namespace {

using namespace tvh;
using namespace tvh::test;
using model::Action;
using tvh::test::Ending;
using Fault = FakeVenue::Fault;
using Strings = std::vector<std::string>;
using std::chrono::seconds;

const std::string kInstrument = "BTCUSDT.P";

model::Signal order(const std::string& name, Action action, const std::string& quantity) {
  SampleSignal sample{name, action, "BTCUSDT", quantity, "100", "ma_cross_v1"};
  sample.market = model::Market::perp;
  return make_signal(sample);
}
model::Signal percent(const std::string& name, const std::string& quantity) {
  auto signal = order(name, Action::sell, quantity);
  signal.size_unit = model::SizeUnit::percent_position;
  return signal;
}

// Long 1, and a stop that would close all of it.
struct ProtectedDesk : TradingDesk {
  ProtectedDesk() {
    run(order("entry", Action::buy, "1"));
    auto stop = order("stop", Action::sell, "1");
    stop.order_type = model::OrderType::stop;
    stop.stop_price = dec("90");
    CHECK(run(stop) == Ending::resting);
  }
};

}  // namespace

TEST_CASE("protection: an exit that is too old by its own word leaves the stop where it is") {
  ProtectedDesk desk;
  auto exit = order("exit", Action::close_long, "");
  exit.max_age = seconds(10);
  exit.fired_at = exit.received_at - seconds(600);
  CHECK(desk.run(exit) == Ending::refused);
  CHECK(desk.signal_reason("exit") == "max_age");
  CHECK(desk.order_states("stop") == "accepted");
  CHECK(desk.venue.cancels == 0);
}

TEST_CASE("protection: an exit whose venue does not answer leaves the stop where it is") {
  ProtectedDesk desk;
  desk.venue.failing_looks = 1000;
  desk.run(order("exit", Action::close_long, ""));
  for (int step = 0; step < 100 && desk.signal_state("exit") != "refused"; ++step) desk.pass(seconds(5));
  CHECK(desk.signal_reason("exit") == "venue_unreachable");
  CHECK(desk.order_states("stop") == "accepted");
  CHECK(desk.venue.cancels == 0);
}

TEST_CASE("protection: an exit below the venue's smallest order leaves the stop where it is") {
  ProtectedDesk desk;
  desk.venue.filters = [](model::Instrument instrument) {
    instrument.minimum_quantity = dec("0.5");
    return instrument;
  };
  CHECK(desk.run(order("exit", Action::sell, "0.1")) == Ending::refused);
  CHECK(desk.order_states("stop") == "accepted");
}

TEST_CASE(
    "protection: however its size is said, an exit of more than the stop leaves takes the stop away first") {
  for (const auto& exit : {order("exit", Action::sell, "1"), percent("exit", "100"), percent("exit", "50"),
                           order("exit", Action::close_long, "0.5")}) {
    ProtectedDesk desk;
    desk.settings.rules.risk.overall.emplace().max_age = seconds(60);
    desk.settings.rules.risk.overall->max_position = dec("1");
    desk.start();
    desk.pass(seconds(3600));
    CHECK(desk.run(exit) == Ending::done);
    CHECK(desk.order_states("stop") == "cancelled");
    CHECK(desk.venue.sent.back().reduce_only);
    CHECK(desk.broken() == Strings());
  }
}

TEST_CASE("protection: an exit that fails, or closes a part, after its stop was cancelled says what is bare") {
  const std::string bare = "what is still held is without them";
  SECTION("a halt came in between") {
    ProtectedDesk desk;
    desk.venue.failing_cancels = 1;
    desk.run(order("exit", Action::close_long, ""));
    desk.halt("three in the morning");
    for (int step = 0; step < 10; ++step) desk.pass(seconds(2));
    CHECK(desk.order_states("stop") == "cancelled");
    CHECK(desk.signal_reason("exit") == "halted");
    REQUIRE(desk.told.refusals.size() == 1);
    CHECK(desk.told.refusals.front().message.find(bare) != std::string::npos);
  }
  SECTION("the venue refused it") {
    ProtectedDesk desk;
    desk.venue.faults = {Fault::refused};
    CHECK(desk.run(order("exit", Action::close_long, "")) == Ending::refused);
    REQUIRE(desk.told.refusals.size() == 1);
    CHECK(desk.told.refusals.front().message.find(bare) != std::string::npos);
  }
  SECTION("it closes a part") {
    ProtectedDesk desk;
    CHECK(desk.run(order("exit", Action::sell, "0.4")) == Ending::done);
    REQUIRE(desk.told.warnings.size() == 1);
    CHECK(desk.told.warnings.front().find(bare) != std::string::npos);
  }
  SECTION("another order in its way could not be cancelled") {
    ProtectedDesk desk;
    desk.run(order("more", Action::buy, "1"));
    auto target = order("target", Action::sell, "1");
    target.order_type = model::OrderType::limit;
    target.limit_price = dec("120");
    desk.venue.faults = {Fault::rests};
    CHECK(desk.run(target) == Ending::resting);
    desk.venue.stuck = {desk.one("SELECT client_order_id FROM intents WHERE order_type = 'limit'")};
    desk.run(order("exit", Action::close_long, ""));
    for (int step = 0; step < 60 && desk.signal_state("exit") != "refused"; ++step) desk.pass(seconds(2));
    CHECK(desk.order_states("stop") == "cancelled");
    CHECK(desk.signal_reason("exit") == "cancel_failed");
    REQUIRE(desk.told.refusals.size() == 1);
    CHECK(desk.told.refusals.front().message.find(bare) != std::string::npos);
  }
  SECTION("it turned the position: nothing of what was protected is held") {
    ProtectedDesk desk;
    CHECK(desk.run(order("turn", Action::sell, "2")) == Ending::done);
    CHECK(desk.told.warnings.empty());
  }
  SECTION("nothing is held any more") {
    ProtectedDesk desk;
    CHECK(desk.run(order("exit", Action::close_long, "")) == Ending::done);
    CHECK(desk.told.warnings.empty());
  }
}

TEST_CASE("protection: of several instruments, the one that cannot be closed keeps its stop") {
  TradingDesk desk;
  for (const char* symbol : {"BTCUSDT", "ETHUSDT"}) {
    desk.run(SampleSignal{std::string("buy ") + symbol, Action::buy, symbol, "1", "100", "ma_cross_v1"});
    auto stop = make_signal({std::string("stop ") + symbol, Action::sell, symbol, "1", "100", "ma_cross_v1"});
    stop.order_type = model::OrderType::stop;
    stop.stop_price = dec("90");
    desk.venue.faults = {Fault::rests};
    CHECK(desk.run(stop) == Ending::resting);
  }
  desk.venue.untradable = {"ETHUSDT"};
  CHECK(desk.run(SampleSignal{"all", Action::close_all, "", "", "", "ma_cross_v1"}) == Ending::done);
  CHECK(desk.order_states("stop BTCUSDT") == "cancelled");
  CHECK(desk.held("BTCUSDT").is_zero());
  CHECK(desk.order_states("stop ETHUSDT") == "accepted");
  CHECK(desk.held("ETHUSDT") == dec("1"));
  CHECK(desk.told.warnings.empty());
}

TEST_CASE("protection: a reversal takes the old side's stop away, and is judged without it") {
  ProtectedDesk desk;
  desk.settings.rules.risk.overall.emplace().max_position = dec("150");
  desk.start();
  CHECK(desk.run(order("turn", Action::sell, "2")) == Ending::done);
  CHECK(desk.order_states("stop") == "cancelled");
  CHECK(desk.held(kInstrument) == dec("-1"));
}

TEST_CASE("protection: a reversal that nothing of may be sent leaves the stop where it is") {
  ProtectedDesk desk;
  auto turn = order("turn", Action::sell, "2");
  turn.max_age = seconds(10);
  turn.fired_at = turn.received_at - seconds(600);
  CHECK(desk.run(turn) == Ending::refused);
  CHECK(desk.order_states("stop") == "accepted");
}

TEST_CASE("protection: an entry and an exit of what is free leave the stop where it is") {
  TradingDesk desk;
  desk.run(order("entry", Action::buy, "2"));
  auto stop = order("stop", Action::sell, "1");
  stop.order_type = model::OrderType::stop;
  stop.stop_price = dec("90");
  desk.run(stop);
  CHECK(desk.run(order("more", Action::buy, "1")) == Ending::done);
  CHECK(desk.run(order("some", Action::sell, "2")) == Ending::done);
  CHECK(desk.order_states("stop") == "accepted");
  CHECK(desk.held(kInstrument) == dec("1"));
}

TEST_CASE("protection: a position said anew that is refused cancels nothing of what rests") {
  TradingDesk desk;
  desk.default_rules.follows_position = true;
  desk.settings.rules.risk.overall.emplace().max_order_size = dec("3");
  desk.start();
  const auto stands_at = [](const std::string& name, const char* size, int bar) {
    auto signal = order(name, Action::buy, "1");
    signal.bar_time = at_second((bar - 10) * 900);
    signal.timeframe = "15";
    signal.position = model::PositionChange{model::PositionSide::long_side, dec(size), {}, {}};
    return signal;
  };
  desk.venue.faults = {Fault::rests};
  CHECK(desk.run(stands_at("one", "2", 2)) == Ending::resting);
  CHECK(desk.run(stands_at("older", "1", 1)) == Ending::refused);
  CHECK(desk.signal_reason("older") == "older_bar");
  CHECK(desk.run(stands_at("huge", "9", 3)) == Ending::refused);
  CHECK(desk.order_states("one") == "accepted");
  CHECK(desk.venue.cancels == 0);
}

TEST_CASE("protection: a strategy that is short on spot is refused, and what rests to buy goes all the same") {
  TradingDesk desk;
  desk.default_rules.follows_position = true;
  desk.start();
  const auto stands = [](const std::string& name, model::PositionSide side, int bar) {
    auto signal = make_signal({name, side == model::PositionSide::short_side ? Action::sell : Action::buy,
                               "BTCUSDT", "1", "100", "ma_cross_v1"});
    signal.bar_time = at_second((bar - 10) * 900);
    signal.timeframe = "15";
    signal.position = model::PositionChange{side, dec("1"), {}, {}};
    return signal;
  };
  desk.venue.faults = {Fault::rests};
  CHECK(desk.run(stands("long", model::PositionSide::long_side, 2)) == Ending::resting);
  CHECK(desk.run(stands("short", model::PositionSide::short_side, 3)) == Ending::refused);
  CHECK(desk.signal_reason("short") == "nothing_to_sell");
  CHECK(desk.order_states("long") == "cancelled");
}

TEST_CASE("protection: a reversal in two orders is judged by where it ends, not by both sides at once") {
  for (const auto& [quantity, ends] : {std::pair("2", "-1"), std::pair("3", "0")}) {
    TradingDesk desk;
    desk.default_rules.max_slippage = dec("0.5");
    desk.settings.rules.risk.overall.emplace().max_position = dec("150");
    desk.start();
    desk.run(order("entry", Action::buy, "1"));
    CHECK(desk.run(order("turn", Action::sell, quantity)) == Ending::done);
    CHECK(desk.held(kInstrument) == dec(ends));
    CHECK(desk.broken() == Strings());
  }
}
