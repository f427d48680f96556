#include "tvhook-exec/plan.hpp"

#include <unistd.h>

#include "journal/copy.hpp"
#include "tvhook-exec/signal_stream.hpp"
#include "wiring/wiring.hpp"

namespace tvh {
namespace {

// Tells each order as it would leave: planned, with nothing that the clock or the fill adds.
class PlanSink final : public execution::RecordSink {
 public:
  explicit PlanSink(cli::Output& output) : output_(output) {}

  void on_order(const wire::OrderRecord& record) override {
    wire::OrderRecord planned = record;
    if (record.intent.state != model::OrderState::refused) planned.intent.state = model::OrderState::planned;
    planned.intent.filled_quantity = Decimal();
    planned.average_price.reset();
    planned.fee.reset();
    planned.fee_asset.clear();
    planned.took.reset();
    planned.intent.submitted_at.reset();
    planned.intent.settled_at.reset();
    output_.write_line(wire::format_order(planned));
  }
  void on_refusal(const wire::RefusalRecord& record) override {
    ++refusals;
    output_.write_line(wire::format_refusal(record));
  }

  int refusals = 0;

 private:
  cli::Output& output_;
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
  TVH_TRY(const auto venues, Venues::open(context.config, *copy, context.clock));
  execution::ExecutorSettings settings;
  settings.rules_for = [&](const std::string& strategy) {
    return rules_for(context.config, strategy, options.venue);
  };
  settings.find_venue = [&](const std::string& name) { return venues.find(name); };
  settings.risk = risk_rules(context.config);
  settings.only_symbols = plain_symbols(options.symbols);
  settings.only_strategies = options.strategies;
  settings.purpose = execution::Purpose::plan;
  journal::Execution execution(*copy);
  PlanSink sink(context.output);
  execution::Executor executor(execution, context.clock, settings, sink);

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
    TVH_CHECK(executor.execute_given(signal));
    TVH_CHECK(context.output.flush());
  }
  ExitCode code = sink.refusals > 0 ? ExitCode::answer_is_no : ExitCode::ok;
  if (stream.broken_lines() > 0) code = graver(code, ExitCode::bad_data);
  return code;
}

}  // namespace tvh
