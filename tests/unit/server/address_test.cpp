#include "server/address.hpp"

#include "support/catch.hpp"

using namespace tvh;
using namespace tvh::server;

namespace {

bool is_in(const std::string& address, const std::string& network) {
  return parse_network(network).value().contains(parse_address(address).value());
}

}  // namespace

TEST_CASE("address: IPv4 is the same address however it is written") {
  CHECK(parse_address("192.0.2.7") == parse_address("::ffff:192.0.2.7"));
  CHECK(to_text(*parse_address("::ffff:192.0.2.7")) == "192.0.2.7");
  CHECK(to_text(*parse_address("2001:DB8::0007")) == "2001:db8::7");
  for (const std::string text :
       {"", "localhost", "192.0.2", "192.0.2.256", "192.0.2.7:80", "[::1]", "::1%lo", "1.2.3.4 ", "0x7f.1"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_address(text).has_value());
  }
  CHECK_FALSE(parse_address(std::string("192.0.2.7\0x", 11)).has_value());
}

TEST_CASE("network: it contains what shares its prefix, bit by bit, of its own family") {
  CHECK(is_in("10.255.255.255", "10.0.0.0/8"));
  CHECK_FALSE(is_in("11.0.0.0", "10.0.0.0/8"));
  CHECK(is_in("192.0.2.129", "192.0.2.128/25"));
  CHECK_FALSE(is_in("192.0.2.127", "192.0.2.128/25"));
  CHECK(is_in("192.0.2.7", "192.0.2.7"));
  CHECK_FALSE(is_in("192.0.2.6", "192.0.2.7"));
  CHECK(is_in("8.8.8.8", "0.0.0.0/0"));
  CHECK_FALSE(is_in("::1", "0.0.0.0/0"));
  CHECK_FALSE(is_in("8.8.8.8", "::/0"));
  CHECK(is_in("2001:db8:ffff::1", "2001:db8::/32"));
  CHECK_FALSE(is_in("2001:db9::1", "2001:db8::/32"));
}

TEST_CASE(
    "network: what is no network is refused, and an address with a network's prefix is told the network") {
  for (const std::string text :
       {"", "tradingview", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "::/129", "1.2.3.4/x"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_network(text).has_value());
  }
  CHECK(parse_network("10.1.2.3/8").error().message.find("10.0.0.0/8") != std::string::npos);
}

TEST_CASE("address: its owner is itself for IPv4 and the /64 for IPv6") {
  CHECK(parse_address("192.0.2.7")->owner() == *parse_address("192.0.2.7"));
  CHECK(parse_address("2001:db8::1")->owner() == parse_address("2001:db8::ffff:1")->owner());
  CHECK(parse_address("2001:db8::1")->owner() != parse_address("2001:db8:0:1::1")->owner());
}
