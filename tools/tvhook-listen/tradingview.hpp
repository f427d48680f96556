// What TradingView publishes about the machines that send its webhooks. The one place for it.
#pragma once

#include "server/address.hpp"
#include "server/peer_certificate.hpp"

namespace tvh {

// The four addresses of "About webhooks" (HELP/43000529348), as it stood in a copy of February 2026 or later;
// the same since January 2020 at least. TradingView sends over IPv4 only.
server::AddressSet tradingview_addresses();

// Whether the certificate's subject is the one of "Webhook authentication" (HELP/43000680459): O and the e-mail
// of the alternative names, and either of the two common names its copies give. Proves nothing without a
// verified chain.
bool names_tradingview(const server::PeerCertificate& certificate);

}  // namespace tvh
