#include "tvhook-exec/control.hpp"

#include <time.h>
#include <unistd.h>

#include "journal/execution.hpp"
#include "journal/process_lock.hpp"

namespace tvh {
namespace {

constexpr std::chrono::seconds kHaltPatience{5};

std::string describe(const model::Intent& intent) {
  return intent.request.client_order_id + " " + intent.request.instrument + " " +
         std::string(to_text(intent.request.side)) + " " + intent.request.quantity.to_string() + " " +
         std::string(to_text(intent.state));
}

// Returns when no executor can send anything any more that it decided before the halt; what had left by then is
// listed.
Result<std::vector<model::Intent>> wait_for_quiet(journal::Execution& execution, TimePoint since,
                                                  cli::Context& context) {
  const std::string lock = journal::executor_lock_path(context.journal_path);
  const auto deadline = context.clock.steady() + kHaltPatience;
  while (true) {
    TVH_TRY(const auto seen, execution.read_control("halt_seen"));
    // Without an executor nothing moves; the next one finds the halt before it does anything.
    if (seen == std::to_string(nanoseconds_since_epoch(since)) || !journal::ProcessLock::holder(lock)) break;
    if (context.clock.steady() >= deadline) {
      return fail(
          Errc::temporary,
          "the halt stands, and nothing more can be decided, but the executor (" +
              journal::ProcessLock::holder(lock).value_or("gone") +
              ") has not confirmed it in 5 s: what it was about to send may still leave; stop it if it hangs");
    }
    const timespec pause{0, 2'000'000};
    ::nanosleep(&pause, nullptr);
  }
  TVH_TRY(auto open, execution.read_open_intents());
  std::erase_if(open, [](const model::Intent& intent) {
    return intent.state != model::OrderState::submitting && intent.state != model::OrderState::unknown;
  });
  return open;
}

std::string utc(TimePoint at) { return format_time(std::chrono::floor<std::chrono::milliseconds>(at)); }

}  // namespace

Result<ExitCode> halt(const std::string& reason, cli::Context& context) {
  const bool is_new = ::access(context.journal_path.c_str(), F_OK) != 0;
  TVH_TRY(auto journal, journal::Journal::open(context.journal_path));
  if (is_new) {
    context.log.warning(
        "journal " + context.journal_path +
        " was not there and has been made: if something trades, it trades on another one; see --journal");
  }
  journal::Execution execution(*journal);
  const TimePoint since = context.clock.now();
  {
    // Intents are committed under the same lock by transactions that look for this row: none can follow it.
    TVH_TRY(auto write, journal->begin_write());
    TVH_CHECK(execution.write_halt(reason, since));
    TVH_CHECK(write.commit());
  }
  journal->ring();
  TVH_TRY(const auto on_the_way, wait_for_quiet(execution, since, context));
  context.output.write_line("halted at " + utc(since) + "; no order can be sent after this moment. " +
                            std::to_string(on_the_way.size()) + " on the wire" +
                            (on_the_way.empty() ? "." : ":"));
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
  journal->ring();
  context.output.write_line(halted
                                ? "resumed; it was halted since " + utc(halted->since) + ": " + halted->reason
                                : "trading was not halted");
  return ExitCode::ok;
}

}  // namespace tvh
