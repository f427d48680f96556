#include "venue/paper_exchange.hpp"

#include <set>

namespace tvh::venue {

using model::Accepted;
using model::Fill;
using model::Instrument;
using model::OrderReport;
using model::OrderRequest;
using model::OrderState;
using model::PaperOrder;
using model::Refused;
using Effect = model::PaperStore::Effect;
using What = PaperMatch::What;

namespace {

Refused no_price(const OrderRequest& request, const std::string& venue) {
  return {"no_price", "no price for " + request.instrument +
                          ": the alert carried none; send one as \"price\", or set it in [venue." + venue +
                          ".prices]"};
}

bool only_reduces(const OrderRequest& request) {
  return request.reduce_only && request.market == model::Market::perp;
}

}  // namespace

Result<model::SubmitOutcome> PaperExchange::place(const OrderRequest& request) {
  TVH_TRY(auto known, store_.read_order(request.client_order_id));
  if (known) return model::SubmitOutcome(Accepted{known->report});
  if (!paper_instrument(request.instrument, request.market))
    return model::SubmitOutcome(Refused{"unknown_instrument", not_traded(request.instrument, request.market)});
  if (auto fault = find_fault(request)) return model::SubmitOutcome(*std::move(fault));
  TVH_TRY(const auto price, read_met_price(request));
  if (!price && request.type == model::OrderType::market)
    return model::SubmitOutcome(no_price(request, settings_.name));
  if (price) TVH_CHECK(trade_resting(request.instrument, *price));

  PaperOrder order;
  order.request = request;
  order.report.venue_order_id = "paper-" + request.client_order_id;
  order.at = clock_.now();
  TVH_TRY(auto turn, match(order, Standing::arriving, price));
  if (auto* denial = std::get_if<Denial>(&turn)) {
    TVH_CHECK(remember(request.instrument, price));
    return model::SubmitOutcome(std::move(denial->refused));
  }
  auto& effect = std::get<Effect>(turn);
  effect.price = price;
  effect.at = order.at;
  TVH_CHECK(store_.append_effect(effect));
  return model::SubmitOutcome(Accepted{effect.order.report});
}

Result<std::optional<OrderReport>> PaperExchange::cancel(const std::string& client_order_id) {
  TVH_TRY(auto order, store_.read_order(client_order_id));
  if (!order) return std::optional<OrderReport>();
  if (order->report.state == OrderState::accepted) {
    order->report.state = OrderState::cancelled;
    TVH_TRY(const Effect effect, make_effect(*order));
    TVH_CHECK(store_.settle_resting(effect));
  }
  return std::optional(order->report);
}

Result<void> PaperExchange::observe(const std::string& instrument, const Decimal& price) {
  if (!price.is_positive()) return {};
  TVH_CHECK(trade_resting(instrument, price));
  return remember(instrument, price);
}

Result<void> PaperExchange::resume() {
  TVH_TRY(const auto resting, store_.read_resting_orders());
  std::set<std::string> instruments;
  for (const PaperOrder& order : resting) instruments.insert(order.request.instrument);
  for (const auto& instrument : instruments) {
    TVH_TRY(const auto price, store_.read_last_price(instrument));
    if (price) TVH_CHECK(trade_resting(instrument, *price));
  }
  return {};
}

// The alert's, else the configured one, else the last one seen.
Result<std::optional<Decimal>> PaperExchange::read_met_price(const OrderRequest& request) {
  std::optional<Decimal> price = request.reference_price;
  if (!price) {
    TVH_TRY(price, account_.read_price(request.instrument));
  }
  if (price && !price->is_positive()) price.reset();
  return price;
}

Result<void> PaperExchange::remember(const std::string& instrument, const std::optional<Decimal>& price) {
  if (!price) return {};
  TVH_TRY(const auto last, store_.read_last_price(instrument));
  return last == price ? Result<void>() : store_.write_price(instrument, *price, clock_.now());
}

// The price is kept with the first order that it moves.
Result<void> PaperExchange::trade_resting(const std::string& instrument, const Decimal& price) {
  TVH_TRY(const auto resting, store_.read_resting_orders(instrument));
  for (const PaperOrder& order : resting) {
    TVH_TRY(auto turn, match(order, Standing::resting, price));
    if (const auto* denial = std::get_if<Denial>(&turn)) {
      PaperOrder ended = order;
      ended.report.state = denial->end;
      ended.reason = denial->refused.code;
      TVH_TRY(turn, make_effect(ended));
    }
    auto& effect = std::get<Effect>(turn);
    const bool moved = effect.order.report.state != order.report.state;
    if (!moved && effect.order.triggered == order.triggered) continue;
    effect.price = price;
    effect.at = clock_.now();
    TVH_CHECK(store_.settle_resting(effect));
    if (moved && watcher_) watcher_(order.request.client_order_id, effect.order.report);
  }
  return {};
}

Result<PaperExchange::Turn> PaperExchange::match(const PaperOrder& order, Standing standing,
                                                 const std::optional<Decimal>& price) {
  const OrderRequest& request = order.request;
  const auto instrument = paper_instrument(request.instrument, request.market);
  TVH_INVARIANT(instrument.has_value(), "an order in an instrument that paper does not know");
  const auto matched = match_order(request, standing, order.triggered, price, settings_.slippage_rate);
  PaperOrder after = order;
  after.triggered = matched.triggered;
  switch (matched.what) {
    case What::rests:
      return leave_resting(after, *instrument, standing);
    case What::trades:
      return trade(after, *instrument, matched.price);
    case What::expires: {
      after.report.state = OrderState::expired;
      TVH_TRY(auto effect, make_effect(after));
      return Turn(std::move(effect));
    }
    case What::would_take:
      break;
  }
  return Turn(Denial{{"post_only_would_trade", "the price is at " + price->to_string() +
                                                   ": a post_only order with a limit of " +
                                                   request.limit_price->to_string() + " would trade at once"},
                     OrderState::expired});
}

Result<PaperExchange::Turn> PaperExchange::leave_resting(const PaperOrder& order, const Instrument& instrument,
                                                         Standing standing) {
  if (standing == Standing::arriving) {
    TVH_TRY(const Decimal reducible, account_.read_reducible(order.request));
    if (only_reduces(order.request) && reducible.is_zero()) return Turn(nothing_to_reduce(order.request));
    TVH_TRY(auto refused, account_.check_resting(instrument, order));
    if (refused) return Turn(Denial{*std::move(refused), OrderState::refused});
  }
  TVH_TRY(auto effect, make_effect(order));
  return Turn(std::move(effect));
}

Result<PaperExchange::Turn> PaperExchange::trade(const PaperOrder& order, const Instrument& instrument,
                                                 const Decimal& price) {
  const OrderRequest& request = order.request;
  Decimal quantity = request.quantity;
  if (only_reduces(request)) {
    TVH_TRY(const Decimal reducible, account_.read_reducible(request));
    if (reducible.is_zero()) return Turn(nothing_to_reduce(request));
    quantity = minimum(quantity, reducible);
  }
  Fill fill;
  fill.client_order_id = request.client_order_id;
  fill.venue = settings_.name;
  fill.instrument = request.instrument;
  fill.venue_order_id = order.report.venue_order_id;
  fill.trade_id = "1";
  fill.side = request.side;
  fill.quantity = quantity;
  fill.price = price;
  fill.fee = paper_fee(quantity, price, settings_.fee_rate);
  fill.fee_asset = instrument.quote_asset;
  fill.at = clock_.now();

  Effect effect;
  effect.order = order;
  effect.order.report.fills = {fill};
  effect.order.report.filled_quantity = quantity;
  // What a reduce-only order has more than the position is given up, as exchanges do.
  effect.order.report.state = quantity == request.quantity ? OrderState::filled : OrderState::cancelled;
  TVH_TRY(auto refused, account_.settle(instrument, fill, effect));
  if (refused) return Turn(Denial{*std::move(refused), OrderState::refused});
  return Turn(std::move(effect));
}

// An effect that moves no money.
Result<Effect> PaperExchange::make_effect(const PaperOrder& order) {
  Effect effect;
  effect.order = order;
  TVH_TRY(effect.position, store_.read_position(order.request.instrument));
  return effect;
}

PaperExchange::Denial PaperExchange::nothing_to_reduce(const OrderRequest& request) {
  return {{"reduce_only_rejected",
           "there is no position in " + request.instrument + " that a reduce-only " +
               std::string(to_text(request.side)) + " would reduce",
           true},
          OrderState::cancelled};
}

}  // namespace tvh::venue
