// Connections kept for the next request, at the moments when they end: nobody's request is cut without need.
#include <future>
#include <thread>

#include "server/server.hpp"
#include "support/catch.hpp"
#include "unit/server/echo_application.hpp"
#include "unit/server/loopback_client.hpp"

using namespace tvh;
using namespace tvh::server;
using namespace tvh::test;
using namespace std::chrono_literals;

namespace {

struct Site {
  explicit Site(const Limits& limits = {}, EchoApplication::Mode mode = EchoApplication::Mode::answer_at_once)
      : application(mode), server({"127.0.0.1", 0}, limits, application) {
    REQUIRE(server.start().has_value());
  }
  LoopbackClient connect() const { return LoopbackClient(server.endpoint().port); }

  bool refuses() const {
    try {
      connect();
      return false;
    } catch (const std::runtime_error&) {
      return true;
    }
  }

  // Returns when the stop has begun and everybody was told.
  std::jthread begin_stop() {
    std::jthread stopper([this] { server.stop(); });
    while (!refuses()) {
    }
    std::promise<void> told;
    auto done = told.get_future();
    server.post([&told] { told.set_value(); });
    (void)done.wait_for(3s);  // when nobody is left nothing runs any more
    return stopper;
  }

  EchoApplication application;
  Server server;
};

}  // namespace

TEST_CASE(
    "server: a stop serves the request that was on its way on a kept connection, and says it is the last") {
  Site site;
  LoopbackClient kept = site.connect();
  REQUIRE(kept.post("/", "first").value().status == 200);
  const std::jthread stopper = site.begin_stop();
  const auto answer = kept.post("/", "second");
  REQUIRE(answer.has_value());
  CHECK(answer->status == 200);
  CHECK(answer->header("Connection") == "close");
  CHECK_FALSE(kept.read_answer().has_value());
  CHECK_FALSE(kept.is_reset());
  kept.close();
}

TEST_CASE("server: a stop answers all requests that came in one piece, and closes after the last") {
  Site site({}, EchoApplication::Mode::hold);
  LoopbackClient client = site.connect();
  client.send(post_text("/", "1") + post_text("/", "2"));
  auto first = site.application.take_held(1);
  const std::jthread stopper = site.begin_stop();
  first[0].answer(EchoApplication::answer_of(200, "one"));
  CHECK(client.read_answer().value().body == "one");
  site.application.take_held(1)[0].answer(EchoApplication::answer_of(200, "two"));
  const auto last = client.read_answer();
  REQUIRE(last.has_value());
  CHECK(last->body == "two");
  CHECK(last->header("Connection") == "close");
  CHECK(client.is_closed());
  client.close();
}

TEST_CASE("server: a stop lets go of a kept connection that stays silent") {
  Limits limits;
  limits.stop = 500ms;
  limits.idle = 600s;
  Site site(limits);
  LoopbackClient kept = site.connect();
  REQUIRE(kept.post("/", "first").value().status == 200);
  site.server.stop();
  CHECK(kept.is_closed());
}

TEST_CASE("server: a request that has come by the time a silent connection is closed is served") {
  Limits limits;
  limits.idle = 1s;
  Site site(limits);
  LoopbackClient kept = site.connect();
  REQUIRE(kept.post("/", "first").value().status == 200);
  // The deadline passes while the server's thread is away; the request comes when the thread has seen that it
  // has passed, and not yet that there is something to read.
  site.server.post([&] {
    (void)kept.answer_waits(limits.idle);
    site.server.post([&] { kept.send(post_text("/", "second")); });
  });
  const auto answer = kept.read_answer();
  REQUIRE(answer.has_value());
  CHECK(answer->body == "POST / second");
}

TEST_CASE("server: what crosses the close of a silent connection meets its end, not a reset") {
  Limits limits;
  limits.idle = 50ms;
  limits.linger = 600s;
  Site site(limits);
  LoopbackClient silent = site.connect();
  CHECK(silent.read_to_end().empty());
  CHECK(silent.send(post_text("/", "too late")));
  CHECK_FALSE(silent.is_reset());
  CHECK(site.application.bodies().empty());
}

TEST_CASE(
    "server: an answer that comes when its connection is long gone does not reach the next in its place") {
  Limits limits;
  limits.answer = 1s;
  Site site(limits, EchoApplication::Mode::hold);
  LoopbackClient gone = site.connect();
  gone.send(post_text("/", "gone"));
  auto late = site.application.take_held(1);
  CHECK(gone.is_closed());
  LoopbackClient client = site.connect();
  client.send(post_text("/", "here"));
  auto held = site.application.take_held(1);
  late[0].answer(EchoApplication::answer_of(200, "another one's"));
  held[0].answer(EchoApplication::answer_of(200, "yours"));
  CHECK(client.read_answer().value().body == "yours");
}
