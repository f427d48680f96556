// Neighbours that misbehave, starts in the wrong order, stops at a bad moment.
#include <filesystem>

#include "support/catch.hpp"
#include "support/record_fields.hpp"
#include "support/site.hpp"

using namespace tvh::test;

TEST_CASE("locked journal: somebody who holds it for long costs a 503 within 3 s, and the resend is accepted") {
  const Site site;
  Listener listener = site.listen({"--no-stdout"});
  REQUIRE(listener.post(alert_body({.id = "before"})).status == 200);
  ProcessOptions options;
  options.arguments = {"-batch", site.journal()};
  options.input = Input::pipe;
  Process holder("sqlite3", options);
  holder.write_input("BEGIN IMMEDIATE;\n.system echo locked\n");
  REQUIRE(holder.wait_for_lines(1));

  const auto begin = std::chrono::steady_clock::now();
  const HttpAnswer answer = listener.post(alert_body({.id = "meanwhile"}));
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::milliseconds(3000));
  CHECK(answer.status == 503);
  CHECK(answer.headers.count("retry-after") == 1);
  holder.close_input();
  holder.wait();

  const HttpAnswer resent = listener.post(alert_body({.id = "meanwhile"}));
  CHECK(resent.status == 200);
  CHECK(listener.stop() == 0);
  CHECK(site.one("SELECT count(*) FROM signals") == "2");
}

TEST_CASE("order of starting: exec --follow may come up before there is a journal or a listener") {
  const Site site;
  auto exec = site.start("tvhook-exec", site.options({"--follow"}));
  Listener listener = site.listen({"--no-stdout"});
  REQUIRE(listener.post(alert_body({.id = "1"})).status == 200);
  CHECK(exec->wait_for_lines(1));
  exec->send(SIGINT);
  CHECK(exec->wait() == 0);
}

TEST_CASE("stop: exec whose stdin has not ended says that it was cut short") {
  const Site site;
  ProcessOptions options = site.options();
  options.input = Input::pipe;
  Listener listener = site.listen();
  REQUIRE(listener.post(alert_body({.id = "1"})).status == 200);
  REQUIRE(listener.stop() == 0);
  auto exec = site.start("tvhook-exec", options);
  exec->write_input(listener.process().output());
  REQUIRE(exec->wait_for_lines(1));
  exec->send(SIGTERM);
  CHECK(exec->wait() == 143);
  CHECK(site.one("SELECT state FROM signals") == "done");
}

TEST_CASE("stop: Ctrl-C for the whole pipeline ends both ends, with every answered alert on record") {
  const Site site;
  Listener listener = site.listen();
  for (int i = 0; i < 5; ++i) REQUIRE(listener.post(alert_body({.id = std::to_string(i)})).status == 200);
  listener.process().send(SIGINT);
  CHECK(listener.process().wait() == 0);
  CHECK(site.one("SELECT count(*) FROM signals") == "5");
}

TEST_CASE("last line: a signal without its newline is executed too") {
  const Site site;
  Listener listener = site.listen();
  REQUIRE(listener.post(alert_body({.id = "1"})).status == 200);
  REQUIRE(listener.stop() == 0);
  std::string line = listener.process().output();
  line.pop_back();
  CHECK(site.run_tool("tvhook-exec", {}, line).code == 0);
  CHECK(site.one("SELECT count(*) FROM fills") == "1");
}

TEST_CASE("secrets: several by name, from environment and file, each is accepted and stored under its name") {
  const Site site;
  write_file(site.file("desk.secret"), "desk-secret-value\n");
  std::filesystem::permissions(site.file("desk.secret"), std::filesystem::perms::owner_read);
  write_file(site.file("tvhook.toml"),
             "[auth.secrets]\nmain = \"env:MAIN\"\ndesk = \"file:" + site.file("desk.secret") + "\"\n");
  ProcessOptions options = site.options({"--address", "127.0.0.1:0"});
  options.environment.erase("TVHOOK_SECRET");
  options.environment["MAIN"] = "main-secret-value";
  Listener listener(options);
  const std::string rest = R"(,"action":"buy","symbol":"BTCUSDT","quantity":1,"signal_id":)";
  CHECK(listener.post(R"({"token":"main-secret-value")" + rest + "\"1\"}").status == 200);
  CHECK(listener.post(R"({"segredo":"desk-secret-value")" + rest + "\"2\"}").status == 200);
  CHECK(listener.post(R"({"secret":"desk-secret-valu")" + rest + "\"3\"}").status == 401);
  CHECK(listener.post(R"({"secret":"desk-secret-value\n")" + rest + "\"4\"}").status == 401);
  CHECK(listener.post(R"({"secret":"")" + rest + "\"5\"}").status == 401);
  CHECK(listener.stop() == 0);
  CHECK(site.one("SELECT body FROM alerts WHERE rowid = 1").find("[secret:main]") != std::string::npos);
  CHECK(site.one("SELECT body FROM alerts WHERE rowid = 2").find("[secret:desk]") != std::string::npos);
}

TEST_CASE("secrets: a file that others may read is refused with the command that cures it") {
  const Site site;
  write_file(site.file("open.secret"), "value\n");
  std::filesystem::permissions(site.file("open.secret"), std::filesystem::perms(0644));
  const Finished listener =
      site.run_tool("tvhook-listen", {"--address", "127.0.0.1:0", "--secret-file", "open.secret"});
  CHECK(listener.code == 78);
  CHECK(listener.errors.find("chmod 600") != std::string::npos);
}

TEST_CASE("check: --check of every tool changes nothing") {
  const std::string name =
      GENERATE("tvhook-listen", "tvhook-validate", "tvhook-exec", "tvhook-reconcile", "tvhook-replay");
  CAPTURE(name);
  const Site site;
  const Finished check = site.run_tool(name, {"--check"});
  CAPTURE(check.errors);
  CHECK((check.code == 0 || check.code == 74));  // 74: there is no journal yet, for those that only read one
  CHECK_FALSE(std::filesystem::exists(site.journal()));
  CHECK(check.output.empty());
}
