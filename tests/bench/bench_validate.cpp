// tvhook-validate against `jq -c .` over the same NDJSON, one after the other, several times; prints the median
// of both and of their ratios in wall and in processor time, and the best of each. Usage: bench_validate
// [LINES] (default 1,000,000).
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

namespace {

struct Cost {
  double wall = 0;
  double processor = 0;
};

double seconds(const timeval& time) { return double(time.tv_sec) + double(time.tv_usec) / 1e6; }

void write_alerts(const std::string& path, int lines) {
  std::ofstream file(path);
  for (int i = 0; i < lines; ++i) {
    char line[400];
    std::snprintf(line, sizeof line,
                  "{\"secret\":\"hunter2\",\"action\":\"%s\",\"ticker\":\"BTCUSDT\",\"exchange\":\"BINANCE\","
                  "\"price\":%d.5,\"quantity\":0.0%d,\"strategy\":\"ma_cross\",\"order_id\":\"long %d\","
                  "\"timeframe\":\"15\",\"time\":\"2026-11-%02dT%02d:%02d:00Z\"}\n",
                  i % 2 == 0 ? "buy" : "sell", 60000 + i % 7000, 1 + i % 9, i, 1 + i % 28, i % 24, i % 4 * 15);
    file << line;
  }
}

// Runs `command` with everything it prints thrown away.
Cost run(const std::string& command) {
  rusage before{};
  ::getrusage(RUSAGE_CHILDREN, &before);
  const auto begin = std::chrono::steady_clock::now();
  if (std::system((command + " > /dev/null 2>&1").c_str()) != 0) {
    std::fprintf(stderr, "failed: %s\n", command.c_str());
    std::exit(1);
  }
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - begin;
  rusage after{};
  ::getrusage(RUSAGE_CHILDREN, &after);
  return {wall.count(), seconds(after.ru_utime) - seconds(before.ru_utime) + seconds(after.ru_stime) -
                            seconds(before.ru_stime)};
}

double middle_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

// What all rounds have to say of one figure.
struct Figures {
  std::vector<double> theirs;
  std::vector<double> ours;

  std::vector<double> ratios() const {
    std::vector<double> all;
    for (std::size_t i = 0; i < ours.size(); ++i) all.push_back(theirs[i] / ours[i]);
    return all;
  }
  double best_ratio() const {
    return *std::min_element(theirs.begin(), theirs.end()) / *std::min_element(ours.begin(), ours.end());
  }
};

}  // namespace

int main(int argc, char** argv) {
  const int lines = argc > 1 ? std::atoi(argv[1]) : 1'000'000;
  char folder[] = "/tmp/bench_validate.XXXXXX";
  if (::mkdtemp(folder) == nullptr) return 1;
  const std::string file = std::string(folder) + "/alerts.ndjson";
  write_alerts(file, lines);
  Figures wall;
  Figures processor;
  constexpr int kRounds = 5;
  for (int round = 0; round < kRounds; ++round) {
    const Cost jq = run("jq -c . " + file);
    const Cost validate = run(std::string(TVHOOK_BIN_FOLDER) + "/tvhook-validate -q " + file);
    wall.theirs.push_back(jq.wall);
    wall.ours.push_back(validate.wall);
    processor.theirs.push_back(jq.processor);
    processor.ours.push_back(validate.processor);
  }
  double load = 0;
  ::getloadavg(&load, 1);
  std::printf("%d alerts, median of %d, on %ld cores with a load of %.1f\n", lines, kRounds,
              ::sysconf(_SC_NPROCESSORS_ONLN), load);
  std::printf("jq -c .          %6.2f s wall  %6.2f s processor\n", middle_of(wall.theirs),
              middle_of(processor.theirs));
  std::printf("tvhook-validate  %6.2f s wall  %6.2f s processor\n", middle_of(wall.ours),
              middle_of(processor.ours));
  std::printf("ratio            %6.2f         %6.2f\n", middle_of(wall.ratios()),
              middle_of(processor.ratios()));
  std::printf("of the best      %6.2f         %6.2f\n", wall.best_ratio(), processor.best_ratio());
  ::unlink(file.c_str());
  ::rmdir(folder);
}
