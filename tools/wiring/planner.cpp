#include "wiring/planner.hpp"

#include <unistd.h>

#include "journal/copy.hpp"
#include "wire/records.hpp"

namespace tvh {
namespace {

std::string describe(const model::OrderRecord& record) {
  const model::OrderRequest& order = record.intent.request;
  std::string text(to_text(record.intent.state));
  text += ": " + record.intent.strategy + " " + std::string(to_text(order.side)) + " " +
          order.quantity.to_string() + " " + order.instrument + " " + std::string(to_text(order.type));
  if (order.limit_price) text += " at " + order.limit_price->to_string();
  if (order.stop_price) text += " from " + order.stop_price->to_string();
  if (order.time_in_force) text += " " + std::string(to_text(*order.time_in_force));
  return text + " to " + record.intent.venue + " as " + order.client_order_id + " (signal " +
         record.intent.signal_id + ")";
}

void forget_ages(engine::Limits& limits) { limits.max_age.reset(); }

}  // namespace

void PlanSink::on_order(const model::OrderRecord& record) {
  // What rests is told once, whatever a later signal of the same input makes of it.
  const bool known = !told_.insert(record.intent.request.client_order_id).second;
  if (known && record.intent.state != model::OrderState::refused) return;
  model::OrderRecord planned = record;
  if (record.intent.state != model::OrderState::refused) planned.intent.state = model::OrderState::planned;
  planned.intent.filled_quantity = Decimal();
  planned.average_price.reset();
  planned.fee.reset();
  planned.fee_asset.clear();
  planned.took.reset();
  planned.intent.submitted_at.reset();
  planned.intent.settled_at.reset();
  if (!as_text_) return output_.write_line(wire::format_order(planned));
  output_.write_line(describe(planned));
  for (const auto& rule : planned.rules) output_.write_line("    " + rule);
  if (!planned.intent.reason.empty()) {
    output_.write_line("    " + planned.intent.reason + ": " + planned.intent.message);
  }
}

void PlanSink::on_refusal(const model::RefusalRecord& record) {
  ++refusals;
  if (!as_text_) return output_.write_line(wire::format_refusal(record));
  output_.write_line("refused: " + record.strategy + " " + record.action + " " + record.symbol + " (signal " +
                     record.signal_id + ")");
  output_.write_line("    " + record.reason + ": " + record.message);
}

Planner::Planner(const PlanSettings& settings, cli::Context& context,
                 std::unique_ptr<journal::Journal> original, std::unique_ptr<journal::Journal> copy,
                 Venues venues, execution::ExecutorSettings executor, execution::RecordSink& sink)
    : settings_(settings),
      context_(context),
      original_(std::move(original)),
      copy_(std::move(copy)),
      venues_(std::move(venues)),
      book_(*copy_),
      executor_(book_, context.clock, std::move(executor), sink) {}

Result<std::unique_ptr<Planner>> Planner::open(const PlanSettings& settings, cli::Context& context,
                                               execution::RecordSink& sink) {
  TVH_TRY(auto copy, journal::Journal::open_in_memory());
  std::unique_ptr<journal::Journal> original;
  if (::access(context.journal_path.c_str(), F_OK) == 0) {
    TVH_TRY(original, journal::Journal::open_read_only(context.journal_path));
    TVH_CHECK(journal::copy_account(context.journal_path, *copy, context.clock.now()));
    for (const auto& [name, venue] : context.config.venues) {
      if (venue.kind != "paper") TVH_CHECK(journal::lend_positions(*copy, name));
    }
  }
  VenueUse use{VenueUse::Exchanges::stand_in};
  use.stand_ins_know_money = false;
  TVH_TRY(auto venues, Venues::open(context.config, *copy, context.clock, context.environment, use));
  execution::ExecutorSettings executor;
  executor.rules = executor_rules(context.config, settings.venue);
  executor.rules.only_symbols = plain_symbols(settings.symbols);
  executor.rules.only_strategies = settings.strategies;
  executor.rules.purpose = engine::Purpose::plan;
  if (!settings.judges_age) {
    if (executor.rules.risk.overall) forget_ages(*executor.rules.risk.overall);
    for (auto& [name, limits] : executor.rules.risk.venues) forget_ages(limits);
    for (auto& [name, limits] : executor.rules.risk.strategies) forget_ages(limits);
  }
  executor.venues = venues.all();
  std::unique_ptr<Planner> planner(new Planner(settings, context, std::move(original), std::move(copy),
                                               std::move(venues), std::move(executor), sink));
  TVH_CHECK(planner->executor_.start());
  return planner;
}

Result<void> Planner::plan(const model::Signal& signal) {
  TVH_CHECK(tell_unknown_filters(signal));
  model::Signal one = signal;
  if (!settings_.judges_age) one.max_age.reset();
  TVH_CHECK(executor_.give(one));
  return executor_.run_until_idle();
}

// What an exchange allows is learnt when it is first traded at; until then the plan has paper's filters.
Result<void> Planner::tell_unknown_filters(const model::Signal& signal) {
  const std::string venue = rules_for(context_.config, signal.strategy, settings_.venue).venue;
  const cli::VenueConfig* const configured = context_.config.venue(venue);
  if (configured == nullptr || configured->kind == "paper" || signal.symbol.empty()) return {};
  const std::string instrument = model::instrument_name(signal.symbol, signal.market);
  if (!told_.insert(venue + " " + instrument).second) return {};
  journal::SqliteInstrumentStore kept(*copy_);
  TVH_TRY(const auto known, kept.find_instrument(venue, instrument));
  if (!known) {
    context_.log.warning(
        "the filters of " + instrument + " at venue " + venue +
        " are not in the journal yet, so the plan knows no step and no minimum; the first order "
        "there brings them");
  }
  return {};
}

Result<std::optional<model::SignalState>> Planner::state_on_file(const model::Signal& signal) {
  if (!original_) return std::optional<model::SignalState>();
  journal::Execution known(*original_);
  return known.read_signal_state(signal.id);
}

}  // namespace tvh
