// What durability costs: the listener over the real journal against the same listener over one that stores
// nothing, in one run, alternating, at 64 connections. Prints durable 200s per second, CPU per alert and the
// median of the ratios.
//   bench_listen [--rounds N] [--milliseconds N] [--connections N] [--folder DIR] [--only journal|null]
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/load_generator.hpp"
#include "bench/server_process.hpp"

namespace {

using namespace tvh;
using namespace tvh::bench;

struct Arguments {
  int rounds = 7;
  int milliseconds = 2000;
  int connections = 64;
  std::string folder = std::filesystem::temp_directory_path().string();
  std::string only;
};

struct Round {
  double per_second = 0;
  double server_microseconds = 0;  // CPU per alert
  double client_microseconds = 0;
};

Round measure(const Server& server, const Arguments& arguments, std::uint64_t& next_alert) {
  bench::Load load;
  load.port = server.port;
  load.connections = arguments.connections;
  load.duration = std::chrono::milliseconds(arguments.milliseconds);
  load.first_alert = next_alert;
  const double cpu_before = cpu_seconds_of(server.child.pid);
  const Child generator = start_child([&load](int, int out) { send_value(out, bench::run_load(load)); });
  const auto result = receive_value<bench::LoadResult>(generator.from_child);
  finish(generator);
  const double cpu = cpu_seconds_of(server.child.pid) - cpu_before;
  const double alerts = double(result.accepted + result.other);
  next_alert += result.accepted + result.other;
  if (result.other > 0) {
    std::printf("%-8s answered %llu alerts with something else than accepted\n", server.name.c_str(),
                static_cast<unsigned long long>(result.other));
  }
  return {double(result.accepted) / result.seconds, cpu / alerts * 1e6, result.cpu_seconds / alerts * 1e6};
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

void print_round(const char* label, const Round& journal, const Round& null) {
  std::printf("%-8s %10.0f %10.0f   %5.3f   %8.1f %8.1f   %8.1f %8.1f\n", label, journal.per_second,
              null.per_second, journal.per_second / null.per_second, journal.server_microseconds,
              null.server_microseconds, journal.client_microseconds, null.client_microseconds);
  std::fflush(stdout);
}

void compare(const Arguments& arguments, const std::string& journal) {
  const Server durable = start_server("journal", journal);
  const Server forgetful = start_server("null", "");
  std::uint64_t next_alert = 0;
  std::printf("%d connections, %d ms a round, journal in %s\n", arguments.connections, arguments.milliseconds,
              arguments.folder.c_str());
  std::printf("%-8s %10s %10s   %5s   %17s   %17s\n", "", "journal/s", "null/s", "ratio", "server us/alert",
              "generator us/alert");
  std::vector<double> ratios;
  Round last_durable = measure(durable, arguments, next_alert);
  Round last_forgetful = measure(forgetful, arguments, next_alert);
  print_round("warm-up", last_durable, last_forgetful);
  for (int round = 1; round <= arguments.rounds; ++round) {
    // Who goes first changes, so that a drift of the machine favours nobody.
    if (round % 2 == 0) last_durable = measure(durable, arguments, next_alert);
    last_forgetful = measure(forgetful, arguments, next_alert);
    if (round % 2 == 1) last_durable = measure(durable, arguments, next_alert);
    ratios.push_back(last_durable.per_second / last_forgetful.per_second);
    print_round(std::to_string(round).c_str(), last_durable, last_forgetful);
  }
  finish(durable.child);
  finish(forgetful.child);
  std::printf("ratio, median of %d rounds: %.3f (reach: 0.8)\n", arguments.rounds, median(ratios));
}

// One of the two alone, for a profiler.
void run_one(const Arguments& arguments, const std::string& journal) {
  const Server server = start_server(arguments.only, arguments.only == "null" ? "" : journal);
  std::printf("pid %d\n", int(server.child.pid));
  std::fflush(stdout);
  std::uint64_t next_alert = 0;
  for (int round = 1; round <= arguments.rounds; ++round) {
    const Round one = measure(server, arguments, next_alert);
    std::printf("%-8s %10.0f /s   server %.1f us/alert   generator %.1f us/alert\n", server.name.c_str(),
                one.per_second, one.server_microseconds, one.client_microseconds);
    std::fflush(stdout);
  }
  finish(server.child);
}

Arguments parse_arguments(int argc, char** argv) {
  Arguments arguments;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string name = argv[i];
    const char* const value = argv[i + 1];
    if (name == "--rounds") arguments.rounds = std::atoi(value);
    if (name == "--milliseconds") arguments.milliseconds = std::atoi(value);
    if (name == "--connections") arguments.connections = std::atoi(value);
    if (name == "--folder") arguments.folder = value;
    if (name == "--only") arguments.only = value;
  }
  return arguments;
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // as the tools do
  const Arguments arguments = parse_arguments(argc, argv);
  std::string folder = (std::filesystem::path(arguments.folder) / "tvhook-bench.XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) {
    std::fprintf(stderr, "bench_listen: cannot make a folder in %s\n", arguments.folder.c_str());
    return 1;
  }
  int code = 0;
  try {
    const std::string journal = folder + "/journal.db";
    if (arguments.only.empty()) {
      compare(arguments, journal);
    } else {
      run_one(arguments, journal);
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_listen: %s\n", error.what());
    code = 1;
  }
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored);
  return code;
}
