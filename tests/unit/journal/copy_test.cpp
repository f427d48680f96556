// Copies of the account, and reading signals back.
#include "journal/copy.hpp"

#include <filesystem>
#include <functional>
#include <limits>

#include "journal/execution.hpp"
#include "journal/paper_store.hpp"
#include "journal/signal_reader.hpp"
#include "journal/status.hpp"
#include "support/catch.hpp"
#include "support/journal_invariants.hpp"
#include "support/samples.hpp"
#include "support/temporary_folder.hpp"

namespace {

using namespace tvh;
using journal::Execution;
using journal::Journal;
using test::dec;
using test::TemporaryFolder;

std::unique_ptr<Journal> open(const std::string& path) {
  auto journal = Journal::open(path);
  if (!journal) throw std::runtime_error(journal.error().message);
  return std::move(*journal);
}

// Records `count` signals, three a second, alternating what a filter can tell apart; from `set_back` on with a
// clock that was set back by a hundred days.
void record_signals(Journal& journal, int count, int set_back = std::numeric_limits<int>::max()) {
  Execution execution(journal);
  auto write = journal.begin_write();
  REQUIRE(write);
  for (int number = 0; number < count; ++number) {
    test::SampleSignal sample;
    sample.name = std::to_string(number);
    sample.received_at =
        test::at_second(number / 3);  // three at a time share their instant: pages end among them
    if (number >= set_back) sample.received_at -= std::chrono::hours(2400);
    sample.strategy = number % 2 == 0 ? "even" : "odd";
    sample.symbol = number % 3 == 0 ? "BTCUSDT" : "ETHUSDT";
    sample.action = number % 5 == 0 ? model::Action::sell : model::Action::buy;
    REQUIRE(execution.claim(test::make_signal(sample), false, test::at_second(count)));
  }
  REQUIRE(write->commit());
}

std::vector<std::string> read_all(Journal& journal, const journal::SignalFilter& filter, int& pages) {
  journal::SignalReader reader(journal, filter);
  std::vector<std::string> ids;
  pages = 0;
  while (true) {
    auto page = reader.next_page();
    REQUIRE(page);
    if (page->empty()) return ids;
    ++pages;
    for (const auto& signal : *page) ids.push_back(signal.id);
  }
}

std::vector<std::string> expected(int count, const std::function<bool(int)>& wanted) {
  std::vector<std::string> ids;
  for (int number = 0; number < count; ++number) {
    if (wanted(number)) ids.push_back(test::sample_id(std::to_string(number)));
  }
  return ids;
}

}  // namespace

TEST_CASE("signal reader: everything comes back once and in order over several pages, equal instants too") {
  auto journal = Journal::open_in_memory();
  REQUIRE(journal);
  record_signals(**journal, 1601);
  int pages = 0;
  CHECK(read_all(**journal, {}, pages) == expected(1601, [](int) { return true; }));
  CHECK(pages > 2);
}

TEST_CASE("signal reader: from is inclusive, to is not") {
  auto journal = Journal::open_in_memory();
  REQUIRE(journal);
  record_signals(**journal, 40);
  int pages = 0;
  journal::SignalFilter filter;
  filter.from = test::at_second(5);
  filter.to = test::at_second(9);
  CHECK(read_all(**journal, filter, pages) ==
        expected(40, [](int number) { return number / 3 >= 5 && number / 3 < 9; }));
  filter.to = test::at_second(5);
  CHECK(read_all(**journal, filter, pages).empty());
}

TEST_CASE("signal reader: a time is found wherever it stands, in the order they were stored") {
  auto journal = Journal::open_in_memory();
  REQUIRE(journal);
  record_signals(**journal, 3000, 1500);
  int pages = 0;
  journal::SignalFilter filter;
  filter.from = test::at_second(400);
  CHECK(read_all(**journal, filter, pages) ==
        expected(3000, [](int number) { return number >= 1200 && number < 1500; }));
  filter.from = test::at_second(700) - std::chrono::hours(2400);
  filter.to = test::at_second(10);
  CHECK(read_all(**journal, filter, pages) ==
        expected(3000, [](int number) { return number < 30 || number >= 2100; }));
}

TEST_CASE("signal reader: what is wanted is found behind many that are not") {
  auto journal = Journal::open_in_memory();
  REQUIRE(journal);
  record_signals(**journal, 45'000);
  int pages = 0;
  journal::SignalFilter filter;
  filter.from = test::at_second(14'999);
  CHECK(read_all(**journal, filter, pages) == expected(45'000, [](int number) { return number >= 44'997; }));
}

TEST_CASE("signal reader: strategy, symbol and action each filter, over pages, and together") {
  auto journal = Journal::open_in_memory();
  REQUIRE(journal);
  record_signals(**journal, 1500);
  int pages = 0;
  journal::SignalFilter filter;
  filter.strategy = "odd";
  CHECK(read_all(**journal, filter, pages) == expected(1500, [](int number) { return number % 2 == 1; }));
  CHECK(pages > 1);
  filter.symbol = "BTCUSDT";
  CHECK(read_all(**journal, filter, pages) == expected(1500, [](int number) { return number % 6 == 3; }));
  filter.action = "sell";
  CHECK(read_all(**journal, filter, pages) == expected(1500, [](int number) { return number % 30 == 15; }));
  filter.strategy = "nobody";
  CHECK(read_all(**journal, filter, pages).empty());
}

TEST_CASE("signal reader: a signal comes back as it was recorded, field by field") {
  auto journal = Journal::open_in_memory();
  REQUIRE(journal);
  model::Signal signal = test::make_signal({});
  signal.stop_loss = dec("64000");
  signal.timeframe = "15";
  signal.bar_time = test::at_second(-900);
  signal.comment = "a \"comment\" with é";
  signal.position =
      model::PositionChange{model::PositionSide::long_side, dec("1"), model::PositionSide::flat, dec("0")};
  auto write = (*journal)->begin_write();
  REQUIRE(Execution(**journal).claim(signal, false, test::at_second(1)));
  REQUIRE(write->commit());
  auto page = journal::SignalReader(**journal, {}).next_page();
  REQUIRE(page);
  REQUIRE(page->size() == 1);
  CHECK(page->front() == signal);
}

TEST_CASE("signal reader: pages let a checkpoint in between") {
  const TemporaryFolder folder;
  const auto journal = open(folder.file("journal.db"));
  const auto reading = open(folder.file("journal.db"));
  record_signals(*journal, 1200);
  journal::SignalReader reader(*reading, {});
  REQUIRE(reader.next_page()->size() > 0);
  journal->settle();
  CHECK(std::filesystem::file_size(journal->path() + "-wal") == 0);
  CHECK(reader.next_page()->size() > 0);
}

TEST_CASE("copy: positions, controls and the paper account arrive; signals and orders stay") {
  const TemporaryFolder folder;
  const auto journal = open(folder.file("journal.db"));
  record_signals(*journal, 3);
  journal::SqlitePaperStore store(*journal, "paper");
  REQUIRE(store.open_account({{"USDT", dec("10000")}}));
  model::Fill fill{"tvhx",       "paper",  "BTCUSDT", "paper-tvhx",      "1", model::Side::buy, dec("0.1"),
                   dec("50000"), dec("5"), "USDT",    test::at_second(1)};
  model::OrderRequest request;
  request.client_order_id = "tvhx";
  request.instrument = "BTCUSDT";
  request.quantity = dec("0.1");
  REQUIRE(
      store.append_effect({{request, {"paper-tvhx", model::OrderState::filled, dec("0.1"), {fill}}, fill.at},
                           {{"USDT", dec("4995")}, {"BTC", dec("0.1")}},
                           {"BTCUSDT", dec("0.1"), {}},
                           dec("50000")}));
  {
    auto write = journal->begin_write();
    REQUIRE(Execution(*journal).append_fill(fill, "ma", test::make_instrument("BTCUSDT")));
    REQUIRE(Execution(*journal).write_halt("looking", test::at_second(2)));
    REQUIRE(write->commit());
  }
  const std::string before = test::read_file(journal->path()) + test::read_file(journal->path() + "-wal");

  auto copy = Journal::open_in_memory();
  REQUIRE(copy);
  REQUIRE(journal::copy_account(journal->path(), **copy, test::at_second(0)));
  CHECK(Execution(**copy).read_position("paper", "BTCUSDT", "ma")->quantity == dec("0.1"));
  CHECK((*Execution(**copy).read_halt())->reason == "looking");
  journal::SqlitePaperStore copied(**copy, "paper");
  CHECK(*copied.read_balance("USDT") == dec("4995"));
  CHECK(copied.read_position("BTCUSDT")->quantity == dec("0.1"));
  CHECK(**copied.read_last_price("BTCUSDT") == dec("50000"));
  CHECK(test::read_column(**copy, "SELECT id FROM signals").empty());
  CHECK_FALSE(*copied.read_order("tvhx"));
  CHECK((test::read_file(journal->path()) + test::read_file(journal->path() + "-wal") == before));
}

TEST_CASE("copy: what happens to the copy does not reach the original") {
  const TemporaryFolder folder;
  const auto journal = open(folder.file("journal.db"));
  auto copy = Journal::open_in_memory();
  REQUIRE(journal::copy_account(journal->path(), **copy, test::at_second(0)));
  auto write = (*copy)->begin_write();
  REQUIRE(Execution(**copy).write_halt("only here", test::at_second(0)));
  REQUIRE(write->commit());
  CHECK_FALSE(*Execution(*journal).read_halt());
}

TEST_CASE("copy: a journal that is not there is an error, and none is made") {
  const TemporaryFolder folder;
  auto copy = Journal::open_in_memory();
  CHECK_FALSE(journal::copy_account(folder.file("journal.db"), **copy, test::at_second(0)));
  CHECK(std::filesystem::is_empty(folder.path()));
}

TEST_CASE("copy: while another tool is writing, the copy is of the last commit") {
  const TemporaryFolder folder;
  const auto journal = open(folder.file("journal.db"));
  auto write = journal->begin_write();
  REQUIRE(Execution(*journal).write_halt("not committed", test::at_second(0)));
  auto copy = Journal::open_in_memory();
  REQUIRE(journal::copy_account(journal->path(), **copy, test::at_second(0)));
  CHECK_FALSE(*Execution(**copy).read_halt());
}

TEST_CASE("status: counts what is waiting, what is being executed and what is held") {
  auto journal = Journal::open_in_memory();
  record_signals(**journal, 3);
  auto counts = journal::read_counts(**journal);
  REQUIRE(counts);
  CHECK(counts->claimed == 3);
  CHECK(counts->pending == 0);
  CHECK(counts->open_positions == 0);
}

TEST_CASE(
    "copy: a stand-in's account holds what all strategies hold of its perpetuals together, and nothing else") {
  auto journal = Journal::open_in_memory();
  REQUIRE(journal);
  REQUIRE((*journal)->connection().execute(
      "INSERT INTO positions (venue, instrument, strategy, quantity, average_price, realised_profit, "
      "updated_at) VALUES "
      "('x', 'ETHUSDT.P', 'a', '1.5', '3000', '0', 1), ('x', 'ETHUSDT.P', 'b', '-0.5', '3100', '0', 1), "
      "('x', 'BTCUSDT', 'a', '1', '60000', '0', 1), ('y', 'ETHUSDT.P', 'a', '7', '3000', '0', 1)"));
  REQUIRE(journal::lend_positions(**journal, "x"));
  journal::SqlitePaperStore store(**journal, "x");
  const auto positions = store.read_positions();
  REQUIRE(positions);
  REQUIRE(positions->size() == 1);
  CHECK(positions->front().instrument == "ETHUSDT.P");
  CHECK(positions->front().quantity == dec("1"));
}
