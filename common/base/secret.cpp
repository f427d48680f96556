#include "base/secret.hpp"

#include <openssl/crypto.h>

#include "base/hash.hpp"

namespace tvh {

Secret::Secret(Secret&& other) noexcept : value_(std::move(other.value_)) {
  OPENSSL_cleanse(other.value_.data(), other.value_.size());
  other.value_.clear();
}

Secret& Secret::operator=(Secret other) noexcept {
  value_.swap(other.value_);
  return *this;
}

Secret::~Secret() { OPENSSL_cleanse(value_.data(), value_.size()); }

bool Secret::equals(std::string_view candidate) const {
  // Digests have one length, so that a length difference does not show in the time either.
  const Digest mine = sha256(value_);
  const Digest theirs = sha256(candidate);
  return CRYPTO_memcmp(mine.data(), theirs.data(), mine.size()) == 0 && !value_.empty();
}

const std::string* find_secret(const std::vector<NamedSecret>& secrets, std::string_view candidate) {
  const std::string* found = nullptr;
  for (const auto& named : secrets) {
    if (named.secret.equals(candidate) && found == nullptr) found = &named.name;
  }
  return found;
}

}  // namespace tvh
