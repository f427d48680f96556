// Executor: from a signal to committed intents.
#include "execution/executor.hpp"

#include <algorithm>

namespace tvh::execution {

using engine::NothingToSend;
using engine::Plan;
using engine::PlannedOrder;
using engine::Refusal;
using engine::StrategyRules;
using model::Action;
using model::Intent;
using model::OrderEventKind;
using model::Signal;
using model::SignalState;

static bool contains(const std::vector<std::string>& all, const std::string& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

Executor::Executor(journal::Execution& journal, const Clock& clock, ExecutorSettings settings, RecordSink& sink)
    : journal_(journal), clock_(clock), settings_(std::move(settings)), sink_(sink) {}

Result<Ending> Executor::execute_given(const Signal& signal) { return execute(signal, Source::given); }
Result<Ending> Executor::execute_stored(const Signal& signal) { return execute(signal, Source::stored); }

void Executor::step(std::string_view name) const {
  if (settings_.at_step) settings_.at_step(name);
}

bool Executor::passes_filters(const Signal& signal) const {
  return (settings_.only_symbols.empty() || contains(settings_.only_symbols, signal.symbol)) &&
         (settings_.only_strategies.empty() || contains(settings_.only_strategies, signal.strategy));
}

// Claim, decision and intents are one transaction: what the decision was based on cannot change before it is kept.
Result<Ending> Executor::execute(const Signal& signal, Source source) {
  const StrategyRules rules = settings_.rules_for(signal.strategy);
  TVH_TRY(auto write, journal_.journal().begin_write());
  TVH_TRY(const auto ended, claim(signal, source));
  if (ended && *ended == Ending::nothing) return Ending::nothing;
  step("claimed");
  TVH_TRY(const Plan plan, ended ? Result<Plan>(Refusal{"edited", "the text on stdin differs from the journal's; with "
                                                                  "--follow - only the journal's is executed"})
                                 : decide(signal, rules));
  if (const auto* refusal = std::get_if<Refusal>(&plan)) {
    TVH_CHECK(journal_.end_signal(signal.id, SignalState::refused, refusal->rule, refusal->message, clock_.now()));
    TVH_CHECK(write.commit());
    auto record = refusal_record(signal, rules.venue);
    record.reason = refusal->rule;
    record.message = refusal->message;
    sink_.on_refusal(record);
    return Ending::refused;
  }
  if (const auto* nothing = std::get_if<NothingToSend>(&plan)) {
    TVH_CHECK(journal_.end_signal(signal.id, SignalState::done, nothing->reason, "", clock_.now()));
    TVH_CHECK(write.commit());
    return Ending::done;
  }
  TVH_TRY(const auto intents, commit_intents(signal, rules, std::get<std::vector<PlannedOrder>>(plan)));
  TVH_CHECK(write.commit());
  step("intent_committed");
  return run_committed(signal, intents);
}

// Nothing: the signal is ours. `nothing`: it ended before. `refused`: it must be refused as edited.
Result<std::optional<Ending>> Executor::claim(const Signal& signal, Source source) {
  TVH_TRY(const auto claimed, source == Source::stored ? journal_.claim_stored(signal.id, clock_.now())
                                                       : journal_.claim_given(signal, clock_.now()));
  if (claimed.kind != journal::Claim::Kind::claimed) return std::optional(Ending::nothing);
  if (claimed.edited && settings_.edit_policy == journal::EditPolicy::refuse_edited) return std::optional(Ending::refused);
  return std::optional<Ending>();
}

Result<Plan> Executor::decide(const Signal& signal, const StrategyRules& rules) {
  if (!passes_filters(signal)) {
    return Plan(Refusal{"filtered", "--symbol or --strategy passes over " + signal.strategy + " " + signal.symbol});
  }
  if (auto early = engine::plan_without_market(signal, rules)) return *early;
  TVH_TRY(const auto halt, journal_.read_halt());
  if (halt) {
    return Plan(Refusal{"halted", "trading is halted: " + halt->reason + "; `tvhook-exec --resume` lifts it"});
  }
  venue::Venue* const venue = settings_.find_venue(rules.venue);
  if (venue == nullptr) {
    return Plan(Refusal{"unknown_venue", "there is no [venue." + rules.venue + "] in the configuration"});
  }
  if (signal.symbol.empty()) return decide_close_all(signal, rules, *venue);
  return decide_one(signal, rules, *venue, model::instrument_name(signal.symbol, signal.market));
}

Result<Plan> Executor::decide_one(const Signal& signal, const StrategyRules& rules, venue::Venue& venue,
                                  const std::string& instrument_name) {
  const auto market = instrument_name.ends_with(".P") ? model::Market::perp : model::Market::spot;
  auto instrument = venue.find_instrument(instrument_name, market);
  if (!instrument && instrument.error().code == Errc::bad_data) {
    return Plan(Refusal{"unknown_instrument", instrument.error().message});
  }
  if (!instrument) return std::move(instrument).error();
  TVH_TRY(const auto price, venue.find_price(instrument_name, signal.price));
  if (!price) {
    return Plan(Refusal{"no_price", "no price for " + instrument_name + ": the alert carried none; send one as \"price\", "
                                    "or set it in [venue." + rules.venue + ".prices]"});
  }
  engine::PlanInput input{signal, rules, *instrument, {}, price, std::nullopt, clock_.now()};
  TVH_TRY(input.position, journal_.read_position(rules.venue, instrument_name, signal.strategy));
  if (rules.untracked) {
    TVH_TRY(const auto balances, venue.read_balances());
    input.free_balance = Decimal();
    for (const auto& balance : balances) {
      if (balance.asset == instrument->base_asset) input.free_balance = balance.amount;
    }
  }
  return engine::plan_orders(input);
}

// Without a symbol: all of that strategy's positions at that venue, and nobody else's.
Result<Plan> Executor::decide_close_all(const Signal& signal, const StrategyRules& rules, venue::Venue& venue) {
  TVH_TRY(const auto positions, journal_.read_positions());
  std::vector<PlannedOrder> orders;
  Plan otherwise = Refusal{"nothing_to_close", signal.strategy + " holds nothing at " + rules.venue};
  for (const auto& position : positions) {
    if (position.strategy != signal.strategy || position.venue != rules.venue || position.quantity.is_zero()) continue;
    TVH_TRY(const Plan plan, decide_one(signal, rules, venue, position.instrument));
    // One position that cannot be closed (no price, say) must not keep the others open; it is told when it was the last.
    if (const auto* planned = std::get_if<std::vector<PlannedOrder>>(&plan)) {
      orders.insert(orders.end(), planned->begin(), planned->end());
    } else {
      otherwise = plan;
    }
  }
  if (orders.empty()) return otherwise;
  return Plan(std::move(orders));
}

Result<std::vector<Intent>> Executor::commit_intents(const Signal& signal, const StrategyRules& rules,
                                                     const std::vector<PlannedOrder>& orders) {
  std::vector<Intent> intents;
  for (const PlannedOrder& order : orders) {
    Intent intent;
    intent.request = order.request;
    intent.signal_id = signal.id;
    intent.strategy = signal.strategy;
    intent.venue = rules.venue;
    intent.leg = order.leg;
    intent.planned_at = clock_.now();
    TVH_CHECK(journal_.insert_intent(intent, order.clipped_from));
    TVH_TRY(intent.state, journal_.apply_event(intent.request.client_order_id, OrderEventKind::submit, clock_.now()));
    intents.push_back(std::move(intent));
  }
  return intents;
}

wire::RefusalRecord Executor::refusal_record(const Signal& signal, const std::string& venue) const {
  wire::RefusalRecord record;
  record.signal_id = signal.id;
  record.strategy = signal.strategy;
  record.symbol = signal.symbol;
  record.action = to_text(signal.action);
  record.venue = venue;
  record.at = clock_.now();
  record.plan = settings_.purpose == Purpose::plan;
  return record;
}

}  // namespace tvh::execution
