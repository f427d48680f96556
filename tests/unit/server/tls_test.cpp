// TLS over real sockets, with certificates made for the occasion.
#include <sys/stat.h>

#include <thread>

#include "server/server.hpp"
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"
#include "support/test_authority.hpp"
#include "support/tls_client.hpp"
#include "unit/server/echo_application.hpp"
#include "unit/server/loopback_client.hpp"

using namespace tvh;
using namespace tvh::server;
using namespace tvh::test;
using namespace std::chrono_literals;

namespace {

struct Files {
  Files() { write(authority.issue()); }

  void write(const IssuedPair& pair) const {
    write_file(settings.certificate_file, pair.certificate);
    write_file(settings.key_file, pair.key);
    ::chmod(settings.key_file.c_str(), 0600);
  }
  std::shared_ptr<const TlsContext> load() const {
    auto context = TlsContext::load(settings);
    if (!context) FAIL(context.error().message);
    return *context;
  }
  std::string refusal() const {
    const auto context = TlsContext::load(settings);
    REQUIRE_FALSE(context.has_value());
    CHECK(context.error().code == Errc::configuration);
    return context.error().message;
  }

  TestAuthority authority;
  TemporaryFolder folder;
  TlsSettings settings{folder.file("server.pem"), folder.file("server.key")};
};

struct Site {
  explicit Site(const Files& files, const Limits& limits = {}, Sources sources = {})
      : server({"127.0.0.1", 0}, limits, application) {
    server.set_tls(files.load());
    server.set_sources(std::move(sources));
    REQUIRE(server.start().has_value());
  }
  int port() const { return server.endpoint().port; }

  EchoApplication application;
  Server server;
};

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("tls: requests and answers go through it as through a plain connection, in both versions") {
  const Files files;
  Site site(files);
  for (const TlsVersion version : {TlsVersion::only_1_2, TlsVersion::only_1_3}) {
    TlsClient client(site.port(), {.authority = files.authority.certificate(), .version = version});
    REQUIRE(client.is_open());
    CHECK(client.version() == (version == TlsVersion::only_1_2 ? "TLSv1.2" : "TLSv1.3"));
    CHECK(client.post("/a", "first").body == "POST /a first");
    const std::string large(60'000, 'x');  // several records
    CHECK(client.post("/b", large).body == "POST /b " + large);
    client.send(post_text("/c", "1") + post_text("/d", "2"));
    CHECK(client.read_answer()->body == "POST /c 1");
    CHECK(client.read_answer()->body == "POST /d 2");
  }
  CHECK(site.application.sources().front().find("127.0.0.1:") == 0);
}

TEST_CASE("tls: a refusal of a body that is not read reaches the client, and then the end") {
  const Files files;
  Site site(files);
  TlsClient client(site.port());
  client.send(post_text("/missing", std::string(200'000, 'x')));
  CHECK(client.read_answer()->status == 404);
  CHECK(client.is_closed());
}

TEST_CASE("tls: old versions and ciphers without forward secrecy are refused") {
  const Files files;
  Site site(files);
  for (const TlsVersion version : {TlsVersion::only_1_0, TlsVersion::only_1_1}) {
    const TlsClient client(site.port(), {.version = version});
    CHECK_FALSE(client.is_open());
  }
  for (const char* ciphers : {"AES128-SHA", "AES256-GCM-SHA384", "ECDHE-ECDSA-AES128-SHA", "aNULL"}) {
    const TlsClient client(site.port(), {.version = TlsVersion::only_1_2, .ciphers = ciphers});
    CAPTURE(ciphers);
    CHECK_FALSE(client.is_open());
  }
  CHECK(TlsClient(site.port(), {.version = TlsVersion::only_1_2, .ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256"})
            .is_open());
  CHECK(site.application.failed_handshakes().size() >= 5);
}

TEST_CASE("tls: who asks to negotiate anew is closed; a key update is none of that") {
  const Files files;
  Limits limits;
  limits.idle = 600s;  // not what closes it
  Site site(files, limits);
  TlsClient old(site.port(), {.version = TlsVersion::only_1_2});
  REQUIRE(old.get("/quick").status == 200);
  CHECK_FALSE(old.survives_renegotiation());
  CHECK(old.is_closed());
  TlsClient recent(site.port(), {.version = TlsVersion::only_1_3});
  REQUIRE(recent.get("/quick").status == 200);
  CHECK(recent.survives_key_update());
}

TEST_CASE("tls: half a handshake ends at its deadline, and others are served meanwhile") {
  const Files files;
  Limits limits;
  limits.handshake = 100ms;
  Site site(files, limits);
  LoopbackClient silent(std::uint16_t(site.port()));
  LoopbackClient half(std::uint16_t(site.port()));
  half.send(std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11));
  CHECK(TlsClient(site.port()).get("/quick").status == 200);
  CHECK(silent.read_to_end().empty());
  CHECK(half.is_closed());
}

TEST_CASE("tls: half handshakes do not keep others out when all connections are taken") {
  const Files files;
  Limits limits;
  limits.connections = 4;
  limits.handshake = 600s;  // not what makes room
  Site site(files, limits);
  std::vector<LoopbackClient> silent;
  for (int i = 0; i < 6; ++i) silent.emplace_back(std::uint16_t(site.port()));
  for (int i = 0; i < 3; ++i) CHECK(TlsClient(site.port()).get("/quick").status == 200);
}

TEST_CASE("tls: plain HTTP on a TLS port is told so, and garbage is closed") {
  const Files files;
  Site site(files);
  LoopbackClient plain(std::uint16_t(site.port()));
  plain.send("GET /quick HTTP/1.1\r\nHost: a\r\n\r\n");
  const auto answer = plain.read_answer();
  REQUIRE(answer.has_value());
  CHECK(answer->status == 400);
  CHECK(contains(answer->body, "https"));
  LoopbackClient garbage(std::uint16_t(site.port()));
  garbage.send(std::string(100, '\xff'));
  CHECK(garbage.is_closed());
  CHECK(site.application.failed_handshakes().size() == 2);
}

TEST_CASE("tls: a client that goes away at any point of the handshake harms nobody") {
  const Files files;
  Site site(files);
  for (int i = 0; i < 20; ++i) {
    LoopbackClient gone(std::uint16_t(site.port()));
    if (i % 2 == 0) gone.send(std::string("\x16\x03\x01", 3));
    gone.reset();
  }
  CHECK(TlsClient(site.port()).get("/quick").status == 200);
}

TEST_CASE("tls: a new certificate is for new connections, and no old one is dropped") {
  const Files files;
  Site site(files);
  TlsClient before(site.port());
  const std::string first = before.server_certificate();
  files.write(files.authority.issue({.common_name = "renewed"}));
  site.server.set_tls(files.load());
  CHECK(before.get("/quick").status == 200);
  TlsClient after(site.port(), {.authority = files.authority.certificate()});
  REQUIRE(after.is_open());
  CHECK(after.server_certificate() != first);
  CHECK(before.get("/quick").status == 200);
}

TEST_CASE("tls: what a client presents is told with every request, verified or not") {
  Files files;
  const TestAuthority vouching("vouches for clients");
  files.settings.client = ClientCertificate::asked;
  files.settings.client_ca_file = files.folder.file("clients.pem");
  write_file(files.settings.client_ca_file, vouching.certificate());
  Site site(files);
  for (const TlsVersion version : {TlsVersion::only_1_2, TlsVersion::only_1_3}) {
    const IssuedPair known = vouching.issue(tradingview_wish());
    CHECK(TlsClient(site.port(), {.identity = known, .version = version}).post("/", "x").status == 200);
    const auto verified = site.application.last_certificate();
    REQUIRE(verified.has_value());
    CHECK(verified->chain_verified);
    CHECK(verified->chain_problem.empty());
    CHECK(verified->organization == "TradingView, Inc.");
    CHECK(verified->common_name == "TradingView Webhooks");
    CHECK(verified->emails == std::vector<std::string>{"webhook-server@tradingview.com"});
    CHECK(verified->fingerprint == known.fingerprint);
    CHECK(contains(verified->subject, "TradingView"));

    const TestAuthority stranger("anybody");
    CHECK(TlsClient(site.port(), {.identity = stranger.issue(tradingview_wish()), .version = version})
              .post("/", "x")
              .status == 200);
    const auto unverified = site.application.last_certificate();
    REQUIRE(unverified.has_value());
    CHECK_FALSE(unverified->chain_verified);
    CHECK_FALSE(unverified->chain_problem.empty());

    CertificateWish expired = tradingview_wish();
    expired.seconds_from = -7200;
    expired.seconds_to = -3600;
    TlsClient(site.port(), {.identity = vouching.issue(expired), .version = version}).post("/", "x");
    CHECK_FALSE(site.application.last_certificate()->chain_verified);

    TlsClient(site.port(), {.version = version}).post("/", "x");
    CHECK_FALSE(site.application.last_certificate().has_value());
  }
}

TEST_CASE("tls: files that cannot serve are refused with what is wrong with them") {
  Files files;
  const IssuedPair pair = files.authority.issue();
  files.write({pair.certificate, files.authority.issue().key, ""});
  CHECK(contains(files.refusal(), "server.key"));
  files.write({"no PEM at all", pair.key, ""});
  CHECK(contains(files.refusal(), "server.pem"));
  files.write({pair.certificate, "no PEM at all", ""});
  CHECK(contains(files.refusal(), "server.key"));
  files.write(pair);
  ::chmod(files.settings.key_file.c_str(), 0604);
  CHECK(contains(files.refusal(), "chmod"));
  ::chmod(files.settings.key_file.c_str(), 0640);
  CHECK(TlsContext::load(files.settings).has_value());
  files.settings.certificate_file = files.folder.file("absent.pem");
  CHECK(contains(files.refusal(), "absent.pem"));
}

TEST_CASE("tls: the end of validity is the earliest of the chain") {
  Files files;
  CertificateWish wish;
  wish.seconds_to = 20L * 24 * 3600;
  files.write(files.authority.issue(wish));
  const auto left = files.load()->expires_at() - SystemClock().now();
  CHECK(left > std::chrono::hours(24 * 19));
  CHECK(left < std::chrono::hours(24 * 21));
}
