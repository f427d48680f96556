// The listener against everything HTTP can do to it, byte by byte over raw sockets; and what a thousand who say
// nothing cost.
#include <sys/resource.h>
#include <sys/stat.h>

#include "support/catch.hpp"
#include "support/record_fields.hpp"
#include "support/site.hpp"
#include "support/tls_client.hpp"

using namespace tvh::test;

namespace {

struct RawCase {
  std::string what;
  std::string bytes;
  int status;
};

std::string with_length(const std::string& start, const std::string& body, const std::string& fields = "") {
  return start + "\r\nHost: a\r\n" + fields + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         body;
}

// What a request smuggled behind another would be: accepted, and thus seen in the journal.
std::string smuggled() { return post_request("/webhook", alert_body({.id = "smuggled"})); }

std::vector<RawCase> raw_cases() {
  const std::string alert = alert_body({.id = "outer"});
  const std::string post = "POST /webhook HTTP/1.1\r\nHost: a\r\n";
  const std::string chunked = post + "Transfer-Encoding: chunked\r\n";
  return {
      {"length and chunks", chunked + "Content-Length: 3\r\n\r\n0\r\n\r\n" + smuggled(), 400},
      {"chunks and length",
       post + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + smuggled(), 400},
      {"two lengths", post + "Content-Length: 0\r\nContent-Length: 5\r\n\r\n" + smuggled(), 400},
      {"equal lengths", post + "Content-Length: 0\r\nContent-Length: 0\r\n\r\n" + smuggled(), 400},
      {"a list of lengths", post + "Content-Length: 0, 0\r\n\r\n" + smuggled(), 400},
      {"gzip, chunked", post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n" + smuggled(), 501},
      {"a hidden chunked",
       post +
           "Transfer-Encoding: \x0b"
           "chunked\r\n\r\n0\r\n\r\n" +
           smuggled(),
       400},
      {"a space before the colon", post + "Content-Length : 0\r\n\r\n" + smuggled(), 400},
      {"chunks in HTTP/1.0",
       "POST /webhook HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + smuggled(), 400},
      {"bare line feeds", "POST /webhook HTTP/1.1\nHost: a\nContent-Length: 0\n\n" + smuggled(), 400},
      {"a bare line feed in a field", post + "X: y\nContent-Length: 0\r\n\r\n" + smuggled(), 400},
      {"a chunk that ends in a line feed", chunked + "\r\n0\n\n" + smuggled(), 400},
      {"a folded field", post + "X: y\r\n z\r\nContent-Length: 0\r\n\r\n" + smuggled(), 400},
      {"no Host", "POST /webhook HTTP/1.1\r\nContent-Length: 0\r\n\r\n" + smuggled(), 400},
      {"two Hosts", post + "Host: b\r\nContent-Length: 0\r\n\r\n" + smuggled(), 400},
      {"an absolute URI", with_length("POST http://a/webhook HTTP/1.1", alert) + smuggled(), 400},
      {"CONNECT", "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n" + smuggled(), 400},
      {"OPTIONS *", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n" + smuggled(), 400},
      {"OPTIONS", "OPTIONS /webhook HTTP/1.1\r\nHost: a\r\n\r\n" + smuggled(), 405},
      {"TRACE", "TRACE /webhook HTTP/1.1\r\nHost: a\r\n\r\n" + smuggled(), 405},
      {"a GET with a body", with_length("GET /webhook HTTP/1.1", alert) + smuggled(), 400},
      {"a compressed body",
       with_length("POST /webhook HTTP/1.1", alert, "Content-Encoding: gzip\r\n") + smuggled(), 415},
      {"another expectation", with_length("POST /webhook HTTP/1.1", alert, "Expect: tea\r\n") + smuggled(),
       417},
      {"no length", post + "\r\n" + smuggled(), 411},
      {"too many fields",
       [&] {
         std::string many = post;
         for (int i = 0; i < 101; ++i) many += "a: b\r\n";
         return many + "Content-Length: 0\r\n\r\n" + smuggled();
       }(),
       431},
      {"too long a header", post + "X: " + std::string(9000, 'x') + "\r\n\r\n", 431},
      {"too long a target", "POST /" + std::string(9000, 'x') + " HTTP/1.1\r\nHost: a\r\n\r\n", 431},
      {"too large a body", post + "Content-Length: 65537\r\n\r\n", 413},
      {"too large a chunk", chunked + "\r\n10001\r\n", 413},
      {"a chunk extension without end", chunked + "\r\n1;" + std::string(9000, 'x'), 400},
      {"HTTP/0.9", "GET /health\r\n\r\n", 400},
      {"HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400},
      {"TLS", std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11) + std::string(600, 'x'), 400},
      {"a NUL", std::string("POST /web\0hook HTTP/1.1\r\nHost: a\r\n\r\n", 37), 400},
  };
}

// Kilobytes of memory that are the process's own, without what is mapped from files.
long resident_kilobytes(pid_t pid) {
  const std::string status = read_file("/proc/" + std::to_string(pid) + "/status");
  return std::stol(status.substr(status.find("RssAnon:") + 8));
}

void allow_descriptors(rlim_t count) {
  rlimit limit{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &limit) == 0);
  if (limit.rlim_cur >= count) return;
  limit.rlim_cur = std::min(count, limit.rlim_max);
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &limit) == 0);
}

constexpr bool kSanitized =
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    true;
#else
    false;
#endif

}  // namespace

TEST_CASE(
    "bounds: every request that two readers could understand differently is refused, and nothing behind it "
    "runs") {
  const Site site;
  Listener listener = site.listen({"--no-stdout"});
  for (const RawCase& one : raw_cases()) {
    for (const bool in_pieces : {false, true}) {
      CAPTURE(one.what, in_pieces);
      HttpConnection connection = listener.connect();
      if (in_pieces) {
        const std::size_t middle = one.bytes.size() / 2;
        for (std::size_t i = 0; i < middle && i < 200; ++i) connection.send(one.bytes.substr(i, 1));
        connection.send(one.bytes.substr(std::min<std::size_t>(middle, 200)));
      } else {
        connection.send(one.bytes);
      }
      const auto answer = connection.read_answer();
      REQUIRE(answer.has_value());
      CHECK(answer->status == one.status);
      CHECK_FALSE(connection.read_answer().has_value());
    }
  }
  REQUIRE(listener.post(alert_body({.id = "afterwards"})).status == 200);
  CHECK(listener.stop() == 0);
  CHECK(site.one("SELECT count(*) FROM signals") == "1");
}

TEST_CASE("bounds: what is unusual but right is understood") {
  const Site site;
  Listener listener = site.listen({"--no-stdout"});
  const std::string alert = alert_body({.id = "chunked"});
  char size[16];
  std::snprintf(size, sizeof size, "%zx", alert.size() - 1);
  const std::vector<RawCase> cases = {
      {"chunks",
       "POST /webhook HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n1;x=\"y\"\r\n" +
           alert.substr(0, 1) + "\r\n" + size + "\r\n" + alert.substr(1) + "\r\n0\r\nHost: b\r\n\r\n",
       200},
      {"HTTP/1.0",
       "POST /webhook HTTP/1.0\r\nContent-Length: " + std::to_string(alert.size()) + "\r\n\r\n" + alert, 200},
      {"empty lines before it", "\r\n\r\n" + post_request("/webhook", alert), 200},
      {"a query", post_request("/webhook?x=1", alert), 200},
      {"HEAD of health", "HEAD /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 200},
  };
  for (const RawCase& one : cases) {
    CAPTURE(one.what);
    HttpConnection connection = listener.connect();
    connection.send(one.bytes);
    if (one.what == "HEAD of health") connection.finish_sending();
    const auto answer = connection.read_answer();
    if (one.what == "HEAD of health") continue;  // a length without a body, then the end
    REQUIRE(answer.has_value());
    CHECK(answer->status == one.status);
  }
}

TEST_CASE("bounds: a thousand idle connections cost less than 20 MB, and one more gets its answer") {
  if (kSanitized) return;
  allow_descriptors(4096);
  const Site site;
  Listener listener = site.listen({"--no-stdout"});
  REQUIRE(listener.post(alert_body({.id = "0"})).status == 200);
  std::vector<HttpConnection> idle;
  for (int i = 0; i < 1000; ++i) {
    idle.push_back(listener.connect());
    REQUIRE(idle.back().get("/health").status == 200);
  }
  const long kilobytes = resident_kilobytes(listener.process().pid());
  UNSCOPED_INFO("resident: " << kilobytes << " kB");
  CHECK(kilobytes < 20 * 1024);
  CHECK(listener.post(alert_body({.id = "1"})).status == 200);
  for (int i = 0; i < 1000; i += 100) CHECK(idle[std::size_t(i)].get("/health").status == 200);
}

TEST_CASE("bounds: a thousand idle TLS connections cost less than 100 MB") {
  if (kSanitized) return;
  allow_descriptors(4096);
  const Site site;
  const TestAuthority authority;
  const IssuedPair pair = authority.issue();
  write_file(site.file("server.pem"), pair.certificate);
  write_file(site.file("server.key"), pair.key);
  ::chmod(site.file("server.key").c_str(), 0600);
  Listener listener = site.listen({"--no-stdout", "--tls-cert", "server.pem", "--tls-key", "server.key"});
  std::vector<TlsClient> idle;
  for (int i = 0; i < 1000; ++i) {
    idle.emplace_back(listener.port());
    REQUIRE(idle.back().get("/health").status == 200);
  }
  const long kilobytes = resident_kilobytes(listener.process().pid());
  UNSCOPED_INFO("resident: " << kilobytes << " kB");
  CHECK(kilobytes < 100 * 1024);
  CHECK(TlsClient(listener.port()).post("/webhook", alert_body({.id = "1"})).status == 200);
}
