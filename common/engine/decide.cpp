#include "engine/decide.hpp"

#include <algorithm>

#include "engine/sizing.hpp"
#include "engine/target.hpp"

namespace tvh::engine {

using model::Action;
using model::Market;
using model::MarketFacts;
using model::OrderState;
using model::Position;
using model::Signal;

namespace {

bool contains(const std::vector<std::string>& all, const std::string& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

Position position_of(const ExecutorState& state, const LaneKey& lane) {
  const auto held = state.positions.find(lane);
  if (held != state.positions.end()) return held->second;
  return {lane.venue, lane.instrument, lane.strategy, {}, {}, {}};
}

bool needs_figures(const Task& task, const ExecutorState& state) {
  const model::SizeUnit unit = size_unit_of(task.signal, task.rules);
  const bool all_of_it = is_close(task.signal.action) && !task.signal.quantity;
  const bool of_holding = unit == model::SizeUnit::percent_balance && only_closes(task, state);
  return task.rules.untracked || (!all_of_it && !of_holding && needs_account(unit));
}

// Money that orders on their way will take although the venue's figures do not say so yet, at their worst.
Decimal promised(const ExecutorState& state, const std::string& venue, const std::string& quote_asset,
                 const Decimal& fee_rate) {
  Decimal sum;
  for (const auto& [id, order] : state.orders) {
    const model::Intent& intent = order.intent;
    const model::OrderRequest& request = intent.request;
    const bool under_way = intent.state == OrderState::planned || intent.state == OrderState::submitting ||
                           intent.state == OrderState::unknown;
    const bool takes = request.market == Market::perp ? !request.reduce_only : request.side == model::Side::buy;
    if (!under_way || !takes || intent.venue != venue || intent.quote_asset != quote_asset) continue;
    const auto known = state.prices.find({venue, request.instrument});
    const Decimal price = request.limit_price           ? *request.limit_price
                          : request.stop_price          ? *request.stop_price
                          : request.reference_price     ? *request.reference_price
                          : known != state.prices.end() ? known->second
                                                        : Decimal();
    sum += multiply(request.quantity - intent.filled_quantity, price, Rounding::half_even);
  }
  return multiply(sum, Decimal(1) + fee_rate, Rounding::away_from_zero);
}

int entries_under_way(const ExecutorState& state, const LaneKey& lane, const Decimal& held) {
  return int(std::count_if(state.orders.begin(), state.orders.end(), [&](const auto& entry) {
    const model::Intent& intent = entry.second.intent;
    return intent.venue == lane.venue && intent.strategy == lane.strategy &&
           intent.request.instrument == lane.instrument && intent.filled_quantity.is_zero() &&
           !opening_quantity(held, intent.request.side, intent.request.quantity).is_zero();
  }));
}

// What the alert says of the strategy's position is kept with the decision that it led to.
Plan decide_target(const PlanInput& input, const ExecutorState& state, const LaneKey& lane, TimePoint now,
                   Decision& decision) {
  const Signal& signal = input.signal;
  if (signal.size_unit != model::SizeUnit::base && signal.size_unit != model::SizeUnit::contracts) {
    return Refusal{"size_unit_unsupported", "a position is followed in base units or contracts, not in " +
                                                std::string(to_text(signal.size_unit))};
  }
  if (signal.position->side != model::PositionSide::flat && !signal.position->size) {
    return Refusal{"no_target", "the alert says the strategy is " +
                                    std::string(to_text(signal.position->side)) +
                                    " but not how much; send market_position_size"};
  }
  const Decimal factor = signal.size_unit == model::SizeUnit::contracts
                             ? input.instrument.contract_size.value_or(Decimal(1))
                             : Decimal(1);
  const auto known = state.chains.find(lane);
  const auto chain = known == state.chains.end() ? std::nullopt : std::optional(known->second);
  auto extended = take_position(chain, signal, input.position.quantity, factor, now);
  if (extended.stale) {
    return Refusal{"older_bar", "the alert is of an older bar than what " + lane.strategy + " said of " +
                                    lane.instrument + " before; it changes nothing"};
  }
  const Decimal target = chain_end(extended.chain);
  decision.chains.push_back({lane.strategy, lane.venue, lane.instrument, std::move(extended.chain)});
  return plan_target(input, target);
}

bool opens_anything(const Plan& plan, const Decimal& held) {
  const auto* orders = std::get_if<std::vector<PlannedOrder>>(&plan);
  return orders != nullptr && std::any_of(orders->begin(), orders->end(), [&](const PlannedOrder& order) {
           return !opening_quantity(held, order.request.side, order.request.quantity).is_zero();
         });
}

Plan decide_one(const Task& task, const ExecutorState& state, const ExecutorRules& rules,
                const std::string& instrument, TimePoint now, Decision& decision) {
  const Signal& signal = task.signal;
  const model::LookUpOutcome& outcome = *task.facts.at(instrument);
  if (const auto* missing = std::get_if<model::NotTraded>(&outcome))
    return Refusal{missing->rule, missing->message};
  if (const auto* silent = std::get_if<model::Unreachable>(&outcome)) {
    return Refusal{"venue_unreachable", "venue " + task.rules.venue + " did not answer: " + silent->message +
                                            "; nothing was sent, try again when it is back"};
  }
  const auto& facts = std::get<MarketFacts>(outcome);
  const model::Capabilities& venue = rules.venues.at(task.rules.venue);
  const auto reference = reference_price(signal);
  const auto price = venue.fills_at_reference ? (reference ? reference : facts.price)
                                              : (facts.price ? facts.price : reference);
  // Paper has no other price than these. Elsewhere what closes needs none; what opens must be valued first.
  const auto no_price = [&]() -> Plan {
    return Refusal{"no_price", "no price for " + instrument +
                                   ": the alert carried none; send one as \"price\", or set it in [venue." +
                                   task.rules.venue + ".prices]"};
  };
  const bool unpriced = !price && !signal.limit_price;
  if (unpriced && venue.fills_at_reference) return no_price();
  const LaneKey lane{task.rules.venue, signal.strategy, instrument};
  PlanInput input{signal,
                  task.rules,
                  facts.instrument,
                  position_of(state, lane),
                  price ? price : signal.limit_price,
                  {},
                  {},
                  {},
                  {},
                  &venue,
                  0};
  input.bound = bound_by_orders(state, lane, input.position.quantity, "");
  input.entries_under_way = entries_under_way(state, lane, input.position.quantity);
  input.others = held_by_others(state, lane);
  if (facts.account) {
    if (task.rules.untracked) input.free_base = facts.account->free_base;
    input.free_quote = facts.account->free_quote;
    input.equity = facts.account->equity;
    input.fee_rate = facts.account->fee_rate;
    if (input.free_quote) {
      *input.free_quote -= promised(state, task.rules.venue, facts.instrument.quote_asset, input.fee_rate);
    }
  }
  decision.traded.emplace(instrument, facts.instrument);
  if (task.flattens && input.position.quantity.is_zero()) return NothingToSend{"flat"};
  Plan plan = asks_for_position(signal, task.rules) ? decide_target(input, state, lane, now, decision)
                                                    : plan_orders(input);
  if (auto* const orders = std::get_if<std::vector<PlannedOrder>>(&plan)) {
    for (PlannedOrder& order : *orders) {
      if (!order.not_turned) continue;
      decision.left_out.push_back({instrument, std::move(*order.not_turned)});
      decision.left_out.back().refusal.message =
          instrument + " is closed, not turned: " + decision.left_out.back().refusal.message;
    }
  }
  if (!opens_anything(plan, input.position.quantity)) return plan;
  if (unpriced) return no_price();
  // The alert's own price is no measure of what an entry costs there.
  if (!facts.no_price.empty()) {
    return Refusal{"no_price", "venue " + task.rules.venue + " did not tell its price of " + instrument + " (" +
                                   facts.no_price + "); nothing was sent, try again when it does"};
  }
  return plan;
}

// The instruments in which the task's strategy holds anything at its venue.
std::vector<std::string> held_by_strategy(const Task& task, const ExecutorState& state) {
  std::vector<std::string> all;
  for (const auto& [lane, position] : state.positions) {
    const bool own = lane.venue == task.rules.venue && lane.strategy == task.signal.strategy;
    if (own && !position.quantity.is_zero()) all.push_back(lane.instrument);
  }
  return all;
}

// Without a symbol: all of that strategy's positions at that venue, and nobody else's. One that cannot be
// closed (no price, say) must not keep the others open.
Plan decide_all(const Task& task, const ExecutorState& state, const ExecutorRules& rules, TimePoint now,
                Decision& decision) {
  std::vector<PlannedOrder> orders;
  for (const auto& [instrument, facts] : task.facts) {
    const Plan plan = decide_one(task, state, rules, instrument, now, decision);
    if (const auto* planned = std::get_if<std::vector<PlannedOrder>>(&plan)) {
      orders.insert(orders.end(), planned->begin(), planned->end());
    } else if (const auto* refusal = std::get_if<Refusal>(&plan)) {
      decision.left_out.push_back(
          {instrument, {refusal->rule, instrument + " stays open: " + refusal->message}});
    }
  }
  for (const std::string& instrument : held_by_strategy(task, state)) {
    if (!is_passed_over(task, rules, instrument)) continue;
    decision.left_out.push_back(
        {instrument, {"filtered", instrument + " stays open: --symbol passes over it"}});
  }
  if (!orders.empty()) return orders;
  if (!decision.left_out.empty()) {
    Refusal first = decision.left_out.front().refusal;
    decision.left_out.clear();
    return first;
  }
  if (task.flattens) return NothingToSend{"flat"};
  return Refusal{"nothing_to_close", task.signal.strategy + " holds nothing at " + task.rules.venue};
}

}  // namespace

std::optional<Plan> decide_early(const Task& task, const ExecutorRules& rules,
                                 const std::optional<model::Halt>& halt) {
  const Signal& signal = task.signal;
  const bool of_all = signal.symbol.empty();
  const bool passes = (rules.only_symbols.empty() || of_all || contains(rules.only_symbols, signal.symbol)) &&
                      (rules.only_strategies.empty() || contains(rules.only_strategies, signal.strategy));
  if (!passes && !task.flattens) {
    return Refusal{"filtered", "--symbol or --strategy passes over " + signal.strategy + " " + signal.symbol};
  }
  if (auto early = plan_without_market(signal, task.rules)) return early;
  if (halt && !task.flattens) {
    return Refusal{"halted", "trading is halted: " + halt->reason + "; `tvhook-exec --resume` lifts it"};
  }
  if (!rules.venues.contains(task.rules.venue)) {
    return Refusal{"unknown_venue", "there is no [venue." + task.rules.venue +
                                        "] in the configuration, or it could not be opened"};
  }
  return std::nullopt;
}

bool is_passed_over(const Task& task, const ExecutorRules& rules, const std::string& instrument) {
  return !task.flattens && !rules.only_symbols.empty() &&
         !contains(rules.only_symbols, model::symbol_of(instrument));
}

bool only_closes(const Task& task, const ExecutorState& state) {
  const Signal& signal = task.signal;
  if (task.flattens || is_close(signal.action)) return true;
  if (signal.symbol.empty()) return false;
  if (asks_for_position(signal, task.rules))
    return signal.position && signal.position->side == model::PositionSide::flat;
  if (signal.reduce_only.value_or(false)) return true;
  const Decimal held = position_of(state, {task.rules.venue, signal.strategy, task.instrument()}).quantity;
  const bool reduces = signal.action == Action::sell ? held.is_positive() : held.is_negative();
  // Spot is never sold short; elsewhere a size that is not known yet may lead through zero.
  const bool spot = signal.market == Market::spot && signal.action == Action::sell;
  const bool is_sized = signal.quantity && signal.size_unit == model::SizeUnit::base;
  const bool of_holding = size_unit_of(signal, task.rules) == model::SizeUnit::percent_balance;
  return reduces && (spot || of_holding || (is_sized && *signal.quantity <= held.absolute()));
}

std::vector<model::LookUp> look_ups_for(const Task& task, const ExecutorState& state,
                                        const ExecutorRules& rules) {
  const Signal& signal = task.signal;
  const auto wanted = [&](const std::string& instrument) {
    return model::LookUp{instrument, model::market_of(instrument), true, needs_figures(task, state),
                         only_closes(task, state)};
  };
  if (!signal.symbol.empty()) return {wanted(task.instrument())};
  std::vector<model::LookUp> all;
  for (const std::string& instrument : held_by_strategy(task, state)) {
    if (!is_passed_over(task, rules, instrument)) all.push_back(wanted(instrument));
  }
  return all;
}

Decision decide(const Task& task, const ExecutorState& state, const ExecutorRules& rules, TimePoint now) {
  Decision decision{NothingToSend{""}, {}, {}, {}};
  decision.plan = task.signal.symbol.empty() ? decide_all(task, state, rules, now, decision)
                                             : decide_one(task, state, rules, task.instrument(), now, decision);
  auto* const orders = std::get_if<std::vector<PlannedOrder>>(&decision.plan);
  if (orders == nullptr || task.flattens) return decision;
  const Gate gate{state, rules, task.signal, task.rules.venue, now};
  auto refusal = keep_from_opposing(gate, *orders, decision.left_out);
  if (!refusal) refusal = judge(gate, *orders, decision.left_out);
  if (refusal) {
    decision.plan = *refusal;
    decision.left_out.clear();
  }
  return decision;
}

}  // namespace tvh::engine
