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

// When this returns, the server has read what was sent to it before. `client` has been there all along.
void wait_until_read(LoopbackClient& client) { REQUIRE(client.post("/quick", "").value().status == 200); }

// Not what makes room.
Limits patient_limits(std::size_t connections) {
  Limits limits;
  limits.connections = connections;
  limits.header = limits.body = limits.request = limits.idle = limits.linger = 600s;
  return limits;
}

bool is_answered_at_once(LoopbackClient client) {
  client.send(post_text("/", "x"));
  return client.answer_waits(5s) && client.read_answer().value().status == 200;
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

TEST_CASE("server: half requests do not keep others out when all connections are taken") {
  for (const bool strangers : {true, false}) {
    CAPTURE(strangers);
    Site site(patient_limits(4));
    LoopbackClient witness = site.connect();
    std::vector<LoopbackClient> half;
    for (int i = 0; i < 6; ++i) {
      half.push_back(strangers ? site.stranger() : site.connect());
      half.back().send("P");
    }
    if (strangers) wait_until_read(witness);
    CHECK(is_answered_at_once(site.connect()));
    if (strangers) CHECK(is_answered_at_once(site.stranger("127.0.0.3")));
  }
}

TEST_CASE("server: a stranger gets no room from an unlimited source, which gets it from him") {
  Site site(patient_limits(3));
  const std::string request = post_text("/", "whole");
  LoopbackClient idle = site.connect();
  wait_until_read(idle);
  LoopbackClient half = site.connect();
  half.send(request.substr(0, request.size() - 1));
  wait_until_read(idle);
  LoopbackClient first = site.stranger();
  first.send("P");
  wait_until_read(idle);
  LoopbackClient second = site.stranger("127.0.0.3");
  CHECK(first.is_closed());
  LoopbackClient newcomer = site.connect();
  CHECK(newcomer.post("/", "x").value().status == 200);
  CHECK(second.is_closed());
  CHECK(site.stranger().is_closed());
  half.send(request.substr(request.size() - 1));
  CHECK(half.read_answer().value().status == 200);
  CHECK(idle.post("/", "x").value().status == 200);
}

TEST_CASE("server: who reads no more leaves first, then the silent, then a half header, then a half body") {
  Site site(patient_limits(4));
  LoopbackClient body = site.stranger();
  promise_body(body, 5);
  LoopbackClient head = site.stranger();
  head.send("P");
  LoopbackClient silent = site.stranger();
  CHECK(silent.post("/quick", "").value().status == 200);
  LoopbackClient lingering = site.stranger();
  lingering.send("POST /missing HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n");
  CHECK(lingering.read_answer().value().status == 404);
  std::vector<LoopbackClient> newcomers;
  const auto let_one_in = [&] {
    newcomers.push_back(site.connect());
    CHECK(newcomers.back().post("/", "x").value().status == 200);
  };
  CHECK_FALSE(silent.answer_waits(0ms));
  let_one_in();  // the lingering one said all it had to say: its going away shows in the others' staying
  CHECK_FALSE(silent.answer_waits(0ms));
  let_one_in();
  CHECK(silent.is_closed());
  CHECK_FALSE(head.answer_waits(0ms));
  let_one_in();
  CHECK(head.is_closed());
  CHECK_FALSE(body.answer_waits(0ms));
  let_one_in();
  CHECK(body.is_closed());
}

TEST_CASE("server: strangers who are all being answered leave seats for an unlimited source") {
  Site site(patient_limits(8), EchoApplication::Mode::hold);
  std::vector<LoopbackClient> busy;
  for (int i = 0; i < 7; ++i) {
    busy.push_back(site.stranger());
    busy.back().send(post_text("/", "x"));
  }
  auto held = site.application.take_held(7);
  CHECK(site.stranger().is_closed());
  std::vector<LoopbackClient> unlimited;
  for (int i = 0; i < 2; ++i) {
    unlimited.push_back(site.connect());
    unlimited.back().send(post_text("/", "alert"));
  }
  for (auto& responder : site.application.take_held(2))
    responder.answer(EchoApplication::answer_of(200, "yes"));
  for (LoopbackClient& client : unlimited) CHECK(client.read_answer().value().body == "yes");
  for (auto& responder : held) responder.answer(EchoApplication::answer_of(200, "done"));
  for (LoopbackClient& client : busy) CHECK(client.read_answer().value().body == "done");
}
