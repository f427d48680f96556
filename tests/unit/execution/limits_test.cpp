// The circuit breaker in the executor's hands, and limits against what rests and what is not known.
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

// Each in a lane of its own unless told otherwise: the symbol is the name's.
SampleSignal buy(const std::string& name, const std::string& symbol = "", const std::string& quantity = "1",
                 const std::string& strategy = "a") {
  return {name, Action::buy, symbol.empty() ? name + "USDT" : symbol, quantity, "100", strategy};
}
SampleSignal close_long(const std::string& name, const std::string& symbol) {
  return {name, Action::close_long, symbol, "", "100", "a"};
}
model::Signal limit(const SampleSignal& what, const char* price) {
  auto signal = make_signal(what);
  signal.order_type = model::OrderType::limit;
  signal.limit_price = dec(price);
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

struct BreakerDesk : TradingDesk {
  BreakerDesk() {
    settings.rules.breakers["fake"] = {3, seconds(300), seconds(300)};
    start();
    run(buy("HELD"));
  }
  void fail(int times) {
    for (int order = 0; order < times; ++order) {
      venue.faults = {Fault::refused};
      run(buy("F" + std::string(1, char('A' + failed_++))));
    }
  }
  std::string entry(const std::string& name) {
    run(buy(name));
    return signal_reason(name).empty() ? signal_state(name) : signal_reason(name);
  }

 private:
  int failed_ = 0;
};

struct LimitDesk : TradingDesk {
  explicit LimitDesk(const char* max_position) {
    settings.rules.risk.overall.emplace().max_position = dec(max_position);
    start();
  }
};

}  // namespace

TEST_CASE(
    "limits: so many orders in a row that the venue refuses open the breaker: entries end circuit_open "
    "unsent") {
  BreakerDesk desk;
  desk.fail(2);
  CHECK(desk.entry("OK") == "done");
  desk.fail(3);
  const auto requests = desk.venue.requests.size();
  CHECK(desk.entry("ONE") == "circuit_open");
  CHECK(desk.venue.requests.size() == requests);
  CHECK(desk.told.warnings.size() == 1);
  CHECK(desk.broken() == Strings());
}

TEST_CASE("limits: orders whose answer is lost, or that are never taken, count as failures") {
  BreakerDesk desk;
  desk.venue.failing_queries = 1'000'000;
  desk.venue.faults = {Fault::reply_lost};
  desk.run(buy("LOST"));
  desk.venue.faults = {Fault::request_lost};
  desk.run(buy("GONE"));
  desk.venue.faults.assign(6, Fault::unreachable);
  desk.run(buy("FAR"));
  CHECK(desk.signal_state("FAR") == "claimed");
  while (desk.signal_state("FAR") == "claimed") desk.pass(seconds(5));
  CHECK(desk.entry("ONE") == "circuit_open");
}

TEST_CASE("limits: failures that lie further apart than the window do not open the breaker") {
  BreakerDesk desk;
  for (int order = 0; order < 6; ++order) {
    desk.fail(1);
    desk.pass(seconds(200));
  }
  CHECK(desk.entry("ONE") == "done");
}

TEST_CASE("limits: exits pass an open breaker, a reversal as far as it closes") {
  BreakerDesk desk;
  SampleSignal entry = buy("perp", "BTCUSDT");
  entry.market = model::Market::perp;
  desk.run(entry);
  desk.fail(3);
  CHECK(desk.run(SampleSignal{"close", Action::close_all, "HELDUSDT", "", "100", "a"}) == Ending::done);
  CHECK(desk.held("HELDUSDT", "a").is_zero());
}

TEST_CASE("limits: an open breaker cuts a reversal to its closing part") {
  BreakerDesk desk;
  SampleSignal entry = buy("perp", "BTCUSDT");
  entry.market = model::Market::perp;
  desk.run(entry);
  desk.fail(3);
  SampleSignal turn{"turn", Action::sell, "BTCUSDT", "3", "100", "a"};
  turn.market = model::Market::perp;
  CHECK(desk.run(turn) == Ending::done);
  CHECK(desk.held("BTCUSDT.P", "a").is_zero());
  CHECK(desk.signal_reason("turn") == "circuit_open");
}

TEST_CASE(
    "limits: after cool_down one entry is let through, and none beside it; its success closes the breaker") {
  BreakerDesk desk;
  desk.fail(3);
  desk.pass(seconds(299));
  CHECK(desk.entry("EARLY") == "circuit_open");
  desk.pass(seconds(2));
  desk.venue.holds_answers = true;
  desk.run(buy("PROBE"));
  CHECK(desk.order_states("PROBE") == "submitting");
  CHECK(desk.entry("BESIDE") == "circuit_open");
  desk.venue.holds_answers = false;
  desk.venue.answer_held();
  desk.settle();
  CHECK(desk.entry("AFTER") == "done");
  CHECK(desk.entry("NEXT") == "done");
}

TEST_CASE("limits: a probe that fails opens the breaker for another cool_down") {
  BreakerDesk desk;
  desk.fail(3);
  desk.pass(seconds(301));
  desk.fail(1);
  desk.pass(seconds(299));
  CHECK(desk.entry("EARLY") == "circuit_open");
  desk.pass(seconds(2));
  CHECK(desk.entry("PROBE") == "done");
}

TEST_CASE("limits: two entries that wait for the venue's rate are not both let through as the probe") {
  BreakerDesk desk;
  desk.fail(3);
  desk.venue.abilities.order_rate = model::Rate{1, seconds(10)};
  desk.start();
  desk.pass(seconds(301));
  desk.run(SampleSignal{"exit", Action::close_long, "HELDUSDT", "0.1", "100", "a"});  // takes the window
  const auto requests = desk.venue.requests.size();
  desk.venue.faults.assign(10, Fault::refused);
  desk.run(buy("ONE"));
  desk.run(buy("TWO"));
  advance(desk, 10);
  CHECK(desk.venue.requests.size() == requests + 1);
}

TEST_CASE("limits: a restart keeps an open breaker, and when it is to be tried") {
  BreakerDesk desk;
  desk.fail(3);
  desk.start();
  CHECK(desk.entry("ONE") == "circuit_open");
  desk.pass(seconds(301));
  CHECK(desk.entry("TWO") == "done");
}

TEST_CASE("limits: a restart while the probe is on the wire lets no second one out beside it") {
  BreakerDesk desk;
  desk.fail(3);
  desk.pass(seconds(301));
  desk.venue.holds_answers = true;
  desk.run(buy("PROBE"));
  desk.venue.failing_queries = 1'000'000;
  desk.start();
  CHECK(desk.entry("BESIDE") == "circuit_open");
  desk.venue.failing_queries = 0;
  desk.venue.holds_answers = false;
  desk.recover();
}

TEST_CASE("limits: a probe that is never taken because trading is halted leaves the next entry to try") {
  BreakerDesk desk;
  desk.fail(3);
  desk.pass(seconds(301));
  desk.venue.faults = {Fault::throttled};
  desk.run(buy("PROBE"));
  desk.halt("stop");
  desk.settle();
  CHECK(desk.signal_reason("PROBE") == "halted");
  desk.resume();
  desk.pass(seconds(5));
  CHECK(desk.entry("NEXT") == "done");
}

TEST_CASE("limits: a breaker speaks for its own venue") {
  FakeVenue second("second");
  BreakerDesk desk;
  desk.settings.venues = {&desk.venue, &second};
  desk.settings.rules.breakers["second"] = {3, seconds(300), seconds(300)};
  desk.start();
  desk.fail(3);
  desk.rules["b"].venue = "second";
  CHECK(desk.run(buy("ELSE", "", "1", "b")) == Ending::done);
}

TEST_CASE("limits: a probe that a restart finds filled closes the breaker") {
  BreakerDesk desk;
  desk.fail(3);
  desk.pass(seconds(301));
  desk.venue.holds_answers = true;
  desk.run(buy("PROBE"));
  desk.venue.holds_answers = false;
  desk.start();
  CHECK(desk.recover() == 0);
  REQUIRE(desk.order_states("PROBE") == "filled");
  desk.pass(seconds(1000));
  CHECK(desk.entry("AFTER") == "done");
}

TEST_CASE("limits: a probe whose fill is told before its answer comes closes the breaker") {
  BreakerDesk desk;
  desk.fail(3);
  desk.pass(seconds(301));
  desk.venue.faults = {Fault::told_first};
  desk.executor.reset();  // its last act is to let go of the venue's updates
  desk.start();
  CHECK(desk.entry("PROBE") == "done");
  desk.pass(seconds(1000));
  CHECK(desk.entry("AFTER") == "done");
}

// ---- At the worst

TEST_CASE("limits: an order that rests counts as filled, at its own price") {
  LimitDesk desk("150");
  desk.run(limit(buy("one", "BTCUSDT"), "90"));
  CHECK(desk.run(buy("two", "BTCUSDT", "1", "b")) == Ending::refused);
  CHECK(desk.signal_reason("two") == "max_position");
  desk.start();
  desk.settle();
  CHECK(desk.run(buy("three", "BTCUSDT", "1", "b")) == Ending::refused);
  desk.run(SampleSignal{"cancel", Action::cancel, "BTCUSDT", "", "", "a"});
  CHECK(desk.run(buy("four", "BTCUSDT", "1", "b")) == Ending::done);
}

TEST_CASE("limits: of an order that filled in part the rest counts too") {
  LimitDesk desk("250");
  desk.venue.faults = {Fault::fills_half};
  desk.run(buy("one", "BTCUSDT", "2"));
  CHECK(desk.held("BTCUSDT", "a") == dec("1"));
  CHECK(desk.run(buy("two", "BTCUSDT", "1", "b")) == Ending::refused);
  CHECK(desk.run(buy("three", "BTCUSDT", "0.5", "b")) == Ending::done);
}

TEST_CASE("limits: an exit that rests or is unknown frees nothing before it has filled") {
  for (const bool rests : {true, false}) {
    LimitDesk desk("150");
    desk.run(buy("one", "BTCUSDT"));
    desk.venue.faults = {rests ? Fault::rests : Fault::request_lost};
    desk.venue.failing_queries = 1'000'000;
    desk.run(close_long("exit", "BTCUSDT"));
    CHECK(desk.run(buy("two", "BTCUSDT", "1", "b")) == Ending::refused);
    CHECK(desk.signal_reason("two") == "max_position");
  }
}

TEST_CASE("limits: an unknown order counts over a restart, with or without a price in its alert") {
  for (const char* price : {"100", ""}) {
    LimitDesk desk("150");
    desk.venue.prices["BTCUSDT"] = dec("100");
    desk.venue.faults = {Fault::reply_lost};
    desk.venue.failing_queries = 1'000'000;
    SampleSignal one = buy("one", "BTCUSDT");
    one.price = price;
    desk.run(one);
    desk.start();
    CHECK(desk.run(buy("two", "BTCUSDT", "1", "b")) == Ending::refused);
    CHECK(desk.signal_reason("two") == "max_position");
  }
}

TEST_CASE("limits: after a restart what is held counts at the latest price, not at what it was bought for") {
  TradingDesk desk;
  desk.settings.rules.risk.venues["fake"].max_position = dec("150");
  desk.venue.prices = {{"BTCUSDT", dec("100")}, {"ETHUSDT", dec("60")}};
  desk.start();
  SampleSignal one = buy("one", "BTCUSDT");
  one.price = "50";  // filled there, and worth twice as much
  CHECK(desk.run(one) == Ending::done);
  for (const bool restarts : {false, true}) {
    if (restarts) desk.start();
    const std::string name = restarts ? "after" : "before";
    CHECK(desk.run(buy(name, "ETHUSDT")) == Ending::refused);
    CHECK(desk.signal_reason(name) == "max_position");
  }
}

TEST_CASE("limits: after a restart a sell that is under way counts at the market, not at its own lower limit") {
  TradingDesk desk;
  desk.default_rules.max_slippage = dec("10");
  desk.settings.rules.risk.venues["fake"].max_position = dec("150");
  desk.venue.prices = {{"BTCUSDT.P", dec("100")}, {"ETHUSDT", dec("50")}};
  desk.start();
  desk.venue.faults = {Fault::request_lost};
  desk.venue.failing_queries = 1'000'000;
  SampleSignal one{"one", Action::sell, "BTCUSDT", "1", "100", "a", model::Market::perp};
  CHECK(desk.run(one) == Ending::unknown);
  for (const bool restarts : {false, true}) {
    if (restarts) desk.start();
    const std::string name = restarts ? "after" : "before";
    CHECK(desk.run(buy(name, "ETHUSDT")) == Ending::refused);  // at its bound of 55
    CHECK(desk.signal_reason(name) == "max_position");
  }
}

TEST_CASE("limits: an order counts for as much as it was judged at, whatever names its price") {
  const auto resting = [](const char* name, Action action, const char* price, bool stops) {
    auto signal = make_signal({name, action, "BTCUSDT", "1", "", "a", model::Market::perp});
    signal.order_type = stops ? model::OrderType::stop : model::OrderType::limit;
    (stops ? signal.stop_price : signal.limit_price) = dec(price);
    return signal;
  };
  for (const bool knows_price : {true, false}) {
    for (const auto& [action, price, stops] :
         {std::tuple(Action::sell, "120", false), std::tuple(Action::buy, "120", true),
          std::tuple(Action::buy, "120", false)}) {
      if (stops && !knows_price) continue;  // refused: nothing says what it is worth
      INFO((knows_price ? "with" : "without")
           << " a price, " << to_text(action) << (stops ? " stop" : " limit"));
      LimitDesk desk("230");
      if (knows_price) desk.venue.prices["BTCUSDT.P"] = dec("100");
      CHECK(desk.run(resting("one", action, price, stops)) == Ending::resting);
      auto second = buy("two", "BTCUSDT", "1.11", "a");
      second.action = action;
      second.market = model::Market::perp;
      CHECK(desk.run(second) == Ending::refused);  // 120 and 111
      CHECK(desk.signal_reason("two") == "max_position");
    }
  }
}

TEST_CASE("limits: what was refused, dropped or cancelled unfilled counts no more") {
  LimitDesk desk("150");
  desk.venue.faults = {Fault::refused};
  desk.run(buy("one", "BTCUSDT"));
  CHECK(desk.run(buy("two", "BTCUSDT")) == Ending::done);
}

TEST_CASE("limits: a limit order is valued at its limit where that is the worse price") {
  TradingDesk desk;
  desk.settings.rules.risk.overall.emplace().max_order_notional = dec("105");
  desk.start();
  CHECK(desk.run(limit(buy("one", "BTCUSDT"), "110")) == Ending::refused);
  CHECK(desk.signal_reason("one") == "max_order_notional");
  CHECK(desk.run(limit(buy("two", "BTCUSDT"), "104")) == Ending::resting);
}

TEST_CASE("limits: a market order that max_slippage bounds is judged at its bound") {
  TradingDesk desk;
  desk.default_rules.max_slippage = dec("10");
  desk.settings.rules.risk.overall.emplace().max_order_notional = dec("105");
  desk.start();
  CHECK(desk.run(buy("one", "BTCUSDT")) == Ending::refused);
  CHECK(desk.signal_reason("one") == "max_order_notional");
}

TEST_CASE("limits: orders per minute counts what left, over a restart too; exits pass") {
  TradingDesk desk;
  desk.settings.rules.risk.overall.emplace().max_orders_per_minute = 2;
  desk.start();
  desk.run(buy("one", "BTCUSDT"));
  desk.venue.faults = {Fault::refused};
  desk.run(buy("two", "ETHUSDT"));
  CHECK(desk.run(buy("three", "SOLUSDT")) == Ending::refused);
  CHECK(desk.signal_reason("three") == "max_orders_per_minute");
  desk.start();
  CHECK(desk.run(buy("four", "SOLUSDT")) == Ending::refused);
  CHECK(desk.run(close_long("exit", "BTCUSDT")) == Ending::done);
  desk.pass(seconds(61));
  CHECK(desk.run(buy("five", "SOLUSDT")) == Ending::done);
}

TEST_CASE("limits: entries of one moment count one another for orders per minute") {
  TradingDesk desk;
  desk.settings.rules.risk.overall.emplace().max_orders_per_minute = 3;
  desk.start();
  desk.venue.holds_answers = true;
  for (const char* name : {"A", "B", "C", "D", "E", "F"}) value_of(desk.executor->give(make_signal(buy(name))));
  desk.settle();
  CHECK(desk.venue.requests.size() == 3);
}

TEST_CASE("limits: orders that wait for the venue's rate count for orders per minute before they leave") {
  TradingDesk desk;
  desk.settings.rules.risk.overall.emplace().max_orders_per_minute = 3;
  desk.venue.abilities.order_rate = model::Rate{1, seconds(2)};
  desk.start();
  for (const char* name : {"A", "B", "C", "D", "E", "F"}) value_of(desk.executor->give(make_signal(buy(name))));
  desk.settle();
  for (int wait = 0; wait < 10; ++wait) desk.pass(seconds(2));
  CHECK(desk.venue.requests.size() == 3);
}

TEST_CASE("limits: a fee taken in what was bought counts for the day's loss, before a restart and after") {
  TradingDesk desk;
  desk.settings.rules.risk.overall.emplace().daily_loss = dec("15");
  desk.venue.fee = dec("0.1");
  desk.venue.fee_asset = "BTC";
  desk.start();
  CHECK(desk.run(buy("small", "BTCUSDT", "2")) == Ending::done);
  CHECK(desk.run(buy("too much", "BTCUSDT", "2")) == Ending::done);
  CHECK(desk.run(buy("then", "ETHUSDT")) == Ending::refused);
  CHECK(desk.signal_reason("then") == "daily_loss");
  desk.start();
  CHECK(desk.run(buy("later", "ETHUSDT")) == Ending::refused);
}

TEST_CASE("limits: entries stop at the day's loss, exits do not, and the next day begins anew") {
  TradingDesk desk;
  desk.settings.rules.risk.overall.emplace().daily_loss = dec("15");
  desk.start();
  desk.run(buy("one", "BTCUSDT", "2"));
  desk.run(SampleSignal{"loss", Action::sell, "BTCUSDT", "1", "80", "a"});
  CHECK(desk.run(buy("two", "ETHUSDT")) == Ending::refused);
  CHECK(desk.signal_reason("two") == "daily_loss");
  desk.start();
  CHECK(desk.run(buy("three", "ETHUSDT")) == Ending::refused);
  CHECK(desk.run(close_long("exit", "BTCUSDT")) == Ending::done);
  desk.clock.set(at_second(86'400));
  CHECK(desk.run(buy("four", "ETHUSDT")) == Ending::done);
}

TEST_CASE("limits: price distance is judged again before a second try") {
  TradingDesk desk;
  desk.settings.rules.risk.overall.emplace().max_price_distance_percent = dec("1");
  desk.start();
  desk.venue.prices["BTCUSDT"] = dec("100");
  desk.venue.faults = {Fault::throttled};
  desk.run(buy("one", "BTCUSDT"));
  // Another lane's look-up learns that the market has moved.
  desk.venue.prices["BTCUSDT"] = dec("110");
  SampleSignal other = buy("two", "BTCUSDT", "1", "b");
  CHECK(desk.run(other) == Ending::refused);
  desk.pass(seconds(3));
  CHECK(desk.venue.requests.size() == 1);
  CHECK(desk.signal_reason("one") == "max_price_distance_percent");
}
