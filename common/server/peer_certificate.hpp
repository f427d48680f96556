// What a client presented as its certificate, as data.
#pragma once

#include <string>
#include <vector>

namespace tvh::server {

// The client has shown that it holds the certificate's key. Whose it is, only a verified chain or a known
// fingerprint says: anybody can write any subject into a certificate of his own.
struct PeerCertificate {
  std::string fingerprint;          // SHA-256 of the whole certificate, 64 hexadecimal digits in lower case
  std::string subject;              // for a person (RFC 2253), at most 256 characters
  std::string issuer;               // the same
  std::string organization;         // O; "" when there is none, or more than one
  std::string common_name;          // CN; the same
  std::vector<std::string> emails;  // of the subject's alternative names
  bool chain_verified = false;      // up to a certificate of TlsSettings::client_ca_file, for this use, in date
  std::string chain_problem;        // why it is not; "" when it is
};

}  // namespace tvh::server
