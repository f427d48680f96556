// Tools that are started with stdin, stdout or stderr closed, as cron jobs and broken scripts do: no file of
// ours gets their numbers, and what could not be said is not called a success.
#include "support/catch.hpp"
#include "support/record_fields.hpp"
#include "support/site.hpp"

using namespace tvh::test;

namespace {

constexpr const char* kAlert =
    R"({"secret":"correct-horse-battery","action":"buy","symbol":"BTCUSDT","quantity":0.02,"price":65000.5,"strategy":"ma","signal_id":"1"})"
    "\n";

// The tool behind a shell's redirection, such as ">&-".
ProcessOptions redirected(const Site& site, const std::string& redirection, const std::string& name,
                          const std::vector<std::string>& arguments) {
  ProcessOptions options = site.options();
  options.arguments = {"-c", "exec \"$0\" \"$@\" " + redirection, tool(name)};
  options.arguments.insert(options.arguments.end(), arguments.begin(), arguments.end());
  return options;
}

Finished run_redirected(const Site& site, const std::string& redirection, const std::string& name,
                        const std::vector<std::string>& arguments = {}, const std::string& input = "") {
  ProcessOptions options = redirected(site, redirection, name, arguments);
  if (!input.empty()) options.input = Input::pipe;
  return run("/bin/sh", options, input);
}

std::string signal_line(const Site& site) { return site.run_tool("tvhook-validate", {"-q"}, kAlert).output; }

}  // namespace

TEST_CASE("closed streams: what was to be said on a closed stdout ends with 74 and says why") {
  const Site site;
  const std::string signal = signal_line(site);
  REQUIRE(site.run_tool("tvhook-exec", {}, signal).code == 0);
  change_by_hand(site.journal(), "UPDATE positions SET quantity = '7'");  // drift
  struct Call {
    std::string name;
    std::vector<std::string> arguments;
    std::string input;
  };
  const std::vector<Call> calls{{"tvhook-validate", {"-q"}, kAlert},
                                {"tvhook-validate", {"--format", "json"}, kAlert},
                                {"tvhook-exec", {"--status"}, ""},
                                {"tvhook-exec", {"--plan"}, signal},
                                {"tvhook-reconcile", {"--format", "json"}, ""},
                                {"tvhook-reconcile", {}, ""},
                                {"tvhook-replay", {}, ""},
                                {"tvhook-replay", {"--venue", "paper"}, ""},
                                {"tvhook-exec", {"--help"}, ""},
                                {"tvhook-listen", {"--version"}, ""}};
  for (const auto& call : calls) {
    CAPTURE(call.name, call.arguments);
    const Finished closed = run_redirected(site, ">&-", call.name, call.arguments, call.input);
    CAPTURE(closed.errors);
    CHECK(closed.code == 74);
    CHECK(closed.errors.find("stdout is closed") != std::string::npos);
    // Without a word for it, too.
    CHECK(run_redirected(site, ">&- 2>&-", call.name, call.arguments, call.input).code == 74);
  }
  CHECK(run_redirected(site, ">&-", "tvhook-exec", {"--check"}).code == 0);  // has nothing to say there
  CHECK(site.one("PRAGMA integrity_check") == "ok");
}

TEST_CASE(
    "closed streams: nothing is traded that stdout could not be told of, but a halt is a halt and out is out") {
  const Site site;
  const std::string signal = signal_line(site);
  const Finished untold = run_redirected(site, ">&-", "tvhook-exec", {}, signal);
  CHECK(untold.code == 74);
  CHECK(untold.errors.find("/dev/null") != std::string::npos);
  CHECK(run_redirected(site, ">&-", "tvhook-exec", {"--follow"}).code == 74);
  CHECK(run_redirected(site, ">/dev/null", "tvhook-exec", {}, signal).code == 0);
  CHECK(site.one("SELECT quantity FROM positions") == "0.02");
  CHECK(run_redirected(site, ">&-", "tvhook-exec", {"--halt", "enough"}).code == 74);
  CHECK(site.one("SELECT value FROM controls WHERE key = 'halt'") == "enough");
  CHECK(run_redirected(site, ">&- 2>&-", "tvhook-exec", {"--flatten"}).code == 74);
  CHECK(site.one("SELECT quantity FROM positions") == "0");
  CHECK(site.one("PRAGMA integrity_check") == "ok");
}

TEST_CASE(
    "closed streams: without stdin there is nothing to do, without stderr nothing is said, and orders are "
    "made") {
  const Site site;
  const std::string signal = signal_line(site);
  CHECK(run_redirected(site, "<&-", "tvhook-exec").code == 0);
  const Finished mute = run_redirected(site, "2>&-", "tvhook-exec", {}, signal);
  CHECK(mute.code == 0);
  CHECK(mute.errors.empty());
  CHECK(records_of(mute.output).size() == 1);
  CHECK(site.one("PRAGMA integrity_check") == "ok");
}

TEST_CASE("closed streams: a listener says once that stdout is closed, and goes on with the journal alone") {
  const Site site;
  ProcessOptions options = redirected(site, "<&- >&-", "tvhook-listen", {"--address", "127.0.0.1:0"});
  options.wants_ready_pipe = true;
  Process process("/bin/sh", options);
  const std::string url = process.read_ready_line();
  const int port = std::stoi(url.substr(url.find(':', url.find("//")) + 1));
  for (const char* id : {"1", "2", "3"}) {
    CHECK(HttpConnection(port).post("/webhook", alert_body({.id = id})).status == 200);
  }
  process.send(SIGTERM);
  CHECK(process.wait() == 0);
  const std::string errors = process.errors();
  CAPTURE(errors);
  const auto said = errors.find("stdout is closed; going on with the journal alone");
  CHECK(said != std::string::npos);
  CHECK(errors.find("stdout is closed", said + 1) == std::string::npos);
  CHECK(site.one("SELECT count(*) FROM signals") == "3");
  CHECK(site.one("PRAGMA integrity_check") == "ok");
}
