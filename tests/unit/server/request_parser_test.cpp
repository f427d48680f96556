#include "server/request_parser.hpp"

#include <string>
#include <vector>

#include "support/catch.hpp"

using namespace tvh::server;
using State = RequestParser::State;

namespace {

// Feeds all of `bytes` in pieces of at most `piece`, offering again what was left, as a connection does.
void feed_in_pieces(RequestParser& parser, const std::string& bytes, std::size_t piece) {
  std::string offered;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    offered += bytes.substr(at, piece);
    for (;;) {
      const bool was_head = parser.state() == State::head;
      const std::size_t taken = parser.feed(offered);
      offered.erase(0, taken);
      if (parser.state() == State::complete || parser.state() == State::faulty) return;
      if (offered.empty() || taken == 0 || (was_head && parser.state() == State::head)) break;
    }
  }
}

const std::string kHost = "Host: a\r\n";

}  // namespace

TEST_CASE("request parser: a request is the same however it is cut into pieces") {
  const Limits limits;
  for (const std::string bytes :
       {"POST /webhook?x=1 HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\nhello world",
        "POST /webhook HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n6;x=y\r\nhello "
        "\r\n5\r\nworld\r\n0\r\nT: z\r\n\r\n",
        "\r\n\r\nPOST /webhook HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\nConnection: "
        "keep-alive\r\n\r\nhello world"}) {
    for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
      RequestParser parser(limits);
      feed_in_pieces(parser, bytes, piece);
      CAPTURE(bytes, piece);
      REQUIRE(parser.state() == State::complete);
      CHECK(parser.head().method == "POST");
      CHECK(parser.head().path == "/webhook");
      CHECK(parser.keep_alive());
      CHECK(parser.take_body() == "hello world");
    }
  }
}

TEST_CASE("request parser: what two readers could understand differently is refused") {
  struct Case {
    const char* what;
    std::string bytes;
    int status;
  };
  const std::vector<Case> cases = {
      {"no HTTP", "nonsense\r\n\r\n", 400},
      {"no Host", "POST / HTTP/1.1\r\nContent-Length: 1\r\n\r\nx", 400},
      {"two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400},
      {"equal lengths twice", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
       400},
      {"a list of lengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\nx", 400},
      {"a negative length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400},
      {"length and chunks",
       "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
      {"chunks and length",
       "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n", 400},
      {"gzip, chunked", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501},
      {"identity", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n", 501},
      {"chunks in 1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {"a folded line", "POST / HTTP/1.1\r\nHost: a\r\nX: y\r\n z\r\nContent-Length: 1\r\n\r\nx", 400},
      {"absolute form", "GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"asterisk form", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"compressed body", "POST / HTTP/1.1\r\nHost: a\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx",
       415},
      {"unknown expectation", "POST / HTTP/1.1\r\nHost: a\r\nExpect: tea\r\nContent-Length: 1\r\n\r\nx", 417},
      {"no length", "POST / HTTP/1.1\r\nHost: a\r\n\r\n", 411},
      {"HTTP/2", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", 400},
      {"HTTP/1.2", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", 400},
      {"bare line feeds", "GET / HTTP/1.1\nHost: a\n\n", 400},
      {"one bare line feed", "POST / HTTP/1.1\r\nHost: a\nContent-Length: 1\r\n\r\nx", 400},
      {"a bare carriage return", "POST / HTTP/1.1\r\nHost: a\rX: y\r\nContent-Length: 1\r\n\r\nx", 400},
      {"a NUL in a field", std::string("GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n", 38), 400},
      {"a space before the colon", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length : 1\r\n\r\nx", 400},
      {"a field without a name", "GET / HTTP/1.1\r\nHost: a\r\n: x\r\n\r\n", 400},
      {"a first line folded", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400},
      {"two spaces", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"a space in the target", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"authority form", "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"a length with a sign", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\nx", 400},
      {"a hexadecimal length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x1\r\n\r\nx", 400},
      {"an empty length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n", 400},
      {"a length of 2^64", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 18446744073709551616\r\n\r\n", 400},
      {"unequal lengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
       400},
      {"chunked twice",
       "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: "
       "chunked\r\n\r\n0\r\n\r\n",
       400},
      {"chunked, almost", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n", 501},
      {"a GET with a body", "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx", 400},
      {"a GET with chunks", "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {"a chunk without its end",
       "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nxx\r\n0\r\n\r\n", 400},
      {"a chunk after a bare line feed",
       "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\nx\n0\n\n", 400},
      {"a chunk with a sign",
       "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n+1\r\nx\r\n0\r\n\r\n", 400},
      {"a chunk that is no number", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
       400},
  };
  const Limits limits;
  for (const Case& one : cases) {
    for (const std::size_t piece : {one.bytes.size(), std::size_t(1)}) {
      RequestParser parser(limits);
      feed_in_pieces(parser, one.bytes, piece);
      CAPTURE(one.what, piece);
      REQUIRE(parser.state() == State::faulty);
      CHECK(parser.fault().status == one.status);
    }
  }
}

TEST_CASE("request parser: header and chunks have bounds, however slowly they grow") {
  Limits limits;
  limits.header_bytes = 1000;
  limits.header_fields = 20;
  limits.body_bytes = 10;
  const std::string start = "POST / HTTP/1.1\r\n" + kHost;
  std::string many = start;
  for (int i = 0; i < 30; ++i) many += "a: b\r\n";
  many += "\r\n";
  std::string long_one = start + "X: " + std::string(2000, 'x');
  std::string long_all = start;
  for (int i = 0; i < 15; ++i) long_all += "X: " + std::string(100, 'x') + "\r\n";
  const std::string chunked = start + "Transfer-Encoding: chunked\r\n\r\n";
  for (const std::size_t piece : {std::size_t(5000), std::size_t(64), std::size_t(1)}) {
    const auto status_of = [&](const std::string& bytes) {
      RequestParser parser(limits);
      feed_in_pieces(parser, bytes, piece);
      return parser.state() == State::faulty ? parser.fault().status : 0;
    };
    CAPTURE(piece);
    CHECK(status_of(many) == 431);
    CHECK(status_of(long_one) == 431);
    CHECK(status_of(long_all) == 431);
    CHECK(status_of(chunked + "b\r\nhello world\r\n0\r\n\r\n") == 413);
    CHECK(status_of(chunked + "6\r\nhello \r\n5\r\nworld\r\n0\r\n\r\n") == 413);
    CHECK(status_of(chunked + "5\r\nhello\r\n5\r\nworld\r\n0\r\n\r\n") == 0);
    CHECK(status_of(chunked + "5;" + std::string(3000, 'x')) == 400);
    CHECK(status_of(chunked + "ffffffffffffffff\r\n") == 413);
  }
}

TEST_CASE("request parser: trailers change nothing") {
  const Limits limits;
  RequestParser parser(limits);
  feed_in_pieces(parser,
                 "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nHost: b\r\n"
                 "Connection: close\r\n\r\n",
                 1000);
  REQUIRE(parser.state() == State::complete);
  CHECK(parser.keep_alive());
}

TEST_CASE("request parser: it stops after the header, and a second request starts afresh") {
  const Limits limits;
  RequestParser parser(limits);
  parser.set_peer({"peer", {}});
  const std::string first = "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n";
  CHECK(parser.feed(first + "abc") == first.size());
  CHECK(parser.state() == State::body);
  CHECK(parser.head().content_length == 3u);
  CHECK(parser.expects_continue());
  CHECK(parser.feed("abcGET") == 3);
  REQUIRE(parser.state() == State::complete);
  parser.restart();
  CHECK_FALSE(parser.begun());
  CHECK(parser.feed("GET /b HTTP/1.0\r\n\r\n") == 19);
  REQUIRE(parser.state() == State::complete);
  CHECK(parser.head().path == "/b");
  CHECK(parser.head().source == "peer");
  CHECK_FALSE(parser.head().content_length.has_value());
  CHECK_FALSE(parser.expects_continue());
  CHECK(parser.is_http_1_0());
  CHECK_FALSE(parser.keep_alive());
}
