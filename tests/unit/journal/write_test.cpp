// Who may write, when, and what happens to what is not committed.
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "journal/execution.hpp"
#include "journal/process_lock.hpp"
#include "support/catch.hpp"
#include "support/child_process.hpp"
#include "support/journal_invariants.hpp"
#include "support/samples.hpp"
#include "support/temporary_folder.hpp"

namespace {

using namespace tvh;
using journal::Execution;
using journal::Journal;
using std::chrono::milliseconds;
using test::ChildProcess;
using test::TemporaryFolder;
using test::Turnstile;

std::unique_ptr<Journal> open(const std::string& path) {
  auto journal = Journal::open(path);
  if (!journal) throw std::runtime_error(journal.error().message);
  return std::move(*journal);
}

// Adds one to a counter as a careless program would: read, then write. Only exclusion makes it right.
bool count_up(Journal& journal) {
  Execution execution(journal);
  auto write = journal.begin_write();
  if (!write) return false;
  const auto value = execution.read_control("counter");
  const int next = value && *value ? std::stoi(**value) + 1 : 1;
  return execution.write_control("counter", std::to_string(next), test::at_second(0)).has_value() &&
         write->commit().has_value();
}

std::string counter(Journal& journal) { return Execution(journal).read_control("counter")->value_or("0"); }

}  // namespace

TEST_CASE("journal: threads and processes with a journal of their own never write at the same time") {
  const TemporaryFolder folder;
  const std::string path = folder.file("journal.db");
  constexpr int kTurns = 60;
  { open(path); }
  const auto work = [&]() -> int {
    const auto journal = open(path);
    for (int turn = 0; turn < kTurns; ++turn) {
      if (!count_up(*journal)) return 1;
    }
    return 0;
  };
  {
    ChildProcess one(work);
    ChildProcess two(work);
    std::atomic<int> failed = 0;
    std::thread three([&] { failed += work(); });
    std::thread four([&] { failed += work(); });
    three.join();
    four.join();
    CHECK(failed == 0);
    CHECK(one.wait() == 0);
    CHECK(two.wait() == 0);
  }
  CHECK(counter(*open(path)) == std::to_string(4 * kTurns));
}

TEST_CASE(
    "journal: a stopped holder makes others give up at their deadline, as temporary, and they go on after it") {
  const TemporaryFolder folder;
  const std::string path = folder.file("journal.db");
  Turnstile go;
  Turnstile holding;
  ChildProcess holder([&] {
    go.wait();
    const auto journal = open(path);
    auto write = journal->begin_write();
    holding.pass();
    ::raise(SIGSTOP);
    return write && write->commit() ? 0 : 1;
  });
  const auto journal = open(path);
  go.pass();
  holding.wait();
  holder.wait_until_stopped();

  const auto started = std::chrono::steady_clock::now();
  auto write = journal->begin_write(milliseconds(60));
  const auto waited = std::chrono::steady_clock::now() - started;
  REQUIRE_FALSE(write);
  CHECK(write.error().code == Errc::temporary);
  CHECK(write.error().message.find(path) != std::string::npos);
  CHECK(waited >= milliseconds(60));
  CHECK(Execution(*journal).read_halt());  // readers do not care

  holder.send(SIGCONT);
  CHECK(holder.wait() == 0);
  CHECK(journal->begin_write(milliseconds(5000)));
}

TEST_CASE("journal: several processes that make one new journal at the same moment all get it, whole") {
  const TemporaryFolder folder;
  const std::string path = folder.file("journal.db");
  Turnstile go;
  const auto make = [&]() -> int {
    go.wait();
    return Journal::open(path) ? 0 : 1;
  };
  {
    ChildProcess one(make);
    ChildProcess two(make);
    ChildProcess three(make);
    for (int each = 0; each < 3; ++each) go.pass();
    CHECK(one.wait() == 0);
    CHECK(two.wait() == 0);
    CHECK(three.wait() == 0);
  }
  CHECK(count_up(*open(path)));
}

TEST_CASE("journal: what is let go without commit never happened, and the lock is free again") {
  const TemporaryFolder folder;
  const auto journal = open(folder.file("journal.db"));
  Execution execution(*journal);
  {
    auto write = journal->begin_write();
    REQUIRE(write);
    REQUIRE(execution.write_halt("test", test::at_second(0)));
    CHECK(execution.read_halt()->has_value());
  }
  CHECK_FALSE(execution.read_halt()->has_value());
  const auto other = open(folder.file("journal.db"));
  CHECK(other->begin_write(milliseconds(1000)));
}

TEST_CASE("journal: a writer that is killed leaves neither its changes nor its lock behind") {
  const TemporaryFolder folder;
  const std::string path = folder.file("journal.db");
  { open(path); }
  Turnstile holding;
  ChildProcess holder([&] {
    const auto journal = open(path);
    auto write = journal->begin_write();
    if (!Execution(*journal).write_halt("half done", test::at_second(0))) return 1;
    holding.pass();
    ::pause();
    return 0;
  });
  holding.wait();
  holder.send(SIGKILL);
  CHECK(holder.wait() == 128 + SIGKILL);
  const auto journal = open(path);
  CHECK_FALSE(Execution(*journal).read_halt()->has_value());
  CHECK(journal->begin_write(milliseconds(1000)));
}

TEST_CASE("journal: a child process that only inherited the descriptors does not keep the lock alive") {
  const TemporaryFolder folder;
  const std::string path = folder.file("journal.db");
  { open(path); }
  Turnstile started;
  int ends[2];  // the grandchild lives until we let go of the writing end
  REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
  ChildProcess parent([&] {
    const auto journal = open(path);
    auto write = journal->begin_write();
    if (::fork() == 0) {
      ::dup2(ends[0], STDIN_FILENO);
      ::execl("/bin/cat", "cat", nullptr);
      ::_exit(1);
    }
    started.pass();
    ::pause();
    return 0;
  });
  started.wait();
  parent.send(SIGKILL);
  parent.wait();
  const auto journal = open(path);
  CHECK(journal->begin_write(milliseconds(2000)));
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST_CASE("journal: a waiting writer gets in within a few turns of a busy one") {
  const TemporaryFolder folder;
  const std::string path = folder.file("journal.db");
  const auto ours = open(path);
  std::atomic<bool> stop = false;
  std::atomic<int> turns = 0;
  std::thread busy([&] {
    const auto journal = open(path);
    while (!stop) {
      if (!count_up(*journal)) return;
      ++turns;
    }
  });
  std::vector<int> waited;
  for (int round = 0; round < 31; ++round) {
    const int seen = turns;
    while (turns == seen) std::this_thread::yield();  // it is at work
    const int before = turns;
    auto write = ours->begin_write();
    const int after = turns;
    if (write) waited.push_back(after - before);
  }
  stop = true;
  busy.join();
  REQUIRE(waited.size() == 31);
  std::sort(waited.begin(), waited.end());
  INFO("turns waited: median " << waited[15] << ", worst " << waited.back());
  CHECK(waited[15] <= 4);
  CHECK(waited.back() <= 200);  // a plain lock starves for thousands; the rest is the machine's scheduling
}

TEST_CASE(
    "process lock: a second process is refused as temporary and told about the first; the lock dies with it") {
  const TemporaryFolder folder;
  const std::string path = journal::executor_lock_path(folder.file("journal.db"));
  CHECK_FALSE(journal::ProcessLock::holder(path));
  Turnstile holding;
  ChildProcess first([&] {
    auto lock = journal::ProcessLock::acquire(path, "pid 42, the first");
    if (!lock) return 1;
    holding.pass();
    ::pause();
    return 0;
  });
  holding.wait();
  CHECK(journal::ProcessLock::holder(path) == "pid 42, the first");
  auto second = journal::ProcessLock::acquire(path, "the second");
  REQUIRE_FALSE(second);
  CHECK(second.error().code == Errc::temporary);
  CHECK(second.error().message.find("pid 42, the first") != std::string::npos);
  first.send(SIGKILL);
  first.wait();
  CHECK_FALSE(journal::ProcessLock::holder(path));
  CHECK(journal::ProcessLock::acquire(path, "the second"));
}

TEST_CASE("process lock: a shorter text about a new holder leaves nothing of the old one") {
  const TemporaryFolder folder;
  const std::string path = folder.file("lock");
  { CHECK(journal::ProcessLock::acquire(path, "a very long text about the first holder")); }
  const auto lock = journal::ProcessLock::acquire(path, "short");
  CHECK(journal::ProcessLock::holder(path) == "short");
}
