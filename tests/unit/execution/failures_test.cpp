// What went wrong in other systems that do this job, one named test a line of that list; the numbers are its.
#include <set>

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

SampleSignal sample(const std::string& name, Action action, const std::string& quantity,
                    model::Market market = model::Market::spot) {
  return {name, action, "BTCUSDT", quantity, "100", "a", market};
}
constexpr auto kPerp = model::Market::perp;

void advance(TradingDesk& desk, int times) {
  for (int step = 0; step < times; ++step) {
    const auto due = desk.executor->next_due();
    if (!due) return;
    desk.clock.set(std::max(desk.clock.now(), TimePoint(due->time_since_epoch())));
    desk.settle();
  }
}

}  // namespace

TEST_CASE("failure 1: an order that timed out and was placed is found, not placed again") {
  TradingDesk desk;
  desk.venue.abilities.fence = seconds(10);
  desk.start();
  desk.venue.faults = {Fault::reply_lost};
  desk.run(sample("one", Action::buy, "1"));
  advance(desk, 3);
  CHECK(desk.venue.requests.size() == 1);
  CHECK(desk.venue.held["BTCUSDT"] == dec("1"));
  CHECK(desk.held("BTCUSDT", "a") == dec("1"));
}

TEST_CASE("failure 2: every request of one order carries one id, so the venue itself can tell a repeat") {
  TradingDesk desk;
  desk.venue.faults = {Fault::throttled, Fault::unreachable, Fault::request_lost};
  desk.run(sample("one", Action::buy, "1"));
  advance(desk, 10);
  CHECK(desk.signal_state("one") == "done");
  CHECK(desk.venue.requests.size() == 4);
  CHECK(std::set<std::string>(desk.venue.requests.begin(), desk.venue.requests.end()).size() == 1);
}

TEST_CASE("failure 3: an unknown outcome is not a failed one: its position is tracked when it shows") {
  TradingDesk desk;
  desk.venue.faults = {Fault::reply_lost};
  desk.venue.failing_queries = 50;
  desk.run(sample("one", Action::buy, "1"));
  desk.start();
  desk.pass(seconds(3600));
  CHECK(desk.signal_state("one") == "claimed");
  desk.venue.failing_queries = 0;
  desk.recover();
  CHECK(desk.held("BTCUSDT", "a") == dec("1"));
}

TEST_CASE("failure 4: one alert runs once, however often and whichever way it comes") {
  TradingDesk desk;
  const auto signal = make_signal(sample("one", Action::buy, "1"));
  desk.receive(signal);
  value_of(desk.executor->take_pending());
  value_of(desk.executor->give(signal));
  value_of(desk.executor->give(signal));
  desk.settle();
  desk.start();
  value_of(desk.executor->take_pending());
  value_of(desk.executor->give(signal));
  desk.settle();
  CHECK(desk.venue.requests.size() == 1);
}

TEST_CASE("failure 6: a burst of alerts stays within the venue's limit, and none is lost") {
  TradingDesk desk;
  desk.venue.abilities.order_rate = model::Rate{10, seconds(1)};
  desk.start();
  std::vector<TimePoint> left;
  desk.venue.at_submit = [&](const model::OrderRequest&) { left.push_back(desk.clock.now()); };
  for (int alert = 0; alert < 84; ++alert) {
    auto one = sample(std::to_string(alert), Action::buy, "1");
    one.strategy = "s" + std::to_string(alert);
    value_of(desk.executor->give(make_signal(one)));
  }
  desk.settle();
  advance(desk, 30);
  REQUIRE(left.size() == 84);
  for (std::size_t call = 10; call < left.size(); ++call)
    CHECK(left[call] - left[call - 10] >= seconds(1) - std::chrono::milliseconds(1));
  CHECK(desk.one("SELECT count(*) FROM signals WHERE state = 'done'") == "84");
}

TEST_CASE("failure 7: close and open of one bar end alike, whichever comes first") {
  for (const bool turned : {false, true}) {
    TradingDesk desk;
    desk.default_rules.follows_position = true;
    const auto step = [](const char* name, model::PositionSide side, const char* size,
                         model::PositionSide before, const char* size_before, int bar) {
      auto signal = make_signal(
          sample(name, side == model::PositionSide::long_side ? Action::buy : Action::sell, "1", kPerp));
      signal.bar_time = at_second(bar * 900);
      signal.timeframe = "15";
      signal.position = model::PositionChange{side, dec(size), before, dec(size_before)};
      return signal;
    };
    using model::PositionSide;
    desk.run(step("entry", PositionSide::long_side, "1", PositionSide::flat, "0", 1));
    const auto close = step("close", PositionSide::flat, "0", PositionSide::long_side, "1", 2);
    const auto open = step("open", PositionSide::short_side, "2", PositionSide::flat, "0", 2);
    desk.run(turned ? open : close);
    desk.run(turned ? close : open);
    CHECK(desk.held("BTCUSDT.P", "a") == dec("-2"));
    CHECK(desk.venue.held["BTCUSDT.P"] == dec("-2"));
  }
}

TEST_CASE("failure 8: a flip from long to short ends short by what was asked, not flat and not doubled") {
  for (const bool nets : {true, false}) {
    TradingDesk desk;
    desk.venue.abilities.nets_reversals = nets;
    desk.start();
    desk.run(sample("long", Action::buy, "1", kPerp));
    desk.run(sample("flip", Action::sell, "2", kPerp));
    CHECK(desk.held("BTCUSDT.P", "a") == dec("-1"));
    CHECK(desk.venue.held["BTCUSDT.P"] == dec("-1"));
  }
}

TEST_CASE(
    "failure 9: a close is never larger than the position, whatever size it carries, and cannot turn it") {
  TradingDesk desk;
  desk.run(sample("long", Action::buy, "1", kPerp));
  desk.run(sample("close", Action::close_long, "2.5", kPerp));
  CHECK(desk.venue.sent.back().quantity == dec("1"));
  CHECK(desk.venue.sent.back().reduce_only);
  CHECK(desk.venue.held["BTCUSDT.P"].is_zero());
  CHECK(desk.run(sample("again", Action::close_long, "1", kPerp)) == Ending::refused);
  CHECK(desk.signal_reason("again") == "nothing_to_close");
}

TEST_CASE("failure 10: an old entry is refused by its age, as soon as it is read and as often as it is tried") {
  TradingDesk desk;
  desk.settings.rules.risk.strategies["default"].max_age = seconds(120);
  desk.start();
  desk.clock.set(at_second(253'824));
  CHECK(desk.run(sample("one", Action::buy, "1")) == Ending::refused);
  CHECK(desk.signal_reason("one") == "max_age");
  CHECK(desk.venue.requests.empty());
}

TEST_CASE("failure 11: quantities leave on the venue's step and prices on its tick") {
  TradingDesk desk;
  desk.venue.filters = [](model::Instrument instrument) {
    instrument.quantity_step = dec("0.001");
    instrument.price_tick = dec("0.5");
    return instrument;
  };
  auto signal = make_signal(sample("one", Action::buy, "0.0129999"));
  signal.order_type = model::OrderType::limit;
  signal.limit_price = dec("99.9");
  desk.run(signal);
  REQUIRE(desk.venue.sent.size() == 1);
  CHECK(desk.venue.sent.front().quantity == dec("0.012"));
  CHECK(desk.venue.sent.front().limit_price == dec("99.5"));
}

TEST_CASE("failure 12: 0.35 leaves as 0.35, and a size in quote as a decimal on the step") {
  TradingDesk desk;
  desk.run(sample("one", Action::buy, "0.35"));
  CHECK(desk.venue.sent.back().quantity.to_string() == "0.35");
  desk.venue.filters = [](model::Instrument instrument) {
    instrument.quantity_step = dec("0.01");
    return instrument;
  };
  auto signal = make_signal(sample("two", Action::buy, "35"));
  signal.size_unit = model::SizeUnit::quote;
  desk.run(signal);
  CHECK(desk.venue.sent.back().quantity.to_string() == "0.35");
}

TEST_CASE("failure 13: an order below the minimum notional is refused by name, with the least that would do") {
  TradingDesk desk;
  desk.venue.filters = [](model::Instrument instrument) {
    instrument.minimum_notional = dec("10");
    return instrument;
  };
  CHECK(desk.run(sample("one", Action::buy, "0.05")) == Ending::refused);
  CHECK(desk.signal_reason("one") == "below_minimum_notional");
  REQUIRE(desk.told.refusals.size() == 1);
  CHECK(desk.told.refusals.front().message.find("0.1") != std::string::npos);
}

TEST_CASE("failure 14: after a partial fill a close is for what is held, and leaves no dust") {
  TradingDesk desk;
  desk.venue.faults = {Fault::fills_half};
  desk.run(sample("entry", Action::buy, "1"));
  desk.run(sample("cancel", Action::cancel, ""));
  desk.run(sample("close", Action::close_all, ""));
  CHECK(desk.venue.sent.back().quantity == dec("0.5"));
  CHECK(desk.held("BTCUSDT", "a").is_zero());
  CHECK(desk.venue.held["BTCUSDT"].is_zero());
}

TEST_CASE("failure 15: an order for all of the balance leaves room for its own fee") {
  TradingDesk desk;
  desk.venue.account = model::AccountFigures{{}, dec("1000"), dec("1000"), dec("0.001")};
  desk.venue.prices["BTCUSDT"] = dec("100");
  auto signal = make_signal(sample("one", Action::buy, "100"));
  signal.size_unit = model::SizeUnit::percent_balance;
  desk.run(signal);
  REQUIRE(desk.venue.sent.size() == 1);
  const Decimal cost = multiply(multiply(desk.venue.sent.front().quantity, dec("100"), Rounding::half_even),
                                dec("1.001"), Rounding::half_even);
  CHECK(cost <= dec("1000"));
  CHECK(cost > dec("990"));
}

TEST_CASE("failure 15: two orders of one moment do not both take all of the balance") {
  TradingDesk desk;
  desk.venue.account = model::AccountFigures{{}, dec("1000"), dec("1000"), dec("0.001")};
  desk.venue.prices = {{"BTCUSDT", dec("100")}, {"ETHUSDT", dec("100")}};
  desk.venue.holds_answers = true;
  Decimal cost;
  for (const char* symbol : {"BTCUSDT", "ETHUSDT"}) {
    auto what = sample(symbol, Action::buy, "100");
    what.symbol = symbol;
    auto signal = make_signal(what);
    signal.size_unit = model::SizeUnit::percent_balance;
    desk.run(signal);
  }
  for (const auto& order : desk.venue.sent) cost += multiply(order.quantity, dec("100.1"), Rounding::half_even);
  CHECK(cost <= dec("1000"));
}

TEST_CASE("failure 15: two stops of one moment do not both take all of the balance") {
  TradingDesk desk;
  desk.venue.account = model::AccountFigures{{}, dec("1000"), dec("1000"), dec("0")};
  desk.venue.prices = {{"BTCUSDT", dec("100")}, {"ETHUSDT", dec("100")}};
  desk.venue.holds_answers = true;
  Decimal cost;
  for (const char* symbol : {"BTCUSDT", "ETHUSDT"}) {
    auto what = sample(symbol, Action::buy, "60");
    what.symbol = symbol;
    auto signal = make_signal(what);
    signal.size_unit = model::SizeUnit::percent_balance;
    signal.order_type = model::OrderType::stop;
    signal.stop_price = dec("200");
    desk.run(signal);
  }
  REQUIRE(desk.venue.sent.size() == 2);
  CHECK(desk.venue.sent.front().quantity == dec("3"));
  CHECK(desk.venue.sent.back().quantity == dec("1.2"));
}

TEST_CASE("failure 15: what was bought with part of the balance is sold as part of what is held") {
  for (const model::Market market : {model::Market::spot, kPerp}) {
    TradingDesk desk;
    desk.venue.account = model::AccountFigures{{}, dec("1000"), dec("1000"), dec("0")};
    desk.venue.prices = {{"BTCUSDT", dec("100")}, {"BTCUSDT.P", dec("100")}};
    auto buy = make_signal(sample("buy", Action::buy, "95", market));
    buy.size_unit = model::SizeUnit::percent_balance;
    REQUIRE(desk.run(buy) == Ending::done);
    desk.venue.account = model::AccountFigures{{}, dec("50"), dec("1000"), dec("0")};
    auto sell = make_signal(sample("sell", Action::sell, "100", market));
    sell.size_unit = model::SizeUnit::percent_balance;
    REQUIRE(desk.run(sell) == Ending::done);
    CHECK(desk.venue.sent.back().quantity == dec("9.5"));
    CHECK(desk.held(model::instrument_name("BTCUSDT", market), "a").is_zero());
  }
}

TEST_CASE("failure 21: a restart loses no resting order, no unknown one, no position and nothing that waits") {
  TradingDesk desk;
  desk.run(sample("held", Action::buy, "1"));
  auto rests = make_signal(sample("rests", Action::buy, "2"));
  rests.order_type = model::OrderType::limit;
  rests.limit_price = dec("90");
  desk.run(rests);
  desk.venue.faults = {Fault::reply_lost};
  desk.venue.failing_queries = 1;
  desk.run(sample("unknown", Action::buy, "4"));
  desk.run(sample("waits", Action::buy, "8"));
  desk.executor.reset();  // its last act is to let go of the venue's updates
  desk.start();
  desk.venue.failing_queries = 0;
  value_of(desk.executor->take_pending());
  desk.settle();
  desk.recover();
  CHECK(desk.held("BTCUSDT", "a") == dec("13"));
  desk.venue.fill_resting(desk.venue.sent[1], true);
  desk.settle();
  CHECK(desk.held("BTCUSDT", "a") == dec("15"));
  CHECK(desk.one("SELECT count(*) FROM signals WHERE state = 'done'") == "4");
  CHECK(desk.broken() == Strings());
}

TEST_CASE("failure 22: a fill told by an update, an answer and a query after a restart counts once") {
  TradingDesk desk;
  desk.venue.faults = {Fault::fills_half};
  desk.run(sample("one", Action::buy, "1"));
  const std::string id = desk.venue.requests.front();
  desk.venue.update(id);
  desk.settle();
  desk.recover();
  desk.start();
  desk.venue.update(id);
  desk.settle();
  desk.recover();
  CHECK(desk.one("SELECT count(*) FROM fills") == "1");
  CHECK(desk.held("BTCUSDT", "a") == dec("0.5"));
}

TEST_CASE("failure 24: looking for orders stays within the venue's rate, also while nothing is answered") {
  TradingDesk desk;
  desk.venue.abilities.query_rate = model::Rate{2, seconds(1)};
  desk.start();
  desk.venue.failing_queries = 1'000'000;
  for (int order = 0; order < 20; ++order) {
    desk.venue.faults = {Fault::reply_lost};
    auto one = sample(std::to_string(order), Action::buy, "1");
    one.strategy = "s" + std::to_string(order);
    desk.run(one);
  }
  for (int second = 0; second < 30; ++second) {
    const int before = desk.venue.queries;
    for (int part = 0; part < 10; ++part) desk.pass(std::chrono::milliseconds(100));
    CHECK(desk.venue.queries - before <= 4);  // a second of ours touches two of the venue's
  }
  CHECK(desk.venue.queries <= 2 * 32);
  CHECK(desk.venue.queries > 30);
}

TEST_CASE("failure 24: a venue that asks for a pause gets one, and is not asked again before it is over") {
  TradingDesk desk;
  desk.venue.faults = {Fault::throttled};
  desk.run(sample("one", Action::buy, "1"));
  auto other = sample("two", Action::buy, "1");
  other.strategy = "b";
  desk.run(other);
  desk.pass(std::chrono::milliseconds(1'900));
  CHECK(desk.venue.requests.size() == 1);
}

TEST_CASE(
    "failure 30: whatever becomes of a signal, it ends once and its refusal has a reason and a sentence") {
  TradingDesk desk;
  desk.run(sample("fine", Action::buy, "1"));
  desk.run(sample("no size", Action::buy, ""));
  desk.venue.faults = {Fault::refused};
  desk.run(sample("rejected", Action::buy, "1"));
  desk.venue.untradable = {"BTCUSDT.P"};
  desk.run(sample("not traded", Action::buy, "1", kPerp));
  desk.venue.faults.assign(10, Fault::unreachable);
  desk.run(sample("far", Action::buy, "1"));
  advance(desk, 10);
  desk.halt("stop");
  desk.run(sample("halted", Action::buy, "1"));
  CHECK(desk.one("SELECT count(*) FROM signals WHERE state NOT IN ('done', 'refused')") == "0");
  CHECK(desk.one("SELECT count(*) FROM signals WHERE state = 'refused'") == "5");
  CHECK(desk.one("SELECT count(*) FROM signals WHERE state = 'refused' AND (reason = '' OR message = '')") ==
        "0");
  CHECK(desk.told.refusals.size() == 5);
  for (const auto& refusal : desk.told.refusals) {
    CHECK_FALSE(refusal.reason.empty());
    CHECK_FALSE(refusal.message.empty());
  }
  CHECK(desk.broken() == Strings());
}
