#include "tvhook-exec/plan.hpp"

#include <unistd.h>

#include <set>

#include "journal/copy.hpp"
#include "journal/sqlite_book.hpp"
#include "tvhook-exec/signal_stream.hpp"
#include "wire/records.hpp"
#include "wiring/wiring.hpp"

namespace tvh {
namespace {

// Tells each order as it would leave: planned, with nothing that the clock or the fill adds.
class PlanSink final : public execution::RecordSink {
 public:
  PlanSink(cli::Output& output, bool as_text) : output_(output), as_text_(as_text) {}

  void on_order(const model::OrderRecord& record) override {
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
  void on_refusal(const model::RefusalRecord& record) override {
    ++refusals;
    if (!as_text_) return output_.write_line(wire::format_refusal(record));
    output_.write_line("refused: " + record.strategy + " " + record.action + " " + record.symbol + " (signal " +
                       record.signal_id + ")");
    output_.write_line("    " + record.reason + ": " + record.message);
  }

  int refusals = 0;

 private:
  static std::string describe(const model::OrderRecord& record) {
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

  cli::Output& output_;
  bool as_text_;
  std::set<std::string> told_;
};

}  // namespace

Result<ExitCode> plan(const ExecOptions& options, cli::Context& context) {
  TVH_TRY(auto copy, journal::Journal::open_in_memory());
  const bool exists = ::access(context.journal_path.c_str(), F_OK) == 0;
  std::unique_ptr<journal::Journal> original;
  if (exists) {
    TVH_TRY(original, journal::Journal::open_read_only(context.journal_path));
    TVH_CHECK(journal::copy_account(context.journal_path, *copy, context.clock.now()));
  }
  TVH_TRY(const auto venues, Venues::open(context.config, *copy, context.clock, context.environment,
                                          {VenueUse::Exchanges::stand_in}));
  execution::ExecutorSettings settings;
  settings.rules = executor_rules(context.config, options.venue);
  settings.rules.only_symbols = plain_symbols(options.symbols);
  settings.rules.only_strategies = options.strategies;
  settings.rules.purpose = engine::Purpose::plan;
  settings.venues = venues.all();
  journal::SqliteBook book(*copy);
  PlanSink sink(context.output, options.format == "text");
  execution::Executor executor(book, context.clock, settings, sink);
  TVH_CHECK(executor.start());

  SignalStream stream(context.input_fd, context.stop.fd(), context.log);
  while (!context.output.closed()) {
    auto next = stream.next(-1);
    if (auto* error = std::get_if<Error>(&next)) return std::move(*error);
    if (std::holds_alternative<Woken>(next)) return context.stop.code();
    if (std::holds_alternative<StreamEnded>(next)) break;
    const auto& signal = std::get<model::Signal>(next);
    if (original) {
      journal::Execution known(*original);
      TVH_TRY(const auto state, known.read_signal_state(signal.id));
      if (state && *state != model::SignalState::pending) {
        context.log.info("signal " + signal.id + " is " + std::string(to_text(*state)) +
                         " already; it would not be executed");
        continue;
      }
    }
    TVH_CHECK(executor.give(signal));
    TVH_CHECK(executor.run_until_idle());
    TVH_CHECK(context.output.flush());
  }
  ExitCode code = sink.refusals > 0 ? ExitCode::answer_is_no : ExitCode::ok;
  if (stream.broken_lines() > 0) code = graver(code, ExitCode::bad_data);
  return code;
}

}  // namespace tvh
