// Symbols as alerts write them -> base, quote, spot or perpetual. What could be two things is refused with the
// reason, never guessed.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "model/names.hpp"

namespace tvh::wire {

struct Ticker {
  std::string exchange;  // the prefix, lower case, without _DL or _DLY; "" when there was none
  std::string symbol;    // "BTCUSDT"
  std::string base;      // "BTC"; "" where the symbol does not part into two assets, as of a stock
  std::string quote;     // "USDT"
  model::Market market = model::Market::spot;

  bool is_same_instrument(const Ticker& other) const {
    return symbol == other.symbol && market == other.market;
  }
};

struct BadSymbol {
  bool is_ambiguous = false;
  std::string reason;  // "names no quote asset; …"
};

// BTCUSDT, BINANCE:BTCUSDT, NYMEX_DL:…, BTCUSDT.P, BTCUSDTPERP, BTC/USDT, BTC/USDT:USDT, BTC-USDT,
// BTC-USDT-SWAP, BTC-USDT.P; in any case of letters. BTC-PERP and BTCPERP only with `perp_quote`, which is the
// quote asset of all perpetuals of the service that writes so. Sources: TradingView's placeholders, ccxt's and
// OKX's instrument ids.
std::variant<Ticker, BadSymbol> parse_symbol(std::string_view text, std::string_view perp_quote = {});

// "NYMEX_DL" and "NYMEX_DLY" are delayed feeds of "nymex".
std::string feed_name(std::string_view text);

}  // namespace tvh::wire
