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

const Kind* find_kind(const std::string& name) {
  const auto found =
      std::find_if(kinds().begin(), kinds().end(), [&](const Kind& one) { return one.name == name; });
  return found == kinds().end() ? nullptr : &*found;
}

}  // namespace

const std::vector<std::string>& exchange_kinds() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const Kind& kind : kinds()) all.push_back(kind.name);
    return all;
  }();
  return names;
}

std::string host_url(const std::string& kind, const std::string& mode) {
  const Kind* const known = find_kind(kind);
  if (known == nullptr) return {};
  for (const Host& host : known->hosts) {
    if (host.mode == mode) return std::string(host.url);
  }
  return {};
}

Result<std::unique_ptr<venue::ExchangeVenue>> open_exchange(Access access, const Clock& clock,
                                                            model::InstrumentStore* store) {
  const std::string title = "[venue." + access.venue + "] ";
  const Kind* const kind = find_kind(access.kind);
  if (kind == nullptr) return fail(Errc::configuration, title + "kind \"" + access.kind + "\" is not known");
  venue::ExchangeSettings settings;
  settings.base_url = host_url(access.kind, access.mode);
  if (settings.base_url.empty()) {
    return fail(Errc::configuration, title + "mode \"" + access.mode + "\" does not go with kind \"" +
                                         access.kind + "\"; use testnet, demo or live");
  }
  settings.name = access.venue;
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
