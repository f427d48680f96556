// Orders that rest: placed, cancelled, and counted by what comes after them.
#include "support/catch.hpp"
#include "support/trading_desk.hpp"

namespace {

using namespace tvh;
using namespace tvh::test;
using model::Action;
using model::OrderType;
using tvh::test::Ending;
using Fault = FakeVenue::Fault;
using Strings = std::vector<std::string>;
using std::chrono::seconds;

SampleSignal sample(const std::string& name, Action action, const std::string& quantity,
                    const std::string& symbol = "BTCUSDT", const std::string& strategy = "ma_cross_v1") {
  return {name, action, symbol, quantity, "100", strategy};
}
model::Signal limit(const SampleSignal& what, const char* price) {
  auto signal = make_signal(what);
  signal.order_type = OrderType::limit;
  signal.limit_price = dec(price);
  return signal;
}
model::Signal perpetual(SampleSignal what) {
  what.market = model::Market::perp;
  return make_signal(what);
}
// A strategy that is followed by its position says where it stands.
model::Signal stands_at(const std::string& name, const char* size, int bar) {
  auto signal = make_signal(sample(name, Action::buy, "1"));
  signal.bar_time = at_second(bar * 900);
  signal.timeframe = "15";
  signal.position = model::PositionChange{model::PositionSide::long_side, dec(size), {}, {}};
  return signal;
}

void advance(TradingDesk& desk, int times) {
  for (int step = 0; step < times; ++step) {
    const auto due = desk.executor->next_due();
    if (!due) return;
    desk.clock.set(std::max(desk.clock.now(), TimePoint(due->time_since_epoch())));
    desk.settle();
  }
}

}  // namespace

// ---- Placed

TEST_CASE("resting: a limit order rests at its price until it is filled, and the signal with it") {
  TradingDesk desk;
  CHECK(desk.run(limit(sample("one", Action::buy, "1"), "90")) == Ending::resting);
  CHECK(desk.order_states("one") == "accepted");
  CHECK(desk.signal_state("one") == "claimed");
  CHECK(desk.venue.sent.front().type == OrderType::limit);
  CHECK(desk.venue.sent.front().limit_price == dec("90"));
  CHECK(desk.held("BTCUSDT").is_zero());
  desk.venue.fill_resting(desk.venue.sent.front(), true);
  desk.settle();
  CHECK(desk.signal_state("one") == "done");
  CHECK(desk.held("BTCUSDT") == dec("1"));
  CHECK(desk.events() == "submit accept fill_all");
  CHECK(desk.broken() == Strings());
}

TEST_CASE("resting: a fill that no update told is found by looking, in time") {
  TradingDesk desk;
  desk.run(limit(sample("one", Action::buy, "1"), "90"));
  desk.venue.fill_resting(desk.venue.sent.front());
  advance(desk, 2);
  CHECK(desk.signal_state("one") == "done");
}

TEST_CASE("resting: a stop order leaves with its trigger and rests") {
  TradingDesk desk;
  auto signal = make_signal(sample("one", Action::buy, "1"));
  signal.order_type = OrderType::stop;
  signal.stop_price = dec("110");
  CHECK(desk.run(signal) == Ending::resting);
  CHECK(desk.venue.sent.front().type == OrderType::stop);
  CHECK(desk.venue.sent.front().stop_price == dec("110"));
}

TEST_CASE("resting: an ioc order never rests: what cannot trade at once expires") {
  TradingDesk desk;
  auto signal = limit(sample("one", Action::buy, "1"), "90");
  signal.time_in_force = model::TimeInForce::ioc;
  desk.venue.faults = {Fault::rests};
  desk.run(signal);
  CHECK(desk.venue.sent.front().time_in_force == model::TimeInForce::ioc);
  desk.venue.orders.begin()->second.state = model::OrderState::expired;
  desk.venue.update(desk.venue.requests.front());
  desk.settle();
  CHECK(desk.order_states("one") == "expired");
  CHECK(desk.signal_state("one") == "done");
  CHECK(desk.held("BTCUSDT").is_zero());
  CHECK(desk.broken() == Strings());
}

TEST_CASE("resting: an order type the venue lacks is refused by name, nothing is sent") {
  TradingDesk desk;
  auto signal = limit(sample("one", Action::buy, "1"), "90");
  signal.order_type = OrderType::stop_limit;
  signal.stop_price = dec("95");
  CHECK(desk.run(signal) == Ending::refused);
  CHECK(desk.signal_reason("one") == "order_type_unsupported");
  CHECK(desk.venue.requests.empty());
}

TEST_CASE("resting: it survives a restart") {
  TradingDesk desk;
  desk.run(limit(sample("one", Action::buy, "1"), "90"));
  desk.executor.reset();  // its last act is to let go of the venue's updates
  desk.start();
  desk.settle();
  CHECK(desk.order_states("one") == "accepted");
  desk.venue.fill_resting(desk.venue.sent.front(), true);
  desk.settle();
  CHECK(desk.signal_state("one") == "done");
  CHECK(desk.venue.requests.size() == 1);
}

// ---- Cancelled

TEST_CASE(
    "resting: cancel with a symbol takes back that instrument's orders of its own strategy, and no others") {
  TradingDesk desk;
  desk.run(limit(sample("one", Action::buy, "1"), "90"));
  desk.run(limit(sample("two", Action::buy, "1"), "80"));
  desk.run(limit(sample("eth", Action::buy, "1", "ETHUSDT"), "90"));
  desk.run(limit(sample("other", Action::buy, "1", "BTCUSDT", "other"), "90"));
  CHECK(desk.run(sample("cancel", Action::cancel, "")) == Ending::done);
  CHECK(desk.order_states("one") == "cancelled");
  CHECK(desk.order_states("two") == "cancelled");
  CHECK(desk.order_states("eth") == "accepted");
  CHECK(desk.order_states("other") == "accepted");
  CHECK(desk.signal_state("one") == "done");
  CHECK(desk.venue.cancels == 2);
  CHECK(desk.broken() == Strings());
}

TEST_CASE("resting: cancel without a symbol takes back all that the strategy has resting at its venue") {
  FakeVenue second("second");
  TradingDesk desk;
  desk.settings.venues = {&desk.venue, &second};
  desk.start();
  desk.run(limit(sample("one", Action::buy, "1"), "90"));
  desk.run(limit(sample("eth", Action::buy, "1", "ETHUSDT"), "90"));
  desk.run(limit(sample("other", Action::buy, "1", "BTCUSDT", "other"), "90"));
  desk.rules["ma_cross_v1"].venue = "second";
  desk.run(limit(sample("elsewhere", Action::buy, "1"), "90"));
  desk.rules.clear();
  CHECK(desk.run(SampleSignal{"cancel", Action::cancel, "", "", ""}) == Ending::done);
  CHECK(desk.order_states("one") == "cancelled");
  CHECK(desk.order_states("eth") == "cancelled");
  CHECK(desk.order_states("other") == "accepted");
  CHECK(desk.order_states("elsewhere") == "accepted");
}

TEST_CASE("resting: a cancel that finds nothing to cancel ends well and says so") {
  TradingDesk desk;
  CHECK(desk.run(sample("cancel", Action::cancel, "")) == Ending::done);
  CHECK(desk.signal_reason("cancel") == "nothing_to_cancel");
  CHECK(desk.venue.cancels == 0);
  CHECK(desk.told.refusals.empty());
}

TEST_CASE("resting: a cancel whose answers are lost is asked again until the order is gone") {
  TradingDesk desk;
  desk.run(limit(sample("one", Action::buy, "1"), "90"));
  desk.venue.failing_cancels = 3;
  desk.run(sample("cancel", Action::cancel, ""));
  CHECK(desk.signal_state("cancel") == "claimed");
  advance(desk, 10);
  CHECK(desk.venue.cancels == 4);
  CHECK(desk.order_states("one") == "cancelled");
  CHECK(desk.signal_state("cancel") == "done");
  CHECK(desk.broken() == Strings());
}

TEST_CASE("resting: a cancel that meets a fill keeps the fill, and is done") {
  TradingDesk desk;
  desk.run(limit(sample("one", Action::buy, "1"), "90"));
  desk.venue.fill_resting(desk.venue.sent.front());  // nobody has told us
  CHECK(desk.run(sample("cancel", Action::cancel, "")) == Ending::done);
  CHECK(desk.order_states("one") == "filled");
  CHECK(desk.held("BTCUSDT") == dec("1"));
  CHECK(desk.broken() == Strings());
}

TEST_CASE("resting: a cancel of an order that filled in part keeps the part") {
  TradingDesk desk;
  desk.venue.faults = {Fault::fills_half};
  desk.run(sample("one", Action::buy, "1"));
  CHECK(desk.run(sample("cancel", Action::cancel, "")) == Ending::done);
  CHECK(desk.order_states("one") == "cancelled");
  CHECK(desk.signal_state("one") == "done");
  CHECK(desk.held("BTCUSDT") == dec("0.5"));
  CHECK(desk.broken() == Strings());
}

TEST_CASE(
    "resting: a cancel that never succeeds is given up after its bound: cancel_failed, and the order rests "
    "on") {
  TradingDesk desk;
  desk.run(limit(sample("one", Action::buy, "1"), "90"));
  desk.venue.failing_cancels = 1'000;
  desk.run(sample("cancel", Action::cancel, ""));
  advance(desk, 60);
  CHECK(desk.venue.cancels == 8);
  CHECK(desk.signal_state("cancel") == "refused");
  CHECK(desk.signal_reason("cancel") == "cancel_failed");
  CHECK(desk.order_states("one") == "accepted");
  CHECK_FALSE(desk.told.warnings.empty());
  desk.venue.failing_cancels = 0;  // and another one may still succeed
  CHECK(desk.run(sample("again", Action::cancel, "")) == Ending::done);
  CHECK(desk.order_states("one") == "cancelled");
}

TEST_CASE("resting: a cancel goes on after a restart") {
  TradingDesk desk;
  desk.run(limit(sample("one", Action::buy, "1"), "90"));
  desk.venue.failing_cancels = 1;
  desk.run(sample("cancel", Action::cancel, ""));
  desk.start();
  desk.settle();
  advance(desk, 10);
  CHECK(desk.order_states("one") == "cancelled");
  CHECK(desk.signal_state("cancel") == "done");
}

// ---- Counted by what comes after

TEST_CASE("resting: a target cancels what rests in its lane before it trades to the new position") {
  TradingDesk desk;
  desk.default_rules.follows_position = true;
  desk.venue.faults = {Fault::fills_half};
  desk.run(stands_at("one", "2", 1));
  CHECK(desk.held("BTCUSDT") == dec("1"));
  CHECK(desk.run(stands_at("two", "3", 2)) == Ending::done);
  CHECK(desk.order_states("one") == "cancelled");
  CHECK(desk.held("BTCUSDT") == dec("3"));
  CHECK(desk.venue.sent.back().quantity == dec("2"));
  CHECK(desk.broken() == Strings());
}

TEST_CASE("resting: a target whose cancel meets a fill counts that fill") {
  TradingDesk desk;
  desk.default_rules.follows_position = true;
  desk.venue.faults = {Fault::rests};
  desk.run(stands_at("one", "2", 1));
  desk.venue.fill_resting(desk.venue.sent.front());
  CHECK(desk.run(stands_at("two", "3", 2)) == Ending::done);
  CHECK(desk.venue.sent.back().quantity == dec("1"));
  CHECK(desk.venue.held["BTCUSDT"] == dec("3"));
}

TEST_CASE("resting: an exit cancels what rests to close first, and takes all of it") {
  for (const auto market : {model::Market::spot, model::Market::perp}) {
    TradingDesk desk;
    const auto place = [&](SampleSignal what) {
      what.market = market;
      return what;
    };
    desk.run(place(sample("entry", Action::buy, "1")));
    desk.run(limit(place(sample("part", Action::sell, "0.4")), "120"));
    desk.run(limit(place(sample("more", Action::buy, "1")), "90"));
    CHECK(desk.run(place(sample("close", Action::close_long, ""))) == Ending::done);
    CHECK(desk.order_states("part") == "cancelled");
    CHECK(desk.order_states("more") == "accepted");  // it closes nothing
    CHECK(desk.venue.sent.back().quantity == dec("1"));
    CHECK(desk.held(desk.venue.sent[0].instrument).is_zero());
    CHECK(desk.run(place(sample("again", Action::close_long, ""))) == Ending::refused);
    CHECK(desk.signal_reason("again") == "nothing_to_close");
    CHECK(desk.broken() == Strings());
  }
}

TEST_CASE(
    "resting: an exit of what open orders leave lets them rest, and one that rests itself stands beside them") {
  for (const auto market : {model::Market::spot, model::Market::perp}) {
    TradingDesk desk;
    const auto place = [&](SampleSignal what) {
      what.market = market;
      return what;
    };
    desk.run(place(sample("entry", Action::buy, "1")));
    desk.run(limit(place(sample("part", Action::sell, "0.4")), "120"));
    CHECK(desk.run(place(sample("some", Action::close_long, "0.6"))) == Ending::done);
    CHECK(desk.order_states("part") == "accepted");
    CHECK(desk.venue.sent.back().quantity == dec("0.6"));
    CHECK(desk.run(limit(place(sample("other", Action::close_long, "0.4")), "110")) == Ending::refused);
    CHECK(desk.signal_reason("other") == "bound_by_orders");
    CHECK(desk.order_states("part") == "accepted");
    CHECK(desk.run(place(sample("sell", Action::sell, "0.4"))) == Ending::done);
    CHECK(desk.order_states("part") == "cancelled");
    CHECK(desk.held(desk.venue.sent[0].instrument).is_zero());
    CHECK(desk.broken() == Strings());
  }
}

TEST_CASE("resting: pyramiding counts entries into one position, those that rest among them") {
  TradingDesk desk;
  desk.default_rules.pyramiding = 2;
  desk.run(sample("one", Action::buy, "1"));
  desk.run(limit(sample("two", Action::buy, "1"), "90"));
  CHECK(desk.run(sample("three", Action::buy, "1")) == Ending::refused);
  CHECK(desk.signal_reason("three") == "pyramiding");
  desk.start();
  desk.settle();
  CHECK(desk.run(sample("four", Action::buy, "1")) == Ending::refused);
  CHECK(desk.run(sample("sell", Action::sell, "0.5")) == Ending::done);  // no entry
  desk.run(sample("cancel", Action::cancel, ""));
  CHECK(desk.run(sample("five", Action::buy, "1")) == Ending::done);
  desk.run(sample("close", Action::close_long, ""));
  CHECK(desk.run(sample("six", Action::buy, "1")) == Ending::done);  // flat: it begins anew
}

// ---- max_slippage

TEST_CASE(
    "resting: max_slippage makes a market entry a limit one on the tick, for now or never; exits stay market") {
  TradingDesk desk;
  desk.default_rules.max_slippage = dec("0.5");
  desk.venue.filters = [](model::Instrument instrument) {
    instrument.price_tick = dec("0.2");
    return instrument;
  };
  CHECK(desk.run(sample("entry", Action::buy, "1")) == Ending::done);
  CHECK(desk.venue.sent.back().type == OrderType::limit);
  CHECK(desk.venue.sent.back().limit_price == dec("100.4"));
  CHECK(desk.venue.sent.back().time_in_force == model::TimeInForce::ioc);
  CHECK(desk.run(sample("exit", Action::close_long, "")) == Ending::done);
  CHECK(desk.venue.sent.back().type == OrderType::market);
  CHECK_FALSE(desk.venue.sent.back().limit_price.has_value());
}

TEST_CASE("resting: under max_slippage a reversal is two orders: out at any price, then in within the bound") {
  TradingDesk desk;
  desk.default_rules.max_slippage = dec("0.5");
  desk.run(perpetual(sample("entry", Action::buy, "1")));
  CHECK(desk.run(perpetual(sample("turn", Action::sell, "3"))) == Ending::done);
  REQUIRE(desk.venue.sent.size() == 3);
  CHECK(desk.venue.sent[1].type == OrderType::market);
  CHECK(desk.venue.sent[1].quantity == dec("1"));
  CHECK(desk.venue.sent[1].reduce_only);
  CHECK(desk.venue.sent[2].type == OrderType::limit);
  CHECK(desk.venue.sent[2].limit_price == dec("99.5"));
  CHECK(desk.venue.sent[2].quantity == dec("2"));
  CHECK(desk.held("BTCUSDT.P") == dec("-2"));
  CHECK(desk.broken() == Strings());
}

// ---- Reversals that are two orders

namespace {

struct ReversalDesk : TradingDesk {
  ReversalDesk() {
    venue.abilities.nets_reversals = false;
    executor.reset();  // its last act is to let go of the venue's updates
    start();
    run(perpetual(sample("entry", Action::buy, "1")));
  }
  Ending turn() { return run(perpetual(sample("turn", Action::sell, "3"))); }
  std::string entry_reason() {
    return one("SELECT reason FROM intents WHERE leg = 'entry' AND signal_id = '" + sample_id("turn") + "'");
  }
};

}  // namespace

TEST_CASE(
    "resting: where the venue does not net reversals, the opening half waits for the closing half's answer") {
  ReversalDesk desk;
  desk.venue.holds_answers = true;
  desk.turn();
  REQUIRE(desk.venue.sent.size() == 2);
  CHECK(desk.venue.sent[1].quantity == dec("1"));
  desk.pass(seconds(60));
  CHECK(desk.venue.sent.size() == 2);
  desk.venue.answer_held();
  desk.settle();
  REQUIRE(desk.venue.sent.size() == 3);
  CHECK(desk.venue.sent[2].quantity == dec("2"));
  desk.venue.answer_held();
  desk.settle();
  CHECK(desk.held("BTCUSDT.P") == dec("-2"));
  CHECK(desk.broken() == Strings());
}

TEST_CASE("resting: the opening half waits for the closing half to fill, not only to be accepted") {
  ReversalDesk desk;
  desk.venue.faults = {Fault::rests};
  desk.turn();
  desk.pass(seconds(1));
  CHECK(desk.venue.sent.size() == 2);
  desk.venue.fill_resting(desk.venue.sent[1], true);
  desk.settle();
  CHECK(desk.venue.sent.size() == 3);
  CHECK(desk.held("BTCUSDT.P") == dec("-2"));
}

TEST_CASE("resting: when the closing half does not fill, the opening half is dropped: close_failed") {
  ReversalDesk refused;
  refused.venue.faults = {Fault::refused};
  CHECK(refused.turn() == Ending::refused);
  CHECK(refused.entry_reason() == "close_failed");
  CHECK(refused.venue.sent.size() == 2);
  CHECK(refused.held("BTCUSDT.P") == dec("1"));
  CHECK(refused.broken() == Strings());

  ReversalDesk half;
  half.venue.faults = {Fault::fills_half};
  half.turn();
  half.venue.cancel_resting(half.venue.requests.back());
  half.venue.update(half.venue.requests.back());
  half.settle();
  CHECK(half.entry_reason() == "close_failed");
  CHECK(half.venue.sent.size() == 2);
  CHECK(half.held("BTCUSDT.P") == dec("0.5"));
  CHECK(half.broken() == Strings());
}

TEST_CASE("resting: a restart between the halves of a reversal sends the second once") {
  ReversalDesk desk;
  desk.venue.faults = {Fault::reply_lost};
  desk.turn();
  desk.start();
  desk.settle();
  desk.recover();
  CHECK(desk.venue.sent.size() == 3);
  CHECK(desk.held("BTCUSDT.P") == dec("-2"));
  CHECK(desk.broken() == Strings());
}

TEST_CASE("resting: a limit price below one tick is refused by name, not sent as zero") {
  TradingDesk desk;
  desk.venue.filters = [](model::Instrument instrument) {
    instrument.price_tick = dec("0.5");
    return instrument;
  };
  CHECK(desk.run(limit(sample("one", Action::buy, "1"), "0.3")) == Ending::refused);
  CHECK(desk.venue.requests.empty());
}
