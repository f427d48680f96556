#include "server/address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace tvh::server {

namespace {

constexpr std::size_t kMappedBytes = 12;  // of ::ffff:0:0/96
constexpr int kMappedBits = 96;

Error bad_network(std::string_view text, const std::string& why) {
  return fail(Errc::configuration, "network \"" + std::string(text) + "\": " + why +
                                       "; write it as 192.0.2.7, 10.0.0.0/8 or 2001:db8::/32");
}

void clear_bits_after(Address& address, int prefix) {
  for (int bit = prefix; bit < 128; ++bit) {
    address.bytes[std::size_t(bit / 8)] &= std::uint8_t(~(0x80u >> (bit % 8)));
  }
}

}  // namespace

bool Address::is_ipv4() const {
  static constexpr std::array<std::uint8_t, kMappedBytes> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  return std::equal(kMapped.begin(), kMapped.end(), bytes.begin());
}

Address Address::owner() const {
  Address owner = *this;
  if (!is_ipv4()) clear_bits_after(owner, 64);
  return owner;
}

std::size_t Address::Hash::operator()(const Address& address) const {
  std::uint64_t halves[2];
  std::memcpy(halves, address.bytes.data(), sizeof halves);
  return std::size_t((halves[0] ^ halves[1]) * 0x9e3779b97f4a7c15u);
}

std::optional<Address> parse_address(std::string_view text) {
  const std::string literal(text);
  Address address;
  if (inet_pton(AF_INET, literal.c_str(), address.bytes.data() + kMappedBytes) == 1) {
    address.bytes[10] = address.bytes[11] = 0xff;
    return literal.size() == std::strlen(literal.c_str()) ? std::optional(address) : std::nullopt;
  }
  address = {};
  if (inet_pton(AF_INET6, literal.c_str(), address.bytes.data()) != 1) return std::nullopt;
  if (literal.size() != std::strlen(literal.c_str())) return std::nullopt;
  return address;
}

std::string to_text(const Address& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address.is_ipv4()) {
    inet_ntop(AF_INET, address.bytes.data() + kMappedBytes, text.data(), text.size());
  } else {
    inet_ntop(AF_INET6, address.bytes.data(), text.data(), text.size());
  }
  return text.data();
}

bool Network::contains(const Address& address) const {
  if (first.is_ipv4() != address.is_ipv4()) return false;
  const auto whole = std::size_t(prefix / 8);
  if (!std::equal(first.bytes.begin(), first.bytes.begin() + std::ptrdiff_t(whole), address.bytes.begin())) {
    return false;
  }
  if (prefix % 8 == 0) return true;
  const auto mask = std::uint8_t(0xff00u >> (prefix % 8));
  return ((first.bytes[whole] ^ address.bytes[whole]) & mask) == 0;
}

Result<Network> parse_network(std::string_view text) {
  const auto slash = text.find('/');
  const auto first = parse_address(text.substr(0, slash));
  if (!first) return bad_network(text, "no IPv4 or IPv6 address");
  Network network{*first, 128};
  if (slash == std::string_view::npos) return network;
  const std::string_view digits = text.substr(slash + 1);
  const int most = first->is_ipv4() ? 32 : 128;
  int prefix = -1;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), prefix);
  if (parsed.ec != std::errc() || parsed.ptr != digits.data() + digits.size() || prefix < 0 || prefix > most) {
    return bad_network(text, "the prefix is not a number from 0 to " + std::to_string(most));
  }
  network.prefix = first->is_ipv4() ? prefix + kMappedBits : prefix;
  Address cleared = *first;
  clear_bits_after(cleared, network.prefix);
  if (cleared != *first) {
    return bad_network(text, "it names one address and a network; do you mean " + to_text(cleared) + "/" +
                                 std::string(digits) + "?");
  }
  return network;
}

void AddressSet::add(const AddressSet& others) {
  networks_.insert(networks_.end(), others.networks_.begin(), others.networks_.end());
}

bool AddressSet::contains(const Address& address) const {
  return std::any_of(networks_.begin(), networks_.end(),
                     [&address](const Network& network) { return network.contains(address); });
}

AddressSet loopback_addresses() { return AddressSet({*parse_network("127.0.0.0/8"), *parse_network("::1")}); }

}  // namespace tvh::server
