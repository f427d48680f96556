#include "server/peer_certificate.hpp"

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <array>
#include <span>

#include "base/hash.hpp"
#include "server/tls_parts.hpp"

namespace tvh::server {

namespace {

constexpr std::size_t kMaxNameText = 256;
constexpr int kMaxEmails = 16;

// Text with a NUL inside is a name that two readers could read differently: it counts as none.
std::string text_of(const ASN1_STRING* value) {
  unsigned char* bytes = nullptr;
  const int length = ASN1_STRING_to_UTF8(&bytes, value);
  if (length < 0) return "";
  std::string text(reinterpret_cast<const char*>(bytes), std::size_t(length));
  OPENSSL_free(bytes);
  return text.find('\0') == std::string::npos ? text : "";
}

std::string only_entry(const X509_NAME* name, int nid) {
  const int first = X509_NAME_get_index_by_NID(name, nid, -1);
  if (first < 0 || X509_NAME_get_index_by_NID(name, nid, first) >= 0) return "";
  return text_of(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, first)));
}

std::vector<std::string> alternative_emails(X509& certificate) {
  std::vector<std::string> emails;
  auto* const names =
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr));
  if (names == nullptr) return emails;
  const int count = sk_GENERAL_NAME_num(names);
  for (int i = 0; i < count && int(emails.size()) < kMaxEmails; ++i) {
    const GENERAL_NAME* const one = sk_GENERAL_NAME_value(names, i);
    if (one->type != GEN_EMAIL) continue;
    if (std::string email = text_of(one->d.rfc822Name); !email.empty()) emails.push_back(std::move(email));
  }
  GENERAL_NAMES_free(names);
  return emails;
}

}  // namespace

std::string name_text(const X509_NAME* name) {
  BIO* const memory = BIO_new(BIO_s_mem());
  if (memory == nullptr) return "";
  X509_NAME_print_ex(memory, name, 0, XN_FLAG_RFC2253);  // escapes what does not print
  char* bytes = nullptr;
  const long length = BIO_get_mem_data(memory, &bytes);
  std::string text(bytes, length > 0 ? std::size_t(length) : 0);
  BIO_free(memory);
  if (text.size() > kMaxNameText) text = text.substr(0, kMaxNameText - 3) + "...";
  return text;
}

PeerCertificate describe_certificate(X509& certificate, long verify_result) {
  PeerCertificate described;
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int length = 0;
  if (X509_digest(&certificate, EVP_sha256(), digest.data(), &length) == 1) {
    described.fingerprint = to_hex(std::span<const std::uint8_t>(digest.data(), length));
  }
  const X509_NAME* const subject = X509_get_subject_name(&certificate);
  described.subject = name_text(subject);
  described.issuer = name_text(X509_get_issuer_name(&certificate));
  described.organization = only_entry(subject, NID_organizationName);
  described.common_name = only_entry(subject, NID_commonName);
  described.emails = alternative_emails(certificate);
  described.chain_verified = verify_result == X509_V_OK;
  if (!described.chain_verified) described.chain_problem = X509_verify_cert_error_string(verify_result);
  return described;
}

}  // namespace tvh::server
