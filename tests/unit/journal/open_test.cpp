#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "journal/execution.hpp"
#include "journal/journal.hpp"
#include "support/catch.hpp"
#include "support/journal_invariants.hpp"
#include "support/journal_query.hpp"
#include "support/samples.hpp"
#include "support/temporary_folder.hpp"

namespace {

using namespace tvh;
using journal::Journal;
using test::TemporaryFolder;

std::string column(Journal& journal, const char* sql) {
  const auto values = test::read_column(journal, sql);
  return values.empty() ? "" : values.front();
}

unsigned mode_of(const std::string& path) {
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 0777u;
}

// Modes of new files are judged under a umask that would hide a mistake from nobody.
struct OpenUmask {
  OpenUmask() : before(::umask(0)) {}
  ~OpenUmask() { ::umask(before); }
  mode_t before;
};

}  // namespace

TEST_CASE("journal: a new journal and everything beside it is for its owner only") {
  const TemporaryFolder folder;
  const OpenUmask open_umask;
  auto journal = Journal::open(folder.file("journal.db"));
  REQUIRE(journal);
  auto write = (*journal)->begin_write();
  REQUIRE(write);
  REQUIRE(write->commit());
  (*journal)->ring();
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    INFO(entry.path());
    CHECK((mode_of(entry.path().string()) & 077u) == 0);
  }
  CHECK(mode_of(folder.file("journal.db")) == 0600u);
}

TEST_CASE(
    "journal: a new journal is in WAL mode with full synchronisation, foreign keys and no checkpoint by "
    "itself") {
  const TemporaryFolder folder;
  auto journal = Journal::open(folder.file("journal.db"));
  REQUIRE(journal);
  CHECK(column(**journal, "PRAGMA journal_mode") == "wal");
  CHECK(column(**journal, "PRAGMA synchronous") == "2");
  CHECK(column(**journal, "PRAGMA foreign_keys") == "1");
  CHECK(column(**journal, "PRAGMA wal_autocheckpoint") == "0");
  CHECK(column(**journal, "PRAGMA mmap_size") == "0");
}

TEST_CASE("journal: every table and view of the contract is there, with its columns") {
  auto journal = Journal::open_in_memory();
  REQUIRE(journal);
  for (const char* sql :
       {"SELECT received_at, source, status, verdict, body FROM alerts",
        "SELECT id, received_at, strategy, symbol, market, action, record, state, reason FROM signals",
        "SELECT client_order_id, signal_id, venue, instrument, leg, state FROM intents",
        "SELECT * FROM order_events",
        "SELECT client_order_id, trade_id, quantity, price, fee, fee_asset, at FROM fills",
        "SELECT venue, instrument, strategy, quantity, average_price, realised_profit FROM positions",
        "SELECT * FROM requests", "SELECT * FROM controls", "SELECT fetched_at FROM instruments",
        "SELECT * FROM outbox", "SELECT * FROM v_signals", "SELECT * FROM v_orders",
        "SELECT * FROM v_positions", "SELECT * FROM v_latency", "SELECT * FROM v_refusals"}) {
    INFO(sql);
    CHECK((*journal)->connection().prepare(sql).has_value());
  }
}

TEST_CASE("journal: opening again keeps what is there, and the file of today needs no change") {
  const TemporaryFolder folder;
  const std::string path = folder.file("journal.db");
  {
    auto journal = Journal::open(path);
    REQUIRE(journal);
    journal::Execution execution(**journal);
    auto write = (*journal)->begin_write();
    REQUIRE(write);
    REQUIRE(execution.write_control("key", "value", test::at_second(0)));
    REQUIRE(write->commit());
  }
  auto again = Journal::open(path);
  REQUIRE(again);
  journal::Execution execution(**again);
  CHECK(*execution.read_control("key") == "value");
}

TEST_CASE("journal: a file of a later version is refused as configuration, and left as it is") {
  const TemporaryFolder folder;
  const std::string path = folder.file("journal.db");
  REQUIRE(Journal::open(path));
  test::change_by_hand(path, "PRAGMA user_version = 999");
  test::change_by_hand(path, "PRAGMA wal_checkpoint(TRUNCATE)");
  const std::string before = test::read_file(path);
  for (auto* open : {&Journal::open, &Journal::open_read_only}) {
    auto journal = open(path);
    REQUIRE_FALSE(journal);
    CHECK(journal.error().code == Errc::configuration);
    CHECK(journal.error().message.find(path) != std::string::npos);
    CHECK(journal.error().message.find("999") != std::string::npos);
  }
  CHECK((test::read_file(path) == before));
}

TEST_CASE("journal: another program's database is bad data, and not one byte of it is changed") {
  const TemporaryFolder folder;
  const std::string path = folder.file("bookmarks.db");
  test::change_by_hand(path, "CREATE TABLE bookmarks (url TEXT); INSERT INTO bookmarks VALUES ('x')");
  const std::string before = test::read_file(path);
  for (auto* open : {&Journal::open, &Journal::open_read_only}) {
    auto journal = open(path);
    REQUIRE_FALSE(journal);
    CHECK(journal.error().code == Errc::bad_data);
    CHECK(journal.error().message.find(path) != std::string::npos);
  }
  CHECK((test::read_file(path) == before));
}

TEST_CASE("journal: a file that is no database is bad data") {
  const TemporaryFolder folder;
  const std::string path = folder.file("notes.txt");
  test::write_file(path, std::string(5000, 'x'));
  auto journal = Journal::open(path);
  REQUIRE_FALSE(journal);
  CHECK(journal.error().code == Errc::bad_data);
  CHECK(test::read_file(path) == std::string(5000, 'x'));
}

TEST_CASE("journal: a folder that is not there is named, with what to do") {
  const TemporaryFolder folder;
  const std::string path = folder.file("nowhere/journal.db");
  auto journal = Journal::open(path);
  REQUIRE_FALSE(journal);
  CHECK(journal.error().code == Errc::storage);
  CHECK(journal.error().message.find(path) != std::string::npos);
  CHECK(journal.error().message.find("folder") != std::string::npos);
  CHECK_FALSE(std::filesystem::exists(folder.file("nowhere")));
}

TEST_CASE("journal: reading only makes no journal") {
  const TemporaryFolder folder;
  auto journal = Journal::open_read_only(folder.file("journal.db"));
  REQUIRE_FALSE(journal);
  CHECK(journal.error().code == Errc::storage);
  CHECK(std::filesystem::is_empty(folder.path()));
}

TEST_CASE("journal: reading only sees what was committed, changes no byte and takes no lock") {
  const TemporaryFolder folder;
  const std::string path = folder.file("journal.db");
  auto writer = Journal::open(path);
  REQUIRE(writer);
  journal::Execution written(**writer);
  {
    auto write = (*writer)->begin_write();
    REQUIRE(write);
    REQUIRE(written.write_control("key", "value", test::at_second(0)));
    REQUIRE(write->commit());
  }
  const std::string before = test::read_file(path);
  const std::string wal_before = test::read_file(path + "-wal");
  {
    auto holds_the_lock = (*writer)->begin_write();
    REQUIRE(holds_the_lock);
    auto reader = Journal::open_read_only(path);
    REQUIRE(reader);
    journal::Execution read(**reader);
    CHECK(*read.read_control("key") == "value");
    auto refused = read.write_control("key", "other", test::at_second(0));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Errc::storage);
    (*reader)->maintain();
    (*reader)->settle();
  }
  CHECK((test::read_file(path) == before));
  CHECK((test::read_file(path + "-wal") == wal_before));
}

TEST_CASE("journal: one of version 3 comes to say the same of its states in words that cost less") {
  const TemporaryFolder folder;
  const std::string path = folder.file("journal.db");
  REQUIRE(Journal::open(path));
  test::change_by_hand(path,
                       "PRAGMA writable_schema=ON; UPDATE sqlite_schema SET sql = substr(sql, 1, instr(sql, "
                       "'CHECK (') + 6) || 'state IN "
                       "(''pending'', ''claimed'', ''done'', ''refused'', ''expired'')' || substr(sql, "
                       "instr(sql, '),' || char(10) || '  "
                       "reason')) WHERE name = 'signals'; DROP INDEX intents_open; CREATE INDEX intents_open "
                       "ON intents (client_order_id) "
                       "WHERE state IN ('planned', 'submitting', 'accepted', 'partially_filled', 'unknown'); "
                       "PRAGMA user_version = 3");
  const auto text_of_signals = [&] {
    return test::query_one(path, "SELECT sql FROM sqlite_schema WHERE name = 'signals'");
  };
  REQUIRE(text_of_signals().find("CHECK (state IN (") != std::string::npos);

  auto journal = Journal::open(path);
  REQUIRE(journal);
  CHECK(text_of_signals().find(" IN (") == std::string::npos);
  CHECK(column(**journal, "PRAGMA integrity_check") == "ok");
  CHECK(journal::Execution(**journal).read_open_intents());
  const char* const columns =
      "INSERT INTO signals (id, received_at, strategy, symbol, market, action, record, event_at, state) ";
  const auto store = [&](const char* state) {
    return (*journal)->connection().execute(
        (std::string(columns) + "VALUES ('" + state + "', 0, '', '', '', '', '', 0, '" + state + "')").c_str());
  };
  for (const char* state : {"pending", "claimed", "done", "refused", "expired"}) CHECK(store(state));
  CHECK_FALSE(store("lost"));
  // And nobody else may change the schema's text through it.
  CHECK_FALSE(
      (*journal)->connection().execute("PRAGMA writable_schema=ON; UPDATE sqlite_schema SET sql = sql"));
}

TEST_CASE("journal: an empty file becomes a journal") {
  const TemporaryFolder folder;
  const std::string path = folder.file("journal.db");
  test::write_file(path, "");
  CHECK(Journal::open(path));
  CHECK(Journal::open_read_only(path));
}

TEST_CASE("journal: a journal that an old program left without WAL is read only after a writer has opened it") {
  const TemporaryFolder folder;
  const std::string path = folder.file("journal.db");
  REQUIRE(Journal::open(path));
  test::change_by_hand(path, "PRAGMA user_version = 0");
  auto journal = Journal::open_read_only(path);
  REQUIRE_FALSE(journal);
  CHECK(journal.error().code == Errc::configuration);
}
