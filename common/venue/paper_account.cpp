#include "venue/paper_account.hpp"

#include <algorithm>
#include <utility>

#include "model/position.hpp"
#include "venue/paper_matching.hpp"

namespace tvh::venue {

using model::Fill;
using model::Instrument;
using model::Market;
using model::OrderRequest;
using model::PaperOrder;
using model::PaperPosition;
using model::Refused;
using model::Side;

namespace {

constexpr int kFeePlaces = 18;
const std::optional<Refused> kNothingLacks;

Decimal notional_of(const Decimal& quantity, const Decimal& price) {
  return multiply(quantity, price, Rounding::half_even);
}

// What the money is missing, said so that a person can act on it.
Refused insufficient(const std::string& asset, const Decimal& available, const Decimal& required) {
  return {"insufficient_balance", "the paper account has " + available.to_string() + " " + asset +
                                      ", this order needs " + required.to_string() +
                                      "; trade less, or raise [venue.paper.balances] for a new account"};
}

// The part of a position of `held` that `side` closes.
Decimal reducible_of(const Decimal& held, Side side) {
  const bool closes = side == Side::buy ? held.is_negative() : held.is_positive();
  return closes ? held.absolute() : Decimal();
}

// The worst price a resting order is expected to trade at. A stop may trade worse yet, when prices jump over
// it: then the account may turn out not to have enough.
Decimal binding_price(const PaperOrder& order, const Decimal& slippage_rate) {
  const OrderRequest& request = order.request;
  const bool limited = has_limit(request.type);
  const bool waits = has_stop(request.type) && !order.triggered;
  if (!limited) {
    return request.side == Side::buy ? slipped(request.side, *request.stop_price, slippage_rate)
                                     : *request.stop_price;
  }
  // A sell trades at its limit, or higher at the price that triggers it: that is no higher than its stop.
  return waits && request.side == Side::sell ? std::max(*request.limit_price, *request.stop_price)
                                             : *request.limit_price;
}

}  // namespace

Decimal paper_fee(const Decimal& quantity, const Decimal& price, const Decimal& fee_rate) {
  return multiply(notional_of(quantity, price), fee_rate, Rounding::half_even, kFeePlaces);
}

Result<std::optional<Refused>> PaperAccount::settle(const Instrument& instrument, const Fill& fill,
                                                    model::PaperStore::Effect& effect) {
  return instrument.market == Market::spot ? settle_spot(instrument, fill, effect)
                                           : settle_perp(instrument, fill, effect);
}

Result<std::optional<Refused>> PaperAccount::settle_spot(const Instrument& instrument, const Fill& fill,
                                                         model::PaperStore::Effect& effect) {
  TVH_TRY(Decimal base, store_.read_balance(instrument.base_asset));
  TVH_TRY(Decimal quote, store_.read_balance(instrument.quote_asset));
  TVH_TRY(effect.position, store_.read_position(fill.instrument));
  TVH_TRY(auto bound, read_bound(fill.client_order_id));
  const Decimal notional = notional_of(fill.quantity, fill.price);
  if (fill.side == Side::buy) {
    const Decimal cost = notional + fill.fee;
    TVH_TRY(const Decimal margin, read_margin(instrument.quote_asset, ""));
    const Decimal free = quote - margin - bound[instrument.quote_asset];
    if (lacks(free, cost)) return std::optional(insufficient(instrument.quote_asset, free, cost));
    quote -= cost;
    base += fill.quantity;
  } else {
    const Decimal free = base - bound[instrument.base_asset];
    if (lacks(free, fill.quantity))
      return std::optional(insufficient(instrument.base_asset, free, fill.quantity));
    base -= fill.quantity;
    quote += notional - fill.fee;
  }
  effect.balances = {{instrument.base_asset, base}, {instrument.quote_asset, quote}};
  effect.position.quantity += fill.side == Side::buy ? fill.quantity : -fill.quantity;
  effect.position.entry_price = Decimal();  // a spot holding has no entry price of its own
  return kNothingLacks;
}

Result<std::optional<Refused>> PaperAccount::settle_perp(const Instrument& instrument, const Fill& fill,
                                                         model::PaperStore::Effect& effect) {
  TVH_TRY(Decimal wallet, store_.read_balance(instrument.quote_asset));
  TVH_TRY(const PaperPosition held, store_.read_position(fill.instrument));
  model::Position position;
  position.quantity = held.quantity;
  position.average_price = held.entry_price;
  const model::Position after = model::apply_fill(position, fill, instrument);
  wallet += after.realised_profit - fill.fee;
  // What only reduces a position is always let through: a margin rule must not keep anyone from getting out.
  if (fill.quantity > reducible_of(held.quantity, fill.side)) {
    TVH_TRY(const Decimal margin_elsewhere, read_margin(instrument.quote_asset, fill.instrument));
    TVH_TRY(auto bound, read_bound(fill.client_order_id));
    const Decimal margin = notional_of(after.quantity.absolute(), after.average_price);
    const Decimal free = wallet - margin_elsewhere - bound[instrument.quote_asset];
    if (lacks(free, margin)) return std::optional(insufficient(instrument.quote_asset, free, margin));
  }
  effect.balances = {{instrument.quote_asset, wallet}};
  effect.position = {fill.instrument, after.quantity, after.average_price};
  return kNothingLacks;
}

// What the perpetuals settled in `quote_asset` hold of it, but for one.
Result<Decimal> PaperAccount::read_margin(const std::string& quote_asset, const std::string& but_for) {
  TVH_TRY(const auto positions, store_.read_positions());
  Decimal margin;
  for (const PaperPosition& held : positions) {
    if (held.instrument == but_for || !held.instrument.ends_with(quote_asset + ".P")) continue;
    margin += notional_of(held.quantity.absolute(), held.entry_price);
  }
  return margin;
}

// What resting orders bind, and with one more that does not rest yet. What would close a perpetual's position
// binds nothing; when several orders could close it, those that were placed first are taken to. One that leads
// through zero binds what its new side needs beyond the margin that closing the old one sets free.
Result<PaperAccount::Amounts> PaperAccount::read_bound(const std::string& but_for, const PaperOrder* and_also) {
  TVH_TRY(auto resting, store_.read_resting_orders());
  if (and_also != nullptr) resting.push_back(*and_also);
  Amounts bound;
  std::map<std::pair<std::string, Side>, Decimal> closed;  // by the orders before
  for (const PaperOrder& order : resting) {
    const OrderRequest& request = order.request;
    if (request.client_order_id == but_for) continue;
    const auto instrument = paper_instrument(request.instrument, request.market);
    if (!instrument) continue;
    if (request.market == Market::spot && request.side == Side::sell) {
      bound[instrument->base_asset] += request.quantity;
      continue;
    }
    Decimal opened = request.quantity;
    Decimal released;
    if (request.market == Market::perp) {
      if (request.reduce_only) continue;
      TVH_TRY(const PaperPosition held, store_.read_position(request.instrument));
      Decimal& closed_before = closed[{request.instrument, request.side}];
      const Decimal closes = minimum(reducible_of(held.quantity, request.side) - closed_before, opened);
      closed_before += closes;
      opened -= closes;
      released = notional_of(closes, held.entry_price);
    }
    if (opened.is_zero()) continue;
    const Decimal price = binding_price(order, settings_.slippage_rate);
    const Decimal needed = notional_of(opened, price) - released;
    if (needed.is_positive()) bound[instrument->quote_asset] += needed;
    bound[instrument->quote_asset] += paper_fee(opened, price, settings_.fee_rate);
  }
  return bound;
}

Result<std::optional<Refused>> PaperAccount::check_resting(const Instrument& instrument,
                                                           const PaperOrder& order) {
  const OrderRequest& request = order.request;
  if (instrument.market == Market::perp) {
    TVH_TRY(const Decimal reducible, read_reducible(request));
    if (request.reduce_only || request.quantity <= reducible) return kNothingLacks;
  }
  const bool pays_base = instrument.market == Market::spot && request.side == Side::sell;
  const std::string& asset = pays_base ? instrument.base_asset : instrument.quote_asset;
  TVH_TRY(Decimal free, store_.read_balance(asset));
  if (!pays_base) {
    TVH_TRY(const Decimal margin, read_margin(asset, ""));
    free -= margin;
  }
  TVH_TRY(auto before, read_bound(""));
  TVH_TRY(auto with_it, read_bound("", &order));
  free -= before[asset];
  const Decimal needed = with_it[asset] - before[asset];
  return lacks(free, needed) ? std::optional(insufficient(asset, free, needed)) : kNothingLacks;
}

Result<Decimal> PaperAccount::read_reducible(const OrderRequest& order) {
  TVH_TRY(const PaperPosition held, store_.read_position(order.instrument));
  return reducible_of(held.quantity, order.side);
}

Result<std::optional<Decimal>> PaperAccount::read_price(const std::string& instrument) {
  const auto configured = settings_.prices.find(instrument);
  if (configured != settings_.prices.end()) return std::optional(configured->second);
  if (instrument.ends_with(".P")) {
    const auto spot = settings_.prices.find(instrument.substr(0, instrument.size() - 2));
    if (spot != settings_.prices.end()) return std::optional(spot->second);
  }
  return store_.read_last_price(instrument);
}

Result<model::AccountFigures> PaperAccount::read_figures(const Instrument& instrument) {
  model::AccountFigures figures;
  figures.fee_rate = settings_.fee_rate;
  if (!settings_.knows_money) return figures;
  TVH_TRY(const Decimal base, store_.read_balance(instrument.base_asset));
  TVH_TRY(const Decimal wallet, store_.read_balance(instrument.quote_asset));
  TVH_TRY(const auto positions, store_.read_positions());
  TVH_TRY(auto bound, read_bound(""));
  Decimal margin;
  Decimal worth = wallet;
  for (const PaperPosition& held : positions) {
    const bool perp = held.instrument.ends_with(".P");
    const auto one = paper_instrument(held.instrument, perp ? Market::perp : Market::spot);
    if (!one || one->quote_asset != instrument.quote_asset || held.quantity.is_zero()) continue;
    TVH_TRY(const auto price, read_price(held.instrument));
    if (perp) margin += notional_of(held.quantity.absolute(), held.entry_price);
    if (!price) continue;
    worth += notional_of(held.quantity, perp ? *price - held.entry_price : *price);
  }
  figures.free_base = base - bound[instrument.base_asset];
  figures.free_quote = wallet - margin - bound[instrument.quote_asset];
  figures.equity = worth;
  return figures;
}

}  // namespace tvh::venue
