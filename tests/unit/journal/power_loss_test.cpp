// I1: an alert answered 2xx is on disk. kill -9 cannot test that; here the disk forgets what was not synced.
#include <filesystem>
#include <set>

#include "journal/journal.hpp"
#include "journal/open.hpp"
#include "support/catch.hpp"
#include "support/child_process.hpp"
#include "support/journal_invariants.hpp"
#include "support/recording_vfs.hpp"
#include "support/samples.hpp"
#include "support/seed.hpp"
#include "support/temporary_folder.hpp"

namespace {

using namespace tvh;
using namespace tvh::test;
using journal::Arrival;

Arrival arrival(int number) {
  SampleSignal sample;
  sample.name = std::to_string(number);
  sample.received_at = at_second(number);
  Arrival one;
  one.signal = make_signal(sample);
  one.identity.rule = model::Identity::Rule::author_id;
  one.identity.key = sha256(sample.name);
  one.alternate_id = sample_id("other" + sample.name);
  // Every third is large, so that a commit is many pages.
  one.alert = {
      at_second(number), "127.0.0.1:5",      200, "accepted", std::string(number % 3 == 0 ? 20'000 : 200, 'x'),
      sha256("b"),       sha256(sample.name)};
  return one;
}

// Three lives of a listener: each stores alerts in batches, acknowledges them, and leaves an empty log behind.
int three_lives(const std::string& path, const std::string& recording) {
  record_disk(path);
  int number = 0;
  for (int life = 0; life < 3; ++life) {
    auto store = journal::open_alert_store(path);
    if (!store) return 1;
    for (int batch = 0; batch < 8; ++batch) {
      std::vector<Arrival> arrivals;
      for (int each = 0; each <= batch % 3; ++each) arrivals.push_back(arrival(number++));
      if (!(*store)->append_arrivals(arrivals)) return 2;
      record_acknowledgement(number);
      (*store)->maintain();
    }
  }
  save_recording(recording);
  return 0;
}

}  // namespace

TEST_CASE(
    "journal: an acknowledged alert survives power loss, whatever the disk does with writes that were not "
    "synced") {
  const TemporaryFolder folder;
  const std::string begin = folder.file("begin.db");
  REQUIRE(run_in_child([&] {
            auto journal = journal::Journal::open(begin);
            if (!journal) return 1;
            (*journal)->settle();
            return 0;
          }) == 0);
  const std::string path = folder.file("journal.db");
  std::filesystem::copy_file(begin, path);
  const std::string recording = folder.file("recording");
  REQUIRE(run_in_child([&] { return three_lives(path, recording); }) == 0);
  const auto operations = load_recording(recording);
  REQUIRE(operations.size() > 100);
  CHECK(std::any_of(operations.begin(), operations.end(), [](const DiskOperation& one) {
    return one.kind == DiskOperation::Kind::write && one.file == 0;  // checkpoints are in it
  }));

  const unsigned seed = tvh::test::test_seed();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  // Right after each acknowledgement, where the most is promised, and at random moments.
  std::set<std::size_t> moments;
  for (std::size_t each = 0; each < operations.size(); ++each) {
    if (operations[each].kind == DiskOperation::Kind::acknowledge) moments.insert(each + 1);
  }
  while (moments.size() < 70) moments.insert(random() % (operations.size() + 1));

  const std::string crashed = folder.file("crashed.db");
  int states = 0;
  for (const std::size_t moment : moments) {
    std::int64_t acknowledged = 0;
    for (std::size_t each = 0; each < moment; ++each) {
      if (operations[each].kind == DiskOperation::Kind::acknowledge) acknowledged = operations[each].number;
    }
    for (const Unsynced unsynced : {Unsynced::lost, Unsynced::kept, Unsynced::some_lost, Unsynced::last_torn}) {
      for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(crashed + suffix);
      std::filesystem::copy_file(begin, crashed);
      rebuild_disk(crashed, operations, moment, unsynced, random);
      INFO("after operation " << moment << " of " << operations.size() << ", way " << int(unsynced)
                              << ", acknowledged " << acknowledged);
      auto journal = journal::Journal::open(crashed);
      REQUIRE(journal);
      const auto rows = std::stoll(read_column(**journal, "SELECT count(*) FROM alerts").front());
      REQUIRE(rows >= acknowledged);
      REQUIRE(read_column(**journal, "SELECT count(*) FROM signals").front() == std::to_string(rows));
      REQUIRE(read_column(**journal, "PRAGMA quick_check").front() == "ok");
      ++states;
    }
  }
  CHECK(states >= 280);
}
