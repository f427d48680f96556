// When a run that has read all its stdin may end.
#include "tvhook-exec/settling.hpp"

#include "support/catch.hpp"
#include "support/trading_desk.hpp"

namespace {

using namespace tvh;
using namespace tvh::test;
using model::Action;
using Fault = FakeVenue::Fault;
using std::chrono::hours;
using std::chrono::seconds;

struct EndingDesk : TradingDesk {
  bool is_over() { return settling.is_over(*executor, clock.steady()); }
  void buy(const std::string& name, const std::string& strategy) {
    run(SampleSignal{name, Action::buy, "BTCUSDT", "1", "100", strategy});
  }
  Settling settling;
};

}  // namespace

TEST_CASE(
    "settling: a slow venue that answers one order after the other is waited for, however long it takes") {
  EndingDesk desk;
  desk.venue.holds_answers = true;
  for (const char* name : {"1", "2", "3", "4", "5"}) desk.buy(name, "a");
  for (int answered = 0; answered < 5; ++answered) {
    CHECK_FALSE(desk.is_over());
    desk.pass(seconds(10));
    CHECK_FALSE(desk.is_over());
    desk.venue.answer_held();
    desk.settle();
  }
  CHECK(desk.is_over());
  CHECK(desk.venue.sent.size() == 5);
}

TEST_CASE("settling: orders that wait for our own request window are sent, in whatever time that takes") {
  EndingDesk desk;
  desk.venue.abilities.order_rate = model::Rate{1, seconds(60)};
  desk.start();
  for (const char* name : {"1", "2", "3", "4"}) desk.buy(name, name);
  for (std::size_t sent = 1; sent < 4; ++sent) {
    CHECK(desk.venue.sent.size() == sent);
    for (int wait = 0; wait < 3; ++wait) {
      CHECK_FALSE(desk.is_over());
      desk.pass(seconds(20));
    }
  }
  CHECK(desk.venue.sent.size() == 4);
  CHECK(desk.is_over());
}

TEST_CASE("settling: an order that stays unknown is given 15 s from its last news, not for ever") {
  EndingDesk desk;
  desk.venue.faults = {Fault::reply_lost};
  desk.venue.failing_queries = 1000;
  desk.buy("1", "a");
  desk.buy("2", "a");
  CHECK_FALSE(desk.is_over());
  desk.pass(seconds(14));
  CHECK_FALSE(desk.is_over());
  desk.pass(seconds(2));
  CHECK(desk.is_over());
  CHECK(desk.executor->unknown_orders() == 1);
  CHECK(desk.executor->waiting_signals() == 1);
}

TEST_CASE("settling: an exit whose stop is not cancelled at once is waited for until it is, or given up") {
  EndingDesk desk;
  desk.buy("1", "a");
  auto stop = make_signal(SampleSignal{"stop", Action::sell, "BTCUSDT", "1", "100", "a"});
  stop.order_type = model::OrderType::stop;
  stop.stop_price = dec("90");
  desk.venue.faults = {Fault::rests};
  desk.run(stop);
  desk.venue.stuck = {desk.one("SELECT client_order_id FROM intents WHERE order_type = 'stop'")};
  desk.run(SampleSignal{"exit", Action::close_long, "BTCUSDT", "", "", "a"});
  for (int second = 0; desk.signal_state("exit") != "refused"; ++second) {
    REQUIRE(second < 600);
    CHECK_FALSE(desk.is_over());
    desk.pass(seconds(1));
  }
  CHECK(desk.signal_reason("exit") == "cancel_failed");
}

TEST_CASE("settling: an order that was lost on its way is waited for until its absence is proven") {
  EndingDesk desk;
  desk.venue.abilities.fence = seconds(25);
  desk.start();
  desk.venue.faults = {Fault::request_lost};
  desk.buy("1", "a");
  for (int second = 0; desk.executor->unknown_orders() > 0; ++second) {
    REQUIRE(second < 60);
    CHECK_FALSE(desk.is_over());
    desk.pass(seconds(1));
  }
  CHECK(desk.is_over());
  CHECK(desk.order_states("1") == "filled");
}

TEST_CASE("settling: a flatten that an unknown order holds up is given up a minute after its last news") {
  EndingDesk desk;
  const auto given_up = [&] {
    return desk.settling.stands_still(*desk.executor, desk.clock.steady(), seconds(60));
  };
  desk.venue.faults = {Fault::reply_lost};
  desk.venue.failing_queries = 1000;
  desk.buy("1", "a");
  desk.ask_to_flatten();
  desk.settle();
  CHECK_FALSE(given_up());
  for (int second = 0; second < 59; second += 1) {
    desk.pass(seconds(1));
    CHECK_FALSE(given_up());
  }
  desk.pass(seconds(2));
  CHECK(given_up());
  CHECK_FALSE(desk.executor->state().requests.empty());
}

TEST_CASE("settling: a turn that comes in an hour is not waited for, and the order counts as unsent") {
  EndingDesk desk;
  desk.venue.abilities.order_rate = model::Rate{1, hours(1)};
  desk.start();
  desk.buy("1", "a");
  desk.buy("2", "b");
  CHECK_FALSE(desk.is_over());
  desk.pass(seconds(16));
  CHECK(desk.is_over());
  CHECK(desk.executor->unsent_orders() == 1);
  CHECK(desk.executor->unknown_orders() == 0);
}

TEST_CASE("settling: an order that the venue has not taken is no unknown one, and is tried to its last time") {
  EndingDesk desk;
  desk.venue.faults.assign(20, Fault::throttled);
  desk.buy("1", "a");
  CHECK(desk.executor->unsent_orders() == 1);
  CHECK(desk.executor->unknown_orders() == 0);
  for (int step = 0; desk.executor->unsent_orders() > 0; ++step) {
    REQUIRE(step < 20);
    CHECK_FALSE(desk.is_over());
    desk.pass(seconds(30));
  }
  CHECK(desk.is_over());
  CHECK(desk.signal_reason("1") == "throttled");
}
