#include "tvhook-exec/plan.hpp"

#include "tvhook-exec/signal_stream.hpp"
#include "wiring/planner.hpp"

namespace tvh {

Result<ExitCode> plan(const ExecOptions& options, cli::Context& context) {
  PlanSink sink(context.output, options.format == "text");
  TVH_TRY(const auto planner,
          Planner::open({options.venue, options.symbols, options.strategies}, context, sink));
  SignalStream stream(context.input_fd, context.stop.fd(), context.log);
  while (!context.output.closed()) {
    auto next = stream.next(-1);
    if (auto* error = std::get_if<Error>(&next)) return std::move(*error);
    if (std::holds_alternative<Woken>(next)) return context.stop.code();
    if (std::holds_alternative<StreamEnded>(next)) break;
    const auto& signal = std::get<model::Signal>(next);
    TVH_TRY(const auto state, planner->state_on_file(signal));
    if (state && *state != model::SignalState::pending) {
      context.log.info("signal " + signal.id + " is " + std::string(to_text(*state)) +
                       " already; it would not be executed");
      continue;
    }
    TVH_CHECK(planner->plan(signal));
    TVH_CHECK(context.output.flush());
  }
  ExitCode code = sink.refusals > 0 ? ExitCode::answer_is_no : ExitCode::ok;
  if (stream.broken_lines() > 0) code = graver(code, ExitCode::bad_data);
  return code;
}

}  // namespace tvh
