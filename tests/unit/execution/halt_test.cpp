// The kill switch: nothing that is decided and not yet sent leaves after it, and the halting side is told so.
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

SampleSignal buy(const std::string& name, const std::string& symbol = "BTCUSDT") {
  return {name, Action::buy, symbol, "1", "100"};
}
std::string halt_seen(TradingDesk& desk) {
  return desk.one("SELECT value FROM controls WHERE key = 'halt_seen'");
}

}  // namespace

TEST_CASE("halt: a signal met while halted ends refused, and says why") {
  TradingDesk desk;
  desk.halt("too hot");
  CHECK(desk.run(buy("one")) == Ending::refused);
  CHECK(desk.signal_reason("one") == "halted");
  REQUIRE(desk.told.refusals.size() == 1);
  CHECK(desk.told.refusals.front().message.find("too hot") != std::string::npos);
  CHECK(desk.venue.requests.empty());
}

TEST_CASE("halt: signals that wait for their lane end refused; what is on the wire is let come in") {
  TradingDesk desk;
  desk.venue.holds_answers = true;
  desk.run(buy("one"));
  desk.run(buy("two"));
  desk.run(buy("three"));
  desk.halt("stop");
  desk.settle();
  CHECK(desk.signal_reason("two") == "halted");
  CHECK(desk.signal_reason("three") == "halted");
  CHECK(desk.order_states("one") == "submitting");
  desk.venue.answer_held();
  desk.settle();
  CHECK(desk.order_states("one") == "filled");
  CHECK(desk.venue.requests.size() == 1);
  CHECK(desk.broken() == Strings());
}

TEST_CASE("halt: an order the venue did not take yet ends unsent") {
  for (const Fault fault : {Fault::throttled, Fault::clock, Fault::unreachable}) {
    TradingDesk desk;
    desk.venue.faults = {fault};
    desk.run(buy("one"));
    desk.halt("stop");
    desk.settle();
    CHECK(desk.signal_state("one") == "refused");
    CHECK(desk.signal_reason("one") == "halted");
    desk.pass(seconds(60));
    CHECK(desk.venue.requests.size() == 1);
    CHECK(desk.broken() == Strings());
  }
}

TEST_CASE("halt: an order that has no connection yet is dropped before the halt is acknowledged") {
  TradingDesk desk;
  desk.venue.has_no_connection = true;
  desk.run(buy("one"));
  CHECK(desk.order_states("one") == "submitting");
  desk.halt("stop");
  desk.settle();
  CHECK_FALSE(halt_seen(desk).empty());
  CHECK(desk.order_states("one") == "refused");
  CHECK(desk.signal_reason("one") == "halted");
  CHECK(desk.executor->calls_under_way() == 0);
  CHECK(desk.venue.requests.empty());
}

TEST_CASE("halt: an answer that comes after the halt brings no second try") {
  TradingDesk desk;
  desk.venue.holds_answers = true;
  desk.venue.faults = {Fault::throttled};
  desk.run(buy("one"));
  desk.halt("stop");
  desk.settle();
  desk.venue.answer_held();
  desk.settle();
  desk.pass(seconds(60));
  CHECK(desk.venue.requests.size() == 1);
  CHECK(desk.signal_reason("one") == "halted");
}

TEST_CASE("halt: an order that waits for the venue's rate is dropped") {
  TradingDesk desk;
  desk.venue.abilities.order_rate = model::Rate{1, seconds(10)};
  desk.start();
  desk.run(buy("one"));
  desk.run(buy("two", "ETHUSDT"));
  CHECK(desk.order_states("two") == "planned");
  desk.halt("stop");
  desk.pass(seconds(60));
  CHECK(desk.order_states("two") == "dropped");
  CHECK(desk.signal_reason("two") == "halted");
  CHECK(desk.venue.requests.size() == 1);
  CHECK(desk.broken() == Strings());
}

TEST_CASE("halt: the opening half of a reversal is dropped, its closing half is let come in") {
  TradingDesk desk;
  desk.venue.abilities.nets_reversals = false;
  desk.start();
  SampleSignal entry{"entry", Action::buy, "BTCUSDT", "1", "100"};
  entry.market = model::Market::perp;
  desk.run(entry);
  desk.venue.holds_answers = true;
  SampleSignal turn{"turn", Action::sell, "BTCUSDT", "3", "100"};
  turn.market = model::Market::perp;
  desk.run(turn);
  desk.halt("stop");
  desk.settle();
  desk.venue.answer_held();
  desk.settle();
  CHECK(desk.venue.requests.size() == 2);
  CHECK(desk.held("BTCUSDT.P").is_zero());
  CHECK(desk.one("SELECT reason FROM intents WHERE state = 'dropped'") == "halted");
  CHECK(desk.broken() == Strings());
}

TEST_CASE("halt: unknown orders are only asked for, and end absent when they are proven to be") {
  TradingDesk desk;
  desk.venue.abilities.fence = seconds(10);
  desk.start();
  desk.venue.faults = {Fault::request_lost};
  desk.run(buy("one"));
  desk.halt("stop");
  desk.settle();
  CHECK(desk.order_states("one") == "unknown");
  const int asked = desk.venue.queries;
  for (int wait = 0; wait < 5; ++wait) desk.pass(seconds(5));
  CHECK(desk.venue.queries > asked);
  CHECK(desk.order_states("one") == "absent");
  CHECK(desk.venue.requests.size() == 1);
}

TEST_CASE("halt: what rests at the venue stays there, and its fills are counted") {
  TradingDesk desk;
  desk.venue.faults = {Fault::rests};
  desk.run(buy("one"));
  desk.halt("stop");
  desk.settle();
  CHECK(desk.order_states("one") == "accepted");
  CHECK(desk.venue.cancels == 0);
  desk.venue.fill_resting(desk.venue.sent.front(), true);
  desk.settle();
  CHECK(desk.held("BTCUSDT") == dec("1"));
}

TEST_CASE("halt: it is confirmed when nothing unsent is left, in the transaction that sees to it") {
  TradingDesk desk;
  desk.venue.abilities.order_rate = model::Rate{1, seconds(10)};
  desk.start();
  desk.run(buy("one"));
  desk.run(buy("two", "ETHUSDT"));
  CHECK(halt_seen(desk).empty());
  desk.halt("stop");
  CHECK(halt_seen(desk).empty());  // nobody has looked yet
  bool confirmed = false;
  desk.venue.at_submit = [&](const model::OrderRequest&) { CHECK_FALSE(confirmed); };
  desk.settle();
  confirmed = !halt_seen(desk).empty();
  CHECK(confirmed);
  CHECK(desk.one("SELECT count(*) FROM intents WHERE state = 'planned'") == "0");
  CHECK(desk.one("SELECT count(*) FROM signals WHERE state = 'pending'") == "0");
  desk.pass(seconds(60));
  desk.recover();
  CHECK(desk.venue.requests.size() == 1);
}

TEST_CASE("halt: an executor with nothing to do confirms it too") {
  TradingDesk desk;
  desk.halt("stop");
  desk.settle();
  CHECK_FALSE(halt_seen(desk).empty());
}

TEST_CASE("halt: one after a resume is confirmed anew") {
  TradingDesk desk;
  desk.halt("first");
  desk.settle();
  const std::string first = halt_seen(desk);
  desk.resume();
  desk.settle();
  desk.clock.set(at_second(100));
  desk.halt("second");
  CHECK(halt_seen(desk) == first);
  desk.settle();
  CHECK(halt_seen(desk) != first);
}

TEST_CASE("halt: it survives restarts, and holds for what a life before it left unsent") {
  TradingDesk desk;
  desk.venue.faults = {Fault::throttled};
  desk.run(buy("one"));
  desk.halt("stop");
  desk.start();
  desk.settle();
  desk.pass(seconds(60));
  CHECK(desk.recover() == 0);
  CHECK(desk.signal_reason("one") == "halted");
  CHECK(desk.run(buy("two")) == Ending::refused);
  desk.start();
  CHECK(desk.run(buy("three")) == Ending::refused);
  CHECK(desk.venue.requests.size() == 1);
}

TEST_CASE("halt: resume lets new signals trade, and none of those that were refused") {
  TradingDesk desk;
  desk.halt("stop");
  desk.run(buy("one"));
  desk.resume();
  CHECK(desk.run(buy("one")) == Ending::nothing);
  CHECK(desk.run(buy("two")) == Ending::done);
  CHECK(desk.venue.requests.size() == 1);
}

TEST_CASE("halt: a heartbeat trades nothing and ends well while halted") {
  TradingDesk desk;
  desk.halt("stop");
  CHECK(desk.run(SampleSignal{"beat", Action::heartbeat, "", "", ""}) == Ending::done);
}
