#include "engine/gate.hpp"

namespace tvh::engine {

using model::Position;

const Limits* RiskRules::limits_of_strategy(const std::string& strategy) const {
  if (const auto own = strategies.find(strategy); own != strategies.end()) return &own->second;
  if (configured_strategies.contains(strategy)) return nullptr;
  const auto shared = strategies.find("default");
  return shared == strategies.end() ? nullptr : &shared->second;
}

namespace {

std::optional<Decimal> known_price(const ExecutorState& state, const std::string& venue,
                                   const std::string& instrument) {
  const auto known = state.prices.find({venue, instrument});
  return known == state.prices.end() ? std::nullopt : std::optional(known->second);
}

// A position is worth the latest price known of its instrument, else what it was bought for: close enough for a
// limit, and never an outside call inside the transaction.
Decimal value_of(const ExecutorState& state, const Position& position) {
  return known_price(state, position.venue, position.instrument).value_or(position.average_price);
}

// The strategy's position as it will be when what closes it already has filled: whatever goes beyond opens.
Decimal held_by(const Gate& gate, const model::OrderRequest& order) {
  const LaneKey lane{gate.venue, gate.signal.strategy, order.instrument};
  const auto found = gate.state.positions.find(lane);
  if (found == gate.state.positions.end()) return Decimal();
  const Decimal& held = found->second.quantity;
  const Decimal bound = bound_by_orders(gate.state, lane, held, order.client_order_id);
  return held.is_negative() ? held + bound : held - bound;
}

bool nothing_limits(const Gate& gate) {
  const RiskRules& risk = gate.rules.risk;
  return !risk.overall && risk.venues.empty() && risk.strategies.empty() && !gate.signal.max_age &&
         !gate.rules.breakers.contains(gate.venue);
}

// The order as the limits see it: what it is worth, and the scopes it stands in with what they carry already.
struct Stand {
  RiskInput input;
  std::vector<Scope> scopes;
};

Stand find_stand(const Gate& gate, const model::OrderRequest& order, const model::Exposure& exposure) {
  const auto venue_price = known_price(gate.state, gate.venue, order.instrument);
  const bool at_reference = gate.rules.venues.at(gate.venue).fills_at_reference;
  const auto& first = at_reference ? order.reference_price : venue_price;
  const auto& second = at_reference ? venue_price : order.reference_price;
  const auto market_price = first ? first : second;
  const Decimal price = price_at_worst(order, market_price.value_or(Decimal()));
  Stand stand{{gate.signal, order, held_by(gate, order), price, venue_price, gate.now}, {}};
  const auto price_of = [&](const Position& position) {
    if (position.venue == gate.venue && position.instrument == order.instrument && market_price)
      return *market_price;
    return value_of(gate.state, position);
  };
  const auto add = [&](const std::string& name, const Limits* limits, const ScopeFilter& filter) {
    if (limits != nullptr) stand.scopes.push_back({name, *limits, use_of(exposure, filter, price_of)});
  };
  const RiskRules& risk = gate.rules.risk;
  const auto at_venue = risk.venues.find(gate.venue);
  add("[risk]", risk.overall ? &*risk.overall : nullptr, {"", "", order.instrument});
  add("[venue." + gate.venue + "]", at_venue == risk.venues.end() ? nullptr : &at_venue->second,
      {gate.venue, "", ""});
  add("[strategy." + gate.signal.strategy + "]", risk.limits_of_strategy(gate.signal.strategy),
      {"", gate.signal.strategy, ""});
  return stand;
}

std::optional<Refusal> check_circuit(const Gate& gate, const RiskInput& input) {
  const auto rules = gate.rules.breakers.find(gate.venue);
  const auto breaker = gate.state.breakers.find(gate.venue);
  if (rules == gate.rules.breakers.end() || breaker == gate.state.breakers.end()) return std::nullopt;
  if (opening_quantity(input.position, input.order.side, input.order.quantity).is_zero()) return std::nullopt;
  return check_breaker(breaker->second, rules->second, gate.venue, gate.now);
}

// Keeps of an order that turns a position what closes it; false when nothing of it closes.
bool keep_closing_part(const Gate& gate, PlannedOrder& planned, const Decimal& position) {
  if (planned.after_close) return false;
  model::OrderRequest& order = planned.request;
  const Decimal closing = order.quantity - opening_quantity(position, order.side, order.quantity);
  if (!closing.is_positive()) return false;
  if (!planned.clipped_from) planned.clipped_from = order.quantity;
  order.quantity = closing;
  const auto others = held_by_others(gate.state, {gate.venue, gate.signal.strategy, order.instrument});
  const auto venue = gate.rules.venues.find(gate.venue);
  order.reduce_only = order.market == model::Market::perp &&
                      (venue == gate.rules.venues.end() || venue->second.reduce_only) &&
                      may_only_reduce(position, others, order.side, closing);
  return true;
}

// The signal's own lane as it will be when all that was decided for it so far has filled: flat.
void take_as_closed(model::Exposure& exposure, const Gate& gate, const std::string& instrument) {
  for (Position& position : exposure.positions) {
    const bool own = position.venue == gate.venue && position.strategy == gate.signal.strategy &&
                     position.instrument == instrument;
    if (own) position.quantity = Decimal();
  }
  std::erase_if(exposure.open_intents, [&](const model::Intent& intent) {
    return intent.signal_id == gate.signal.id && intent.request.instrument == instrument;
  });
}

// What others hold counts, and what they are about to: two lanes decide side by side.
std::vector<Position> held_by_all(const Gate& gate) {
  std::vector<Position> at_venue;
  for (const auto& [lane, position] : gate.state.positions) {
    if (lane.venue == gate.venue) at_venue.push_back(position);
  }
  for (const auto& [id, order] : gate.state.orders) {
    const model::Intent& intent = order.intent;
    if (intent.venue != gate.venue || intent.request.reduce_only) continue;
    const auto lane = gate.state.positions.find({intent.venue, intent.strategy, intent.request.instrument});
    const Decimal held = lane == gate.state.positions.end() ? Decimal() : lane->second.quantity;
    const Decimal opening =
        opening_quantity(held, intent.request.side, intent.request.quantity - intent.filled_quantity);
    if (opening.is_zero()) continue;
    const bool buys = intent.request.side == model::Side::buy;
    at_venue.push_back(
        {intent.venue, intent.request.instrument, intent.strategy, buys ? opening : -opening, {}, {}});
  }
  return at_venue;
}

}  // namespace

std::optional<Refusal> keep_from_opposing(const Gate& gate, std::vector<PlannedOrder>& orders,
                                          std::vector<LeftOut>& left_out) {
  if (gate.rules.rules_for(gate.signal.strategy).allow_opposing) return std::nullopt;
  const auto at_venue = held_by_all(gate);
  std::vector<PlannedOrder> kept;
  for (PlannedOrder& planned : orders) {
    const LaneKey lane{gate.venue, gate.signal.strategy, planned.request.instrument};
    const auto own = gate.state.positions.find(lane);
    const Decimal held =
        planned.after_close || own == gate.state.positions.end() ? Decimal() : own->second.quantity;
    if (auto refusal = check_opposing(gate.signal, planned.request, held, at_venue)) {
      const bool closes = keep_closing_part(gate, planned, held);
      if (!closes && kept.empty()) return refusal;
      refusal->message = planned.request.instrument + " is closed, not turned: " + refusal->message;
      left_out.push_back({planned.request.instrument, *refusal});
      if (!closes) continue;
    }
    kept.push_back(std::move(planned));
  }
  orders = std::move(kept);
  return std::nullopt;
}

std::optional<Refusal> judge(const Gate& gate, std::vector<PlannedOrder>& orders,
                             std::vector<LeftOut>& left_out) {
  if (nothing_limits(gate)) return std::nullopt;
  model::Exposure exposure = exposure_of(gate.state, gate.now);
  std::vector<PlannedOrder> passed;
  for (PlannedOrder& planned : orders) {
    // The opening half of a reversal that the venue wants as two orders begins where the closing one ends.
    if (planned.after_close) take_as_closed(exposure, gate, planned.request.instrument);
    Stand stand = find_stand(gate, planned.request, exposure);
    if (planned.after_close) stand.input.position = Decimal();
    auto refusal = check_limits(stand.input, stand.scopes);
    if (!refusal) refusal = check_circuit(gate, stand.input);
    if (refusal) {
      // The alert's own max_age goes for exits too.
      const bool whole = refusal->rule == "max_age" && gate.signal.max_age.has_value();
      const bool closes = !whole && keep_closing_part(gate, planned, stand.input.position);
      if (!closes && passed.empty()) return refusal;
      refusal->message = planned.request.instrument + " is closed, not turned: " + refusal->message;
      left_out.push_back({planned.request.instrument, *refusal});
      if (!closes) continue;
    }
    if (gate.rules.purpose == Purpose::plan) {
      const auto rules = describe_passed(stand.input, stand.scopes);
      planned.rules.insert(planned.rules.end(), rules.begin(), rules.end());
    }
    model::Intent intent;
    intent.request = planned.request;
    intent.signal_id = gate.signal.id;
    intent.venue = gate.venue;
    intent.strategy = gate.signal.strategy;
    exposure.open_intents.push_back(intent);
    exposure.sent.push_back({gate.venue, gate.signal.strategy, gate.now});
    passed.push_back(std::move(planned));
  }
  orders = std::move(passed);
  return std::nullopt;
}

std::optional<Refusal> judge_again(const Gate& gate, const model::OrderRequest& order) {
  if (nothing_limits(gate)) return std::nullopt;
  const Stand stand = find_stand(gate, order, {});
  return check_resend(stand.input, stand.scopes);
}

std::vector<Scope> scopes_of(const ExecutorState& state, const RiskRules& rules, TimePoint now) {
  const auto exposure = exposure_of(state, now);
  const auto price_of = [&](const Position& position) { return value_of(state, position); };
  std::vector<Scope> scopes;
  if (rules.overall) scopes.push_back({"[risk]", *rules.overall, use_of(exposure, {}, price_of)});
  for (const auto& [name, limits] : rules.venues) {
    scopes.push_back({"[venue." + name + "]", limits, use_of(exposure, {name, "", ""}, price_of)});
  }
  for (const auto& [name, limits] : rules.strategies) {
    scopes.push_back({"[strategy." + name + "]", limits, use_of(exposure, {"", name, ""}, price_of)});
  }
  return scopes;
}

}  // namespace tvh::engine
