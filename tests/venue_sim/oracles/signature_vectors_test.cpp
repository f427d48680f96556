#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "support/catch.hpp"
#include "venue_sim/binance/signature.hpp"
#include "venue_sim/oracles/oracle.hpp"

namespace tvh::venue_sim {
namespace {

// Without the files the whole program says so and is skipped: before main, as Catch2 has no word for it.
const bool kPresent = [] {
  if (std::filesystem::exists(kOracles + "/signatures/signatures.json")) return true;
  std::printf("skipped: the oracles are not there (%s)\n", kOracles.c_str());
  std::exit(77);
}();

}  // namespace

TEST_CASE("vectors: every published and captured Binance signature is recomputed") {
  REQUIRE(kPresent);
  int checked = 0;
  for (const auto& vector : read_oracle("signatures/signatures.json")) {
    if (vector["ex"].get<std::string>().find("binance") == std::string::npos || vector["enc"] != "hex")
      continue;
    INFO(vector.dump());
    CHECK(binance::hmac_hex(vector["secret"].get<std::string>(), vector["payload"].get<std::string>()) ==
          vector["expected"].get<std::string>());
    ++checked;
  }
  CHECK(checked >= 2);
}

}  // namespace tvh::venue_sim
