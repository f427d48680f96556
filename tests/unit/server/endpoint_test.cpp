#include "server/endpoint.hpp"

#include "support/catch.hpp"

using namespace tvh;
using namespace tvh::server;

TEST_CASE("endpoint: IPv4, bracketed IPv6 and localhost are read and written back") {
  CHECK(parse_endpoint("127.0.0.1:8080").value() == Endpoint{"127.0.0.1", 8080});
  CHECK(parse_endpoint("[::1]:0").value() == Endpoint{"::1", 0});
  CHECK(parse_endpoint("localhost:9").value() == Endpoint{"127.0.0.1", 9});
  CHECK(to_text(Endpoint{"::1", 80}) == "[::1]:80");
  CHECK(to_text(Endpoint{"10.0.0.1", 65535}) == "10.0.0.1:65535");
}

TEST_CASE("endpoint: what is no address is a configuration error that shows how to write one") {
  for (const char* text :
       {"", "8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:80x", "::1:80",
        "[127.0.0.1]:80", "[::1]", "example.com:80", "127.0.0.1 :80", ":80"}) {
    const auto endpoint = parse_endpoint(text);
    CAPTURE(text);
    REQUIRE_FALSE(endpoint.has_value());
    CHECK(endpoint.error().code == Errc::configuration);
    CHECK(endpoint.error().message.find("127.0.0.1:8080") != std::string::npos);
  }
}

TEST_CASE("endpoint: loopback is 127/8, ::1 and its mapped form, and nothing else") {
  for (const char* host : {"127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"}) CHECK(is_loopback({host, 1}));
  for (const char* host : {"0.0.0.0", "10.0.0.1", "::", "::ffff:10.0.0.1", "fe80::1", "128.0.0.1"}) {
    CHECK_FALSE(is_loopback({host, 1}));
  }
}
