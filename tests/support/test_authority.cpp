#include "support/test_authority.hpp"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <array>
#include <atomic>
#include <stdexcept>

#include "base/hash.hpp"

namespace tvh::test {

namespace {

struct Free {
  void operator()(BIO* it) const { BIO_free(it); }
  void operator()(EVP_PKEY* it) const { EVP_PKEY_free(it); }
  void operator()(X509* it) const { X509_free(it); }
  void operator()(X509_EXTENSION* it) const { X509_EXTENSION_free(it); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

void must(bool done, const char* what) {
  if (!done) throw std::runtime_error(std::string("test authority: ") + what);
}

std::string text_of(BIO* memory) {
  char* bytes = nullptr;
  const long length = BIO_get_mem_data(memory, &bytes);
  return std::string(bytes, std::size_t(length));
}

std::string pem_of(X509* certificate) {
  const Owned<BIO> memory(BIO_new(BIO_s_mem()));
  must(PEM_write_bio_X509(memory.get(), certificate) == 1, "writing a certificate");
  return text_of(memory.get());
}

std::string pem_of(EVP_PKEY* key) {
  const Owned<BIO> memory(BIO_new(BIO_s_mem()));
  must(PEM_write_bio_PrivateKey(memory.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1,
       "writing a key");
  return text_of(memory.get());
}

void add_name(X509_NAME* name, const char* field, const std::string& value) {
  if (value.empty()) return;
  must(X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8,
                                  reinterpret_cast<const unsigned char*>(value.c_str()), -1, -1, 0) == 1,
       "a name");
}

void add_extension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context{};
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const Owned<X509_EXTENSION> extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  must(extension && X509_add_ext(certificate, extension.get(), -1) == 1, "an extension");
}

Owned<X509> begin_certificate(EVP_PKEY* key, long seconds_from, long seconds_to) {
  static std::atomic<long> serial{1000};
  Owned<X509> certificate(X509_new());
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), seconds_from);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), seconds_to);
  X509_set_pubkey(certificate.get(), key);
  return certificate;
}

}  // namespace

struct TestAuthority::Keys {
  Owned<EVP_PKEY> key;
  Owned<X509> certificate;
};

TestAuthority::TestAuthority(const std::string& name) : keys_(std::make_unique<Keys>()) {
  keys_->key.reset(EVP_EC_gen("P-256"));
  keys_->certificate = begin_certificate(keys_->key.get(), -24 * 3600, 3650L * 24 * 3600);
  X509* const certificate = keys_->certificate.get();
  add_name(X509_get_subject_name(certificate), "CN", name);
  X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
  add_extension(certificate, certificate, NID_basic_constraints, "critical,CA:TRUE");
  add_extension(certificate, certificate, NID_subject_key_identifier, "hash");
  must(X509_sign(certificate, keys_->key.get(), EVP_sha256()) > 0, "signing");
  certificate_ = pem_of(certificate);
}

TestAuthority::~TestAuthority() = default;

IssuedPair TestAuthority::issue(const CertificateWish& wish) const {
  const Owned<EVP_PKEY> key(EVP_EC_gen("P-256"));
  const Owned<X509> certificate = begin_certificate(key.get(), wish.seconds_from, wish.seconds_to);
  X509_NAME* const subject = X509_get_subject_name(certificate.get());
  add_name(subject, "O", wish.organization);
  add_name(subject, "CN", wish.common_name);
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(keys_->certificate.get()));
  std::string names = "IP:" + wish.host;
  if (!wish.email.empty()) names += ",email:" + wish.email;
  add_extension(certificate.get(), keys_->certificate.get(), NID_subject_alt_name, names);
  must(X509_sign(certificate.get(), keys_->key.get(), EVP_sha256()) > 0, "signing");
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int length = 0;
  X509_digest(certificate.get(), EVP_sha256(), digest.data(), &length);
  return {pem_of(certificate.get()), pem_of(key.get()), to_hex({digest.data(), length})};
}

CertificateWish tradingview_wish() {
  CertificateWish wish;
  wish.organization = "TradingView, Inc.";
  wish.common_name = "TradingView Webhooks";
  wish.email = "webhook-server@tradingview.com";
  return wish;
}

}  // namespace tvh::test
