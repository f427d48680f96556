// Killed at any instant: the work is finished once, by the next start, without anybody's help.
#include <random>
#include <thread>

#include "base/decimal.hpp"
#include "support/catch.hpp"
#include "support/record_fields.hpp"
#include "support/seed.hpp"
#include "support/site.hpp"

using namespace tvh::test;

static tvh::Decimal decimal(const std::string& text) { return tvh::Decimal::from_trusted(text); }
static constexpr int kKilled = 128 + SIGKILL;
static const char* const kOpenSignals = "SELECT count(*) FROM signals WHERE state IN ('pending', 'claimed')";

TEST_CASE("crash: killed between claim and fill, --follow finishes the work once") {
  const std::string point = GENERATE("claimed", "intent_committed", "submitted", "settled");
  CAPTURE(point);
  const Site site("[venue.paper]\nfee_percent = \"0\"\n");
  {
    Listener listener = site.listen();
    REQUIRE(listener.post(alert_body({.id = "one"})).status == 200);
    REQUIRE(listener.stop() == 0);
  }
  ProcessOptions options = site.options({"--follow"});
  options.environment["TVHOOK_CRASH_AT"] = point;
  auto doomed = site.start("tvhook-exec", options);
  REQUIRE(doomed->wait() == kKilled);
  CHECK(site.one("SELECT count(*) FROM signals WHERE state IN ('pending', 'claimed')") ==
        (point == "settled" ? "0" : "1"));

  {
    Listener listener = site.listen();
    REQUIRE(listener.post(alert_body({.id = "two", .symbol = "ETHUSDT", .price = "3000"})).status == 200);
    REQUIRE(listener.stop() == 0);
  }
  auto exec = site.start("tvhook-exec", site.options({"--follow"}));
  CHECK(site.wait_for("SELECT count(*) FROM signals WHERE state = 'done'", "2") == "2");
  exec->send(SIGTERM);
  CHECK(exec->wait() == 0);
  CHECK(site.one("SELECT group_concat(state) FROM intents WHERE instrument = 'BTCUSDT'") == "filled");
  CHECK(site.one("SELECT group_concat(quantity) FROM fills WHERE instrument = 'BTCUSDT'") == "0.01");
  CHECK(site.one("SELECT group_concat(quantity) FROM positions WHERE instrument = 'BTCUSDT'") == "0.01");
  // The paper account paid once: it and the journal agree.
  CHECK(site.run_tool("tvhook-reconcile", {"--venue", "paper"}).code == 0);
}

TEST_CASE("crash: killed again and again at the same point, the work is still done once") {
  const std::string point = GENERATE("claimed", "intent_committed", "submitted");
  CAPTURE(point);
  const Site site;
  {
    Listener listener = site.listen();
    REQUIRE(listener.post(alert_body({.id = "one"})).status == 200);
    REQUIRE(listener.stop() == 0);
  }
  ProcessOptions options = site.options({"--follow"});
  options.environment["TVHOOK_CRASH_AT"] = point;
  for (int i = 0; i < 3; ++i) {
    auto doomed = site.start("tvhook-exec", options);
    if (doomed->wait_for_lines(1)) break;  // past that point already: it finished the work
  }
  auto exec = site.start("tvhook-exec", site.options({"--follow"}));
  CHECK(site.wait_for("SELECT state FROM signals", "done") == "done");
  CHECK(site.one("SELECT count(*) FROM intents") == "1");
  CHECK(site.one("SELECT count(*) FROM fills") == "1");
}

TEST_CASE("crash: exec killed at random during a stream loses nothing and repeats nothing") {
  const unsigned seed = tvh::test::test_seed();
  CAPTURE(seed);
  std::mt19937 random(seed);
  const Site site("[venue.paper]\nfee_percent = \"0\"\n");
  Listener listener = site.listen({"--no-stdout"});
  // Alerts come for as long as there is killing.
  int sent = 0;
  std::jthread traffic([&listener, &sent](const std::stop_token& stop) {
    HttpConnection connection = listener.connect();
    for (; !stop.stop_requested(); ++sent) {
      const int i = sent;
      const AlertText text{.id = std::to_string(i),
                           .symbol = i % 2 == 0 ? "BTCUSDT" : "ETHUSDT",
                           .quantity = "0.001",
                           .price = "100",
                           .strategy = "s" + std::to_string(i % 3)};
      connection.post("/webhook", alert_body(text));
    }
  });
  for (int kill = 0; kill < 8; ++kill) {
    auto exec = site.start("tvhook-exec", site.options({"--follow"}));
    exec->wait_for_lines(1 + random() % 20);
    exec->send(SIGKILL);
    exec->wait();
  }
  traffic.request_stop();
  traffic.join();
  auto exec = site.start("tvhook-exec", site.options({"--follow"}));
  REQUIRE(
      listener.post(alert_body({.id = "last", .quantity = "0.001", .price = "100", .strategy = "s0"})).status ==
      200);
  REQUIRE(exec->wait_for_lines(1));
  CHECK(site.wait_for(kOpenSignals, "0") == "0");
  exec->send(SIGTERM);
  CHECK(exec->wait() == 0);

  const std::string all = std::to_string(sent + 1);
  const std::string quantity =
      multiply(tvh::Decimal(sent + 1), decimal("0.001"), tvh::Rounding::half_even).to_string();
  CHECK(site.one("SELECT count(*) FROM signals WHERE state = 'done'") == all);
  CHECK(site.one("SELECT count(DISTINCT client_order_id) FROM intents WHERE state = 'filled'") == all);
  CHECK(site.one("SELECT count(*) FROM intents") == all);
  CHECK(site.one("SELECT count(*) FROM fills") == all);
  CHECK(decimal(site.one("SELECT printf('%.3f', sum(quantity)) FROM positions")) == decimal(quantity));
  CHECK(decimal(site.one("SELECT printf('%.3f', sum(quantity)) FROM fills")) == decimal(quantity));
  CHECK(site.run_tool("tvhook-reconcile", {"--venue", "paper"}).code == 0);
}

TEST_CASE("crash: listen killed at random keeps every alert it acknowledged, and a resend is recognised") {
  const unsigned seed = tvh::test::test_seed();
  CAPTURE(seed);
  std::mt19937 random(seed);
  const Site site;
  int acknowledged = 0;
  int number = 0;
  for (int kill = 0; kill < 5; ++kill) {
    Listener listener = site.listen();
    HttpConnection connection = listener.connect();
    const int answered = 1 + int(random() % 30);
    for (int i = 0; i < answered; ++i, ++acknowledged) {
      REQUIRE(connection.post("/webhook", alert_body({.id = std::to_string(number++)})).status == 200);
    }
    connection.send(
        post_request("/webhook", alert_body({.id = std::to_string(number)})));  // perhaps in, perhaps not
    listener.process().send(SIGKILL);
    listener.process().wait();
    Listener again = site.listen();
    REQUIRE(again.post(alert_body({.id = std::to_string(number++)})).status == 200);
    ++acknowledged;
  }
  CHECK(site.one("SELECT count(*) FROM signals") == std::to_string(acknowledged));
  CHECK(site.one("SELECT count(*) FROM signals WHERE state = 'pending'") == std::to_string(acknowledged));
}
