// GET /health/deep: what an operator's monitoring is told.
#include "support/catch.hpp"
#include "support/site.hpp"

using namespace tvh::test;

namespace {

class DeepHealthSite {
 public:
  explicit DeepHealthSite(const std::string& rules)
      : site(kAdmin + rules), listener(site.listen({"--no-stdout"})), port_(listener.admin_port()) {}

  HttpAnswer ask() const { return HttpConnection(port_).get("/health/deep"); }
  // The latest signal came `ago`.
  void make_older(const std::string& ago) const {
    for (const std::string table : {"signals", "latest_signals"}) {
      change_by_hand(site.journal(),
                     "UPDATE " + table + " SET received_at = received_at - " + ago + " * 1000000000");
    }
  }

  Site site;
  Listener listener;

 private:
  int port_ = 0;
};

bool says(const HttpAnswer& answer, const std::string& text) {
  return answer.body.find(text) != std::string::npos;
}

}  // namespace

TEST_CASE("deep health: a silence that is longer than it may be is 503 until the next signal") {
  DeepHealthSite with("silent_after = \"1h\"\nbacklog_after = \"300h\"\n");
  HttpAnswer answer = with.ask();
  CHECK(answer.status == 200);  // counted from the start
  CHECK(says(answer, "\"last_signal_at\":null,\"silent\":false"));
  REQUIRE(with.listener.post(alert_body({.id = "one"})).status == 200);
  with.make_older("3500");
  CHECK(with.ask().status == 200);
  with.make_older("200");
  answer = with.ask();
  CHECK(answer.status == 503);
  CHECK(says(answer, "\"status\":\"attention\""));
  CHECK(says(answer, "\"silent\":true"));
  CHECK(with.listener.connect().get("/health").status == 200);  // alerts are taken all the same
  REQUIRE(with.listener.post(alert_body({.id = "two"})).status == 200);
  CHECK(with.ask().status == 200);
}

TEST_CASE("deep health: an old record that an executor was given is not the last signal that came") {
  DeepHealthSite with("silent_after = \"1h\"\nbacklog_after = \"300h\"\n");
  REQUIRE(with.listener.post(alert_body({.id = "one"})).status == 200);
  change_by_hand(
      with.site.journal(),
      "INSERT INTO signals (id, received_at, strategy, symbol, market, action, record, event_at, state) "
      "SELECT 'old', 1, strategy, symbol, market, action, record, 1, 'done' FROM signals");
  CHECK(with.ask().status == 200);
}

TEST_CASE("deep health: a signal that nobody executes is a backlog after a while, and none once it is over") {
  DeepHealthSite with("");
  REQUIRE(with.listener.post(alert_body({.id = "one"})).status == 200);
  HttpAnswer answer = with.ask();
  CHECK(answer.status == 200);
  CHECK(says(answer, "\"pending\":1"));
  with.make_older("301");
  answer = with.ask();
  CHECK(answer.status == 503);
  CHECK(says(answer, "\"backlog\":true"));
  CHECK(says(answer, "\"silent\":false"));
  change_by_hand(with.site.journal(), "UPDATE signals SET state = 'done'");
  answer = with.ask();
  CHECK(answer.status == 200);
  CHECK(says(answer, "\"pending\":0,\"oldest_pending_at\":null,\"backlog\":false"));
}

TEST_CASE("deep health: what may be waited for is read anew at SIGHUP") {
  DeepHealthSite with("");
  REQUIRE(with.listener.post(alert_body({.id = "one"})).status == 200);
  with.make_older("301");
  CHECK(with.ask().status == 503);
  write_file(with.site.file("tvhook.toml"), std::string(kAdmin) + "backlog_after = \"1h\"\n");
  with.listener.process().send(SIGHUP);
  REQUIRE(with.listener.process().wait_for_errors("reloaded"));
  CHECK(with.ask().status == 200);
}
