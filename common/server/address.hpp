// IP addresses and networks, for deciding who may do what.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace tvh::server {

// Sixteen bytes; IPv4 as ::ffff:a.b.c.d, so that a client is the same whichever family the socket has.
struct Address {
  std::array<std::uint8_t, 16> bytes{};

  bool is_ipv4() const;
  bool operator==(const Address&) const = default;

  // Whose it is, as far as that can be told from outside: itself for IPv4, the /64 for IPv6, of which one
  // customer has at least one.
  Address owner() const;

  struct Hash {
    std::size_t operator()(const Address& address) const;
  };
};

// A literal address, "192.0.2.7" or "2001:db8::7", without brackets, port or zone.
std::optional<Address> parse_address(std::string_view text);
std::string to_text(const Address& address);

struct Network {
  Address first;
  int prefix = 128;  // bits of the sixteen bytes: IPv4's /8 is 104 here

  bool contains(const Address& address) const;  // only of its own family
};

// "10.0.0.0/8", "2001:db8::/32", or one address. configuration: it is none, or bits beside the prefix are set.
Result<Network> parse_network(std::string_view text);

class AddressSet {
 public:
  AddressSet() = default;
  explicit AddressSet(std::vector<Network> networks) : networks_(std::move(networks)) {}

  void add(const Network& network) { networks_.push_back(network); }
  void add(const AddressSet& others);
  bool contains(const Address& address) const;
  bool empty() const { return networks_.empty(); }

 private:
  std::vector<Network> networks_;
};

// 127.0.0.0/8 and ::1.
AddressSet loopback_addresses();

}  // namespace tvh::server
