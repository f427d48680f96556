// Cancels what rests and closes what is held, whatever else holds.
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

struct Killed {};

SampleSignal buy(const std::string& name, const std::string& symbol = "BTCUSDT",
                 const std::string& strategy = "a") {
  return {name, Action::buy, symbol, "1", "100", strategy};
}

// a: long BTCUSDT, a limit resting in ETHUSDT; b: short BTCUSDT.P, an order half filled in SOLUSDT.
struct FlattenDesk : TradingDesk {
  FlattenDesk() {
    for (const char* name : {"BTCUSDT", "ETHUSDT", "SOLUSDT", "BTCUSDT.P"}) venue.prices[name] = dec("100");
    run(buy("long"));
    auto rests = make_signal(buy("rests", "ETHUSDT"));
    rests.order_type = model::OrderType::limit;
    rests.limit_price = dec("90");
    run(rests);
    SampleSignal shorts{"short", Action::sell, "BTCUSDT", "1", "100", "b"};
    shorts.market = model::Market::perp;
    run(shorts);
    venue.faults = {Fault::fills_half};
    run(buy("half", "SOLUSDT", "b"));
  }
  std::string ended() { return one("SELECT count(*) FROM requests WHERE state NOT IN ('waiting', 'running')"); }
  std::string open_orders() {
    return one(
        "SELECT count(*) FROM intents WHERE state IN ('planned', 'submitting', 'accepted', "
        "'partially_filled', 'unknown')");
  }
  bool is_flat() {
    for (const auto& [instrument, quantity] : venue.held) {
      if (!quantity.is_zero()) return false;
    }
    return one("SELECT count(*) FROM positions WHERE quantity != '0'") == "0" && open_orders() == "0";
  }
  void flatten(const std::string& arguments = "{}") {
    ask_to_flatten(arguments);
    settle();
  }
};

void advance(TradingDesk& desk, int times) {
  for (int step = 0; step < times; ++step) {
    const auto due = desk.executor->next_due();
    if (!due) return;
    desk.clock.set(std::max(desk.clock.now(), TimePoint(due->time_since_epoch())));
    desk.settle();
  }
}

}  // namespace

TEST_CASE("flatten: it cancels what rests, closes what is held, of every strategy, and says when it is done") {
  FlattenDesk desk;
  desk.flatten();
  CHECK(desk.is_flat());
  CHECK(desk.order_states("rests") == "cancelled");
  CHECK(desk.order_states("half") == "cancelled");
  CHECK(desk.ended() == "1");
  CHECK(desk.one("SELECT result FROM requests") == "done");
  CHECK(desk.one("SELECT count(*) FROM signals WHERE state NOT IN ('done')") == "0");
  CHECK(desk.told.refusals.empty());
  CHECK(desk.broken() == Strings());
}

TEST_CASE("flatten: of one strategy it touches no other") {
  FlattenDesk desk;
  desk.flatten(R"({"strategy":"a"})");
  CHECK(desk.held("BTCUSDT", "a").is_zero());
  CHECK(desk.order_states("rests") == "cancelled");
  CHECK(desk.held("BTCUSDT.P", "b") == dec("-1"));
  CHECK(desk.order_states("half") == "partially_filled");
  CHECK(desk.ended() == "1");
}

TEST_CASE("flatten: of one symbol it touches spot and perpetual of it, and no other symbol") {
  FlattenDesk desk;
  desk.flatten(R"({"symbol":"BTCUSDT"})");
  CHECK(desk.held("BTCUSDT", "a").is_zero());
  CHECK(desk.held("BTCUSDT.P", "b").is_zero());
  CHECK(desk.order_states("rests") == "accepted");
  CHECK(desk.held("SOLUSDT", "b") == dec("0.5"));
  CHECK(desk.ended() == "1");
}

TEST_CASE("flatten: of one venue it touches no other venue") {
  FakeVenue second("second");
  FlattenDesk desk;
  desk.settings.venues = {&desk.venue, &second};
  desk.start();
  desk.rules["a"].venue = "second";
  second.prices = desk.venue.prices;
  desk.run(buy("elsewhere"));
  desk.flatten(R"({"venue":"fake"})");
  CHECK(desk.is_flat() == false);
  CHECK(desk.held("BTCUSDT", "a").is_zero());
  CHECK(second.held["BTCUSDT"] == dec("1"));
  desk.flatten(R"({"venue":"second"})");
  CHECK(second.held["BTCUSDT"].is_zero());
}

TEST_CASE("flatten: a venue that is not configured any more keeps nobody from getting out of the others") {
  FakeVenue second("second");
  FlattenDesk desk;
  desk.settings.venues = {&desk.venue, &second};
  desk.start();
  desk.rules["c"].venue = "second";
  second.prices = desk.venue.prices;
  second.faults = {Fault::rests, Fault::none};
  desk.run(buy("far rests", "BTCUSDT", "c"));
  desk.run(buy("far held", "ETHUSDT", "c"));
  desk.settings.venues = {&desk.venue};
  CHECK_THROWS(desk.start());
  desk.settings.passes_over_missing_venues = true;
  desk.start();
  desk.flatten();
  CHECK(desk.held("BTCUSDT", "a").is_zero());
  CHECK(desk.order_states("rests") == "cancelled");
  CHECK(desk.ended() == "1");
  CHECK(desk.order_states("far rests") == "accepted");
  CHECK(desk.signal_state("far rests") == "claimed");
  REQUIRE(desk.told.warnings.size() == 1);
  CHECK(desk.told.warnings.front().find("put [venue.second] back") != std::string::npos);
  REQUIRE(desk.told.refusals.size() == 1);
  CHECK(desk.told.refusals.front().reason == "unknown_venue");
  // Back again, it is flattened like any other.
  desk.settings.venues = {&desk.venue, &second};
  desk.settings.passes_over_missing_venues = false;
  desk.start();
  desk.flatten();
  CHECK(second.held["ETHUSDT"].is_zero());
  CHECK(desk.order_states("far rests") == "cancelled");
  CHECK(desk.is_flat());
}

TEST_CASE("flatten: one that was cut short is not done while what it sent is at a venue that is missing") {
  FakeVenue second("second");
  TradingDesk desk;
  desk.settings.venues = {&desk.venue, &second};
  desk.rules["c"].venue = "second";
  desk.start();
  second.prices = desk.venue.prices = {{"BTCUSDT", dec("100")}};
  desk.run(buy("near"));
  desk.run(buy("far", "BTCUSDT", "c"));
  desk.halt("panic");
  desk.settings.at_step = [](std::string_view step) {
    if (step == "intent_committed") throw Killed();
  };
  desk.start();
  CHECK_THROWS_AS(
      [&] {
        desk.ask_to_flatten(R"({"venue":"second"})");
        desk.settle();
      }(),
      Killed);
  desk.settings.at_step = {};
  desk.settings.venues = {&desk.venue};
  desk.settings.passes_over_missing_venues = true;
  desk.start();
  desk.ask_to_flatten();
  desk.settle();
  CHECK(desk.held("BTCUSDT", "a").is_zero());
  CHECK_FALSE(desk.executor->has_requests());  // nothing to wait for here
  CHECK(desk.one("SELECT group_concat(state) FROM requests") == "running,done");
  desk.settings.venues = {&desk.venue, &second};
  desk.settings.passes_over_missing_venues = false;
  desk.start();
  for (int step = 0; step < 20; ++step) desk.pass(seconds(2));
  CHECK(second.held["BTCUSDT"].is_zero());
  CHECK(desk.one("SELECT group_concat(state) FROM requests") == "done,done");
  CHECK(desk.broken() == Strings());
}

TEST_CASE("flatten: it closes where the position is held, wherever the strategy trades by now") {
  FakeVenue second("second");
  FlattenDesk desk;
  desk.settings.venues = {&desk.venue, &second};
  desk.rules["a"].venue = "second";
  desk.start();
  REQUIRE(desk.told.warnings.size() == 1);
  CHECK(desk.told.warnings.front().find("a holds 1 BTCUSDT at venue fake and trades at second now") !=
        std::string::npos);
  desk.flatten();
  CHECK(desk.is_flat());
  CHECK(second.requests.empty());
  desk.start();
  CHECK(desk.told.warnings.size() == 1);
}

TEST_CASE("flatten: it works under a halt, and the halt stays") {
  FlattenDesk desk;
  desk.halt("stop");
  desk.settle();
  desk.flatten();
  CHECK(desk.is_flat());
  CHECK(desk.run(buy("after")) == Ending::refused);
  CHECK(desk.signal_reason("after") == "halted");
}

TEST_CASE("flatten: a halt that comes while it works does not stop it") {
  FlattenDesk desk;
  desk.venue.holds_answers = true;
  desk.venue.faults = {Fault::throttled, Fault::unreachable};
  desk.flatten();
  desk.halt("stop");
  desk.settle();
  desk.venue.holds_answers = false;
  desk.venue.answer_held();
  desk.settle();
  advance(desk, 20);
  CHECK(desk.is_flat());
  CHECK(desk.ended() == "1");
}

TEST_CASE("flatten: no limit and no filter stops it, nor an open breaker") {
  FlattenDesk desk;
  engine::Limits& limits = desk.settings.rules.risk.overall.emplace();
  limits.max_order_size = dec("0.001");
  limits.max_order_notional = dec("1");
  limits.max_position = dec("1");
  limits.daily_loss = dec("0.01");
  limits.max_orders_per_minute = 1;
  limits.symbols = {"XRPUSDT"};
  limits.actions = {"buy"};
  desk.settings.rules.only_symbols = {"XRPUSDT"};
  desk.settings.rules.only_strategies = {"nobody"};
  desk.settings.rules.breakers["fake"] = {1, seconds(300), seconds(300)};
  expect(desk.journal->connection().execute("DELETE FROM controls"));
  desk.start();
  desk.flatten();
  CHECK(desk.is_flat());
  CHECK(desk.told.refusals.empty());
}

TEST_CASE("flatten: killed at any step and started again, it ends flat, and turns nothing") {
  int steps = 0;
  for (int dies_at = 1; dies_at <= std::max(steps, 1); ++dies_at) {
    FlattenDesk desk;
    int step = 0;
    std::string name;
    desk.settings.at_step = [&](std::string_view at) {
      name = at;
      if (++step == dies_at) throw Killed{};
    };
    desk.start();
    // The whole of it, once, to know how many steps there are.
    if (steps == 0) {
      FlattenDesk whole;
      whole.settings.at_step = [&](std::string_view) { ++steps; };
      whole.start();
      whole.flatten();
      REQUIRE(whole.is_flat());
      REQUIRE(steps >= 6);
    }
    try {
      desk.ask_to_flatten();
      desk.settle();
    } catch (const Killed&) {
    }
    INFO("killed at step " << dies_at << ", " << name);
    desk.settings.at_step = {};
    desk.start();
    value_of(desk.executor->take_pending());
    value_of(desk.executor->take_requests());
    desk.settle();
    desk.recover();
    advance(desk, 10);
    CHECK(desk.is_flat());
    CHECK(desk.ended() == "1");
    CHECK(desk.broken() == Strings());
  }
}

TEST_CASE("flatten: killed at any step under a halt, it goes on under the halt") {
  int steps = 0;
  {
    FlattenDesk whole;
    whole.halt("stop");
    whole.settle();
    whole.settings.at_step = [&](std::string_view) { ++steps; };
    whole.start();
    whole.flatten();
    REQUIRE(whole.is_flat());
  }
  for (int dies_at = 1; dies_at <= steps; ++dies_at) {
    FlattenDesk desk;
    desk.halt("stop");
    desk.settle();
    int step = 0;
    desk.settings.at_step = [&](std::string_view) {
      if (++step == dies_at) throw Killed{};
    };
    desk.start();
    try {
      desk.ask_to_flatten();
      desk.settle();
    } catch (const Killed&) {
    }
    INFO("killed at step " << dies_at);
    desk.settings.at_step = {};
    desk.start();
    value_of(desk.executor->take_requests());
    desk.settle();
    desk.recover();
    advance(desk, 10);
    CHECK(desk.is_flat());
    CHECK(desk.ended() == "1");
    CHECK(desk.broken() == Strings());
  }
}

TEST_CASE("flatten: asked for twice at once it closes once") {
  FlattenDesk desk;
  desk.venue.holds_answers = true;
  desk.ask_to_flatten();
  desk.settle();
  desk.ask_to_flatten();
  desk.settle();
  for (int answer = 0; answer < 4; ++answer) {
    desk.venue.answer_held();
    desk.settle();
  }
  CHECK(desk.is_flat());
  CHECK(desk.ended() == "2");
  CHECK(desk.one("SELECT count(*) FROM intents WHERE leg != 'entry'") == "3");
  CHECK(desk.broken() == Strings());
}

TEST_CASE("flatten: with nothing open it is done at once, and sends nothing") {
  TradingDesk desk;
  desk.ask_to_flatten();
  desk.settle();
  CHECK(desk.one("SELECT result FROM requests") == "done");
  CHECK(desk.venue.requests.empty());
  CHECK(desk.told.refusals.empty());
  CHECK(desk.one("SELECT count(*) FROM signals") == "0");
}

TEST_CASE("flatten: an order on the wire is waited for, and what it filled is closed") {
  TradingDesk desk;
  desk.venue.prices["BTCUSDT"] = dec("100");
  desk.venue.holds_answers = true;
  desk.run(buy("one"));
  desk.ask_to_flatten();
  desk.settle();
  CHECK(desk.venue.requests.size() == 1);
  desk.venue.holds_answers = false;
  desk.venue.answer_held();
  desk.settle();
  CHECK(desk.venue.held["BTCUSDT"].is_zero());
  CHECK(desk.held("BTCUSDT", "a").is_zero());
  CHECK(desk.one("SELECT result FROM requests") == "done");
}

TEST_CASE("flatten: an order whose outcome is unknown is settled first, then what it filled is closed") {
  for (const Fault fault : {Fault::reply_lost, Fault::request_lost}) {
    TradingDesk desk;
    desk.venue.abilities.fence = seconds(10);
    desk.venue.prices["BTCUSDT"] = dec("100");
    desk.start();
    desk.venue.faults = {fault};
    desk.venue.failing_queries = 3;
    desk.run(buy("one"));
    desk.ask_to_flatten();
    desk.settle();
    advance(desk, 30);
    CHECK(desk.venue.held["BTCUSDT"].is_zero());
    CHECK(desk.held("BTCUSDT", "a").is_zero());
    CHECK(desk.one("SELECT result FROM requests") == "done");
    CHECK(desk.broken() == Strings());
  }
}

TEST_CASE("flatten: an order that waits for its turn is dropped, not sent after it") {
  TradingDesk desk;
  desk.venue.prices = {{"BTCUSDT", dec("100")}, {"ETHUSDT", dec("100")}};
  desk.venue.faults = {Fault::throttled};
  desk.run(buy("one"));
  desk.ask_to_flatten();
  desk.settle();
  advance(desk, 20);
  CHECK(desk.venue.held["BTCUSDT"].is_zero());
  CHECK(desk.venue.requests.size() == 1);
  CHECK(desk.signal_reason("one") == "flattened");
}

TEST_CASE("flatten: a close that fails is told, and does not pass for done in silence") {
  TradingDesk desk;
  desk.venue.prices["BTCUSDT"] = dec("100");
  desk.run(buy("one"));
  desk.venue.faults = {Fault::refused};
  desk.ask_to_flatten();
  desk.settle();
  CHECK(desk.held("BTCUSDT", "a") == dec("1"));
  CHECK(desk.told.refusals.size() == 1);
}

TEST_CASE("flatten: an entry that is proven absent while a flatten waits for it is not sent again") {
  TradingDesk desk;
  desk.venue.abilities.fence = seconds(10);
  desk.venue.prices["BTCUSDT"] = dec("100");
  desk.start();
  desk.venue.faults = {Fault::request_lost};
  desk.run(buy("one"));
  desk.ask_to_flatten();
  desk.settle();
  advance(desk, 30);
  CHECK(desk.venue.requests.size() == 1);
  CHECK(desk.venue.held["BTCUSDT"].is_zero());
}

TEST_CASE("flatten: what waits in the journal and nobody has taken ends with it, and opens nothing later") {
  TradingDesk desk;
  desk.venue.prices["BTCUSDT"] = dec("100");
  for (const char* name : {"one", "two"}) desk.receive(make_signal(buy(name)));
  desk.ask_to_flatten();
  desk.settle();
  CHECK(value_of(desk.executor->take_pending()) == 0);
  desk.settle();
  CHECK(desk.signal_reason("one") == "flattened");
  CHECK(desk.signal_state("two") == "refused");
  CHECK(desk.told.refusals.size() == 2);
  CHECK(desk.one("SELECT result FROM requests") == "done");
  CHECK(desk.venue.sent.empty());
  CHECK(desk.broken() == Strings());
}

TEST_CASE("flatten: what waits in the journal for others than its scope goes on waiting") {
  TradingDesk desk;
  desk.venue.prices = {{"BTCUSDT", dec("100")}, {"ETHUSDT", dec("100")}};
  desk.receive(make_signal(buy("meant")));
  desk.receive(make_signal(buy("symbol", "ETHUSDT")));
  desk.receive(make_signal(buy("strategy", "BTCUSDT", "b")));
  desk.ask_to_flatten(R"({"strategy":"a","symbol":"BTCUSDT","venue":"fake"})");
  desk.settle();
  CHECK(desk.signal_reason("meant") == "flattened");
  CHECK(desk.signal_state("symbol") == "pending");
  CHECK(desk.signal_state("strategy") == "pending");
  CHECK(value_of(desk.executor->take_pending()) == 2);
  desk.settle();
  CHECK(desk.venue.sent.size() == 2);
}

TEST_CASE("flatten: however many wait in the journal, all of them end, and what is held is closed") {
  TradingDesk desk;
  desk.venue.prices["BTCUSDT"] = dec("100");
  desk.run(buy("held"));
  for (int i = 0; i < 600; ++i)
    desk.receive(make_signal(buy("n" + std::to_string(i), "BTCUSDT", i % 2 == 0 ? "a" : "b")));
  desk.ask_to_flatten(R"({"strategy":"a"})");
  desk.settle();
  CHECK(desk.one("SELECT count(*) FROM signals WHERE reason = 'flattened'") == "300");
  CHECK(desk.one("SELECT count(*) FROM signals WHERE state = 'pending'") == "300");
  CHECK(desk.held("BTCUSDT", "a").is_zero());
  CHECK(desk.one("SELECT result FROM requests") == "done");
}

TEST_CASE("flatten: what an earlier life decided and never sent is not sent first by the one that flattens") {
  TradingDesk desk;
  desk.venue.prices["BTCUSDT"] = dec("100");
  desk.venue.abilities.order_rate = model::Rate{1, seconds(10)};
  desk.start();
  desk.run(buy("sent"));
  desk.run(buy("unsent", "BTCUSDT", "b"));
  REQUIRE(desk.order_states("unsent") == "planned");
  desk.clock.set(desk.clock.now() + std::chrono::minutes(5));
  expect(desk.journal->connection().execute(
      "INSERT INTO requests (at, kind, arguments) VALUES (1, 'flatten', '{}')"));
  desk.start();
  desk.settle();
  advance(desk, 10);
  CHECK(desk.order_states("unsent") == "dropped");
  CHECK(desk.signal_reason("unsent") == "flattened");
  CHECK(desk.venue.held["BTCUSDT"].is_zero());
  CHECK(desk.venue.sent.size() == 2);
}
