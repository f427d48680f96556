#include "tvhook-exec/status.hpp"

#include <algorithm>

#include "engine/breaker.hpp"
#include "engine/gate.hpp"
#include "engine/step.hpp"
#include "journal/process_lock.hpp"
#include "journal/sqlite_book.hpp"
#include "journal/status.hpp"
#include "wire/records.hpp"
#include "wiring/wiring.hpp"

namespace tvh {
namespace {

using model::OrderState;

std::string utc(TimePoint at) { return format_time(std::chrono::floor<std::chrono::milliseconds>(at)); }

Result<model::StatusRecord> read_status(const ExecOptions& options, cli::Context& context) {
  // A journal of an older version is brought up to date by the next tool that writes; a missing one is not
  // made.
  TVH_TRY(auto journal, journal::Journal::open_read_only(context.journal_path));
  journal::Execution execution(*journal);
  journal::SqliteBook book(*journal);
  const TimePoint now = context.clock.now();
  TVH_TRY(const auto file, book.load(now));
  TVH_TRY(const auto counts, journal::read_counts(*journal));
  const auto rules = executor_rules(context.config, options.venue);
  const auto state = engine::start_state(file, rules, {now, context.clock.steady(), {}});

  model::StatusRecord status;
  const auto holder = journal::ProcessLock::holder(journal::executor_lock_path(context.journal_path));
  status.executor = holder.value_or("");
  status.journal = context.journal_path;
  TVH_TRY(status.halt, execution.read_halt());
  status.pending = counts.pending;
  status.claimed = counts.claimed;
  TVH_TRY(status.orders, execution.read_open_intents());
  status.positions = file.positions;
  std::erase_if(status.positions, [](const auto& position) { return position.quantity.is_zero(); });
  status.limits = engine::describe_use(engine::scopes_of(state, rules.risk, now), now);
  status.breakers = engine::describe_breakers(rules.breakers, state.breakers, now);
  TVH_TRY(status.requests, book.read_requests());
  for (const auto& [venue, pause] : state.pauses)
    status.pauses.push_back({venue, now + engine::left_of(pause, now)});
  return status;
}

void tell_request(const model::Request& request, bool executor_runs, cli::Output& out) {
  std::string about;
  const auto add = [&](const char* what, const std::string& name) {
    if (!name.empty()) about += (about.empty() ? "" : ", ") + std::string(what) + " " + name;
  };
  add("strategy", request.strategy);
  add("venue", request.venue);
  add("symbol", request.symbol);
  const std::string left = executor_runs     ? "under way"
                           : request.running ? "cut short: the next executor goes on with it"
                                             : "not begun: the next executor begins with it";
  out.write_line("request       " + request.kind + " of " + (about.empty() ? "everything" : about) + ", " +
                 left);
}

std::string describe(const model::Intent& intent) {
  return intent.request.client_order_id + " " + intent.request.instrument + " " +
         std::string(to_text(intent.request.side)) + " " + intent.request.quantity.to_string() + " " +
         std::string(to_text(intent.state));
}

void tell_orders(const std::string& title, const std::vector<model::Intent>& orders, cli::Output& out) {
  out.write_line(title + std::to_string(orders.size()) + (orders.size() == 1 ? " order" : " orders"));
  for (const auto& intent : orders) out.write_line("              " + describe(intent));
}

void tell_limits(const model::StatusRecord& status, cli::Output& out) {
  if (status.limits.empty()) out.write_line("limits        none configured");
  for (const auto& limit : status.limits) {
    out.write_line("limit         " + limit.scope + " " + limit.limit + " " + limit.value + " (" +
                   (limit.used.empty() ? "" : limit.used + " used, ") + "trips: " + limit.trips + ")");
  }
  for (const auto& breaker : status.breakers) {
    const std::string venue = "breaker       [venue." + breaker.venue + "] ";
    if (breaker.open) {
      out.write_line(venue + "open: entries wait; one is tried from " + utc(*breaker.probes_at) + " on");
    } else {
      out.write_line(venue + "closed (" + std::to_string(breaker.failures) + " of " +
                     std::to_string(breaker.limit) + " failures in a row)");
    }
  }
}

}  // namespace

Result<ExitCode> show_status(const ExecOptions& options, cli::Context& context) {
  TVH_TRY(const auto status, read_status(options, context));
  cli::Output& out = context.output;
  if (options.format == "json") {
    out.write_line(wire::format_status(status));
    return ExitCode::ok;
  }
  out.write_line("executing     " +
                 (status.executor.empty() ? "no: no executor runs on this journal" : status.executor));
  out.write_line("journal       " + status.journal);
  out.write_line("halted        " + (status.halt
                                         ? "since " + utc(status.halt->since) + ": " + status.halt->reason
                                         : std::string("no")));
  out.write_line("signals       " + std::to_string(status.pending) + " waiting, " +
                 std::to_string(status.claimed) + " being executed");
  for (const auto& request : status.requests) tell_request(request, !status.executor.empty(), out);
  auto unsettled = status.orders;
  auto resting = status.orders;
  const auto rests = [](const model::Intent& intent) {
    return intent.state == OrderState::accepted || intent.state == OrderState::partially_filled;
  };
  std::erase_if(unsettled, rests);
  std::erase_if(resting, [&](const model::Intent& intent) { return !rests(intent); });
  tell_orders("unsettled     ", unsettled, out);
  if (!resting.empty()) tell_orders("resting       ", resting, out);
  out.write_line("positions     " + std::to_string(status.positions.size()) + " open");
  for (const auto& position : status.positions) {
    out.write_line("              " + position.strategy + " " + position.venue + " " + position.instrument +
                   " " + position.quantity.to_string() + " @ " + position.average_price.to_string());
  }
  tell_limits(status, out);
  for (const auto& pause : status.pauses) {
    out.write_line("pause         [venue." + pause.venue + "] asked us to wait: nothing is sent there before " +
                   utc(pause.until));
  }
  return ExitCode::ok;
}

}  // namespace tvh
