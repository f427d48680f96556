// Whom a proxy speaks for: what it says, and who may say it.
#include "server/forwarded.hpp"

#include "server/server.hpp"
#include "support/catch.hpp"
#include "unit/server/echo_application.hpp"
#include "unit/server/loopback_client.hpp"

using namespace tvh;
using namespace tvh::server;
using namespace tvh::test;

namespace {

const AddressSet kProxies({*parse_network("10.0.0.0/8"), *parse_network("127.0.0.1")});

std::string source_of(const std::string& list) {
  const auto source = forwarded_source(list, kProxies);
  return source ? to_text(*source) : "unreadable";
}

const std::string kSignature("\r\n\r\n\0\r\nQUIT\n", 12);

std::string proxy_header_of(char command, char family, const std::string& addresses) {
  std::string header = kSignature;
  header += command;
  header += family;
  header += char(addresses.size() >> 8);
  header += char(addresses.size() & 0xff);
  return header + addresses;
}

// PROXY protocol v2: TCP over IPv4 from 192.0.2.9:4660.
std::string proxy_header(char command = '\x21', const std::string& extra = "") {
  return proxy_header_of(command, '\x11',
                         std::string("\xc0\x00\x02\x09\x7f\x00\x00\x01\x12\x34\x01\xbb", 12) + extra);
}

// The same from another address, of four bytes.
std::string proxy_header_from(const std::string& address) {
  return proxy_header_of('\x21', '\x11', address + std::string("\x7f\x00\x00\x01\x12\x34\x01\xbb", 8));
}

struct Site {
  explicit Site(const std::string& trusted = "127.0.0.1") : server({"127.0.0.1", 0}, Limits{}, application) {
    Sources sources;
    if (!trusted.empty()) sources.trusted_proxies.add(*parse_network(trusted));
    server.set_sources(sources);
    REQUIRE(server.start().has_value());
  }
  LoopbackClient connect() const { return LoopbackClient(server.endpoint().port); }

  EchoApplication application;
  Server server;
};

std::string request(const std::string& headers) {
  return "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n" + headers + "\r\n";
}

}  // namespace

TEST_CASE("forwarded: the right-most hop that is not one of ours, whatever was written before it") {
  CHECK(source_of("192.0.2.1") == "192.0.2.1");
  CHECK(source_of("52.89.214.238, 192.0.2.1") == "192.0.2.1");
  CHECK(source_of("1.1.1.1, 192.0.2.1 ,10.0.0.3,\t10.1.2.3") == "192.0.2.1");
  CHECK(source_of("10.0.0.1, 10.0.0.2") == "10.0.0.1");
  CHECK(source_of("192.0.2.1:4711") == "192.0.2.1");
  CHECK(source_of("[2001:db8::1]:80") == "2001:db8::1");
  CHECK(source_of("2001:db8::1, 10.0.0.1") == "2001:db8::1");
}

TEST_CASE(
    "forwarded: a hop that cannot be read is not guessed, what lies behind the right one does not matter") {
  for (const char* list : {"", ",", "unknown", "192.0.2.1,", "192.0.2.1, _hidden", "1.2.3", "[::1", "[::1]x"}) {
    CAPTURE(list);
    CHECK(source_of(list) == "unreadable");
  }
  CHECK(source_of("nonsense, 192.0.2.1") == "192.0.2.1");
}

TEST_CASE("proxy header: it is read byte by byte, and what is not version 2 is none") {
  const std::string whole = proxy_header('\x21', "\x04\x00\x01x");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto parsed = parse_proxy_header(whole.substr(0, size));
    CAPTURE(size);
    REQUIRE(std::holds_alternative<ProxyHeaderIncomplete>(parsed));
    CHECK(std::get<ProxyHeaderIncomplete>(parsed).wanted > size);
  }
  const auto parsed = parse_proxy_header(whole + "GET");
  REQUIRE(std::holds_alternative<ProxyHeader>(parsed));
  CHECK(std::get<ProxyHeader>(parsed).size == whole.size());
  CHECK(to_text(*std::get<ProxyHeader>(parsed).source) == "192.0.2.9:4660");
  CHECK_FALSE(std::get<ProxyHeader>(parse_proxy_header(proxy_header('\x20'))).source.has_value());
  for (const std::string& bytes : {proxy_header('\x11'), proxy_header('\x22'), std::string("\r\nGET"),
                                   proxy_header('\x21', std::string(5000, 'x'))}) {
    CHECK(std::holds_alternative<NoProxyHeader>(parse_proxy_header(bytes)));
  }
}

TEST_CASE("server: X-Forwarded-For counts from a trusted proxy, for each request by itself") {
  Site site;
  LoopbackClient client = site.connect();
  client.send(request("X-Forwarded-For: 1.1.1.1\r\nx-forwarded-for: 192.0.2.1\r\n"));
  CHECK(client.read_answer()->status == 200);
  client.send(request("X-Forwarded-For: 192.0.2.2\r\n"));
  CHECK(client.read_answer()->status == 200);
  client.send(request(""));
  CHECK(client.read_answer()->status == 200);
  const auto sources = site.application.sources();
  CHECK(sources[0] == "192.0.2.1");
  CHECK(sources[1] == "192.0.2.2");
  CHECK(sources[2].starts_with("127.0.0.1:"));
  client.send(request("X-Forwarded-For: nobody\r\n"));
  CHECK(client.read_answer()->status == 400);
}

TEST_CASE("server: X-Forwarded-For from anybody else, and in a trailer, is nothing") {
  Site untrusting("192.0.2.0/24");
  LoopbackClient client = untrusting.connect();
  client.send(request("X-Forwarded-For: 52.89.214.238\r\n"));
  CHECK(client.read_answer()->status == 200);
  CHECK(untrusting.application.sources()[0].starts_with("127.0.0.1:"));
  Site site;
  LoopbackClient late = site.connect();
  late.send(
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-Forwarded-For: "
      "192.0.2.1\r\n\r\n");
  CHECK(late.read_answer()->status == 200);
  CHECK(site.application.sources()[0].starts_with("127.0.0.1:"));
}

TEST_CASE("server: a PROXY header from a trusted proxy names the source, in any number of pieces") {
  Site site;
  const std::string bytes =
      proxy_header('\x21', "\x04\x00\x02xx") + request("X-Forwarded-For: 198.51.100.1\r\n");
  for (std::size_t cut = 1; cut < bytes.size(); cut += 5) {
    LoopbackClient client = site.connect();
    client.send(bytes.substr(0, cut));
    client.send(bytes.substr(cut));
    REQUIRE(client.read_answer()->status == 200);
    // Whom the proxy speaks for is no proxy of ours: what he says of others is nothing.
    CHECK(site.application.sources().back() == "192.0.2.9:4660");
  }
  LoopbackClient local = site.connect();
  local.send(proxy_header('\x20') + request(""));
  CHECK(local.read_answer()->status == 200);
  CHECK(site.application.sources().back().starts_with("127.0.0.1:"));
}

TEST_CASE("server: a trusted proxy may also leave the PROXY header out, and empty lines are none") {
  Site site;
  LoopbackClient without = site.connect();
  CHECK(without.post("/", "x")->status == 200);
  LoopbackClient lines = site.connect();
  lines.send("\r\n\r\n" + request("") + std::string(10, '\n'));
  CHECK(lines.read_answer()->status == 200);
}

TEST_CASE("server: a PROXY header from anybody else is a malformed request") {
  Site site("");
  LoopbackClient client = site.connect();
  client.send(proxy_header() + request(""));
  CHECK(client.read_answer()->status == 400);
}

TEST_CASE("server: one owner has its bound of connections, of which the longest idle makes room") {
  EchoApplication application(EchoApplication::Mode::hold);
  Limits limits;
  limits.connections_per_owner = 3;
  Server server({"127.0.0.1", 0}, limits, application);
  server.set_sources({.trusted_proxies = {}, .unlimited = {}});
  REQUIRE(server.start().has_value());
  const std::uint16_t port = server.endpoint().port;
  LoopbackClient idle(port);
  std::vector<LoopbackClient> busy;
  for (int i = 0; i < 3; ++i) {
    busy.emplace_back(port);
    busy.back().send(post_text("/", "x"));
    if (i == 1) CHECK_FALSE(idle.answer_waits(std::chrono::milliseconds(0)));
  }
  auto held = application.take_held(3);
  CHECK(idle.is_closed());
  LoopbackClient over(port);
  CHECK(over.is_closed());
  for (auto& responder : held) responder.answer(EchoApplication::answer_of(200, "done"));
  for (auto& client : busy) CHECK(client.read_answer()->status == 200);
}

TEST_CASE("server: after a PROXY header X-Forwarded-For is the client's own word, whatever the header tells") {
  Site site;
  const std::string udp = proxy_header_of('\x21', '\x12', std::string(12, '\x01'));
  const std::string unix_socket = proxy_header_of('\x21', '\x31', std::string(216, '\x01'));
  const std::string unspecified = proxy_header_of('\x21', '\0', "");
  const std::string local = proxy_header_of('\x20', '\0', "");
  for (const std::string& header : {udp, unix_socket, unspecified, local}) {
    LoopbackClient client = site.connect();
    client.send(header + request("X-Forwarded-For: 52.89.214.238\r\n"));
    CHECK(client.read_answer().value().status == 200);
    CHECK(site.application.sources().back().starts_with("127.0.0.1:"));
  }
}

TEST_CASE("server: who is named by a PROXY header and trusted itself is believed whom it speaks for") {
  Site site("127.0.0.0/8");
  LoopbackClient client = site.connect();
  client.send(proxy_header_from("\x7f\x01\x02\x03") + request("X-Forwarded-For: 192.0.2.1\r\n"));
  CHECK(client.read_answer().value().status == 200);
  CHECK(site.application.sources().back() == "192.0.2.1");
}

TEST_CASE("server: a connection is counted as the client's whom a PROXY header names, not as the proxy's") {
  EchoApplication application(EchoApplication::Mode::hold);
  Limits limits;
  limits.connections_per_owner = 3;
  Server server({"127.0.0.1", 0}, limits, application);
  const AddressSet proxies({*parse_network("127.0.0.1")});
  AddressSet unlimited = proxies;
  unlimited.add(*parse_network("52.89.214.238"));
  server.set_sources({.trusted_proxies = proxies, .unlimited = unlimited});
  REQUIRE(server.start().has_value());
  std::vector<LoopbackClient> clients;
  const auto connect = [&](const std::string& header) -> LoopbackClient& {
    clients.emplace_back(server.endpoint().port);
    clients.back().send(header + post_text("/", "x"));
    return clients.back();
  };
  for (int i = 0; i < 3; ++i) connect(proxy_header());
  auto held = application.take_held(3);
  LoopbackClient over(server.endpoint().port);
  over.send(proxy_header() + post_text("/", "over"));
  CHECK(over.is_closed());
  // Others through the same proxy, and the proxy itself, are not meant.
  for (int i = 0; i < 5; ++i) connect(proxy_header_from("\x34\x59\xd6\xee"));
  for (int i = 0; i < 3; ++i) connect(proxy_header_from(std::string("\xcb\x00\x71\x01", 4)));
  for (int i = 0; i < 5; ++i) connect("");
  for (auto& responder : application.take_held(13)) held.push_back(std::move(responder));
  for (auto& responder : held) responder.answer(EchoApplication::answer_of(200, "done"));
  for (LoopbackClient& client : clients) CHECK(client.read_answer().value().status == 200);
  for (const std::string& body : application.bodies()) CHECK(body == "x");
  // What has left is not counted any more.
  clients.clear();
  LoopbackClient again(server.endpoint().port);
  again.send(proxy_header() + post_text("/", "x"));
  application.take_held(1)[0].answer(EchoApplication::answer_of(200, "done"));
  CHECK(again.read_answer().value().status == 200);
}
