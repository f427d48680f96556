// The client over real loopback sockets: what leaves, how often, and what is said of it.
#include <set>

#include "support/scripted_server.hpp"
#include "unit/client/desk.hpp"

using namespace tvh;
using namespace tvh::client;
using namespace tvh::test;
using Reach = Failure::Reach;

namespace {

void answer_all(Peer& peer, int) {
  while (peer.read_request()) peer.answer("{}");
}

// A port nobody listens on.
std::string dead_url() {
  const ScriptedServer server(answer_all);
  return server.url("/dead");
}

}  // namespace

TEST_CASE("client: a kept connection closed without an answer is not tried again, the request left once") {
  ScriptedServer server([](Peer& peer, int number) {
    if (number > 0) return answer_all(peer, number);  // where a request sent behind our back would come
    peer.read_request();
    peer.answer("{}");
    peer.read_request();  // and no answer
  });
  {
    ClientDesk desk;
    answered(desk.ask(post(server.url("/order"), "first")));
    const Failure failure = failed(desk.ask(post(server.url("/order"), "second")));
    CHECK(failure.reach == Reach::may_stand);
    CHECK(failure.message == "127.0.0.1: the connection was closed before an answer came");
  }
  server.wait_until_ended(1);
  REQUIRE(server.requests().size() == 2);
}

TEST_CASE("client: a connection that was closed while it idled is replaced, and the request leaves once") {
  ScriptedServer server([](Peer& peer, int) {
    peer.read_request();
    peer.answer("{}");
  });
  ClientDesk desk;
  answered(desk.ask(post(server.url("/order"), "first")));
  server.wait_until_ended(1);
  CHECK(answered(desk.ask(post(server.url("/order"), "second"))).status == 200);
  CHECK(server.requests().size() == 2);
}

TEST_CASE("client: a connection is kept for the next request") {
  ScriptedServer server([](Peer& peer, int number) {
    while (peer.read_request()) peer.answer(std::to_string(number));
  });
  ClientDesk desk;
  for (int time = 0; time < 3; ++time) CHECK(answered(desk.ask(get(server.url("/")))).body == "0");
}

TEST_CASE("client: what has no connection yet can be dropped, what left cannot") {
  ScriptedServer server([](Peer& peer, int) {
    while (peer.read_request()) peer.answer("{}");
  });
  ClientDesk desk;
  std::optional<Outcome> dropped;
  std::optional<Outcome> kept;
  desk.client.send(post(server.url("/order"), "first"), [&](Outcome outcome) { dropped = std::move(outcome); });
  desk.client.send(get(server.url("/look")), [&](Outcome outcome) { kept = std::move(outcome); });
  desk.client.drop_unsent(Method::post);
  REQUIRE(dropped);
  CHECK(failed(*dropped).reach == Reach::not_sent);
  desk.run_until([&] { return kept.has_value(); });
  answered(*kept);
  CHECK(server.requests().size() == 1);
}

TEST_CASE("client: where no connection comes about, nothing was sent") {
  ClientDesk desk;
  const Failure failure = failed(desk.ask(post(dead_url(), "order")));
  CHECK(failure.reach == Reach::not_sent);
  CHECK(failure.message.starts_with("127.0.0.1: "));
}

TEST_CASE("client: a request that left and was not answered, or not to the end, may stand") {
  const auto ends = GENERATE(0, 1, 2, 3, 4);
  ScriptedServer server([ends](Peer& peer, int) {
    peer.read_request();
    if (ends == 1) peer.reset();
    if (ends == 2) peer.write("HTTP/1.1 200 OK\r\nContent-Le");
    if (ends == 4) peer.write("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nX: ");
    if (ends == 3) peer.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"orderId\":");
  });
  ClientDesk desk;
  CHECK(failed(desk.ask(post(server.url("/order"), "order"))).reach == Reach::may_stand);
  server.wait_until_ended(1);
  CHECK(server.requests().size() == 1);
}

TEST_CASE("client: an answer that does not come in time is given up, and the request may stand") {
  ScriptedServer server([](Peer& peer, int) {
    peer.read_request();
    peer.read_request();  // until the client goes
  });
  ClientDesk desk;
  auto request = post(server.url("/order"), "order");
  request.timeout = std::chrono::milliseconds(50);
  const auto begin = desk.clock.steady();
  CHECK(failed(desk.ask(request)).reach == Reach::may_stand);
  CHECK(desk.clock.steady() - begin >= std::chrono::milliseconds(50));
}

TEST_CASE("client: the deadline counts to the last byte, however steadily they drip") {
  ScriptedServer server([](Peer& peer, int) {
    peer.read_request();
    peer.write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{");
    peer.read_request();
  });
  ClientDesk desk;
  auto request = get(server.url("/"));
  request.timeout = std::chrono::milliseconds(100);
  CHECK(failed(desk.ask(request)).reach == Reach::may_stand);
}

TEST_CASE("client: an answer larger than the bound is not taken, whatever length it names") {
  const bool named = GENERATE(true, false);
  ScriptedServer server([named](Peer& peer, int) {
    peer.read_request();
    if (named) return peer.answer(std::string(1001, 'x'));
    peer.write("HTTP/1.1 200 OK\r\n\r\n" + std::string(1001, 'x'));
  });
  ClientSettings settings;
  settings.max_body = 1000;
  ClientDesk desk(settings);
  const Failure failure = failed(desk.ask(get(server.url("/"))));
  CHECK(failure.reach == Reach::may_stand);
  CHECK(failure.message == "127.0.0.1 answered with more than 1000 bytes");
}

TEST_CASE("client: an answer as large as the bound is taken") {
  ScriptedServer server([](Peer& peer, int) {
    peer.read_request();
    peer.answer(std::string(1000, 'x'));
  });
  ClientSettings settings;
  settings.max_body = 1000;
  ClientDesk desk(settings);
  CHECK(answered(desk.ask(get(server.url("/")))).body.size() == 1000);
}

TEST_CASE("client: a redirect is an answer, not a way to go") {
  ScriptedServer elsewhere(answer_all);
  ScriptedServer server([&](Peer& peer, int) {
    peer.read_request();
    peer.answer("", "HTTP/1.1 307 Temporary Redirect\r\nLocation: " + elsewhere.url("/order") + "\r\n");
  });
  ClientDesk desk;
  const Response response = answered(desk.ask(post(server.url("/order"), "order")));
  CHECK(response.status == 307);
  CHECK(*response.header("location") == elsewhere.url("/order"));
  CHECK(elsewhere.requests().empty());
}

TEST_CASE("client: a request arrives as it was written") {
  ScriptedServer server(answer_all);
  ClientDesk desk;
  auto request = post(server.url("/order?a=%20b"), std::string("x=1&y=%EF\0z", 11));
  request.headers = {{"X-Key", "k"}, {"Content-Type", "application/x-www-form-urlencoded"}};
  answered(desk.ask(request));
  request.method = Method::put;
  answered(desk.ask(request));
  auto bare = get(server.url("/time"));
  answered(desk.ask(bare));
  bare.method = Method::remove;
  answered(desk.ask(bare));
  const auto requests = server.requests();
  REQUIRE(requests.size() == 4);
  CHECK(requests[0].starts_with("POST /order?a=%20b HTTP/1.1\r\n"));
  CHECK(requests[0].ends_with(std::string("\r\n\r\nx=1&y=%EF\0z", 15)));
  CHECK(requests[0].find("\r\nX-Key: k\r\n") != std::string::npos);
  CHECK(requests[0].find("\r\nContent-Type: application/x-www-form-urlencoded\r\n") != std::string::npos);
  CHECK(requests[0].find("Expect") == std::string::npos);
  CHECK(requests[1].starts_with("PUT /order"));
  CHECK(requests[2].starts_with("GET /time HTTP/1.1\r\n"));
  CHECK(requests[3].starts_with("DELETE /time HTTP/1.1\r\n"));
  for (const int each : {2, 3}) CHECK(requests[std::size_t(each)].ends_with("\r\n\r\n"));
}

TEST_CASE("client: an answer's status, headers in lower case, and body; an interim answer is none") {
  ScriptedServer server([](Peer& peer, int) {
    peer.read_request();
    peer.write("HTTP/1.1 103 Early Hints\r\nRetry-After: 99\r\n\r\n");
    peer.answer("slow down", "HTTP/1.1 429 Too Many Requests\r\nRetry-After:  7 \r\nX-A: 1\r\nx-a: 2\r\n");
  });
  ClientDesk desk;
  const Response response = answered(desk.ask(get(server.url("/"))));
  CHECK(response.status == 429);
  CHECK(response.body == "slow down");
  CHECK(*response.header("retry-after") == "7");
  CHECK(*response.header("x-a") == "1");
  CHECK(response.header("x-b") == nullptr);
}

TEST_CASE("client: a hundred requests are under way at once, on one thread") {
  constexpr int kMany = 100;
  std::mutex mutex;
  std::condition_variable changed;
  int arrived = 0;
  // Nobody is answered before all have come.
  ScriptedServer server([&](Peer& peer, int) {
    const auto request = peer.read_request();
    if (!request) return;
    std::unique_lock lock(mutex);
    ++arrived;
    changed.notify_all();
    changed.wait_for(lock, std::chrono::seconds(60), [&] { return arrived == kMany; });
    lock.unlock();
    peer.answer(request->substr(5, request->find(' ', 5) - 5));
  });
  ClientDesk desk;
  std::set<std::string> answers;
  for (int each = 0; each < kMany; ++each) {
    desk.client.send(get(server.url("/" + std::to_string(each))), [&answers, each](const Outcome& outcome) {
      CHECK(answered(outcome).body == std::to_string(each));
      answers.insert(std::to_string(each));
    });
  }
  desk.run_until([&] { return answers.size() == kMany; });
}

TEST_CASE("client: whoever is answered may ask again at once") {
  ScriptedServer server(answer_all);
  ClientDesk desk;
  int answers = 0;
  std::function<void(Outcome)> again = [&](const Outcome& outcome) {
    answered(outcome);
    if (++answers < 5) desk.client.send(get(server.url("/")), again);
  };
  desk.client.send(get(server.url("/")), again);
  desk.run_until([&] { return answers == 5; });
  int refusals = 0;
  const std::function<void(Outcome)> refused = [&](const Outcome& outcome) {
    CHECK(failed(outcome).reach == Reach::not_sent);
    if (++refusals < 3) desk.client.send(get("http://exchange.example/"), refused);
  };
  desk.client.send(get("http://exchange.example/"), refused);
  desk.run_until([&] { return refusals == 3; });
}

TEST_CASE("client: more requests than the bound are not sent, and room comes back") {
  ScriptedServer server(answer_all);
  ClientSettings settings;
  settings.max_waiting = 2;
  ClientDesk desk(settings);
  int answers = 0;
  for (int each = 0; each < 2; ++each)
    desk.client.send(get(server.url("/")), [&](const Outcome& outcome) {
      answered(outcome);
      ++answers;
    });
  const Failure failure = failed(desk.ask(get(server.url("/"))));
  CHECK(failure.reach == Reach::not_sent);
  CHECK(failure.message == "more than 2 requests are under way");
  desk.run_until([&] { return answers == 2; });
  answered(desk.ask(get(server.url("/"))));
}

TEST_CASE("client: what is under way when the client ends is let go without a word") {
  ScriptedServer server([](Peer& peer, int) {
    peer.read_request();
    peer.read_request();
  });
  bool told = false;
  {
    ClientDesk desk;
    desk.client.send(get(server.url("/")), [&](const Outcome&) { told = true; });
    desk.run_until([&] { return !server.requests().empty(); });
  }
  server.wait_until_ended(1);
  CHECK_FALSE(told);
}

TEST_CASE("client: plain http leaves for this machine only") {
  ClientDesk desk;
  for (const char* url :
       {"http://exchange.example/", "http://127.evil.example/", "http://localhost@evil.example/",
        "ftp://127.0.0.1/", "file:///etc/passwd", "127.0.0.1/", "", "HTTP://exchange.example/"}) {
    INFO(url);
    CHECK(failed(desk.ask(get(url))).reach == Reach::not_sent);
  }
}

TEST_CASE("client: what counts as this machine") {
  for (const char* url :
       {"http://127.0.0.1", "http://127.0.0.1:8080/x", "http://127.1.2.3/", "http://localhost",
        "http://localhost:1/", "http://[::1]:9/", "https://[::1]", "http://user@127.0.0.1/"}) {
    INFO(url);
    CHECK(is_loopback_url(url));
  }
  for (const char* url : {"http://127.evil.example",
                          "http://127.0.0.1.evil.example",
                          "http://127.0.0.evil",
                          "http://localhost@evil/",
                          "http://127.0.0.1:80@evil/",
                          "http://[::1]@evil/",
                          "http://evil/@localhost",
                          "http://evil?@localhost",
                          "http://evil#@localhost",
                          "http://localhost.evil",
                          "http://evil",
                          "http://10.0.0.1",
                          "http://[::2]",
                          "http://128.0.0.1",
                          "http://0.0.0.0",
                          "http://127.0.1",
                          "127.0.0.1",
                          "localhost",
                          "http://",
                          ""}) {
    INFO(url);
    CHECK_FALSE(is_loopback_url(url));
  }
}

TEST_CASE("client: a failure names the host, never what was asked of it") {
  ScriptedServer server([](Peer& peer, int) { peer.read_request(); });
  ClientSettings settings;
  ClientDesk desk(settings);
  const std::string canary = "CANARY0123456789";
  for (const std::string& url : {server.url("/"), dead_url(), std::string("http://evil.example/")}) {
    auto request = post(url + canary + "?signature=" + canary, canary);
    request.headers = {{"X-MBX-APIKEY", canary}};
    const Failure failure = failed(desk.ask(request));
    CHECK(failure.message.find(canary) == std::string::npos);
    CHECK_FALSE(failure.message.empty());
  }
}
