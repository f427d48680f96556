// HTTP as it really arrives: in pieces, several at once, half, and not at all.
#include "support/catch.hpp"
#include "support/record_fields.hpp"
#include "support/site.hpp"

using namespace tvh::test;

TEST_CASE("connections: a request byte by byte is one request") {
  const Site site;
  Listener listener = site.listen();
  HttpConnection connection = listener.connect();
  for (const char byte : post_request("/webhook", alert_body({.id = "slow"})))
    connection.send(std::string(1, byte));
  const auto answer = connection.read_answer();
  REQUIRE(answer.has_value());
  CHECK(answer->status == 200);
}

TEST_CASE("connections: requests in one packet are answered each, in order") {
  const Site site;
  Listener listener = site.listen();
  HttpConnection connection = listener.connect();
  std::string all;
  for (int i = 0; i < 5; ++i) all += post_request("/webhook", alert_body({.id = std::to_string(i % 3)}));
  connection.send(all);
  std::vector<std::string> statuses;
  for (int i = 0; i < 5; ++i) {
    const auto answer = connection.read_answer();
    REQUIRE(answer.has_value());
    statuses.push_back(fields_of(answer->body).at("status"));
  }
  CHECK(statuses == std::vector<std::string>{"accepted", "accepted", "accepted", "duplicate", "duplicate"});
}

TEST_CASE("connections: a sender that leaves in the middle of a request leaves nothing behind") {
  const Site site;
  Listener listener = site.listen();
  const std::string request = post_request("/webhook", alert_body({.id = "half"}));
  for (std::size_t sent = 1; sent < request.size(); sent += 7) listener.connect().send(request.substr(0, sent));
  REQUIRE(listener.post(alert_body({.id = "whole"})).status == 200);
  REQUIRE(listener.stop() == 0);
  CHECK(site.one("SELECT count(*) FROM signals") == "1");
}

TEST_CASE("connections: a sender that does not wait for its answer has still been heard") {
  const Site site;
  Listener listener = site.listen();
  listener.connect().send(post_request("/webhook", alert_body({.id = "impatient"})));
  CHECK(site.wait_for("SELECT count(*) FROM signals", "1") == "1");
}

TEST_CASE("connections: hundreds of idle ones do not keep an alert out") {
  const Site site;
  Listener listener = site.listen();
  std::vector<HttpConnection> idle;
  for (int i = 0; i < 500; ++i) idle.push_back(listener.connect());
  CHECK(listener.post(alert_body({.id = "1"})).status == 200);
  for (HttpConnection& connection : idle) CHECK(connection.get("/health").status == 200);
  CHECK(listener.stop() == 0);
}

TEST_CASE("connections: whatever Content-Type says, JSON is JSON") {
  const Site site;
  Listener listener = site.listen();
  int number = 0;
  for (const char* type :
       {"text/plain; charset=utf-8", "application/json", "application/x-www-form-urlencoded", ""}) {
    HttpConnection connection = listener.connect();
    CHECK(
        connection
            .post("/webhook", "\xef\xbb\xbf\n " + alert_body({.id = std::to_string(number++)}) + "\r\n\n", type)
            .status == 200);
  }
}

TEST_CASE("connections: Expect: 100-continue gets its interim answer and then the real one") {
  const Site site;
  Listener listener = site.listen();
  HttpConnection connection = listener.connect();
  const std::string body = alert_body({.id = "1"});
  connection.send("POST /webhook HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: " +
                  std::to_string(body.size()) + "\r\n\r\n");
  connection.send(body);
  const auto answer = connection.read_answer();
  REQUIRE(answer.has_value());
  CHECK(answer->status == 200);
}

TEST_CASE("listen: an address in use is told with the address, and the exit is not 0") {
  const Site site;
  Listener listener = site.listen();
  const std::string url = listener.url();
  const std::string address = url.substr(7, url.find('/', 7) - 7);
  const Finished second = site.run_tool("tvhook-listen", {"--address", address});
  CAPTURE(second.errors);
  CHECK(second.code == 75);
  CHECK(second.errors.find(address) != std::string::npos);
}
