// What may be sent again, when, and how often.
#include "support/catch.hpp"
#include "support/trading_desk.hpp"

namespace {

using namespace tvh;
using namespace tvh::test;
using model::Action;
using tvh::test::Ending;
using Fault = FakeVenue::Fault;
using Strings = std::vector<std::string>;
using std::chrono::milliseconds;
using std::chrono::seconds;

SampleSignal buy(const std::string& name = "one", const std::string& symbol = "BTCUSDT") {
  return {name, Action::buy, symbol, "1", "100"};
}

// Lets the time of whatever is due next come; false when nothing is.
bool advance(TradingDesk& desk) {
  const auto due = desk.executor->next_due();
  if (!due) return false;
  desk.clock.set(std::max(desk.clock.now(), TimePoint(due->time_since_epoch())));
  desk.settle();
  return true;
}
void advance(TradingDesk& desk, int times) {
  for (int step = 0; step < times && advance(desk); ++step) continue;
}

// Every submit meets `fault`, for ever; the times they left at.
std::vector<TimePoint> send_for_ever(TradingDesk& desk, Fault fault) {
  desk.venue.faults.assign(100, fault);
  std::vector<TimePoint> left;
  desk.venue.at_submit = [&](const model::OrderRequest&) { left.push_back(desk.clock.now()); };
  desk.run(buy());
  advance(desk, 200);
  desk.venue.at_submit = {};
  return left;
}

}  // namespace

// ---- Looks

TEST_CASE("retries: an entry waits for the venue's own price and is not sent without; what closes is") {
  TradingDesk desk;
  desk.run(buy("held", "ETHUSDT"));
  desk.venue.silent_prices = 2;
  desk.run(buy());
  CHECK(desk.venue.requests.size() == 1);
  advance(desk, 10);
  CHECK(desk.order_states("one") == "filled");

  desk.venue.silent_prices = 100;
  desk.run(buy("two"));
  advance(desk, 10);
  CHECK(desk.signal_reason("two") == "no_price");
  desk.run(SampleSignal{"exit", Action::sell, "ETHUSDT", "1", "100"});
  advance(desk, 10);
  CHECK(desk.order_states("exit") == "filled");
  desk.run(SampleSignal{"close", Action::close_long, "BTCUSDT", "", "100"});
  CHECK(desk.order_states("close") == "filled");  // at once
}

// ---- Not taken: the same request again

TEST_CASE("retries: a throttled order waits as long as the venue asks, and leaves again under the same id") {
  TradingDesk desk;
  desk.venue.faults = {Fault::throttled};  // "come again in 2 s"
  desk.run(buy());
  CHECK(desk.order_states("one") == "submitting");
  desk.pass(milliseconds(1'900));
  CHECK(desk.venue.requests.size() == 1);
  desk.pass(milliseconds(200));
  REQUIRE(desk.venue.requests.size() == 2);
  CHECK(desk.venue.requests[0] == desk.venue.requests[1]);
  CHECK(desk.events() == "submit retry fill_all");
  CHECK(desk.venue.queries == 0);  // nothing is unknown about it
  CHECK(desk.broken() == Strings());
}

TEST_CASE("retries: while one order is throttled no other leaves for that venue, exits neither") {
  TradingDesk desk;
  desk.run(buy("held", "ETHUSDT"));
  desk.venue.faults = {Fault::throttled};
  desk.run(buy());
  desk.run(SampleSignal{"exit", Action::close_long, "ETHUSDT", "", "100"});
  desk.pass(milliseconds(1'900));
  CHECK(desk.venue.requests.size() == 2);
  desk.pass(milliseconds(200));
  CHECK(desk.venue.requests.size() == 4);
  CHECK(desk.signal_state("exit") == "done");
}

TEST_CASE("retries: an order that is never taken is tried a bounded number of times and ends refused by name") {
  struct Case {
    Fault fault;
    std::size_t most;
    const char* reason;
  };
  for (const Case& one : {Case{Fault::throttled, 8, "throttled"}, Case{Fault::clock, 8, "clock"},
                          Case{Fault::unreachable, 6, "venue_unreachable"}}) {
    TradingDesk desk;
    INFO(one.reason);
    CHECK(send_for_ever(desk, one.fault).size() == one.most);
    CHECK(desk.order_states("one") == "refused");
    CHECK(desk.signal_state("one") == "refused");
    CHECK(desk.signal_reason("one") == one.reason);
    CHECK(desk.told.refusals.size() == 1);
    for (const auto& id : desk.venue.requests) CHECK(id == desk.venue.requests.front());
    CHECK_FALSE(desk.executor->next_due().has_value());
    CHECK(desk.broken() == Strings());
  }
}

TEST_CASE("retries: what one trouble took of an order's tries is not missing for another") {
  TradingDesk desk;
  for (int each = 0; each < 5; ++each) {
    desk.venue.faults.push_back(Fault::throttled);
    desk.venue.faults.push_back(Fault::clock);
    desk.venue.faults.push_back(Fault::unreachable);
  }
  desk.venue.faults.push_back(Fault::request_lost);
  desk.run(buy());
  advance(desk, 400);
  CHECK(desk.order_states("one") == "filled");
  CHECK(desk.venue.requests.size() == 17);
  CHECK(desk.broken() == Strings());
}

TEST_CASE("retries: what closes outlasts a venue that is away for minutes, however it says so") {
  const auto fault = GENERATE(Fault::unreachable, Fault::throttled, Fault::clock, Fault::request_lost);
  TradingDesk desk;
  desk.settings.rules.exit_patience = std::chrono::minutes(10);
  desk.start();
  desk.run(buy());
  desk.venue.faults.assign(20, fault);
  desk.venue.failing_looks = 20;
  desk.run(SampleSignal{"exit", Action::sell, "BTCUSDT", "1", "100"});
  advance(desk, 400);
  CHECK(desk.signal_state("exit") == "done");
  CHECK(desk.venue.held["BTCUSDT"].is_zero());
  CHECK(desk.broken() == Strings());
}

TEST_CASE("retries: the patience with what closes has an end, and what opens has none of it") {
  TradingDesk desk;
  desk.settings.rules.exit_patience = std::chrono::minutes(10);
  desk.start();
  desk.run(buy());
  const TimePoint begin = desk.clock.now();
  desk.venue.faults.assign(100'000, Fault::unreachable);
  desk.run(SampleSignal{"exit", Action::close_long, "BTCUSDT", "", "100"});
  advance(desk, 1000);
  CHECK(desk.signal_reason("exit") == "venue_unreachable");
  CHECK(desk.clock.now() - begin >= std::chrono::minutes(10));
  CHECK(desk.clock.now() - begin < std::chrono::minutes(11));
  const auto before = desk.venue.requests.size();
  desk.run(buy("two", "ETHUSDT"));
  advance(desk, 1000);
  CHECK(desk.venue.requests.size() == before + 6);
  CHECK(desk.signal_reason("two") == "venue_unreachable");
}

TEST_CASE("retries: waits grow up to a bound, and are the same on every run") {
  TradingDesk first;
  TradingDesk second;
  const auto left = send_for_ever(first, Fault::unreachable);
  const auto again = send_for_ever(second, Fault::unreachable);
  REQUIRE(left.size() == 6);
  REQUIRE(again.size() == 6);
  Nanoseconds expected = milliseconds(250);
  for (std::size_t attempt = 1; attempt < left.size(); ++attempt, expected *= 2) {
    const Nanoseconds waited = left[attempt] - left[attempt - 1];
    CHECK(waited >= expected / 2);
    CHECK(waited <= expected + milliseconds(1));
    const Nanoseconds waited_again = again[attempt] - again[attempt - 1];
    CHECK(waited - waited_again < milliseconds(1));
    CHECK(waited_again - waited < milliseconds(1));
  }
}

TEST_CASE("retries: a restart between two tries looks for the order first, and still sends one") {
  TradingDesk desk;
  desk.venue.faults = {Fault::throttled};
  desk.run(buy());
  desk.start();
  desk.settle();
  advance(desk, 20);
  CHECK(desk.order_states("one") == "filled");
  CHECK(desk.venue.orders.size() == 1);
  CHECK(desk.venue.held["BTCUSDT"] == dec("1"));
  CHECK(desk.broken() == Strings());
}

TEST_CASE("retries: an entry that grows too old while it is not taken is not sent again; an exit is") {
  for (const Fault fault : {Fault::throttled, Fault::clock, Fault::unreachable}) {
    TradingDesk desk;
    desk.settings.rules.risk.strategies["default"].max_age = seconds(120);
    desk.start();
    desk.run(buy("held", "ETHUSDT"));
    desk.venue.faults = {fault, fault};
    desk.run(buy());
    desk.run(SampleSignal{"exit", Action::close_long, "ETHUSDT", "", "100"});
    desk.clock.set(at_second(300));
    desk.settle();
    advance(desk, 20);
    CHECK(desk.signal_reason("one") == "max_age");
    CHECK(desk.order_states("one") == "refused");
    CHECK(desk.signal_state("exit") == "done");
    CHECK_FALSE(desk.venue.orders.contains(
        desk.one("SELECT client_order_id FROM intents WHERE signal_id = '" + sample_id("one") + "'")));
  }
}

// ---- Look-ups

TEST_CASE("retries: a look-up that fails is tried again before the order is decided") {
  TradingDesk desk;
  desk.venue.failing_looks = 2;
  CHECK(desk.run(buy()) == Ending::waits);
  advance(desk, 2);
  CHECK(desk.signal_state("one") == "done");
}

TEST_CASE("retries: when look-ups keep failing the signal ends venue_unreachable, and nothing was sent") {
  TradingDesk desk;
  desk.venue.failing_looks = 1000;
  desk.run(buy());
  advance(desk, 50);
  CHECK(desk.signal_state("one") == "refused");
  CHECK(desk.signal_reason("one") == "venue_unreachable");
  CHECK(desk.venue.failing_looks == 996);
  CHECK(desk.venue.requests.empty());
  CHECK(desk.one("SELECT count(*) FROM intents") == "0");
  desk.venue.failing_looks = 0;
  CHECK(desk.run(buy("two")) == Ending::done);  // the lane is free
}

TEST_CASE("retries: a look-up that fails for one instrument of a close_all leaves only that one open") {
  TradingDesk desk;
  desk.venue.prices = {{"BTCUSDT", dec("100")}, {"ETHUSDT", dec("100")}};
  desk.run(buy("one", "BTCUSDT"));
  desk.run(buy("two", "ETHUSDT"));
  // Each time BTCUSDT has been looked at, the look at ETHUSDT fails.
  desk.venue.filters = [&](model::Instrument instrument) {
    if (instrument.name == "BTCUSDT") desk.venue.failing_looks = 1;
    return instrument;
  };
  desk.run(SampleSignal{"close", Action::close_all, "", "", ""});
  advance(desk, 20);
  CHECK(desk.held("BTCUSDT").is_zero());
  CHECK(desk.held("ETHUSDT") == dec("1"));
  CHECK(desk.signal_state("close") == "done");
  CHECK(desk.signal_reason("close") == "venue_unreachable");
  REQUIRE(desk.told.refusals.size() == 1);
  CHECK(desk.told.refusals.front().symbol == "ETHUSDT");
  CHECK(desk.broken() == Strings());
}
