// TLS is verified, always: against a server with a certificate of an authority made for the test.
#include "support/temporary_folder.hpp"
#include "unit/client/desk.hpp"
#include "support/scripted_server.hpp"

using namespace tvh;
using namespace tvh::client;
using namespace tvh::test;

namespace {

void answer_all(Peer& peer, int) {
  while (peer.read_request()) peer.answer("{}");
}

struct Site {
  explicit Site(const CertificateWish& wish = {}) : server(answer_all, authority.issue(wish)) {
    write_file(folder.file("ca.pem"), authority.certificate());
    settings.ca_file = folder.file("ca.pem");
  }

  TemporaryFolder folder;
  TestAuthority authority;
  ClientSettings settings;
  ScriptedServer server;
};

void check_refused(ClientDesk& desk, ScriptedServer& server) {
  auto request = post(server.url("/order?signature=CANARY"), "CANARY");
  const Failure failure = failed(desk.ask(request));
  CHECK(failure.reach == Failure::Reach::not_sent);
  CHECK(failure.message.starts_with("127.0.0.1: "));
  CHECK(failure.message.find("CANARY") == std::string::npos);
  server.wait_until_ended(1);
  CHECK(server.requests().empty());
}

}  // namespace

TEST_CASE("client tls: a certificate of the authority in ca_file is taken") {
  Site site;
  ClientDesk desk(site.settings);
  CHECK(answered(desk.ask(post(site.server.url("/order"), "order"))).status == 200);
  CHECK(site.server.requests().size() == 1);
}

TEST_CASE("client tls: a certificate of an unknown authority is refused before a byte of the request leaves") {
  Site site;
  const TestAuthority other("another authority");
  write_file(site.folder.file("other.pem"), other.certificate());
  SECTION("with one of our own") { site.settings.ca_file = site.folder.file("other.pem"); }
  SECTION("with the system's") { site.settings.ca_file.clear(); }
  ClientDesk desk(site.settings);
  check_refused(desk, site.server);
}

TEST_CASE("client tls: a certificate of another host, or out of date, is refused") {
  CertificateWish wish;
  SECTION("host") { wish.host = "127.0.0.2"; }
  SECTION("out of date") { wish.seconds_to = -60; }
  SECTION("not yet") { wish.seconds_from = 3600; }
  Site site(wish);
  ClientDesk desk(site.settings);
  check_refused(desk, site.server);
}

TEST_CASE("client tls: a kept connection closed without an answer is not tried again either") {
  Site site;
  ScriptedServer server(
      [](Peer& peer, int number) {
        if (number > 0) return answer_all(peer, number);
        peer.read_request();
        peer.answer("{}");
        peer.read_request();
      },
      site.authority.issue());
  {
    ClientDesk desk(site.settings);
    answered(desk.ask(post(server.url("/order"), "first")));
    CHECK(failed(desk.ask(post(server.url("/order"), "second"))).reach == Failure::Reach::may_stand);
  }
  server.wait_until_ended(1);
  CHECK(server.requests().size() == 2);
}
