// The venue's rate across the lives of executors: what one sent or asked counts against the next.
#include "support/catch.hpp"
#include "support/trading_desk.hpp"

namespace {

using namespace tvh;
using namespace tvh::test;
using model::Action;
using tvh::test::Ending;
using Fault = FakeVenue::Fault;
using Strings = std::vector<std::string>;
using std::chrono::minutes;
using std::chrono::seconds;

struct RateDesk : TradingDesk {
  RateDesk() {
    venue.abilities.order_rate = model::Rate{1, seconds(10)};
    venue.abilities.query_rate = model::Rate{1, seconds(10)};
    start();
  }
  model::Signal limit(const std::string& name) {
    auto signal = make_signal({name, Action::buy, "BTCUSDT", "1", "100", "a"});
    signal.order_type = model::OrderType::limit;
    signal.limit_price = dec("90");
    return signal;
  }
};

}  // namespace

TEST_CASE("rate: a cancel that ended its order just before a restart counts against the next life") {
  RateDesk desk;
  CHECK(desk.run(desk.limit("one")) == Ending::resting);
  desk.pass(minutes(5));
  CHECK(desk.run(SampleSignal{"cancel", Action::cancel, "BTCUSDT", "", "", "a"}) == Ending::done);
  CHECK(desk.venue.cancels == 1);
  desk.clock.set(desk.clock.now() + seconds(2));
  desk.start();
  CHECK(desk.executor->waits() == std::map<std::string, seconds>{{"fake", seconds(10)}});
  desk.run(SampleSignal{"two", Action::buy, "ETHUSDT", "1", "10", "a"});
  CHECK(desk.venue.sent.size() == 1);
  desk.pass(seconds(11));
  CHECK(desk.venue.sent.size() == 2);
  CHECK(desk.order_states("two") == "filled");
}

TEST_CASE("rate: a query that found its order ended just before a restart counts against the next life") {
  RateDesk desk;
  CHECK(desk.run(desk.limit("one")) == Ending::resting);
  desk.pass(minutes(5));
  const int before = desk.venue.queries;
  desk.venue.fill_resting(desk.venue.sent.front());
  desk.pass(minutes(1));
  CHECK(desk.venue.queries == before + 1);
  CHECK(desk.order_states("one") == "filled");
  desk.clock.set(desk.clock.now() + seconds(2));
  desk.venue.abilities.order_rate.reset();
  desk.start();
  desk.venue.faults = {Fault::request_lost};
  desk.run(SampleSignal{"two", Action::buy, "ETHUSDT", "1", "10", "a"});
  desk.pass(seconds(5));
  CHECK(desk.venue.sent.size() == 2);
  CHECK(desk.venue.queries == before + 1);
  desk.pass(seconds(6));
  CHECK(desk.venue.queries == before + 2);
}

TEST_CASE("rate: an executor that starts with nothing open and nothing sent lately sends at once") {
  RateDesk desk;
  desk.run(SampleSignal{"one", Action::buy, "ETHUSDT", "1", "10", "a"});
  CHECK(desk.venue.sent.size() == 1);
  desk.clock.set(desk.clock.now() + minutes(2));
  desk.start();
  CHECK(desk.executor->waits().empty());
  CHECK(desk.run(SampleSignal{"two", Action::buy, "ETHUSDT", "1", "10", "a"}) == Ending::done);
  CHECK(desk.venue.sent.size() == 2);
}

TEST_CASE("rate: an order that was decided and never sent keeps the next life from nothing") {
  RateDesk desk;
  desk.run(SampleSignal{"one", Action::buy, "ETHUSDT", "1", "10", "a"});
  desk.run(SampleSignal{"two", Action::buy, "BTCUSDT", "1", "100", "a"});
  CHECK(desk.venue.sent.size() == 1);  // the second waits for the venue's rate
  desk.clock.set(desk.clock.now() + minutes(5));
  desk.start();
  desk.settle();
  CHECK(desk.venue.sent.size() == 2);
}

TEST_CASE("rate: a clock that is set forward between two lives hides nothing that was sent") {
  RateDesk desk;
  desk.run(SampleSignal{"one", Action::buy, "ETHUSDT", "1", "10", "a"});
  desk.clock.set(desk.clock.now() +
                 seconds(50));  // the steady clock of a new life says nothing of the old one's
  desk.start();
  desk.run(SampleSignal{"two", Action::buy, "BTCUSDT", "1", "100", "a"});
  CHECK(desk.venue.sent.size() == 1);
  desk.pass(seconds(11));
  CHECK(desk.venue.sent.size() == 2);
}

// ---- Pauses that the venue asked for

namespace {

struct BannedDesk : TradingDesk {
  BannedDesk() {
    venue.faults = {Fault::throttled};
    venue.wait_asked = seconds(600);
    run(SampleSignal{"one", Action::buy, "BTCUSDT", "1", "100", "a"});
    REQUIRE(venue.requests.size() == 1);
  }
  std::string recorded() { return one("SELECT count(*) FROM controls WHERE key = 'pause:fake'"); }
};

}  // namespace

TEST_CASE("rate: a pause that the venue asked for outlives the executor: nothing leaves before its end") {
  BannedDesk desk;
  CHECK(desk.recorded() == "1");
  desk.pass(seconds(200));
  desk.start();
  desk.settle();
  desk.run(SampleSignal{"two", Action::buy, "ETHUSDT", "1", "10", "a"});
  desk.pass(seconds(399));
  CHECK(desk.venue.requests.size() == 1);
  CHECK(desk.venue.queries == 0);
  desk.pass(seconds(2));
  for (const char* name : {"one", "two"}) CHECK(desk.signal_state(name) == "done");
  CHECK(desk.broken() == Strings());
}

TEST_CASE("rate: a clock that was set back makes a kept pause no longer than it was") {
  BannedDesk desk;
  desk.clock.set(desk.clock.now() - std::chrono::hours(24));
  desk.start();
  desk.pass(seconds(599));
  CHECK(desk.venue.requests.size() == 1);
  desk.pass(seconds(2));
  CHECK(desk.signal_state("one") == "done");
}

TEST_CASE("rate: a pause that a look ran into is kept too, and orders wait for its end") {
  TradingDesk desk;
  desk.venue.paused = desk.clock.steady() + seconds(300);
  desk.settle();
  desk.venue.paused.reset();
  CHECK(desk.one("SELECT count(*) FROM controls WHERE key = 'pause:fake'") == "1");
  desk.run(SampleSignal{"one", Action::buy, "BTCUSDT", "1", "100", "a"});
  desk.start();
  desk.pass(seconds(299));
  CHECK(desk.venue.requests.empty());
  desk.pass(seconds(2));
  CHECK(desk.signal_state("one") == "done");
}

TEST_CASE("rate: one ban that many orders run into is one record, and a plan does not wait for it") {
  TradingDesk desk;
  desk.venue.wait_asked = seconds(600);
  for (int order = 0; order < 10; ++order) desk.venue.faults.push_back(Fault::throttled);
  desk.venue.holds_answers = true;
  for (int order = 0; order < 10; ++order) {
    auto signal = SampleSignal{std::to_string(order), Action::buy, "BTCUSDT", "1", "100", "a"};
    signal.strategy = std::to_string(order);
    desk.run(signal);
  }
  desk.venue.holds_answers = false;
  desk.venue.answer_held();
  desk.settle();
  CHECK(desk.executor->state().pauses.size() == 1);
  const auto file = value_of(desk.keeper.load(desk.clock.now()));
  auto rules = desk.settings.rules;
  rules.purpose = engine::Purpose::plan;
  CHECK(engine::start_state(file, rules, {desk.clock.now(), desk.clock.steady(), {}}).pauses.empty());
}

TEST_CASE("rate: what waited for its turn when its executor died is judged for its age by the next") {
  RateDesk desk;
  desk.settings.rules.risk.strategies["default"].max_age = seconds(120);
  desk.start();
  desk.run(SampleSignal{"one", Action::buy, "ETHUSDT", "1", "10", "a"});
  desk.run(SampleSignal{"two", Action::buy, "ETHUSDT", "1", "10", "b"});
  CHECK(desk.order_states("two") == "planned");
  const bool too_old = GENERATE(true, false);
  desk.clock.set(at_second(too_old ? 121 : 60));
  desk.start();
  desk.settle();
  desk.pass(seconds(11));
  CHECK(desk.order_states("two") == (too_old ? "dropped" : "filled"));
  CHECK(desk.signal_reason("two") == (too_old ? "max_age" : ""));
  CHECK(desk.venue.sent.size() == (too_old ? 1 : 2));
}
