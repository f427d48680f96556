#include "server/endpoint.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>

namespace tvh::server {

namespace {

Error bad_address(std::string_view text, const std::string& why) {
  return fail(Errc::configuration, "address \"" + std::string(text) + "\": " + why +
                                       "; write it as 127.0.0.1:8080 or [::1]:8080 (port 0 picks a free one)");
}

bool is_literal(int family, const std::string& host) {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  return inet_pton(family, host.c_str(), bytes.data()) == 1;
}

}  // namespace

Result<Endpoint> parse_endpoint(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return bad_address(text, "no port");
  std::string_view host = text.substr(0, colon);
  const std::string_view port_text = text.substr(colon + 1);
  const bool bracketed = host.size() >= 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);

  Endpoint endpoint;
  endpoint.host = host == "localhost" && !bracketed ? "127.0.0.1" : std::string(host);
  const auto* const end = port_text.data() + port_text.size();
  const auto parsed = std::from_chars(port_text.data(), end, endpoint.port);
  if (port_text.empty() || parsed.ec != std::errc() || parsed.ptr != end) {
    return bad_address(text, "the port is not a number from 0 to 65535");
  }
  if (!is_literal(bracketed ? AF_INET6 : AF_INET, endpoint.host)) {
    return bad_address(text,
                       bracketed ? "no IPv6 address between the brackets" : "no IPv4 address before the port");
  }
  return endpoint;
}

std::string to_text(const Endpoint& endpoint) {
  const std::string port = std::to_string(endpoint.port);
  return endpoint.is_ipv6() ? "[" + endpoint.host + "]:" + port : endpoint.host + ":" + port;
}

bool is_loopback(const Endpoint& endpoint) {
  if (!endpoint.is_ipv6()) return endpoint.host.starts_with("127.");
  in6_addr address{};
  if (inet_pton(AF_INET6, endpoint.host.c_str(), &address) != 1) return false;
  return IN6_IS_ADDR_LOOPBACK(&address) || (IN6_IS_ADDR_V4MAPPED(&address) && address.s6_addr[12] == 127);
}

Address address_of(const Endpoint& endpoint) { return parse_address(endpoint.host).value_or(Address{}); }

Endpoint endpoint_of(const sockaddr_storage& address) {
  Endpoint endpoint;
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address.ss_family == AF_INET6) {
    const auto& inet6 = reinterpret_cast<const sockaddr_in6&>(address);
    inet_ntop(AF_INET6, &inet6.sin6_addr, text.data(), text.size());
    endpoint.port = ntohs(inet6.sin6_port);
  } else {
    const auto& inet = reinterpret_cast<const sockaddr_in&>(address);
    inet_ntop(AF_INET, &inet.sin_addr, text.data(), text.size());
    endpoint.port = ntohs(inet.sin_port);
  }
  endpoint.host = text.data();
  return endpoint;
}

Result<Endpoint> endpoint_of(int socket) {
  sockaddr_storage where{};
  socklen_t size = sizeof where;
  if (::getsockname(socket, reinterpret_cast<sockaddr*>(&where), &size) != 0)
    return fail(Errc::bug, std::string("a socket has no address: ") + std::strerror(errno));
  return endpoint_of(where);
}

}  // namespace tvh::server
