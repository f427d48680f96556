// How tools know a database file again that others checkpoint into, and that nobody else may write.
#include "journal/database_note.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include "journal/execution.hpp"
#include "journal/journal.hpp"
#include "support/catch.hpp"
#include "support/samples.hpp"
#include "support/temporary_folder.hpp"

namespace {

using namespace tvh;
using journal::DatabaseNote;
using journal::Journal;

Result<void> write_something(Journal& journal) {
  journal::Execution execution(journal);
  TVH_TRY(auto write, journal.begin_write());
  TVH_CHECK(execution.write_control("x", "y", test::at_second(1)));
  return write.commit();
}

// As if somebody had written to it at that time.
void touch(const std::string& file, std::int64_t second) {
  const timespec times[2] = {{0, UTIME_OMIT}, {second, 1}};
  REQUIRE(::utimensat(AT_FDCWD, file.c_str(), times, 0) == 0);
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("database note: what is written is read again, and half a line is none") {
  for (const DatabaseNote& note : {DatabaseNote{"0123456789abcdef", {0, 0}, false},
                                   DatabaseNote{"0123456789abcdef", {4096, 1795169703'123456789}, true}}) {
    const std::string line = journal::format_note(note);
    CHECK(journal::parse_note(line) == note);
    CHECK(line.size() == journal::format_note({}).size() + 16);
    for (std::size_t size = 0; size < line.size(); ++size)
      CHECK_FALSE(journal::parse_note(line.substr(0, size)));
    CHECK_FALSE(journal::parse_note(line + "x"));
  }
  CHECK(journal::new_life().size() == 16);
  CHECK(journal::new_life() != journal::new_life());
}

TEST_CASE(
    "database note: a checkpoint of another connection is known, and so is one that was killed in the middle") {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("journal.db");
  auto first = std::move(*Journal::open(path));
  auto second = std::move(*Journal::open(path));
  REQUIRE(write_something(*first));
  second->settle();
  REQUIRE(write_something(*first));
  first->settle();
  REQUIRE(write_something(*second));
  const std::string lock = path + ".lock";
  test::write_file(lock, replaced(test::read_file(lock), " written", " writing"));
  touch(path, 1000);
  CHECK(write_something(*first));
  CHECK(test::read_file(lock).find(" written") != std::string::npos);
  CHECK(write_something(*second));
}

TEST_CASE(
    "database note: a file that changed without a checkpoint is refused until the next start, by all who had "
    "it") {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("journal.db");
  auto first = std::move(*Journal::open(path));
  REQUIRE(write_something(*first));
  touch(path, 1000);
  const auto refused = write_something(*first);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Errc::storage);
  const std::string before = test::read_file(path);
  first->settle();
  CHECK((test::read_file(path) == before));  // no checkpoint into what is not ours
  auto second = std::move(*Journal::open(path));
  CHECK(write_something(*second));
  CHECK_FALSE(write_something(*first));
  second->settle();
  CHECK_FALSE(write_something(*first));
}

TEST_CASE("database note: without one, as after an update, a start makes it") {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("journal.db");
  REQUIRE(Journal::open(path));
  test::write_file(path + ".lock", "");
  auto first = std::move(*Journal::open(path));
  auto second = std::move(*Journal::open(path));
  REQUIRE(write_something(*first));
  second->settle();
  CHECK(write_something(*first));
}
