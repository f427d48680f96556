// Work is serial in a lane and side by side across lanes.
#include "support/catch.hpp"
#include "support/trading_desk.hpp"

namespace {

using namespace tvh;
using namespace tvh::test;
using model::Action;
using tvh::test::Ending;
using Fault = FakeVenue::Fault;
using Strings = std::vector<std::string>;

SampleSignal buy(const std::string& name, const std::string& symbol, const std::string& quantity,
                 const std::string& strategy = "a") {
  return {name, Action::buy, symbol, quantity, "100", strategy};
}
SampleSignal close_all(const std::string& name, const std::string& strategy = "a") {
  return {name, Action::close_all, "", "", "", strategy};
}
model::Signal limit_buy(const SampleSignal& sample, const char* price) {
  auto signal = make_signal(sample);
  signal.order_type = model::OrderType::limit;
  signal.limit_price = dec(price);
  return signal;
}

// What was sent, as "symbol quantity".
Strings sent(const TradingDesk& desk) {
  Strings all;
  for (const auto& order : desk.venue.sent) all.push_back(order.instrument + " " + order.quantity.to_string());
  return all;
}
void answer(TradingDesk& desk) {
  desk.venue.answer_held();
  desk.settle();
}

}  // namespace

TEST_CASE("lanes: a slow answer delays neither another symbol nor another strategy on the same symbol") {
  TradingDesk desk;
  desk.venue.holds_answers = true;
  desk.run(buy("one", "BTCUSDT", "1"));
  desk.run(buy("two", "ETHUSDT", "2"));
  desk.run(buy("three", "BTCUSDT", "3", "b"));
  CHECK(sent(desk) == Strings{"BTCUSDT 1", "ETHUSDT 2", "BTCUSDT 3"});
  answer(desk);
  for (const char* name : {"one", "two", "three"}) CHECK(desk.signal_state(name) == "done");
  CHECK(desk.broken() == Strings());
}

TEST_CASE("lanes: spot and perpetual of one symbol are two lanes") {
  TradingDesk desk;
  desk.venue.holds_answers = true;
  desk.run(buy("spot", "BTCUSDT", "1"));
  SampleSignal perpetual = buy("perp", "BTCUSDT", "2");
  perpetual.market = model::Market::perp;
  desk.run(perpetual);
  CHECK(sent(desk) == Strings{"BTCUSDT 1", "BTCUSDT.P 2"});
}

TEST_CASE("lanes: in one lane the next order waits until the outcome of the one before it is known") {
  TradingDesk desk;
  desk.venue.holds_answers = true;
  desk.run(buy("one", "BTCUSDT", "1"));
  CHECK(desk.run(buy("two", "BTCUSDT", "2")) == Ending::waits);
  CHECK(sent(desk) == Strings{"BTCUSDT 1"});
  answer(desk);
  CHECK(sent(desk) == Strings{"BTCUSDT 1", "BTCUSDT 2"});
  answer(desk);
  CHECK(desk.held("BTCUSDT", "a") == dec("3"));
}

TEST_CASE("lanes: an order that rests is known and holds nothing up, for it may rest for days") {
  TradingDesk desk;
  CHECK(desk.run(limit_buy(buy("rests", "BTCUSDT", "1"), "90")) == Ending::resting);
  CHECK(desk.run(buy("two", "BTCUSDT", "2")) == Ending::done);
  CHECK(sent(desk) == Strings{"BTCUSDT 1", "BTCUSDT 2"});
}

TEST_CASE("lanes: signals of one lane are sent in the order they came in") {
  TradingDesk desk;
  desk.venue.holds_answers = true;
  for (const char* quantity : {"1", "2", "3", "4", "5"})
    desk.receive(make_signal(buy(quantity, "BTCUSDT", quantity)));
  value_of(desk.executor->take_pending());
  desk.settle();
  for (int outcome = 0; outcome < 5; ++outcome) {
    CHECK(desk.venue.sent.size() == std::size_t(outcome + 1));
    answer(desk);
  }
  CHECK(sent(desk) == Strings{"BTCUSDT 1", "BTCUSDT 2", "BTCUSDT 3", "BTCUSDT 4", "BTCUSDT 5"});
}

TEST_CASE("lanes: a signal that is refused frees its lane for the next") {
  TradingDesk desk;
  desk.venue.holds_answers = true;
  desk.run(buy("one", "BTCUSDT", "1"));
  desk.run(buy("no size", "BTCUSDT", ""));
  desk.run(buy("three", "BTCUSDT", "3"));
  answer(desk);
  CHECK(desk.signal_reason("no size") == "no_size");
  CHECK(sent(desk) == Strings{"BTCUSDT 1", "BTCUSDT 3"});
}

TEST_CASE(
    "lanes: close_all without a symbol waits for every lane of its strategy, and what comes after it waits for "
    "it") {
  TradingDesk desk;
  desk.venue.prices = {{"BTCUSDT", dec("100")}, {"ETHUSDT", dec("100")}};
  desk.run(buy("one", "BTCUSDT", "1"));
  desk.venue.holds_answers = true;
  desk.run(buy("two", "ETHUSDT", "2"));
  CHECK(desk.run(close_all("close")) == Ending::waits);
  CHECK(desk.run(buy("after", "BTCUSDT", "5")) == Ending::waits);
  CHECK(desk.run(buy("elsewhere", "SOLUSDT", "6")) == Ending::waits);
  desk.run(buy("another's", "BTCUSDT", "7", "b"));
  CHECK(sent(desk) == Strings{"BTCUSDT 1", "ETHUSDT 2", "BTCUSDT 7"});

  answer(desk);  // ETHUSDT is held now, so it is closed too
  CHECK(sent(desk) == Strings{"BTCUSDT 1", "ETHUSDT 2", "BTCUSDT 7", "BTCUSDT 1", "ETHUSDT 2"});
  CHECK(desk.signal_state("after") == "pending");
  answer(desk);
  CHECK(desk.held("BTCUSDT", "a").is_zero());
  CHECK(desk.held("ETHUSDT", "a").is_zero());
  CHECK(desk.venue.sent.size() == 7);
  answer(desk);
  CHECK(desk.held("BTCUSDT", "a") == dec("5"));
  CHECK(desk.held("SOLUSDT", "a") == dec("6"));
  CHECK(desk.broken() == Strings());
}

TEST_CASE("lanes: what waits behind an order in flight keeps its order over a restart") {
  TradingDesk desk;
  desk.venue.holds_answers = true;
  desk.run(buy("1", "BTCUSDT", "1"));
  desk.run(buy("2", "BTCUSDT", "2"));
  desk.receive(make_signal(buy("3", "BTCUSDT", "3")));
  desk.run(buy("4", "BTCUSDT", "4"));
  desk.venue.holds_answers = false;

  desk.start();
  value_of(desk.executor->take_pending());
  desk.settle();
  CHECK(desk.recover() == 0);
  CHECK(sent(desk) == Strings{"BTCUSDT 1", "BTCUSDT 2", "BTCUSDT 3", "BTCUSDT 4"});
  CHECK(desk.held("BTCUSDT", "a") == dec("10"));
  CHECK(desk.broken() == Strings());

  desk.venue.answer_held();  // to a caller that is gone
  desk.settle();
  CHECK(desk.held("BTCUSDT", "a") == dec("10"));
}

TEST_CASE("lanes: orders in flight count, so two lanes at once never pass max_position together") {
  TradingDesk desk;
  desk.settings.rules.risk.overall = engine::Limits{};
  desk.settings.rules.risk.overall->max_position = dec("150");
  desk.start();
  desk.venue.holds_answers = true;
  desk.run(buy("one", "BTCUSDT", "1", "a"));
  CHECK(desk.run(buy("two", "BTCUSDT", "1", "b")) == Ending::refused);
  CHECK(desk.signal_reason("two") == "max_position");
  CHECK(desk.run(buy("three", "ETHUSDT", "1", "b")) == Ending::unknown);  // [risk] judges each instrument
}

TEST_CASE("lanes: a venue's max_position counts what is in flight in every instrument there") {
  TradingDesk desk;
  desk.settings.rules.risk.venues["fake"].max_position = dec("250");
  desk.start();
  desk.venue.holds_answers = true;
  desk.run(buy("one", "BTCUSDT", "1", "a"));
  desk.run(buy("two", "ETHUSDT", "1", "b"));
  CHECK(desk.run(buy("three", "SOLUSDT", "1", "c")) == Ending::refused);
  CHECK(desk.signal_reason("three") == "max_position");
  answer(desk);
  CHECK(desk.run(buy("four", "SOLUSDT", "0.5", "c")) == Ending::unknown);
}

TEST_CASE("lanes: eighty-four alerts of one moment all leave before the first of them is answered") {
  TradingDesk desk;
  desk.venue.holds_answers = true;
  for (int strategy = 0; strategy < 7; ++strategy) {
    for (int symbol = 0; symbol < 12; ++symbol) {
      const std::string base = "A" + std::string(1, char('A' + symbol));
      value_of(desk.executor->give(make_signal(
          buy(base + std::to_string(strategy), base + "USDT", "1", "s" + std::to_string(strategy)))));
    }
  }
  desk.settle();
  CHECK(desk.venue.requests.size() == 84);
  answer(desk);
  CHECK(desk.one("SELECT count(*) FROM signals WHERE state = 'done'") == "84");
  CHECK(desk.broken() == Strings());
}

// A venue that says how much has filled before it shows the trades.
TEST_CASE("lanes: what comes next waits until every fill that the venue tells of is known") {
  TradingDesk desk;
  desk.venue.faults = {Fault::told_short};
  desk.venue.short_queries = 2;
  desk.run(buy("one", "BTCUSDT", "1"));
  CHECK(desk.held("BTCUSDT", "a").is_zero());
  CHECK(desk.executor->unknown_orders() == 1);
  desk.run(close_all("two"));
  CHECK(desk.signal_state("two") == "pending");
  for (int second = 0; second < 20; ++second) desk.pass(std::chrono::seconds(1));
  CHECK(desk.signal_state("two") == "done");
  CHECK(sent(desk) == Strings{"BTCUSDT 1", "BTCUSDT 1"});
  CHECK(desk.held("BTCUSDT", "a").is_zero());
  CHECK(desk.executor->unknown_orders() == 0);
  CHECK(desk.broken() == Strings());
}

TEST_CASE("lanes: after a restart nothing is decided before what rested has been looked at") {
  TradingDesk desk;
  desk.venue.faults = {Fault::rests};
  desk.run(limit_buy(buy("one", "BTCUSDT", "1"), "90"));
  desk.venue.fill_resting(desk.venue.sent.front());  // while nobody looks
  desk.venue.failing_queries = 1;
  desk.start();
  desk.run(close_all("two"));
  CHECK(desk.signal_state("two") == "pending");
  for (int second = 0; second < 5; ++second) desk.pass(std::chrono::seconds(1));
  CHECK(desk.signal_state("two") == "done");
  CHECK(sent(desk) == Strings{"BTCUSDT 1", "BTCUSDT 1"});
  CHECK(desk.broken() == Strings());
}
