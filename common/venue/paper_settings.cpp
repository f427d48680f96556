#include "venue/paper_settings.hpp"

namespace tvh::venue {

PaperSettings default_paper_settings() {
  PaperSettings settings;
  settings.starting_balances = {{"USDT", Decimal(10000)}};
  settings.fee_rate = Decimal::from_trusted("0.001");
  return settings;
}

static std::string symbol_of(const std::string& name, model::Market market) {
  const bool cut = market == model::Market::perp && name.ends_with(".P");
  return cut ? name.substr(0, name.size() - 2) : name;
}

std::optional<model::Instrument> paper_instrument(const std::string& name, model::Market market) {
  const auto pair = model::split_symbol(symbol_of(name, market));
  if (!pair) return std::nullopt;
  return model::Instrument{name, market, pair->base, pair->quote, {}, {}, {}, {}, {}};
}

std::string not_traded(const std::string& name, model::Market market) {
  return "cannot tell the quote asset of " + symbol_of(name, market) +
         "; the paper venue knows pairs such as BTCUSDT";
}

}  // namespace tvh::venue
