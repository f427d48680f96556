// Who may send alerts: addresses, proxies, secrets by name, tokens in the path, and what becomes of who
// guesses. Other addresses than loopback are played by a trusted proxy on loopback.
#include <sys/stat.h>

#include "support/catch.hpp"
#include "support/record_fields.hpp"
#include "support/site.hpp"
#include "support/tls_client.hpp"

using namespace tvh::test;

namespace {

constexpr const char* kTradingView = "52.89.214.238";

// An alert as a proxy hands it on.
std::string forwarded_alert(const std::string& from, const std::string& body,
                            const std::string& path = "/webhook") {
  return "POST " + path + " HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: " + from +
         "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

HttpAnswer send_from(const Listener& listener, const std::string& from, const std::string& body,
                     const std::string& path = "/webhook") {
  HttpConnection connection = listener.connect();
  connection.send(forwarded_alert(from, body, path));
  return connection.read_answer().value();
}

std::string name_of(const HttpAnswer& answer) {
  const auto at = answer.body.find("\"name\":\"");
  if (at == std::string::npos) return "";
  return answer.body.substr(at + 8, answer.body.find('"', at + 8) - at - 8);
}

std::string with_secret(const std::string& secret, const std::string& id, const std::string& strategy = "ma") {
  return R"({"secret":")" + secret + R"(","action":"buy","symbol":"BTCUSDT","quantity":1,"strategy":")" +
         strategy + R"(","signal_id":")" + id + "\"}";
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

ProcessOptions with_environment(const Site& site, const std::map<std::string, std::string>& variables,
                                const std::vector<std::string>& arguments = {}) {
  ProcessOptions options = site.options({"--address", "127.0.0.1:0", "--no-stdout"});
  options.arguments.insert(options.arguments.end(), arguments.begin(), arguments.end());
  options.environment.erase("TVHOOK_SECRET");
  options.environment.insert(variables.begin(), variables.end());
  return options;
}

}  // namespace

TEST_CASE("sources: --allow tradingview takes its published addresses through a trusted proxy, and no other") {
  const Site site;
  Listener listener = site.listen({"--no-stdout", "--allow", "tradingview", "--trust-proxy", "127.0.0.1"});
  int number = 0;
  for (const std::string from : {"52.89.214.238", "34.212.75.30", "54.218.53.128", "52.32.178.7"}) {
    CHECK(send_from(listener, from, alert_body({.id = std::to_string(++number)})).status == 200);
  }
  // 52.36.118.78 stands in a list that somebody published; no official copy has it.
  for (const std::string from : {"52.36.118.78", "192.0.2.1", "52.89.214.238, 192.0.2.1"}) {
    const HttpAnswer answer = send_from(listener, from, alert_body({.id = std::to_string(++number)}));
    CHECK(answer.status == 403);
    CHECK(name_of(answer) == "wrong_source");
  }
  CHECK(listener.connect().get("/health").status == 200);
  CHECK(listener.stop() == 0);
  CHECK(site.one("SELECT source FROM alerts WHERE rowid = 1") == "52.89.214.238");
  CHECK(site.one("SELECT count(*) FROM signals") == "4");
}

TEST_CASE(
    "sources: who is not allowed is refused before a byte of the body is read, and before the path is looked "
    "at") {
  const Site site;
  Listener listener = site.listen({"--no-stdout", "--allow", "192.0.2.0/24", "--allow", "2001:db8::/32"});
  for (const std::string target : {"POST /webhook", "POST /elsewhere", "DELETE /webhook"}) {
    HttpConnection connection = listener.connect();
    connection.send(target + " HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\nExpect: 100-continue\r\n\r\n");
    const auto answer = connection.read_answer();
    REQUIRE(answer.has_value());
    CHECK(answer->status == 403);
  }
}

TEST_CASE("sources: networks of both families, in flags and in the configuration") {
  const Site site("[listen]\nallow = [\"192.0.2.0/24\", \"2001:db8::/32\"]\ntrust_proxy = \"127.0.0.0/8\"\n");
  Listener listener = site.listen({"--no-stdout"});
  CHECK(send_from(listener, "192.0.2.77", alert_body({.id = "1"})).status == 200);
  CHECK(send_from(listener, "[2001:db8::7]:443", alert_body({.id = "2"})).status == 200);
  CHECK(send_from(listener, "2001:db9::7", alert_body({.id = "3"})).status == 403);
  CHECK(send_from(listener, "not an address", alert_body({.id = "4"})).status == 400);
  const Site other;  // its journal has to outlive it
  Listener by_flag = other.listen({"--no-stdout", "--trust-proxy", "10.0.0.0/8", "--allow", "127.0.0.1"});
  CHECK(send_from(by_flag, "192.0.2.77", alert_body({.id = "1"})).status ==
        200);  // not believed: it is loopback's
  for (const std::string wrong : {"tradingvew", "10.0.0.1/8", "10.0.0.0/40"}) {
    const Finished finished = site.run_tool("tvhook-listen", {"--allow", wrong, "--check"});
    CHECK(finished.code == 78);
    CHECK(contains(finished.errors, wrong));
  }
}

TEST_CASE("sources: behind a PROXY protocol the source is the client's, plain and through TLS") {
  const std::string header(
      "\r\n\r\n\0\r\nQUIT\n\x21\x11\x00\x0c\x34\x59\xd6\xee\x7f\x00\x00\x01\x12\x34\x01\xbb", 28);
  const Site site;
  const std::vector<std::string> flags = {"--no-stdout", "--allow", "tradingview", "--trust-proxy",
                                          "127.0.0.1"};
  Listener listener = site.listen(flags);
  HttpConnection plain = listener.connect();
  plain.send(header + post_request("/webhook", alert_body({.id = "1"})));
  CHECK(plain.read_answer()->status == 200);
  CHECK(listener.stop() == 0);
  CHECK(site.one("SELECT source FROM alerts") == std::string(kTradingView) + ":4660");

  const TestAuthority authority;
  const IssuedPair pair = authority.issue();
  write_file(site.file("server.pem"), pair.certificate);
  write_file(site.file("server.key"), pair.key);
  ::chmod(site.file("server.key").c_str(), 0600);
  std::vector<std::string> tls_flags = flags;
  tls_flags.insert(tls_flags.end(), {"--tls-cert", "server.pem", "--tls-key", "server.key"});
  Listener tls = site.listen(tls_flags);
  CHECK(TlsClient(tls.port(), {.preamble = header}).post("/webhook", alert_body({.id = "2"})).status == 200);
  CHECK(TlsClient(tls.port()).post("/webhook", alert_body({.id = "3"})).status == 403);
}

TEST_CASE("sources: a PROXY header that names nobody does not make the client's own X-Forwarded-For believed") {
  const Site site;
  Listener listener = site.listen({"--no-stdout", "--allow", "tradingview", "--trust-proxy", "127.0.0.1"});
  for (const char* command_and_family : {"\x21\x00", "\x21\x12", "\x20\x00"}) {
    HttpConnection client = listener.connect();
    client.send(std::string("\r\n\r\n\0\r\nQUIT\n", 12) + std::string(command_and_family, 2) +
                std::string("\x00\x0c\x34\x59\xd6\xee\x7f\x00\x00\x01\x12\x34\x01\xbb", 14) +
                forwarded_alert(kTradingView, alert_body({.id = "1"})));
    CHECK(client.read_answer().value().status == 403);
  }
}

TEST_CASE("path token: it authenticates by itself, any of several does, and none of it is kept anywhere") {
  const Site site("[listen]\npath_token = { old = \"env:OLD\", new = \"env:NEW\" }\n");
  Listener listener(with_environment(site, {{"OLD", "old-token-value"}, {"NEW", "new-token-value"}}));
  const std::string bare = R"({"action":"buy","symbol":"BTCUSDT","quantity":1,"signal_id":)";
  const auto post = [&](const std::string& path, const std::string& body) {
    return listener.connect().post(path, body).status;
  };
  CHECK(post("/webhook/old-token-value", bare + "\"1\"}") == 200);
  CHECK(post("/webhook/new-token-value", bare + "\"2\"}") == 200);
  CHECK(post("/webhook/new-token-valu", bare + "\"3\"}") == 401);
  CHECK(post("/webhook/new-token-value/", bare + "\"3\"}") == 401);
  CHECK(post("/webhook", bare + "\"4\"}") == 401);
  CHECK(post("/webhook/", bare + "\"5\"}") == 404);
  CHECK(post("/webhookold-token-value", bare + "\"6\"}") == 404);
  // A wrong secret never rides on a right one.
  CHECK(post("/webhook/old-token-value", with_secret("wrong-secret-value", "7")) == 401);
  CHECK(post("/webhook/old-token-value",
             R"({"action":"buy","symbol":"BTCUSDT","quantity":1,"comment":"old-token-value"})") == 200);
  CHECK(listener.stop() == 0);
  for (const std::string canary : {"token-value", "wrong-secret-value"}) {
    CAPTURE(canary);
    CHECK_FALSE(contains(listener.process().errors(), canary));
    CHECK_FALSE(contains(read_file(site.journal()), canary));
    CHECK_FALSE(contains(read_file(site.journal() + "-wal"), canary));
  }
}

TEST_CASE("path token: it stands behind one slash, also where the path ends in one") {
  const Site site("[listen]\npath_token = \"env:TOKEN\"\n");
  for (const std::string path : {"/", "/webhook/"}) {
    CAPTURE(path);
    Listener listener(with_environment(site, {{"TOKEN", "a-path-token"}}, {"--path", path}));
    const auto post = [&](const std::string& target) {
      const std::string body =
          R"({"action":"buy","symbol":"BTCUSDT","quantity":1,"signal_id":")" + target + "\"}";
      return listener.connect().post(target, body).status;
    };
    CHECK(post(path + "a-path-token") == 200);
    CHECK(post(path + "/a-path-token") == 200);  // what one had to write once
    CHECK(post(path + "another-token") == 401);
    CHECK(post(path) == 401);
    CHECK(post("/elsewhere/a-path-token") == (path == "/" ? 401 : 404));
  }
}

TEST_CASE("path token: one that a URL would have to escape is refused at the start, without being told") {
  const Site site("[listen]\npath_token = \"env:TOKEN\"\n");
  for (const std::string token : {"with space", "per%cent", "sla/sh", "quest?ion"}) {
    ProcessOptions options = with_environment(site, {{"TOKEN", token}}, {"--check"});
    const Finished finished = run(tool("tvhook-listen"), options);
    CHECK(finished.code == 78);
    CHECK_FALSE(contains(finished.errors, token));
  }
}

TEST_CASE("secrets: a strategy's own secret is right for it alone, and no other is right for it") {
  const Site site(
      "[auth.secrets]\nmain = \"env:MAIN\"\nscalp = \"env:SCALP\"\n[strategy.scalper]\nsecrets = "
      "[\"scalp\"]\n");
  Listener listener(with_environment(site, {{"MAIN", "main-secret-value"}, {"SCALP", "scalp-secret-value"}}));
  const auto post = [&](const std::string& body) { return listener.connect().post("/webhook", body); };
  CHECK(post(with_secret("main-secret-value", "1")).status == 200);
  CHECK(post(with_secret("scalp-secret-value", "2", "scalper")).status == 200);
  CHECK(post(with_secret("main-secret-value", "3", "scalper")).status == 401);
  const HttpAnswer astray = post(with_secret("scalp-secret-value", "4"));
  CHECK(astray.status == 401);
  CHECK(name_of(astray) == "secret_of_another_strategy");
  CHECK(listener.stop() == 0);
  CHECK(site.one("SELECT group_concat(body) FROM alerts WHERE status = 401").find("[secret:main]") !=
        std::string::npos);
}

TEST_CASE("secrets: SIGHUP takes new ones and lets go of old ones, and a broken file changes nothing") {
  const Site site;
  const auto put = [&site](const std::string& name, const std::string& value) {
    write_file(site.file(name), value + "\n");
    ::chmod(site.file(name).c_str(), 0600);
  };
  const auto configure = [&site](const std::string& name) {
    write_file(site.file("tvhook.toml"), "[auth.secrets]\n" + name + " = \"file:" + site.file(name) + "\"\n");
  };
  put("first", "first-secret-value");
  put("second", "second-secret-value");
  configure("first");
  Listener listener(with_environment(site, {}));
  const auto status = [&](const std::string& secret, const std::string& id) {
    return listener.connect().post("/webhook", with_secret(secret, id)).status;
  };
  CHECK(status("first-secret-value", "1") == 200);
  CHECK(status("second-secret-value", "2") == 401);
  write_file(site.file("tvhook.toml"), "[auth.secrets]\nbroken\n");
  listener.process().send(SIGHUP);
  REQUIRE(listener.process().wait_for_errors("everything stays as it was"));
  CHECK(status("first-secret-value", "3") == 200);
  configure("second");
  listener.process().send(SIGHUP);
  REQUIRE(listener.process().wait_for_errors("reloaded:"));
  CHECK(status("second-secret-value", "4") == 200);
  CHECK(status("first-secret-value", "5") == 401);
  CHECK(listener.stop() == 0);
}

TEST_CASE(
    "guessing: an address with many wrong secrets is refused, the right one still counts, others do not "
    "notice") {
  const Site site;
  Listener listener = site.listen({"--no-stdout", "--trust-proxy", "127.0.0.1"});
  // All at once, each on its own connection: what is held back is held back side by side.
  std::vector<HttpConnection> guessers;
  for (int i = 0; i < 24; ++i) {
    guessers.push_back(listener.connect());
    guessers.back().send(forwarded_alert("192.0.2.66", with_secret("guess", std::to_string(i))));
  }
  int unauthorized = 0;
  int refused = 0;
  for (auto& guesser : guessers) {
    const auto answer = guesser.read_answer();
    REQUIRE(answer.has_value());
    if (answer->status == 401) ++unauthorized;
    if (answer->status == 403) ++refused;
  }
  CHECK(unauthorized == 19);
  CHECK(refused == 5);
  CHECK(listener.process().wait_for_errors("too many wrong secrets from 192.0.2.66"));
  CHECK(send_from(listener, "192.0.2.66", alert_body({.id = "right"})).status == 200);
  CHECK(send_from(listener, "192.0.2.67", alert_body({.id = "other"})).status == 200);
}

TEST_CASE("guessing: from TradingView's addresses and loopback it never slows down or locks out anybody") {
  const Site site;
  Listener listener = site.listen({"--no-stdout", "--trust-proxy", "127.0.0.1"});
  for (int i = 0; i < 60; ++i) {
    CHECK(send_from(listener, kTradingView, with_secret("guess", std::to_string(i))).status == 401);
    CHECK(listener.post(with_secret("guess", std::to_string(i))).status == 401);
  }
  CHECK(send_from(listener, kTradingView, alert_body({.id = "1"})).status == 200);
}

TEST_CASE(
    "rates: strangers who only ask for what is refused get 503, a strategy over its rate too, the rest goes "
    "on") {
  const Site site("[listen]\nrequests_per_second = 1\nstrategy_alerts_per_second = 1\n");
  Listener listener = site.listen({"--no-stdout", "--trust-proxy", "127.0.0.1"});
  std::vector<HttpConnection> strangers;
  for (int i = 0; i < 20; ++i) {
    strangers.push_back(listener.connect());
    strangers.back().send(forwarded_alert("192.0.2.5", "{}", "/wp-login.php"));
  }
  int missing = 0;
  int unavailable = 0;
  for (auto& stranger : strangers) {
    const int status = stranger.read_answer().value().status;
    if (status == 404) ++missing;
    if (status == 503) ++unavailable;
  }
  CHECK(missing >= 5);
  CHECK(unavailable >= 10);
  CHECK(missing + unavailable == 20);
  int accepted = 0;
  for (int i = 0; i < 20; ++i) {
    const HttpAnswer answer = send_from(listener, "192.0.2.5", alert_body({.id = std::to_string(i)}));
    if (answer.status == 200) ++accepted;
    if (answer.status == 503) CHECK(answer.headers.count("retry-after") == 1);
  }
  CHECK(accepted >= 5);
  CHECK(accepted < 20);
  CHECK(send_from(listener, "192.0.2.5", alert_body({.id = "1", .strategy = "another"})).status == 200);
}
