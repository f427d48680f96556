// stdout's rules over real pipes: nobody who reads it, or does not, can hold an answer up.
#include "tvhook-listen/record_output.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <csignal>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"
#include "unit/listen/log_capture.hpp"

using namespace tvh;
using namespace tvh::test;
using namespace std::chrono_literals;

namespace {

struct Pipe {
  Pipe() {
    std::signal(SIGPIPE, SIG_IGN);
    REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
  }
  ~Pipe() {
    close_reader();
    close_writer();
  }
  void close_reader() { close_end(0); }
  void close_writer() { close_end(1); }
  std::string read_all() {
    std::string all;
    char bytes[4096];
    for (;;) {
      const ssize_t count = ::read(ends[0], bytes, sizeof bytes);
      if (count <= 0) return all;
      all.append(bytes, std::size_t(count));
    }
  }
  std::string read_bytes(std::size_t wanted) {
    std::string all;
    while (all.size() < wanted) {
      char bytes[4096];
      const ssize_t count = ::read(ends[0], bytes, std::min(sizeof bytes, wanted - all.size()));
      if (count <= 0) break;
      all.append(bytes, std::size_t(count));
    }
    return all;
  }
  int ends[2] = {-1, -1};

 private:
  void close_end(int which) {
    if (ends[which] >= 0) ::close(ends[which]);
    ends[which] = -1;
  }
};

}  // namespace

TEST_CASE("record output: lines come out whole, in order, all of them before it stops") {
  Pipe pipe;
  LogCapture log;
  std::string expected;
  {
    AlertLog alert_log(log.log());
    RecordOutput output(pipe.ends[1], alert_log);
    for (int i = 0; i < 1000; ++i) {
      output.append("record " + std::to_string(i));
      expected += "record " + std::to_string(i) + "\n";
    }
    output.stop(60s);
    CHECK(output.dropped() == 0);
  }
  pipe.close_writer();
  CHECK(pipe.read_all() == expected);
}

TEST_CASE(
    "record output: for a reader that stops, lines beyond the buffer are counted, and stopping does not hang") {
  Pipe pipe;
  LogCapture log;
  AlertLog alert_log(log.log());
  RecordOutput output(pipe.ends[1], alert_log, 10'000);
  const std::string record(999, 'x');
  for (int i = 0; i < 500; ++i) output.append(record);
  CHECK(output.dropped() >= 500 - 10 - 65);  // the buffer and the pipe are all that is taken
  CHECK(output.is_open());
  output.stop(10ms);
}

TEST_CASE("record output: a reader that comes back gets whole lines again, and the log says what it missed") {
  Pipe pipe;
  LogCapture log;
  std::string seen;
  std::uint64_t dropped = 0;
  {
    AlertLog alert_log(log.log());
    RecordOutput output(pipe.ends[1], alert_log, 10'000);
    const std::string record(999, 'x');
    for (int i = 0; i < 500; ++i) output.append(record);
    dropped = output.dropped();
    seen = pipe.read_bytes((500 - dropped) * 1000);
    REQUIRE(output.wait_until_written(60s));  // what was read is counted off a moment later
    output.append("after");
    output.stop(60s);
  }
  pipe.close_writer();
  seen += pipe.read_all();
  CHECK(seen.substr(seen.size() - 6) == "after\n");
  for (std::size_t at = 0; at + 6 < seen.size(); at += 1000)
    CHECK(seen.substr(at, 1000) == std::string(999, 'x') + "\n");
  CHECK(log.text().find("left out so far: " + std::to_string(dropped)) != std::string::npos);
}

TEST_CASE("record output: a reader that goes away is said once, and costs nothing afterwards") {
  Pipe pipe;
  LogCapture log;
  {
    AlertLog alert_log(log.log());
    RecordOutput output(pipe.ends[1], alert_log);
    pipe.close_reader();
    for (int i = 0; i < 1000; ++i) output.append("record");
    output.stop(60s);
    CHECK_FALSE(output.is_open());
  }
  const std::string text = log.text();
  CHECK(text.find("stdout") != std::string::npos);
  CHECK(text.find("stdout") == text.rfind("stdout"));
}

TEST_CASE("record output: without a descriptor it swallows everything") {
  LogCapture log;
  AlertLog alert_log(log.log());
  RecordOutput output(-1, alert_log);
  output.append("record");
  output.stop(1s);
  CHECK(output.dropped() == 0);
}

TEST_CASE("record output: a full disk is said once, and what comes after it starts on a line of its own") {
  const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  REQUIRE(full >= 0);
  LogCapture log;
  {
    AlertLog alert_log(log.log());
    RecordOutput output(full, alert_log);
    output.append("a");
    output.append("b");
    output.stop(60s);
    CHECK(output.is_open() == false);
  }
  ::close(full);
  CHECK(log.text().find("No space left") != std::string::npos);
  CHECK(log.text().find("No space left") == log.text().rfind("No space left"));
}
