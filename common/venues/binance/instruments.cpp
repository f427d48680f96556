#include "venues/binance/instruments.hpp"

#include "model/signal.hpp"

namespace tvh::venues::binance {

using model::Instrument;
using model::Market;

namespace {

// A filter of "0" is none.
void take_larger(std::optional<Decimal>& known, const std::optional<Decimal>& value) {
  if (value && value->is_positive() && (!known || *known < *value)) known = value;
}

void take_smaller(std::optional<Decimal>& known, const std::optional<Decimal>& value) {
  if (value && value->is_positive() && (!known || *value < *known)) known = value;
}

// Spot says whether market orders are measured by it too (sheet 1.5); where it does not say, they are.
void take_notional(Instrument& instrument, const Json& filter) {
  const bool newer = text_of(filter, "filterType") == "NOTIONAL";
  const bool of_market = flag_of(filter, newer ? "applyMinToMarket" : "applyToMarket").value_or(true);
  const Decimal before = instrument.minimum_notional.value_or(Decimal());
  take_larger(instrument.minimum_notional, decimal_of(filter, "minNotional"));
  take_larger(instrument.minimum_notional, decimal_of(filter, "notional"));  // USD-M's name for it
  if (!of_market && !instrument.minimum_market_notional) instrument.minimum_market_notional = before;
}

void take_filter(Instrument& instrument, const Json& filter) {
  const std::string type = text_of(filter, "filterType");
  if (type == "PRICE_FILTER") {
    take_larger(instrument.price_tick, decimal_of(filter, "tickSize"));
  } else if (type == "LOT_SIZE" || type == "MARKET_LOT_SIZE") {
    // The stricter of the two holds for every order: where they differ, steps are multiples of each other.
    take_larger(instrument.quantity_step, decimal_of(filter, "stepSize"));
    take_larger(instrument.minimum_quantity, decimal_of(filter, "minQty"));
    const bool any_order = type == "LOT_SIZE";
    take_smaller(any_order ? instrument.maximum_quantity : instrument.maximum_market_quantity,
                 decimal_of(filter, "maxQty"));
  } else if (type == "NOTIONAL" || type == "MIN_NOTIONAL") {
    take_notional(instrument, filter);
  }
}

}  // namespace

venue::Reading<std::vector<Instrument>> read_instruments(Product product, const client::Response& response) {
  auto read = read_body(product, response);
  if (auto* problem = std::get_if<venue::Problem>(&read)) {
    // "Invalid symbol.": of an order it says nothing, its symbol may have gone after it filled.
    if (problem->code == "-1121") problem->kind = venue::Problem::Kind::not_found;
    return std::move(*problem);
  }
  const Json& body = std::get<Json>(read);
  const auto symbols = body.is_object() ? body.find("symbols") : body.end();
  if (!body.is_object() || symbols == body.end() || !symbols->is_array()) return unreadable("no symbols");
  std::vector<Instrument> instruments;
  bool is_cut = false;
  for (const Json& symbol : *symbols) {
    const bool perp = product == Product::usdm;
    if (text_of(symbol, "status") != "TRADING") continue;
    if (perp && text_of(symbol, "contractType") != "PERPETUAL") continue;
    Instrument instrument;
    instrument.market = perp ? Market::perp : Market::spot;
    instrument.name = model::instrument_name(text_of(symbol, "symbol"), instrument.market);
    instrument.base_asset = text_of(symbol, "baseAsset");
    instrument.quote_asset = text_of(symbol, "quoteAsset");
    const auto filters = symbol.find("filters");
    if (instrument.name.empty() || instrument.base_asset.empty() || instrument.quote_asset.empty() ||
        filters == symbol.end() || !filters->is_array()) {
      is_cut = true;  // the other instruments are none the worse
      continue;
    }
    for (const Json& filter : *filters) take_filter(instrument, filter);
    // Without a step every quantity would be sent as it is and refused. The other instruments are none the
    // worse.
    if (!instrument.quantity_step) continue;
    instruments.push_back(std::move(instrument));
  }
  if (is_cut && instruments.empty()) return unreadable("a symbol without name, assets or filters");
  return instruments;
}

}  // namespace tvh::venues::binance
