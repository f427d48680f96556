#include "base/hash.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <charconv>

#include "base/invariant.hpp"

namespace tvh {

Digest sha256(std::string_view bytes) {
  Digest digest{};
  unsigned length = 0;
  // The fetch of EVP_sha256() by every EVP_Digest call is OpenSSL 3's slow path; a fetched one is kept.
  static EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  const int ok = EVP_Digest(bytes.data(), bytes.size(), digest.data(), &length, algorithm, nullptr);
  TVH_INVARIANT(ok == 1 && length == digest.size(), "SHA-256 is always available");
  return digest;
}

Digest hmac_sha256(std::string_view key, std::string_view bytes) {
  Digest digest{};
  unsigned length = 0;
  const auto* result =
      HMAC(EVP_sha256(), key.data(), int(key.size()), reinterpret_cast<const unsigned char*>(bytes.data()),
           bytes.size(), digest.data(), &length);
  TVH_INVARIANT(result != nullptr && length == digest.size(), "HMAC-SHA-256 is always available");
  return digest;
}

std::string to_hex(std::span<const std::uint8_t> bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const auto byte : bytes) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

std::string to_base32(std::span<const std::uint8_t> bytes) {
  static constexpr char kAlphabet[] = "abcdefghijklmnopqrstuvwxyz234567";
  std::string text;
  std::uint32_t buffer = 0;
  int bits = 0;
  for (const auto byte : bytes) {
    buffer = (buffer << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += kAlphabet[(buffer >> bits) & 31];
    }
  }
  if (bits > 0) text += kAlphabet[(buffer << (5 - bits)) & 31];
  return text;
}

void PartsHash::add(std::string_view part) {
  if (bytes_.empty()) bytes_.reserve(512);
  std::array<char, 20> length{};
  const auto end = std::to_chars(length.data(), length.data() + length.size(), part.size()).ptr;
  bytes_.append(length.data(), end);
  bytes_ += ':';
  bytes_ += part;
}

std::string random_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  const int ok = RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), int(count));
  TVH_INVARIANT(ok == 1, "the operating system's random generator works");
  return bytes;
}

}  // namespace tvh
