// The whole listener over real sockets and a journal in memory that the test steers.
#include "tvhook-listen/listener.hpp"

#include <thread>

#include "engine/identity.hpp"
#include "support/catch.hpp"
#include "support/process.hpp"
#include "unit/listen/fake_store.hpp"
#include "unit/listen/log_capture.hpp"
#include "unit/server/loopback_client.hpp"

using namespace tvh;
using namespace tvh::test;
using namespace std::chrono_literals;

namespace {

constexpr const char* kSecret = "correct-horse-battery";

std::string alert(const std::string& id, const std::string& secret = kSecret) {
  return R"({"secret":")" + secret + R"(","action":"buy","symbol":"BTCUSDT","quantity":"0.01","signal_id":")" +
         id + "\"}";
}

ListenerSettings default_settings() {
  ListenerSettings settings;
  settings.intake.secrets = {{"main", Secret(kSecret)}, {"second", Secret("another-good-one")}};
  settings.intake.resend_window = [](const std::string&) { return engine::kDefaultResendWindow; };
  settings.intake.hash_key = std::string(32, 'k');
  return settings;
}

struct Site {
  explicit Site(const ListenerSettings& settings = default_settings()) { start(settings); }
  ~Site() { store.let_go(); }

  void start(const ListenerSettings& settings) {
    listener = std::make_unique<Listener>(settings, store, clock, log.log());
    REQUIRE(listener->start().has_value());
    const std::string url = listener->url();
    port = std::uint16_t(std::stoi(url.substr(url.rfind(':') + 1)));
  }
  LoopbackClient connect() const { return LoopbackClient(port); }
  LoopbackClient::Answer post(const std::string& body) const {
    return connect().post("/webhook", body).value();
  }
  int health() const {
    LoopbackClient client = connect();
    client.send("GET /health HTTP/1.1\r\nHost: a\r\n\r\n");
    return client.read_answer().value().status;
  }

  LogCapture log;
  FakeStore store;
  SystemClock clock;
  std::unique_ptr<Listener> listener;
  std::uint16_t port = 0;
};

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE(
    "listener: an alert is answered 200 with its signal's id, again as a duplicate, and both are stored") {
  Site site;
  const auto first = site.post(alert("1"));
  CHECK(first.status == 200);
  const auto again = site.post(alert("1"));
  CHECK(again.status == 200);
  const auto rows = site.store.rows();
  REQUIRE(rows.size() == 2);
  CHECK(first.body == R"({"status":"accepted","id":")" + rows[0].signal->id + "\"}");
  CHECK(again.body == R"({"status":"duplicate","id":")" + rows[0].signal->id + "\"}");
  CHECK(rows[0].alert.status == 200);
  CHECK(rows[0].alert.verdict == "accepted");
  CHECK(rows[0].alert.source.find("127.0.0.1:") == 0);
  CHECK(contains(rows[0].alert.body, "[secret:main]"));
  CHECK(rows[0].alert.body_hash == sha256(rows[0].alert.body));
  CHECK(rows[0].alert.original_hash == hmac_sha256(std::string(32, 'k'), alert("1")));
  CHECK(rows[0].signal->received_at == rows[0].alert.received_at);
  CHECK(rows[0].alert.received_at < rows[1].alert.received_at);
  CHECK(rows[0].signal->id != rows[0].alternate_id);
  CHECK(rows[0].alternate_id != rows[1].alternate_id);
}

TEST_CASE(
    "listener: every refusal has its status and a row, and neither answer nor log nor row tells a secret") {
  Site site;
  const std::string good = R"("action":"buy","symbol":"BTCUSDT","quantity":1)";
  struct Case {
    std::string body;
    int status;
    std::string verdict;
  };
  const std::vector<Case> cases = {
      {R"({"action":"buy",})", 400, "syntax"},
      {alert("1", "Kw9wrong-secret"), 401, "wrong_secret"},
      {"{" + good + "}", 401, "missing_secret"},
      {R"({"secret":")" + std::string(kSecret) + R"(","action":"hodl","symbol":"BTCUSDT","quantity":1})", 400,
       "unknown_action"},
      {std::string("secret ") + kSecret, 400, "syntax"},
  };
  std::string answers;
  for (const auto& one : cases) {
    const auto answer = site.post(one.body);
    CAPTURE(one.body, answer.body);
    CHECK(answer.status == one.status);
    CHECK(contains(answer.body, R"({"status":"refused","errors":[{"name":)"));
    answers += answer.body;
  }
  CHECK(contains(answers, "line 1 column 17: trailing comma"));
  CHECK(contains(answers, R"("line":1,"column":17)"));
  site.store.wait_for_rows(cases.size());
  site.listener->stop();
  const auto rows = site.store.rows();
  std::string all = answers + site.log.text();
  for (std::size_t i = 0; i < cases.size(); ++i) {
    CHECK(rows[i].alert.status == cases[i].status);
    CHECK(rows[i].alert.verdict == cases[i].verdict);
    CHECK_FALSE(rows[i].signal.has_value());
    CHECK(contains(site.log.text(),
                   "status=" + std::to_string(cases[i].status) + " verdict=" + cases[i].verdict));
    all += rows[i].alert.body;
  }
  CHECK_FALSE(contains(all, kSecret));
  CHECK_FALSE(contains(all, "Kw9"));
}

TEST_CASE("listener: what an answer says depends on no secret that its receiver has not shown") {
  Site site;
  const auto answer_to = [&](const std::string& body) { return site.post(body).body; };
  // Guesses at the beginning of "correct-horse-battery", of somebody who knows nothing.
  for (const char* form : {R"({"%…":1,"%…":1})", R"({"%" 1})", R"({"%":1 "%…":1})", R"({"%":bare})"}) {
    const auto guess = [&](const std::string& word) {
      std::string body = form;
      for (auto at = body.find('%'); at != std::string::npos; at = body.find('%')) body.replace(at, 1, word);
      return answer_to(body);
    };
    CAPTURE(form, guess("cor"));
    CHECK(guess("cor") == guess("cat"));
    CHECK(guess("correct-horse-battery") == guess("correct-horse-bottery"));
    CHECK(contains(guess("cor"), "line 1 column"));
  }
  // And of somebody who has the other one.
  const auto guess = [&](const std::string& word) {
    return answer_to(R"({"secret":"another-good-one","action":")" + word +
                     R"(","symbol":"BTCUSDT","quantity":1})");
  };
  CHECK(contains(guess("correct-horse-battery"), "correct-horse-battery"));
  CHECK_FALSE(contains(guess("another-good-one"), "another-good-one"));
}

TEST_CASE("listener: path, method and size are judged in that order, before the body") {
  Site site;
  LoopbackClient wrong_path = site.connect();
  wrong_path.send("PUT /elsewhere HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n");
  CHECK(wrong_path.read_answer()->status == 404);
  LoopbackClient wrong_method = site.connect();
  wrong_method.send("PUT /webhook?x HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n");
  const auto answer = wrong_method.read_answer();
  CHECK(answer->status == 405);
  CHECK(answer->header("Allow") == "POST");
  CHECK(site.post(std::string(10 << 20, 'x')).status == 413);
  site.store.wait_for_rows(3);
  CHECK(site.store.rows()[2].alert.verdict == "too_large");
}

TEST_CASE("listener: any of its secrets opens, in any of the four fields; without auth none is asked for") {
  Site site;
  for (const char* field : {"secret", "token", "passphrase", "segredo"}) {
    const std::string rest =
        R"(","action":"buy","symbol":"BTCUSDT","quantity":1,"signal_id":")" + std::string(field) + "\"}";
    CHECK(site.post(std::string("{\"") + field + R"(":"another-good-one)" + rest).status == 200);
  }
  auto settings = default_settings();
  settings.intake.secrets.clear();
  settings.intake.authentication = Authentication::none;
  Site open(settings);
  CHECK(open.post(R"({"action":"buy","symbol":"BTCUSDT","quantity":1})").status == 200);
}

TEST_CASE("listener: what waits while a commit is under way is the next batch, and nothing waits for company") {
  Site site;
  site.store.hold();
  std::vector<LoopbackClient> clients;
  for (int i = 0; i < 10; ++i) {
    clients.push_back(site.connect());
    clients.back().send(post_text("/webhook", alert(std::to_string(i))));
    if (i == 0) site.store.wait_for_begun(1);
  }
  // An answer on the same thread that queues alerts: those before it are queued.
  CHECK(site.health() == 200);
  site.store.let_go();
  for (auto& client : clients) CHECK(client.read_answer()->status == 200);
  const auto batches = site.store.batches();
  CHECK(batches.front() == 1);
  CHECK(batches.size() <= 3);
}

TEST_CASE("listener: an alert that waits too long is answered 503 and never stored; its resend is new") {
  auto settings = default_settings();
  settings.queue.waiting = 30ms;
  settings.queue.committing = 60'000ms;
  Site site(settings);
  site.store.hold();
  LoopbackClient first = site.connect();
  first.send(post_text("/webhook", alert("committing")));
  site.store.wait_for_begun(1);
  const auto late = site.post(alert("waiting"));
  CHECK(late.status == 503);
  CHECK(late.header("Retry-After") == "5");
  CHECK(site.health() == 503);
  site.store.let_go();
  CHECK(first.read_answer()->status == 200);
  site.store.wait_for_maintained(1);
  CHECK(site.store.rows().size() == 1);
  CHECK(site.health() == 200);
  CHECK(contains(site.post(alert("waiting")).body, "accepted"));
  CHECK(site.store.rows()[1].resend_of == "");
}

TEST_CASE("listener: a deadline that is nearer than the one being watched is kept too") {
  auto settings = default_settings();
  settings.queue.waiting = 30ms;
  settings.queue.committing = 60'000ms;
  settings.limits.answer = 60'000ms;
  Site site(settings);
  site.store.hold();
  LoopbackClient first = site.connect();
  first.send(post_text("/webhook", alert("committing")));
  site.store.wait_for_begun(1);
  CHECK(site.post(alert("waits")).status == 503);
  CHECK(site.post(alert("waits too")).status == 503);
}

TEST_CASE("listener: a commit that outlasts its answer is 503, and the resend is recognised as a duplicate") {
  auto settings = default_settings();
  settings.queue.waiting = 10ms;
  settings.queue.committing = 40ms;
  Site site(settings);
  site.store.hold();
  const std::string body =
      R"({"secret":"correct-horse-battery","action":"buy","symbol":"BTCUSDT","quantity":1})";
  const auto answer = site.post(body);
  CHECK(answer.status == 503);
  CHECK(site.health() == 503);
  site.store.let_go();
  site.store.wait_for_maintained(1);
  const auto resend = site.post(body);
  const auto rows = site.store.rows();
  REQUIRE(rows.size() == 2);
  CHECK(rows[1].resend_of == rows[0].signal->id);
  CHECK(resend.body == R"({"status":"duplicate","id":")" + rows[0].signal->id + "\"}");
  CHECK(site.health() == 200);
  site.listener->stop();
  CHECK(contains(site.log.text(), "after it was answered"));
}

TEST_CASE("listener: a journal that cannot be written is 503 and an unhealthy /health, until it can") {
  Site site;
  site.store.fail_with(fail(Errc::storage, "no space left on the disk"));
  for (int i = 0; i < 5; ++i) CHECK(site.post(alert(std::to_string(i))).status == 503);
  CHECK(site.health() == 503);
  site.store.fail_with(std::nullopt);
  site.store.wait_for_probes(1);  // it comes back by itself, without an alert
  CHECK(site.post(alert("again")).status == 200);
  CHECK(site.health() == 200);
  site.listener->stop();
  const std::string log = site.log.text();
  CHECK(contains(log, "no space left on the disk"));
  CHECK(contains(log, "commits again"));
}

TEST_CASE("listener: what waited in vain outside of a commit leaves no /health of 503 behind") {
  auto settings = default_settings();
  settings.queue.waiting = 30ms;
  Site site(settings);
  site.store.hold_upkeep();
  CHECK(site.post(alert("stored")).status == 200);
  site.store.wait_for_maintained(1);
  CHECK(site.post(alert("waits for a checkpoint")).status == 503);
  CHECK(site.health() == 503);
  site.store.let_go();
  site.store.wait_for_probes(1);  // without an alert
  site.listener->stop();
  CHECK(site.listener->journal_commits());
}

TEST_CASE("listener: a refusal's answer does not wait for the journal") {
  Site site;
  site.store.hold();
  LoopbackClient first = site.connect();
  first.send(post_text("/webhook", alert("1")));
  site.store.wait_for_begun(1);
  CHECK(site.post("no JSON").status == 400);
  site.store.let_go();
  CHECK(first.read_answer()->status == 200);
  site.store.wait_for_rows(2);
}

TEST_CASE("listener: a scanner's refusals are sampled and cut short, those of who knows the secret are not") {
  auto settings = default_settings();
  settings.intake.sampler = {.burst = 3, .rows_per_second = 0, .rows_per_day = 3, .body_bytes = 100};
  Site site(settings);
  for (int i = 0; i < 10; ++i) CHECK(site.post("\xc3\xa9" + std::string(5000, 'x')).status == 400);
  for (int i = 0; i < 5; ++i) CHECK(site.post(R"({"secret":"correct-horse-battery"})").status == 400);
  site.store.wait_for_rows(8);
  site.listener->stop();
  const auto rows = site.store.rows();
  REQUIRE(rows.size() == 8);
  CHECK(rows[0].alert.body.size() == 100);
  CHECK(rows[7].alert.body == R"({"secret":"[secret:main]"})");
  const std::vector<std::string> lines = lines_of(site.log.text());
  CHECK(lines.size() == 3 + 5 + 1);  // the last one tells of the others
  CHECK(contains(lines.back(), "7 refusals not logged in the last"));
}

TEST_CASE(
    "listener: 64 clients at once on kept connections, each alert stored once and answered with its own id") {
  Site site;
  std::vector<std::thread> threads;
  std::vector<std::vector<std::string>> bodies(64);
  for (std::size_t client = 0; client < bodies.size(); ++client) {
    threads.emplace_back([&site, &bodies, client] {
      LoopbackClient connection = site.connect();
      for (int i = 0; i < 30; ++i) {
        const auto answer =
            connection.post("/webhook", alert(std::to_string(client) + "-" + std::to_string(i)));
        if (answer && answer->status == 200) bodies[client].push_back(answer->body);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  std::map<std::string, int> answered;
  for (const auto& of_client : bodies) {
    for (const auto& body : of_client) ++answered[body];
  }
  CHECK(answered.size() == 64 * 30);
  const auto rows = site.store.rows();
  CHECK(rows.size() == 64 * 30);
  for (const auto& row : rows) CHECK(answered[R"({"status":"accepted","id":")" + row.signal->id + "\"}"] == 1);
}

TEST_CASE("listener: a client that does not wait for its answer loses nothing but the answer") {
  Site site;
  site.store.hold();
  {
    LoopbackClient hasty = site.connect();
    hasty.send(post_text("/webhook", alert("hasty")));
    site.store.wait_for_begun(1);
    hasty.reset();
  }
  site.store.let_go();
  site.store.wait_for_rows(1);
  CHECK(site.post(alert("next")).status == 200);
}

TEST_CASE("listener: a stop answers what was received and stores what is queued") {
  Site site;
  site.store.hold();
  std::vector<LoopbackClient> clients;
  for (int i = 0; i < 5; ++i) {
    clients.push_back(site.connect());
    clients.back().send(post_text("/webhook", alert(std::to_string(i))));
    if (i == 0) site.store.wait_for_begun(1);
  }
  LoopbackClient refused = site.connect();
  CHECK(refused.post("/webhook", "no JSON")->status == 400);
  std::thread stopper([&site] { site.listener->stop(); });
  site.store.let_go();
  for (auto& client : clients) CHECK(client.read_answer()->status == 200);
  stopper.join();
  CHECK(site.store.rows().size() == 6);
  CHECK_THROWS(site.connect());
}

TEST_CASE("listener: what was stored but not answered when it died is recognised when it comes again") {
  Site site;
  const std::string body =
      R"({"secret":"correct-horse-battery","action":"buy","symbol":"BTCUSDT","quantity":1})";
  CHECK(site.post(body).status == 200);
  site.listener.reset();
  site.store.lose_note();
  site.start(default_settings());
  CHECK(contains(site.post(body).body, "duplicate"));
}

TEST_CASE("listener: after a clean stop equal bytes are judged as at any time") {
  Site site;
  const std::string body =
      R"({"secret":"correct-horse-battery","action":"buy","symbol":"BTCUSDT","quantity":1})";
  CHECK(site.post(body).status == 200);
  site.listener.reset();
  site.start(default_settings());
  CHECK(contains(site.post(body).body, "accepted"));
}
