// The log's rules over real pipes: nobody who does not read it can hold the program up.
#include "tvhook-listen/alert_log.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <csignal>

#include "support/catch.hpp"
#include "unit/listen/log_capture.hpp"

using namespace tvh;
using namespace tvh::test;
using namespace std::chrono_literals;

namespace {

// A pipe that holds a page.
struct SmallPipe {
  SmallPipe() {
    std::signal(SIGPIPE, SIG_IGN);
    REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    REQUIRE(::fcntl(ends[1], F_SETPIPE_SZ, 4096) >= 0);
  }
  ~SmallPipe() {
    ::close(ends[0]);
    ::close(ends[1]);
  }
  std::string read_until(const std::string& end) const {
    std::string all;
    char byte = 0;
    while (all.find(end) == std::string::npos && ::read(ends[0], &byte, 1) == 1) all += byte;
    return all;
  }
  int ends[2] = {-1, -1};
};

}  // namespace

TEST_CASE(
    "alert log: one that nobody reads is stopped all the same, and what was read is whole lines in order") {
  const SmallPipe pipe;
  cli::Log log(pipe.ends[1], "tvhook-listen", cli::LogLevel::info, cli::LogFormat::text);
  AlertLog alert_log(log);
  for (int i = 0; i < 1000; ++i)
    alert_log.note(cli::LogLevel::info, "line " + std::to_string(i), {{"key", "v"}});
  CHECK(pipe.read_until("line 3 key=v\n").starts_with("tvhook-listen: info: line 0 key=v\n"));
  alert_log.stop(10ms);
}

TEST_CASE("alert log: what is queued when it stops is written, every line, long ones too") {
  LogCapture capture;
  AlertLog alert_log(capture.log());
  std::string expected;
  for (int i = 0; i < 1000; ++i) {
    const std::string line = std::string(i % 100 == 50 ? 5000 : 1, '-') + " line " + std::to_string(i);
    alert_log.note(cli::LogLevel::info, line);
    expected += "tvhook-listen: info: " + line + "\n";
  }
  alert_log.stop();
  CHECK(capture.text() == expected);
}

TEST_CASE(
    "alert log: of strangers' refusals as many lines as the sampler lets through, and how many more there "
    "were") {
  LogCapture capture;
  const SamplerLimits limits{.burst = 3, .rows_per_second = 0, .rows_per_day = 3};
  ListenMetrics metrics;
  AlertLog alert_log(capture.log(), &metrics, 8192, limits);
  for (int i = 0; i < 10; ++i) {
    alert_log.add({cli::LogLevel::warning, 404, "stranger", "wrong_path", "", {}, true});
    alert_log.add({cli::LogLevel::warning, 400, "known", "unknown_action", ""});
    alert_log.add({cli::LogLevel::info, 200, "known", "accepted", "id"});
  }
  alert_log.stop();
  const std::string text = capture.text();
  const auto count = [&text](const std::string& part) {
    int found = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
    return found;
  };
  CHECK(count("wrong_path") == 3);
  CHECK(count("unknown_action") == 10);
  CHECK(count("accepted") == 10);
  CHECK(count("7 refusals not logged in the last") == 1);
  CHECK(metrics.text({}).find("verdict=\"wrong_path\"} 10\n") != std::string::npos);
}

TEST_CASE("alert log: refusals that are not logged are told of while they come, not only at the end") {
  const SmallPipe pipe;
  cli::Log log(pipe.ends[1], "tvhook-listen", cli::LogLevel::info, cli::LogFormat::text);
  AlertLog alert_log(log, nullptr, 8192, {.burst = 0, .rows_per_second = 0, .rows_per_day = 0}, 1ms);
  for (int round = 0; round < 3; ++round) {
    alert_log.add({cli::LogLevel::warning, 404, "stranger", "wrong_path", "", {}, true});
    CHECK(pipe.read_until("\n").find("1 refusals not logged in the last ") != std::string::npos);
  }
}
