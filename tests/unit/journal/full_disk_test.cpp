// A disk that takes no more (a file size limit stands for it: the same error path): storage error, nothing
// lost, works again after.
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <filesystem>

#include "journal/journal.hpp"
#include "journal/open.hpp"
#include "support/catch.hpp"
#include "support/child_process.hpp"
#include "support/journal_invariants.hpp"
#include "support/samples.hpp"
#include "support/temporary_folder.hpp"

namespace {

using namespace tvh;
using namespace tvh::test;
using journal::Arrival;

// An alert of its own, with a body of that size.
Arrival arrival(int number, std::size_t body_bytes = 100) {
  SampleSignal sample;
  sample.name = std::to_string(number);
  sample.received_at = at_second(number);
  Arrival one;
  one.signal = make_signal(sample);
  one.identity.rule = model::Identity::Rule::author_id;
  one.identity.key = sha256(sample.name);
  one.alternate_id = sample_id("other" + sample.name);
  one.alert = {at_second(number), "127.0.0.1:5",      200, "accepted", std::string(body_bytes, 'x'),
               sha256("b"),       sha256(sample.name)};
  return one;
}

void limit_file_size(rlim_t bytes) {
  struct rlimit limit {};
  ::getrlimit(RLIMIT_FSIZE, &limit);
  limit.rlim_cur = std::min(bytes, limit.rlim_max);
  ::setrlimit(RLIMIT_FSIZE, &limit);
}

// 0 when everything went as it must; else which expectation did not hold.
int life_on_a_small_disk(const std::string& path) {
  ::signal(SIGXFSZ, SIG_IGN);
  auto store = journal::open_alert_store(path);
  if (!store) return 1;
  for (int number = 0; number < 10; ++number) {
    const Arrival one = arrival(number);
    if (!(*store)->append_arrivals(std::span(&one, 1))) return 2;
  }
  limit_file_size(std::filesystem::file_size(path + "-wal") + 200'000);
  int stored = 10;
  for (int number = 10; number < 40; ++number) {
    const std::vector<Arrival> batch{arrival(100 + 2 * number, 8'000), arrival(101 + 2 * number, 8'000)};
    const auto appended = (*store)->append_arrivals(batch);
    if (appended) {
      stored += 2;
      continue;
    }
    if (appended.error().code != Errc::storage) return 3;
    if (appended.error().message.empty()) return 4;
  }
  if (stored == 10 || stored == 70) return 5;  // the disk was to fill up on the way
  const std::vector<Arrival> big{arrival(900, 300'000)};
  if ((*store)->append_arrivals(big)) return 6;
  (*store)->maintain(journal::Upkeep::due);
  limit_file_size(RLIM_INFINITY);
  if (!(*store)->probe()) return 7;
  const Arrival after = arrival(1000);
  const auto appended = (*store)->append_arrivals(std::span(&after, 1));
  if (!appended || appended->front().kind != journal::Stored::Kind::accepted) return 8;
  write_file(path + ".stored", std::to_string(stored + 1));
  return 0;
}

}  // namespace

TEST_CASE(
    "journal: a full disk is a storage error that loses nothing acknowledged, keeps nothing half, and passes") {
  const TemporaryFolder folder;
  const std::string path = folder.file("journal.db");
  REQUIRE(run_in_child([&] { return life_on_a_small_disk(path); }) == 0);
  auto journal = journal::Journal::open(path);
  REQUIRE(journal);
  const std::string stored = read_file(path + ".stored");
  CHECK(read_column(**journal, "SELECT count(*) FROM alerts").front() == stored);
  CHECK(read_column(**journal, "SELECT count(*) FROM signals").front() == stored);
  CHECK(read_column(**journal, "SELECT count(*) FROM signals").front() == stored);
  CHECK(read_column(**journal, "PRAGMA integrity_check").front() == "ok");
}

TEST_CASE("journal: on a full disk a probe says that nothing can be committed") {
  const TemporaryFolder folder;
  const std::string path = folder.file("journal.db");
  CHECK(run_in_child([&] {
          ::signal(SIGXFSZ, SIG_IGN);
          auto store = journal::open_alert_store(path);
          if (!store || !(*store)->probe()) return 1;
          limit_file_size(4096);  // what the log has laid out already would still be there
          const auto full = (*store)->probe();
          if (full || full.error().code != Errc::storage) return 2;
          limit_file_size(RLIM_INFINITY);
          return (*store)->probe() ? 0 : 3;
        }) == 0);
}
