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

TEST_CASE("alert log: what is queued when it stops is written") {
  LogCapture capture;
  AlertLog alert_log(capture.log());
  for (int i = 0; i < 1000; ++i) alert_log.note(cli::LogLevel::info, "line " + std::to_string(i));
  alert_log.stop();
  CHECK(capture.text().ends_with("line 999\n"));
}
