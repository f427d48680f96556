// Many who want in at once: who is never kept out by them, and who makes room.
#include <algorithm>

#include "server/server.hpp"
#include "support/catch.hpp"
#include "unit/server/echo_application.hpp"
#include "unit/server/loopback_client.hpp"

using namespace tvh;
using namespace tvh::server;
using namespace tvh::test;
using namespace std::chrono_literals;

namespace {

constexpr const char* kStranger = "127.0.0.2";

// 127.0.0.1 is unlimited; every other address is a stranger's.
struct Site {
  explicit Site(const Limits& limits, EchoApplication::Mode mode = EchoApplication::Mode::answer_at_once)
      : application(mode), server({"127.0.0.1", 0}, limits, application) {
    server.set_sources({.trusted_proxies = {}, .unlimited = AddressSet({*parse_network("127.0.0.1")})});
    REQUIRE(server.start().has_value());
  }
  LoopbackClient connect() const { return LoopbackClient(server.endpoint().port); }
  LoopbackClient stranger(const char* from = kStranger) const {
    return LoopbackClient(server.endpoint().port, from);
  }

  EchoApplication application;
  Server server;
};

// Sends the head alone; returns when the server has read it.
void promise_body(LoopbackClient& client, std::size_t bytes) {
  client.send("POST /promised HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: " +
              std::to_string(bytes) + "\r\n\r\n");
  REQUIRE(client.read_answer().value().status == 100);
}

}  // namespace

TEST_CASE("server: bodies that are promised and not sent keep nobody's alert out") {
  Limits limits;
  limits.body_bytes = 1000;
  limits.all_body_bytes = 2500;
  Site site(limits);
  std::vector<LoopbackClient> promising;
  for (int i = 0; i < 10; ++i) {
    promising.push_back(site.stranger());
    promise_body(promising.back(), 1000);
  }
  CHECK(site.stranger("127.0.0.3").post("/", std::string(1000, 'x')).value().status == 200);
  CHECK(site.connect().post("/", std::string(1000, 'x')).value().status == 200);
}

TEST_CASE(
    "server: bodies that are there in part are bounded all together; over that is 503 for strangers alone") {
  Limits limits;
  limits.body_bytes = 1000;
  limits.all_body_bytes = 2500;
  Site site(limits);
  const std::string part(900, 'x');
  const std::string rest(100, 'x');
  std::vector<LoopbackClient> half;
  for (int i = 0; i < 3; ++i) {
    half.push_back(site.stranger());
    promise_body(half.back(), 1000);
    half.back().send(part);
  }
  // The unlimited one is let in whatever the strangers hold, in part and whole. (By then theirs has been read.)
  LoopbackClient unlimited = site.connect();
  promise_body(unlimited, 1000);
  unlimited.send(part);
  unlimited.send(rest);
  CHECK(unlimited.read_answer().value().status == 200);
  int refused = 0;
  for (LoopbackClient& client : half) {
    client.send(rest);
    refused += client.read_answer().value().status == 503;
  }
  CHECK(refused == 1);
  CHECK(site.application.faults() == std::vector<std::string>{"overloaded"});
  LoopbackClient next = site.stranger();
  promise_body(next, 1000);
  next.send(part);
  next.send(rest);
  CHECK(next.read_answer().value().status == 200);
}
