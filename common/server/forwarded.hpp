// Who is behind a proxy: X-Forwarded-For, and the PROXY protocol, version 2. Both are hearsay: only ask about
// what a trusted proxy said.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <variant>

#include "server/address.hpp"
#include "server/endpoint.hpp"

namespace tvh::server {

// The right-most hop of a list that is not a trusted proxy; the left-most when all are. What stands left of it
// was written by whom we do not trust. Hops are "192.0.2.7", "192.0.2.7:1234", "2001:db8::7" or
// "[2001:db8::7]:1234". Nothing when a hop on the way cannot be read.
std::optional<Address> forwarded_source(std::string_view list, const AddressSet& trusted);

// The header that precedes everything else on a connection. Source: "The PROXY protocol", versions 1 & 2,
// HAProxy Technologies, section 2.2.
struct ProxyHeader {
  std::size_t size = 0;            // of the header, in bytes
  std::optional<Endpoint> source;  // nothing: the proxy speaks for itself
};
struct ProxyHeaderIncomplete {
  std::size_t wanted = 0;  // how many bytes have to be there to say more
};
struct NoProxyHeader {};
using ProxyHeaderParse = std::variant<ProxyHeader, ProxyHeaderIncomplete, NoProxyHeader>;

inline constexpr std::size_t kMaxProxyHeaderBytes = 4096;  // a longer one counts as none
ProxyHeaderParse parse_proxy_header(std::string_view bytes);

}  // namespace tvh::server
