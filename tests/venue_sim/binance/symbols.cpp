#include "venue_sim/binance/symbols.hpp"

#include <array>
#include <string_view>

namespace tvh::venue_sim::binance {
namespace {

struct Coin {
  const char* asset;
  const char* price;
};

constexpr std::array kCoins{
    Coin{"BTC", "65000"},  Coin{"ETH", "3200"},  Coin{"BNB", "580"},    Coin{"SOL", "150"},
    Coin{"XRP", "0.52"},   Coin{"ADA", "0.45"},  Coin{"DOGE", "0.12"},  Coin{"AVAX", "28"},
    Coin{"DOT", "6.2"},    Coin{"LINK", "14"},   Coin{"LTC", "72"},     Coin{"BCH", "390"},
    Coin{"TRX", "0.13"},   Coin{"UNI", "7.8"},   Coin{"ATOM", "6.5"},   Coin{"ETC", "22"},
    Coin{"XLM", "0.098"},  Coin{"FIL", "4.3"},   Coin{"APT", "7.1"},    Coin{"ARB", "0.75"},
    Coin{"OP", "1.7"},     Coin{"NEAR", "5.2"},  Coin{"INJ", "21"},     Coin{"SUI", "0.95"},
    Coin{"SEI", "0.33"},   Coin{"TIA", "6"},     Coin{"AAVE", "95"},    Coin{"MKR", "2500"},
    Coin{"CRV", "0.29"},   Coin{"LDO", "1.6"},   Coin{"SNX", "1.9"},    Coin{"COMP", "48"},
    Coin{"SUSHI", "0.72"}, Coin{"YFI", "5600"},  Coin{"1INCH", "0.35"}, Coin{"GRT", "0.19"},
    Coin{"SAND", "0.31"},  Coin{"MANA", "0.34"}, Coin{"AXS", "5.9"},    Coin{"GALA", "0.025"},
    Coin{"ENJ", "0.17"},   Coin{"CHZ", "0.07"},  Coin{"IMX", "1.4"},    Coin{"ALGO", "0.15"},
    Coin{"VET", "0.026"},  Coin{"ICP", "8.4"},   Coin{"HBAR", "0.07"},  Coin{"QNT", "72"},
    Coin{"EGLD", "31"},    Coin{"THETA", "1.5"}, Coin{"FTM", "0.5"},    Coin{"FLOW", "0.6"},
    Coin{"XTZ", "0.75"},   Coin{"EOS", "0.55"},  Coin{"KAVA", "0.4"},   Coin{"ZEC", "28"},
    Coin{"DASH", "26"},    Coin{"NEO", "11"},    Coin{"IOTA", "0.17"},  Coin{"ZIL", "0.018"},
    Coin{"BAT", "0.19"},   Coin{"ENS", "24"},    Coin{"DYDX", "1.4"},   Coin{"GMX", "27"},
    Coin{"RUNE", "4.5"},   Coin{"STX", "1.7"},   Coin{"WLD", "2.3"},    Coin{"PYTH", "0.33"},
};

Decimal dec(std::string_view text) { return Decimal::from_trusted(text); }

// 10^-places, or 10^places when negative.
Decimal power_of_ten(int places) {
  if (places > 0) return dec("0." + std::string(std::size_t(places - 1), '0') + "1");
  return dec("1" + std::string(std::size_t(-places), '0'));
}

// How many digits stand before the point; 0 for 0.5, -1 for 0.05.
int magnitude_of(const Decimal& price) {
  int digits = 0;
  while (price >= power_of_ten(-digits)) ++digits;
  while (digits <= 0 && digits > -8 && price < power_of_ten(-digits + 1)) --digits;
  return digits;
}

Instrument make(const std::string& base, const std::string& quote, const Decimal& price) {
  Instrument instrument;
  instrument.symbol = base + quote;
  instrument.base = base;
  instrument.quote = quote;
  instrument.maximum_price = multiply(price, Decimal(100), Rounding::toward_zero, 0) + Decimal(1000);
  return instrument;
}

Instrument make_spot(const std::string& base, const std::string& quote, const Decimal& price) {
  Instrument instrument = make(base, quote, price);
  const int digits = magnitude_of(price);
  const bool quoted_in_btc = quote == "BTC";
  instrument.tick = power_of_ten(std::min(8, std::max(2, 4 - digits + (digits >= 4 ? 2 : 0))));
  instrument.step = power_of_ten(std::min(8, std::max(0, digits + (quoted_in_btc ? 4 : 0))));
  instrument.minimum_quantity = instrument.step;
  instrument.maximum_quantity = dec(digits >= 4 ? "9000" : "9000000");
  instrument.market_maximum = dec(digits >= 4 ? "150" : "900000");
  instrument.minimum_notional = dec(quoted_in_btc ? "0.0001" : "5");
  instrument.band_up = dec("5");
  instrument.band_down = dec("0.2");
  return instrument;
}

Instrument make_usdm(const std::string& base, const std::string& quote, const Decimal& price) {
  Instrument instrument = make(base, quote, price);
  const int digits = magnitude_of(price);
  instrument.tick = power_of_ten(std::max(1, std::min(6, 5 - digits + (digits >= 5 ? 1 : 0))));
  instrument.step = power_of_ten(std::max(0, std::min(3, digits - 1)));
  instrument.minimum_quantity = instrument.step;
  instrument.maximum_quantity = dec(digits >= 4 ? "1000" : "10000000");
  instrument.market_maximum = dec(digits >= 4 ? "120" : "2000000");
  instrument.minimum_notional = dec(base == "BTC" ? "100" : "5");
  instrument.band_up = dec("1.05");
  instrument.band_down = dec("0.95");
  instrument.maximum_conditional_orders = 10;
  return instrument;
}

using Make = Instrument (*)(const std::string&, const std::string&, const Decimal&);

std::vector<ListedSymbol> listed(Make make) {
  std::vector<ListedSymbol> symbols;
  for (const auto& [asset, price] : kCoins) symbols.push_back({make(asset, "USDT", dec(price)), dec(price)});
  return symbols;
}

std::optional<Instrument> from_name(const std::string& symbol, const Decimal& price, Make make) {
  for (const std::string quote : {"USDT", "USDC", "FDUSD", "BTC", "ETH", "BNB", "EUR", "USD"}) {
    if (symbol.size() > quote.size() && symbol.ends_with(quote)) {
      return make(symbol.substr(0, symbol.size() - quote.size()), quote, price);
    }
  }
  return std::nullopt;
}

}  // namespace

std::vector<ListedSymbol> spot_symbols() {
  auto symbols = listed(make_spot);
  for (const auto& [asset, price] : {Coin{"ETH", "0.0492"}, Coin{"BNB", "0.0089"}, Coin{"LTC", "0.0011"}}) {
    symbols.push_back({make_spot(asset, "BTC", dec(price)), dec(price)});
  }
  return symbols;
}

std::vector<ListedSymbol> usdm_symbols() { return listed(make_usdm); }

std::optional<Instrument> spot_instrument(const std::string& symbol, const Decimal& price) {
  return from_name(symbol, price, make_spot);
}

std::optional<Instrument> usdm_instrument(const std::string& symbol, const Decimal& price) {
  return from_name(symbol, price, make_usdm);
}

}  // namespace tvh::venue_sim::binance
