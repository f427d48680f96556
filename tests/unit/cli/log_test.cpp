#include "cli/log.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <regex>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

namespace {

using namespace tvh::cli;

// A log into a file, and what it holds.
struct LogFile {
  explicit LogFile(LogLevel level, LogFormat format)
      : fd(::open(folder.file("log").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)),
        log(fd, "tvhook-demo", level, format) {}
  ~LogFile() { ::close(fd); }
  std::string text() { return tvh::test::read_file(folder.file("log")); }

  tvh::test::TemporaryFolder folder;
  int fd;
  Log log;
};

}  // namespace

TEST_CASE("log: text is tool, level, message and fields on one line") {
  LogFile file(LogLevel::info, LogFormat::text);
  file.log.info("listening", {{"url", "http://127.0.0.1:8080/webhook"}});
  file.log.warning("odd value", {{"empty", ""}, {"spaced", "a b"}, {"quote", "a\"b"}, {"line", "a\nb"}});
  file.log.error("two\nlines\x1b[31m");
  CHECK(file.text() ==
        "tvhook-demo: info: listening url=http://127.0.0.1:8080/webhook\n"
        "tvhook-demo: warning: odd value empty=\"\" spaced=\"a b\" quote=\"a\\\"b\" line=\"a\\nb\"\n"
        "tvhook-demo: error: two lines?[31m\n");
}

TEST_CASE("log: lines below the level are not written") {
  LogFile file(LogLevel::warning, LogFormat::text);
  file.log.debug("no");
  file.log.info("no");
  file.log.warning("yes");
  file.log.error("yes");
  CHECK(file.text() == "tvhook-demo: warning: yes\ntvhook-demo: error: yes\n");
  CHECK_FALSE(file.log.enabled(LogLevel::info));
  CHECK(file.log.enabled(LogLevel::warning));
}

TEST_CASE("log: json is one object a line with time, level, tool, message and the fields") {
  LogFile file(LogLevel::debug, LogFormat::json);
  file.log.debug("a \"quoted\" \\ message\n", {{"key", "va\tlue\x01"}, {"bytes", "\xff\xc3\xa9\xed\xa0\x80"}});
  const std::regex expected(
      R"(\{"time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z","level":"debug","tool":"tvhook-demo",)"
      R"("message":"a \\"quoted\\" \\\\ message\\n","key":"va\\tlue\\u0001",)"
      "\"bytes\":\"\\\\ufffd\xc3\xa9\\\\ufffd\\\\ufffd\\\\ufffd\"\\}\n");
  CAPTURE(file.text());
  CHECK(std::regex_match(file.text(), expected));
}

TEST_CASE("log: braces are text, not a format") {
  LogFile file(LogLevel::info, LogFormat::text);
  file.log.info("{{ticker}} {} {0:x}");
  CHECK(file.text() == "tvhook-demo: info: {{ticker}} {} {0:x}\n");
}

TEST_CASE("log: a stderr that cannot be written stops nobody") {
  Log log(987, "tvhook-demo", LogLevel::info, LogFormat::text);
  log.error("lost");
  const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  Log on_full_disk(full, "tvhook-demo", LogLevel::info, LogFormat::text);
  CHECK_NOTHROW(on_full_disk.error("lost"));
  ::close(full);
}

TEST_CASE("log: a line waits for its reader no longer than it may, and is written again when he reads again") {
  int ends[2];
  REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
  const int held = ::fcntl(ends[1], F_SETPIPE_SZ, 4096);
  REQUIRE(held > 0);
  const std::string full(std::size_t(held), 'x');
  REQUIRE(::write(ends[1], full.data(), full.size()) == held);
  Log log(ends[1], "tvhook-demo", LogLevel::info, LogFormat::text);
  log.limit_wait(std::chrono::milliseconds(10));
  log.info("nobody reads");
  log.info("nobody reads this either");
  std::string read(full.size(), '\0');
  REQUIRE(::read(ends[0], read.data(), read.size()) == held);
  log.info("somebody reads");
  ::close(ends[1]);
  read.resize(std::size_t(::read(ends[0], read.data(), read.size())));
  ::close(ends[0]);
  CHECK(read == "tvhook-demo: info: somebody reads\n");
}
