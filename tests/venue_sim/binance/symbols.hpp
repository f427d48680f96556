// The symbols the simulator lists, with filters of realistic size. BTCUSDT has the recorded ones of venue sheet
// 1.5 and 2.5; the others follow the same proportions, they are not recordings.
#pragma once

#include <optional>
#include <vector>

#include "venue_sim/order.hpp"

namespace tvh::venue_sim::binance {

struct ListedSymbol {
  Instrument instrument;
  Decimal price;
};

std::vector<ListedSymbol> spot_symbols();  // over 60 against USDT, some against BTC
std::vector<ListedSymbol> usdm_symbols();  // the same coins, perpetual

// A symbol nobody listed, e.g. from --price: nothing where no quote asset ends it.
std::optional<Instrument> spot_instrument(const std::string& symbol, const Decimal& price);
std::optional<Instrument> usdm_instrument(const std::string& symbol, const Decimal& price);

}  // namespace tvh::venue_sim::binance
