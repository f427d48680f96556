// Every call on the journal's disk fails in turn, in every way a disk has: what was answered 200 is there
// afterwards, everything else was answered 503, and TradingView's resend ends with each alert once.
#include <cstdio>
#include <filesystem>
#include <set>

#include "disk/pipeline.hpp"
#include "disk/watched_disk.hpp"
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

namespace {

using namespace tvh;
using namespace tvh::test;

enum class Lasting { once, until_resent };

struct FaultPlan {
  DiskCall call = DiskCall::write;
  DiskFault fault = DiskFault::io_error;
  Lasting lasting = Lasting::once;
  int at = 1;  // the call of that kind it begins with
};

class FaultyDisk final : public DiskWatcher {
 public:
  explicit FaultyDisk(const FaultPlan& plan) : plan_(plan) {}

  DiskFault watch(const DiskOperation& operation) override {
    if (repaired_ || operation.call != plan_.call) return DiskFault::none;
    const int number = ++calls_;
    if (number < plan_.at || (number > plan_.at && plan_.lasting == Lasting::once)) return DiskFault::none;
    met_ = true;
    return plan_.fault;
  }
  bool met() const { return met_; }
  void repair() { repaired_ = true; }

 private:
  const FaultPlan plan_;
  int calls_ = 0;
  bool met_ = false;
  bool repaired_ = false;
};

const TimePoint kStart = from_nanoseconds(1'795'168'800'000'000'000);

Pipeline::Script long_script() {
  Pipeline::Script script;
  for (std::size_t i = 0; i < 12; ++i) script.alerts.push_back(sample_alert(i));
  script.groups = {{0}, {1, 2}, {3, 4}, {5}, {6, 7, 8}, {9}, {10}, {11}};
  return script;
}

Pipeline::Script short_script() {
  Pipeline::Script script;
  for (std::size_t i = 0; i < 3; ++i) script.alerts.push_back(sample_alert(i));
  script.groups = {{0}, {1, 2}};
  return script;
}

struct Counts {
  int runs = 0;
  int refused_starts = 0;
  int unavailable = 0;  // 503s
  std::set<std::string> problems;
};

void note_problems(Counts& counts, const FaultPlan& plan, const char* when,
                   const std::vector<std::string>& problems) {
  for (const auto& problem : problems) {
    counts.problems.insert("call " + std::to_string(int(plan.call)) + " fault " +
                           std::to_string(int(plan.fault)) +
                           (plan.lasting == Lasting::once ? " once" : " for long") + " at " +
                           std::to_string(plan.at) + ", " + when + ": " + problem);
  }
}

std::vector<std::string> look(const std::string& path, const Pipeline::Script& script,
                              const std::vector<Delivery>& deliveries) {
  auto journal = journal::Journal::open(path);
  if (!journal) return {"does not open: " + journal.error().message};
  return broken_promises(**journal, script.alerts, deliveries);
}

// Every alert has its answer, and it is one of the two.
std::vector<std::string> wrong_answers(const std::vector<Delivery>& deliveries) {
  std::vector<std::string> wrong;
  for (std::size_t i = 0; i < deliveries.size(); ++i) {
    if (deliveries[i].status == 200 || deliveries[i].status == 503) continue;
    wrong.push_back("alert " + std::to_string(i) + " was answered " + std::to_string(deliveries[i].status));
  }
  return wrong;
}

// True while the plan's call is still met, that is, until the scenario has run out of them.
bool run_with_fault(const std::string& begin, const std::string& path, const FaultPlan& plan,
                    Pipeline::Script script, Counts& counts) {
  for (const char* suffix : {"", "-wal", "-shm", "-journal"}) std::filesystem::remove(path + suffix);
  if (!begin.empty()) std::filesystem::copy_file(begin, path);
  std::vector<Delivery> deliveries(script.alerts.size());
  ManualClock clock(kStart);
  FaultyDisk disk(plan);
  // Counted before the disk is repaired, so that a fault that lasts is one.
  const auto on_delivery = [&counts](std::size_t, const Delivery& delivery) {
    counts.unavailable += delivery.status == 503 ? 1 : 0;
  };
  {
    const WatchedDisk watched(path, disk);
    const auto lived = live(path, script, clock, deliveries, on_delivery, [&disk] { disk.repair(); });
    if (!lived) {
      ++counts.refused_starts;
      if (lived.error().message.find(path) == std::string::npos) {
        note_problems(counts, plan, "starting", {"the error names no journal: " + lived.error().message});
      }
    } else {
      note_problems(counts, plan, "answers", wrong_answers(deliveries));
      for (std::size_t i = 0; i < deliveries.size(); ++i) {
        if (!deliveries[i].acknowledged())
          note_problems(counts, plan, "resent", {std::to_string(i) + " is 503"});
      }
    }
  }
  ++counts.runs;
  note_problems(counts, plan, "afterwards", look(path, script, deliveries));
  if (!disk.met()) return false;
  // Started anew, after a start that failed: whatever has no 200 comes now.
  script.groups = {{}};
  for (std::size_t i = 0; i < deliveries.size(); ++i) {
    if (!deliveries[i].acknowledged()) script.groups[0].push_back(i);
  }
  if (script.groups[0].empty()) return true;
  PatientDisk patient;
  const WatchedDisk watched(path, patient);
  const auto lived = live(path, script, clock, deliveries);
  note_problems(counts, plan, "anew", lived ? wrong_answers(deliveries) : std::vector{lived.error().message});
  note_problems(counts, plan, "in the end", look(path, script, deliveries));
  return true;
}

struct Way {
  DiskCall call;
  DiskFault fault;
};
constexpr Way kWays[] = {
    {DiskCall::open, DiskFault::io_error},     {DiskCall::read, DiskFault::io_error},
    {DiskCall::read, DiskFault::short_read},   {DiskCall::write, DiskFault::io_error},
    {DiskCall::write, DiskFault::no_space},    {DiskCall::sync, DiskFault::io_error},
    {DiskCall::truncate, DiskFault::io_error}, {DiskCall::remove, DiskFault::io_error},
    {DiskCall::lock, DiskFault::busy},
};

void run_all(const std::string& begin, const std::string& path, const Pipeline::Script& script,
             const char* what) {
  Counts counts;
  for (const Way& way : kWays) {
    for (const Lasting lasting : {Lasting::once, Lasting::until_resent}) {
      FaultPlan plan{way.call, way.fault, lasting};
      while (run_with_fault(begin, path, plan, script, counts)) ++plan.at;
    }
  }
  std::printf("%s: %d faults, %d of them refused the start, %d answers 503\n", what, counts.runs,
              counts.refused_starts, counts.unavailable);
  for (const auto& problem : counts.problems) UNSCOPED_INFO(problem);
  CHECK(counts.problems.size() == 0);
  CHECK(counts.runs > 500);
  CHECK(counts.unavailable > 20);
}

}  // namespace

TEST_CASE(
    "disk faults: whichever call fails, each 200 is on disk, the rest was 503, and resent each is there once") {
  const TemporaryFolder folder;
  REQUIRE(journal::Journal::open(folder.file("begin.db")).has_value());
  {
    auto journal = journal::Journal::open(folder.file("begin.db"));
    REQUIRE(journal);
    (*journal)->settle();
  }
  run_all(folder.file("begin.db"), folder.file("journal.db"), long_script(),
          "disk faults, a journal that is there");
}

TEST_CASE("disk faults: while a journal is made too") {
  const TemporaryFolder folder;
  run_all("", folder.file("journal.db"), short_script(), "disk faults, a journal that is made");
}
