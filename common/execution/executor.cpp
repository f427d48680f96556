// Executor: from a signal to committed intents.
#include "execution/executor.hpp"

#include <algorithm>
#include <tuple>

#include "engine/sizing.hpp"
#include "engine/target.hpp"

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

// Claim, decision and intents are one transaction: what the decision was based on cannot change before it is
// kept.
Result<Ending> Executor::execute(const Signal& signal, Source source) {
  const StrategyRules rules = settings_.rules_for(signal.strategy);
  TVH_TRY(auto write, journal_.journal().begin_write());
  TVH_TRY(const auto ended, claim(signal, source));
  if (ended && *ended != Ending::refused) return *ended;
  step("claimed");
  const Refusal edited{
      "edited", "the text on stdin differs from the journal's; with --follow - only the journal's is executed"};
  TVH_TRY(const Decision decision, ended ? Result<Decision>(Decision{edited, {}}) : decide(signal, rules));
  if (decision.waits) {
    // The claim is taken back with the transaction; what came from elsewhere is kept, so that a restart finds
    // it.
    write.roll_back();
    if (source == Source::given) {
      TVH_TRY(auto keep, journal_.journal().begin_write());
      TVH_CHECK(journal_.hold_given(signal));
      TVH_CHECK(keep.commit());
    }
    return Ending::waits;
  }
  const Plan& plan = decision.plan;
  if (const auto* refusal = std::get_if<Refusal>(&plan)) {
    TVH_CHECK(
        journal_.end_signal(signal.id, SignalState::refused, refusal->rule, refusal->message, clock_.now()));
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
  TVH_CHECK(keep_left_out(signal, decision.left_out));
  TVH_CHECK(write.commit());
  tell_left_out(signal, rules.venue, decision.left_out);
  step("intent_committed");
  return run_committed(signal, intents);
}

// Nothing: the signal is ours. `nothing`: it ended before. `refused`: it must be refused as edited.
Result<std::optional<Ending>> Executor::claim(const Signal& signal, Source source) {
  TVH_TRY(const auto claimed, source == Source::stored ? journal_.claim_stored(signal.id, clock_.now())
                                                       : journal_.claim_given(signal, clock_.now()));
  if (claimed.kind != journal::Claim::Kind::claimed) {
    return std::optional(claimed.edited ? Ending::edited_too_late : Ending::nothing);
  }
  if (claimed.edited && settings_.edit_policy == journal::EditPolicy::refuse_edited)
    return std::optional(Ending::refused);
  return std::optional<Ending>();
}

Result<Executor::Decision> Executor::decide(const Signal& signal, const StrategyRules& rules) {
  const auto refused = [](const std::string& rule, const std::string& message) {
    return Decision{Refusal{rule, message}, {}};
  };
  if (!passes_filters(signal)) {
    return refused("filtered", "--symbol or --strategy passes over " + signal.strategy + " " + signal.symbol);
  }
  if (auto early = engine::plan_without_market(signal, rules)) return Decision{*early, {}};
  TVH_TRY(const auto halt, journal_.read_halt());
  if (halt)
    return refused("halted", "trading is halted: " + halt->reason + "; `tvhook-exec --resume` lifts it");
  venue::Venue* const venue = settings_.find_venue(rules.venue);
  if (venue == nullptr)
    return refused("unknown_venue", "there is no [venue." + rules.venue + "] in the configuration");

  Decision decision;
  const std::string instrument =
      signal.symbol.empty() ? "" : model::instrument_name(signal.symbol, signal.market);
  TVH_TRY(decision.waits, journal_.lane_is_blocked(rules.venue, instrument, signal.strategy));
  if (decision.waits) return decision;
  if (signal.symbol.empty()) {
    TVH_TRY(decision, decide_close_all(signal, rules, *venue));
  } else {
    TVH_TRY(decision.plan, decide_one(signal, rules, *venue, instrument));
  }
  auto* const orders = std::get_if<std::vector<PlannedOrder>>(&decision.plan);
  if (orders == nullptr) return decision;
  if (!rules.allow_opposing) {
    TVH_TRY(const auto opposing, find_opposing(signal, rules.venue, *orders));
    if (opposing) return Decision{*opposing, {}};
  }
  TVH_TRY(const auto refusal,
          judge(settings_.risk, signal, *venue, *orders, journal_, clock_.now(), decision.left_out));
  return refusal ? Decision{*refusal, {}} : decision;
}

Result<std::optional<Refusal>> Executor::find_opposing(const Signal& signal, const std::string& venue,
                                                       const std::vector<PlannedOrder>& orders) {
  TVH_TRY(auto positions, journal_.read_positions());
  std::erase_if(positions, [&](const auto& position) { return position.venue != venue; });
  for (const PlannedOrder& order : orders) {
    TVH_TRY(const auto own, journal_.read_position(venue, order.request.instrument, signal.strategy));
    if (auto refusal = engine::check_opposing(signal, order.request, own.quantity, positions)) return refusal;
  }
  return std::optional<Refusal>();
}

Result<Plan> Executor::decide_one(const Signal& signal, const StrategyRules& rules, venue::Venue& venue,
                                  const std::string& instrument_name) {
  const auto market = instrument_name.ends_with(".P") ? model::Market::perp : model::Market::spot;
  auto instrument = venue.find_instrument(instrument_name, market);
  if (!instrument && instrument.error().code == Errc::bad_data) {
    return Plan(Refusal{"unknown_instrument", instrument.error().message});
  }
  if (!instrument) return std::move(instrument).error();
  TVH_TRY(const auto price, venue.find_price(instrument_name, engine::reference_price(signal)));
  if (!price) {
    return Plan(Refusal{"no_price", "no price for " + instrument_name +
                                        ": the alert carried none; send one as \"price\", "
                                        "or set it in [venue." +
                                        rules.venue + ".prices]"});
  }
  engine::PlanInput input{signal, rules, *instrument, {}, price, {}, {}, {}, {}};
  TVH_TRY(input.position, journal_.read_position(rules.venue, instrument_name, signal.strategy));
  if (rules.untracked || engine::needs_account(engine::size_unit_of(signal, rules))) {
    TVH_TRY(const auto account, venue.read_account(*instrument));
    if (rules.untracked) input.free_base = account.free_base;
    input.free_quote = account.free_quote;
    input.equity = account.equity;
    input.fee_rate = account.fee_rate;
  }
  return engine::asks_for_position(signal, rules) ? decide_target(input) : engine::plan_orders(input);
}

// What the alert says of the strategy's position is kept with the decision that it led to.
Result<Plan> Executor::decide_target(const engine::PlanInput& input) {
  const Signal& signal = input.signal;
  if (signal.size_unit != model::SizeUnit::base && signal.size_unit != model::SizeUnit::contracts) {
    return Plan(Refusal{"size_unit_unsupported", "a position is followed in base units or contracts, not in " +
                                                     std::string(to_text(signal.size_unit))});
  }
  if (signal.position->side != model::PositionSide::flat && !signal.position->size) {
    return Plan(Refusal{"no_target", "the alert says the strategy is " +
                                         std::string(to_text(signal.position->side)) +
                                         " but not how much; send market_position_size"});
  }
  const Decimal factor = signal.size_unit == model::SizeUnit::contracts
                             ? input.instrument.contract_size.value_or(Decimal(1))
                             : Decimal(1);
  const auto& [strategy, venue, instrument] =
      std::tie(signal.strategy, input.rules.venue, input.instrument.name);
  TVH_TRY(const auto chain, journal_.read_chain(strategy, venue, instrument));
  const auto extended = engine::take_position(chain, signal, input.position.quantity, factor);
  if (extended.stale) {
    return Plan(Refusal{"older_bar", "the alert is of an older bar than what " + strategy + " said of " +
                                         instrument + " before; it changes nothing"});
  }
  TVH_CHECK(journal_.write_chain(strategy, venue, instrument, extended.chain));
  return engine::plan_target(input, engine::chain_end(extended.chain));
}

// Without a symbol: all of that strategy's positions at that venue, and nobody else's. One that cannot be
// closed (no price, say) must not keep the others open.
Result<Executor::Decision> Executor::decide_close_all(const Signal& signal, const StrategyRules& rules,
                                                      venue::Venue& venue) {
  TVH_TRY(const auto positions, journal_.read_positions());
  Decision decision;
  std::vector<PlannedOrder> orders;
  for (const auto& position : positions) {
    if (position.strategy != signal.strategy || position.venue != rules.venue || position.quantity.is_zero())
      continue;
    TVH_TRY(const Plan plan, decide_one(signal, rules, venue, position.instrument));
    if (const auto* planned = std::get_if<std::vector<PlannedOrder>>(&plan)) {
      orders.insert(orders.end(), planned->begin(), planned->end());
    } else if (const auto* refusal = std::get_if<Refusal>(&plan)) {
      decision.left_out.push_back(
          {position.instrument, {refusal->rule, position.instrument + " stays open: " + refusal->message}});
    }
  }
  if (!orders.empty()) {
    decision.plan = std::move(orders);
  } else if (!decision.left_out.empty()) {
    decision.plan = decision.left_out.front().refusal;
  } else {
    decision.plan = Refusal{"nothing_to_close", signal.strategy + " holds nothing at " + rules.venue};
  }
  return decision;
}

// Inside the Write of the intents: the signal will end done, and says what it left open.
Result<void> Executor::keep_left_out(const Signal& signal, const std::vector<LeftOut>& left_out) {
  if (left_out.empty()) return {};
  std::string message;
  for (const auto& one : left_out) {
    message += (message.empty() ? "" : "; ") + one.refusal.message;
  }
  return journal_.note_signal(signal.id, left_out.front().refusal.rule, message);
}

void Executor::tell_left_out(const Signal& signal, const std::string& venue,
                             const std::vector<LeftOut>& left_out) {
  for (const auto& one : left_out) {
    auto record = refusal_record(signal, venue);
    record.symbol = one.instrument;
    record.reason = one.refusal.rule;
    record.message = one.refusal.message;
    sink_.on_refusal(record);
  }
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
    TVH_TRY(intent.state,
            journal_.apply_event(intent.request.client_order_id, OrderEventKind::submit, clock_.now()));
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
