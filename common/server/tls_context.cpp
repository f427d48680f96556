#include "server/tls_context.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <utility>

#include "server/tls_parts.hpp"

namespace tvh::server {

namespace {

constexpr const char* kTls12Ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20:!aNULL:!PSK:!SRP";
constexpr long kMaxClientChainBytes = 32 * 1024;
constexpr int kMaxClientChainDepth = 8;

Error bad_file(const std::string& what, const std::string& path, const std::string& why) {
  return fail(Errc::configuration, what + " " + path + ": " + why);
}

Result<void> check_readable(const std::string& what, const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return bad_file(what, path, std::strerror(errno));
  if (!S_ISREG(status.st_mode)) return bad_file(what, path, "is no file; name the PEM file itself");
  return {};
}

// Group members may read it, as the package ssl-cert has it.
Result<void> check_key_mode(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0 && (status.st_mode & 07) != 0) {
    return bad_file("the TLS key", path, "can be used by everybody; run: chmod o= " + path);
  }
  return {};
}

// A key with a passphrase must not make a service ask on its terminal.
int refuse_passphrase(char*, int, int, void*) { return -1; }

// Everything is let in; what it is worth is judged by who asked. The result is kept beside the session.
int let_everybody_in(int, X509_STORE_CTX*) { return 1; }

// Only the protocol we speak; who offers nothing of it goes on without.
int select_protocol(SSL*, const unsigned char** chosen, unsigned char* length, const unsigned char* offered,
                    unsigned int offered_length, void*) {
  static constexpr unsigned char kOurs[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  unsigned char* found = nullptr;
  if (SSL_select_next_proto(&found, length, kOurs, sizeof kOurs, offered, offered_length) !=
      OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_NOACK;
  }
  *chosen = found;
  return SSL_TLSEXT_ERR_OK;
}

TimePoint end_of_validity(const X509* certificate) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &parts) != 1) return TimePoint::max();
  return TimePoint(std::chrono::seconds(::timegm(&parts)));
}

Result<void> load_pair(SSL_CTX& context, const TlsSettings& settings) {
  TVH_CHECK(check_readable("the TLS certificate", settings.certificate_file));
  TVH_CHECK(check_readable("the TLS key", settings.key_file));
  TVH_CHECK(check_key_mode(settings.key_file));
  if (SSL_CTX_use_certificate_chain_file(&context, settings.certificate_file.c_str()) != 1) {
    return bad_file("the TLS certificate", settings.certificate_file,
                    take_tls_reason() + "; it has to be PEM, our certificate first, then its chain");
  }
  SSL_CTX_set_default_passwd_cb(&context, refuse_passphrase);
  if (SSL_CTX_use_PrivateKey_file(&context, settings.key_file.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(&context) != 1) {
    return bad_file("the TLS key", settings.key_file,
                    take_tls_reason() + "; it has to be PEM, without passphrase, and belong to " +
                        settings.certificate_file);
  }
  return {};
}

Result<void> ask_for_client_certificates(SSL_CTX& context, const std::string& authorities) {
  // No list of acceptable authorities is sent: a client that has no certificate of one of those would send
  // none, and what is presented then could not even be observed.
  SSL_CTX_set_verify(&context, SSL_VERIFY_PEER, let_everybody_in);
  SSL_CTX_set_verify_depth(&context, kMaxClientChainDepth);
  SSL_CTX_set_max_cert_list(&context, kMaxClientChainBytes);
  if (authorities.empty()) return {};
  TVH_CHECK(check_readable("the clients' authority", authorities));
  if (SSL_CTX_load_verify_file(&context, authorities.c_str()) != 1) {
    return bad_file("the clients' authority", authorities, take_tls_reason() + "; it has to be PEM");
  }
  // What the file says is trusted, also where it is not the root.
  X509_STORE_set_flags(SSL_CTX_get_cert_store(&context), X509_V_FLAG_PARTIAL_CHAIN);
  return {};
}

void set_rules(SSL_CTX& context) {
  SSL_CTX_set_min_proto_version(&context, TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(&context, kTls12Ciphers);
  SSL_CTX_set_options(&context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET |
                                    SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
  // A sender of a few alerts an hour gains nothing from resumption, and a resumed session would bring along a
  // client certificate that nobody checked today.
  SSL_CTX_set_session_cache_mode(&context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(&context, 0);
  // An idle connection keeps no buffers.
  SSL_CTX_set_mode(
      &context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  // One record a turn: who sends records without data must not keep the thread.
  SSL_CTX_clear_mode(&context, SSL_MODE_AUTO_RETRY);
  SSL_CTX_set_alpn_select_cb(&context, select_protocol, nullptr);
}

TimePoint earliest_end(SSL_CTX& context) {
  TimePoint earliest = end_of_validity(SSL_CTX_get0_certificate(&context));
  STACK_OF(X509)* chain = nullptr;
  SSL_CTX_get0_chain_certs(&context, &chain);
  for (int i = 0; chain != nullptr && i < sk_X509_num(chain); ++i) {
    earliest = std::min(earliest, end_of_validity(sk_X509_value(chain, i)));
  }
  return earliest;
}

}  // namespace

void FreeTls::operator()(SSL_CTX* it) const { SSL_CTX_free(it); }
void FreeTls::operator()(SSL* it) const { SSL_free(it); }
void FreeTls::operator()(X509* it) const { X509_free(it); }

std::string take_tls_reason() {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  if (code == 0) return "";
  if (ERR_SYSTEM_ERROR(code)) return std::strerror(int(ERR_GET_REASON(code)));
  const char* const reason = ERR_reason_error_string(code);
  return reason == nullptr ? "error " + std::to_string(code) : reason;
}

Result<std::shared_ptr<const TlsContext>> TlsContext::load(const TlsSettings& settings) {
  ERR_clear_error();
  auto parts = std::make_unique<Implementation>();
  parts->context.reset(SSL_CTX_new(TLS_server_method()));
  if (!parts->context) return fail(Errc::configuration, "TLS cannot be set up: " + take_tls_reason());
  SSL_CTX& context = *parts->context;
  set_rules(context);
  TVH_CHECK(load_pair(context, settings));
  if (settings.client == ClientCertificate::asked) {
    TVH_CHECK(ask_for_client_certificates(context, settings.client_ca_file));
  }
  parts->expires_at = earliest_end(context);
  parts->subject = name_text(X509_get_subject_name(SSL_CTX_get0_certificate(&context)));
  return std::shared_ptr<const TlsContext>(std::make_shared<TlsContext>(std::move(parts)));
}

TlsContext::TlsContext(std::unique_ptr<Implementation> implementation)
    : implementation_(std::move(implementation)) {}
TlsContext::~TlsContext() = default;

TimePoint TlsContext::expires_at() const { return implementation_->expires_at; }
const std::string& TlsContext::subject() const { return implementation_->subject; }

}  // namespace tvh::server
