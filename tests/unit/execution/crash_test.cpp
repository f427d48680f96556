// Killed at every step there is, and started again in another process: the end is the same as if nothing had
// happened (I2, I9).
#include <signal.h>
#include <unistd.h>

#include "execution/executor.hpp"
#include "journal/paper_store.hpp"
#include "support/catch.hpp"
#include "support/child_process.hpp"
#include "support/temporary_folder.hpp"
#include "support/trading_desk.hpp"
#include "venue/paper_venue.hpp"

namespace {

using namespace tvh;
using namespace tvh::test;
using model::Action;

constexpr int kNeverDie = 1'000'000;

// A real journal and the paper venue in it, as tvhook-exec wires them; dies by its own hand at the `dies_at`-th
// step.
class Desk {
 public:
  Desk(const std::string& path, int dies_at)
      : journal_(value_of(journal::Journal::open(path))),
        book_(*journal_),
        keeper_(*journal_),
        store_(*journal_, "paper"),
        dies_at_(dies_at) {
    auto settings = venue::default_paper_settings();
    settings.prices = {{"BTCUSDT", dec("50000")}, {"ETHUSDT", dec("3000")}, {"SOLUSDT", dec("150")}};
    venue_ = value_of(venue::PaperVenue::open(settings, store_, clock_));
    execution::ExecutorSettings executor;
    executor.rules.rules_for = [](const std::string& strategy) {
      engine::StrategyRules rules;
      rules.follows_position = strategy == "follower";
      return rules;
    };
    executor.venues = {venue_.get()};
    executor.at_step = [this](std::string_view) {
      if (++steps_ == dies_at_) ::kill(::getpid(), SIGKILL);
    };
    executor_ = std::make_unique<execution::Executor>(keeper_, clock_, executor, told_);
  }

  void receive(const std::vector<model::Signal>& signals) { record_pending(*journal_, signals); }

  // What tvhook-exec --follow does from its start until nothing is left; how many steps it took.
  int work() {
    expect(executor_->start());
    while (value_of(executor_->take_pending()) > 0) expect(executor_->run_until_idle());
    expect(executor_->run_until_idle());
    if (executor_->unknown_orders() != 0) throw std::runtime_error("an order stays unknown");
    return steps_;
  }

  // Everything but the times.
  std::string state() {
    std::string all;
    for (const char* sql :
         {"SELECT id || ' ' || state || ' ' || reason FROM signals ORDER BY seq",
          "SELECT client_order_id || ' ' || instrument || ' ' || side || ' ' || quantity || ' ' || "
          "filled_quantity || ' ' || "
          "state || ' ' || reason FROM intents ORDER BY client_order_id",
          "SELECT client_order_id || ' ' || trade_id || ' ' || quantity || ' ' || price || ' ' || fee FROM "
          "fills ORDER BY "
          "client_order_id, trade_id",
          "SELECT instrument || ' ' || strategy || ' ' || quantity || ' ' || average_price || ' ' || "
          "realised_profit FROM "
          "positions ORDER BY instrument, strategy",
          "SELECT asset || ' ' || amount FROM paper_balances ORDER BY asset",
          "SELECT instrument || ' ' || quantity || ' ' || entry_price FROM paper_positions ORDER BY instrument",
          "SELECT client_order_id || ' ' || quantity FROM paper_orders ORDER BY client_order_id"}) {
      for (const auto& row : read_column(*journal_, sql)) all += row + "\n";
    }
    for (const auto& problem : broken_invariants(*journal_)) all += "BROKEN " + problem + "\n";
    return all;
  }

 private:
  std::unique_ptr<journal::Journal> journal_;
  journal::Execution book_;
  journal::SqliteBook keeper_;
  journal::SqlitePaperStore store_;
  TickingClock clock_;
  std::unique_ptr<venue::PaperVenue> venue_;
  TellTale told_;
  std::unique_ptr<execution::Executor> executor_;
  int dies_at_;
  int steps_ = 0;
};

model::Signal signal_of(const char* name, Action action, const char* symbol, const char* quantity,
                        const char* strategy = "a") {
  SampleSignal sample{name, action, symbol, quantity, "", strategy};
  return make_signal(sample);
}

// A strategy that is followed by its position says where it now stands, on a perpetual.
model::Signal stands_at(const char* name, model::PositionSide side, const char* size, int bar) {
  model::Signal signal = signal_of(name, side == model::PositionSide::short_side ? Action::sell : Action::buy,
                                   "SOLUSDT", "1", "follower");
  signal.market = model::Market::perp;
  signal.bar_time = at_second((bar - 10) * 900);
  signal.timeframe = "15";
  signal.position = model::PositionChange{side, dec(size), {}, {}};
  return signal;
}

std::vector<model::Signal> a_days_signals() {
  return {
      signal_of("1", Action::buy, "BTCUSDT", "0.05"),
      signal_of("2", Action::buy, "ETHUSDT", "0.5"),
      signal_of("3", Action::buy, "SOLUSDT", "2"),
      signal_of("4", Action::buy, "BTCUSDT", "0.02", "b"),
      signal_of("5", Action::buy, "BTCUSDT", "100"),  // more than there is money for
      signal_of("6", Action::sell, "ETHUSDT", "0.2"),
      signal_of("7", Action::close_all, "", ""),
      signal_of("8", Action::sell, "SOLUSDT", "1"),  // nothing left
      stands_at("9", model::PositionSide::long_side, "3", 1),
      stands_at("10", model::PositionSide::short_side, "2", 2),
      stands_at("11", model::PositionSide::long_side, "1", 1),  // an older bar
  };
}

// One process's life on the journal at `path`: 128 + SIGKILL when it died as told.
int live(const std::string& path, int dies_at) {
  return run_in_child([&] { return Desk(path, dies_at).work() >= 0 ? 0 : 1; });
}

void start_day(const std::string& path) { Desk(path, kNeverDie).receive(a_days_signals()); }

}  // namespace

TEST_CASE("crash: killed at any step of a day, the next start ends the day as if nothing had happened") {
  const TemporaryFolder folder;
  start_day(folder.file("quiet.db"));
  int steps = 0;
  std::string expected;
  {
    Desk quiet(folder.file("quiet.db"), kNeverDie);
    steps = quiet.work();
    expected = quiet.state();
  }
  CHECK(steps > 20);
  CHECK(expected.find("BROKEN") == std::string::npos);
  CHECK(expected.find("BTCUSDT b 0.02") != std::string::npos);
  CHECK(expected.find("SOLUSDT.P follower -2 ") != std::string::npos);
  for (int dies_at = 1; dies_at <= steps; ++dies_at) {
    INFO("died at step " << dies_at << " of " << steps);
    const std::string path = folder.file("day" + std::to_string(dies_at) + ".db");
    start_day(path);
    REQUIRE(live(path, dies_at) == 128 + SIGKILL);
    REQUIRE(live(path, kNeverDie) == 0);
    REQUIRE(Desk(path, kNeverDie).state() == expected);
  }
}

TEST_CASE("crash: killed again and again, at the same step of every life, the day still ends the same") {
  const TemporaryFolder folder;
  start_day(folder.file("quiet.db"));
  std::string expected;
  {
    Desk quiet(folder.file("quiet.db"), kNeverDie);
    quiet.work();
    expected = quiet.state();
  }
  // A life that dies before it has recorded one outcome makes no progress; recovering takes a step for each
  // order that an earlier one left.
  for (const int dies_at : {9, 14}) {
    INFO("every life ends at its step " << dies_at);
    const std::string path = folder.file("lives" + std::to_string(dies_at) + ".db");
    start_day(path);
    int lives = 0;
    while (live(path, dies_at) != 0) REQUIRE(++lives < 200);
    CHECK(lives > 1);
    CHECK(Desk(path, kNeverDie).state() == expected);
  }
}

TEST_CASE("crash: a halt set while the executor is dead keeps the order that never left from leaving") {
  const TemporaryFolder folder;
  const std::string path = folder.file("journal.db");
  Desk(path, kNeverDie).receive({signal_of("1", Action::buy, "BTCUSDT", "0.05")});
  REQUIRE(live(path, 2) == 128 + SIGKILL);  // the intent is committed, nothing is sent
  {
    auto journal = value_of(journal::Journal::open(path));
    journal::Execution book(*journal);
    auto write = value_of(journal->begin_write());
    expect(book.write_halt("night", at_second(5)));
    expect(write.commit());
  }
  REQUIRE(live(path, kNeverDie) == 0);
  auto journal = value_of(journal::Journal::open(path));
  CHECK(read_column(*journal, "SELECT state FROM intents") == std::vector<std::string>{"absent"});
  CHECK(read_column(*journal, "SELECT state || ' ' || reason FROM signals") ==
        std::vector<std::string>{"refused halted"});
  CHECK(read_column(*journal, "SELECT client_order_id FROM paper_orders").empty());
  CHECK(broken_invariants(*journal).empty());
}
