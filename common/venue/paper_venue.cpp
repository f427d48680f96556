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
  return {"insufficient_balance", "the paper account has " + available.to_string() + " " + asset + ", this order needs " +
                                      required.to_string() + "; trade less, or raise [venue.paper.balances] for a new account"};
}

}  // namespace

PaperSettings default_paper_settings() {
  PaperSettings settings;
  settings.starting_balances = {{"USDT", Decimal(10000)}};
  settings.fee_rate = Decimal::from_trusted("0.001");
  return settings;
}

Result<std::unique_ptr<PaperVenue>> PaperVenue::open(PaperSettings settings, PaperStore& store, const Clock& clock,
                                                     Account account) {
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
  TVH_TRY(const Instrument instrument, find_instrument(order.instrument, order.market));
  TVH_TRY(const auto price, find_price(order.instrument, order.reference_price));
  if (!price) {
    return Evaluation(Refused{"no_price", "no price for " + order.instrument +
                                              ": the alert carried none; send one as \"price\", or set it in "
                                              "[venue." + settings_.name + ".prices]"});
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
    if (quote < cost) return std::optional(insufficient(instrument.quote_asset, quote, cost));
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

// Perpetual: quote is the margin of every open position at leverage 1; closing realises into it.
Result<std::optional<Refused>> PaperVenue::settle_perp(const Instrument& instrument, const Fill& fill,
                                                       PaperStore::Effect& effect) {
  TVH_TRY(Decimal wallet, store_.read_balance(instrument.quote_asset));
  TVH_TRY(const auto positions, store_.read_positions());
  model::Position position{settings_.name, fill.instrument, "", {}, {}, {}};
  Decimal margin_elsewhere;
  for (const PaperPosition& held : positions) {
    if (held.instrument == fill.instrument) {
      position.quantity = held.quantity;
      position.average_price = held.entry_price;
    } else if (held.instrument.ends_with(instrument.quote_asset + ".P")) {
      margin_elsewhere += multiply(held.quantity.absolute(), held.entry_price, Rounding::half_even);
    }
  }
  const Decimal before = position.quantity.absolute();
  const model::Position after = model::apply_fill(position, fill, instrument);
  wallet += after.realised_profit - fill.fee;
  const Decimal margin = multiply(after.quantity.absolute(), after.average_price, Rounding::half_even);
  const bool opens = after.quantity.absolute() > before || after.quantity.is_negative() != position.quantity.is_negative();
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
  const std::string symbol = market == model::Market::perp && name.ends_with(".P") ? name.substr(0, name.size() - 2) : name;
  const auto pair = model::split_symbol(symbol);
  if (!pair) {
    return fail(Errc::bad_data, "cannot tell the quote asset of " + symbol + "; the paper venue knows pairs such as BTCUSDT");
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

Result<std::vector<model::PaperBalance>> PaperVenue::read_balances() { return store_.read_balances(); }

}  // namespace tvh::venue
