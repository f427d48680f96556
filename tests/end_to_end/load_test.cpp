// Many at once, and a stop in the middle of it.
#include <thread>

#include "support/catch.hpp"
#include "support/record_fields.hpp"
#include "support/site.hpp"

using namespace tvh::test;

TEST_CASE("load: 1,000 alerts over 64 connections while exec follows become 1,000 orders") {
  constexpr int kAlerts = 1000;
  constexpr int kConnections = 64;
  const Site site("[venue.paper]\nfee_percent = \"0\"\n");
  Listener listener = site.listen({"--no-stdout"});
  auto exec = site.start("tvhook-exec", site.options({"--follow"}));

  std::vector<int> accepted(kConnections, 0);
  std::vector<std::thread> senders;
  for (int sender = 0; sender < kConnections; ++sender) {
    senders.emplace_back([&listener, &accepted, sender] {
      HttpConnection connection = listener.connect();
      for (int i = sender; i < kAlerts; i += kConnections) {
        const AlertText text{.id = std::to_string(i),
                             .symbol = "S" + std::to_string(i % 12) + "USDT",
                             .quantity = "0.001",
                             .price = "100",
                             .strategy = "s" + std::to_string(i % 7)};
        if (connection.post("/webhook", alert_body(text)).status == 200) ++accepted[std::size_t(sender)];
      }
    });
  }
  for (std::thread& sender : senders) sender.join();
  int total = 0;
  for (const int count : accepted) total += count;
  CHECK(total == kAlerts);

  CHECK(site.wait_for("SELECT count(*) FROM signals WHERE state = 'done'", "1000") == "1000");
  exec->send(SIGTERM);
  CHECK(exec->wait() == 0);
  CHECK(listener.stop() == 0);
  CHECK(site.one("SELECT count(*) FROM alerts WHERE status = 200") == "1000");
  CHECK(site.one("SELECT count(*) FROM signals") == "1000");
  CHECK(site.one("SELECT count(*) FROM intents WHERE state = 'filled'") == "1000");
  CHECK(site.one("SELECT count(DISTINCT client_order_id) FROM intents") == "1000");
  CHECK(site.one("SELECT count(DISTINCT client_order_id) FROM fills") == "1000");
  CHECK(site.one("SELECT printf('%.3f', sum(quantity)) FROM positions") == "1.000");
  CHECK(records_of(exec->output()).size() == 1000);
}

TEST_CASE("load: equal alerts over many connections at once are one signal") {
  const Site site;
  Listener listener = site.listen();
  std::vector<std::string> statuses(32);
  std::vector<std::thread> senders;
  for (std::string& status : statuses) {
    senders.emplace_back(
        [&listener, &status] { status = fields_of(listener.post(alert_body({})).body)["status"]; });
  }
  for (std::thread& sender : senders) sender.join();
  CHECK(std::count(statuses.begin(), statuses.end(), "accepted") == 1);
  CHECK(std::count(statuses.begin(), statuses.end(), "duplicate") == 31);
  CHECK(listener.stop() == 0);
  CHECK(site.one("SELECT count(*) FROM signals") == "1");
  CHECK(site.one("SELECT count(*) FROM alerts") == "32");
}

TEST_CASE("stop: SIGTERM with requests in flight answers them, then the listener exits 0") {
  const Site site;
  Listener listener = site.listen();
  std::vector<HttpConnection> connections;
  for (int i = 0; i < 16; ++i) connections.push_back(listener.connect());
  int number = 0;
  for (HttpConnection& connection : connections) {
    REQUIRE(connection.post("/webhook", alert_body({.id = std::to_string(number++)})).status == 200);
  }
  HttpConnection idle = listener.connect();
  REQUIRE(idle.get("/health").status == 200);
  HttpConnection slow = listener.connect();
  REQUIRE(slow.get("/health").status == 200);
  const std::string request = post_request("/webhook", alert_body({.id = "slow"}));
  slow.send(request.substr(0, request.size() - 20));
  for (HttpConnection& connection : connections) {
    connection.send(post_request("/webhook", alert_body({.id = std::to_string(number++)})));
  }
  listener.process().send(SIGTERM);
  int answered = 0;
  for (HttpConnection& connection : connections) {
    const auto answer = connection.read_answer();
    if (answer && answer->status == 200) ++answered;
  }
  slow.send(request.substr(request.size() - 20));
  const auto last = slow.read_answer();
  CHECK(answered == 16);
  REQUIRE(last.has_value());
  CHECK(last->status == 200);
  CHECK_FALSE(idle.read_answer().has_value());
  CHECK(listener.process().wait() == 0);
  CHECK(site.one("SELECT count(*) FROM signals") == "33");
  CHECK(lines_of(listener.process().output()).size() == 33);
}
