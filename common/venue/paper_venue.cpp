#include "venue/paper_venue.hpp"

#include "model/position.hpp"

namespace tvh::venue {

using model::Accepted;
using model::Fill;
using model::Instrument;
using model::OrderRequest;
using model::OrderState;
using model::PaperPosition;
using model::PaperStore;
using model::Refused;
using model::Side;
using model::Unknown;

namespace {

Decimal notional_of(const Fill& fill) { return multiply(fill.quantity, fill.price, Rounding::half_even); }

// What the money is missing, said so that a person can act on it.
Refused insufficient(const std::string& asset, const Decimal& available, const Decimal& required) {
  return {"insufficient_balance", "the paper account has " + available.to_string() + " " + asset +
                                      ", this order needs " + required.to_string() +
                                      "; trade less, or raise [venue.paper.balances] for a new account"};
}

}  // namespace

PaperSettings default_paper_settings() {
  PaperSettings settings;
  settings.starting_balances = {{"USDT", Decimal(10000)}};
  settings.fee_rate = Decimal::from_trusted("0.001");
  return settings;
}

Result<std::unique_ptr<PaperVenue>> PaperVenue::open(PaperSettings settings, PaperStore& store,
                                                     const Clock& clock, Account account) {
  if (account == Account::open_if_new) TVH_CHECK(store.open_account(settings.starting_balances));
  return std::unique_ptr<PaperVenue>(new PaperVenue(std::move(settings), store, clock));
}

model::SubmitOutcome PaperVenue::submit(const OrderRequest& order) {
  auto known = store_.read_order(order.client_order_id);
  if (!known) return Unknown{known.error().message};
  if (*known) return Accepted{(*known)->report};
  auto evaluation = evaluate(order);
  // Nothing was stored yet, but what cannot be read cannot be answered for: the executor asks again.
  if (!evaluation) return Unknown{evaluation.error().message};
  if (auto* refused = std::get_if<Refused>(&*evaluation)) return *refused;
  const auto& effect = std::get<PaperStore::Effect>(*evaluation);
  if (auto stored = store_.append_effect(effect); !stored) return Unknown{stored.error().message};
  return Accepted{effect.order.report};
}

Result<PaperVenue::Evaluation> PaperVenue::evaluate(const OrderRequest& order) {
  const auto found = find_instrument(order.instrument, order.market);
  if (!found) return Evaluation(Refused{"unknown_instrument", found.error().message});
  const Instrument& instrument = *found;
  if (order.type != model::OrderType::market) {
    return Evaluation(Refused{"order_type_unsupported", "the paper venue fills market orders only, not " +
                                                            std::string(to_text(order.type))});
  }
  if (!order.quantity.is_positive()) {
    return Evaluation(
        Refused{"invalid_quantity", "the quantity must be more than 0, it is " + order.quantity.to_string()});
  }
  TVH_TRY(const auto price, find_price(order.instrument, order.reference_price));
  if (!price || !price->is_positive()) {
    return Evaluation(Refused{"no_price", "no price for " + order.instrument +
                                              ": the alert carried none; send one as \"price\", or set it in "
                                              "[venue." +
                                              settings_.name + ".prices]"});
  }
  const Decimal factor =
      order.side == Side::buy ? Decimal(1) + settings_.slippage_rate : Decimal(1) - settings_.slippage_rate;
  Fill fill;
  fill.client_order_id = order.client_order_id;
  fill.venue = settings_.name;
  fill.instrument = order.instrument;
  fill.venue_order_id = "paper-" + order.client_order_id;
  fill.trade_id = "1";
  fill.side = order.side;
  fill.quantity = order.quantity;
  fill.price = multiply(*price, factor, Rounding::half_even, 18);
  fill.fee = multiply(notional_of(fill), settings_.fee_rate, Rounding::half_even, 18);
  fill.fee_asset = instrument.quote_asset;
  fill.at = clock_.now();

  PaperStore::Effect effect;
  effect.order = {order, {fill.venue_order_id, OrderState::filled, order.quantity, {fill}}, fill.at};
  effect.price = *price;
  TVH_TRY(const auto refused, order.market == model::Market::spot ? settle_spot(instrument, fill, effect)
                                                                  : settle_perp(instrument, fill, effect));
  if (refused) return Evaluation(*refused);
  return Evaluation(std::move(effect));
}

// Spot: one asset is paid, the other received; the fee is taken in quote.
Result<std::optional<Refused>> PaperVenue::settle_spot(const Instrument& instrument, const Fill& fill,
                                                       PaperStore::Effect& effect) {
  TVH_TRY(Decimal base, store_.read_balance(instrument.base_asset));
  TVH_TRY(Decimal quote, store_.read_balance(instrument.quote_asset));
  TVH_TRY(effect.position, store_.read_position(fill.instrument));
  const Decimal notional = notional_of(fill);
  if (fill.side == Side::buy) {
    const Decimal cost = notional + fill.fee;
    TVH_TRY(const Decimal margin, read_margin(instrument.quote_asset, ""));
    if (quote - margin < cost) return std::optional(insufficient(instrument.quote_asset, quote - margin, cost));
    quote -= cost;
    base += fill.quantity;
  } else {
    if (base < fill.quantity) return std::optional(insufficient(instrument.base_asset, base, fill.quantity));
    base -= fill.quantity;
    quote += notional - fill.fee;
  }
  effect.balances = {{instrument.base_asset, base}, {instrument.quote_asset, quote}};
  effect.position.quantity += fill.side == Side::buy ? fill.quantity : -fill.quantity;
  effect.position.entry_price = Decimal();  // a spot holding has no entry price of its own
  return std::optional<Refused>();
}

// What the perpetuals settled in `quote_asset` hold of it, but for one.
Result<Decimal> PaperVenue::read_margin(const std::string& quote_asset, const std::string& but_for) {
  TVH_TRY(const auto positions, store_.read_positions());
  Decimal margin;
  for (const PaperPosition& held : positions) {
    if (held.instrument == but_for || !held.instrument.ends_with(quote_asset + ".P")) continue;
    margin += multiply(held.quantity.absolute(), held.entry_price, Rounding::half_even);
  }
  return margin;
}

// Perpetual: quote is the margin of every open position at leverage 1; closing realises into it.
Result<std::optional<Refused>> PaperVenue::settle_perp(const Instrument& instrument, const Fill& fill,
                                                       PaperStore::Effect& effect) {
  TVH_TRY(Decimal wallet, store_.read_balance(instrument.quote_asset));
  TVH_TRY(const PaperPosition held, store_.read_position(fill.instrument));
  const model::Position position{settings_.name, fill.instrument, "", held.quantity, held.entry_price, {}};
  TVH_TRY(const Decimal margin_elsewhere, read_margin(instrument.quote_asset, fill.instrument));
  const Decimal before = position.quantity.absolute();
  const model::Position after = model::apply_fill(position, fill, instrument);
  wallet += after.realised_profit - fill.fee;
  const Decimal margin = multiply(after.quantity.absolute(), after.average_price, Rounding::half_even);
  const bool opens =
      after.quantity.absolute() > before || after.quantity.is_negative() != position.quantity.is_negative();
  // What only reduces a position is always let through: a margin rule must not keep anyone from getting out.
  if (opens && !after.quantity.is_zero() && wallet < margin + margin_elsewhere) {
    return std::optional(insufficient(instrument.quote_asset, wallet - margin_elsewhere, margin));
  }
  effect.balances = {{instrument.quote_asset, wallet}};
  effect.position = {fill.instrument, after.quantity, after.average_price};
  return std::optional<Refused>();
}

QueryOutcome PaperVenue::query_order(const std::string& client_order_id) {
  auto known = store_.read_order(client_order_id);
  if (!known) return Unknown{known.error().message};
  if (!*known) return NotFound{};
  return (*known)->report;
}

Result<Instrument> PaperVenue::find_instrument(const std::string& name, model::Market market) {
  const std::string symbol =
      market == model::Market::perp && name.ends_with(".P") ? name.substr(0, name.size() - 2) : name;
  const auto pair = model::split_symbol(symbol);
  if (!pair) {
    return fail(Errc::bad_data,
                "cannot tell the quote asset of " + symbol + "; the paper venue knows pairs such as BTCUSDT");
  }
  return Instrument{name, market, pair->base, pair->quote, {}, {}, {}, {}, {}};
}

Result<std::optional<Decimal>> PaperVenue::find_price(const std::string& instrument,
                                                      const std::optional<Decimal>& reference_price) {
  if (reference_price) return reference_price;
  const auto configured = settings_.prices.find(instrument);
  if (configured != settings_.prices.end()) return std::optional(configured->second);
  // A perpetual without a price of its own takes its spot market's.
  if (instrument.ends_with(".P")) {
    const auto spot = settings_.prices.find(instrument.substr(0, instrument.size() - 2));
    if (spot != settings_.prices.end()) return std::optional(spot->second);
  }
  return store_.read_last_price(instrument);
}

Result<std::vector<VenuePosition>> PaperVenue::read_positions() {
  TVH_TRY(const auto positions, store_.read_positions());
  std::vector<VenuePosition> all;
  for (const PaperPosition& position : positions) {
    if (!position.quantity.is_zero()) all.push_back({position.instrument, position.quantity});
  }
  return all;
}

// Equity counts what was bought in this quote asset at its latest price, and the open profit of perpetuals
// settled in it; what was never priced is not counted, so equity errs on the low side.
Result<AccountFigures> PaperVenue::read_account(const Instrument& instrument) {
  AccountFigures figures;
  figures.fee_rate = settings_.fee_rate;
  TVH_TRY(figures.free_base, store_.read_balance(instrument.base_asset));
  TVH_TRY(const Decimal wallet, store_.read_balance(instrument.quote_asset));
  TVH_TRY(const auto positions, store_.read_positions());
  Decimal margin;
  Decimal worth = wallet;
  for (const PaperPosition& held : positions) {
    const bool perp = held.instrument.ends_with(".P");
    const auto market = perp ? model::Market::perp : model::Market::spot;
    TVH_TRY(const Instrument one, find_instrument(held.instrument, market));
    if (one.quote_asset != instrument.quote_asset || held.quantity.is_zero()) continue;
    TVH_TRY(const auto price, find_price(held.instrument, std::nullopt));
    if (perp) margin += multiply(held.quantity.absolute(), held.entry_price, Rounding::half_even);
    if (!price) continue;
    const Decimal per_unit = perp ? *price - held.entry_price : *price;
    worth += multiply(held.quantity, per_unit, Rounding::half_even);
  }
  figures.free_quote = wallet - margin;
  figures.equity = worth;
  return figures;
}

Result<std::vector<model::PaperBalance>> PaperVenue::read_balances() { return store_.read_balances(); }

}  // namespace tvh::venue
