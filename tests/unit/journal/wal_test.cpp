// The write-ahead log stays small, and the bell is heard.
#include <poll.h>

#include <filesystem>
#include <thread>

#include "journal/bell.hpp"
#include "journal/execution.hpp"
#include "journal/open.hpp"
#include "support/catch.hpp"
#include "support/journal_invariants.hpp"
#include "support/samples.hpp"
#include "support/temporary_folder.hpp"

namespace {

using namespace tvh;
using journal::Execution;
using journal::Journal;
using test::TemporaryFolder;

constexpr std::uintmax_t kPageBytes = 4096;
constexpr std::uintmax_t kFrameBytes = kPageBytes + 24;

std::unique_ptr<Journal> open(const std::string& path) {
  auto journal = Journal::open(path);
  if (!journal) throw std::runtime_error(journal.error().message);
  return std::move(*journal);
}

std::uintmax_t wal_bytes(const Journal& journal) { return std::filesystem::file_size(journal.path() + "-wal"); }

// One commit that adds about `bytes` to the log: each time others, because SQLite writes no page that does not
// change.
Result<void> write_much(Journal& journal, std::size_t bytes) {
  static unsigned turn = 0;
  const char filling = char('a' + turn++ % 26);
  Execution execution(journal);
  TVH_TRY(auto write, journal.begin_write());
  TVH_CHECK(execution.write_control("much", std::string(bytes, filling), test::at_second(0)));
  return write.commit();
}

bool rings(const journal::BellWatch& watch, int patience_ms) {
  pollfd readable{watch.fd(), POLLIN, 0};
  return ::poll(&readable, 1, patience_ms) == 1;
}

}  // namespace

TEST_CASE("journal: maintain() holds the log near its checkpoint size under load") {
  const TemporaryFolder folder;
  const auto journal = open(folder.file("journal.db"));
  std::uintmax_t most = 0;
  for (int turn = 0; turn < 120; ++turn) {
    REQUIRE(write_much(*journal, 200'000));  // about 50 pages each: 6,000 in all
    journal->maintain();
    most = std::max(most, wal_bytes(*journal));
  }
  CHECK(most < 2 * std::uintmax_t(journal::kCheckpointPages) * kFrameBytes);
}

TEST_CASE("journal: while others wait a checkpoint is put off, and made when it is overdue") {
  const TemporaryFolder folder;
  const auto journal = open(folder.file("journal.db"));
  std::uintmax_t most = 0;
  for (int turn = 0; turn < 240; ++turn) {
    REQUIRE(write_much(*journal, 200'000));
    journal->maintain(journal::Upkeep::overdue);
    most = std::max(most, wal_bytes(*journal));
  }
  CHECK(most > 2 * std::uintmax_t(journal::kCheckpointPages) * kFrameBytes);
  CHECK(most < std::uintmax_t(journal::kOverduePages + journal::kCheckpointPages) * kFrameBytes);
}

TEST_CASE("journal: a checkpoint by one connection is enough for another that only writes") {
  const TemporaryFolder folder;
  const auto listener = open(folder.file("journal.db"));
  const auto executor = open(folder.file("journal.db"));
  for (int turn = 0; turn < 60; ++turn) {
    REQUIRE(write_much(*listener, 200'000));
    REQUIRE(write_much(*executor, 4'000));
    executor->maintain();
  }
  CHECK(wal_bytes(*listener) < 2 * std::uintmax_t(journal::kCheckpointPages) * kFrameBytes);
}

TEST_CASE("journal: settle() leaves an empty log") {
  const TemporaryFolder folder;
  const auto journal = open(folder.file("journal.db"));
  REQUIRE(write_much(*journal, 200'000));
  REQUIRE(wal_bytes(*journal) > 0);
  journal->settle();
  CHECK(wal_bytes(*journal) == 0);
}

TEST_CASE("journal: a read that was let go on a row does not keep the log from being reset") {
  const TemporaryFolder folder;
  const auto journal = open(folder.file("journal.db"));
  const auto other = open(folder.file("journal.db"));
  REQUIRE(write_much(*journal, 100));
  {
    auto look = other->statement("SELECT key FROM controls UNION ALL SELECT 'more'");
    REQUIRE(look);
    REQUIRE(*(*look)->step());  // one of two rows read
  }
  REQUIRE(Execution(*other).read_control("much"));
  REQUIRE(Execution(*other).read_signal_state("nobody"));
  REQUIRE(write_much(*journal, 200'000));
  journal->settle();
  CHECK(wal_bytes(*journal) == 0);
}

TEST_CASE("journal: every read of the room lets the log be reset afterwards") {
  const TemporaryFolder folder;
  const auto journal = open(folder.file("journal.db"));
  const auto reader = open(folder.file("journal.db"));
  Execution read(*reader);
  const auto still_resets = [&] {
    REQUIRE(write_much(*journal, 10'000));
    journal->settle();
    return wal_bytes(*journal) == 0;
  };
  std::int64_t after_seq = 0;
  CHECK(read.read_pending(after_seq, 10));
  CHECK(still_resets());
  CHECK(read.read_claimed());
  CHECK(still_resets());
  CHECK(read.read_open_intents());
  CHECK(still_resets());
  CHECK(read.read_positions());
  CHECK(still_resets());
  CHECK(read.read_position("paper", "BTCUSDT", "ma"));
  CHECK(still_resets());
  CHECK(read.read_fills("none"));
  CHECK(still_resets());
  CHECK(read.read_halt());
  CHECK(still_resets());
  CHECK(read.read_intent("none"));
  CHECK(still_resets());
}

TEST_CASE(
    "journal: a log past its cap, held up by a reader, is refused as storage; when the reader has gone, "
    "writing goes on") {
  const TemporaryFolder folder;
  const auto journal = open(folder.file("journal.db"));
  const auto reader = open(folder.file("journal.db"));
  REQUIRE(write_much(*journal, 100));
  auto look = reader->statement("SELECT key FROM controls");
  REQUIRE(look);
  REQUIRE(*(*look)->step());
  Result<void> written;
  for (int turn = 0; turn < 12 && written; ++turn) {
    written = write_much(*journal, 32u << 20);
    journal->maintain();
  }
  REQUIRE_FALSE(written);
  CHECK(written.error().code == Errc::storage);
  CHECK(written.error().message.find("-wal") != std::string::npos);
  CHECK_FALSE(write_much(*journal, 10));

  (*look)->reset();
  CHECK(write_much(*journal, 10));
  journal->settle();
  CHECK(wal_bytes(*journal) == 0);
}

TEST_CASE("bell: a ring after a commit is heard, and silence() takes the rings so far") {
  const TemporaryFolder folder;
  const auto journal = open(folder.file("journal.db"));
  auto watch = journal::BellWatch::open(journal->path());
  REQUIRE(watch);
  CHECK_FALSE(rings(*watch, 0));
  journal->ring();
  CHECK(rings(*watch, 60'000));
  journal->ring();
  watch->silence();
  CHECK_FALSE(rings(*watch, 0));
  journal->ring();
  CHECK(rings(*watch, 60'000));
}

TEST_CASE("bell: a watch that was opened before the journal was ever rung hears a writer that comes later") {
  const TemporaryFolder folder;
  const std::string path = folder.file("journal.db");
  auto watch = journal::BellWatch::open(path);
  REQUIRE(watch);
  std::thread writer([&] { open(path)->ring(); });
  CHECK(rings(*watch, 60'000));
  writer.join();
}

TEST_CASE("bell: several watches hear the same ring, and a ring while nobody watches is no error") {
  const TemporaryFolder folder;
  const auto journal = open(folder.file("journal.db"));
  journal->ring();
  auto one = journal::BellWatch::open(journal->path());
  auto two = journal::BellWatch::open(journal->path());
  REQUIRE((one && two));
  CHECK_FALSE(rings(*one, 0));
  journal->ring();
  CHECK(rings(*one, 60'000));
  CHECK(rings(*two, 60'000));
}
