// OpenSSL's objects as this room holds them. Private to the server room.
#pragma once

#include <memory>
#include <string>

#include "server/peer_certificate.hpp"
#include "server/tls_context.hpp"

struct ssl_ctx_st;
struct ssl_st;
struct x509_st;
struct X509_name_st;

namespace tvh::server {

struct FreeTls {
  void operator()(ssl_ctx_st* it) const;
  void operator()(ssl_st* it) const;
  void operator()(x509_st* it) const;
};
using ContextPointer = std::unique_ptr<ssl_ctx_st, FreeTls>;
using TlsSessionPointer = std::unique_ptr<ssl_st, FreeTls>;
using CertificatePointer = std::unique_ptr<x509_st, FreeTls>;

struct TlsContext::Implementation {
  ContextPointer context;
  TimePoint expires_at{};
  std::string subject;
};

// The first reason OpenSSL has queued, for a person; empties the queue. "" when there is none.
std::string take_tls_reason();

// A name as RFC 2253 writes it, at most 256 characters, printable.
std::string name_text(const X509_name_st* name);

// `verify_result` is what OpenSSL found on the way up the chain.
PeerCertificate describe_certificate(x509_st& certificate, long verify_result);

}  // namespace tvh::server
