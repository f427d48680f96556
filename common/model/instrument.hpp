// What can be traded at a venue, and the filters its orders must pass.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/decimal.hpp"
#include "model/names.hpp"

namespace tvh::model {

struct Instrument {
  std::string name;  // instrument_name()
  Market market = Market::spot;
  std::string base_asset;
  std::string quote_asset;
  // Absent means the venue has no such rule, never that it is not known.
  std::optional<Decimal> quantity_step;
  std::optional<Decimal> minimum_quantity;
  std::optional<Decimal> maximum_quantity{};         // of one order
  std::optional<Decimal> maximum_market_quantity{};  // of one market order, where that is less
  std::optional<Decimal> minimum_notional{};
  std::optional<Decimal> minimum_market_notional{};  // of a market order, where that is less; 0: none
  std::optional<Decimal> price_tick{};
  std::optional<Decimal>
      contract_size{};  // base units in one contract; absent where the venue counts base units
};

struct AssetPair {
  std::string base;
  std::string quote;
};

// Splits "BTCUSDT" into BTC and USDT by the quote assets venues use, longest first; nothing when none of them
// ends it.
std::optional<AssetPair> split_symbol(const std::string& symbol);

}  // namespace tvh::model
