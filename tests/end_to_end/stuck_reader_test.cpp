// Whoever reads the executor's stdout, or the listener's stderr, stops reading: the journal is the truth, they
// are a convenience.
#include "support/catch.hpp"
#include "support/site.hpp"

using namespace tvh::test;

namespace {

constexpr int kAlerts = 300;  // their records are several pipes full

std::unique_ptr<Process> follow_unread(const Site& site) {
  ProcessOptions options = site.options({"--follow"});
  options.output = Output::left_in_the_pipe;
  return site.start("tvhook-exec", options);
}

void post_all(const Listener& listener) {
  for (int i = 0; i < kAlerts; ++i)
    REQUIRE(listener.post(alert_body({.id = "stuck" + std::to_string(i), .quantity = "0.0001"})).status == 200);
}

// The listener's stderr is full before the first half of the alerts is in.
ProcessOptions unread_errors(const Site& site) {
  ProcessOptions options = site.options({"--address", "127.0.0.1:0", "--no-stdout"});
  options.errors = Output::left_in_the_pipe;
  return options;
}

}  // namespace

TEST_CASE("stuck reader: orders go on, and so does everything that is asked of the executor") {
  const Site site;
  const Listener listener = site.listen({"--no-stdout"});
  const auto exec = follow_unread(site);
  post_all(listener);
  CHECK(site.wait_for("SELECT count(*) FROM signals WHERE state = 'done'", std::to_string(kAlerts)) ==
        std::to_string(kAlerts));
  CHECK(site.run_tool("tvhook-exec", {"--halt", "nobody reads"}).code == 0);
  // Asked to stop it does not wait for ever for the reader, and says what it could not tell.
  exec->send(SIGTERM);
  CHECK(exec->wait() == 74);
  CHECK(exec->errors().find("stdout is not read") != std::string::npos);
  CHECK(site.one("SELECT count(*) FROM intents WHERE state = 'filled'") == std::to_string(kAlerts));
}

TEST_CASE("stuck reader: one that goes away ends the executor cleanly, whatever was left for it") {
  const Site site;
  const Listener listener = site.listen({"--no-stdout"});
  const auto exec = follow_unread(site);
  post_all(listener);
  CHECK(site.wait_for("SELECT count(*) FROM signals WHERE state = 'done'", std::to_string(kAlerts)) ==
        std::to_string(kAlerts));
  exec->close_output();
  CHECK(exec->wait() == 0);
}

TEST_CASE(
    "stuck reader: a listener whose stderr nobody reads answers all the same, and stops when it is asked to") {
  const Site site;
  Listener listener(unread_errors(site));
  post_all(listener);
  CHECK(listener.stop() == 0);
  CHECK(site.one("SELECT count(*) FROM signals") == std::to_string(kAlerts));
}

TEST_CASE("stuck reader: a newer listener takes over from one whose stderr nobody reads") {
  const Site site;
  Listener first(unread_errors(site));
  post_all(first);
  Listener second = site.listen({"--no-stdout", "--takeover"});
  CHECK(first.process().wait() == 0);
  CHECK(second.post(alert_body({.id = "after"})).status == 200);
}
