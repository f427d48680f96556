// Addresses as people write them: "127.0.0.1:8080", "[::1]:0", "localhost:8080".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "server/address.hpp"

struct sockaddr_storage;

namespace tvh::server {

struct Endpoint {
  std::string host;  // a literal address, without brackets
  std::uint16_t port = 0;

  bool is_ipv6() const { return host.find(':') != std::string::npos; }
  bool operator==(const Endpoint&) const = default;
};

// Literal IPv4 and IPv6 addresses, and "localhost" for 127.0.0.1. Names are not looked up: what a listener is
// bound to should not depend on a resolver. configuration when it is neither.
Result<Endpoint> parse_endpoint(std::string_view text);

// "127.0.0.1:8080", "[::1]:8080".
std::string to_text(const Endpoint& endpoint);

// 127.0.0.0/8, ::1 and ::ffff:127.0.0.0/104.
bool is_loopback(const Endpoint& endpoint);

Address address_of(const Endpoint& endpoint);

// Where a socket is bound to. bug: it is none.
Result<Endpoint> endpoint_of(int socket);

// The endpoint of a socket address of either family.
Endpoint endpoint_of(const sockaddr_storage& address);

}  // namespace tvh::server
