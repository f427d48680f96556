// One executor, its kill switch, and a journal that cannot be used.
#include <filesystem>

#include "support/catch.hpp"
#include "support/record_fields.hpp"
#include "support/site.hpp"

using namespace tvh::test;

TEST_CASE("one executor: a second one on the same journal exits 75 and says who holds it") {
  const Site site;
  Listener listener = site.listen({"--no-stdout"});
  auto first = site.start("tvhook-exec", site.options({"--follow"}));
  REQUIRE(listener.post(alert_body({.id = "1"})).status == 200);
  REQUIRE(first->wait_for_lines(1));
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"--follow"}, {}}) {
    const Finished second = site.run_tool("tvhook-exec", arguments);
    CAPTURE(second.errors);
    CHECK(second.code == 75);
    CHECK(second.errors.find("pid " + std::to_string(first->pid())) != std::string::npos);
  }
  REQUIRE(listener.post(alert_body({.id = "2"})).status == 200);
  CHECK(first->wait_for_lines(2));
  first->send(SIGTERM);
  CHECK(first->wait() == 0);
}

TEST_CASE("halt: nothing is sent while halted, --status says so, --resume lifts it") {
  const Site site;
  Listener listener = site.listen({"--no-stdout"});
  auto exec = site.start("tvhook-exec", site.options({"--follow"}));
  REQUIRE(listener.post(alert_body({.id = "before"})).status == 200);
  REQUIRE(exec->wait_for_lines(1));

  const Finished halt = site.run_tool("tvhook-exec", {"--halt", "looking into it"});
  CHECK(halt.code == 0);
  const Finished status = site.run_tool("tvhook-exec", {"--status"});
  CHECK(status.code == 0);
  CHECK(status.output.find("looking into it") != std::string::npos);
  REQUIRE(listener.post(alert_body({.id = "during"})).status == 200);
  REQUIRE(exec->wait_for_lines(2));
  const auto refusal = records_of(exec->output()).at(1);
  CHECK(refusal.at("kind") == "refusal");
  CHECK(refusal.at("reason") == "halted");
  CHECK(site.one("SELECT count(*) FROM intents") == "1");

  CHECK(site.run_tool("tvhook-exec", {"--resume"}).code == 0);
  CHECK(site.run_tool("tvhook-exec", {"--status"}).output.find("looking into it") == std::string::npos);
  REQUIRE(listener.post(alert_body({.id = "after"})).status == 200);
  REQUIRE(exec->wait_for_lines(3));
  CHECK(records_of(exec->output()).at(2).at("kind") == "order");
  exec->send(SIGTERM);
  CHECK(exec->wait() == 0);
  CHECK(site.one("SELECT count(*) FROM fills") == "2");
}

TEST_CASE("halt: it survives a restart, and without an executor running it works too") {
  const Site site;
  CHECK(site.run_tool("tvhook-exec", {"--halt", "night"}).code == 0);
  Listener listener = site.listen();
  REQUIRE(listener.post(alert_body({.id = "1"})).status == 200);
  REQUIRE(listener.stop() == 0);
  const Finished exec = site.run_tool("tvhook-exec", {}, listener.process().output());
  CHECK(exec.code == 1);
  CHECK(exec.output.find("halted") != std::string::npos);
  CHECK(site.one("SELECT count(*) FROM intents") == "0");
}

TEST_CASE("flatten: without an executor, what was accepted and waits is not executed by the next one") {
  const Site site;
  Listener listener = site.listen({"--no-stdout"});
  REQUIRE(listener.post(alert_body({.id = "before"})).status == 200);
  const Finished flatten = site.run_tool("tvhook-exec", {"--flatten"});
  CAPTURE(flatten.output, flatten.errors);
  CHECK(flatten.code == 0);
  REQUIRE(records_of(flatten.output).size() == 1);
  CHECK(records_of(flatten.output)[0].at("reason") == "flattened");
  auto exec = site.start("tvhook-exec", site.options({"--follow"}));
  REQUIRE(listener.post(alert_body({.id = "after", .strategy = "b"})).status == 200);
  REQUIRE(exec->wait_for_lines(1));
  exec->send(SIGTERM);
  CHECK(exec->wait() == 0);
  CHECK(site.one("SELECT group_concat(strategy) FROM intents") == "b");
}

TEST_CASE("flatten: one that was cut short is told by --status, until an executor has done it") {
  const Site site;
  const std::string signal = site.run_tool("tvhook-validate", {"-q"}, alert_body({})).output;
  REQUIRE(site.run_tool("tvhook-exec", {}, signal).code == 0);
  ProcessOptions dying = site.options({"--flatten", "--strategy", "ma_cross_v1"});
  dying.environment["TVHOOK_CRASH_AT"] = "intent_committed";
  site.start("tvhook-exec", dying)->wait();
  const std::string status = site.run_tool("tvhook-exec", {"--status"}).output;
  CAPTURE(status);
  CHECK(status.find("flatten of strategy ma_cross_v1, cut short: the next executor goes on with it") !=
        std::string::npos);
  REQUIRE(site.run_tool("tvhook-exec").code == 0);
  CHECK(site.run_tool("tvhook-exec", {"--status"}).output.find("request") == std::string::npos);
  CHECK(site.one("SELECT quantity FROM positions") == "0");
}

TEST_CASE("flatten: an exchange whose key cannot be read keeps nobody from getting out of the others") {
  const Site site(
      "[venue.far]\nkind = \"binance_usdm\"\napi_key = \"env:FAR_KEY\"\napi_secret = \"env:FAR_SECRET\"\n");
  ProcessOptions with_key = site.options();
  with_key.environment["FAR_KEY"] = with_key.environment["FAR_SECRET"] = "far-key-value";
  const std::string signal = site.run_tool("tvhook-validate", {"-q"}, alert_body({})).output;
  REQUIRE(run(tool("tvhook-exec"), with_key, signal).code == 0);
  REQUIRE(site.run_tool("tvhook-exec", {}, signal).code == 78);
  const Finished flatten = site.run_tool("tvhook-exec", {"--flatten"});
  CAPTURE(flatten.errors);
  CHECK(flatten.code == 0);
  CHECK(flatten.errors.find("venue far is left alone: ") != std::string::npos);
  CHECK(flatten.errors.find("FAR_KEY") != std::string::npos);
  CHECK(site.one("SELECT quantity FROM positions") == "0");
}

TEST_CASE("flatten: a strategy or symbol that nothing is known of is no success") {
  const Site site;
  const std::string signal = site.run_tool("tvhook-validate", {"-q"}, alert_body({})).output;
  REQUIRE(site.run_tool("tvhook-exec", {}, signal).code == 0);
  for (const std::vector<std::string>& wrong :
       std::vector<std::vector<std::string>>{{"--strategy", "MA_CROSS_V1"},
                                             {"--symbol", "BTCUSD"},
                                             {"--strategy", "ma_cross_v1", "--symbol", "ETHUSDT"}}) {
    std::vector<std::string> arguments{"--flatten"};
    arguments.insert(arguments.end(), wrong.begin(), wrong.end());
    const Finished flatten = site.run_tool("tvhook-exec", arguments);
    CAPTURE(flatten.errors);
    CHECK(flatten.code == 1);
    CHECK(flatten.errors.find("nothing was flattened: the journal knows no position") != std::string::npos);
  }
  CHECK(site.one("SELECT quantity FROM positions") == "0.01");
  CHECK(site.run_tool("tvhook-exec", {"--flatten", "--strategy", "ma_cross_v1", "--symbol", "BTCUSDT"}).code ==
        0);
  CHECK(site.run_tool("tvhook-exec", {"--flatten", "--strategy", "ma_cross_v1"}).code == 0);  // known, and flat
  CHECK(site.one("SELECT quantity FROM positions") == "0");
}

TEST_CASE("halt: a configuration with an error does not keep the running executor from being halted") {
  const Site site("[journal]\npath = \"journal.db\"\n");
  ProcessOptions options = site.options({"--follow"});
  options.environment.erase("TVHOOK_JOURNAL");
  auto exec = site.start("tvhook-exec", options);
  Listener listener = site.listen({"--no-stdout"});
  REQUIRE(listener.post(alert_body({.id = "1"})).status == 200);
  REQUIRE(exec->wait_for_lines(1));
  const std::string broken =
      GENERATE("[strategy.a]\nsizee = \"1\"\n", "[strategy.a\n", "[venue.x]\nkind = 1\n");
  write_file(site.file("tvhook.toml"), "[journal]\npath = \"journal.db\"\n" + broken);
  options.arguments = {"--halt", "looking into it"};
  const Finished halt = run(tool("tvhook-exec"), options);
  CAPTURE(halt.errors);
  CHECK(halt.code == 0);
  CHECK(halt.output.find("halted at") == 0);
  CHECK(halt.errors.find("tvhook.toml:") != std::string::npos);
  REQUIRE(listener.post(alert_body({.id = "2"})).status == 200);
  REQUIRE(exec->wait_for_lines(2));
  CHECK(records_of(exec->output()).at(1).at("reason") == "halted");

  options.arguments = {"--resume"};
  CHECK(run(tool("tvhook-exec"), options).code == 78);
  // Where the journal cannot be told, nothing is guessed, and the way out is named and works.
  write_file(site.file("tvhook.toml"), "[journal]\npath = journal.db\n");
  options.arguments = {"--halt", "again"};
  const Finished unclear = run(tool("tvhook-exec"), options);
  CHECK(unclear.code == 78);
  CHECK(unclear.errors.find("--journal FILE --config /dev/null") != std::string::npos);
  options.arguments = {"--halt", "again", "--journal", site.journal(), "--config", "/dev/null"};
  CHECK(run(tool("tvhook-exec"), options).code == 0);
  options.arguments = {"--halt", "again", "--journal", site.journal()};
  CHECK(run(tool("tvhook-exec"), options).code == 0);
  exec->send(SIGTERM);
  CHECK(exec->wait() == 0);
}

TEST_CASE("follow: what was accepted while exec was down is executed when it comes up") {
  const Site site;
  Listener listener = site.listen({"--no-stdout"});
  for (int i = 0; i < 4; ++i) REQUIRE(listener.post(alert_body({.id = std::to_string(i)})).status == 200);
  auto exec = site.start("tvhook-exec", site.options({"--follow"}));
  REQUIRE(exec->wait_for_lines(4));
  exec->send(SIGTERM);
  CHECK(exec->wait() == 0);
  CHECK(site.one("SELECT count(*) FROM signals WHERE state = 'done'") == "4");
}

TEST_CASE("journal: one in a folder that does not exist is refused with its path") {
  const std::string name = GENERATE("tvhook-listen", "tvhook-exec", "tvhook-reconcile", "tvhook-replay");
  CAPTURE(name);
  const Site site("", "/nonexistent-folder/of-a-test/journal.db");
  const Finished finished = site.run_tool(name);
  CAPTURE(finished.errors);
  CHECK(finished.code == 74);
  CHECK(finished.errors.find("/nonexistent-folder/of-a-test") != std::string::npos);
  CHECK(finished.output.empty());
}

TEST_CASE("journal: a read-only one is refused by the tools that must write") {
  const std::string name = GENERATE("tvhook-listen", "tvhook-exec");
  CAPTURE(name);
  const Site site;
  CHECK(site.run_tool("tvhook-exec", {"--halt", "x"}).code == 0);  // makes the journal
  for (const auto& entry : std::filesystem::directory_iterator(site.folder())) {
    std::filesystem::permissions(entry.path(), std::filesystem::perms::owner_read);
  }
  using std::filesystem::perms;
  std::filesystem::permissions(site.folder(), perms::owner_read | perms::owner_exec);
  ProcessOptions options = site.options();
  options.root_powers = RootPowers::dropped;
  const Finished finished = run(tool(name), options);
  std::filesystem::permissions(site.folder(), perms::owner_all);
  CAPTURE(finished.errors);
  CHECK(finished.code == 74);
  CHECK(finished.errors.find(site.journal()) != std::string::npos);
}

TEST_CASE("journal: one written by a newer program is refused, untouched") {
  const std::string name = GENERATE("tvhook-listen", "tvhook-exec", "tvhook-reconcile", "tvhook-replay");
  CAPTURE(name);
  const Site site;
  CHECK(site.run_tool("tvhook-exec", {"--halt", "x"}).code == 0);
  change_by_hand(site.journal(), "PRAGMA user_version = 999");
  const std::string before = dump(site.journal());
  const Finished finished = site.run_tool(name);
  CAPTURE(finished.errors);
  CHECK(finished.code == 78);
  CHECK(finished.errors.find("version 999") != std::string::npos);
  CHECK(dump(site.journal()) == before);
}

TEST_CASE("journal: a file that is no journal is refused, untouched") {
  const Site site;
  write_file(site.journal(), "my diary, not a database, and long enough to look at: " + std::string(4096, '.'));
  const std::string before = read_file(site.journal());
  const Finished finished = site.run_tool("tvhook-exec");
  CAPTURE(finished.errors);
  CHECK(finished.code == 65);
  CHECK(read_file(site.journal()) == before);
}
