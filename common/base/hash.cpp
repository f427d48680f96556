// For SHA256_Init and its like, which OpenSSL 3 advises against.
#define OPENSSL_API_COMPAT 0x10100000L

#include "base/hash.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include <charconv>
#include <cstring>

#include "base/invariant.hpp"

namespace tvh {

Digest sha256(std::string_view bytes) {
  // A signal's identity is two digests of a block or two, of which EVP makes, wipes and frees a context each:
  // that costs as much again as the digest. It is the same code of the same library behind the older names.
  Digest digest{};
  SHA256_CTX context;
  const bool ok = SHA256_Init(&context) == 1 && SHA256_Update(&context, bytes.data(), bytes.size()) == 1 &&
                  SHA256_Final(digest.data(), &context) == 1;
  TVH_INVARIANT(ok, "SHA-256 is always available");
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
  std::string text((bytes.size() * 8 + 4) / 5, '\0');
  char* out = text.data();
  // Five bytes are eight characters.
  for (; bytes.size() >= 5; bytes = bytes.subspan(5), out += 8) {
    std::uint64_t group = 0;
    for (std::size_t i = 0; i < 5; ++i) group = group << 8 | bytes[i];
    for (std::size_t i = 0; i < 8; ++i) out[i] = kAlphabet[(group >> (35 - 5 * i)) & 31];
  }
  std::uint64_t rest = 0;
  for (const auto byte : bytes) rest = rest << 8 | byte;
  int bits = int(bytes.size()) * 8;
  for (; bits > 0; bits -= 5) *out++ = kAlphabet[(bits >= 5 ? rest >> (bits - 5) : rest << (5 - bits)) & 31];
  return text;
}

void PartsHash::add(std::string_view part) {
  constexpr std::size_t kLongestLength = 21;  // 20 digits and a colon
  const bool fits = more_.empty() && part.size() + kLongestLength <= first_.size() - used_;
  if (!fits && more_.empty()) more_.assign(first_.data(), used_);
  std::array<char, kLongestLength> length;
  char* const begin = fits ? first_.data() + used_ : length.data();
  char* end = begin;
  if (part.size() < 10) {
    *end++ = char('0' + part.size());
  } else {
    end = std::to_chars(begin, begin + kLongestLength, part.size()).ptr;
  }
  *end++ = ':';
  if (fits) {
    if (!part.empty()) std::memcpy(end, part.data(), part.size());
    used_ = std::size_t(end - first_.data()) + part.size();
  } else {
    more_.append(length.data(), end);
    more_ += part;
  }
}

Digest PartsHash::digest() const {
  return sha256(more_.empty() ? std::string_view(first_.data(), used_) : std::string_view(more_));
}

std::string random_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  const int ok = RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), int(count));
  TVH_INVARIANT(ok == 1, "the operating system's random generator works");
  return bytes;
}

}  // namespace tvh
