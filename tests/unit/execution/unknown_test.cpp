// An outcome that is not known: found, or proven absent; and what a venue tells, in whatever order.
#include "support/catch.hpp"
#include "support/trading_desk.hpp"

namespace {

using namespace tvh;
using namespace tvh::test;
using model::Action;
using tvh::test::Ending;
using Fault = FakeVenue::Fault;
using Strings = std::vector<std::string>;
using std::chrono::hours;
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

// A wall that can jump while time goes on as ever.
class JumpingClock final : public Clock {
 public:
  TimePoint now() const override { return at_second(1) + gone_ + jumped; }
  std::chrono::steady_clock::time_point steady() const override {
    gone_ += std::chrono::microseconds(1);
    return std::chrono::steady_clock::time_point(seconds(1000) + gone_);
  }
  void pass(Nanoseconds time) { gone_ += time; }
  Nanoseconds jumped{};

 private:
  mutable Nanoseconds gone_{};
};

}  // namespace

// ---- Found, or proven absent

TEST_CASE("unknown: before the fence absence proves nothing, however often it is seen") {
  TradingDesk desk;
  desk.venue.abilities.fence = seconds(10);
  desk.start();
  desk.venue.faults = {Fault::request_lost};
  desk.run(buy());
  for (int second = 0; second < 9; ++second) {
    desk.pass(seconds(1));
    CHECK(desk.recover() == 1);
  }
  CHECK(desk.venue.requests.size() == 1);
  desk.pass(seconds(2));
  desk.recover();
  CHECK(desk.venue.requests.size() == 2);
  CHECK(desk.events() == "submit lose resend fill_all");
  CHECK(desk.broken() == Strings());
}

TEST_CASE("unknown: a look that left before the fence does not count, whenever its answer comes") {
  TradingDesk desk;
  desk.venue.abilities.fence = seconds(10);
  desk.start();
  desk.venue.faults = {Fault::request_lost};
  desk.run(buy());
  desk.pass(milliseconds(9'990));
  desk.recover();
  desk.pass(milliseconds(1));
  CHECK(desk.venue.requests.size() == 1);
}

TEST_CASE("unknown: where orders become visible late, absence is asked for twice") {
  TradingDesk desk;
  desk.venue.abilities.visibility_lag = seconds(2);
  desk.start();
  desk.venue.faults = {Fault::request_lost};
  desk.run(buy());
  desk.pass(milliseconds(2'100));
  CHECK(desk.venue.requests.size() == 1);
  desk.pass(milliseconds(1'900));
  CHECK(desk.venue.requests.size() == 1);
  desk.pass(milliseconds(200));
  CHECK(desk.venue.requests.size() == 2);
}

TEST_CASE("unknown: an order that is invisible for a while is found, not sent again") {
  TradingDesk desk;
  desk.venue.abilities.fence = seconds(5);
  desk.venue.abilities.visibility_lag = seconds(2);
  desk.start();
  desk.venue.faults = {Fault::reply_lost};
  desk.venue.invisible_queries = 1'000'000;
  desk.run(buy());
  const TimePoint shown = desk.clock.now() + milliseconds(6'900);
  while (desk.clock.now() < shown) desk.pass(milliseconds(100));
  desk.venue.invisible_queries = 0;
  for (int wait = 0; wait < 50; ++wait) desk.pass(milliseconds(100));
  CHECK(desk.order_states("one") == "filled");
  CHECK(desk.venue.requests.size() == 1);
  CHECK(desk.held("BTCUSDT") == dec("1"));
}

TEST_CASE("unknown: one look that misses the order after the lag is not enough to send it again") {
  TradingDesk desk;
  desk.venue.abilities.visibility_lag = seconds(2);
  desk.start();
  desk.venue.faults = {Fault::reply_lost};
  desk.venue.failing_queries = 1'000'000;
  desk.run(buy());
  desk.pass(seconds(3));
  desk.venue.failing_queries = 0;
  desk.venue.invisible_queries = 1;
  desk.recover();
  advance(desk, 5);
  CHECK(desk.venue.requests.size() == 1);
  CHECK(desk.order_states("one") == "filled");
}

TEST_CASE("unknown: past the venue's memory for ids absence proves nothing: it stays unknown, told once") {
  TradingDesk desk;
  desk.venue.abilities.fence = seconds(10);
  desk.venue.abilities.id_memory = hours(1);
  desk.start();
  desk.venue.faults = {Fault::reply_lost};
  desk.venue.failing_queries = 1'000'000;
  desk.run(buy());
  const auto warned = desk.told.warnings.size();
  desk.pass(hours(2));
  desk.venue.failing_queries = 0;
  desk.venue.invisible_queries = 1'000'000;
  for (int look = 0; look < 20; ++look) desk.pass(seconds(60));
  CHECK(desk.order_states("one") == "unknown");
  CHECK(desk.venue.requests.size() == 1);
  REQUIRE(desk.told.warnings.size() == warned + 1);
  CHECK(desk.told.warnings.back().find(desk.venue.requests.front()) != std::string::npos);
  CHECK(desk.run(buy("two")) == Ending::waits);  // its lane is blocked

  desk.start();  // a restart does not forget when it was sent
  for (int look = 0; look < 20; ++look) desk.pass(seconds(60));
  CHECK(desk.venue.requests.size() == 1);

  desk.venue.invisible_queries = 0;  // found after all
  desk.recover();
  CHECK(desk.order_states("one") == "filled");
}

TEST_CASE("unknown: the memory for ids must cover the first sending, not only the last") {
  TradingDesk desk;
  desk.venue.abilities.fence = seconds(1);
  desk.venue.abilities.id_memory = seconds(3600);
  desk.start();
  desk.venue.faults = {Fault::request_lost, Fault::request_lost};
  desk.run(buy());
  desk.pass(seconds(2));
  CHECK(desk.venue.requests.size() == 2);
  desk.venue.failing_queries = 1'000'000;
  desk.pass(seconds(3'599));  // of the last sending it is not over yet
  desk.venue.failing_queries = 0;
  desk.recover();
  advance(desk, 5);
  CHECK(desk.venue.requests.size() == 2);
}

TEST_CASE("unknown: each sending is proven absent by two looks of its own") {
  TradingDesk desk;
  desk.venue.abilities.fence = seconds(1);
  desk.venue.abilities.visibility_lag = seconds(1);
  desk.start();
  desk.venue.faults = {Fault::request_lost, Fault::reply_lost};
  desk.run(buy());
  for (int step = 0; step < 20 && desk.venue.requests.size() < 2; ++step) advance(desk);
  REQUIRE(desk.venue.requests.size() == 2);
  desk.venue.failing_queries = 1'000'000;  // until its fence is over
  advance(desk, 8);
  desk.venue.failing_queries = 0;
  desk.venue.invisible_queries = 1;
  advance(desk, 60);
  CHECK(desk.venue.requests.size() == 2);
  CHECK(desk.order_states("one") == "filled");
}

TEST_CASE("unknown: what never arrives is sent a bounded number of times and ends not_delivered") {
  TradingDesk desk;
  desk.venue.faults.assign(100, Fault::request_lost);
  desk.run(buy());
  advance(desk, 100);
  CHECK(desk.venue.requests.size() == 4);
  CHECK(desk.order_states("one") == "absent");
  CHECK(desk.signal_state("one") == "refused");
  CHECK(desk.signal_reason("one") == "not_delivered");
  CHECK(desk.broken() == Strings());
}

TEST_CASE("unknown: the fence begins where the request may have left, however long its commit took") {
  TradingDesk desk;
  desk.venue.abilities.fence = seconds(10);
  desk.settings.at_step = [&](std::string_view step) {
    if (step == "intent_committed") desk.clock.set(desk.clock.now() + seconds(20));
  };
  desk.start();
  desk.venue.faults = {Fault::request_lost};
  desk.run(buy());
  desk.settings.at_step = {};
  desk.pass(seconds(9));
  CHECK(desk.recover() == 1);
  CHECK(desk.venue.requests.size() == 1);
}

TEST_CASE("unknown: what was turned away before a restart is not taken for lost after it") {
  TradingDesk desk;
  desk.venue.faults = {Fault::throttled, Fault::throttled, Fault::throttled, Fault::throttled,
                       Fault::request_lost};
  desk.run(buy());
  for (int tries = 0; desk.venue.requests.size() < 5 && tries < 20; ++tries) advance(desk);
  desk.start();
  advance(desk, 20);
  CHECK(desk.venue.requests.size() == 6);
  CHECK(desk.order_states("one") == "filled");
}

TEST_CASE("unknown: what rested and is not shown any more is told once, and does not hold an exit up") {
  TradingDesk desk;
  desk.run(buy("held"));
  desk.venue.faults = {Fault::rests};
  SampleSignal profit{"profit", Action::sell, "BTCUSDT", "1", "100"};
  desk.run(profit);
  const std::string id = desk.venue.requests.back();
  desk.venue.orders.erase(id);
  const auto warnings = desk.told.warnings.size();
  advance(desk, 30);
  CHECK(desk.told.warnings.size() == warnings + 1);
  desk.run(SampleSignal{"exit", Action::close_long, "BTCUSDT", "", "100"});
  CHECK(desk.signal_state("exit") == "done");
  CHECK(desk.venue.held["BTCUSDT"].is_zero());
  // A cancel does not wait for it for ever either.
  desk.run(SampleSignal{"cancel", Action::cancel, "BTCUSDT", "", ""});
  advance(desk, 5);
  CHECK(desk.signal_reason("cancel") == "cancel_failed");
}

TEST_CASE("unknown: what rested until the venue forgot it has ended without a fill") {
  TradingDesk desk;
  desk.venue.abilities.id_memory = hours(72);
  desk.start();
  desk.venue.faults = {Fault::rests};
  desk.run(buy());
  desk.clock.set(desk.clock.now() + hours(73));
  desk.venue.orders.clear();
  desk.start();
  advance(desk, 10);
  CHECK(desk.order_states("one") == "expired");
  CHECK(desk.signal_state("one") == "done");
}

TEST_CASE("unknown: a wall clock that is set forward does not shorten the fence") {
  TradingDesk desk;
  desk.venue.abilities.fence = seconds(10);
  JumpingClock clock;
  desk.start();
  execution::Executor executor(desk.keeper, clock, desk.settings, desk.told);
  expect(executor.start());
  desk.venue.faults = {Fault::request_lost};
  value_of(executor.give(make_signal(buy())));
  expect(executor.run_until_idle());
  clock.jumped = hours(1);
  for (int second = 0; second < 9; ++second) {
    clock.pass(seconds(1));
    executor.look_now();
    expect(executor.run_until_idle());
  }
  CHECK(desk.venue.requests.size() == 1);
  clock.pass(seconds(2));
  executor.look_now();
  expect(executor.run_until_idle());
  CHECK(desk.venue.requests.size() == 2);
}

TEST_CASE("unknown: a restart waits for the fence again, wherever the wall clock stands by then") {
  TradingDesk desk;
  desk.venue.abilities.fence = seconds(10);
  desk.start();
  desk.venue.faults = {Fault::request_lost};
  desk.run(buy());
  JumpingClock clock;
  clock.jumped = hours(1);
  execution::Executor executor(desk.keeper, clock, desk.settings, desk.told);
  expect(executor.start());
  for (int second = 0; second < 9; ++second) {
    clock.pass(seconds(1));
    executor.look_now();
    expect(executor.run_until_idle());
  }
  CHECK(desk.venue.requests.size() == 1);
  clock.pass(seconds(2));
  executor.look_now();
  expect(executor.run_until_idle());
  CHECK(desk.venue.requests.size() == 2);
}

TEST_CASE("unknown: a wall clock that is set back does not lengthen the venue's memory") {
  TradingDesk desk;
  desk.venue.abilities.id_memory = hours(1);
  JumpingClock clock;
  desk.start();
  execution::Executor executor(desk.keeper, clock, desk.settings, desk.told);
  expect(executor.start());
  desk.venue.faults = {Fault::reply_lost};
  desk.venue.failing_queries = 1'000'000;
  value_of(executor.give(make_signal(buy())));
  expect(executor.run_until_idle());
  clock.pass(hours(2));
  clock.jumped = -hours(2);
  desk.venue.failing_queries = 0;
  desk.venue.invisible_queries = 1'000'000;
  executor.look_now();
  expect(executor.run_until_idle());
  CHECK(desk.venue.requests.size() == 1);
}

// ---- What a venue tells, in whatever order

TEST_CASE("unknown: a fill that is told before the answer to its submit counts once") {
  TradingDesk desk;
  desk.venue.faults = {Fault::told_first};
  CHECK(desk.run(buy()) == Ending::done);
  CHECK(desk.held("BTCUSDT") == dec("1"));
  CHECK(desk.one("SELECT count(*) FROM fills") == "1");
  CHECK(desk.told.orders.size() == 1);
  CHECK(desk.broken() == Strings());
}

TEST_CASE("unknown: a fill that is told first stands, when the answer to its submit is lost, or says no") {
  for (const bool refuses : {false, true}) {
    TradingDesk desk;
    desk.venue.holds_answers = true;
    desk.venue.faults = {refuses ? Fault::refused : Fault::reply_lost};
    desk.run(buy());
    const std::string id = desk.venue.requests.front();
    model::OrderReport report;
    report.venue_order_id = "1000";
    report.state = model::OrderState::filled;
    report.filled_quantity = dec("1");
    model::Fill fill{id,       "fake",     "BTCUSDT", "1000", "t1",        model::Side::buy,
                     dec("1"), dec("100"), {},        "USDT", at_second(1)};
    report.fills = {fill};
    desk.venue.orders[id] = report;
    desk.venue.update(id);
    desk.settle();
    desk.venue.answer_held();
    desk.settle();
    desk.recover();
    CHECK(desk.order_states("one") == "filled");
    CHECK(desk.held("BTCUSDT") == dec("1"));
    CHECK(desk.broken() == Strings());
  }
}

TEST_CASE("unknown: updates that come twice or out of order change nothing") {
  TradingDesk desk;
  desk.venue.faults = {Fault::fills_half};
  desk.run(buy());
  const std::string id = desk.venue.requests.front();
  const model::OrderReport half = desk.venue.orders.at(id);
  desk.venue.update(id);
  desk.venue.update(id);
  desk.settle();
  CHECK(desk.held("BTCUSDT") == dec("0.5"));
  desk.venue.fill_resting(desk.venue.sent.front(), true);
  desk.venue.update(id);
  const model::OrderReport whole = desk.venue.orders.at(id);
  desk.venue.orders[id] = half;
  desk.venue.update(id);
  desk.venue.orders[id] = whole;
  desk.settle();
  CHECK(desk.order_states("one") == "filled");
  CHECK(desk.held("BTCUSDT") == dec("1"));
  CHECK(desk.one("SELECT count(*) FROM fills") == "2");
  CHECK(desk.events() == "submit fill_part fill_all");
  CHECK(desk.told.warnings.empty());
  CHECK(desk.broken() == Strings());
}

TEST_CASE("unknown: a report that tells of more than it carries is asked again before its end is believed") {
  for (const auto end : {model::OrderState::filled, model::OrderState::cancelled}) {
    TradingDesk desk;
    desk.venue.faults = {Fault::rests};
    desk.run(buy());
    const std::string id = desk.venue.requests.front();
    desk.venue.fill_resting(desk.venue.sent.front());
    model::OrderReport whole = desk.venue.orders.at(id);
    whole.state = end;
    model::OrderReport bare = whole;
    bare.fills.clear();
    desk.venue.orders[id] = bare;
    desk.venue.update(id);
    desk.venue.failing_queries = 1;
    desk.settle();
    CHECK(desk.signal_state("one") == "claimed");
    CHECK(desk.held("BTCUSDT").is_zero());
    desk.venue.orders[id] = whole;
    advance(desk, 3);
    CHECK(desk.signal_state("one") == "done");
    CHECK(desk.held("BTCUSDT") == dec("1"));
    CHECK(desk.broken() == Strings());
  }
}

TEST_CASE("unknown: a fill of an order that has ended changes the position, not the order, and is told") {
  TradingDesk desk;
  desk.venue.faults = {Fault::rests};
  desk.run(buy());
  desk.venue.cancel_resting(desk.venue.requests.front());
  desk.recover();
  REQUIRE(desk.order_states("one") == "cancelled");
  desk.venue.fill_resting(desk.venue.sent.front(), true);
  desk.venue.update(desk.venue.requests.front());
  desk.settle();
  CHECK(desk.order_states("one") == "cancelled");
  CHECK(desk.held("BTCUSDT") == dec("1"));
  CHECK(desk.one("SELECT count(*) FROM fills") == "1");
  REQUIRE(desk.told.warnings.size() == 1);
  CHECK(desk.told.warnings.front().find(desk.venue.requests.front()) != std::string::npos);
  CHECK(desk.broken() == Strings());
  desk.run(SampleSignal{"close", Action::close_long, "BTCUSDT", "", "100"});
  CHECK(desk.venue.held["BTCUSDT"].is_zero());
}

TEST_CASE("unknown: an order that is refused after it was taken ends refused, with its signal") {
  TradingDesk desk;
  desk.venue.faults = {Fault::rests};
  desk.run(buy());
  desk.venue.orders.begin()->second.state = model::OrderState::refused;
  desk.venue.update(desk.venue.requests.front());
  desk.settle();
  CHECK(desk.order_states("one") == "refused");
  CHECK(desk.signal_state("one") == "refused");
  CHECK(desk.signal_reason("one") == "refused_later");
  CHECK(desk.told.refusals.size() == 1);
  CHECK(desk.broken() == Strings());
}
