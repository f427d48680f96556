// Which hosts there are, and what may stand in for them.
#include "venues/registry.hpp"

#include "support/catch.hpp"

using namespace tvh;
using venues::Access;
using venues::host_url;
using venues::open_exchange;

namespace {

Access access_to(const std::string& kind, const std::string& mode) {
  Access access;
  access.venue = "mine";
  access.kind = kind;
  access.mode = mode;
  access.api_key = Secret("CANARYKEY");
  access.api_secret = Secret("CANARYSECRET");
  return access;
}

std::string refused(Access access) {
  const SystemClock clock;
  const auto opened = open_exchange(std::move(access), clock, nullptr);
  REQUIRE_FALSE(opened);
  CHECK(opened.error().code == Errc::configuration);
  CHECK(opened.error().message.starts_with("[venue.mine] "));
  CHECK(opened.error().message.find("CANARY") == std::string::npos);
  return opened.error().message;
}

}  // namespace

TEST_CASE("registry: each mode of each exchange has its host, over https") {
  CHECK(host_url("binance_spot", "live") == "https://api.binance.com");
  CHECK(host_url("binance_spot", "testnet") == "https://testnet.binance.vision");
  CHECK(host_url("binance_spot", "demo") == "https://demo-api.binance.com");
  CHECK(host_url("binance_usdm", "live") == "https://fapi.binance.com");
  CHECK(host_url("binance_usdm", "testnet") == "https://demo-fapi.binance.com");
  CHECK(host_url("binance_usdm", "demo") == "https://demo-fapi.binance.com");
  CHECK(host_url("binance_spot", "paper").empty());
  CHECK(host_url("binance", "live").empty());
  for (const auto& kind : venues::exchange_kinds()) {
    for (const char* mode : {"live", "testnet", "demo"}) {
      CHECK(host_url(kind, mode).starts_with("https://"));
      CHECK((host_url(kind, mode) == host_url(kind, "live")) == (std::string(mode) == "live"));
      const SystemClock clock;
      const auto opened = open_exchange(access_to(kind, mode), clock, nullptr);
      REQUIRE(opened);
      CHECK((*opened)->name() == "mine");
      CHECK((*opened)->capabilities().perp != (*opened)->capabilities().spot);
    }
  }
}

TEST_CASE("registry: an unknown kind or mode is refused by its name") {
  CHECK(refused(access_to("kraken", "live")).find("\"kraken\"") != std::string::npos);
  CHECK(refused(access_to("binance_spot", "sandbox")).find("\"sandbox\"") != std::string::npos);
}

TEST_CASE("registry: base_url stays on this machine, whatever it is dressed as") {
  for (const char* url : {"http://evil.example", "https://api.binance.com", "http://127.evil.example",
                          "http://localhost@evil.example/", "http://10.0.0.1:8080", "", "127.0.0.1:8080"}) {
    INFO(url);
    auto access = access_to("binance_spot", "testnet");
    access.base_url = url;
    CHECK(refused(access).find("base_url is for simulators on this machine") != std::string::npos);
  }
  for (const char* url :
       {"http://127.0.0.1:8080", "http://127.0.0.1:8080/", "http://[::1]:1", "http://localhost:1"}) {
    INFO(url);
    const SystemClock clock;
    auto access = access_to("binance_usdm", "demo");
    access.base_url = url;
    CHECK(open_exchange(access, clock, nullptr));
  }
}

TEST_CASE("registry: a live venue goes to the live host and nowhere else") {
  auto access = access_to("binance_usdm", "live");
  access.base_url = "http://127.0.0.1:8080";
  CHECK(refused(access).find("live") != std::string::npos);
}
