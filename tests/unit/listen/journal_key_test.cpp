#include "tvhook-listen/journal_key.hpp"

#include <sys/stat.h>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

using namespace tvh;
using namespace tvh::test;

TEST_CASE("journal key: it is made once, 32 bytes for its owner only, and the same ever after") {
  const TemporaryFolder folder;
  const std::string journal = folder.file("journal.db");
  CHECK(check_journal_key(journal).has_value());
  CHECK_FALSE(std::filesystem::exists(journal + ".key"));
  const auto key = read_or_make_journal_key(journal);
  REQUIRE(key.has_value());
  CHECK(key->size() == 32);
  struct stat status {};
  REQUIRE(::stat((journal + ".key").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
  CHECK(read_or_make_journal_key(journal).value() == *key);
  CHECK(read_or_make_journal_key(folder.file("other.db")).value() != *key);
  // The key, the other key, and no draft of either.
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 2);
}

TEST_CASE("journal key: one that others may read, or that is no key, is refused and not replaced") {
  const TemporaryFolder folder;
  const std::string journal = folder.file("journal.db");
  write_file(journal + ".key", std::string(32, 'k'));
  REQUIRE(::chmod((journal + ".key").c_str(), 0640) == 0);
  CHECK(read_or_make_journal_key(journal).error().message.find("chmod 600") != std::string::npos);
  CHECK(check_journal_key(journal).error().code == Errc::configuration);
  REQUIRE(::chmod((journal + ".key").c_str(), 0600) == 0);
  CHECK(read_or_make_journal_key(journal).value() == std::string(32, 'k'));
  for (const std::string& wrong : {std::string(), std::string(31, 'k'), std::string(33, 'k')}) {
    write_file(journal + ".key", wrong);
    CHECK(read_or_make_journal_key(journal).error().code == Errc::configuration);
    CHECK(read_file(journal + ".key") == wrong);
  }
}

TEST_CASE("journal key: in a folder that is not there it cannot be made") {
  CHECK(read_or_make_journal_key("/nonexistent-folder/journal.db").error().code == Errc::storage);
}
