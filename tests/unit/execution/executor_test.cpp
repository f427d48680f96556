// From a signal to its one terminal state.
#include "execution/executor.hpp"

#include "support/catch.hpp"
#include "support/trading_desk.hpp"

namespace {

using namespace tvh;
using namespace tvh::test;
using model::Action;
using tvh::test::Ending;
using Strings = std::vector<std::string>;

}  // namespace

TEST_CASE("executor: a buy from stdin is recorded, claimed, sent once, filled and told") {
  TradingDesk desk;
  CHECK(desk.run(SampleSignal{}) == Ending::done);
  CHECK(desk.signal_state("one") == "done");
  CHECK(desk.order_states("one") == "filled");
  CHECK(desk.events() == "submit fill_all");
  CHECK(desk.venue.requests.size() == 1);
  CHECK(desk.held("BTCUSDT") == dec("0.01"));
  REQUIRE(desk.told.orders.size() == 1);
  const auto& record = desk.told.orders.front();
  CHECK(record.intent.state == model::OrderState::filled);
  CHECK(record.intent.filled_quantity == dec("0.01"));
  CHECK(record.average_price == dec("65000.5"));
  CHECK(record.symbol == "BTCUSDT");
  CHECK(desk.told.refusals.empty());
  CHECK(desk.broken() == Strings());
}

TEST_CASE("executor: a signal that comes twice, either way, is executed once") {
  TradingDesk desk;
  const auto signal = make_signal({});
  desk.receive(signal);
  CHECK(desk.run_stored(signal) == Ending::done);
  CHECK(desk.run_stored(signal) == Ending::nothing);
  CHECK(desk.run(signal) == Ending::nothing);
  desk.start();
  CHECK(desk.run(signal) == Ending::nothing);
  CHECK(desk.recover() == 0);
  CHECK(desk.venue.requests.size() == 1);
  CHECK(desk.told.orders.size() == 1);
  CHECK(desk.broken() == Strings());
}

TEST_CASE("executor: a signal whose order is still unknown is not executed again when it comes again") {
  TradingDesk desk;
  desk.venue.faults = {FakeVenue::Fault::request_lost};
  CHECK(desk.run(SampleSignal{}) == Ending::unknown);
  CHECK(desk.run(SampleSignal{}) == Ending::nothing);
  CHECK(desk.venue.requests.size() == 1);
  CHECK(desk.signal_state("one") == "claimed");
}

TEST_CASE("executor: a line that was edited on the way wins, and both texts are kept") {
  TradingDesk desk;
  desk.receive(make_signal({}));
  auto edited = make_signal({});
  edited.quantity = dec("0.001");
  CHECK(desk.run(edited) == Ending::done);
  CHECK(desk.held("BTCUSDT") == dec("0.001"));
  CHECK(desk.one("SELECT record FROM signals").find("\"0.01\"") != std::string::npos);
  CHECK(desk.one("SELECT edited_record FROM signals").find("\"0.001\"") != std::string::npos);
  CHECK(desk.broken() == Strings());
}

TEST_CASE("executor: a quantity edited below what its position moves by is refused, for entries alone") {
  struct Case {
    model::PositionChange position;
    const char* edited;
    const char* reason;
  };
  using model::PositionSide;
  const auto moves = [](const char* from, const char* to) {
    const auto side = [](const char* text) {
      return dec(text).is_zero()       ? PositionSide::flat
             : dec(text).is_negative() ? PositionSide::short_side
                                       : PositionSide::long_side;
    };
    return model::PositionChange{side(to), dec(to).absolute(), side(from), dec(from).absolute()};
  };
  for (const Case& one : {Case{moves("0", "1"), "0.1", "edited"}, Case{moves("1", "-1"), "1", "edited"},
                          Case{moves("1", "2"), "0.1", "edited"}, Case{moves("0", "1"), "1", ""},
                          Case{moves("0", "0.1"), "0.1", ""}, Case{moves("2", "1"), "0.1", "at_target"},
                          Case{moves("1", "0"), "0.1", ""}}) {
    TradingDesk desk;
    desk.default_rules.follows_position = true;
    SampleSignal sample{"held", model::Action::buy, "BTCUSDT", "1"};
    sample.market = model::Market::perp;
    auto held = make_signal(sample);
    held.position = moves("0", "1");
    if (!one.position.prev_size->is_zero()) desk.run(held);
    sample.name = "two";
    auto signal = make_signal(sample);
    signal.bar_time = at_second(60);
    signal.position = one.position;
    signal.quantity = dec("7");
    desk.receive(signal);
    signal.quantity = dec(one.edited);
    desk.run(signal);
    INFO(to_text(one.position.side) << " " << *one.position.size << " by " << one.edited);
    CHECK(desk.signal_reason("two") == one.reason);
  }
}

TEST_CASE("executor: an edited line that waits, and comes once more as it was, is executed as it came last") {
  TradingDesk desk;
  desk.venue.faults = {FakeVenue::Fault::request_lost};
  desk.venue.failing_queries = 1'000'000;
  desk.run(SampleSignal{"one"});  // its lane waits
  const auto signal = make_signal({"two", model::Action::buy, "BTCUSDT", "0.4"});
  auto edited = signal;
  edited.quantity = dec("0.1");
  desk.receive(signal);
  CHECK(desk.run(edited) == Ending::waits);
  desk.start();
  CHECK(desk.run(signal) == Ending::waits);
  const std::string text =
      "SELECT json_extract(coalesce(edited_record, record), '$.quantity') FROM signals WHERE id = '" +
      signal.id + "'";
  CHECK(desk.one(text) == "0.4");
  desk.start();
  value_of(desk.executor->take_pending());
  desk.venue.failing_queries = 0;
  desk.recover();
  CHECK(desk.order_states("two") == "filled");
  CHECK(desk.one("SELECT quantity FROM intents WHERE signal_id = '" + signal.id + "'") == "0.4");
  CHECK(desk.one(text) == "0.4");
  CHECK(desk.one("SELECT edited_record FROM signals WHERE id = '" + signal.id + "'").empty());
}

TEST_CASE("executor: a line that came through untouched is not marked as edited") {
  TradingDesk desk;
  desk.receive(make_signal({}));
  CHECK(desk.run(SampleSignal{}) == Ending::done);
  CHECK(desk.one("SELECT edited_record IS NULL FROM signals") == "1");
}

TEST_CASE("executor: where edits are not wanted, an edited line ends refused and nothing is sent") {
  TradingDesk desk;
  desk.settings.rules.edit_policy = engine::EditPolicy::refuse_edited;
  desk.start();
  desk.receive(make_signal({}));
  auto edited = make_signal({});
  edited.quantity = dec("1");
  CHECK(desk.run(edited) == Ending::refused);
  CHECK(desk.signal_state("one") == "refused");
  CHECK(desk.signal_reason("one") == "edited");
  CHECK(desk.venue.requests.empty());
  REQUIRE(desk.told.refusals.size() == 1);
  CHECK(desk.told.refusals.front().reason == "edited");
}

TEST_CASE("executor: recovery of an edited signal works from the text that won") {
  TradingDesk desk;
  desk.receive(make_signal({}));
  desk.venue.faults = {FakeVenue::Fault::request_lost};
  auto edited = make_signal({});
  edited.quantity = dec("0.001");
  CHECK(desk.run(edited) == Ending::unknown);
  CHECK(desk.recover() == 0);
  CHECK(desk.held("BTCUSDT") == dec("0.001"));
}

TEST_CASE("executor: under --symbol a close_all without a symbol closes what it allows, and tells what stays") {
  TradingDesk desk;
  SampleSignal buy;
  for (const char* symbol : {"BTCUSDT", "ETHUSDT"}) {
    buy.name = buy.symbol = symbol;
    REQUIRE(desk.run(buy) == Ending::done);
  }
  desk.settings.rules.only_symbols = {"BTCUSDT"};
  desk.start();
  SampleSignal close{"close", Action::close_all, "", "", ""};
  CHECK(desk.run(close) == Ending::done);
  CHECK(desk.held("BTCUSDT").is_zero());
  CHECK(desk.held("ETHUSDT") == dec("0.01"));
  CHECK(desk.signal_reason("close") == "filtered");
  REQUIRE(desk.told.refusals.size() == 1);
  CHECK(desk.told.refusals.front().message == "ETHUSDT stays open: --symbol passes over it");
  close.name = "again";
  CHECK(desk.run(close) == Ending::refused);
  CHECK(desk.signal_reason("again") == "filtered");
  desk.settings.rules.only_symbols = {};
  desk.start();
  close.name = "all";
  CHECK(desk.run(close) == Ending::done);
  CHECK(desk.held("ETHUSDT").is_zero());
  CHECK(desk.broken() == Strings());
}

TEST_CASE("executor: under --symbol a cancel without a symbol cancels what it allows, and tells what stays") {
  TradingDesk desk;
  for (const char* symbol : {"BTCUSDT", "ETHUSDT"}) {
    SampleSignal what;
    what.name = what.symbol = symbol;
    auto rests = make_signal(what);
    rests.order_type = model::OrderType::limit;
    rests.limit_price = dec("90");
    REQUIRE(desk.run(rests) == Ending::resting);
  }
  desk.settings.rules.only_symbols = {"BTCUSDT"};
  desk.start();
  CHECK(desk.run(SampleSignal{"cancel", Action::cancel, "", "", ""}) == Ending::done);
  CHECK(desk.order_states("BTCUSDT") == "cancelled");
  CHECK(desk.order_states("ETHUSDT") == "accepted");
  REQUIRE(desk.told.refusals.size() == 1);
  CHECK(desk.told.refusals.front().reason == "filtered");
  CHECK(desk.broken() == Strings());
}

TEST_CASE("executor: what --symbol and --strategy pass over ends refused as filtered, and is told") {
  TradingDesk desk;
  desk.settings.rules.only_symbols = {"ETHUSDT"};
  desk.start();
  CHECK(desk.run(SampleSignal{}) == Ending::refused);
  CHECK(desk.signal_state("one") == "refused");
  CHECK(desk.signal_reason("one") == "filtered");
  SampleSignal wanted;
  wanted.name = "two";
  wanted.symbol = "ETHUSDT";
  CHECK(desk.run(wanted) == Ending::done);
  desk.settings.rules.only_strategies = {"other"};
  desk.start();
  wanted.name = "three";
  CHECK(desk.run(wanted) == Ending::refused);
  CHECK(desk.signal_reason("three") == "filtered");
  CHECK(desk.venue.requests.size() == 1);
  CHECK(desk.told.refusals.size() == 2);
  CHECK(desk.broken() == Strings());
}

TEST_CASE("executor: signals met while halted end refused with the reason, and a halt outlives a restart") {
  TradingDesk desk;
  desk.halt("looking into it");
  desk.start();
  CHECK(desk.run(SampleSignal{}) == Ending::refused);
  CHECK(desk.signal_reason("one") == "halted");
  REQUIRE(desk.told.refusals.size() == 1);
  CHECK(desk.told.refusals.front().message.find("looking into it") != std::string::npos);
  CHECK(desk.venue.requests.empty());

  auto write = desk.journal->begin_write();
  REQUIRE(desk.book.remove_halt());
  REQUIRE(write->commit());
  SampleSignal next;
  next.name = "two";
  CHECK(desk.run(next) == Ending::done);
  CHECK(desk.broken() == Strings());
}

TEST_CASE("executor: every refusal of the plan ends the signal with its rule, its message, and one record") {
  TradingDesk desk;
  auto bracket = make_signal({});
  bracket.stop_loss = dec("60000");
  CHECK(desk.run(bracket) == Ending::refused);
  SampleSignal sell;
  sell.name = "two";
  sell.action = Action::sell;
  CHECK(desk.run(sell) == Ending::refused);
  SampleSignal unpriced;
  unpriced.name = "three";
  unpriced.price = "";
  CHECK(desk.run(unpriced) == Ending::refused);
  desk.venue.untradable = {"XRPUSDT"};
  SampleSignal strange;
  strange.name = "four";
  strange.symbol = "XRPUSDT";
  CHECK(desk.run(strange) == Ending::refused);
  desk.rules["elsewhere"].venue = "nowhere";
  SampleSignal elsewhere;
  elsewhere.name = "five";
  elsewhere.strategy = "elsewhere";
  CHECK(desk.run(elsewhere) == Ending::refused);
  CHECK(read_column(*desk.journal, "SELECT reason FROM signals ORDER BY seq") ==
        Strings{"brackets_unsupported", "nothing_to_sell", "no_price", "unknown_instrument", "unknown_venue"});
  CHECK(desk.one("SELECT count(*) FROM signals WHERE message = ''") == "0");
  REQUIRE(desk.told.refusals.size() == 5);
  for (const auto& refusal : desk.told.refusals) CHECK_FALSE(refusal.message.empty());
  CHECK(desk.venue.requests.empty());
  CHECK(desk.one("SELECT count(*) FROM intents") == "0");
  CHECK(desk.broken() == Strings());
}

TEST_CASE("executor: a refusal by the venue ends the order and the signal, with the venue's code and words") {
  TradingDesk desk;
  desk.venue.faults = {FakeVenue::Fault::refused};
  CHECK(desk.run(SampleSignal{}) == Ending::refused);
  CHECK(desk.order_states("one") == "refused");
  CHECK(desk.signal_state("one") == "refused");
  CHECK(desk.signal_reason("one") == "-2010");
  REQUIRE(desk.told.refusals.size() == 1);
  CHECK(desk.told.refusals.front().message.find("insufficient balance") != std::string::npos);
  CHECK(desk.held("BTCUSDT").is_zero());
  CHECK(desk.broken() == Strings());
}

TEST_CASE("executor: a heartbeat ends done, sends nothing and tells nothing") {
  TradingDesk desk;
  SampleSignal heartbeat;
  heartbeat.action = Action::heartbeat;
  heartbeat.symbol = "";
  CHECK(desk.run(heartbeat) == Ending::done);
  CHECK(desk.signal_state("one") == "done");
  CHECK(desk.venue.requests.empty());
  CHECK(desk.told.orders.empty());
  CHECK(desk.told.refusals.empty());
}

TEST_CASE("executor: a spot sell is clipped to the strategy's own position, and the record says from what") {
  TradingDesk desk;
  desk.run(SampleSignal{});
  SampleSignal sell;
  sell.name = "two";
  sell.action = Action::sell;
  sell.quantity = "5";
  CHECK(desk.run(sell) == Ending::done);
  CHECK(desk.held("BTCUSDT").is_zero());
  CHECK(desk.told.orders.back().clipped_from == dec("5"));
  CHECK(desk.told.orders.back().intent.request.quantity == dec("0.01"));
}

TEST_CASE("executor: one strategy cannot sell what another bought") {
  TradingDesk desk;
  desk.run(SampleSignal{});
  SampleSignal sell;
  sell.name = "two";
  sell.action = Action::sell;
  sell.strategy = "other";
  CHECK(desk.run(sell) == Ending::refused);
  CHECK(desk.signal_reason("two") == "nothing_to_sell");
  CHECK(desk.held("BTCUSDT") == dec("0.01"));
}

namespace {

// Three positions of one strategy, one of another.
void open_positions(TradingDesk& desk) {
  desk.run(SampleSignal{"a", Action::buy, "BTCUSDT", "0.01", "65000"});
  desk.run(SampleSignal{"b", Action::buy, "ETHUSDT", "0.5", "3000"});
  desk.run(SampleSignal{"c", Action::sell, "SOLUSDT", "3", "150", "ma_cross_v1", model::Market::perp});
  desk.run(SampleSignal{"d", Action::buy, "BTCUSDT", "0.2", "65000", "other"});
  desk.venue.prices = {{"BTCUSDT", dec("66000")}, {"ETHUSDT", dec("3100")}, {"SOLUSDT.P", dec("140")}};
  desk.told.orders.clear();
}

SampleSignal close_all() { return {"close", Action::close_all, "", "", ""}; }

}  // namespace

TEST_CASE("executor: close_all without a symbol closes all of that strategy's positions and nobody else's") {
  TradingDesk desk;
  open_positions(desk);
  CHECK(desk.run(close_all()) == Ending::done);
  CHECK(desk.held("BTCUSDT").is_zero());
  CHECK(desk.held("ETHUSDT").is_zero());
  CHECK(desk.held("SOLUSDT.P").is_zero());
  CHECK(desk.held("BTCUSDT", "other") == dec("0.2"));
  CHECK(desk.order_states("close") == "filled filled filled");
  CHECK(desk.told.orders.size() == 3);
  CHECK(desk.signal_state("close") == "done");
  CHECK(desk.broken() == Strings());
}

TEST_CASE("executor: close_all with a symbol closes that instrument alone") {
  TradingDesk desk;
  open_positions(desk);
  SampleSignal close = close_all();
  close.symbol = "ETHUSDT";
  CHECK(desk.run(close) == Ending::done);
  CHECK(desk.held("ETHUSDT").is_zero());
  CHECK(desk.held("BTCUSDT") == dec("0.01"));
}

TEST_CASE("executor: close_all leaves the same strategy's positions at another venue alone") {
  FakeVenue second("second");
  TradingDesk desk;
  desk.settings.venues = {&desk.venue, &second};
  desk.start();
  open_positions(desk);
  desk.rules["ma_cross_v1"].venue = "second";
  desk.run(SampleSignal{"e", Action::buy, "BTCUSDT", "0.07", "65000"});
  second.prices = desk.venue.prices;
  CHECK(desk.run(close_all()) == Ending::done);
  CHECK(value_of(desk.book.read_position("second", "BTCUSDT", "ma_cross_v1")).quantity.is_zero());
  CHECK(desk.held("BTCUSDT") == dec("0.01"));
  CHECK(desk.held("ETHUSDT") == dec("0.5"));
}

TEST_CASE("executor: the price in a close_all without a symbol is one chart's: it prices no other instrument") {
  TradingDesk desk;
  open_positions(desk);
  SampleSignal close = close_all();
  close.price = "66000";  // {{close}} of the BTCUSDT chart
  CHECK(desk.run(close) == Ending::done);
  for (const auto& record : desk.told.orders) {
    INFO(record.intent.request.instrument);
    CHECK(record.average_price == desk.venue.prices[record.intent.request.instrument]);
  }
}

TEST_CASE("executor: close_all with nothing open is refused by name") {
  TradingDesk desk;
  CHECK(desk.run(close_all()) == Ending::refused);
  CHECK(desk.signal_reason("close") == "nothing_to_close");
}

TEST_CASE(
    "executor: a position that cannot be closed keeps none of the others open, and is not passed over in "
    "silence") {
  TradingDesk desk;
  open_positions(desk);
  desk.venue.untradable = {"ETHUSDT"};
  desk.run(close_all());
  CHECK(desk.held("BTCUSDT").is_zero());
  CHECK(desk.held("SOLUSDT.P").is_zero());
  CHECK(desk.held("ETHUSDT") == dec("0.5"));
  const std::string told =
      desk.one("SELECT reason || ' ' || message FROM signals WHERE id = '" + sample_id("close") + "'");
  CHECK(told.find("ETHUSDT") != std::string::npos);
  CHECK(desk.broken() == Strings());
}

TEST_CASE("executor: one of several orders is refused by the venue: the signal is done, and the others stand") {
  TradingDesk desk;
  open_positions(desk);
  desk.venue.faults = {FakeVenue::Fault::none, FakeVenue::Fault::refused, FakeVenue::Fault::none};
  CHECK(desk.run(close_all()) == Ending::done);
  CHECK(desk.signal_state("close") == "done");
  CHECK_FALSE(desk.signal_reason("close").empty());
  CHECK(desk.broken() == Strings());
}

TEST_CASE("executor: no request leaves before its intent is committed, nor while the journal is held") {
  TradingDesk desk;
  desk.venue.prices = {{"BTCUSDT", dec("65000")}, {"ETHUSDT", dec("3000")}};
  int left = 0;
  desk.venue.at_submit = [&](const model::OrderRequest& order) {
    ++left;
    CHECK_FALSE(desk.journal->connection().in_transaction());
    CHECK(desk.one("SELECT state FROM intents WHERE client_order_id = '" + order.client_order_id + "'") ==
          "submitting");
  };
  desk.run(SampleSignal{"a", Action::buy, "BTCUSDT", "0.01", "65000"});
  desk.run(SampleSignal{"b", Action::buy, "ETHUSDT", "0.5", "3000"});
  desk.venue.faults = {FakeVenue::Fault::request_lost};
  desk.run(SampleSignal{"close", Action::close_all, "", "", ""});
  desk.recover();
  CHECK(left == 5);
}

TEST_CASE("executor: records are told after they are durable, each once") {
  TradingDesk desk;
  struct Watching final : execution::RecordSink {
    explicit Watching(TradingDesk& the_desk) : desk(the_desk) {}
    void on_order(const model::OrderRecord& record) override {
      CHECK_FALSE(desk.journal->connection().in_transaction());
      CHECK(desk.one("SELECT state FROM intents") == to_text(record.intent.state));
      ++told;
    }
    void on_refusal(const model::RefusalRecord&) override {
      CHECK_FALSE(desk.journal->connection().in_transaction());
      ++told;
    }
    TradingDesk& desk;
    int told = 0;
  } watching(desk);
  execution::Executor executor(desk.keeper, desk.clock, desk.settings, watching);
  REQUIRE(executor.start());
  CHECK(executor.give(make_signal({})));
  CHECK(executor.run_until_idle());
  SampleSignal refused;
  refused.name = "two";
  refused.quantity = "";
  CHECK(executor.give(make_signal(refused)));
  CHECK(executor.run_until_idle());
  CHECK(watching.told == 2);
}

TEST_CASE("executor: an edit that comes after the journal's text was executed is told, not passed over") {
  TradingDesk desk;
  CHECK(desk.run(SampleSignal{"one", Action::buy, "BTCUSDT", "0.01", "65000"}) == Ending::done);
  CHECK(desk.run(SampleSignal{"one", Action::buy, "BTCUSDT", "0.001", "65000"}) == Ending::edited_too_late);
  CHECK(desk.run(SampleSignal{"one", Action::buy, "BTCUSDT", "0.01", "65000"}) == Ending::nothing);
  CHECK(desk.held("BTCUSDT") == dec("0.01"));
}
