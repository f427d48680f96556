#include "venues/registry.hpp"

#include <algorithm>
#include <array>
#include <functional>

#include "venues/binance/spot.hpp"
#include "venues/binance/usdm.hpp"

namespace tvh::venues {

namespace {

// Hosts: facts sheets 1.1 and 2.1. The futures demo host is what their general page names as the testnet's.
struct Host {
  std::string_view mode;
  std::string_view url;
};

struct Kind {
  std::string name;
  std::array<Host, 3> hosts;
  std::function<std::unique_ptr<venue::Exchange>(const Access&, std::chrono::milliseconds window)> make;
};

const std::vector<Kind>& kinds() {
  static const std::vector<Kind> all{
      {"binance_spot",
       {Host{"live", "https://api.binance.com"}, Host{"testnet", "https://testnet.binance.vision"},
        Host{"demo", "https://demo-api.binance.com"}},
       [](const Access& access, std::chrono::milliseconds window) -> std::unique_ptr<venue::Exchange> {
         const bool has_account_service = access.mode == "live" || access.base_url.has_value();
         return std::make_unique<binance::Spot>(binance::Keys{access.api_key, access.api_secret}, window,
                                                has_account_service);
       }},
      {"binance_usdm",
       {Host{"live", "https://fapi.binance.com"}, Host{"testnet", "https://demo-fapi.binance.com"},
        Host{"demo", "https://demo-fapi.binance.com"}},
       [](const Access& access, std::chrono::milliseconds window) -> std::unique_ptr<venue::Exchange> {
         return std::make_unique<binance::Usdm>(binance::Keys{access.api_key, access.api_secret}, window);
       }}};
  return all;
}

constexpr std::chrono::milliseconds kDefaultWindow{3000};

}  // namespace

const std::vector<std::string>& exchange_kinds() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const Kind& kind : kinds()) all.push_back(kind.name);
    return all;
  }();
  return names;
}

Result<std::unique_ptr<venue::ExchangeVenue>> open_exchange(Access access, const Clock& clock,
                                                            model::InstrumentStore* store) {
  const std::string title = "[venue." + access.venue + "] ";
  const auto kind =
      std::find_if(kinds().begin(), kinds().end(), [&](const Kind& one) { return one.name == access.kind; });
  if (kind == kinds().end())
    return fail(Errc::configuration, title + "kind \"" + access.kind + "\" is not known");
  const auto host = std::find_if(kind->hosts.begin(), kind->hosts.end(),
                                 [&](const Host& one) { return one.mode == access.mode; });
  if (host == kind->hosts.end()) {
    return fail(Errc::configuration, title + "mode \"" + access.mode + "\" does not go with kind \"" +
                                         access.kind + "\"; use testnet, demo or live");
  }
  venue::ExchangeSettings settings;
  settings.name = access.venue;
  settings.base_url = std::string(host->url);
  if (access.base_url) {
    if (!client::is_loopback_url(*access.base_url)) {
      return fail(Errc::configuration, title +
                                           "base_url is for simulators on this machine (127.0.0.1, [::1], "
                                           "localhost); the hosts of exchanges follow from mode");
    }
    if (access.mode == "live")
      return fail(Errc::configuration, title + "base_url does not go with mode = \"live\"; remove one of them");
    settings.base_url = *access.base_url;
    while (settings.base_url.ends_with('/')) settings.base_url.pop_back();
  }
  settings.window = access.window.value_or(kDefaultWindow);
  settings.secrets = {access.api_key, access.api_secret};
  auto exchange = kind->make(access, settings.window);
  return std::make_unique<venue::ExchangeVenue>(std::move(settings), std::move(exchange), clock, store);
}

}  // namespace tvh::venues
