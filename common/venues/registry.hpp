// Every exchange there is, by the name it has in the configuration. The only file that knows them all.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/secret.hpp"
#include "venue/exchange_venue.hpp"

namespace tvh::venues {

struct Access {
  std::string venue;  // [venue.NAME]
  std::string kind;   // binance_spot, binance_usdm
  std::string mode;   // testnet, demo, live
  Secret api_key;
  Secret api_secret;
  std::optional<std::string> base_url;              // instead of the mode's host; loopback only
  std::optional<std::chrono::milliseconds> window;  // recvWindow
};

const std::vector<std::string>& exchange_kinds();
// "https://api.binance.com": where a mode's requests go; "" for a kind or mode there is not.
std::string host_url(const std::string& kind, const std::string& mode);

// configuration: an unknown kind or mode, a base_url that is not loopback, a live venue with one.
Result<std::unique_ptr<venue::ExchangeVenue>> open_exchange(Access access, const Clock& clock,
                                                            model::InstrumentStore* store);

}  // namespace tvh::venues
