// What a client's certificate is worth to us.
#pragma once

#include <string>
#include <vector>

#include "server/peer_certificate.hpp"

namespace tvh {

enum class ClientCheck { off, observe, require };

struct ClientPolicy {
  ClientCheck check = ClientCheck::off;
  bool has_authority = false;             // chains are verified against one
  std::vector<std::string> fingerprints;  // of certificates that are known, 64 hexadecimal digits in lower case
};

// "" when the certificate is acceptable: a known fingerprint, or a verified chain and TradingView's names. Else
// why it is not, for a person. `certificate` is nullptr when none was presented.
std::string client_problem(const ClientPolicy& policy, const server::PeerCertificate* certificate);

}  // namespace tvh
