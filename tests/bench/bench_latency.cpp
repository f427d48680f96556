// How long one alert waits for its answer, and what that is made of: at 1, 64 and 1,000 connections and in a
// burst of 100, over the journal and over one that stores nothing; at 1 connection against a raw echo and one
// appending fsync. Rounds of all of them take turns, so that a drift of the machine favours nobody; medians of
// the rounds.
//   bench_latency [--rounds N] [--milliseconds N] [--folder DIR]
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "bench/load_generator.hpp"
#include "bench/server_process.hpp"

namespace {

using namespace tvh::bench;

struct Arguments {
  int rounds = 5;
  int milliseconds = 1000;
  std::string folder = std::filesystem::temp_directory_path().string();
};

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

// The rounds of one row.
struct Row {
  std::string name;
  std::vector<double> rate, p50, p99, p999;

  void add(const LoadResult& result) {
    rate.push_back(double(result.accepted) / result.seconds);
    p50.push_back(result.p50);
    p99.push_back(result.p99);
    p999.push_back(result.p999);
  }
  void print() const {
    std::printf("%-28s %10.0f %10.0f %10.0f %10.0f\n", name.c_str(), median(rate), median(p50), median(p99),
                median(p999));
  }
};

class Bench {
 public:
  explicit Bench(const Arguments& arguments, const std::string& folder)
      : arguments_(arguments),
        folder_(folder),
        durable_(start_server("journal", folder + "/journal.db")),
        forgetful_(start_server("null", "")),
        echo_(start_echo()) {}
  ~Bench() {
    finish(durable_.child);
    finish(forgetful_.child);
    ::kill(echo_.child.pid, SIGKILL);
    finish(echo_.child);
  }
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  void run() {
    std::printf("journal in %s, %d rounds of %d ms\n", folder_.c_str(), arguments_.rounds,
                arguments_.milliseconds);
    std::printf("%-28s %10s %10s %10s %10s\n", "", "rate/s", "p50 us", "p99 us", "p99.9 us");
    for (const int connections : {1, 64, 1000}) compare(connections);
    burst();
    yardstick();
  }

 private:
  LoadResult load(const Server& server, int connections, int milliseconds) {
    Load load;
    load.port = server.port;
    load.connections = connections;
    load.duration = std::chrono::milliseconds(milliseconds);
    load.first_alert = next_;
    const LoadResult result = run_load(load);
    next_ += result.accepted + result.other;
    if (result.other > 0 && server.name != "echo")
      std::printf("%s: some were not accepted\n", server.name.c_str());
    return result;
  }

  void compare(int connections) {
    Row durable{std::to_string(connections) + " connections, journal", {}, {}, {}, {}};
    Row forgetful{std::to_string(connections) + " connections, none", {}, {}, {}, {}};
    load(durable_, connections, arguments_.milliseconds / 2);
    for (int round = 0; round < arguments_.rounds; ++round) {
      durable.add(load(durable_, connections, arguments_.milliseconds));
      forgetful.add(load(forgetful_, connections, arguments_.milliseconds));
    }
    durable.print();
    forgetful.print();
  }

  // One alert on each of 100 connections, at once; the rate is of the whole burst.
  void burst() {
    Row durable{"burst of 100, journal", {}, {}, {}, {}};
    Row forgetful{"burst of 100, none", {}, {}, {}, {}};
    for (int round = 0; round < 10 * arguments_.rounds; ++round) {
      durable.add(load(durable_, 100, 0));
      forgetful.add(load(forgetful_, 100, 0));
    }
    durable.print();
    forgetful.print();
  }

  // What nobody could do without who keeps an alert: read it, append it, sync it.
  void yardstick() {
    std::vector<double> echoes, syncs, answers;
    for (int round = 0; round < 3 * arguments_.rounds; ++round) {
      echoes.push_back(load(echo_, 1, arguments_.milliseconds / 4).p50);
      syncs.push_back(append_and_sync());
      answers.push_back(load(durable_, 1, arguments_.milliseconds / 4).p50);
    }
    const double least = median(echoes) + median(syncs);
    std::printf(
        "1 connection, p50: echo %.0f us + append and fsync %.0f us = %.0f us; durable 200 %.0f us = %.2f "
        "times (reach: 1.5)\n",
        median(echoes), median(syncs), least, median(answers), median(answers) / least);
  }

  double append_and_sync() const {
    const std::string bytes = alert_text(1);
    const int fd = ::open((folder_ + "/appended").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    std::vector<double> times;
    for (int i = 0; i < 300; ++i) {
      const auto begin = std::chrono::steady_clock::now();
      if (::write(fd, bytes.data(), bytes.size()) != ssize_t(bytes.size()) || ::fsync(fd) != 0) std::abort();
      times.push_back(
          std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - begin).count());
    }
    ::close(fd);
    return median(times);
  }

  const Arguments arguments_;
  const std::string folder_;
  Server durable_;
  Server forgetful_;
  Server echo_;
  std::uint64_t next_ = 0;
};

Arguments parse_arguments(int argc, char** argv) {
  Arguments arguments;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string name = argv[i];
    if (name == "--rounds") arguments.rounds = std::atoi(argv[i + 1]);
    if (name == "--milliseconds") arguments.milliseconds = std::atoi(argv[i + 1]);
    if (name == "--folder") arguments.folder = argv[i + 1];
  }
  return arguments;
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // as the tools do
  const Arguments arguments = parse_arguments(argc, argv);
  std::string folder = (std::filesystem::path(arguments.folder) / "tvhook-bench.XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) {
    std::fprintf(stderr, "bench_latency: cannot make a folder in %s\n", arguments.folder.c_str());
    return 1;
  }
  int code = 0;
  try {
    Bench(arguments, folder).run();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_latency: %s\n", error.what());
    code = 1;
  }
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored);
  return code;
}
