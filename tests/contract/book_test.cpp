// What every book owes the executor (journal/book.hpp), asked of the journal and of its fake in memory: the
// same entries leave the same on file.
#include "journal/sqlite_book.hpp"
#include "support/book_text.hpp"
#include "support/catch.hpp"
#include "support/memory_book.hpp"
#include "support/samples.hpp"

namespace {

using namespace tvh;
using namespace tvh::test;
using model::JournalEntry;
using model::OrderEventKind;
using model::OrderState;
using model::SignalState;

enum class BookKind { memory, sqlite };

template <class Value>
Value value(Result<Value> result) {
  if (!result) FAIL(result.error().message);
  return std::move(*result);
}
void expect(const Result<void>& result) {
  if (!result) FAIL(result.error().message);
}

// A book, and the ways in which other tools write to what is behind it.
class BookStand {
 public:
  explicit BookStand(BookKind kind) {
    if (kind == BookKind::memory) return;
    journal_ = value(journal::Journal::open_in_memory());
    sqlite_ = std::make_unique<journal::SqliteBook>(*journal_);
  }
  journal::Book& book() { return sqlite_ ? static_cast<journal::Book&>(*sqlite_) : memory_; }

  void keep(const std::vector<JournalEntry>& entries, TimePoint at) {
    expect(book().begin());
    for (const auto& entry : entries) expect(book().apply(entry, at));
    expect(book().commit());
  }
  void halt(const std::string& reason, TimePoint at) {
    if (sqlite_) {
      execute("INSERT INTO controls (key, value, updated_at) VALUES ('halt', '" + reason + "', " +
              std::to_string(nanoseconds_since_epoch(at)) + ")");
    } else {
      memory_.halt(reason, at);
    }
  }
  void ask_flatten(const std::string& strategy) {
    if (sqlite_) {
      execute(R"(INSERT INTO requests (at, kind, arguments) VALUES (0, 'flatten', '{"strategy":")" + strategy +
              R"("}'))");
    } else {
      model::Request request;
      request.kind = "flatten";
      request.strategy = strategy;
      memory_.ask(request);
    }
  }
  std::string on_file(TimePoint now = at_second(100)) { return text_of(value(book().load(now))); }
  std::optional<SignalState> state_of(const model::Signal& signal) {
    return value(book().find_signal(signal)).state;
  }

 private:
  void execute(const std::string& sql) { expect(journal_->connection().execute(sql.c_str())); }

  MemoryBook memory_;
  std::unique_ptr<journal::Journal> journal_;
  std::unique_ptr<journal::SqliteBook> sqlite_;
};

BookStand any_book() { return BookStand(GENERATE(BookKind::memory, BookKind::sqlite)); }

model::Intent make_intent(const model::Signal& signal, const std::string& leg = "entry") {
  model::Intent intent;
  intent.request.client_order_id = model::client_order_id(signal.id, "alpha", leg, 0);
  intent.request.instrument = model::instrument_name(signal.symbol, signal.market);
  intent.request.market = signal.market;
  intent.request.quantity = dec("0.5");
  intent.request.reference_price = dec("100");
  intent.request.time_in_force = model::TimeInForce::ioc;
  intent.signal_id = signal.id;
  intent.strategy = signal.strategy;
  intent.venue = "alpha";
  intent.leg = leg;
  intent.base_asset = "BTC";
  intent.quote_asset = "USDT";
  intent.clipped_from = dec("0.7");
  intent.planned_at = at_second(2);
  return intent;
}

model::AppendFill make_fill(const model::Intent& intent, const std::string& trade_id, std::string_view quantity,
                            int second) {
  model::Fill fill;
  fill.client_order_id = intent.request.client_order_id;
  fill.venue = intent.venue;
  fill.instrument = intent.request.instrument;
  fill.venue_order_id = "77";
  fill.trade_id = trade_id;
  fill.side = intent.request.side;
  fill.quantity = dec(quantity);
  fill.price = dec("100.5");
  fill.fee = dec("0.001");
  fill.fee_asset = "USDT";
  fill.at = at_second(second);
  return {fill, intent.strategy, make_instrument(intent.request.instrument)};
}

model::MoveOrder move(const model::Intent& intent, OrderEventKind event) {
  return {intent.request.client_order_id, event, "why"};
}

}  // namespace

TEST_CASE("book contract: a claimed signal with its order and fills is on file, the same in every book") {
  std::vector<std::string> texts;
  for (const BookKind kind : {BookKind::memory, BookKind::sqlite}) {
    BookStand stand(kind);
    const auto signal = make_signal({.name = "one"});
    const auto intent = make_intent(signal);
    stand.keep(
        {model::ClaimSignal{signal, false}, model::InsertIntent{intent}, move(intent, OrderEventKind::submit)},
        at_second(3));
    stand.keep({move(intent, OrderEventKind::retry)}, at_second(4));
    stand.keep({model::NameOrder{intent.request.client_order_id, "77"}, move(intent, OrderEventKind::fill_part),
                make_fill(intent, "a", "0.2", 5), make_fill(intent, "b", "0.1", 6)},
               at_second(6));
    stand.keep(
        {model::ExplainOrder{intent.request.client_order_id, "code", "for a person"},
         model::NoteSignal{signal.id, "left_open", "ETHUSDT stays open"},
         model::WriteChain{
             signal.strategy, "alpha", "BTCUSDT", {at_second(0), dec("1"), {{signal.id, dec("1"), dec("2")}}}},
         model::WriteControl{"breaker:alpha", "text"}, model::WriteControl{"price:alpha:BTCUSDT", "99.5"},
         model::WriteControl{"other", "not the executor's"}},
        at_second(7));
    texts.push_back(stand.on_file(at_second(30)));
    CHECK(texts.back().find("filled 0.3") != std::string::npos);
    CHECK(texts.back().find("sends 2") != std::string::npos);
    CHECK(texts.back().find("breaker:alpha = text") != std::string::npos);
    CHECK(texts.back().find("price:alpha:BTCUSDT = 99.5") != std::string::npos);
    CHECK(texts.back().find("sent alpha") != std::string::npos);
    CHECK(stand.on_file(at_second(300)).find("sent alpha") == std::string::npos);
    CHECK(stand.state_of(signal) == SignalState::claimed);
  }
  CHECK(texts[0] == texts[1]);
}

TEST_CASE(
    "book contract: an order that ended is found by its id, and no longer on file once its signal ended") {
  std::vector<std::string> texts;
  for (const BookKind kind : {BookKind::memory, BookKind::sqlite}) {
    BookStand stand(kind);
    const auto signal = make_signal({.name = "one"});
    const auto intent = make_intent(signal);
    stand.keep({model::ClaimSignal{signal, false}, model::InsertIntent{intent},
                move(intent, OrderEventKind::submit), move(intent, OrderEventKind::fill_all),
                make_fill(intent, "a", "0.5", 5), model::EndSignal{signal.id, SignalState::done, "", ""}},
               at_second(3));
    const auto file = value(stand.book().load(at_second(10)));
    CHECK(file.claimed.empty());
    CHECK(file.orders.empty());
    CHECK(file.positions.size() == 1);
    const auto order = value(stand.book().find_order(intent.request.client_order_id));
    REQUIRE(order);
    texts.push_back(text_of(*order));
    CHECK_FALSE(value(stand.book().find_order("tvhnothing")));
  }
  CHECK(texts[0] == texts[1]);
}

TEST_CASE("book contract: when a venue's orders last moved is on file for a while, also of those that ended") {
  auto stand = any_book();
  const auto signal = make_signal({.name = "one"});
  const auto early = make_intent(signal);
  auto late = make_intent(signal, "close");
  late.venue = "beta";
  stand.keep({model::ClaimSignal{signal, false}, model::InsertIntent{early}, model::InsertIntent{late},
              move(early, OrderEventKind::submit)},
             at_second(3));
  stand.keep({move(late, OrderEventKind::submit)}, at_second(4));
  stand.keep({move(early, OrderEventKind::accept)}, at_second(5));
  stand.keep({move(early, OrderEventKind::cancel)}, at_second(90));
  const auto moved = [&](int now) {
    std::string all;
    for (const auto& one : value(stand.book().load(at_second(now))).moved) {
      all += one.venue + " " + std::to_string((one.at - at_second(0)) / std::chrono::seconds(1)) + " ";
    }
    return all;
  };
  CHECK(moved(91) == "alpha 90 beta 4 ");
  CHECK(moved(130) == "alpha 90 ");
  CHECK(moved(209) == "alpha 90 ");
  CHECK(moved(210) == "");
  CHECK(moved(1) == "alpha 90 beta 4 ");  // by a clock that was set back
}

TEST_CASE("book contract: a fill known by its key changes nothing") {
  auto stand = any_book();
  const auto signal = make_signal({.name = "one"});
  const auto intent = make_intent(signal);
  stand.keep({model::ClaimSignal{signal, false}, model::InsertIntent{intent},
              move(intent, OrderEventKind::submit), make_fill(intent, "a", "0.2", 5)},
             at_second(3));
  const auto before = stand.on_file();
  stand.keep({make_fill(intent, "a", "0.2", 5)}, at_second(8));
  CHECK(stand.on_file() == before);
}

TEST_CASE("book contract: a position is the fold of its fills, a fee in the base asset included") {
  std::vector<std::string> texts;
  for (const BookKind kind : {BookKind::memory, BookKind::sqlite}) {
    BookStand stand(kind);
    const auto signal = make_signal({.name = "one"});
    const auto intent = make_intent(signal);
    auto in_base = make_fill(intent, "a", "0.2", 5);
    in_base.fill.fee_asset = "BTC";
    auto sold = make_fill(intent, "b", "0.1", 6);
    sold.fill.side = model::Side::sell;
    sold.fill.price = dec("90");
    stand.keep({model::ClaimSignal{signal, false}, model::InsertIntent{intent},
                move(intent, OrderEventKind::submit), in_base, sold},
               at_second(3));
    texts.push_back(stand.on_file());
    CHECK(texts.back().find("position alpha BTCUSDT ma_cross_v1 0.099 @ 100.5") != std::string::npos);
    CHECK(texts.back().find("loss alpha ma_cross_v1 1.1515") != std::string::npos);
  }
  CHECK(texts[0] == texts[1]);
}

TEST_CASE("book contract: a transition that the order's table lacks is a bug") {
  auto stand = any_book();
  const auto signal = make_signal({.name = "one"});
  const auto intent = make_intent(signal);
  stand.keep({model::ClaimSignal{signal, false}, model::InsertIntent{intent}}, at_second(3));
  const auto before = stand.on_file();
  expect(stand.book().begin());
  const auto wrong = stand.book().apply(move(intent, OrderEventKind::cancel), at_second(4));
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().code == Errc::bug);
  stand.book().roll_back();
  CHECK(stand.on_file() == before);
}

TEST_CASE(
    "book contract: what is rolled back leaves no trace, and reads inside see what is not committed yet") {
  auto stand = any_book();
  const auto signal = make_signal({.name = "one"});
  const auto intent = make_intent(signal);
  stand.keep({model::KeepSignal{signal}}, at_second(1));
  stand.ask_flatten("s");
  const auto before = stand.on_file();
  expect(stand.book().begin());
  for (const JournalEntry& entry : std::vector<JournalEntry>{
           model::ClaimSignal{signal, false}, model::InsertIntent{intent}, move(intent, OrderEventKind::submit),
           make_fill(intent, "a", "0.2", 5), model::WriteControl{"breaker:alpha", "x"},
           model::WriteChain{"s", "alpha", "BTCUSDT", {at_second(0), dec("1"), {}}},
           model::StartRequest{1, {signal.id}}, model::EndRequest{1, "done"}}) {
    expect(stand.book().apply(entry, at_second(2)));
  }
  CHECK(stand.state_of(signal) == SignalState::claimed);
  CHECK(value(stand.book().find_order(intent.request.client_order_id)));
  stand.book().roll_back();
  CHECK(stand.state_of(signal) == SignalState::pending);
  CHECK_FALSE(value(stand.book().find_order(intent.request.client_order_id)));
  CHECK(value(stand.book().read_requests()).size() == 1);
  CHECK(stand.on_file() == before);
}

TEST_CASE("book contract: signals that wait are read in the order they came, each once") {
  auto stand = any_book();
  std::vector<model::Signal> signals;
  for (const auto* name : {"one", "two", "three"}) {
    signals.push_back(make_signal({.name = name}));
    stand.keep({model::KeepSignal{signals.back()}}, at_second(1));
  }
  std::int64_t after = 0;
  CHECK(value(stand.book().read_pending(after, 2)) == std::vector{signals[0], signals[1]});
  CHECK(value(stand.book().read_pending(after, 2)) == std::vector{signals[2]});
  CHECK(value(stand.book().read_pending(after, 2)).empty());
  after = 0;
  stand.keep({model::ClaimSignal{signals[0], false}}, at_second(2));
  CHECK(value(stand.book().read_pending(after, 9)) == std::vector{signals[1], signals[2]});
}

TEST_CASE("book contract: the text that came last to a waiting signal is the one that counts") {
  auto stand = any_book();
  const auto signal = make_signal({.name = "one"});
  auto edited = signal;
  edited.quantity = dec("0.001");
  stand.keep({model::KeepSignal{signal}}, at_second(1));
  CHECK_FALSE(value(stand.book().find_signal(signal)).differs);
  CHECK(value(stand.book().find_signal(edited)).differs);
  stand.keep({model::KeepSignal{edited}}, at_second(2));
  std::int64_t after = 0;
  CHECK(value(stand.book().read_pending(after, 9)) == std::vector{edited});
  CHECK_FALSE(value(stand.book().find_signal(edited)).differs);
  CHECK(value(stand.book().find_signal(signal)).differs);
  stand.keep({model::KeepSignal{signal}}, at_second(2));  // once more as it was
  after = 0;
  CHECK(value(stand.book().read_pending(after, 9)) == std::vector{signal});
  CHECK_FALSE(value(stand.book().find_signal(signal)).differs);
  stand.keep({model::ClaimSignal{edited, true}}, at_second(3));
  const auto claimed = value(stand.book().load(at_second(4))).claimed;
  REQUIRE(claimed.size() == 1);
  CHECK(claimed[0] == edited);
  CHECK(value(stand.book().find_signal(signal)).differs);
  CHECK_FALSE(value(stand.book().find_signal(edited)).differs);
}

TEST_CASE("book contract: an ended signal stays as it ended") {
  auto stand = any_book();
  const auto signal = make_signal({.name = "one"});
  stand.keep({model::ClaimSignal{signal, false},
              model::EndSignal{signal.id, SignalState::refused, "halted", "by a person"}},
             at_second(1));
  stand.keep({model::EndSignal{signal.id, SignalState::done, "", ""}}, at_second(2));
  CHECK(stand.state_of(signal) == SignalState::refused);
  CHECK_FALSE(stand.state_of(make_signal({.name = "other"})));
}

TEST_CASE("book contract: a halt is read with its reason and its beginning") {
  auto stand = any_book();
  CHECK_FALSE(value(stand.book().read_halt()));
  stand.halt("too hot", at_second(9));
  expect(stand.book().begin());
  CHECK(value(stand.book().read_halt()) == model::Halt{"too hot", at_second(9)});
  stand.book().roll_back();
}

TEST_CASE("book contract: a request is there until it has ended, and knows its signals once it has begun") {
  auto stand = any_book();
  stand.ask_flatten("s1");
  stand.ask_flatten("");
  auto asked = value(stand.book().read_requests());
  REQUIRE(asked.size() == 2);
  CHECK(asked[0].kind == "flatten");
  CHECK(asked[0].strategy == "s1");
  CHECK_FALSE(asked[0].running);
  stand.keep({model::StartRequest{asked[0].seq, {"a", "b"}}}, at_second(1));
  CHECK(value(stand.book().load(at_second(2))).running.size() == 1);
  asked = value(stand.book().read_requests());
  REQUIRE(asked.size() == 2);
  CHECK(asked[0].running);
  CHECK(asked[0].signals == std::vector<std::string>{"a", "b"});
  stand.keep({model::EndRequest{asked[0].seq, "flat"}}, at_second(3));
  CHECK(value(stand.book().read_requests()).size() == 1);
  CHECK(value(stand.book().load(at_second(4))).running.empty());
}

TEST_CASE("book: the fake's commits fail with nothing written or with everything written, as asked") {
  MemoryBook book;
  const auto signal = make_signal({.name = "one"});
  const auto written = GENERATE(false, true);
  book.next_commit =
      written ? MemoryBook::CommitFault::everything_written : MemoryBook::CommitFault::nothing_written;
  expect(book.begin());
  expect(book.apply(model::KeepSignal{signal}, at_second(1)));
  const auto committed = book.commit();
  REQUIRE_FALSE(committed);
  CHECK(committed.error().code == Errc::storage);
  CHECK(value(book.find_signal(signal)).state.has_value() == written);
}
