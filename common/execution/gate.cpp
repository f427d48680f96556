#include "execution/gate.hpp"

#include "journal/exposure.hpp"

namespace tvh::execution {

using engine::Scope;
using engine::ScopeFilter;
using model::Position;

namespace {

// A position is valued at what it was bought for where the venue's price is not at hand: close enough for a
// limit, and never an outside call inside the transaction.
Decimal at_entry(const Position& position) { return position.average_price; }

}  // namespace

const engine::Limits* RiskRules::limits_of_strategy(const std::string& strategy) const {
  if (const auto own = strategies.find(strategy); own != strategies.end()) return &own->second;
  if (configured_strategies.contains(strategy)) return nullptr;
  const auto shared = strategies.find("default");
  return shared == strategies.end() ? nullptr : &shared->second;
}

namespace {

// The order as the limits see it: what it is worth and the scopes it stands in, each with what it carries
// already.
struct Stand {
  engine::RiskInput input;
  std::vector<Scope> scopes;
};

Result<Stand> find_stand(const RiskRules& rules, const model::Signal& signal, venue::Venue& venue,
                         const model::OrderRequest& order, const model::Exposure& exposure) {
  TVH_TRY(const auto venue_price, venue.find_price(order.instrument, std::nullopt));
  TVH_TRY(const auto price, venue.find_price(order.instrument, order.reference_price));
  Stand stand{{signal, order, {}, price.value_or(Decimal()), venue_price, {}}, {}};
  const auto price_of = [&](const Position& position) {
    if (position.instrument == order.instrument) return stand.input.price;
    if (!position.average_price.is_zero() || position.venue != venue.name()) return at_entry(position);
    // An order in flight whose alert carried no price has no entry either; counted as nothing it would slip
    // past every limit.
    const auto known = venue.find_price(position.instrument, std::nullopt);
    return known && *known ? **known : Decimal();
  };
  const auto add = [&](const std::string& name, const engine::Limits* limits, const ScopeFilter& filter) {
    if (limits != nullptr) stand.scopes.push_back({name, *limits, engine::use_of(exposure, filter, price_of)});
  };
  const auto at_venue = rules.venues.find(venue.name());
  add("[risk]", rules.overall ? &*rules.overall : nullptr, {"", "", order.instrument});
  add("[venue." + venue.name() + "]", at_venue == rules.venues.end() ? nullptr : &at_venue->second,
      {venue.name(), "", ""});
  add("[strategy." + signal.strategy + "]", rules.limits_of_strategy(signal.strategy),
      {"", signal.strategy, ""});
  return stand;
}

}  // namespace

Result<std::optional<engine::Refusal>> judge(const RiskRules& rules, const model::Signal& signal,
                                             venue::Venue& venue, std::vector<engine::PlannedOrder>& orders,
                                             journal::Execution& journal, TimePoint now,
                                             std::vector<LeftOut>& left_out) {
  if (rules.empty() && !signal.max_age) return std::optional<engine::Refusal>();
  TVH_TRY(auto exposure, journal::read_exposure(journal, now));
  for (auto& planned : orders) {
    model::OrderRequest& order = planned.request;
    TVH_TRY(Stand stand, find_stand(rules, signal, venue, order, exposure));
    TVH_TRY(const Position position, journal.read_position(venue.name(), order.instrument, signal.strategy));
    stand.input.position = position.quantity;
    stand.input.now = now;
    if (auto refusal = engine::check_limits(stand.input, stand.scopes)) {
      const Decimal closing =
          order.quantity - engine::opening_quantity(position.quantity, order.side, order.quantity);
      if (!closing.is_positive() || refusal->rule == "max_age") return refusal;
      if (!planned.clipped_from) planned.clipped_from = order.quantity;
      order.quantity = closing;
      order.reduce_only = order.market == model::Market::perp;
      refusal->message = order.instrument + " is closed, not turned: " + refusal->message;
      left_out.push_back({order.instrument, *refusal});
    }
    model::Intent intent;
    intent.request = order;
    intent.venue = venue.name();
    intent.strategy = signal.strategy;
    exposure.open_intents.push_back(intent);
    exposure.sent.push_back({venue.name(), signal.strategy, now});
  }
  return std::optional<engine::Refusal>();
}

Result<std::optional<engine::Refusal>> judge_resend(const RiskRules& rules, const model::Signal& signal,
                                                    venue::Venue& venue, const model::OrderRequest& order,
                                                    journal::Execution& journal, TimePoint now) {
  if (rules.empty() && !signal.max_age) return std::optional<engine::Refusal>();
  TVH_TRY(Stand stand, find_stand(rules, signal, venue, order, {}));
  TVH_TRY(const Position position, journal.read_position(venue.name(), order.instrument, signal.strategy));
  stand.input.position = position.quantity;
  stand.input.now = now;
  return engine::check_resend(stand.input, stand.scopes);
}

Result<std::vector<Scope>> read_scopes(const RiskRules& rules, journal::Execution& journal, TimePoint now) {
  TVH_TRY(const auto exposure, journal::read_exposure(journal, now));
  std::vector<Scope> scopes;
  if (rules.overall) scopes.push_back({"[risk]", *rules.overall, engine::use_of(exposure, {}, at_entry)});
  for (const auto& [name, limits] : rules.venues) {
    scopes.push_back({"[venue." + name + "]", limits, engine::use_of(exposure, {name, "", ""}, at_entry)});
  }
  for (const auto& [name, limits] : rules.strategies) {
    scopes.push_back({"[strategy." + name + "]", limits, engine::use_of(exposure, {"", name, ""}, at_entry)});
  }
  return scopes;
}

}  // namespace tvh::execution
