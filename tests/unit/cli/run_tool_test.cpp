#include "cli/run_tool.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <stdexcept>

#include "child.hpp"
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

namespace {

using namespace tvh;
using namespace tvh::cli;
using tvh::test::Child;
using tvh::test::TemporaryFolder;

// A tool whose whole work is `body`.
Child::Define with_body(Body body) {
  return [body = std::move(body)](OptionSet&) { return body; };
}

// Nothing of the machine's own configuration or journal takes part.
Child::Prepare clean_environment(const TemporaryFolder& folder) {
  const std::string home = folder.path().string();
  return [home] {
    ::clearenv();
    ::setenv("HOME", home.c_str(), 1);
    if (::chdir(home.c_str()) != 0) ::_exit(99);
  };
}

struct Finished {
  int code;
  std::string output;
  std::string errors;
};

Finished run(const std::vector<std::string>& arguments, const Child::Define& define) {
  const TemporaryFolder folder;
  Child child(arguments, define, clean_environment(folder));
  const int code = child.finish();
  return {code, child.output, child.errors};
}

// Waits for the stop signal, then ends as `code` says.
Body waits_for_stop() {
  return [](Context& context) -> Result<ExitCode> {
    context.output.write_line("ready");
    TVH_CHECK(context.output.flush());
    pollfd stop{context.stop.fd(), POLLIN, 0};
    while (::poll(&stop, 1, -1) < 0) {
    }
    return context.stop.requested() ? context.stop.code() : ExitCode::bug;
  };
}

// Hears the signal and goes on: only a second one ends it.
Body never_stops() {
  return [](Context& context) -> Result<ExitCode> {
    context.output.write_line("ready");
    TVH_CHECK(context.output.flush());
    pollfd stop{context.stop.fd(), POLLIN, 0};
    ::poll(&stop, 1, -1);
    context.output.write_line("heard");
    TVH_CHECK(context.output.flush());
    for (;;) ::pause();
  };
}

}  // namespace

TEST_CASE("run_tool: the body's exit code is the process's, its output goes to stdout") {
  const auto finished = run({}, with_body([](Context& context) -> Result<ExitCode> {
                              context.output.write_line("data");
                              context.log.warning("note");
                              return ExitCode::answer_is_no;
                            }));
  CHECK(finished.code == 1);
  CHECK(finished.output == "data\n");
  CHECK(finished.errors == "tvhook-demo: warning: note\n");
}

TEST_CASE("run_tool: a failed Result is one line on stderr and its code") {
  const auto finished = run({}, with_body([](Context& context) -> Result<ExitCode> {
                              context.output.write_line("so far");
                              return fail(Errc::temporary, "another executor runs\n\x1b[31mhere");
                            }));
  CHECK(finished.code == 75);
  CHECK(finished.output == "so far\n");
  CHECK(finished.errors == "tvhook-demo: another executor runs ?[31mhere\n");
}

TEST_CASE("run_tool: with json logs the last line is json too") {
  const auto finished =
      run({"--log-format", "json"},
          with_body([](Context&) -> Result<ExitCode> { return fail(Errc::storage, "disk is \"full\""); }));
  CHECK(finished.code == 74);
  CHECK(finished.errors.starts_with("{\"time\":\""));
  CHECK(finished.errors.ends_with("\"message\":\"disk is \\\"full\\\"\"}\n"));
}

TEST_CASE("run_tool: an exception is a bug, exit 70") {
  const auto finished =
      run({}, with_body([](Context&) -> Result<ExitCode> { throw std::runtime_error("vector::at"); }));
  CHECK(finished.code == 70);
  CHECK(finished.errors == "tvhook-demo: bug: vector::at; please report it. Running it again is safe\n");
  CHECK(run({}, with_body([](Context&) -> Result<ExitCode> { throw 5; })).code == 70);
}

TEST_CASE("run_tool: --help and --version answer on stdout and run nothing") {
  const Body never = [](Context&) -> Result<ExitCode> { return ExitCode::bug; };
  const auto help = run({"--help"}, with_body(never));
  CHECK(help.code == 0);
  CHECK(help.output.starts_with("tvhook-demo\nusage: tvhook-demo [OPTION...]\n"));
  CHECK(help.output.find("--journal FILE") != std::string::npos);
  CHECK(help.errors.empty());
  const auto version = run({"--version"}, with_body(never));
  CHECK(version.code == 0);
  CHECK(version.output.starts_with("tvhook-demo 0."));
  CHECK(run({"--bogus", "--help"}, with_body(never)).code == 0);
}

TEST_CASE("run_tool: --help does not need a readable configuration") {
  CHECK(run({"--help", "--config", "/nonexistent/tvhook.toml"}, test::ends_well()).code == 0);
}

TEST_CASE("run_tool: a wrong command line is 64, with nothing on stdout") {
  const auto finished = run({"--jornal", "x"}, test::ends_well());
  CHECK(finished.code == 64);
  CHECK(finished.output.empty());
  CHECK(finished.errors ==
        "tvhook-demo: unknown option \"--jornal\" (did you mean \"--journal\"?); try 'tvhook-demo --help'\n");
}

TEST_CASE("run_tool: a wrong configuration is 78 with file and line") {
  const TemporaryFolder folder;
  test::write_file(folder.file("tvhook.toml"), "[journal]\npaht = \"x\"\n");
  Child child({}, test::ends_well(), clean_environment(folder));
  CHECK(child.finish() == 78);
  CHECK(child.errors ==
        "tvhook-demo: tvhook.toml:2: unknown key \"paht\" in [journal]; did you mean \"path\"?\n");
}

TEST_CASE("run_tool: the body gets the configuration, the environment and the journal's path") {
  const TemporaryFolder folder;
  test::write_file(folder.file("tvhook.toml"), "[strategy.ma]\nsize = 7\n");
  Child child({"-q", "--check"}, with_body([](Context& context) -> Result<ExitCode> {
                context.output.write_line(context.tool + " " + context.config.strategy("ma").size->to_string());
                context.output.write_line(context.journal_path);
                context.output.write_line(context.environment("HOME").value_or("none"));
                context.output.write_line(context.environment("NOT_SET").value_or("none"));
                context.output.write_line(context.check && context.quiet ? "check quiet" : "neither");
                context.log.warning("hidden by -q");
                return ExitCode::ok;
              }),
              clean_environment(folder));
  CHECK(child.finish() == 0);
  const std::string home = folder.path().string();
  CHECK(child.output ==
        "tvhook-demo 7\n" + home + "/.local/state/tvhook/journal.db\n" + home + "\nnone\ncheck quiet\n");
  CHECK(child.errors.empty());
  CHECK_FALSE(std::filesystem::exists(folder.file(".local")));  // --check changes nothing
}

TEST_CASE("run_tool: without --check the journal's folder is made") {
  const TemporaryFolder folder;
  Child child({}, test::ends_well(), clean_environment(folder));
  CHECK(child.finish() == 0);
  CHECK(std::filesystem::is_directory(folder.file(".local/state/tvhook")));
}

TEST_CASE("run_tool: a tool that works without a journal needs no home and makes no folder") {
  const TemporaryFolder folder;
  const auto define = [](OptionSet& set) {
    set.set_works_without_journal();
    return [](Context& context) -> Result<ExitCode> {
      context.output.write_line("[" + context.journal_path + "]");
      return ExitCode::ok;
    };
  };
  Child child({}, define, [] { ::clearenv(); });
  CHECK(child.finish() == 0);
  CHECK(child.output == "[]\n");
  Child with_home({}, define, clean_environment(folder));
  CHECK(with_home.finish() == 0);
  CHECK_FALSE(std::filesystem::exists(folder.file(".local")));
}

TEST_CASE("run_tool: SIGTERM and SIGINT are heard, and give 143 and 130 to work that was cut short") {
  for (const auto& [number, code] : {std::pair{SIGTERM, 143}, std::pair{SIGINT, 130}}) {
    const TemporaryFolder folder;
    Child child({}, with_body(waits_for_stop()), clean_environment(folder));
    REQUIRE(child.wait_for_output("ready\n"));
    child.send(number);
    CHECK(child.finish() == code);
    CHECK(child.errors.empty());
  }
}

TEST_CASE("run_tool: the second signal ends the process at once, with its own code") {
  const TemporaryFolder folder;
  Child child({}, with_body(never_stops()), clean_environment(folder));
  REQUIRE(child.wait_for_output("ready\n"));
  child.send(SIGTERM);
  REQUIRE(child.wait_for_output("heard\n"));
  child.send(SIGINT);
  CHECK(child.finish() == 130);
}

TEST_CASE("run_tool: signals that a parent had blocked are heard") {
  const TemporaryFolder folder;
  Child child({}, with_body(waits_for_stop()), [&folder] {
    clean_environment(folder)();
    sigset_t all;
    sigfillset(&all);
    ::sigprocmask(SIG_BLOCK, &all, nullptr);
  });
  REQUIRE(child.wait_for_output("ready\n"));
  child.send(SIGTERM);
  CHECK(child.finish() == 143);
}

TEST_CASE("run_tool: a background job keeps ignoring SIGINT") {
  const TemporaryFolder folder;
  Child child({}, with_body(waits_for_stop()), [&folder] {
    clean_environment(folder)();
    ::signal(SIGINT, SIG_IGN);
  });
  REQUIRE(child.wait_for_output("ready\n"));
  child.send(SIGINT);
  child.send(SIGTERM);
  CHECK(child.finish() == 143);
}

TEST_CASE("run_tool: a reader that goes away is a clean stop") {
  const TemporaryFolder folder;
  Child child({}, with_body([](Context& context) -> Result<ExitCode> {
                for (int i = 0; i < 10'000'000 && !context.output.closed(); ++i)
                  context.output.write_line("line");
                return context.output.closed() ? ExitCode::ok : ExitCode::bug;
              }),
              clean_environment(folder));
  REQUIRE(child.wait_for_output("line\n"));
  child.close_output();
  CHECK(child.finish() == 0);
  CHECK(child.errors.empty());
}

TEST_CASE("run_tool: a full stdout is exit 74, told once, and wins over what the body says") {
  const auto onto_full_disk = [](const TemporaryFolder& folder) {
    return [&folder] {
      clean_environment(folder)();
      const int full = ::open("/dev/full", O_WRONLY);
      ::dup2(full, 1);
      ::close(full);
    };
  };
  const TemporaryFolder folder;
  const std::string expected = "tvhook-demo: cannot write to stdout: No space left on device\n";
  Child refuses({}, with_body([](Context& context) -> Result<ExitCode> {
                  context.output.write_line("data");
                  return ExitCode::answer_is_no;
                }),
                onto_full_disk(folder));
  CHECK(refuses.finish() == 74);
  CHECK(refuses.errors == expected);
  Child flushes({}, with_body([](Context& context) -> Result<ExitCode> {
                  context.output.write_line("data");
                  TVH_CHECK(context.output.flush());
                  return ExitCode::ok;
                }),
                onto_full_disk(folder));
  CHECK(flushes.finish() == 74);
  CHECK(flushes.errors == expected);
  Child graver({}, with_body([](Context& context) -> Result<ExitCode> {
                 context.output.write_line("data");
                 return ExitCode::outcome_unknown;
               }),
               onto_full_disk(folder));
  CHECK(graver.finish() == 80);
  Child help({"--help"}, test::ends_well(), onto_full_disk(folder));
  CHECK(help.finish() == 74);
}

TEST_CASE("run_tool: the file size limit is an error of the write, not a signal") {
  const TemporaryFolder folder;
  Child child({}, with_body([](Context& context) -> Result<ExitCode> {
                const int file = ::open("file", O_WRONLY | O_CREAT, 0600);
                const std::string text(4096, 'x');
                const bool first = ::write(file, text.data(), text.size()) == 1024;
                const bool second = ::write(file, text.data(), text.size()) == -1 && errno == EFBIG;
                context.output.write_line(first && second ? "EFBIG" : "no limit met");
                return ExitCode::ok;
              }),
              [&folder] {
                clean_environment(folder)();
                const rlimit limit{1024, 1024};
                ::setrlimit(RLIMIT_FSIZE, &limit);
              });
  CHECK(child.finish() == 0);
  CHECK(child.output == "EFBIG\n");
}

TEST_CASE("run_tool: closed standard descriptors are filled, so that no file of ours gets their numbers") {
  const TemporaryFolder folder;
  Child child({}, with_body([](Context&) -> Result<ExitCode> {
                const int file = ::open("file", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
                return file > 2 ? ExitCode::ok : ExitCode::bug;
              }),
              [&folder] {
                clean_environment(folder)();
                for (const int fd : {0, 1, 2}) ::close(fd);
              });
  CHECK(child.finish() == 0);
}

TEST_CASE("run_tool: the umask stays what it was") {
  const TemporaryFolder folder;
  Child child({}, with_body([](Context&) -> Result<ExitCode> {
                return ::umask(0) == 0027 ? ExitCode::ok : ExitCode::bug;
              }),
              [&folder] {
                clean_environment(folder)();
                ::umask(0027);
              });
  CHECK(child.finish() == 0);
}
