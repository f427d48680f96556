// Closes that the account's net position does not cover: another strategy's order overtook them, or the venue
// does not have what the journal says.
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

SampleSignal of(const std::string& strategy, const std::string& name, Action action,
                const std::string& quantity) {
  return {name, action, "BTCUSDT", quantity, "100", strategy, model::Market::perp};
}
model::Signal resting(const SampleSignal& sample) {
  auto signal = make_signal(sample);
  signal.order_type = model::OrderType::limit;
  signal.limit_price = dec("100");
  return signal;
}

// `b` and `c` hold a long of 1 each and may not oppose others; `a` may.
struct NetDesk : TradingDesk {
  NetDesk() {
    rules["a"] = default_rules;
    rules["a"].allow_opposing = true;
    rules["turns"] = default_rules;
    run(of("b", "long of b", Action::buy, "1"));
  }
  // Decided and committed, and slow on its way.
  void send_exit(const std::string& strategy, const std::string& name) {
    venue.delayed_requests = 1;
    run(of(strategy, name, Action::close_long, ""));
    REQUIRE(venue.delayed_requests == 0);
  }
  void deliver() {
    venue.deliver();
    settle();
  }
  // Until nothing is due any more, or only looks at what rests.
  void advance(int times) {
    for (int step = 0; step < times; ++step) {
      const auto due = executor->next_due();
      if (!due) return;
      clock.set(std::max(clock.now(), TimePoint(due->time_since_epoch())));
      settle();
    }
  }
  std::string legs(const std::string& name) {
    std::string all;
    for (const auto& intent : value_of(book.read_intents(sample_id(name))))
      all += (all.empty() ? "" : ", ") + intent.leg + " " + std::string(to_text(intent.state));
    return all;
  }
  std::string message(const std::string& name) {
    return one("SELECT message FROM intents WHERE leg = 'close' AND signal_id = '" + sample_id(name) + "'");
  }
  Decimal of_strategy(const std::string& strategy) { return held("BTCUSDT.P", strategy); }
};

void check_refused_for_drift(NetDesk& desk) {
  CHECK(desk.legs("exit") == "close refused");
  CHECK(desk.signal_state("exit") == "refused");
  CHECK(desk.signal_reason("exit") == "-2022");
  CHECK(desk.message("exit").find("run tvhook-reconcile --venue fake") != std::string::npos);
  CHECK(desk.of_strategy("b") == dec("1"));
  CHECK(desk.venue.held["BTCUSDT.P"].is_zero());
  CHECK(desk.broken() == Strings());
}

}  // namespace

TEST_CASE(
    "netting: an exit that another strategy's order overtook is decided on again, the net flat or opposite") {
  for (const char* quantity : {"1", "2"}) {
    INFO(quantity);
    NetDesk desk;
    desk.send_exit("b", "exit");
    desk.run(of("a", "short", Action::sell, quantity));
    desk.deliver();
    CHECK(desk.legs("exit") == "close refused, close#2 filled");
    CHECK(desk.venue.sent.back().quantity == dec("1"));
    CHECK_FALSE(desk.venue.sent.back().reduce_only);
    CHECK(desk.message("exit").find("exists nowhere") != std::string::npos);
    CHECK(desk.of_strategy("b").is_zero());
    CHECK(desk.venue.held["BTCUSDT.P"] == -dec(quantity));
    CHECK(desk.signal_state("exit") == "done");
    CHECK(desk.signal_reason("exit") == "");
    CHECK(desk.told.refusals.empty());
    CHECK(desk.broken() == Strings());
  }
}

TEST_CASE("netting: where the net position is smaller than the exit, the rest is closed by another order") {
  NetDesk desk;
  desk.send_exit("b", "exit");
  desk.run(of("a", "short", Action::sell, "0.4"));
  desk.deliver();
  CHECK(desk.legs("exit") == "close expired, close#2 filled");
  CHECK(desk.venue.sent.back().quantity == dec("0.4"));
  CHECK(desk.of_strategy("b").is_zero());
  CHECK(desk.venue.held["BTCUSDT.P"] == dec("-0.4"));
  CHECK(desk.signal_state("exit") == "done");
  CHECK(desk.told.warnings.size() == 1);
  CHECK(desk.broken() == Strings());
}

TEST_CASE("netting: two exits at once that one order overtook both get out") {
  for (const char* quantity : {"1.5", "2", "3"}) {
    INFO(quantity);
    NetDesk desk;
    desk.run(of("c", "long of c", Action::buy, "1"));
    desk.send_exit("b", "exit");
    desk.send_exit("c", "other exit");
    desk.run(of("a", "short", Action::sell, quantity));
    desk.deliver();
    CHECK(desk.of_strategy("b").is_zero());
    CHECK(desk.of_strategy("c").is_zero());
    CHECK(desk.venue.held["BTCUSDT.P"] == -dec(quantity));
    for (const char* name : {"exit", "other exit"}) CHECK(desk.signal_state(name) == "done");
    CHECK(desk.broken() == Strings());
  }
}

TEST_CASE("netting: an exit of what the venue does not have is refused, and opens nothing") {
  NetDesk desk;
  desk.venue.held["BTCUSDT.P"] = Decimal();  // a liquidation, or a hand
  CHECK(desk.run(of("b", "exit", Action::close_long, "")) == Ending::refused);
  check_refused_for_drift(desk);
  CHECK(desk.venue.requests.size() == 2);
}

TEST_CASE("netting: what another strategy has resting explains nothing until it has filled") {
  NetDesk desk;
  desk.venue.abilities.visibility_lag = seconds(2);
  desk.start();
  desk.send_exit("b", "exit");
  desk.run(resting(of("a", "short", Action::sell, "1")));
  SECTION("it has not: the position is the venue's to explain") {
    desk.venue.held["BTCUSDT.P"] = Decimal();
    desk.deliver();
    CHECK(desk.legs("exit") == "close submitting");
    desk.advance(6);
    check_refused_for_drift(desk);
  }
  SECTION("it has, and the journal does not know yet: it is asked for first") {
    desk.venue.fill_resting(desk.venue.sent.back());
    desk.deliver();
    CHECK(desk.legs("exit") == "close submitting");
    desk.advance(6);
    CHECK(desk.legs("exit") == "close refused, close#2 filled");
    CHECK(desk.of_strategy("b").is_zero());
    CHECK(desk.of_strategy("a") == dec("-1"));
    CHECK(desk.venue.held["BTCUSDT.P"] == dec("-1"));
  }
  SECTION("it cannot be asked for: the exit waits, and then says so") {
    desk.venue.fill_resting(desk.venue.sent.back());
    desk.venue.failing_queries = 1000;
    desk.deliver();
    desk.advance(100);
    CHECK(desk.legs("exit") == "close refused");
    CHECK(desk.message("exit").find("does not become known") != std::string::npos);
  }
}

TEST_CASE("netting: a halt ends an exit that waits for what others have open") {
  NetDesk desk;
  desk.send_exit("b", "exit");
  desk.run(resting(of("a", "short", Action::sell, "1")));
  desk.venue.fill_resting(desk.venue.sent.back());
  desk.venue.failing_queries = 1000;
  desk.deliver();
  desk.halt("enough");
  desk.settle();
  CHECK(desk.legs("exit") == "close refused");
  CHECK(desk.signal_reason("exit") == "halted");
}

TEST_CASE("netting: an executor that died while an exit waited comes to the same orders") {
  NetDesk desk;
  desk.send_exit("b", "exit");
  desk.run(resting(of("a", "short", Action::sell, "1")));
  desk.venue.fill_resting(desk.venue.sent.back());
  desk.venue.failing_queries = 1;
  desk.deliver();
  CHECK(desk.legs("exit") == "close submitting");
  const std::string id = desk.one("SELECT client_order_id FROM intents WHERE leg = 'close'");
  desk.start();
  desk.advance(10);
  CHECK(desk.legs("exit") == "close refused, close#2 filled");
  CHECK(desk.one("SELECT client_order_id FROM intents WHERE leg = 'close'") == id);
  CHECK(desk.of_strategy("b").is_zero());
  CHECK(desk.venue.held["BTCUSDT.P"] == dec("-1"));
  CHECK(desk.broken() == Strings());
}

TEST_CASE("netting: a restart does not take the order that was replaced for the signal's end") {
  NetDesk desk;
  desk.send_exit("b", "exit");
  desk.run(of("a", "short", Action::sell, "1"));
  desk.venue.faults = {Fault::none, Fault::rests};
  desk.deliver();
  CHECK(desk.legs("exit") == "close refused, close#2 accepted");
  desk.start();
  desk.settle();
  desk.venue.fill_resting(desk.venue.sent.back());
  desk.recover();
  CHECK(desk.signal_state("exit") == "done");
  CHECK(desk.signal_reason("exit") == "");
}

TEST_CASE("netting: the opening half of a reversal waits for the close that took the first one's place") {
  NetDesk desk;
  desk.venue.abilities.nets_reversals = false;
  desk.rules["b"] = desk.default_rules;
  desk.start();
  desk.venue.delayed_requests = 1;
  desk.run(of("b", "turn", Action::sell, "3"));
  desk.run(of("a", "short", Action::sell, "1"));
  desk.venue.faults = {Fault::none, Fault::rests};
  desk.deliver();
  CHECK(desk.legs("turn") == "close refused, close#2 accepted, entry planned");
  desk.venue.fill_resting(desk.venue.sent.back());
  desk.recover();
  CHECK(desk.legs("turn") == "close refused, close#2 filled, entry filled");
  CHECK(desk.of_strategy("b") == dec("-2"));
  CHECK(desk.broken() == Strings());
}
