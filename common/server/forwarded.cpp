#include "server/forwarded.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstring>

namespace tvh::server {

namespace {

constexpr std::string_view kSignature("\r\n\r\n\0\r\nQUIT\n", 12);
constexpr std::size_t kFixedBytes = 16;

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::optional<Address> parse_hop(std::string_view text) {
  if (const auto address = parse_address(text)) return address;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    if (end + 1 < text.size() && text[end + 1] != ':') return std::nullopt;
    return parse_address(text.substr(1, end - 1));
  }
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  return parse_address(text.substr(0, colon));
}

unsigned byte_at(std::string_view bytes, std::size_t at) { return static_cast<unsigned char>(bytes[at]); }

// Addresses and ports of TCP over IPv4 (0x11) and IPv6 (0x21); of anything else the proxy tells nothing we use.
std::optional<Endpoint> source_of(unsigned family, std::string_view addresses) {
  sockaddr_storage storage{};
  if (family == 0x11 && addresses.size() >= 12) {
    auto& inet = reinterpret_cast<sockaddr_in&>(storage);
    inet.sin_family = AF_INET;
    std::memcpy(&inet.sin_addr, addresses.data(), 4);
    std::memcpy(&inet.sin_port, addresses.data() + 8, 2);
    return endpoint_of(storage);
  }
  if (family == 0x21 && addresses.size() >= 36) {
    auto& inet6 = reinterpret_cast<sockaddr_in6&>(storage);
    inet6.sin6_family = AF_INET6;
    std::memcpy(&inet6.sin6_addr, addresses.data(), 16);
    std::memcpy(&inet6.sin6_port, addresses.data() + 32, 2);
    return endpoint_of(storage);
  }
  return std::nullopt;
}

}  // namespace

std::optional<Address> forwarded_source(std::string_view list, const AddressSet& trusted) {
  std::optional<Address> source;
  for (;;) {
    const auto comma = list.rfind(',');
    const bool last = comma == std::string_view::npos;
    source = parse_hop(trim(last ? list : list.substr(comma + 1)));
    if (!source || last || !trusted.contains(*source)) return source;
    list = list.substr(0, comma);
  }
}

ProxyHeaderParse parse_proxy_header(std::string_view bytes) {
  const std::size_t compared = std::min(bytes.size(), kSignature.size());
  if (bytes.substr(0, compared) != kSignature.substr(0, compared)) return NoProxyHeader{};
  if (bytes.size() < kFixedBytes) return ProxyHeaderIncomplete{kFixedBytes};
  const unsigned version = byte_at(bytes, 12) >> 4;
  const unsigned command = byte_at(bytes, 12) & 0x0f;
  const std::size_t size = kFixedBytes + (byte_at(bytes, 14) << 8 | byte_at(bytes, 15));
  if (version != 2 || command > 1 || size > kMaxProxyHeaderBytes) return NoProxyHeader{};
  if (bytes.size() < size) return ProxyHeaderIncomplete{size};
  ProxyHeader header{size, std::nullopt};
  constexpr unsigned kProxied = 1;  // 0 is LOCAL: the proxy's own health check
  if (command == kProxied) {
    header.source = source_of(byte_at(bytes, 13), bytes.substr(kFixedBytes, size - kFixedBytes));
  }
  return header;
}

}  // namespace tvh::server
