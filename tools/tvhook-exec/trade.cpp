#include "tvhook-exec/trade.hpp"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>

#include "journal/bell.hpp"
#include "journal/process_lock.hpp"
#include "journal/requests.hpp"
#include "journal/sqlite_book.hpp"
#include "tvhook-exec/flatten.hpp"
#include "tvhook-exec/settling.hpp"
#include "tvhook-exec/signal_stream.hpp"
#include "tvhook-exec/wake_set.hpp"
#include "wiring/wiring.hpp"

namespace tvh {
namespace {

using std::chrono::milliseconds;
using Steady = std::chrono::steady_clock::time_point;

constexpr milliseconds kLookInterval{1000};       // a ring may be lost, a second may not
constexpr std::chrono::seconds kStopPatience{3};  // for answers that are on their way when told to stop
// For a flatten that waits for what a venue does not tell; longer than what rests is left without a look.
constexpr std::chrono::seconds kFlattenPatience{60};
// For what closes, while more may come: whoever pipes a listener here runs a service.
constexpr std::chrono::minutes kExitPatience{15};

// Tests name a step in TVHOOK_CRASH_AT, "submitted" or "submitted:3" for the third time, and the process dies
// there as by kill -9.
std::function<void(std::string_view)> crash_points(const cli::GetEnvironment& environment) {
  const auto point = environment("TVHOOK_CRASH_AT");
  if (!point) return {};
  const std::size_t colon = point->find(':');
  int times = 1;
  if (colon != std::string::npos) {
    std::from_chars(point->data() + colon + 1, point->data() + point->size(), times);
  }
  return [name = point->substr(0, colon), times](std::string_view step) mutable {
    if (step == name && --times == 0) ::kill(::getpid(), SIGKILL);
  };
}

class Trade {
 public:
  Trade(const ExecOptions& options, cli::Context& context, journal::Journal& journal, Venues venues)
      : context_(context),
        options_(options),
        journal_(journal),
        book_(journal),
        venues_(std::move(venues)),
        sink_(context.output, context.log),
        executor_(book_, context.clock, settings(), sink_),
        stream_(context.input_fd, wake_.fd(), context.log),
        follows_(options.follow.has_value()),
        reads_stdin_(!options.flatten && (!options.follow || *options.follow == "-")) {}

  Result<ExitCode> run();

 private:
  execution::ExecutorSettings settings();
  Result<void> look();  // at the journal, when it is followed
  Result<void> work();
  Result<void> read_or_wait();
  Result<void> read_once(int timeout_ms);
  Result<void> wind_down();
  Result<void> hand_over();
  int patience() const;
  bool is_done();
  void tell_repeated(const model::Signal& signal, execution::Executor::Given given);
  void tell_left_pending();
  void end_stdin();
  ExitCode tell_unended() const;
  bool stopping() const { return context_.stop.requested() || context_.output.closed(); }
  ExitCode exit_code() const;

  cli::Context& context_;
  const ExecOptions& options_;
  journal::Journal& journal_;
  journal::SqliteBook book_;
  Venues venues_;
  OutputSink sink_;
  execution::Executor executor_;
  WakeSet wake_;
  SignalStream stream_;
  std::optional<journal::BellWatch> bell_;
  bool follows_;
  bool reads_stdin_;
  bool stdin_ended_ = false;
  Settling settling_;
  int edited_too_late_ = 0;
  int repeated_ = 0;
  bool told_left_out_ = false;
};

execution::ExecutorSettings Trade::settings() {
  execution::ExecutorSettings settings;
  settings.rules = executor_rules(context_.config, options_.venue);
  settings.rules.only_symbols = plain_symbols(options_.symbols);
  settings.rules.only_strategies = options_.strategies;
  settings.rules.exit_patience = options_.flatten ? Nanoseconds(kFlattenPatience) : Nanoseconds(kExitPatience);
  settings.rules.edit_policy =
      options_.follow ? engine::EditPolicy::refuse_edited : engine::EditPolicy::edited_wins;
  settings.venues = venues_.all();
  settings.passes_over_missing_venues = options_.flatten;
  settings.at_step = crash_points(context_.environment);
  return settings;
}

Result<ExitCode> Trade::run() {
  context_.output.never_wait();
  wake_.add(context_.stop.fd());
  for (const venue::Venue* venue : venues_.all()) wake_.add(venue->wait_fd());
  // Before the first look, so that no ring falls between; without --follow it brings halts and requests.
  TVH_TRY(bell_, journal::BellWatch::open(journal_.path()));
  wake_.add(bell_->fd());
  if (options_.flatten)
    TVH_CHECK(journal::ask_to_flatten(journal_, flatten_scope(options_), context_.clock.now()));
  TVH_CHECK(executor_.start());
  for (const auto& [venue, wait] : executor_.waits()) {
    context_.log.info("nothing is sent to venue " + venue + " for " + std::to_string(wait.count()) +
                      " s: it asked for that, or what was sent shortly before still counts against its rate");
  }
  TVH_CHECK(work());
  if (!follows_ && !options_.flatten) tell_left_pending();
  while (!stopping() && !is_done()) {
    TVH_CHECK(look());
    TVH_CHECK(work());
    if (is_done()) break;
    TVH_CHECK(read_or_wait());
  }
  TVH_CHECK(wind_down());
  journal_.settle();
  TVH_CHECK(hand_over());
  return exit_code();
}

Result<void> Trade::look() {
  bell_->silence();
  if (follows_) TVH_CHECK(executor_.take_pending());
  TVH_CHECK(executor_.take_requests());
  return {};
}

Result<void> Trade::work() {
  if (auto worked = executor_.run_until_idle(); !worked) {
    // Somebody else writes for long, or reads what we must change: that passes, nothing was changed.
    if (worked.error().code != Errc::temporary || !follows_) return worked;
    context_.log.warning(worked.error().message);
  }
  // Getting out goes on untold; the end says so.
  if (auto told = context_.output.offer(); !told && !options_.flatten) return told;
  wake_.want_room(context_.output.fd(), context_.output.has_kept());
  if (context_.output.left_out() > 0 && !std::exchange(told_left_out_, true)) {
    context_.log.warning("stdout is read too slowly, records are left out; the journal has them all");
  }
  return {};
}

// The rest of the records, for a reader that takes its time; not for one that is asked to do without.
Result<void> Trade::hand_over() {
  std::optional<Steady> until;
  while (context_.output.has_kept()) {
    TVH_CHECK(context_.output.offer());
    if (!context_.output.has_kept()) break;
    if (context_.stop.requested() && !until) until = context_.clock.steady() + kStopPatience;
    const auto left = until ? *until - context_.clock.steady() : Nanoseconds(-1);
    if (until && left <= Nanoseconds(0)) {
      context_.output.abandon();
      return fail(Errc::storage, "stdout is not read: the last records are in the journal only");
    }
    pollfd watched[2] = {{context_.output.fd(), POLLOUT, 0}, {until ? -1 : context_.stop.fd(), POLLIN, 0}};
    ::poll(watched, 2, until ? int(std::chrono::ceil<milliseconds>(left).count()) : -1);
  }
  return {};
}

// How long to wait for something to happen: until the next thing is due, and for a follower no longer than its
// fallback look.
int Trade::patience() const {
  std::optional<milliseconds> wait;
  if (follows_ || options_.flatten) wait = kLookInterval;
  const auto now = context_.clock.steady();
  const auto consider = [&](const std::optional<Steady>& due) {
    if (!due) return;
    const auto left = std::max(std::chrono::ceil<milliseconds>(*due - now), milliseconds(0));
    if (!wait || left < *wait) wait = left;
  };
  consider(executor_.next_due());
  consider(settling_.until());
  return wait ? int(wait->count()) : -1;
}

Result<void> Trade::read_or_wait() {
  if (reads_stdin_ && !stdin_ended_ && executor_.has_room()) return read_once(patience());
  journal_.maintain();
  wake_.wait(patience());
  return {};
}

Result<void> Trade::read_once(int timeout_ms) {
  auto next = stream_.next(timeout_ms);
  if (auto* error = std::get_if<Error>(&next)) return std::move(*error);
  if (std::holds_alternative<StreamEnded>(next)) end_stdin();
  if (auto* signal = std::get_if<model::Signal>(&next)) {
    TVH_TRY(const auto given, executor_.give(*signal));
    tell_repeated(*signal, given);
  }
  return {};
}

bool Trade::is_done() {
  if (follows_) return false;
  const auto now = context_.clock.steady();
  if (options_.flatten && executor_.has_requests())
    return settling_.stands_still(executor_, now, kFlattenPatience);
  if (!options_.flatten && !stdin_ended_) return false;
  return settling_.is_over(executor_, now);
}

// A run that ends by itself is not kept waiting; whoever started it sees that the venue was away.
void Trade::end_stdin() {
  stdin_ended_ = true;
  if (!follows_) executor_.set_exit_patience({});
}

// What was sent is answered within moments or not at all; an answer that comes is worth recording.
Result<void> Trade::wind_down() {
  if (!stopping()) return {};
  const auto until = context_.clock.steady() + kStopPatience;
  while (executor_.calls_under_way() > 0 && context_.clock.steady() < until) {
    TVH_CHECK(work());
    if (executor_.calls_under_way() == 0) break;
    const auto due = executor_.next_due();
    const auto left = due ? std::min(*due, until) - context_.clock.steady() : until - context_.clock.steady();
    // Not the wake set: its stop stays readable.
    std::vector<pollfd> venues;
    for (const venue::Venue* venue : venues_.all()) venues.push_back({venue->wait_fd(), POLLIN, 0});
    ::poll(venues.data(), venues.size(),
           int(std::max<std::int64_t>(0, std::chrono::ceil<milliseconds>(left).count())));
  }
  return {};
}

// Beside --follow every line comes twice by design; without it the end says why nothing happened.
void Trade::tell_repeated(const model::Signal& signal, execution::Executor::Given given) {
  if (given == execution::Executor::Given::edited_too_late) {
    ++edited_too_late_;
    context_.log.error("signal " + signal.id +
                       " was changed on its way, but the text in the journal was executed before; to "
                       "edit signals, pipe them to tvhook-exec without --follow");
  } else if (given == execution::Executor::Given::nothing && !follows_) {
    ++repeated_;
  }
}

// An earlier pipe was cut, or the listener ran without one: what it accepted is not lost, but nobody here asks
// for it.
void Trade::tell_left_pending() {
  std::int64_t after_seq = 0;
  const auto pending = book_.read_pending(after_seq, 1);
  if (!pending || pending->empty()) return;
  context_.log.info("the journal holds signals that nobody has executed yet, since " +
                    format_time(pending->front().received_at) + "; tvhook-exec --follow executes them");
}

// What this run leaves behind, and what to do about it. A follower is started again and goes on.
ExitCode Trade::tell_unended() const {
  const auto count = [](int number, const char* what) {
    return std::to_string(number) + " " + what + (number == 1 ? "" : "s");
  };
  const int unknown = executor_.unknown_orders();
  if (unknown > 0) {
    context_.log.error("the outcome of " + count(unknown, "order") +
                       " is not known: run tvhook-reconcile before trading on");
  }
  const int unsent = follows_ ? 0 : executor_.unsent_orders();
  if (unsent > 0) {
    context_.log.error(count(unsent, "order") +
                       " decided on and not sent: the next start of tvhook-exec sends what is not too old by "
                       "then (max_age); --halt before it ends them unsent");
  }
  const int waiting = follows_ && unknown == 0 ? 0 : executor_.waiting_signals();
  if (waiting > 0) {
    context_.log.error(count(waiting, "signal") +
                       " not executed: they stay in the journal; tvhook-exec --follow executes them in order");
  }
  if (unknown > 0) return ExitCode::outcome_unknown;
  return unsent + waiting > 0 && !follows_ && !options_.flatten && !context_.stop.requested()
             ? ExitCode::temporary
             : ExitCode::ok;
}

ExitCode Trade::exit_code() const {
  ExitCode code = ExitCode::ok;
  if (repeated_ > 0) {
    context_.log.info("signals that were executed before, for which nothing was done: " +
                      std::to_string(repeated_));
  }
  const ExitCode unended = tell_unended();
  if (unended == ExitCode::outcome_unknown) code = graver(code, unended);
  if (context_.output.left_out() > 0) {
    context_.log.error("records that stdout was read too slowly for: " +
                       std::to_string(context_.output.left_out()) + "; the journal has them");
    code = graver(code, ExitCode::storage);
  }
  if (stream_.broken_lines() > 0) code = graver(code, ExitCode::bad_data);
  if (follows_) return code;
  if (sink_.credentials > 0) code = graver(code, ExitCode::credentials);
  if (sink_.unreachable > 0) code = graver(code, ExitCode::unavailable);
  if (edited_too_late_ > 0 || sink_.refusals > 0) code = graver(code, ExitCode::answer_is_no);
  // What is graver says why.
  if (unended == ExitCode::temporary && graver(code, ExitCode::bad_data) == ExitCode::bad_data) code = unended;
  if (context_.stop.requested()) code = graver(code, context_.stop.code());
  return code;
}

}  // namespace

Result<ExitCode> trade(const ExecOptions& options, cli::Context& context) {
  TVH_TRY(auto journal, journal::Journal::open(context.journal_path));
  const std::string about = "pid " + std::to_string(::getpid()) + ", since " +
                            format_time(context.clock.now()) +
                            (options.follow    ? ", follows the journal"
                             : options.flatten ? ", flattens"
                                               : ", reads stdin");
  TVH_TRY(const auto lock,
          journal::ProcessLock::acquire(journal::executor_lock_path(context.journal_path), about));
  VenueUse use;
  std::map<std::string, Error> unopened;
  // Getting out of the others comes first.
  if (options.flatten) use.unopened = &unopened;
  TVH_TRY(auto venues, Venues::open(context.config, *journal, context.clock, context.environment, use));
  for (const auto& [name, error] : unopened) {
    if (!options.venue || *options.venue == name)
      context.log.error("venue " + name + " is left alone: " + error.message);
  }
  Trade trade(options, context, *journal, std::move(venues));
  return trade.run();
}

}  // namespace tvh
