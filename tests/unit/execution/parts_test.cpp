// Closes of more than one order may ask for: several orders, decided as one.
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

SampleSignal perpetual(const std::string& name, Action action, const std::string& quantity) {
  return {name, action, "BTCUSDT", quantity, "100", "a", model::Market::perp};
}

// A long of 5, where one market order may ask for 2 at most.
struct LargeDesk : TradingDesk {
  LargeDesk() {
    run(perpetual("entry", Action::buy, "5"));
    venue.filters = [](model::Instrument instrument) {
      instrument.quantity_step = dec("0.5");
      instrument.maximum_market_quantity = dec("2");
      return instrument;
    };
  }
  Decimal held() { return TradingDesk::held("BTCUSDT.P", "a"); }
};

}  // namespace

TEST_CASE("parts: a position larger than one order is closed by several, reduce-only, and one signal's end") {
  LargeDesk desk;
  CHECK(desk.run(perpetual("exit", Action::close_long, "")) == Ending::done);
  CHECK(desk.order_states("exit") == "filled filled filled");
  for (std::size_t part = 1; part < desk.venue.sent.size(); ++part) {
    CHECK(desk.venue.sent[part].quantity <= dec("2"));
    CHECK(desk.venue.sent[part].reduce_only);
  }
  CHECK(desk.held().is_zero());
  CHECK(desk.venue.held["BTCUSDT.P"].is_zero());
  CHECK(desk.broken() == Strings());
}

TEST_CASE("parts: whatever of them was lost or filled when the executor died, the same parts are closed once") {
  for (const Fault fault : {Fault::request_lost, Fault::reply_lost, Fault::throttled}) {
    LargeDesk desk;
    desk.venue.faults = {Fault::none, fault, Fault::none};
    desk.run(perpetual("exit", Action::close_long, ""));
    const auto asked = std::set<std::string>(desk.venue.requests.begin(), desk.venue.requests.end());
    CHECK(asked.size() == 4);
    desk.start();
    desk.pass(seconds(600));
    desk.recover();
    CHECK(desk.signal_state("exit") == "done");
    CHECK(std::set<std::string>(desk.venue.requests.begin(), desk.venue.requests.end()) == asked);
    CHECK(desk.held().is_zero());
    CHECK(desk.venue.held["BTCUSDT.P"].is_zero());
    CHECK(desk.broken() == Strings());
  }
}

TEST_CASE("parts: the opening half of a reversal waits for all parts, and is dropped when one of them fails") {
  LargeDesk desk;
  desk.venue.abilities.nets_reversals = false;
  desk.start();
  SECTION("all fill, the last one late") {
    desk.venue.faults = {Fault::none, Fault::none, Fault::rests};
    desk.run(perpetual("turn", Action::sell, "6"));
    CHECK(desk.order_states("turn") == "filled filled accepted planned");
    desk.venue.fill_resting(desk.venue.sent.back());
    desk.recover();
    CHECK(desk.order_states("turn") == "filled filled filled filled");
    CHECK(desk.held() == dec("-1"));
  }
  SECTION("the first is refused while another is not settled") {
    desk.venue.faults = {Fault::refused, Fault::none, Fault::rests};
    desk.run(perpetual("turn", Action::sell, "6"));
    CHECK(desk.order_states("turn") == "refused filled accepted dropped");
    desk.venue.fill_resting(desk.venue.sent.back());
    desk.recover();
    CHECK(desk.order_states("turn") == "refused filled filled dropped");
    CHECK(desk.held() == dec("2"));
  }
  CHECK(desk.broken() == Strings());
}

TEST_CASE("parts: each of them that another strategy's order overtook is decided on again") {
  LargeDesk desk;
  desk.rules["b"] = desk.default_rules;
  desk.rules["b"].allow_opposing = true;
  desk.start();
  desk.venue.delayed_requests = 3;
  desk.run(perpetual("exit", Action::close_long, ""));
  auto other = perpetual("short", Action::sell, "2");
  other.strategy = "b";
  desk.run(other);
  auto second = perpetual("short again", Action::sell, "1.5");
  second.strategy = "b";
  desk.run(second);
  desk.venue.deliver();
  desk.settle();
  CHECK(desk.signal_state("exit") == "done");
  CHECK(desk.held().is_zero());
  CHECK(desk.venue.held["BTCUSDT.P"] == dec("-3.5"));
  CHECK(desk.broken() == Strings());
}
