// Signatures others published, recomputed.
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "base/hash.hpp"
#include "support/catch.hpp"
#include "venue_oracles/oracles.hpp"
#include "venues/binance/wire.hpp"

using namespace tvh;
using namespace tvh::test;

namespace {

// Before any test: "skipped" must never look like "passed".
const bool kPresent = [] {
  if (std::filesystem::exists(kOracles + "/signatures/signatures.json")) return true;
  std::printf("skipped: what others recorded of the exchanges is not there (%s)\n", kOracles.c_str());
  std::exit(77);
}();

bool is_ours(const std::string& exchange) { return exchange == "binance" || exchange == "binanceusdm"; }

// The parameters of a payload, not escaped.
std::vector<std::pair<std::string, std::string>> parameters_of(const std::string& payload) {
  std::vector<std::pair<std::string, std::string>> all;
  for (std::size_t at = 0; at < payload.size();) {
    const auto end = std::min(payload.find('&', at), payload.size());
    const std::string pair = payload.substr(at, end - at);
    std::string value;
    const std::string raw = pair.substr(pair.find('=') + 1);
    for (std::size_t each = 0; each < raw.size(); ++each) {
      if (raw[each] != '%') {
        value += raw[each];
        continue;
      }
      value += char(std::stoi(raw.substr(each + 1, 2), nullptr, 16));
      each += 2;
    }
    all.emplace_back(pair.substr(0, pair.find('=')), value);
    at = end + 1;
  }
  return all;
}

}  // namespace

TEST_CASE(
    "oracles: every signature of Binance that was published is what we compute, over what we would send") {
  int count = 0;
  for (const Json& vector : oracle("signatures/signatures.json")) {
    if (!is_ours(vector["ex"])) continue;
    INFO(vector["source"]);
    REQUIRE(vector["enc"] == "hex");
    const std::string payload = vector["payload"];
    CHECK(to_hex(hmac_sha256(vector["secret"].get<std::string>(), payload)) == vector["expected"]);
    ++count;
    if (!payload.starts_with("symbol=") && !payload.starts_with("timestamp=")) continue;
    CHECK(venues::binance::format_parameters(parameters_of(payload)) == payload);
  }
  CHECK(count >= 4);
}
