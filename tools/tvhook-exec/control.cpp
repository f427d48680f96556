#include "tvhook-exec/control.hpp"

#include <time.h>

#include "journal/execution.hpp"
#include "journal/process_lock.hpp"
#include "journal/status.hpp"
#include "wiring/wiring.hpp"

namespace tvh {
namespace {

constexpr std::chrono::seconds kHaltPatience{5};

std::string describe(const model::Intent& intent) {
  return intent.request.client_order_id + " " + intent.request.instrument + " " +
         std::string(to_text(intent.request.side)) + " " + intent.request.quantity.to_string() + " " +
         std::string(to_text(intent.state));
}

// Orders that were committed before the halt and may be on their way out of a running executor.
Result<std::vector<model::Intent>> wait_for_quiet(journal::Execution& execution, cli::Context& context) {
  const auto deadline = context.clock.steady() + kHaltPatience;
  while (true) {
    TVH_TRY(const auto open, execution.read_open_intents());
    std::vector<model::Intent> on_the_way;
    for (const auto& intent : open) {
      if (intent.state == model::OrderState::submitting || intent.state == model::OrderState::planned) {
        on_the_way.push_back(intent);
      }
    }
    const bool alive =
        journal::ProcessLock::holder(journal::executor_lock_path(context.journal_path)).has_value();
    // Without an executor nothing moves; the next one asks the venue first, and finds the halt.
    if (on_the_way.empty() || !alive || context.clock.steady() >= deadline) return on_the_way;
    const timespec pause{0, 5'000'000};
    ::nanosleep(&pause, nullptr);
  }
}

std::string utc(TimePoint at) { return format_time(std::chrono::floor<std::chrono::milliseconds>(at)); }

}  // namespace

Result<ExitCode> halt(const std::string& reason, cli::Context& context) {
  TVH_TRY(auto journal, journal::Journal::open(context.journal_path));
  journal::Execution execution(*journal);
  {
    // Intents are committed under the same lock by transactions that look for this row: none can follow it.
    TVH_TRY(auto write, journal->begin_write());
    TVH_CHECK(execution.write_halt(reason, context.clock.now()));
    TVH_CHECK(write.commit());
  }
  TVH_TRY(const auto on_the_way, wait_for_quiet(execution, context));
  context.output.write_line("halted at " + utc(context.clock.now()) +
                            "; no order can be sent after this moment. " + std::to_string(on_the_way.size()) +
                            " on the wire" + (on_the_way.empty() ? "." : ":"));
  for (const auto& intent : on_the_way) context.output.write_line("  " + describe(intent));
  return ExitCode::ok;
}

Result<ExitCode> resume(cli::Context& context) {
  TVH_TRY(auto journal, journal::Journal::open(context.journal_path));
  journal::Execution execution(*journal);
  TVH_TRY(auto write, journal->begin_write());
  TVH_TRY(const auto halted, execution.read_halt());
  TVH_CHECK(execution.remove_halt());
  TVH_CHECK(write.commit());
  context.output.write_line(halted
                                ? "resumed; it was halted since " + utc(halted->since) + ": " + halted->reason
                                : "trading was not halted");
  return ExitCode::ok;
}

Result<ExitCode> show_status(cli::Context& context) {
  // A journal of an older version is brought up to date here; a missing one is not made.
  TVH_TRY(auto journal, journal::Journal::open_read_only(context.journal_path));
  journal::Execution execution(*journal);
  TVH_TRY(const auto halted, execution.read_halt());
  TVH_TRY(const auto open, execution.read_open_intents());
  TVH_TRY(const auto counts, journal::read_counts(*journal));
  const auto holder = journal::ProcessLock::holder(journal::executor_lock_path(context.journal_path));

  cli::Output& out = context.output;
  out.write_line("executing     " + (holder ? *holder : std::string("no: no executor runs on this journal")));
  out.write_line("journal       " + context.journal_path);
  out.write_line("halted        " +
                 (halted ? "since " + utc(halted->since) + ": " + halted->reason : std::string("no")));
  out.write_line("signals       " + std::to_string(counts.pending) + " waiting, " +
                 std::to_string(counts.claimed) + " being executed");
  std::string unknown;
  int unknown_count = 0;
  for (const auto& intent : open) {
    if (intent.state == model::OrderState::accepted) continue;
    ++unknown_count;
    unknown += "\n              " + describe(intent);
  }
  out.write_line("unsettled     " + std::to_string(unknown_count) +
                 (unknown_count == 1 ? " order" : " orders") + unknown);
  out.write_line("positions     " + std::to_string(counts.open_positions) + " open");
  TVH_TRY(const auto scopes,
          execution::read_scopes(risk_rules(context.config), execution, context.clock.now()));
  const auto limits = engine::describe_use(scopes, context.clock.now());
  if (limits.empty()) out.write_line("limits        none configured");
  for (const auto& limit : limits) {
    out.write_line("limit         " + limit.scope + " " + limit.limit + " " + limit.value + " (" + limit.used +
                   ")");
  }
  return ExitCode::ok;
}

}  // namespace tvh
