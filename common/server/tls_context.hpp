// What TLS connections are made with: our certificate and its key, and whether clients are asked for theirs.
// OpenSSL underneath. TLS 1.2 and 1.3, forward secrecy and authenticated encryption only, no renegotiation,
// no compression, no resumption.
#pragma once

#include <memory>
#include <string>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace tvh::server {

enum class ClientCertificate { not_asked, asked };

struct TlsSettings {
  std::string certificate_file;  // PEM: ours first, then what leads to its authority
  std::string key_file;          // PEM, without passphrase, not readable by everybody
  // asked: a client that presents none, or one that nobody vouches for, is let in all the same; what it showed
  // is in RequestHead::certificate for the application to judge.
  ClientCertificate client = ClientCertificate::not_asked;
  std::string client_ca_file{};  // PEM, against which chains are verified; "" for none
};

// Immutable; may be used by any number of connections, which keep what they need of it alive.
class TlsContext {
 public:
  // configuration: a file cannot be read, is no PEM, key and certificate do not belong together, the key is
  // open to everybody.
  static Result<std::shared_ptr<const TlsContext>> load(const TlsSettings& settings);

  struct Implementation;
  explicit TlsContext(std::unique_ptr<Implementation> implementation);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  // The earliest end of validity in the certificate file.
  TimePoint expires_at() const;
  const std::string& subject() const;  // of our certificate, for a person
  const Implementation& implementation() const { return *implementation_; }

 private:
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace tvh::server
