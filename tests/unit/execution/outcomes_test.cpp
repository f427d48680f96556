// What becomes of an order when the venue, the network or the journal fails: I2, I4, I5.
#include <algorithm>
#include <random>

#include "execution/executor.hpp"
#include "support/catch.hpp"
#include "support/seed.hpp"
#include "support/trading_desk.hpp"

namespace {

using namespace tvh;
using namespace tvh::test;
using model::Action;
using tvh::test::Ending;
using Fault = FakeVenue::Fault;
using Strings = std::vector<std::string>;

}  // namespace

TEST_CASE(
    "outcome: a lost reply is unknown, not an error; the order is found by its id and adopted, never sent "
    "again") {
  TradingDesk desk;
  desk.venue.faults = {Fault::reply_lost};
  CHECK(desk.run(SampleSignal{}) == Ending::unknown);
  CHECK(desk.order_states("one") == "unknown");
  CHECK(desk.signal_state("one") == "claimed");
  CHECK(desk.held("BTCUSDT").is_zero());
  CHECK(desk.broken() == Strings());

  CHECK(desk.recover() == 0);
  CHECK(desk.order_states("one") == "filled");
  CHECK(desk.signal_state("one") == "done");
  CHECK(desk.held("BTCUSDT") == dec("0.01"));
  CHECK(desk.venue.requests.size() == 1);
  CHECK(desk.events() == "submit lose fill_all");
  CHECK(desk.told.orders.back().intent.state == model::OrderState::filled);
  CHECK(desk.broken() == Strings());
}

TEST_CASE("outcome: a lost request is unknown until it is proven absent, then sent again under the same id") {
  TradingDesk desk;
  desk.venue.faults = {Fault::request_lost};
  CHECK(desk.run(SampleSignal{}) == Ending::unknown);
  CHECK(desk.recover() == 0);
  CHECK(desk.order_states("one") == "filled");
  REQUIRE(desk.venue.requests.size() == 2);
  CHECK(desk.venue.requests[0] == desk.venue.requests[1]);
  CHECK(desk.events() == "submit lose resend fill_all");
  CHECK(desk.venue.held["BTCUSDT"] == dec("0.01"));
  CHECK(desk.broken() == Strings());
}

TEST_CASE("outcome: while queries go unanswered the order stays unknown and nothing is sent") {
  TradingDesk desk;
  desk.venue.faults = {Fault::reply_lost};
  desk.run(SampleSignal{});
  desk.venue.failing_queries = 3;
  for (int look = 0; look < 3; ++look) CHECK(desk.recover() == 1);
  CHECK(desk.order_states("one") == "unknown");
  CHECK(desk.venue.requests.size() == 1);
  CHECK(desk.broken() == Strings());
  CHECK(desk.recover() == 0);
  CHECK(desk.order_states("one") == "filled");
  CHECK(desk.venue.requests.size() == 1);
}

TEST_CASE("outcome: a resend that is lost too stays unknown, and it takes no more than one order in the end") {
  TradingDesk desk;
  desk.venue.faults = {Fault::request_lost, Fault::reply_lost};
  CHECK(desk.run(SampleSignal{}) == Ending::unknown);
  CHECK(desk.recover() == 1);
  CHECK(desk.order_states("one") == "unknown");
  CHECK(desk.recover() == 0);
  CHECK(desk.order_states("one") == "filled");
  CHECK(desk.venue.orders.size() == 1);
  CHECK(desk.venue.held["BTCUSDT"] == dec("0.01"));
  CHECK(desk.broken() == Strings());
}

TEST_CASE("outcome: a resend that is refused ends the order and the signal") {
  TradingDesk desk;
  desk.venue.faults = {Fault::request_lost, Fault::refused};
  desk.run(SampleSignal{});
  CHECK(desk.recover() == 0);
  CHECK(desk.order_states("one") == "refused");
  CHECK(desk.signal_state("one") == "refused");
  CHECK(desk.signal_reason("one") == "-2010");
  CHECK(desk.broken() == Strings());
}

TEST_CASE("outcome: an order proven absent while trading is halted is not sent again, it ends absent") {
  TradingDesk desk;
  desk.venue.faults = {Fault::request_lost};
  desk.run(SampleSignal{});
  desk.halt("stop");
  CHECK(desk.recover() == 0);
  CHECK(desk.order_states("one") == "absent");
  CHECK(desk.signal_state("one") == "refused");
  CHECK(desk.signal_reason("one") == "halted");
  CHECK(desk.venue.requests.size() == 1);
  CHECK(desk.told.refusals.size() == 1);
  CHECK(desk.events() == "submit lose prove_absent");
  CHECK(desk.broken() == Strings());
}

TEST_CASE("outcome: an order that the venue has is adopted while trading is halted too") {
  TradingDesk desk;
  desk.venue.faults = {Fault::reply_lost};
  desk.run(SampleSignal{});
  desk.halt("stop");
  CHECK(desk.recover() == 0);
  CHECK(desk.order_states("one") == "filled");
  CHECK(desk.held("BTCUSDT") == dec("0.01"));
  CHECK(desk.broken() == Strings());
}

TEST_CASE("outcome: an entry that grew too old before it was proven absent is not sent again") {
  TradingDesk desk;
  desk.settings.rules.risk.strategies["default"].max_age = std::chrono::seconds(120);
  desk.start();
  desk.venue.faults = {Fault::request_lost};
  CHECK(desk.run(SampleSignal{}) == Ending::unknown);
  desk.clock.set(at_second(86'400));
  CHECK(desk.recover() == 0);
  CHECK(desk.order_states("one") == "absent");
  CHECK(desk.signal_state("one") == "refused");
  CHECK(desk.signal_reason("one") == "max_age");
  CHECK(desk.venue.requests.size() == 1);
  CHECK(desk.broken() == Strings());
}

TEST_CASE("outcome: an exit proven absent is sent again however old it is") {
  TradingDesk desk;
  desk.settings.rules.risk.strategies["default"].max_age = std::chrono::seconds(120);
  desk.start();
  desk.run(SampleSignal{});
  desk.venue.faults = {Fault::request_lost};
  CHECK(desk.run(SampleSignal{"two", Action::close_long}) == Ending::unknown);
  desk.clock.set(at_second(86'400));
  CHECK(desk.recover() == 0);
  CHECK(desk.order_states("two") == "filled");
  CHECK(desk.held("BTCUSDT").is_zero());
}

TEST_CASE("outcome: an order that rests is known; looking again changes nothing until it moves") {
  TradingDesk desk;
  desk.venue.faults = {Fault::rests};
  desk.run(SampleSignal{});
  CHECK(desk.order_states("one") == "accepted");
  for (int look = 0; look < 3; ++look) {
    auto looked = desk.try_recover();
    REQUIRE(looked);
  }
  CHECK(desk.order_states("one") == "accepted");
  CHECK(desk.venue.requests.size() == 1);
  CHECK(desk.broken() == Strings());

  desk.venue.fill_resting(value_of(desk.book.read_intents(sample_id("one"))).front().request);
  desk.recover();
  CHECK(desk.order_states("one") == "filled");
  CHECK(desk.signal_state("one") == "done");
  CHECK(desk.held("BTCUSDT") == dec("0.01"));
  CHECK(desk.broken() == Strings());
}

TEST_CASE("outcome: a part that filled counts once however often it is looked at; a cancel keeps it") {
  TradingDesk desk;
  desk.venue.faults = {Fault::fills_half};
  desk.run(SampleSignal{});
  CHECK(desk.order_states("one") == "partially_filled");
  desk.recover();
  desk.recover();
  CHECK(desk.held("BTCUSDT") == dec("0.005"));
  CHECK(desk.broken() == Strings());
  desk.venue.cancel_resting(desk.venue.requests.front());
  desk.recover();
  CHECK(desk.order_states("one") == "cancelled");
  CHECK(desk.signal_state("one") == "done");
  CHECK(desk.held("BTCUSDT") == dec("0.005"));
  CHECK(desk.broken() == Strings());
}

TEST_CASE(
    "outcome: a journal that cannot be written after the submit is told as such, and recovery settles the "
    "order once") {
  TradingDesk desk;
  desk.settings.at_step = [&](std::string_view step) {
    if (step == "submitted") expect(desk.journal->connection().execute("PRAGMA query_only=1"));
  };
  desk.start();
  auto ended = desk.try_run(make_signal({}));
  REQUIRE_FALSE(ended);
  CHECK(ended.error().code == Errc::storage);
  CHECK(desk.executor->outcome_unrecorded());
  CHECK(desk.told.orders.empty());

  expect(desk.journal->connection().execute("PRAGMA query_only=0"));
  desk.settings.at_step = {};
  desk.start();
  CHECK(desk.order_states("one") == "submitting");
  CHECK(desk.recover() == 0);
  CHECK(desk.order_states("one") == "filled");
  CHECK(desk.venue.requests.size() == 1);
  CHECK(desk.held("BTCUSDT") == dec("0.01"));
  CHECK(desk.told.orders.size() == 1);
  CHECK(desk.broken() == Strings());
}

TEST_CASE("outcome: a journal that cannot be written before the submit lets nothing leave") {
  TradingDesk desk;
  expect(desk.journal->connection().execute("PRAGMA query_only=1"));
  auto ended = desk.try_run(make_signal({}));
  REQUIRE_FALSE(ended);
  CHECK_FALSE(desk.executor->outcome_unrecorded());
  CHECK(desk.venue.requests.empty());
}

TEST_CASE("outcome: a venue that left the configuration keeps recovery from guessing") {
  TradingDesk desk;
  desk.venue.faults = {Fault::reply_lost};
  desk.run(SampleSignal{});
  desk.settings.venues = {};
  execution::Executor executor(desk.keeper, desk.clock, desk.settings, desk.told);
  auto recovered = executor.start();
  REQUIRE_FALSE(recovered);
  CHECK(recovered.error().code == Errc::configuration);
  CHECK(recovered.error().message.find("fake") != std::string::npos);
  CHECK(desk.order_states("one") == "unknown");
}

TEST_CASE("outcome: an order whose outcome is unknown blocks its lane, and no other") {
  TradingDesk desk;
  desk.run(SampleSignal{});
  desk.venue.faults = {Fault::request_lost};
  desk.run(SampleSignal{"two", Action::close_long});
  desk.run(
      SampleSignal{"three", Action::close_long});  // decided now it would close what is being closed already
  CHECK(desk.signal_state("three") == "pending");
  CHECK(desk.venue.requests.size() == 2);
  desk.run(SampleSignal{"four", Action::buy, "ETHUSDT", "1", "3000"});
  CHECK(desk.signal_state("four") == "done");
  CHECK(desk.recover() == 0);
  CHECK(desk.venue.held["BTCUSDT"].is_zero());
  CHECK(desk.held("BTCUSDT").is_zero());
  CHECK(desk.broken() == Strings());
}

TEST_CASE("outcome: one unknown order of several keeps the signal open; recovery touches only that one") {
  TradingDesk desk;
  desk.run(SampleSignal{"a", Action::buy, "BTCUSDT", "0.01", "65000"});
  desk.run(SampleSignal{"b", Action::buy, "ETHUSDT", "0.5", "3000"});
  desk.venue.prices = {{"BTCUSDT", dec("65000")}, {"ETHUSDT", dec("3000")}};
  desk.venue.faults = {Fault::request_lost, Fault::none};
  CHECK(desk.run(SampleSignal{"close", Action::close_all, "", "", ""}) == Ending::unknown);
  CHECK(desk.signal_state("close") == "claimed");
  CHECK(desk.venue.requests.size() == 4);
  CHECK(desk.recover() == 0);
  CHECK(desk.venue.requests.size() == 5);
  CHECK(desk.signal_state("close") == "done");
  CHECK(desk.held("BTCUSDT").is_zero());
  CHECK(desk.held("ETHUSDT").is_zero());
  CHECK(desk.broken() == Strings());
}

TEST_CASE(
    "outcome: under random signals and faults every signal ends once, no order is doubled, positions agree "
    "(property)") {
  const unsigned seed = tvh::test::test_seed();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  const auto pick = [&](int most) { return std::uniform_int_distribution<int>(0, most)(random); };
  TradingDesk desk;
  desk.venue.prices = {
      {"BTCUSDT", dec("100")}, {"ETHUSDT", dec("10")}, {"BTCUSDT.P", dec("100")}, {"ETHUSDT.P", dec("10")}};
  const std::vector<Action> actions{Action::buy,        Action::buy,         Action::sell,
                                    Action::close_long, Action::close_short, Action::close_all,
                                    Action::heartbeat};
  for (int step = 0; step < 300; ++step) {
    SampleSignal sample;
    sample.name = std::to_string(pick(250));  // now and then one that came before
    sample.action = actions[std::size_t(pick(6))];
    sample.symbol = pick(1) == 0 ? "BTCUSDT" : "ETHUSDT";
    sample.market = pick(1) == 0 ? model::Market::spot : model::Market::perp;
    sample.strategy = pick(1) == 0 ? "a" : "b";
    sample.quantity = std::to_string(pick(4) + 1);
    sample.price = "";
    if (sample.action == Action::close_all && pick(2) == 0) sample.symbol = "";
    desk.venue.faults.clear();
    while (pick(2) == 0) desk.venue.faults.push_back(Fault(pick(3)));
    desk.venue.failing_queries = pick(3) == 0 ? pick(3) : 0;
    auto ended = desk.try_run(make_signal(sample));
    REQUIRE(ended);
    if (pick(3) == 0) REQUIRE(desk.try_recover());
    if (step % 20 == 0) REQUIRE(desk.broken() == Strings());
  }
  desk.venue.faults.clear();
  desk.venue.failing_queries = 0;
  CHECK(desk.recover() == 0);
  std::int64_t after_seq = 0;  // what waited for its lane
  for (const auto& signal : value_of(desk.book.read_pending(after_seq, 1000))) {
    desk.run_stored(signal);
  }
  CHECK(desk.broken() == Strings());
  CHECK(desk.one("SELECT count(*) FROM signals WHERE state NOT IN ('done', 'refused')") == "0");
  // The venue has exactly the orders the journal calls filled, and holds what the journal says.
  CHECK(desk.one("SELECT count(*) FROM intents WHERE state = 'filled'") ==
        std::to_string(desk.venue.orders.size()));
  for (const auto& [instrument, quantity] : desk.venue.held) {
    INFO(instrument);
    CHECK(desk.held(instrument, "a") + desk.held(instrument, "b") == quantity);
  }
  auto ids = read_column(*desk.journal, "SELECT client_order_id FROM intents");
  const auto count = ids.size();
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  CHECK(ids.size() == count);
  CHECK(count > 50);
}
