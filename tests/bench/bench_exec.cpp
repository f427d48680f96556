// What an order costs from the alert on: the real listener and the real executor over one journal on disk, as a
// pipe and with --follow, on the paper venue.
//   bench_exec [--rounds N] [--alerts N] [--folder DIR] [--only burst|single]
// burst: 84 alerts at once, 12 symbols x 7 strategies, at a venue that takes 800 ms; reach: all filled in 1.2
// s. single: one alert at a time at a venue that takes nothing; from received_at to the fill, beside one append
// of 4 KiB with fdatasync in the same folder, taken after each alert. Reach: p50 1 ms, p99 5 ms.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/site.hpp"

namespace {

using namespace tvh::test;
using Steady = std::chrono::steady_clock;

constexpr int kSymbols = 12;
constexpr int kStrategies = 7;
constexpr double kVenueSeconds = 0.8;
constexpr std::size_t kPageBytes = 4096;

struct Arguments {
  int rounds = 5;
  int alerts = 300;
  std::string folder;
  std::string only;
};

enum class Join { pipe, follow };
const char* name_of(Join join) { return join == Join::pipe ? "listen | exec" : "exec --follow"; }

double seconds_since(Steady::time_point begin) {
  return std::chrono::duration<double>(Steady::now() - begin).count();
}

// A listener and an executor joined one way or the other. What the executor prints is output().
class Line {
 public:
  Line(const Site& site, Join join) {
    if (join == Join::follow) {
      listener_ = start_listener(site);
      exec_ = site.start("tvhook-exec", site.options({"--follow"}));
      port_ = port_of(listener_->read_ready_line());
    } else {
      exec_ = start_pipe(site);
      port_ = port_of(exec_->read_ready_line());
      if (!exec_->wait_for_errors("\n")) throw std::runtime_error("the shell told no pid");
      listener_pid_ = std::stoi(exec_->errors());
    }
  }

  // The listener first: in a pipe the executor ends with it.
  void stop() {
    if (listener_) {
      listener_->send(SIGTERM);
      listener_->wait();
      exec_->send(SIGTERM);
    } else {
      ::kill(listener_pid_, SIGTERM);
    }
    if (const int code = exec_->wait(); code != 0)
      throw std::runtime_error("exit " + std::to_string(code) + ": " + exec_->errors());
  }

  int port() const { return port_; }
  Process& exec() { return *exec_; }

 private:
  static std::unique_ptr<Process> start_listener(const Site& site) {
    ProcessOptions options = site.options({"--address", "127.0.0.1:0", "--no-stdout"});
    options.wants_ready_pipe = true;
    return site.start("tvhook-listen", options);
  }

  // A pipe of the kernel's, as a shell makes it; the listener's pid comes on stderr.
  static std::unique_ptr<Process> start_pipe(const Site& site) {
    ProcessOptions options = site.options();
    options.wants_ready_pipe = true;
    options.arguments = {"-c",
                         "sh -c 'echo $$ >&2; exec \"$0\" --address 127.0.0.1:0 \"$@\"' '" +
                             tool("tvhook-listen") + "' \"$@\" | '" + tool("tvhook-exec") + "'",
                         "sh"};
    return std::make_unique<Process>("sh", options);
  }

  static int port_of(const std::string& url) {
    return std::stoi(url.substr(url.find(':', url.find("//")) + 1));
  }

  std::unique_ptr<Process> listener_;
  std::unique_ptr<Process> exec_;
  pid_t listener_pid_ = -1;
  int port_ = 0;
};

double at_share(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  const auto last = values.size() - 1;
  return values[std::min(last, std::size_t(share * double(values.size())))];
}

std::vector<double> numbers(const Site& site, const std::string& sql) {
  std::vector<double> values;
  for (const Row& row : query(site.journal(), sql)) values.push_back(std::stod(row.front()));
  if (values.empty()) throw std::runtime_error("no rows: " + sql);
  return values;
}

std::string request_of(int symbol, int strategy, const std::string& id) {
  return post_request("/webhook", alert_body({.id = id,
                                              .symbol = "S" + std::to_string(symbol) + "USDT",
                                              .quantity = "0.001",
                                              .price = "100",
                                              .strategy = "s" + std::to_string(strategy)}));
}

// Seconds from the first request to the last record on stdout.
double measure_burst(Line& line, int round) {
  std::vector<HttpConnection> connections;
  std::vector<std::string> requests;
  for (int i = 0; i < kSymbols * kStrategies; ++i) {
    connections.emplace_back(line.port());
    requests.push_back(request_of(i % kSymbols, i / kSymbols, std::to_string(round) + "-" + std::to_string(i)));
  }
  const auto begin = Steady::now();
  for (std::size_t i = 0; i < connections.size(); ++i) connections[i].send(requests[i]);
  if (!line.exec().wait_for_lines(connections.size() * std::size_t(round)))
    throw std::runtime_error("the executor ended: " + line.exec().errors());
  const double seconds = seconds_since(begin);
  for (HttpConnection& connection : connections) {
    const auto answer = connection.read_answer();
    if (!answer || answer->status != 200) throw std::runtime_error("an alert was not accepted");
  }
  return seconds;
}

void bench_burst(const Arguments& arguments, Join join) {
  const Site site("[venue.paper]\nfee_percent = \"0\"\nlatency = \"800ms\"\n");
  Line line(site, join);
  std::vector<double> taken;
  for (int round = 1; round <= arguments.rounds; ++round) taken.push_back(measure_burst(line, round));
  line.stop();
  const auto filled = numbers(site, "SELECT count(*) FROM fills").front();
  if (int(filled) != arguments.rounds * kSymbols * kStrategies) throw std::runtime_error("not all were filled");
  // Of each round by itself: when the journal says that the last order was filled, after the first alert came.
  const auto by_journal = numbers(
      site,
      "SELECT (max(f.at) - min(s.received_at)) / 1e9 FROM fills f JOIN intents i USING (client_order_id) "
      "JOIN signals s ON s.id = i.signal_id GROUP BY (s.seq - 1) / " +
          std::to_string(kSymbols * kStrategies));
  std::printf("%-14s %8.3f s %8.3f s %8.3f s   %5.2f   %8.3f s\n", name_of(join), at_share(taken, 0),
              at_share(taken, 0.5), at_share(taken, 1), at_share(taken, 0.5) / kVenueSeconds,
              at_share(by_journal, 0.5));
  std::fflush(stdout);
}

// Appends pages to a file of its own, each durable before it returns.
class Appender {
 public:
  explicit Appender(const std::string& path)
      : fd_(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)) {}
  ~Appender() { ::close(fd_); }
  Appender(const Appender&) = delete;
  Appender& operator=(const Appender&) = delete;

  double append_ms() {
    const auto begin = Steady::now();
    const bool kept =
        ::write(fd_, page_.data(), page_.size()) == ssize_t(page_.size()) && ::fdatasync(fd_) == 0;
    if (!kept) throw std::runtime_error("cannot append");
    return seconds_since(begin) * 1e3;
  }

 private:
  int fd_;
  std::string page_ = std::string(kPageBytes, 'x');
};

void print_times(const char* what, const std::vector<double>& times, const std::vector<double>& baseline) {
  const double half = at_share(times, 0.5);
  const double most = at_share(times, 0.99);
  std::printf("%-34s %8.3f ms %8.3f ms   %6.2f %6.2f\n", what, half, most, half / at_share(baseline, 0.5),
              most / at_share(baseline, 0.99));
}

void bench_single(const Arguments& arguments, Join join) {
  const Site site("[venue.paper]\nfee_percent = \"0\"\n");
  Line line(site, join);
  Appender appender(site.file("baseline"));
  std::vector<double> baseline;
  std::vector<double> answered;
  {
    HttpConnection connection(line.port());
    for (int i = 1; i <= arguments.alerts; ++i) {
      const std::string request = request_of(i % kSymbols, i % kStrategies, std::to_string(i));
      const auto begin = Steady::now();
      connection.send(request);
      const auto answer = connection.read_answer();
      if (!answer || answer->status != 200) throw std::runtime_error("an alert was not accepted");
      answered.push_back(seconds_since(begin) * 1e3);
      if (!line.exec().wait_for_lines(std::size_t(i))) throw std::runtime_error("the executor ended");
      baseline.push_back(appender.append_ms());
    }
  }
  line.stop();
  const auto milliseconds = [&](const std::string& from, const std::string& to) {
    return numbers(site, "SELECT (" + to + " - " + from +
                             ") / 1e6 FROM fills f JOIN intents i USING (client_order_id) JOIN signals s ON "
                             "s.id = i.signal_id ORDER BY s.seq");
  };
  std::printf("%s\n", name_of(join));
  print_times("  append of 4 KiB with fdatasync", baseline, baseline);
  print_times("  POST sent -> 200", answered, baseline);
  print_times("  received -> claimed", milliseconds("s.received_at", "s.claimed_at"), baseline);
  print_times("  claimed -> at the venue", milliseconds("s.claimed_at", "f.at"), baseline);
  print_times("  received -> at the venue", milliseconds("s.received_at", "f.at"), baseline);
  std::fflush(stdout);
}

Arguments parse_arguments(int argc, char** argv) {
  Arguments arguments;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string name = argv[i];
    const char* const value = argv[i + 1];
    if (name == "--rounds") arguments.rounds = std::atoi(value);
    if (name == "--alerts") arguments.alerts = std::atoi(value);
    if (name == "--folder") arguments.folder = value;
    if (name == "--only") arguments.only = value;
  }
  return arguments;
}

void run(const Arguments& arguments) {
  // Sites make their folders there.
  if (!arguments.folder.empty()) ::setenv("TMPDIR", arguments.folder.c_str(), 1);
  std::printf("journals in %s\n", std::filesystem::temp_directory_path().c_str());
  if (arguments.only != "single") {
    std::printf("\n%d alerts at once, a venue that takes %.1f s, %d rounds (reach: 1.2 s)\n",
                kSymbols * kStrategies, kVenueSeconds, arguments.rounds);
    std::printf("%-14s %10s %10s %10s   %5s   %10s\n", "", "least", "median", "most", "ratio", "by journal");
    for (const Join join : {Join::pipe, Join::follow}) bench_burst(arguments, join);
  }
  if (arguments.only != "burst") {
    std::printf("\none alert at a time, %d alerts (reach, received -> at the venue: p50 1 ms, p99 5 ms)\n",
                arguments.alerts);
    std::printf("%-34s %11s %11s   %6s %6s\n", "", "p50", "p99", "/p50", "/p99");
    for (const Join join : {Join::pipe, Join::follow}) bench_single(arguments, join);
  }
}

}  // namespace

int main(int argc, char** argv) {
  try {
    run(parse_arguments(argc, argv));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_exec: %s\n", error.what());
    return 1;
  }
  return 0;
}
