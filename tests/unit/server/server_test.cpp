// The server over real sockets, against a program that only echoes.
#include "server/server.hpp"

#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <ctime>
#include <thread>

#include "support/catch.hpp"
#include "unit/server/echo_application.hpp"
#include "unit/server/loopback_client.hpp"

using namespace tvh;
using namespace tvh::server;
using namespace tvh::test;
using namespace std::chrono_literals;

namespace {

struct Site {
  explicit Site(EchoApplication::Mode mode = EchoApplication::Mode::answer_at_once, const Limits& limits = {},
                const std::string& host = "127.0.0.1")
      : application(mode), server({host, 0}, limits, application) {
    REQUIRE(server.start().has_value());
  }
  LoopbackClient connect() const { return LoopbackClient(server.endpoint().port); }

  EchoApplication application;
  Server server;
};

double cpu_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return double(now.tv_sec) + double(now.tv_nsec) * 1e-9;
}

}  // namespace

TEST_CASE("server: a connection is kept for the next request, and the answer is plain JSON over HTTP") {
  Site site;
  LoopbackClient client = site.connect();
  for (int i = 0; i < 3; ++i) {
    const auto answer = *client.post("/webhook?token=x", "alert " + std::to_string(i));
    CHECK(answer.status == 200);
    CHECK(answer.body == "POST /webhook alert " + std::to_string(i));
    CHECK(answer.header("Content-Type") == "application/json");
    CHECK(answer.header("Connection").empty());
    CHECK(answer.header("Date").find("GMT") != std::string::npos);
  }
  CHECK(site.application.sources().front().find("127.0.0.1:") == 0);
}

TEST_CASE("server: requests sent in one piece are answered in order") {
  Site site;
  LoopbackClient client = site.connect();
  client.send(post_text("/a", "1") + post_text("/quick", "") + post_text("/b", "2") + post_text("/c", "3"));
  for (const char* expected : {"POST /a 1", "quick", "POST /b 2", "POST /c 3"}) {
    const auto answer = client.read_answer();
    REQUIRE(answer.has_value());
    CHECK(answer->body == expected);
  }
}

TEST_CASE("server: it listens on IPv6") {
  Site site(EchoApplication::Mode::answer_at_once, {}, "::1");
  CHECK(to_text(site.server.endpoint()).find("[::1]:") == 0);
  CHECK(site.server.endpoint().port != 0);
}

TEST_CASE("server: an address in use is a temporary error, for start and for try") {
  Site site;
  EchoApplication other;
  Server second(site.server.endpoint(), {}, other);
  const auto started = second.start();
  REQUIRE_FALSE(started.has_value());
  CHECK(started.error().code == Errc::temporary);
  CHECK(try_bind(site.server.endpoint()).error().code == Errc::temporary);
  CHECK(try_bind({"192.0.2.1", 0}).error().code == Errc::configuration);
  CHECK(try_bind({"127.0.0.1", 0}).has_value());
}

TEST_CASE(
    "server: a body over the bound is answered 413 without reading it, and the client gets to read that") {
  Site site;
  for (const std::string path : {"/webhook", "/missing"}) {
    LoopbackClient client = site.connect();
    // All 10 MB are written before anything is read: a server that just closes would reset the connection.
    REQUIRE(client.send(post_text(path, std::string(10 << 20, 'x'))));
    const auto answer = client.read_answer();
    REQUIRE(answer.has_value());
    CHECK(answer->status == (path == "/missing" ? 404 : 413));
    CHECK(answer->header("Connection") == "close");
    CHECK_FALSE(client.read_answer().has_value());
  }
  CHECK(site.application.bodies().empty());
}

TEST_CASE("server: the bound is exact, with a length and with chunks") {
  Limits limits;
  limits.body_bytes = 1000;
  Site site(EchoApplication::Mode::answer_at_once, limits);
  CHECK(site.connect().post("/", std::string(1000, 'x'))->status == 200);
  CHECK(site.connect().post("/", std::string(1001, 'x'))->status == 413);
  const std::string head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const std::size_t size : {500u, 501u}) {
    LoopbackClient client = site.connect();
    client.send(head + "1f4\r\n" + std::string(500, 'x') + "\r\n" + (size == 500 ? "1f4\r\n" : "1f5\r\n") +
                std::string(size, 'x') + "\r\n0\r\n\r\n");
    const auto answer = client.read_answer();
    REQUIRE(answer.has_value());
    CHECK(answer->status == (size == 500 ? 200 : 413));
  }
}

TEST_CASE("server: who expects 100-continue gets it, unless the answer is no anyway") {
  Site site;
  const std::string rest = " HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n";
  LoopbackClient client = site.connect();
  client.send("POST /webhook" + rest);
  CHECK(client.read_answer()->status == 100);
  client.send("ok");
  CHECK(client.read_answer()->body == "POST /webhook ok");
  LoopbackClient refused = site.connect();
  refused.send("POST /missing" + rest);
  CHECK(refused.read_answer()->status == 404);
}

TEST_CASE("server: HTTP/1.0 is answered in its version and closed, or kept where it asks for that") {
  Site site;
  LoopbackClient client = site.connect();
  client.send("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  const auto kept = client.read_answer();
  REQUIRE(kept.has_value());
  CHECK(kept->header("Connection") == "keep-alive");
  client.send("GET /b HTTP/1.0\r\n\r\n");
  const auto last = client.read_answer();
  REQUIRE(last.has_value());
  CHECK(last->body == "GET /b ");
  CHECK(last->header("Connection") == "close");
  CHECK_FALSE(client.read_answer().has_value());
}

TEST_CASE("server: HEAD gets the head alone") {
  Site site;
  LoopbackClient client = site.connect();
  client.send(
      "HEAD /quick HTTP/1.1\r\nHost: a\r\n\r\nGET /quick HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  const std::string both = client.read_to_end();
  CHECK(both.find("Content-Length: 5") != both.rfind("Content-Length: 5"));
  CHECK(both.find("quick") != std::string::npos);
  CHECK(both.find("quick") == both.rfind("quick"));
}

TEST_CASE("server: malformed HTTP is answered 400 and closed") {
  Site site;
  LoopbackClient client = site.connect();
  client.send("\x16\x03\x01\x02 this is TLS, for example\r\n\r\n");
  const auto answer = client.read_answer();
  REQUIRE(answer.has_value());
  CHECK(answer->status == 400);
  CHECK_FALSE(client.read_answer().has_value());
}

TEST_CASE("server: answers may come later, from any thread, in any order") {
  Site site(EchoApplication::Mode::hold);
  std::vector<LoopbackClient> clients;
  for (int i = 0; i < 8; ++i) {
    clients.push_back(site.connect());
    clients.back().send(post_text("/", std::to_string(i)));
  }
  auto held = site.application.take_held(8);
  const auto bodies = site.application.bodies();
  std::vector<std::thread> threads;
  for (std::size_t i = held.size(); i-- > 0;) {
    threads.emplace_back([&held, &bodies, i] { held[i].answer(EchoApplication::answer_of(200, bodies[i])); });
  }
  for (auto& thread : threads) thread.join();
  for (int i = 0; i < 8; ++i) CHECK(clients[std::size_t(i)].read_answer()->body == std::to_string(i));
}

TEST_CASE("server: a promise that is dropped is answered 503") {
  Site site(EchoApplication::Mode::hold);
  LoopbackClient client = site.connect();
  client.send(post_text("/", "x"));
  site.application.take_held(1).clear();
  CHECK(client.read_answer()->status == 503);
}

TEST_CASE("server: an answer for a client that went away harms nobody, nor reaches another one") {
  Site site(EchoApplication::Mode::hold);
  std::vector<Responder> orphans;
  {
    LoopbackClient gone = site.connect();
    gone.send(post_text("/", "gone"));
    orphans = site.application.take_held(1);
    gone.reset();
  }
  orphans[0].answer(EchoApplication::answer_of(200, std::string(100'000, 'g')));
  LoopbackClient client = site.connect();
  client.send(post_text("/", "here"));
  auto held = site.application.take_held(1);
  held[0].answer(EchoApplication::answer_of(200, "yours"));
  CHECK(client.read_answer()->body == "yours");
}

TEST_CASE("server: an answer after the server is gone harms nobody") {
  std::vector<Responder> held;
  {
    Limits limits;
    limits.stop = 10ms;
    Site site(EchoApplication::Mode::hold, limits);
    LoopbackClient client = site.connect();
    client.send(post_text("/", "x"));
    held = site.application.take_held(1);
  }
  held[0].answer(EchoApplication::answer_of(200, "too late"));
}

TEST_CASE("server: 64 clients at once, each a thousand requests on one connection, each gets its own answers") {
  Site site;
  std::atomic<int> right{0};
  std::vector<std::thread> threads;
  for (int client = 0; client < 64; ++client) {
    threads.emplace_back([&site, &right, client] {
      LoopbackClient connection = site.connect();
      for (int i = 0; i < 1000; ++i) {
        const std::string body = std::to_string(client) + "/" + std::to_string(i);
        if (connection.post("/w", body).value().body == "POST /w " + body) ++right;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(right == 64'000);
}

TEST_CASE("server: who does not finish its request in time is told so and closed; who says nothing is closed") {
  Limits limits;
  limits.header = 50ms;
  limits.body = 60ms;
  limits.idle = 70ms;
  Site site(EchoApplication::Mode::answer_at_once, limits);
  LoopbackClient half_header = site.connect();
  half_header.send("POST / HTTP/1.1\r\nHost:");
  LoopbackClient half_body = site.connect();
  half_body.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhal");
  LoopbackClient silent = site.connect();
  CHECK(half_header.read_answer()->status == 408);
  CHECK(half_body.read_answer()->status == 408);
  CHECK_FALSE(silent.read_answer().has_value());
}

TEST_CASE("server: dripping bytes does not stretch a request's deadline") {
  Limits limits;
  limits.header = 100ms;
  Site site(EchoApplication::Mode::answer_at_once, limits);
  LoopbackClient client = site.connect();
  std::thread dripper([&client] {
    client.send("POST / HTTP/1.1\r\nHost: a\r\nX: ");
    while (client.send("x") && !client.answer_waits(std::chrono::milliseconds(5))) {
    }
  });
  dripper.join();
  CHECK(client.read_answer()->status == 408);
}

TEST_CASE("server: over its bound of connections the one that idled longest makes room") {
  Limits limits;
  limits.connections = 3;
  Site site(EchoApplication::Mode::answer_at_once, limits);
  std::vector<LoopbackClient> clients;
  for (std::size_t i = 0; i < 6; ++i) {
    clients.push_back(site.connect());
    CHECK(clients.back().post("/", "x").value().status == 200);
    if (i >= 3) CHECK(clients[i - 3].is_closed());
  }
  CHECK(clients[4].post("/", "x").value().status == 200);
}

TEST_CASE("server: with all connections busy the next one waits its turn") {
  Limits limits;
  limits.connections = 2;
  Site site(EchoApplication::Mode::hold, limits);
  LoopbackClient first = site.connect();
  first.send(post_text("/", "1"));
  LoopbackClient second = site.connect();
  second.send(post_text("/", "2"));
  LoopbackClient third = site.connect();
  third.send(post_text("/", "3"));
  auto held = site.application.take_held(3);  // one over the bound, as nobody was idle
  LoopbackClient fourth = site.connect();
  fourth.send(post_text("/", "4"));
  CHECK(site.application.bodies().size() == 3);
  held[0].answer(EchoApplication::answer_of(200, "answered"));
  CHECK(site.application.take_held(1).size() == 1);
  CHECK(site.application.bodies().back() == "4");
}

TEST_CASE(
    "server: without file descriptors it warns and waits instead of spinning, and goes on when there are "
    "some") {
  Site site(EchoApplication::Mode::hold);
  LoopbackClient busy = site.connect();
  busy.send(post_text("/", "busy"));
  auto held = site.application.take_held(1);
  LoopbackClient waiting;
  rlimit limit{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &limit) == 0);
  rlimit low = limit;
  const int highest = ::dup(0);
  ::close(highest);
  low.rlim_cur = rlim_t(highest);
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &low) == 0);
  waiting.connect(site.server.endpoint().port);
  waiting.send(post_text("/", "patient"));
  site.application.wait_for_warnings(1);
  const double before = cpu_seconds();
  site.application.wait_for_warnings(2);  // a second later
  const double burnt = cpu_seconds() - before;
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &limit) == 0);
  CHECK(burnt < 0.3);
  auto next = site.application.take_held(1);
  next[0].answer(EchoApplication::answer_of(200, "at last"));
  CHECK(waiting.read_answer()->body == "at last");
}

TEST_CASE("server: a stop answers what was received, closes the idle, and takes no more") {
  Site site(EchoApplication::Mode::hold);
  LoopbackClient idle = site.connect();
  LoopbackClient busy = site.connect();
  busy.send(post_text("/", "busy"));
  auto held = site.application.take_held(1);
  LoopbackClient half = site.connect();
  const std::string request = post_text("/", "half");
  half.send(request.substr(0, request.size() - 2));
  LoopbackClient just_sent = site.connect();
  just_sent.send(post_text("/", "just sent"));
  std::thread stopper([&site] { site.server.stop(); });
  CHECK_FALSE(idle.read_answer().has_value());
  half.send(request.substr(request.size() - 2));
  for (auto& responder : site.application.take_held(2))
    responder.answer(EchoApplication::answer_of(200, "done"));
  held[0].answer(EchoApplication::answer_of(200, "done"));
  for (LoopbackClient* client : {&busy, &half, &just_sent}) {
    const auto answer = client->read_answer();
    REQUIRE(answer.has_value());
    CHECK(answer->status == 200);
    CHECK(answer->header("Connection") == "close");
  }
  stopper.join();
  CHECK_THROWS(site.connect());
}

TEST_CASE("server: a stop does not wait for ever for an application that never answers") {
  Limits limits;
  limits.stop = 30ms;
  Site site(EchoApplication::Mode::hold, limits);
  LoopbackClient client = site.connect();
  client.send(post_text("/", "x"));
  const auto held = site.application.take_held(1);
  site.server.stop();
  CHECK_FALSE(client.read_answer().has_value());
}

TEST_CASE("server: who does not read its answers is closed, and costs no more than one of them") {
  Limits limits;
  limits.answer = 100ms;
  Site site(EchoApplication::Mode::answer_at_once, limits);
  LoopbackClient client = site.connect();
  const std::string request = post_text("/", std::string(60'000, 'x'));
  int sent = 0;
  while (sent < 10'000 && client.send(request)) ++sent;
  CHECK(sent < 10'000);
  CHECK(site.connect().post("/", "x")->status == 200);
}
