// Claims, events, fills and positions as rows: what Execution promises by itself.
#include "journal/execution.hpp"
#include "support/catch.hpp"
#include "support/journal_invariants.hpp"
#include "support/samples.hpp"

namespace {

using namespace tvh;
using namespace tvh::test;
using journal::Execution;
using journal::Journal;
using model::OrderEventKind;
using model::OrderState;
using model::SignalState;

struct Book {
  Book() : journal(std::move(*Journal::open_in_memory())), execution(*journal) {
    REQUIRE(execution.claim(make_signal({}), false, at_second(1)));
  }
  void plan(const std::string& id, const char* leg = "entry") {
    model::Intent intent;
    intent.clipped_from = dec("5");
    intent.request.client_order_id = id;
    intent.request.instrument = "BTCUSDT";
    intent.request.quantity = dec("0.01");
    intent.request.reference_price = dec("65000.5");
    intent.signal_id = sample_id("one");
    intent.strategy = "ma";
    intent.venue = "paper";
    intent.leg = leg;
    intent.planned_at = at_second(2);
    REQUIRE(execution.insert_intent(intent));
  }
  model::Fill fill(const char* trade, const char* quantity, model::Side side = model::Side::buy) {
    return {"tvha",        "paper",      "BTCUSDT",  "v1",   trade,       side,
            dec(quantity), dec("65000"), dec("0.1"), "USDT", at_second(3)};
  }
  std::unique_ptr<Journal> journal;
  Execution execution;
};

}  // namespace

TEST_CASE("execution store: a signal is claimed by one, ended once, and its end does not change") {
  auto journal = std::move(*Journal::open_in_memory());
  Execution execution(*journal);
  const auto signal = make_signal({});
  CHECK_FALSE(execution.find_signal(signal)->state);
  REQUIRE(execution.claim(signal, false, at_second(1)));
  CHECK(execution.find_signal(signal)->state == SignalState::claimed);
  REQUIRE(execution.claim(signal, false, at_second(2)));
  CHECK(read_column(*journal, "SELECT claimed_at FROM signals").front() ==
        std::to_string(nanoseconds_since_epoch(at_second(1))));
  CHECK(execution.read_claimed()->size() == 1);
  REQUIRE(execution.end_signal(signal.id, SignalState::refused, "halted", "why", at_second(3)));
  REQUIRE(execution.claim(signal, false, at_second(4)));
  CHECK(execution.find_signal(signal)->state == SignalState::refused);
  REQUIRE(execution.end_signal(signal.id, SignalState::done, "other", "", at_second(5)));
  CHECK(*execution.read_signal_state(signal.id) == SignalState::refused);
  CHECK(read_column(*journal, "SELECT reason || ' ' || message FROM signals") ==
        std::vector<std::string>{"halted why"});
  CHECK(execution.read_claimed()->empty());
}

TEST_CASE("execution store: a line whose only difference is when it was received is not an edited one") {
  auto journal = std::move(*Journal::open_in_memory());
  Execution execution(*journal);
  auto signal = make_signal({});
  REQUIRE(execution.hold_given(signal));
  signal.received_at = at_second(50);
  CHECK_FALSE(execution.find_signal(signal)->differs);
  signal.quantity = dec("7");
  CHECK(execution.find_signal(signal)->differs);
}

TEST_CASE("execution store: an order moves along its table only; a wrong turn changes nothing") {
  Book book;
  book.plan("tvha");
  CHECK(*book.execution.apply_event("tvha", OrderEventKind::submit, at_second(2)) == OrderState::submitting);
  CHECK(*book.execution.apply_event("tvha", OrderEventKind::fill_all, at_second(3)) == OrderState::filled);
  for (const auto event : {OrderEventKind::submit, OrderEventKind::cancel, OrderEventKind::refuse,
                           OrderEventKind::lose, OrderEventKind::resend, OrderEventKind::prove_absent}) {
    const auto moved = book.execution.apply_event("tvha", event, at_second(4));
    REQUIRE_FALSE(moved);
    CHECK(moved.error().code == Errc::bug);
  }
  CHECK(book.execution.read_intents(sample_id("one"))->front().state == OrderState::filled);
  CHECK(read_column(*book.journal, "SELECT event FROM order_events ORDER BY seq") ==
        std::vector<std::string>{"submit", "fill_all"});
  CHECK_FALSE(book.execution.apply_event("tvhz", OrderEventKind::submit, at_second(2)));
}

TEST_CASE("execution store: an intent comes back as it was put, with the time of each of its turns") {
  Book book;
  book.plan("tvha");
  REQUIRE(book.execution.apply_event("tvha", OrderEventKind::submit, at_second(5)));
  REQUIRE(book.execution.apply_event("tvha", OrderEventKind::lose, at_second(6)));
  auto intent = book.execution.read_open_intents()->front();
  CHECK(intent.request.client_order_id == "tvha");
  CHECK(intent.request.reference_price == dec("65000.5"));
  CHECK(intent.strategy == "ma");
  CHECK(intent.state == OrderState::unknown);
  CHECK(intent.submitted_at == at_second(5));
  CHECK_FALSE(intent.settled_at);
  CHECK(intent.clipped_from == dec("5"));
  REQUIRE(book.execution.apply_event("tvha", OrderEventKind::refuse, at_second(7)));
  REQUIRE(book.execution.set_reason("tvha", "no_money", "for a person"));
  intent = book.execution.read_intents(sample_id("one"))->front();
  CHECK(intent.settled_at == at_second(7));
  CHECK(intent.reason == "no_money");
  CHECK(book.execution.read_open_intents()->empty());
}

TEST_CASE("execution store: one id is one intent") {
  Book book;
  book.plan("tvha");
  model::Intent again;
  again.request.client_order_id = "tvha";
  CHECK_FALSE(book.execution.insert_intent(again));
}

TEST_CASE("execution store: a fill known by its key changes nothing, a new one moves position and order") {
  Book book;
  book.plan("tvha");
  REQUIRE(book.execution.apply_event("tvha", OrderEventKind::submit, at_second(2)));
  const auto instrument = make_instrument("BTCUSDT");
  for (int time = 0; time < 3; ++time)
    REQUIRE(book.execution.append_fill(book.fill("1", "0.004"), "ma", instrument));
  CHECK(book.execution.read_position("paper", "BTCUSDT", "ma")->quantity == dec("0.004"));
  REQUIRE(book.execution.append_fill(book.fill("2", "0.006"), "ma", instrument));
  CHECK(book.execution.read_position("paper", "BTCUSDT", "ma")->quantity == dec("0.01"));
  CHECK(book.execution.read_intents(sample_id("one"))->front().filled_quantity == dec("0.01"));
  CHECK(book.execution.read_fills("tvha")->size() == 2);
  REQUIRE(book.execution.apply_event("tvha", OrderEventKind::fill_all, at_second(4)));
  REQUIRE(book.execution.end_signal(sample_id("one"), SignalState::done, "", "", at_second(5)));
  CHECK(broken_invariants(*book.journal) == std::vector<std::string>());
}

TEST_CASE("execution store: a fee in the base asset reduces a spot position, not a perpetual one") {
  Book book;
  auto fill = book.fill("1", "0.01");
  fill.fee = dec("0.00001");
  fill.fee_asset = "BTC";
  REQUIRE(book.execution.append_fill(fill, "ma", make_instrument("BTCUSDT")));
  CHECK(book.execution.read_position("paper", "BTCUSDT", "ma")->quantity == dec("0.00999"));
  fill.instrument = "BTCUSDT.P";
  REQUIRE(book.execution.append_fill(fill, "ma", make_instrument("BTCUSDT.P")));
  CHECK(book.execution.read_position("paper", "BTCUSDT.P", "ma")->quantity == dec("0.01"));
}

TEST_CASE("execution store: pending signals come in the order they came, no more than asked for") {
  Book book;
  for (int number = 0; number < 5; ++number) {
    SampleSignal sample;
    sample.name = "p" + std::to_string(number);
    sample.received_at = at_second(100 - number);  // the order is that of the rows, not of clocks that may jump
    REQUIRE(book.execution.claim(make_signal(sample), false, at_second(1)));
  }
  REQUIRE(book.journal->connection().execute("UPDATE signals SET state = 'pending' WHERE seq > 1"));
  std::int64_t after_seq = 0;
  const auto pending = book.execution.read_pending(after_seq, 3);
  REQUIRE(pending->size() == 3);
  CHECK(pending->at(0).id == sample_id("p0"));
  CHECK(pending->at(2).id == sample_id("p2"));
}

TEST_CASE("execution store: a halt has its reason and time, replaces an earlier one, and is gone when lifted") {
  Book book;
  REQUIRE(book.execution.write_halt("first", at_second(1)));
  REQUIRE(book.execution.write_halt("second", at_second(2)));
  const auto halt = *book.execution.read_halt();
  REQUIRE(halt);
  CHECK(halt->reason == "second");
  CHECK(halt->since == at_second(2));
  REQUIRE(book.execution.remove_halt());
  CHECK_FALSE(*book.execution.read_halt());
}

TEST_CASE(
    "execution store: a row with a spoiled value is bad data, and so is everything after it until the next "
    "start") {
  auto journal = std::move(*Journal::open_in_memory());
  Execution execution(*journal);
  const auto spoil = [&](const char* sql) { REQUIRE(journal->connection().execute(sql)); };
  const auto is_bad = [](const auto& result) {
    return !result && result.error().code == Errc::bad_data &&
           result.error().message.find("nothing is done with it") != std::string::npos;
  };
  SECTION("steps of a bar: half a step, or one without numbers") {
    const char* const steps = GENERATE("id 1", "id 1 x", "id 1 2\nid2");
    spoil("INSERT INTO lane_bars VALUES ('ma', 'paper', 'BTCUSDT', 1, '0', '')");
    REQUIRE(execution.read_chain("ma", "paper", "BTCUSDT"));
    spoil(("UPDATE lane_bars SET steps = '" + std::string(steps) + "'").c_str());
    CHECK(is_bad(execution.read_chain("ma", "paper", "BTCUSDT")));
    CHECK(is_bad(execution.read_chains()));
  }
  SECTION("one position: the one reading of it fails, and no transaction can follow") {
    spoil("INSERT INTO positions VALUES ('paper', 'BTCUSDT', 'ma', '1', '', '0', 1, 0, '')");
    auto write = journal->begin_write();
    REQUIRE(write);
    REQUIRE(execution.write_halt("x", at_second(1)));
    const auto position = execution.read_position("paper", "BTCUSDT", "ma");
    CHECK(is_bad(position));
    CHECK(position.error().message.find("positions.average_price is ''") != std::string::npos);
    CHECK(is_bad(write->commit()));
    CHECK(is_bad(execution.read_halt()));
    CHECK(is_bad(journal->begin_write()));
  }
  SECTION("the state of an order that moves") {
    Book book;
    book.plan("tvha");
    REQUIRE(book.journal->connection().execute("UPDATE intents SET state = 'Planned'"));
    CHECK(is_bad(book.execution.apply_event("tvha", OrderEventKind::submit, at_second(2))));
  }
}
