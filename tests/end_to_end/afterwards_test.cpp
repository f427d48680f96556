// Proving afterwards what was done: reconcile, replay, validate.
#include "support/catch.hpp"
#include "support/record_fields.hpp"
#include "support/site.hpp"

using namespace tvh::test;

namespace {

// Three orders of two strategies, executed; returns the signals as the listener printed them.
std::string trade(const Site& site) {
  Listener listener = site.listen();
  for (const AlertText& text :
       {AlertText{.id = "1"}, AlertText{.id = "2", .symbol = "ETHUSDT", .price = "3000"},
        AlertText{.id = "3", .quantity = "0.002", .strategy = "breakout"}}) {
    if (listener.post(alert_body(text)).status != 200) throw std::runtime_error("not accepted");
  }
  if (listener.stop() != 0) throw std::runtime_error("the listener did not stop well");
  const std::string signals = listener.process().output();
  const Finished exec = site.run_tool("tvhook-exec", {}, signals);
  if (exec.code != 0) throw std::runtime_error("not executed: " + exec.errors + exec.output);
  return signals;
}

}  // namespace

TEST_CASE("reconcile: without drift it exits 0") {
  const Site site;
  trade(site);
  const Finished table = site.run_tool("tvhook-reconcile", {"--venue", "paper"});
  CAPTURE(table.output, table.errors);
  CHECK(table.code == 0);
  const Finished json = site.run_tool("tvhook-reconcile", {"--venue", "paper", "--format", "json"});
  CHECK(json.code == 0);
  CHECK(json.output.empty());
}

TEST_CASE("reconcile: a position changed by hand is drift, in table and JSON, with exit 1") {
  const Site site;
  trade(site);
  change_by_hand(site.journal(), "UPDATE positions SET quantity = '0.5' WHERE strategy = 'breakout'");
  const Finished table = site.run_tool("tvhook-reconcile", {"--venue", "paper"});
  CAPTURE(table.output, table.errors);
  CHECK(table.code == 1);
  CHECK(table.output.find("BTCUSDT") != std::string::npos);
  const Finished json = site.run_tool("tvhook-reconcile", {"--venue", "paper", "--format", "json"});
  CHECK(json.code == 1);
  const auto drifts = records_of(json.output);
  REQUIRE(drifts.size() >= 1);
  CHECK(drifts[0].at("kind") == "drift");
  CHECK(drifts[0].at("instrument") == "BTCUSDT");
}

TEST_CASE("replay: prints what was received, byte for byte, and filters it") {
  const Site site;
  const std::string signals = trade(site);
  const Finished all = site.run_tool("tvhook-replay");
  CHECK(all.code == 0);
  CHECK(all.output == signals);
  const auto lines = lines_of(signals);
  CHECK(site.run_tool("tvhook-replay", {"--symbol", "ETHUSDT"}).output == lines[1] + "\n");
  CHECK(site.run_tool("tvhook-replay", {"--strategy", "breakout"}).output == lines[2] + "\n");
  CHECK(site.run_tool("tvhook-replay", {"--from", "2100-01-01T00:00:00Z"}).output.empty());
}

TEST_CASE("replay: through paper it trades beside the journal and touches nothing in it") {
  const Site site;
  trade(site);
  const std::string before = dump(site.journal());
  const Finished replay = site.run_tool("tvhook-replay", {"--venue", "paper"});
  CAPTURE(replay.output, replay.errors);
  CHECK(replay.code == 0);
  const auto orders = records_of(replay.output);
  REQUIRE(orders.size() == 3);
  for (const auto& order : orders) {
    CHECK(order.at("kind") == "order");
    CHECK(order.at("state") == "filled");
  }
  CHECK(dump(site.journal()) == before);
}

TEST_CASE("validate: what the listener accepts is valid offline too, and its output runs in exec") {
  const Site site;
  const std::string alerts =
      alert_body({.id = "1"}) + "\n" + alert_body({.id = "2", .action = "COMPRA"}) + "\n";
  const Finished validate = site.run_tool("tvhook-validate", {}, alerts);
  CAPTURE(validate.output, validate.errors);
  CHECK(validate.code == 0);
  REQUIRE(records_of(validate.output).size() == 2);
  const Finished exec = site.run_tool("tvhook-exec", {}, validate.output);
  CAPTURE(exec.output, exec.errors);
  CHECK(exec.code == 0);
  CHECK(site.one("SELECT count(*) FROM fills") == "2");
}

TEST_CASE("validate: one bad alert among good ones is named with its place, and the exit is 1") {
  const Site site;
  const std::string bad = R"({"action":"buy","symbol":"BTCUSDT","quantity":-3})";
  const Finished validate = site.run_tool("tvhook-validate", {}, alert_body({.id = "1"}) + "\n" + bad + "\n");
  CAPTURE(validate.output, validate.errors);
  CHECK(validate.code == 1);
  CHECK(records_of(validate.output).size() == 1);
  CHECK(validate.errors.find("-:2:") != std::string::npos);
  CHECK(validate.errors.find("quantity") != std::string::npos);
}
