// The listener speaking TLS by itself: certificates that change, clients that present theirs, other people's
// clients.
#include <sys/stat.h>

#include <filesystem>

#include "support/catch.hpp"
#include "support/record_fields.hpp"
#include "support/site.hpp"
#include "support/tls_client.hpp"

using namespace tvh::test;

namespace {

struct TlsSite : Site {
  explicit TlsSite(const CertificateWish& wish = {}, const std::string& config = "") : Site(config) {
    write(authority.issue(wish));
    write_file(file("authority.pem"), authority.certificate());
  }
  void write(const IssuedPair& pair) const {
    write_file(file("server.key"), pair.key);
    ::chmod(file("server.key").c_str(), 0600);
    write_file(file("server.pem"), pair.certificate);
  }
  Listener listen_tls(std::vector<std::string> arguments = {}) const {
    arguments.insert(arguments.end(),
                     {"--no-stdout", "--tls-cert", file("server.pem"), "--tls-key", file("server.key")});
    return listen(arguments);
  }

  TestAuthority authority;
};

CertificateWish ending_in(long days) {
  CertificateWish wish;
  wish.seconds_to = days * 24 * 3600 + 3600;
  return wish;
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// False (and a warning in the test's output) where the program is not installed.
bool is_installed(const std::string& program) {
  for (const char* folder : {"/usr/bin/", "/bin/", "/usr/local/bin/"}) {
    if (std::filesystem::exists(folder + program)) return true;
  }
  WARN("skipped: " + program + " is not installed");
  return false;
}

}  // namespace

TEST_CASE("tls: an alert over TLS is on disk, from TradingView's kind of client and under its own URL") {
  const TlsSite site;
  Listener listener = site.listen_tls();
  CHECK(listener.url().starts_with("https://127.0.0.1:"));
  TlsClient client(listener.port(), {.authority = site.authority.certificate()});
  REQUIRE(client.is_open());
  CHECK(client.post("/webhook", alert_body({.id = "1"})).status == 200);
  CHECK(client.get("/health").status == 200);
  CHECK(listener.stop() == 0);
  CHECK(site.one("SELECT count(*) FROM signals") == "1");
}

TEST_CASE("tls: a certificate that changes on disk is used without dropping a connection") {
  const TlsSite site;
  Listener listener = site.listen_tls();
  TlsClient before(listener.port());
  REQUIRE(before.get("/health").status == 200);
  const IssuedPair renewed = site.authority.issue({.common_name = "renewed"});
  site.write(renewed);
  REQUIRE(listener.process().wait_for_errors("new TLS certificate in use"));
  CHECK(TlsClient(listener.port()).server_certificate() == renewed.certificate);
  CHECK(before.post("/webhook", alert_body({.id = "1"})).status == 200);
}

TEST_CASE("tls: a certificate behind a symbolic link is noticed when the link is replaced") {
  const TlsSite site;
  std::filesystem::create_directories(site.file("archive"));
  std::filesystem::create_directories(site.file("live"));
  const auto put = [&site](const std::string& number, const IssuedPair& pair) {
    for (const std::string name : {"key", "cert"}) {
      const std::string real = site.file("archive/" + name + number);
      write_file(real, name == "key" ? pair.key : pair.certificate);
      ::chmod(real.c_str(), 0600);
      std::filesystem::create_symlink(real, site.file("live/next"));
      std::filesystem::rename(site.file("live/next"), site.file("live/" + name));
    }
  };
  put("1", site.authority.issue());
  Listener listener = site.listen({"--tls-cert", "live/cert", "--tls-key", "live/key"});
  const IssuedPair renewed = site.authority.issue();
  put("2", renewed);
  REQUIRE(listener.process().wait_for_errors("new TLS certificate in use"));
  CHECK(TlsClient(listener.port()).server_certificate() == renewed.certificate);
}

TEST_CASE("tls: a new pair that does not fit keeps the old one in use and says so, then a good one is taken") {
  const TlsSite site;
  Listener listener = site.listen_tls();
  const std::string first = TlsClient(listener.port()).server_certificate();
  write_file(site.file("server.pem"), site.authority.issue().certificate);
  REQUIRE(listener.process().wait_for_errors("the old TLS certificate stays in use"));
  CHECK(TlsClient(listener.port()).server_certificate() == first);
  write_file(site.file("server.pem"), "-----BEGIN CERTIFICATE-----\nhalf");
  listener.process().send(SIGHUP);
  REQUIRE(listener.process().wait_for_errors("everything stays as it was"));
  CHECK(TlsClient(listener.port()).get("/health").status == 200);
  const IssuedPair good = site.authority.issue();
  site.write(good);
  REQUIRE(listener.process().wait_for_errors("new TLS certificate in use"));
  CHECK(TlsClient(listener.port()).server_certificate() == good.certificate);
}

TEST_CASE("tls: the end of the certificate is warned of from 21 days before, in the log and in deep health") {
  struct Case {
    long days;
    bool warned;
    std::string text;
  };
  for (const auto& [days, warned, text] :
       {Case{22, false, ""}, Case{20, true, "ends in 20 days"}, Case{-1, true, "ended at"}}) {
    CAPTURE(days);
    CertificateWish wish = ending_in(days);
    wish.seconds_from = -10L * 24 * 3600;
    const TlsSite site(wish, kAdmin);
    Listener listener = site.listen_tls();
    const HttpAnswer health = listener.ask_admin("/health/deep");
    CHECK(health.status == (warned ? 503 : 200));
    CHECK(contains(health.body, warned ? "\"ends_soon\":true" : "\"ends_soon\":false"));
    CHECK(TlsClient(listener.port()).get("/health").status == 200);
    if (warned) CHECK(listener.process().wait_for_errors(text));
    CHECK(listener.stop() == 0);
    CHECK(contains(listener.process().errors(), "TLS certificate end") == warned);
  }
}

TEST_CASE(
    "tls: require takes TradingView's certificate by chain and names, or a known fingerprint, and no other") {
  const TlsSite site;
  const TestAuthority stranger("somebody");
  const IssuedPair pinned = stranger.issue({.common_name = "pinned"});
  std::string shouted = pinned.fingerprint;
  for (char& c : shouted) c = char(std::toupper(c));
  Listener listener = site.listen_tls(
      {"--client-cert", "require", "--client-ca", site.file("authority.pem"), "--client-fingerprint", shouted});
  int number = 0;
  const auto status_for = [&](const std::optional<IssuedPair>& identity) {
    const std::string body = alert_body({.id = std::to_string(++number)});
    return TlsClient(listener.port(), {.identity = identity}).post("/webhook", body).status;
  };
  CertificateWish other_name = tradingview_wish();
  other_name.common_name = "webhook-server@tradingview.com";
  CHECK(status_for(site.authority.issue(tradingview_wish())) == 200);
  CHECK(status_for(site.authority.issue(other_name)) == 200);
  CHECK(status_for(pinned) == 200);
  CHECK(status_for(std::nullopt) == 403);
  CHECK(status_for(stranger.issue(tradingview_wish())) == 403);
  CertificateWish wrong = tradingview_wish();
  wrong.common_name = "TradingView";
  CHECK(status_for(site.authority.issue(wrong)) == 403);
  wrong = tradingview_wish();
  wrong.organization = "TradingView";
  CHECK(status_for(site.authority.issue(wrong)) == 403);
  wrong = tradingview_wish();
  wrong.email = "webhook-server@tradingview.com.example";
  CHECK(status_for(site.authority.issue(wrong)) == 403);
  wrong = tradingview_wish();
  wrong.seconds_to = -60;
  CHECK(status_for(site.authority.issue(wrong)) == 403);
  CHECK(TlsClient(listener.port()).get("/health").status == 200);
  CHECK(listener.stop() == 0);
  CHECK(site.one("SELECT count(*) FROM signals") == "3");
  CHECK(site.one("SELECT count(*) FROM alerts WHERE verdict = 'wrong_certificate'") == "6");
}

TEST_CASE("tls: observe lets everybody in and logs each certificate once, with what would become of it") {
  const TlsSite site;
  Listener listener = site.listen_tls({"--client-cert", "observe", "--client-ca", site.file("authority.pem")});
  const IssuedPair known = site.authority.issue(tradingview_wish());
  const IssuedPair unknown = TestAuthority("somebody").issue(tradingview_wish());
  int number = 0;
  for (const auto& identity :
       {std::optional(known), std::optional(known), std::optional(unknown), std::optional<IssuedPair>()}) {
    const std::string body = alert_body({.id = std::to_string(++number)});
    CHECK(TlsClient(listener.port(), {.identity = identity}).post("/webhook", body).status == 200);
  }
  CHECK(listener.stop() == 0);
  const std::string log = listener.process().errors();
  CHECK(contains(log, known.fingerprint + "; acceptable"));
  CHECK(log.find(known.fingerprint) == log.rfind(known.fingerprint));
  CHECK(contains(log, unknown.fingerprint));
  CHECK(contains(log, "not vouched for"));
  CHECK(contains(log, "no client certificate was presented"));
}

TEST_CASE("tls: what contradicts itself is exit 78 and says what is missing") {
  const TlsSite site;
  const std::vector<std::string> pair = {"--tls-cert", site.file("server.pem"), "--tls-key",
                                         site.file("server.key")};
  struct Case {
    std::vector<std::string> arguments;
    bool with_pair;
    std::string says;
  };
  for (const auto& [arguments, with_pair, says] :
       {Case{{"--tls-cert", site.file("server.pem")}, false, "--tls-key"},
        Case{{"--client-cert", "require"}, true, "--client-ca"},
        Case{{"--client-cert", "observe"}, false, "--tls-cert"},
        Case{{"--client-cert", "require", "--client-fingerprint", "abc"}, true, "64 hexadecimal digits"},
        Case{{"--client-cert", "observe", "--client-ca", "absent.pem"}, true, "absent.pem"}}) {
    std::vector<std::string> all = {"--address", "127.0.0.1:0", "--check"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    if (with_pair) all.insert(all.end(), pair.begin(), pair.end());
    const Finished finished = site.run_tool("tvhook-listen", all);
    CAPTURE(says, finished.errors);
    CHECK(finished.code == 78);
    CHECK(contains(finished.errors, says));
  }
  std::vector<std::string> good = {"--address", "127.0.0.1:0", "--check"};
  good.insert(good.end(), pair.begin(), pair.end());
  CHECK(site.run_tool("tvhook-listen", good).code == 0);
}

TEST_CASE("tls: a stop answers what was received over TLS too") {
  const TlsSite site;
  Listener listener = site.listen_tls();
  std::vector<TlsClient> clients;
  for (int i = 0; i < 8; ++i) clients.emplace_back(listener.port());
  for (int i = 0; i < 8; ++i) {
    clients[std::size_t(i)].send(post_request("/webhook", alert_body({.id = std::to_string(i)})));
  }
  listener.process().send(SIGTERM);
  int answered = 0;
  for (auto& client : clients) {
    const auto answer = client.read_answer();
    if (answer && answer->status == 200) ++answered;
  }
  CHECK(listener.process().wait() == 0);
  CHECK(site.one("SELECT count(*) FROM signals") == std::to_string(answered));
}

TEST_CASE("tls: curl gets its answer, in both versions and not in an older one") {
  if (!is_installed("curl")) return;
  const TlsSite site;
  Listener listener = site.listen_tls();
  for (const std::string version : {"--tlsv1.2", "--tlsv1.3"}) {
    std::vector<std::string> arguments = {"-sS",
                                          version,
                                          "--cacert",
                                          site.file("authority.pem"),
                                          "-H",
                                          "Expect: 100-continue",
                                          "--data-binary",
                                          alert_body({.id = version}),
                                          listener.url()};
    if (version == "--tlsv1.2") arguments.insert(arguments.begin(), {"--tls-max", "1.2"});
    const Finished curl = run("curl", {.arguments = arguments, .environment = {}, .folder = ""});
    CAPTURE(curl.errors);
    CHECK(curl.code == 0);
    CHECK(contains(curl.output, "accepted"));
  }
  const Finished old =
      run("curl",
          {.arguments = {"-sS", "--tls-max", "1.1", "-k", listener.url()}, .environment = {}, .folder = ""});
  CHECK(old.code != 0);
  // HTTP/2 is not spoken; who offers it beside HTTP/1.1 gets the latter.
  const Finished two =
      run("curl",
          {.arguments = {"-sS", "--http2", "-k", "-w", "%{http_version}", "-o", "/dev/null", listener.url()},
           .environment = {},
           .folder = ""});
  CHECK(two.output == "1.1");
}

TEST_CASE("tls: openssl s_client sees the chain verified, and is refused what nobody should have") {
  if (!is_installed("openssl")) return;
  const TlsSite site;
  Listener listener = site.listen_tls();
  const std::string address = "127.0.0.1:" + std::to_string(listener.port());
  const auto s_client = [&](std::vector<std::string> arguments, const std::string& input) {
    arguments.insert(arguments.begin(),
                     {"s_client", "-connect", address, "-CAfile", site.file("authority.pem")});
    return run("openssl", {.arguments = arguments, .environment = {}, .folder = ""}, input);
  };
  const Finished good = s_client({"-verify_return_error", "-ign_eof"},
                                 "GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  CAPTURE(good.errors);
  CHECK(good.code == 0);
  CHECK(contains(good.output, "Verify return code: 0 (ok)"));
  CHECK(contains(good.output, R"({"status":"ok"})"));
  CHECK(s_client({"-tls1_1", "-cipher", "ALL:@SECLEVEL=0"}, "").code != 0);
  CHECK(s_client({"-tls1_2", "-cipher", "AES128-SHA"}, "").code != 0);
  const Finished renegotiating =
      s_client({"-tls1_2", "-ign_eof"}, "R\nGET /health HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK_FALSE(contains(renegotiating.output, R"({"status":"ok"})"));
}
