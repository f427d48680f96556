#include "tvhook-exec/flatten.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>

#include "journal/execution.hpp"
#include "journal/process_lock.hpp"
#include "journal/requests.hpp"
#include "journal/sqlite_book.hpp"
#include "tvhook-exec/trade.hpp"
#include "wiring/wiring.hpp"

namespace tvh {
namespace {

constexpr std::chrono::seconds kPatience{60};
constexpr int kLookEvery = 20;  // ms

bool has_stopped(int fd, int timeout_ms) {
  pollfd waited{fd, POLLIN, 0};
  return ::poll(&waited, 1, timeout_ms) > 0;
}

// What the scope still holds, a line each.
Result<ExitCode> tell_rest(const model::Request& scope, journal::Execution& execution, cli::Context& context) {
  const auto within = [&](const std::string& venue, const std::string& strategy,
                          const std::string& instrument) {
    return (scope.venue.empty() || scope.venue == venue) &&
           (scope.strategy.empty() || scope.strategy == strategy) &&
           (scope.symbol.empty() || scope.symbol == model::symbol_of(instrument));
  };
  ExitCode code = ExitCode::ok;
  TVH_TRY(const auto positions, execution.read_positions());
  for (const auto& position : positions) {
    if (position.quantity.is_zero() || !within(position.venue, position.strategy, position.instrument))
      continue;
    context.log.error("still open: " + position.quantity.to_string() + " " + position.instrument + " of " +
                      position.strategy + " at " + position.venue + "; tvhook-exec --status says more");
    code = graver(code, ExitCode::answer_is_no);
  }
  TVH_TRY(const auto open, execution.read_open_intents());
  for (const auto& intent : open) {
    if (!within(intent.venue, intent.strategy, intent.request.instrument)) continue;
    const bool unknown =
        intent.state == model::OrderState::submitting || intent.state == model::OrderState::unknown;
    context.log.error("order " + intent.request.client_order_id + " " + intent.request.instrument + " is " +
                      std::string(to_text(intent.state)) + (unknown ? ": run tvhook-reconcile" : ""));
    code = graver(code, unknown ? ExitCode::outcome_unknown : ExitCode::answer_is_no);
  }
  if (code == ExitCode::ok) context.log.info("nothing is open any more");
  return code;
}

// The executor that holds the lock does it.
Result<void> ask_running(const model::Request& scope, journal::Journal& journal, cli::Context& context) {
  TVH_TRY(const auto seq, journal::ask_to_flatten(journal, scope, context.clock.now()));
  const std::string lock = journal::executor_lock_path(context.journal_path);
  const auto deadline = context.clock.steady() + kPatience;
  while (true) {
    TVH_TRY(const bool ended, journal::request_has_ended(journal, seq));
    if (ended) return {};
    if (!journal::ProcessLock::holder(lock)) {
      return fail(Errc::temporary, "the executor stopped before it was done; the next one goes on with it");
    }
    if (context.clock.steady() >= deadline) {
      return fail(
          Errc::temporary,
          "the executor is not done after 60 s and goes on; tvhook-exec --status says what it waits for");
    }
    if (has_stopped(context.stop.fd(), kLookEvery)) {
      return fail(Errc::temporary, "stopped waiting; the executor goes on flattening");
    }
  }
}

Result<bool> knows(const model::Request& scope, cli::Context& context) {
  TVH_TRY(auto journal, journal::Journal::open_read_only(context.journal_path));
  if (scope.strategy.empty() && scope.symbol.empty()) return true;
  return journal::knows_scope(*journal, scope);
}

}  // namespace

model::Request flatten_scope(const ExecOptions& options) {
  model::Request scope;
  scope.kind = "flatten";
  scope.venue = options.venue.value_or("");
  if (!options.strategies.empty()) scope.strategy = options.strategies.front();
  const auto symbols = plain_symbols(options.symbols);
  if (!symbols.empty()) scope.symbol = symbols.front();
  return scope;
}

Result<ExitCode> flatten(const ExecOptions& options, cli::Context& context) {
  const model::Request scope = flatten_scope(options);
  // A mistyped --journal must not read like success.
  TVH_TRY(const bool known, knows(scope, context));
  if (!known) {
    context.log.error("nothing was flattened: the journal knows no position, order or signal of " +
                      (scope.strategy.empty() ? "" : "strategy " + scope.strategy) +
                      (scope.strategy.empty() || scope.symbol.empty() ? "" : " in ") + scope.symbol +
                      "; tvhook-exec --status names what is held");
    return ExitCode::answer_is_no;
  }
  ExitCode code = ExitCode::ok;
  if (journal::ProcessLock::holder(journal::executor_lock_path(context.journal_path))) {
    TVH_TRY(auto journal, journal::Journal::open(context.journal_path));
    TVH_CHECK(ask_running(scope, *journal, context));
  } else {
    TVH_TRY(code, trade(options, context));
  }
  TVH_TRY(auto journal, journal::Journal::open_read_only(context.journal_path));
  journal::SqliteBook book(*journal);
  TVH_TRY(const auto requests, book.read_requests());
  if (!requests.empty())
    context.log.error("not done with flattening: the next start of tvhook-exec goes on with it");
  journal::Execution execution(*journal);
  TVH_TRY(const ExitCode rest, tell_rest(scope, execution, context));
  // A refusal on the way says nothing of the end.
  const ExitCode left = requests.empty() ? ExitCode::ok : ExitCode::answer_is_no;
  return graver(graver(code == ExitCode::answer_is_no ? ExitCode::ok : code, rest), left);
}

}  // namespace tvh
