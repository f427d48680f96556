#include "cli/output.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

namespace {

using namespace tvh;
using tvh::cli::format_table;
using tvh::cli::Output;

struct Pipe {
  Pipe() { REQUIRE(::pipe2(ends, O_CLOEXEC) == 0); }
  ~Pipe() {
    close_reader();
    close_writer();
  }
  void close_reader() { close_end(0); }
  void close_writer() { close_end(1); }
  void close_end(int which) {
    if (ends[which] >= 0) ::close(ends[which]);
    ends[which] = -1;
  }
  std::string read_to_end() {
    std::string text;
    char buffer[65536];
    for (ssize_t count = 1; count > 0;) {
      count = ::read(ends[0], buffer, sizeof buffer);
      if (count > 0) text.append(buffer, std::size_t(count));
    }
    return text;
  }
  int ends[2];
};

// As run_tool has it.
struct IgnoredPipeSignal {
  IgnoredPipeSignal() : before(::signal(SIGPIPE, SIG_IGN)) {}
  ~IgnoredPipeSignal() { ::signal(SIGPIPE, before); }
  sighandler_t before;
};

}  // namespace

TEST_CASE("output: nothing reaches the reader before flush, everything after it") {
  Pipe pipe;
  Output output(pipe.ends[1]);
  output.write("a");
  output.write_line("b");
  CHECK(::fcntl(pipe.ends[0], F_SETFL, O_NONBLOCK) == 0);
  char byte = 0;
  CHECK(::read(pipe.ends[0], &byte, 1) == -1);
  REQUIRE(output.flush());
  pipe.close_writer();
  CHECK(pipe.read_to_end() == "ab\n");
}

TEST_CASE("output: far more than a pipe holds arrives whole and in order") {
  Pipe pipe;
  std::string expected;
  std::string received;
  std::thread reader([&] { received = pipe.read_to_end(); });
  Output output(pipe.ends[1]);
  for (int i = 0; i < 100000; ++i) {
    output.write_line(std::to_string(i));
    expected += std::to_string(i) + "\n";
  }
  CHECK(output.flush());
  pipe.close_writer();
  reader.join();
  CHECK((received == expected));
}

TEST_CASE("output: what is large by itself comes behind what was written before it") {
  Pipe pipe;
  const std::string large(100'000, 'b');
  std::string read;
  std::thread reader([&] { read = pipe.read_to_end(); });
  Output output(pipe.ends[1]);
  output.write("a");
  output.write(large);
  output.write("c");
  CHECK(output.flush());
  pipe.close_writer();
  reader.join();
  CHECK(read == "a" + large + "c");
}

TEST_CASE("output: a non-blocking pipe is waited for, not given up") {
  Pipe pipe;
  REQUIRE(::fcntl(pipe.ends[1], F_SETFL, O_NONBLOCK) == 0);
  const std::string text(1024 * 1024, 'x');
  std::string received;
  std::thread reader([&] { received = pipe.read_to_end(); });
  Output output(pipe.ends[1]);
  output.write(text);
  CHECK(output.flush());
  pipe.close_writer();
  reader.join();
  CHECK((received == text));
}

TEST_CASE("output: a reader that went away is a clean stop") {
  const IgnoredPipeSignal ignored;
  Pipe pipe;
  pipe.close_reader();
  Output output(pipe.ends[1]);
  output.write_line("x");
  CHECK_FALSE(output.closed());
  CHECK(output.flush());
  CHECK(output.closed());
  output.write_line("y");
  CHECK(output.flush());
}

TEST_CASE("output: a full disk is a storage error, told at every flush, and later writes are dropped") {
  const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  REQUIRE(full >= 0);
  Output output(full);
  output.write_line("x");
  const auto flushed = output.flush();
  REQUIRE_FALSE(flushed);
  CHECK(flushed.error().code == Errc::storage);
  CHECK(flushed.error().message == "cannot write to stdout: No space left on device");
  output.write(std::string(1000000, 'x'));
  CHECK_FALSE(output.flush());
  CHECK_FALSE(output.closed());
  ::close(full);
}

TEST_CASE("output: a failure inside a big write is kept for the next flush") {
  const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  REQUIRE(full >= 0);
  Output output(full);
  output.write(std::string(100000, 'x'));
  CHECK_FALSE(output.flush());
  ::close(full);
}

TEST_CASE("output: a closed descriptor is an error") {
  Output output(987);
  output.write("x");
  CHECK_FALSE(output.flush());
  CHECK_FALSE(output.is_terminal());
}

TEST_CASE("output: flushing nothing is fine even on a full disk") {
  const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  CHECK(Output(full).flush());
  ::close(full);
}

TEST_CASE("table: columns line up, numbers on the right, no space at line ends") {
  CHECK(format_table({{"position", "quantity", "average", "note"},
                      {"BTCUSDT", "0.01", "65000.50", "ok"},
                      {"ETHUSDT", "-0.5", "3120.00", ""},
                      {"SOLUSDT", "-", "0", "spät"}}) == R"(position  quantity   average  note
BTCUSDT       0.01  65000.50  ok
ETHUSDT       -0.5   3120.00
SOLUSDT          -         0  spät
)");
}

TEST_CASE("table: a column that is not all numbers keeps its header on the left") {
  CHECK(format_table({{"value", "x"}, {"1", "a"}, {"long one", "b"}}) ==
        "value     x\n       1  a\nlong one  b\n");
}

TEST_CASE("table: nothing is nothing, a header alone is a header") {
  CHECK(format_table({}).empty());
  CHECK(format_table({{"a", "b"}}) == "a  b\n");
}

TEST_CASE("table: terminal escapes from outside do not pass") {
  CHECK(format_table({{"x"}, {"\x1b[2J\nq\xc2\x9b"}}) == "x\n?[2J?q?\n");
}
