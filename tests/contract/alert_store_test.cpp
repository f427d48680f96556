// What the listener may rely on: arrivals in, each accepted, duplicate or refused, by the identity rules 1
// to 4.
#include "journal/alert_store.hpp"

#include <algorithm>
#include <random>
#include <set>
#include <stdexcept>

#include "engine/identity.hpp"
#include "journal/execution.hpp"
#include "journal/open.hpp"
#include "support/catch.hpp"
#include "support/journal_invariants.hpp"
#include "support/journal_query.hpp"
#include "support/samples.hpp"
#include "support/seed.hpp"
#include "support/temporary_folder.hpp"

namespace {

using namespace tvh;
using namespace tvh::test;
using journal::Arrival;
using journal::Stored;
using model::Action;
using model::Signal;
using Kind = Stored::Kind;
using std::chrono::seconds;

// The listener's part: identity and ids from the signal, a row for the alert.
Arrival arrival_of(Signal signal, Nanoseconds window = seconds(30)) {
  Arrival arrival;
  arrival.identity = engine::identity_of(signal, window);
  static int serial = 0;
  const std::string salt = std::to_string(++serial);
  arrival.alternate_id = engine::signal_id(arrival.identity, salt);
  const bool keyed = arrival.identity.rule != model::Identity::Rule::content_window;
  signal.id = keyed ? engine::signal_id(arrival.identity, "") : arrival.alternate_id;
  if (keyed) arrival.former_id = engine::former_signal_id(arrival.identity);
  arrival.alert = {signal.received_at, "127.0.0.1:5", 200, "accepted", "{}", sha256("body"), sha256(salt)};
  arrival.signal = std::move(signal);
  return arrival;
}

class Store {
 public:
  Store() : path_(folder_.file("journal.db")) {
    auto opened = journal::open_alert_store(path_);
    if (!opened) throw std::runtime_error(opened.error().message);
    store_ = std::move(*opened);
  }
  Stored put(const Arrival& arrival) {
    auto stored = store_->append_arrivals(std::span(&arrival, 1));
    if (!stored) throw std::runtime_error(stored.error().message);
    return stored->front();
  }
  Stored put(const Signal& signal, Nanoseconds window = seconds(30)) { return put(arrival_of(signal, window)); }
  std::vector<Stored> put_all(const std::vector<Arrival>& arrivals) {
    auto stored = store_->append_arrivals(arrivals);
    if (!stored) throw std::runtime_error(stored.error().message);
    return *stored;
  }
  journal::AlertStore& port() { return *store_; }
  std::unique_ptr<journal::AlertStore> another() { return *journal::open_alert_store(path_); }
  std::unique_ptr<journal::Journal> look() {
    auto journal = journal::Journal::open(path_);
    if (!journal) throw std::runtime_error(journal.error().message);
    return std::move(*journal);
  }
  // As if a program of that version had written it until now.
  void set_version(int version) {
    store_.reset();
    change_by_hand(path_, "PRAGMA user_version = " + std::to_string(version));
    store_ = std::move(*journal::open_alert_store(path_));
  }
  std::vector<std::string> column(const std::string& sql) { return read_column(*look(), sql); }

 private:
  TemporaryFolder folder_;
  std::string path_;
  std::unique_ptr<journal::AlertStore> store_;
};

Signal at(int second, Signal signal) {
  signal.received_at = at_second(second);
  return signal;
}
Signal sample(Action action = Action::buy, const char* symbol = "BTCUSDT") {
  SampleSignal one;
  one.action = action;
  one.symbol = symbol;
  return make_signal(one);
}
Signal with_bar(Signal signal, int bar_second, const char* timeframe = "15") {
  signal.bar_time = at_second(bar_second);
  signal.timeframe = timeframe;
  return signal;
}
Signal with_signal_id(Signal signal, const char* id) {
  signal.signal_id = id;
  return signal;
}
Signal with_bare_id(Signal signal, const char* id) {
  signal.bare_id = id;
  return signal;
}

}  // namespace

TEST_CASE("alert store: an accepted arrival is a row in alerts, a pending signal, and its record for stdout") {
  Store store;
  const Signal signal = sample();
  const Stored stored = store.put(signal);
  CHECK(stored.kind == Kind::accepted);
  CHECK(stored.record.find("\"kind\":\"signal\"") != std::string::npos);
  CHECK(stored.record.find(stored.signal_id) != std::string::npos);
  CHECK(store.column("SELECT id FROM signals WHERE state = 'pending'") ==
        std::vector<std::string>{stored.signal_id});
  CHECK(store.column("SELECT signal_id FROM alerts WHERE verdict = 'accepted' AND status = 200") ==
        std::vector<std::string>{stored.signal_id});
  CHECK(store.column("SELECT record FROM signals") == std::vector<std::string>{stored.record});
}

TEST_CASE("alert store: rule 1: a signal_id is known for ever, whatever else changed") {
  Store store;
  const Stored first = store.put(with_signal_id(sample(), "order-1"));
  REQUIRE(first.kind == Kind::accepted);
  Signal changed = with_signal_id(at(90'000'000, sample(Action::sell, "ETHUSDT")), "order-1");
  changed.quantity = dec("7");
  const Stored again = store.put(changed);
  CHECK(again.kind == Kind::duplicate);
  CHECK(again.signal_id == first.signal_id);
  CHECK(store.put(with_signal_id(sample(), "order-2")).kind == Kind::accepted);
  Signal other_strategy = with_signal_id(sample(), "order-1");
  other_strategy.strategy = "another";
  CHECK(store.put(other_strategy).kind == Kind::accepted);
}

TEST_CASE(
    "alert store: rule 1 speaks alone: equal content under another signal_id is new, even at the same "
    "instant") {
  Store store;
  CHECK(store.put(with_signal_id(sample(), "a")).kind == Kind::accepted);
  CHECK(store.put(with_signal_id(sample(), "b")).kind == Kind::accepted);
}

TEST_CASE("alert store: a bare id is a duplicate within the window of the first, and new beyond it") {
  Store store;
  CHECK(store.put(at(0, with_bare_id(sample(), "Long"))).kind == Kind::accepted);
  CHECK(store.put(at(30, with_bare_id(sample(), "Long"))).kind == Kind::duplicate);
  const Stored later = store.put(at(31, with_bare_id(sample(), "Long")));
  CHECK(later.kind == Kind::accepted);
  CHECK(store.put(at(40, with_bare_id(sample(), "Long"))).kind == Kind::duplicate);
  CHECK(store.put(at(40, with_bare_id(sample(Action::sell), "Long"))).kind == Kind::accepted);
  CHECK(store.put(at(40, with_bare_id(sample(), "Short"))).kind == Kind::accepted);
  CHECK(store.put(at(40, with_bare_id(sample(Action::buy, "ETHUSDT"), "Long"))).kind == Kind::accepted);
}

TEST_CASE(
    "alert store: a bare id goes by the alert's own times where it has them: a resend hours late is a "
    "duplicate") {
  Store store;
  CHECK(store.put(at(0, with_bar(with_bare_id(sample(), "Long"), -900))).kind == Kind::accepted);
  CHECK(store.put(at(7200, with_bar(with_bare_id(sample(), "Long"), -900))).kind == Kind::duplicate);
  CHECK(store.put(at(7201, with_bar(with_bare_id(sample(), "Long"), 6300))).kind == Kind::accepted);
}

TEST_CASE("alert store: two bars of one bare id are two signals, though they arrive within the window") {
  Store store;
  CHECK(store.put(at(0, with_bar(with_bare_id(sample(), "Long"), -7200))).kind == Kind::accepted);
  CHECK(store.put(at(5, with_bar(with_bare_id(sample(), "Long"), -3600))).kind == Kind::accepted);
}

TEST_CASE("alert store: each time of a bare id is known for ever, not only the latest") {
  Store store;
  for (const int minute : {0, 10, 20}) {
    CHECK(store.put(at(minute * 60, with_bar(with_bare_id(sample(), "Long"), minute * 60))).kind ==
          Kind::accepted);
  }
  for (const int minute : {0, 10, 20}) {
    CHECK(store.put(at(3600, with_bar(with_bare_id(sample(), "Long"), minute * 60))).kind == Kind::duplicate);
  }
}

TEST_CASE("alert store: rule 2: what flickers at one bar folds together, whenever it comes") {
  Store store;
  const Stored first = store.put(at(0, with_bar(sample(), 0)));
  CHECK(first.kind == Kind::accepted);
  Signal later = at(400, with_bar(sample(), 400));  // the same bar of 15 minutes
  later.price = dec("1");
  const Stored again = store.put(later);
  CHECK(again.kind == Kind::duplicate);
  CHECK(again.signal_id == first.signal_id);
  CHECK(store.put(at(1000, with_bar(sample(), 900))).kind == Kind::accepted);
  CHECK(store.put(at(90'000'000, with_bar(sample(), 0))).kind == Kind::duplicate);
}

TEST_CASE(
    "alert store: rule 2: after the opposite side the same again is new, under another id; a third is its "
    "duplicate") {
  Store store;
  const Stored first = store.put(at(0, with_bar(sample(), 0)));
  CHECK(store.put(at(60, with_bar(sample(Action::sell), 0))).kind == Kind::accepted);
  const Stored second = store.put(at(120, with_bar(sample(), 0)));
  CHECK(second.kind == Kind::accepted);
  CHECK(second.signal_id != first.signal_id);
  const Stored third = store.put(at(180, with_bar(sample(), 0)));
  CHECK(third.kind == Kind::duplicate);
  CHECK(third.signal_id == second.signal_id);
}

TEST_CASE("alert store: rule 2: it holds for the latest and the earliest time an alert may carry") {
  for (const std::string year : {"2000", "2199"}) {
    Store store;
    const auto of_year = [&](int second, Signal signal) {
      signal = at(second, std::move(signal));
      signal.bar_time = parse_time(year + "-12-31T00:00:00Z");
      signal.timeframe = "15";
      return signal;
    };
    CHECK(store.put(of_year(0, sample())).kind == Kind::accepted);
    CHECK(store.put(of_year(60, sample(Action::sell))).kind == Kind::accepted);
    CHECK(store.put(of_year(120, sample())).kind == Kind::accepted);
    CHECK(store.put(of_year(180, sample())).kind == Kind::duplicate);
  }
}

TEST_CASE("alert store: rule 2: the opposite side of another symbol or strategy makes nothing new") {
  Store store;
  CHECK(store.put(at(0, with_bar(sample(), 0))).kind == Kind::accepted);
  CHECK(store.put(at(60, with_bar(sample(Action::sell, "ETHUSDT"), 0))).kind == Kind::accepted);
  Signal other = at(61, with_bar(sample(Action::sell), 0));
  other.strategy = "other";
  CHECK(store.put(other).kind == Kind::accepted);
  Signal perp = at(62, with_bar(sample(Action::sell), 0));
  perp.market = model::Market::perp;
  CHECK(store.put(perp).kind == Kind::accepted);
  CHECK(store.put(at(120, with_bar(sample(), 0))).kind == Kind::duplicate);
}

TEST_CASE("alert store: rule 2: a close of the position in between makes the same entry new") {
  Store store;
  CHECK(store.put(at(0, with_bar(sample(), 0))).kind == Kind::accepted);
  CHECK(store.put(at(60, with_bar(sample(Action::close_all), 0))).kind == Kind::accepted);
  CHECK(store.put(at(120, with_bar(sample(), 0))).kind == Kind::accepted);
}

TEST_CASE("alert store: rule 2: a heartbeat or a cancel has no side and makes nothing new") {
  for (const Action between : {Action::heartbeat, Action::cancel}) {
    Store store;
    CHECK(store.put(at(0, with_bar(sample(), 0))).kind == Kind::accepted);
    CHECK(store.put(at(60, with_bar(sample(between), 0))).kind == Kind::accepted);
    CHECK(store.put(at(120, with_bar(sample(), 0))).kind == Kind::duplicate);
  }
}

TEST_CASE("alert store: rule 2: a refused alert of the opposite side in between makes nothing new") {
  Store store;
  CHECK(store.put(at(0, with_bar(sample(), 0))).kind == Kind::accepted);
  Arrival refused = arrival_of(at(60, with_bar(sample(Action::sell), 0)));
  refused.signal.reset();
  refused.alert.status = 401;
  refused.alert.verdict = "wrong_secret";
  CHECK(store.put(refused).kind == Kind::refused);
  CHECK(store.put(at(120, with_bar(sample(), 0))).kind == Kind::duplicate);
}

TEST_CASE(
    "alert store: rule 3: the same content within the window of the latest is a duplicate, after it is new") {
  Store store;
  CHECK(store.put(at(0, sample())).kind == Kind::accepted);
  Signal again = at(30, sample());
  again.price = dec("64000");
  CHECK(store.put(again).kind == Kind::duplicate);
  CHECK(store.put(at(31, sample())).kind == Kind::accepted);
  Signal more = at(32, sample());
  more.quantity = dec("0.02");
  CHECK(store.put(more).kind == Kind::accepted);
  CHECK(store.put(at(33, sample())).kind == Kind::accepted);  // the latest is no longer the same
}

TEST_CASE("alert store: rule 3: a duplicate does not prolong the window") {
  Store store;
  CHECK(store.put(at(0, sample())).kind == Kind::accepted);
  CHECK(store.put(at(20, sample())).kind == Kind::duplicate);
  CHECK(store.put(at(40, sample())).kind == Kind::accepted);
}

TEST_CASE("alert store: rule 3: a window of 0 turns it off") {
  Store store;
  CHECK(store.put(at(0, sample()), Nanoseconds(0)).kind == Kind::accepted);
  CHECK(store.put(at(0, sample()), Nanoseconds(0)).kind == Kind::accepted);
}

TEST_CASE("alert store: rule 3 also catches a resend whose {{timenow}} was rendered anew past a bar's end") {
  Store store;
  Signal first = at(899, sample());
  first.fired_at = at_second(899);
  Signal resent = at(904, sample());
  resent.fired_at = at_second(904);
  CHECK(store.put(first).kind == Kind::accepted);
  CHECK(store.put(resent).kind == Kind::duplicate);
}

TEST_CASE("alert store: two that are the same in one batch: the first is accepted, the second its duplicate") {
  Store store;
  const auto stored = store.put_all({arrival_of(at(0, sample())), arrival_of(at(1, sample())),
                                     arrival_of(at(2, sample(Action::buy, "ETHUSDT")))});
  REQUIRE(stored.size() == 3);
  CHECK(stored[0].kind == Kind::accepted);
  CHECK(stored[1].kind == Kind::duplicate);
  CHECK(stored[1].signal_id == stored[0].signal_id);
  CHECK(stored[2].kind == Kind::accepted);
  CHECK(store.column("SELECT verdict FROM alerts ORDER BY seq") ==
        std::vector<std::string>{"accepted", "duplicate", "accepted"});
}

TEST_CASE(
    "alert store: rule 4: equal bytes after a 503 are that alert's resend: a duplicate when its row is there") {
  Store store;
  const Stored first = store.put(arrival_of(at(0, sample())));
  Arrival resend = arrival_of(at(50, sample()));  // past the window of rule 3
  resend.resend_of = first.signal_id;
  const Stored again = store.put(resend);
  CHECK(again.kind == Kind::duplicate);
  CHECK(again.signal_id == first.signal_id);
}

TEST_CASE(
    "alert store: rule 4: it is new when its row is not there, whatever rule 3 would say of an earlier one") {
  Store store;
  CHECK(store.put(at(0, sample())).kind == Kind::accepted);
  Arrival resend = arrival_of(at(15, sample()));
  resend.resend_of = "";  // a second alert of the same content, lost in the queue
  CHECK(store.put(resend).kind == Kind::accepted);
}

TEST_CASE(
    "alert store: rule 3: an alert before the latest one of a clock that was set back is not its resend") {
  Store store;
  CHECK(store.put(at(7200, sample())).kind == Kind::accepted);
  CHECK(store.put(at(31, sample())).kind == Kind::accepted);
  CHECK(store.put(at(21, sample())).kind == Kind::duplicate);
}

TEST_CASE("alert store: a refusal is a row in alerts and nothing else") {
  Store store;
  Arrival refused;
  refused.alert = {at_second(0), "10.0.0.1:9", 400, "syntax", "{\"secret\":\"[secret:main]\"",
                   sha256("a"),  sha256("b")};
  const Stored stored = store.put(refused);
  CHECK(stored.kind == Kind::refused);
  CHECK(stored.signal_id.empty());
  CHECK(stored.record.empty());
  CHECK(store.column("SELECT verdict || ' ' || status || ' ' || source FROM alerts") ==
        std::vector<std::string>{"syntax 400 10.0.0.1:9"});
  CHECK(store.column("SELECT signal_id IS NULL FROM alerts") == std::vector<std::string>{"1"});
  CHECK(store.column("SELECT id FROM signals").empty());
}

TEST_CASE("alert store: what acts on all instruments is in between for each of them, and they for it") {
  for (const bool timed : {true, false}) {
    Store store;
    int second = 0;
    const auto put = [&](Action action, const char* symbol) {
      const Signal signal = at(++second, sample(action, symbol));
      return store.put(timed ? with_bar(signal, 0) : signal).kind;
    };
    CHECK(put(Action::buy, "BTCUSDT") == Kind::accepted);
    CHECK(put(Action::close_all, "") == Kind::accepted);
    CHECK(put(Action::close_all, "") == Kind::duplicate);
    CHECK(put(Action::buy, "BTCUSDT") == Kind::accepted);
    CHECK(put(Action::buy, "BTCUSDT") == Kind::duplicate);
    CHECK(put(Action::buy, "ETHUSDT") == Kind::accepted);
    CHECK(put(Action::close_all, "") == Kind::accepted);
    CHECK(put(Action::close_all, "") == Kind::duplicate);
    CHECK(put(Action::buy, "BTCUSDT") == Kind::accepted);
  }
}

TEST_CASE(
    "alert store: an instrument's entry and what acts on all of them in one batch are told apart as well") {
  Store store;
  std::vector<Arrival> batch;
  int second = 0;
  for (const auto& [action, symbol] :
       {std::pair(Action::buy, "BTCUSDT"), std::pair(Action::close_all, ""), std::pair(Action::buy, "BTCUSDT"),
        std::pair(Action::close_all, ""), std::pair(Action::close_all, "")}) {
    batch.push_back(arrival_of(at(++second, with_bar(sample(action, symbol), 0))));
  }
  const auto stored = store.put_all(batch);
  REQUIRE(stored.size() == 5);
  for (std::size_t i = 0; i < 4; ++i) CHECK(stored[i].kind == Kind::accepted);
  CHECK(stored[4].kind == Kind::duplicate);
}

TEST_CASE("alert store: what another connection stored in between is seen, whatever was known before") {
  Store store;
  const auto other = store.another();
  CHECK(store.put(at(0, sample())).kind == Kind::accepted);
  const Arrival theirs = arrival_of(at(1, sample(Action::sell)));
  CHECK(other->append_arrivals(std::span(&theirs, 1)).value().front().kind == Kind::accepted);
  REQUIRE(store.port().probe());
  CHECK(store.put(at(2, sample(Action::sell))).kind == Kind::duplicate);  // rule 3, of theirs
  const Arrival ours_again = arrival_of(at(3, sample()));                 // and the latest is not ours any more
  CHECK(other->append_arrivals(std::span(&ours_again, 1)).value().front().kind == Kind::accepted);
  CHECK(store.put(at(4, sample())).kind == Kind::duplicate);
}

TEST_CASE("alert store: what a batch held that was taken back is no signal's latest") {
  Store store;
  CHECK(store.put(at(0, sample())).kind == Kind::accepted);
  {
    const auto holder = store.look();
    const auto held = holder->begin_write();
    REQUIRE(held);
    const Arrival refused = arrival_of(at(1, sample(Action::sell)));
    CHECK_FALSE(store.port().append_arrivals(std::span(&refused, 1)));
  }
  CHECK(store.put(at(2, sample(Action::sell))).kind == Kind::accepted);
}

TEST_CASE("alert store: one arrival that cannot be stored takes no neighbour down, and stays out itself") {
  Store store;
  const Stored first = store.put(at(0, with_bar(sample(), 0)));
  CHECK(store.put(at(60, with_bar(sample(Action::sell), 0))).kind == Kind::accepted);
  Arrival poison = arrival_of(at(120, with_bar(sample(), 0)));  // new again, and its other id is taken as well
  poison.alternate_id = first.signal_id;
  const auto stored = store.put_all({arrival_of(at(121, sample(Action::buy, "ETHUSDT"))), poison,
                                     arrival_of(at(122, sample(Action::buy, "SOLUSDT")))});
  REQUIRE(stored.size() == 3);
  CHECK(stored[0].kind == Kind::accepted);
  CHECK(stored[1].kind == Kind::failed);
  CHECK_FALSE(stored[1].record.empty());
  CHECK(stored[2].kind == Kind::accepted);
  CHECK(store.column("SELECT count(*) FROM signals") == std::vector<std::string>{"4"});
  CHECK(store.column("SELECT count(*) FROM alerts") == std::vector<std::string>{"4"});
  CHECK(store.column("SELECT count(*) FROM latest_signals JOIN signals ON id = signal_id") ==
        std::vector<std::string>{"3"});
  // And the store works on.
  CHECK(store.put(at(200, with_bar(sample(), 0))).kind == Kind::accepted);
}

TEST_CASE(
    "alert store: a signal that exec recorded from its stdin first is a duplicate when its alert arrives") {
  Store store;
  for (const Signal& signal :
       {with_signal_id(sample(), "order-1"), at(1, with_bar(sample(Action::buy, "ETHUSDT"), 0))}) {
    const Arrival arrival = arrival_of(signal);
    {
      const auto journal = store.look();
      journal::Execution book(*journal);
      auto write = journal->begin_write();
      REQUIRE(write);
      REQUIRE(book.claim(*arrival.signal, false, at_second(2)));
      REQUIRE(write->commit());
    }
    const Stored stored = store.put(arrival);
    CHECK(stored.kind == Kind::duplicate);
    CHECK(stored.signal_id == arrival.signal->id);
  }
  CHECK(store.column("SELECT count(*) FROM signals") == std::vector<std::string>{"2"});
}

TEST_CASE(
    "alert store: no arrivals are stored at once, and a long batch is answered one by one, in its order") {
  Store store;
  CHECK(store.put_all({}).empty());
  std::vector<Arrival> batch;
  for (int number = 0; number < 300; ++number) {
    batch.push_back(arrival_of(at(number, with_signal_id(sample(), std::to_string(number % 200).c_str()))));
  }
  const auto stored = store.put_all(batch);
  REQUIRE(stored.size() == 300);
  for (std::size_t each = 0; each < 300; ++each) {
    REQUIRE(stored[each].kind == (each < 200 ? Kind::accepted : Kind::duplicate));
    REQUIRE(stored[each].signal_id == stored[each % 200].signal_id);
  }
}

TEST_CASE("alert store: identity outlives a restart") {
  const TemporaryFolder folder;
  std::string first;
  for (int start = 0; start < 2; ++start) {
    auto store = journal::open_alert_store(folder.file("journal.db"));
    REQUIRE(store);
    const Arrival arrival = arrival_of(at(start * 100, with_bar(sample(), 0)));
    auto stored = (*store)->append_arrivals(std::span(&arrival, 1));
    REQUIRE(stored);
    CHECK(stored->front().kind == (start == 0 ? Kind::accepted : Kind::duplicate));
    if (start == 0) first = stored->front().signal_id;
    CHECK(stored->front().signal_id == first);
  }
}

TEST_CASE("alert store: what a journal of version 2 holds, under an id without time, is known all the same") {
  const bool is_older = GENERATE(true, false);
  Store store;
  const auto buy = [](int second) { return arrival_of(at(second, with_bar(sample(), 0))); };
  Arrival before = buy(1);
  REQUIRE_FALSE(before.former_id.empty());
  before.signal->id = before.former_id;
  const Stored first = store.put(before);
  CHECK(first.signal_id == before.former_id);
  if (is_older) store.set_version(2);
  const Stored resent = store.put(buy(100));
  // A journal that was never of version 2 is not searched twice.
  CHECK(resent.kind == (is_older ? Kind::duplicate : Kind::accepted));
  CHECK((resent.signal_id == before.former_id) == is_older);
  if (!is_older) return;

  CHECK(store.put(at(200, with_bar(sample(Action::sell), 0))).kind == Kind::accepted);
  const Stored again = store.put(buy(300));
  CHECK(again.kind == Kind::accepted);
  const Stored again_resent = store.put(buy(400));
  CHECK(again_resent.kind == Kind::duplicate);
  CHECK(again_resent.signal_id == again.signal_id);
}

TEST_CASE("alert store: probe() leaves nothing behind, and maintain() may be called at any time") {
  Store store;
  CHECK(store.port().probe());
  store.port().maintain(journal::Upkeep::due);
  CHECK(store.column("SELECT key FROM controls").empty());
}

TEST_CASE(
    "alert store: no stream of resends, in any order and any batches, gets one identity accepted twice "
    "(property)") {
  const unsigned seed = tvh::test::test_seed();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  const auto pick = [&](int most) { return std::uniform_int_distribution<int>(0, most)(random); };
  Store store;
  // Signals that are all different by rule 1 or 2; each is then resent many times, shuffled, at any later time.
  std::vector<Signal> originals;
  for (int number = 0; number < 60; ++number) {
    Signal signal = sample(Action::buy, number % 2 == 0 ? "BTCUSDT" : "ETHUSDT");
    signal.strategy = "s" + std::to_string(number % 3);
    if (number % 4 == 0) {
      signal.signal_id = "id-" + std::to_string(number);
    } else {
      signal = with_bar(signal, number * 900);  // buys only: nothing legally recurs
    }
    originals.push_back(signal);
  }
  std::vector<Signal> stream;
  for (int resend = 0; resend < 5; ++resend) stream.insert(stream.end(), originals.begin(), originals.end());
  std::shuffle(stream.begin(), stream.end(), random);
  int now = 100'000;
  std::set<std::string> accepted;
  std::size_t next = 0;
  int duplicates = 0;
  while (next < stream.size()) {
    std::vector<Arrival> batch;
    for (int size = pick(9) + 1; size > 0 && next < stream.size(); --size) {
      now += 31 + pick(100);  // outside rule 3, which is not asked here
      Signal signal = stream[next++];
      signal.received_at = at_second(now);
      signal.price = Decimal(pick(1000) + 1);
      if (signal.bar_time) signal.bar_time = *signal.bar_time + seconds(pick(899));
      batch.push_back(arrival_of(signal));
    }
    for (const Stored& stored : store.put_all(batch)) {
      if (stored.kind == Kind::accepted) {
        CHECK(accepted.insert(stored.signal_id).second);
      } else {
        REQUIRE(stored.kind == Kind::duplicate);
        CHECK(accepted.contains(stored.signal_id));
        ++duplicates;
      }
    }
  }
  CHECK(accepted.size() == originals.size());
  CHECK(duplicates == int(4 * originals.size()));
}

TEST_CASE(
    "alert store: an alert of several signals is stored in its order under one row, and again is a duplicate "
    "whole") {
  Store store;
  const auto basket = [](int second, const std::string& quantity) {
    SampleSignal first{
        .name = "cancel", .action = Action::cancel, .quantity = "", .received_at = at_second(second)};
    SampleSignal last{.name = "buy", .quantity = quantity, .received_at = at_second(second)};
    Arrival arrival = arrival_of(make_signal(last));
    arrival.earlier.push_back(make_signal(first));
    arrival.identity = engine::identity_of(*arrival.signal, arrival.earlier, seconds(30));
    return arrival;
  };
  const Stored stored = store.put(basket(0, "1"));
  CHECK(stored.kind == Kind::accepted);
  CHECK(std::count(stored.record.begin(), stored.record.end(), '\n') == 1);
  CHECK(stored.record.find("\"action\":\"cancel\"") < stored.record.find("\"action\":\"buy\""));
  CHECK(store.column("SELECT action FROM signals ORDER BY seq") == std::vector<std::string>{"cancel", "buy"});
  CHECK(store.column("SELECT count(*) FROM alerts") == std::vector<std::string>{"1"});
  CHECK(store.put(basket(5, "1")).kind == Kind::duplicate);
  CHECK(store.put(basket(6, "2")).kind == Kind::accepted);
  CHECK(store.column("SELECT count(*) FROM signals") == std::vector<std::string>{"4"});
  // A part of it alone is another alert.
  CHECK(store.put(make_signal({.name = "alone", .quantity = "2", .received_at = at_second(7)})).kind ==
        Kind::accepted);
}

TEST_CASE(
    "alert store: the alerts at the journal's end are those near the last one, and not older than asked for") {
  Store store;
  for (const int second : {0, 10, 12, 13}) {
    store.put(make_signal({.name = std::to_string(second), .received_at = at_second(second)}));
  }
  Arrival refusal;
  refusal.alert = {at_second(13), "127.0.0.1:5", 400, "syntax", "{", sha256("{"), sha256("{")};
  store.put(refusal);
  const auto times = [&store](int span, int since) {
    std::vector<TimePoint> found;
    const auto kept = store.port().read_last_alerts(seconds(span), at_second(since));
    REQUIRE(kept);
    for (const auto& alert : *kept) found.push_back(alert.received_at);
    return found;
  };
  CHECK(times(3, 0) == std::vector{at_second(13), at_second(12), at_second(10)});
  CHECK(times(3, 11) == std::vector{at_second(13), at_second(12)});
  CHECK(times(3, 14).empty());
  const auto kept = store.port().read_last_alerts(seconds(0), at_second(0));
  REQUIRE(kept);
  REQUIRE(kept->size() == 1);
  CHECK(store.column("SELECT id FROM signals ORDER BY seq DESC LIMIT 1") ==
        std::vector{kept->front().signal_id});
  const auto hash = kept->front().original_hash;
  CHECK(store.column(
            "SELECT hex(original_hash) FROM alerts WHERE signal_id IS NOT NULL ORDER BY seq DESC LIMIT 1") ==
        std::vector{[&hash] {
          std::string text = to_hex(hash);
          for (char& c : text) c = c >= 'a' ? char(c - 'a' + 'A') : c;
          return text;
        }()});
  // A clean stop leaves nothing that anybody was not told.
  REQUIRE(store.port().note_all_answered());
  CHECK(times(3, 0).empty());
  store.put(make_signal({.name = "14", .received_at = at_second(14)}));
  CHECK(times(3, 0) == std::vector{at_second(14)});
}

TEST_CASE("alert store: alerts of one batch look back on each other as they would in batches of their own") {
  const auto arrivals = [] {
    return std::vector<Arrival>{
        arrival_of(at(0, with_bar(sample(), 0))),
        arrival_of(at(1, sample(Action::buy, "ETHUSDT"))),
        arrival_of(at(2, with_bar(sample(Action::sell), 0))),
        arrival_of(at(3, sample(Action::buy, "ETHUSDT"))),  // of the same content as the latest there
        arrival_of(at(4, with_bar(sample(), 0))),           // new: a sell came in between
        arrival_of(at(5, with_bar(sample(), 0))),
    };
  };
  const std::vector<Kind> expected = {Kind::accepted,  Kind::accepted, Kind::accepted,
                                      Kind::duplicate, Kind::accepted, Kind::duplicate};
  const std::string sql =
      "SELECT strategy || ' ' || instrument || ' ' || received_at || ' ' || hex(content) || ' ' || buy_seq || "
      "' ' "
      "|| sell_seq FROM latest_signals ORDER BY 1";
  Store together;
  std::vector<Kind> kinds;
  for (const auto& stored : together.put_all(arrivals())) kinds.push_back(stored.kind);
  CHECK(kinds == expected);
  Store one_by_one;
  kinds.clear();
  for (const auto& arrival : arrivals()) kinds.push_back(one_by_one.put(arrival).kind);
  CHECK(kinds == expected);
  CHECK(together.column(sql) == one_by_one.column(sql));
  CHECK(together.column(sql).size() == 2);
}
