// What reaches the disk of a commit: the log's pages at once, then the sync, and nothing else after it.
#include <filesystem>
#include <string>
#include <vector>

#include "disk/watched_disk.hpp"
#include "journal/journal.hpp"
#include "support/catch.hpp"
#include "support/journal_invariants.hpp"
#include "support/temporary_folder.hpp"

using namespace tvh;
using namespace tvh::test;

namespace {

// "w" and "s" of the log, in order, and how many bytes were written to it.
class LogWatcher final : public DiskWatcher {
 public:
  DiskFault watch(const DiskOperation& operation) override {
    if (operation.file != DiskFile::log) return DiskFault::none;
    if (operation.call == DiskCall::write) {
      calls += 'w';
      bytes += operation.bytes.size();
    }
    if (operation.call == DiskCall::sync) calls += 's';
    return DiskFault::none;
  }

  std::string calls;
  std::size_t bytes = 0;
};

void commit(journal::Journal& journal, const char* sql) {
  auto write = journal.begin_write();
  REQUIRE(write);
  REQUIRE(journal.connection().execute(sql));
  REQUIRE(write->commit());
}

constexpr const char* kManyRows =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40) INSERT INTO controls (key, "
    "value, updated_at) SELECT 'k' || i, hex(zeroblob(1000)), 0 FROM n";

}  // namespace

TEST_CASE("gathering: a commit of many pages is one write of the log and one sync") {
  const TemporaryFolder folder;
  LogWatcher disk;
  const WatchedDisk watched(folder.file("journal.db"), disk);
  auto journal = journal::Journal::open(folder.file("journal.db"));
  REQUIRE(journal);
  commit(**journal, "UPDATE controls SET value = ''");
  disk.calls.clear();
  disk.bytes = 0;
  commit(**journal, "INSERT INTO controls (key, value, updated_at) VALUES ('a', hex(zeroblob(3000)), 0)");
  CHECK(disk.calls == "ws");
  CHECK(disk.bytes > 2 * 4096);
}

TEST_CASE("gathering: what is larger than one write may be comes in order, and is all there") {
  const bool spills = GENERATE(false, true);
  const TemporaryFolder folder;
  {
    LogWatcher disk;
    const WatchedDisk watched(folder.file("journal.db"), disk);
    auto journal = journal::Journal::open(folder.file("journal.db"));
    REQUIRE(journal);
    // 128 KiB and more at once: SQLite's own VFS would take the length modulo that.
    // With so few pages in memory some are written before the commit, and read again.
    if (spills) REQUIRE((*journal)->connection().execute("PRAGMA cache_size=10"));
    disk.calls.clear();
    commit(**journal, kManyRows);
    CHECK(disk.calls.ends_with("s"));
    CHECK((spills || disk.calls.size() < 8));
    CHECK(disk.bytes > 160 * 1024);
  }
  auto journal = journal::Journal::open(folder.file("journal.db"));
  REQUIRE(journal);
  CHECK(read_column(**journal, "SELECT count(*) FROM controls WHERE length(value) = 2000").front() == "40");
  CHECK(read_column(**journal, "PRAGMA integrity_check").front() == "ok");
}

TEST_CASE("gathering: the log is laid out ahead, so that a commit makes it no longer; settled it is empty") {
  const TemporaryFolder folder;
  const std::string path = folder.file("journal.db");
  const auto log_bytes = [&path] { return std::filesystem::file_size(path + "-wal"); };
  auto journal = journal::Journal::open(path);
  REQUIRE(journal);
  for (int turn = 0; turn < 2; ++turn) {
    (*journal)->settle();
    CHECK(log_bytes() == 0);
    commit(**journal, "UPDATE controls SET value = 'begin'");
    commit(**journal, "INSERT OR REPLACE INTO controls (key, value, updated_at) VALUES ('a', 'begin', 0)");
    const auto laid_out = log_bytes();
    CHECK(laid_out > 500'000);
    int pages = 0;
    for (const char* const value : {"'one'", "'two'", "'three'", "'four'"}) {
      commit(**journal, (std::string("UPDATE controls SET value = ") + value).c_str());
      CHECK((*journal)->connection().wal_pages() > pages);
      pages = (*journal)->connection().wal_pages();
      CHECK(log_bytes() == laid_out);
    }
    // Another connection finds the end, and writes there; then it is at the first one's hand.
    auto other = journal::Journal::open(path);
    REQUIRE(other);
    CHECK(read_column(**other, "SELECT value FROM controls WHERE key = 'a'").front() == "four");
    commit(**other, "UPDATE controls SET value = 'five'");
    CHECK(log_bytes() == laid_out);
    CHECK(read_column(**journal, "SELECT value FROM controls WHERE key = 'a'").front() == "five");
    for (int i = 0; i < 6; ++i) {
      commit(**journal, "DELETE FROM controls WHERE key <> 'a'");
      commit(**journal, kManyRows);
    }
    CHECK(log_bytes() > laid_out);
    commit(**journal, "DELETE FROM controls WHERE key <> 'a'");
  }
  CHECK(read_column(**journal, "PRAGMA integrity_check").front() == "ok");
}
