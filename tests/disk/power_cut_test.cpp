// The power goes at every moment, and the disk forgets what it was not told to keep: what was answered 200 is
// there, and TradingView's resend ends with each alert once. kill -9 cannot test that: it loses nothing that
// was written.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <set>

#include "disk/recording.hpp"
#include "support/catch.hpp"
#include "support/seed.hpp"
#include "support/temporary_folder.hpp"

namespace {

using namespace tvh;
using namespace tvh::test;

const TimePoint kStart = from_nanoseconds(1'795'168'800'000'000'000);

enum class Synchronous { full, normal };

struct Recording {
  std::map<DiskFile, std::string> begin;
  std::vector<SampleAlert> alerts;
  std::vector<Event> events;
};

// Three lives of a listener, each over what the last has left.
Recording record(const std::string& path, Synchronous synchronous, std::map<DiskFile, std::string> begin) {
  Recording recording;
  recording.begin = std::move(begin);
  for (const auto& [file, content] : recording.begin) write_file(path + suffix_of(file), content);
  ManualClock clock(kStart);
  DiskRecorder disk(clock);
  const WatchedDisk watched(path, disk);
  Pipeline::Script script;
  for (std::size_t i = 0; i < 36; ++i) recording.alerts.push_back(sample_alert(i));
  script.alerts = recording.alerts;
  std::vector<Delivery> deliveries(recording.alerts.size());
  for (std::size_t first : {0U, 12U, 24U}) {
    script.groups = {{first},
                     {first + 1, first + 2},
                     {first + 3, first + 4},
                     {first + 5},
                     {first + 6},
                     {first + 7, first + 8, first + 9},
                     {first + 10},
                     {first + 11}};
    auto journal = journal::Journal::open(path);
    REQUIRE(journal);
    if (synchronous == Synchronous::normal) {
      REQUIRE((*journal)->connection().execute("PRAGMA synchronous=NORMAL"));
    }
    Pipeline pipeline(
        *std::move(journal), script, clock, deliveries,
        [&disk](std::size_t alert, const Delivery& delivery) { disk.note_delivery(alert, delivery); });
    pipeline.run();
  }
  for (const auto& delivery : deliveries) REQUIRE(delivery.acknowledged());
  recording.events = disk.events();
  return recording;
}

struct Outcome {
  int cuts = 0;
  int states = 0;
  int broken_states = 0;
  int lost = 0;                    // states without an acknowledged alert
  int unsound = 0;                 // states that do not open, or are not sound
  std::set<std::string> problems;  // the first few
};

void note(Outcome& outcome, const std::vector<std::string>& problems, const std::string& where) {
  if (problems.empty()) return;
  ++outcome.broken_states;
  bool lost = false;
  bool unsound = false;
  for (const auto& problem : problems) {
    lost |= problem.starts_with("lost");
    unsound |= problem.starts_with("integrity") || problem.starts_with("does not open");
    if (outcome.problems.size() < 20) outcome.problems.insert(where + ": " + problem);
  }
  outcome.lost += lost ? 1 : 0;
  outcome.unsound += unsound ? 1 : 0;
}

std::vector<std::string> look(const std::string& path, const std::vector<SampleAlert>& alerts,
                              const std::vector<Delivery>& deliveries) {
  auto journal = journal::Journal::open(path);
  if (!journal) return {"does not open: " + journal.error().message};
  return broken_promises(**journal, alerts, deliveries);
}

// The power is back: the files are as they are, what TradingView has no 200 for comes again.
void examine(const std::string& path, const Recording& recording, std::size_t moment,
             const std::map<DiskFile, std::string>& left, std::vector<Delivery> deliveries, TimePoint at,
             const std::string& where, Outcome& outcome) {
  ++outcome.states;
  for (const char* suffix : {"", "-wal", "-shm", "-journal"}) std::filesystem::remove(path + suffix);
  for (const auto& [file, content] : left) write_file(path + suffix_of(file), content);
  PatientDisk disk;
  const WatchedDisk watched(path, disk);
  auto problems = look(path, recording.alerts, deliveries);
  note(outcome, problems, where);
  if (!problems.empty()) return;
  Pipeline::Script script;
  script.alerts = recording.alerts;
  script.groups = {{}};
  script.checkpoints = moment % 2 == 0;
  for (std::size_t i = 0; i < deliveries.size(); ++i) {
    if (deliveries[i].sent > 0 && !deliveries[i].acknowledged()) script.groups[0].push_back(i);
  }
  if (script.groups[0].empty()) return;
  ManualClock clock(at + std::chrono::seconds(5));
  const auto lived = live(path, script, clock, deliveries);
  if (!lived) return note(outcome, {"does not open: " + lived.error().message}, where);
  for (const std::size_t alert : script.groups[0]) {
    if (!deliveries[alert].acknowledged()) note(outcome, {"resent, but not 200"}, where);
  }
  note(outcome, look(path, recording.alerts, deliveries), where + ", resent");
}

Outcome cut_everywhere(const std::string& path, const Recording& recording, std::size_t every) {
  std::mt19937 random(test_seed());
  Outcome outcome;
  ForgetfulDisk disk(recording.begin);
  std::vector<Delivery> deliveries(recording.alerts.size());
  TimePoint at = kStart;
  for (std::size_t moment = 0; moment <= recording.events.size(); ++moment) {
    const bool answered = moment > 0 && recording.events[moment - 1].is_delivery;
    if (moment % every == 0 || answered) {
      ++outcome.cuts;
      for (const Unsynced way :
           {Unsynced::lost, Unsynced::kept, Unsynced::some_writes, Unsynced::some_sectors}) {
        const std::string where = "cut " + std::to_string(moment) + " of " +
                                  std::to_string(recording.events.size()) + ", way " + std::to_string(int(way));
        examine(path, recording, moment, disk.cut(way, random), deliveries, at, where, outcome);
        if (disk.is_all_synced()) break;
      }
    }
    if (moment == recording.events.size()) break;
    const Event& event = recording.events[moment];
    disk.apply(event);
    if (event.is_delivery) deliveries[event.alert] = event.delivery;
    at = event.at;
  }
  return outcome;
}

// Every one with TVHOOK_DISK_CUTS=all; else so many that a test run is not held up.
std::size_t cut_every(std::size_t usually) {
  const char* const wish = std::getenv("TVHOOK_DISK_CUTS");
  return wish != nullptr && std::string(wish) == "all" ? 1 : usually;
}

void report(const char* what, const Outcome& outcome) {
  std::printf("%s: %d cuts, %d states of the disk, %d broken (%d lost a 200, %d unsound); seed %u\n", what,
              outcome.cuts, outcome.states, outcome.broken_states, outcome.lost, outcome.unsound, test_seed());
}

std::map<DiskFile, std::string> made_journal(const std::string& path) {
  {
    auto journal = journal::Journal::open(path);
    REQUIRE(journal);
    (*journal)->settle();
  }
  return {{DiskFile::database, read_file(path)}};
}

}  // namespace

TEST_CASE(
    "power cut: at any moment, whatever the disk forgets, each 200 is there and resends end with each once") {
  const TemporaryFolder folder;
  const auto recording =
      record(folder.file("journal.db"), Synchronous::full, made_journal(folder.file("begin.db")));
  const Outcome outcome = cut_everywhere(folder.file("crashed.db"), recording, cut_every(1));
  report("power cuts", outcome);
  for (const auto& problem : outcome.problems) UNSCOPED_INFO(problem);
  CHECK(outcome.broken_states == 0);
  CHECK(outcome.states > 600);
}

TEST_CASE("power cut: while a journal is made, the next start makes it or goes on with it") {
  const TemporaryFolder folder;
  const auto recording = record(folder.file("journal.db"), Synchronous::full, {{DiskFile::database, ""}});
  const Outcome outcome = cut_everywhere(folder.file("crashed.db"), recording, cut_every(3));
  report("power cuts of a new journal", outcome);
  for (const auto& problem : outcome.problems) UNSCOPED_INFO(problem);
  CHECK(outcome.broken_states == 0);
}

TEST_CASE("power cut: these tests do find losses, with synchronous=NORMAL") {
  const TemporaryFolder folder;
  const auto recording =
      record(folder.file("journal.db"), Synchronous::normal, made_journal(folder.file("begin.db")));
  const Outcome outcome = cut_everywhere(folder.file("crashed.db"), recording, cut_every(3));
  report("power cuts with synchronous=NORMAL", outcome);
  CHECK(outcome.lost > outcome.states / 10);
  CHECK(outcome.unsound == 0);  // late, but in order
}
