#include "model/instrument.hpp"

#include <array>
#include <string_view>

namespace tvh::model {

// Quote assets of the four venues' spot and linear markets, longest first so that FDUSD is not read as USD.
static constexpr std::array<std::string_view, 24> kQuoteAssets{
    "FDUSD", "USDT", "USDC", "BUSD", "TUSD", "USDE", "USDP", "USD1", "BIDR", "DAI", "USD", "EUR",
    "GBP",   "TRY",  "BRL",  "JPY",  "AUD",  "PLN",  "MXN",  "ARS",  "UAH",  "BTC", "ETH", "BNB"};

std::optional<AssetPair> split_symbol(const std::string& symbol) {
  for (const auto quote : kQuoteAssets) {
    // Most differ in their last letter.
    if (symbol.size() > quote.size() && symbol.back() == quote.back() && symbol.ends_with(quote)) {
      return AssetPair{symbol.substr(0, symbol.size() - quote.size()), std::string(quote)};
    }
  }
  return std::nullopt;
}

}  // namespace tvh::model
