// simulation [--seed N] [--count M] [--journal memory|sqlite] [--jobs J] [--trace] [--keep-going]
//
// Runs the worlds of the seeds N … N+M-1. 0: every promise held in all of them. 1: one did not; the seed, the
// invariant and how to see it again are on stdout. 64: usage.
#include <sys/wait.h>
#include <unistd.h>

#include <charconv>
#include <csignal>
#include <cstring>
#include <string_view>

#include "simulation/world.hpp"

namespace tvh::simulation {
namespace {

struct Options {
  std::uint64_t seed = 1;
  std::uint64_t count = 1;
  JournalKind journal = JournalKind::memory;
  int jobs = 1;
  bool trace = false;
  bool keep_going = false;
};

std::string_view name_of(JournalKind kind) { return kind == JournalKind::memory ? "memory" : "sqlite"; }

template <class Number>
bool read_number(const char* text, Number& number) {
  if (text == nullptr) return false;
  const char* const end = text + std::strlen(text);
  const auto [rest, error] = std::from_chars(text, end, number);
  return error == std::errc() && rest == end;
}

bool parse(int argc, char** argv, Options& options) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view flag = argv[i];
    const char* const value = i + 1 < argc ? argv[i + 1] : nullptr;
    if (flag == "--trace") {
      options.trace = true;
    } else if (flag == "--keep-going") {
      options.keep_going = true;
    } else if (flag == "--seed" || flag == "--count") {
      if (!read_number(value, flag == "--seed" ? options.seed : options.count)) return false;
      ++i;
    } else if (flag == "--jobs") {
      if (!read_number(value, options.jobs) || options.jobs < 1) return false;
      ++i;
    } else if (flag == "--journal" && value != nullptr) {
      const std::string_view kind = value;
      if (kind != "memory" && kind != "sqlite") return false;
      options.journal = kind == "memory" ? JournalKind::memory : JournalKind::sqlite;
      ++i;
    } else {
      return false;
    }
  }
  return true;
}

// An invariant of the code itself ends the process, and a world that spins would never end: the seed is told
// even then.
volatile std::sig_atomic_t current_seed_low = 0;
volatile std::sig_atomic_t current_seed_high = 0;

void tell_seed(int signal) {
  char line[96];
  const auto seed = (std::uint64_t(std::uint32_t(current_seed_high)) << 32) | std::uint32_t(current_seed_low);
  const int length = std::snprintf(line, sizeof line, "seed %llu %s\n", static_cast<unsigned long long>(seed),
                                   signal == SIGALRM ? "spins: no end within a minute" : "aborts");
  if (length > 0 && ::write(STDOUT_FILENO, line, std::size_t(length)) < 0) ::_exit(1);
  ::_exit(1);
}

void watch_over(std::uint64_t seed) {
  current_seed_low = std::sig_atomic_t(std::uint32_t(seed));
  current_seed_high = std::sig_atomic_t(std::uint32_t(seed >> 32));
  ::alarm(60);
}

// Whether every promise held.
bool run_world(std::uint64_t seed, const Options& options, Totals& totals) {
  watch_over(seed);
  World world(seed, options.journal, options.trace);
  try {
    world.run();
    totals.add(world.totals());
    return true;
  } catch (const Violation& violation) {
    totals.add(world.totals());
    std::printf("seed %llu breaks %s: %s\n  again: simulation --seed %llu --journal %s --trace\n",
                static_cast<unsigned long long>(seed), violation.invariant.c_str(), violation.what.c_str(),
                static_cast<unsigned long long>(seed), std::string(name_of(options.journal)).c_str());
    std::fflush(stdout);
    return false;
  }
}

// The seeds first, first + every, …: how many of them failed.
std::uint64_t run_some(const Options& options, std::uint64_t first, std::uint64_t every, Totals& totals) {
  std::uint64_t failed = 0;
  for (std::uint64_t at = first; at < options.count; at += every) {
    if (run_world(options.seed + at, options, totals)) continue;
    ++failed;
    if (!options.keep_going) break;
  }
  return failed;
}

struct Share {
  Totals totals;
  std::uint64_t failed = 0;
};

std::uint64_t run_jobs(const Options& options, Totals& totals) {
  if (options.jobs == 1) return run_some(options, 0, 1, totals);
  std::vector<int> pipes;
  for (int job = 0; job < options.jobs; ++job) {
    int ends[2];
    if (::pipe(ends) != 0) return 1;
    std::fflush(stdout);
    if (::fork() == 0) {
      Share share;
      share.failed = run_some(options, std::uint64_t(job), std::uint64_t(options.jobs), share.totals);
      std::fflush(stdout);
      const bool told = ::write(ends[1], &share, sizeof share) == ssize_t(sizeof share);
      ::_exit(told ? 0 : 1);
    }
    ::close(ends[1]);
    pipes.push_back(ends[0]);
  }
  std::uint64_t failed = 0;
  for (const int end : pipes) {
    Share share;
    if (::read(end, &share, sizeof share) == ssize_t(sizeof share)) {
      totals.add(share.totals);
      failed += share.failed;
    } else {
      ++failed;  // it died: an invariant in the code, said on stderr
    }
    ::close(end);
  }
  while (::wait(nullptr) > 0) {
  }
  return failed;
}

void print(const Options& options, const Totals& totals, std::uint64_t failed) {
  std::printf("worlds %lld, virtual hours %lld, turns %lld\n", static_cast<long long>(totals.worlds),
              static_cast<long long>(totals.virtual_seconds / 3600), static_cast<long long>(totals.turns));
  std::printf(
      "signals %lld (done %lld, refused %lld), orders %lld, fills %lld, sends %lld, resends %lld, cancels "
      "%lld\n",
      static_cast<long long>(totals.signals), static_cast<long long>(totals.done),
      static_cast<long long>(totals.refused), static_cast<long long>(totals.orders),
      static_cast<long long>(totals.fills), static_cast<long long>(totals.sends),
      static_cast<long long>(totals.resends), static_cast<long long>(totals.cancels));
  std::printf(
      "orders unknown %lld, undecidable %lld; duplicates %lld; worlds that needed a look %lld; followed lanes "
      "%lld\n",
      static_cast<long long>(totals.unknown), static_cast<long long>(totals.undecidable),
      static_cast<long long>(totals.duplicates), static_cast<long long>(totals.looked_at),
      static_cast<long long>(totals.followed));
  for (std::size_t i = 0; i < kFaults; ++i) {
    std::printf("%s%s %lld", i == 0 ? "faults: " : ", ", kFaultNames[i],
                static_cast<long long>(totals.faults[i]));
  }
  std::printf("\nfailed worlds %llu, seeds %llu to %llu, journal %s\n", static_cast<unsigned long long>(failed),
              static_cast<unsigned long long>(options.seed),
              static_cast<unsigned long long>(options.seed + options.count - 1),
              std::string(name_of(options.journal)).c_str());
}

}  // namespace

void Totals::add(const Totals& other) {
  worlds += other.worlds;
  signals += other.signals;
  done += other.done;
  refused += other.refused;
  orders += other.orders;
  fills += other.fills;
  sends += other.sends;
  resends += other.resends;
  cancels += other.cancels;
  duplicates += other.duplicates;
  unknown += other.unknown;
  undecidable += other.undecidable;
  looked_at += other.looked_at;
  followed += other.followed;
  turns += other.turns;
  virtual_seconds += other.virtual_seconds;
  for (std::size_t i = 0; i < kFaults; ++i) faults[i] += other.faults[i];
}

}  // namespace tvh::simulation

int main(int argc, char** argv) {
  using namespace tvh::simulation;
  Options options;
  if (!parse(argc, argv, options) || options.count == 0) {
    std::fprintf(stderr,
                 "usage: simulation [--seed N] [--count M] [--journal memory|sqlite] [--jobs J] [--trace] "
                 "[--keep-going]\n");
    return 64;
  }
  std::signal(SIGABRT, tell_seed);
  std::signal(SIGALRM, tell_seed);
  std::printf("seed %llu\n", static_cast<unsigned long long>(options.seed));
  Totals totals;
  const std::uint64_t failed = run_jobs(options, totals);
  print(options, totals, failed);
  return failed == 0 ? 0 : 1;
}
