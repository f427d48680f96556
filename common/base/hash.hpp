// SHA-256 and HMAC-SHA-256 (OpenSSL's libcrypto), and the lower-case base32 that ids are written in.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace tvh {

using Digest = std::array<std::uint8_t, 32>;

Digest sha256(std::string_view bytes);
Digest hmac_sha256(std::string_view key, std::string_view bytes);

std::string to_hex(std::span<const std::uint8_t> bytes);

// RFC 4648 alphabet in lower case, no padding: [a-z2-7].
std::string to_base32(std::span<const std::uint8_t> bytes);

// Feeds parts into one hash so that ("ab","c") and ("a","bc") differ: each part is preceded by its length.
class PartsHash {
 public:
  void add(std::string_view part);
  Digest digest() const;

 private:
  // Most are short; the long ones are in `more_` whole.
  std::array<char, 512> first_;
  std::size_t used_ = 0;
  std::string more_;
};

// `count` bytes from the operating system's generator.
std::string random_bytes(std::size_t count);

}  // namespace tvh
