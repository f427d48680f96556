#include "tvhook-listen/tradingview.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace tvh {

namespace {

constexpr std::array<std::string_view, 4> kAddresses{"52.89.214.238", "34.212.75.30", "54.218.53.128",
                                                     "52.32.178.7"};
constexpr std::string_view kOrganization = "TradingView, Inc.";
constexpr std::string_view kEmail = "webhook-server@tradingview.com";
constexpr std::array<std::string_view, 2> kCommonNames{"TradingView Webhooks", kEmail};

}  // namespace

server::AddressSet tradingview_addresses() {
  server::AddressSet addresses;
  for (const std::string_view address : kAddresses) addresses.add(*server::parse_network(address));
  return addresses;
}

bool names_tradingview(const server::PeerCertificate& certificate) {
  const auto& emails = certificate.emails;
  return certificate.organization == kOrganization &&
         std::find(emails.begin(), emails.end(), kEmail) != emails.end() &&
         std::find(kCommonNames.begin(), kCommonNames.end(), certificate.common_name) != kCommonNames.end();
}

}  // namespace tvh
