#include "tvhook-listen/client_policy.hpp"

#include <algorithm>

#include "tvhook-listen/tradingview.hpp"

namespace tvh {

std::string client_problem(const ClientPolicy& policy, const server::PeerCertificate* certificate) {
  if (certificate == nullptr) return "no client certificate was presented";
  const auto& known = policy.fingerprints;
  if (std::find(known.begin(), known.end(), certificate->fingerprint) != known.end()) return "";
  if (!policy.has_authority) return "the client certificate is none of the known fingerprints";
  if (!certificate->chain_verified) {
    return "the client certificate is not vouched for: " + certificate->chain_problem;
  }
  if (!names_tradingview(*certificate)) return "the client certificate does not name TradingView";
  return "";
}

}  // namespace tvh
