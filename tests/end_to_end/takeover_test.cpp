// A newer listener takes the place of a running one: TradingView sends an alert once.
#include <atomic>
#include <thread>

#include "support/catch.hpp"
#include "support/site.hpp"

using namespace tvh::test;

namespace {

Listener successor(const Site& site) { return site.listen({"--no-stdout", "--takeover"}); }

bool answers(int port) {
  try {
    return HttpConnection(port).get("/health/deep").status == 200;
  } catch (const std::exception&) {
    return false;
  }
}

}  // namespace

TEST_CASE(
    "takeover: alerts that come all the while are answered 200, each stored once, and the former one ends") {
  const Site site;
  auto first = std::make_unique<Listener>(site.listen({"--no-stdout"}));
  const int port = first->port();
  constexpr int kSenders = 4;
  std::atomic<bool> enough{false};
  std::atomic<int> sent{0};
  std::atomic<int> answered{0};
  std::vector<std::thread> senders;
  for (int sender = 0; sender < kSenders; ++sender) {
    senders.emplace_back([&, sender] {
      for (int i = 0; !enough; ++i) {
        ++sent;
        const std::string id = "s" + std::to_string(sender) + "-" + std::to_string(i);
        try {
          // A connection for each, as TradingView does.
          answered += int(HttpConnection(port).post("/webhook", alert_body({.id = id})).status == 200);
        } catch (const std::exception&) {
        }
      }
    });
  }
  for (int generation = 0; generation < 5; ++generation) {
    const std::string enough_came =
        "SELECT count(*) >= " + std::to_string(25 * (generation + 1)) + " FROM signals";
    CHECK(site.wait_for(enough_came, "1") == "1");
    auto next = std::make_unique<Listener>(successor(site));
    CHECK(next->port() == port);
    CHECK(first->process().wait() == 0);
    first = std::move(next);
  }
  enough = true;
  for (auto& sender : senders) sender.join();
  CHECK(answered == sent);
  CHECK(sent > 100);
  CHECK(site.one("SELECT count(*) FROM signals") == std::to_string(sent.load()));
  CHECK(first->stop() == 0);
}

TEST_CASE(
    "takeover: on kept connections too every alert is answered, and the last answer says it is the last") {
  const Site site;
  auto first = std::make_unique<Listener>(site.listen({"--no-stdout"}));
  const int port = first->port();
  constexpr int kSenders = 4;
  std::atomic<bool> enough{false};
  std::atomic<int> sent{0};
  std::atomic<int> answered{0};
  std::vector<std::thread> senders;
  for (int sender = 0; sender < kSenders; ++sender) {
    senders.emplace_back([&, sender] {
      auto kept = std::make_unique<HttpConnection>(port);
      for (int i = 0; !enough; ++i) {
        ++sent;
        const std::string id = "k" + std::to_string(sender) + "-" + std::to_string(i);
        bool is_last = true;
        try {
          const HttpAnswer answer = kept->post("/webhook", alert_body({.id = id}));
          answered += int(answer.status == 200);
          is_last = answer.headers.contains("connection");
        } catch (const std::exception&) {
        }
        if (is_last) kept = std::make_unique<HttpConnection>(port);
      }
    });
  }
  for (int generation = 0; generation < 5; ++generation) {
    const std::string enough_came =
        "SELECT count(*) >= " + std::to_string(25 * (generation + 1)) + " FROM signals";
    CHECK(site.wait_for(enough_came, "1") == "1");
    auto next = std::make_unique<Listener>(successor(site));
    CHECK(first->process().wait() == 0);
    first = std::move(next);
  }
  enough = true;
  for (auto& sender : senders) sender.join();
  CHECK(answered == sent);
  CHECK(site.one("SELECT count(*) FROM signals") == std::to_string(sent.load()));
}

TEST_CASE("takeover: a request that is half sent is answered by whom it was sent to") {
  const Site site;
  Listener first = site.listen({"--no-stdout"});
  HttpConnection slow = first.connect();
  const std::string body = alert_body({.id = "slow"});
  slow.send("POST /webhook HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
            body.substr(0, 10));
  Listener second = successor(site);
  REQUIRE(first.process().wait_for_errors("a newer listener serves now"));
  slow.send(body.substr(10));
  const auto answer = slow.read_answer();
  REQUIRE(answer.has_value());
  CHECK(answer->status == 200);
  CHECK(first.process().wait() == 0);
  CHECK(second.post(alert_body({.id = "slow"})).status == 200);
  CHECK(site.one("SELECT count(*) FROM signals") == "1");
}

TEST_CASE("takeover: one that asks for another address is refused, and the running one goes on") {
  const Site site;
  Listener first = site.listen({"--no-stdout"});
  const int other = first.port() == 65535 ? 65534 : first.port() + 1;
  const Finished refused = site.run_tool(
      "tvhook-listen", {"--no-stdout", "--takeover", "--address", "127.0.0.1:" + std::to_string(other)});
  CHECK(refused.code == 78);
  CHECK(refused.errors.find("--takeover changes no address") != std::string::npos);
  REQUIRE(first.process().wait_for_errors("this one goes on"));
  CHECK(first.post(alert_body({.id = "after"})).status == 200);
  Listener second = successor(site);
  CHECK(first.process().wait() == 0);
  CHECK(second.post(alert_body({.id = "later"})).status == 200);
}

TEST_CASE("takeover: port 0 is any port, but no other address, least of all without a secret") {
  const Site site;
  Listener first(site.options({"--no-stdout", "--address", "127.0.0.2:0"}));
  for (const std::string option : {"--no-stdout", "--no-auth"}) {
    const Finished refused = site.run_tool("tvhook-listen", {option, "--takeover", "--address", "127.0.0.1:0"});
    CHECK(refused.code == 78);
    CHECK(refused.errors.find("--takeover changes no address") != std::string::npos);
  }
  CHECK(first.process().running());
}

TEST_CASE(
    "takeover: --check finds nothing wrong with an address that the journal's own listener has, and tells it "
    "nothing") {
  const Site site(kAdmin);
  Listener first = site.listen({"--no-stdout"});
  const std::string admin = "127.0.0.1:" + std::to_string(first.admin_port());
  write_file(site.file("tvhook.toml"), "[listen]\nadmin_address = \"" + admin + "\"\n");
  const std::string address = "127.0.0.1:" + std::to_string(first.port());
  const auto check = [&](const std::vector<std::string>& arguments) {
    std::vector<std::string> all{"--check"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    const Finished finished = site.run_tool("tvhook-listen", all);
    CAPTURE(finished.errors);
    return finished.code;
  };
  CHECK(check({"--address", address}) == 0);
  CHECK(check({"--address", address, "--takeover"}) == 0);
  CHECK(check({"--address", "127.0.0.1:0"}) == 0);
  CHECK(check({"--address", "127.0.0.1:" + std::to_string(first.port() ^ 1), "--takeover"}) == 78);
  const Site other;
  CHECK(other.run_tool("tvhook-listen", {"--check", "--address", address}).code == 75);
  CHECK(first.post(alert_body({.id = "after"})).status == 200);
  CHECK(first.stop() == 0);
  CHECK(first.process().errors().find("newer listener") == std::string::npos);
}

TEST_CASE("takeover: where none runs, or one was killed, it is a start like any other") {
  const Site site;
  {
    Listener first = successor(site);
    CHECK(first.process().wait_for_errors("nothing is taken over"));
    first.process().send(SIGKILL);
    first.process().wait();
  }
  Listener second = successor(site);
  CHECK(second.post(alert_body({.id = "one"})).status == 200);
  Listener third = successor(site);  // the socket the killed one left behind is replaced
  CHECK(second.process().wait() == 0);
  CHECK(third.post(alert_body({.id = "two"})).status == 200);
}

TEST_CASE("takeover: deep health's address is handed over as well") {
  const Site site(kAdmin);
  Listener first = site.listen({"--no-stdout"});
  const int port = first.admin_port();
  Listener second = successor(site);
  CHECK(second.admin_port() == port);
  CHECK(first.process().wait() == 0);
  CHECK(HttpConnection(port).get("/health/deep").status == 200);
}

TEST_CASE("takeover: an admin address that changed is bound anew, and nobody listens at one that is no more") {
  const Site site("[listen]\nadmin_address = \"127.0.0.2:0\"\n");
  Listener first = site.listen({"--no-stdout"});
  write_file(site.file("tvhook.toml"), kAdmin);
  Listener second = successor(site);
  CHECK(first.process().wait() == 0);
  const int port = second.admin_port();
  CHECK(second.process().wait_for_errors("http://127.0.0.1:" + std::to_string(port) + "/health/deep"));
  CHECK(answers(port));
  write_file(site.file("tvhook.toml"), "");
  Listener third = successor(site);
  CHECK(second.process().wait() == 0);
  CHECK_THROWS(HttpConnection(port));
  CHECK(third.post(alert_body({.id = "after"})).status == 200);
}
