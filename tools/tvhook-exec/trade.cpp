#include "tvhook-exec/trade.hpp"

#include <signal.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <deque>

#include "journal/bell.hpp"
#include "journal/process_lock.hpp"
#include "tvhook-exec/signal_stream.hpp"
#include "wiring/wiring.hpp"

namespace tvh {
namespace {

constexpr int kLookInterval = 1000;  // ms: a ring may be lost, a second may not
constexpr int kBatch = 64;

// One descriptor that is readable when there is a reason to look up from reading stdin: a stop, a ring of the
// bell.
class WakeSet {
 public:
  WakeSet() : fd_(::epoll_create1(EPOLL_CLOEXEC)) { TVH_INVARIANT(fd_ >= 0, "epoll is available"); }
  ~WakeSet() { ::close(fd_); }
  WakeSet(const WakeSet&) = delete;
  WakeSet& operator=(const WakeSet&) = delete;
  int fd() const { return fd_; }
  void add(int fd) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = fd;
    TVH_INVARIANT(::epoll_ctl(fd_, EPOLL_CTL_ADD, fd, &event) == 0, "a descriptor can be watched");
  }
  void wait(int timeout_ms) {
    epoll_event event;
    ::epoll_wait(fd_, &event, 1, timeout_ms);  // whatever it says, the caller looks itself
  }

 private:
  int fd_;
};

// Tests name a step in TVHOOK_CRASH_AT, and the process dies there as by kill -9.
std::function<void(std::string_view)> crash_points(const cli::GetEnvironment& environment) {
  const auto point = environment("TVHOOK_CRASH_AT");
  if (!point) return {};
  return [name = *point](std::string_view step) {
    if (step == name) ::kill(::getpid(), SIGKILL);
  };
}

class Trade {
 public:
  Trade(const ExecOptions& options, cli::Context& context, journal::Journal& journal, Venues venues)
      : context_(context),
        journal_(journal),
        execution_(journal),
        venues_(std::move(venues)),
        sink_(context.output),
        executor_(execution_, context.clock, settings(options), sink_),
        follows_(options.follow.has_value()),
        reads_stdin_(!options.follow || *options.follow == "-") {}

  Result<ExitCode> run();

 private:
  execution::ExecutorSettings settings(const ExecOptions& options);
  Result<void> drain_journal();
  Result<void> retry_waiting();
  Result<bool> take(const Result<execution::Ending>& ending);  // whether the signal waits for its lane
  Result<void> read_once(SignalStream& stream, int timeout_ms);
  void tell_repeated(const model::Signal& signal, execution::Ending ending);
  Result<void> flush();
  bool stopping() const { return context_.stop.requested() || context_.output.closed(); }
  Result<void> settle_unknown();
  ExitCode exit_code(const SignalStream& stream) const;

  cli::Context& context_;
  journal::Journal& journal_;
  journal::Execution execution_;
  Venues venues_;
  OutputSink sink_;
  execution::Executor executor_;
  bool follows_;
  bool reads_stdin_;
  bool stdin_ended_ = false;
  int unknown_ = 0;
  int edited_too_late_ = 0;
  int repeated_ = 0;
  std::deque<model::Signal> waiting_;  // from stdin, in order; following finds them in the journal
};

execution::ExecutorSettings Trade::settings(const ExecOptions& options) {
  execution::ExecutorSettings settings;
  settings.rules_for = [this, venue = options.venue](const std::string& strategy) {
    return rules_for(context_.config, strategy, venue);
  };
  settings.find_venue = [this](const std::string& name) { return venues_.find(name); };
  settings.risk = risk_rules(context_.config);
  settings.only_symbols = plain_symbols(options.symbols);
  settings.only_strategies = options.strategies;
  settings.edit_policy = options.follow ? journal::EditPolicy::refuse_edited : journal::EditPolicy::edited_wins;
  settings.at_step = crash_points(context_.environment);
  return settings;
}

Result<ExitCode> Trade::run() {
  TVH_TRY(unknown_, executor_.recover());
  TVH_CHECK(flush());
  WakeSet wake;
  wake.add(context_.stop.fd());
  std::optional<journal::BellWatch> bell;
  if (follows_) {
    TVH_TRY(bell, journal::BellWatch::open(journal_.path()));
    wake.add(bell->fd());
  }
  SignalStream stream(context_.input_fd, wake.fd(), context_.log);
  while (!stopping() && !(stdin_ended_ && !follows_)) {
    TVH_CHECK(settle_unknown());
    if (follows_) {
      bell->silence();
      TVH_CHECK(drain_journal());
    }
    const int patience = follows_ || unknown_ > 0 ? kLookInterval : -1;
    if (reads_stdin_ && !stdin_ended_) {
      TVH_CHECK(read_once(stream, patience));
    } else {
      journal_.maintain();
      wake.wait(patience);
    }
  }
  TVH_CHECK(settle_unknown());
  journal_.settle();
  return exit_code(stream);
}

Result<void> Trade::read_once(SignalStream& stream, int timeout_ms) {
  auto next = stream.next(timeout_ms);
  if (auto* error = std::get_if<Error>(&next)) return std::move(*error);
  if (std::holds_alternative<StreamEnded>(next)) stdin_ended_ = true;
  if (auto* signal = std::get_if<model::Signal>(&next)) {
    const auto ending = executor_.execute_given(*signal);
    if (ending) tell_repeated(*signal, *ending);
    TVH_TRY(const bool waits, take(ending));
    if (waits && !follows_) waiting_.push_back(std::move(*signal));
  }
  return {};
}

// All that is pending, once: what waits for its lane is passed over, and met again at the next look.
Result<void> Trade::drain_journal() {
  std::int64_t after_seq = 0;
  while (true) {
    TVH_TRY(const auto pending, execution_.read_pending(after_seq, kBatch));
    if (pending.empty()) return {};
    for (const auto& signal : pending) {
      if (stopping()) return {};
      TVH_CHECK(take(executor_.execute_stored(signal)));
    }
  }
}

Result<bool> Trade::take(const Result<execution::Ending>& ending) {
  if (!ending) {
    // Somebody else writes for long, or reads what we must change: that passes, the signal stays pending.
    if (ending.error().code == Errc::temporary && follows_) {
      context_.log.warning(ending.error().message);
      return false;
    }
    return ending.error();
  }
  if (*ending == execution::Ending::unknown) ++unknown_;
  journal_.maintain();
  TVH_CHECK(flush());
  return *ending == execution::Ending::waits;
}

// Beside --follow every line comes twice by design; without it the end says why nothing happened.
void Trade::tell_repeated(const model::Signal& signal, execution::Ending ending) {
  if (ending == execution::Ending::edited_too_late) {
    ++edited_too_late_;
    context_.log.error("signal " + signal.id +
                       " was changed on its way, but the text in the journal was executed before; to "
                       "edit signals, pipe them to tvhook-exec without --follow");
  } else if (ending == execution::Ending::nothing && !follows_) {
    ++repeated_;
  }
}

Result<void> Trade::flush() { return context_.output.flush(); }

Result<void> Trade::settle_unknown() {
  if (unknown_ == 0) return {};
  TVH_TRY(unknown_, executor_.recover());
  TVH_CHECK(flush());
  return retry_waiting();
}

// In the order they came, before anything newer is read: a lane keeps its order.
Result<void> Trade::retry_waiting() {
  std::deque<model::Signal> waited;
  waited.swap(waiting_);
  for (auto& signal : waited) {
    TVH_TRY(const bool waits, take(executor_.execute_given(signal)));
    if (waits) waiting_.push_back(std::move(signal));
  }
  return {};
}

ExitCode Trade::exit_code(const SignalStream& stream) const {
  ExitCode code = ExitCode::ok;
  if (repeated_ > 0) {
    context_.log.info("signals that were executed before, for which nothing was done: " +
                      std::to_string(repeated_));
  }
  if (unknown_ > 0) {
    context_.log.error("the outcome of " + std::to_string(unknown_) +
                       " orders is not known: run tvhook-reconcile before trading on");
    code = graver(code, ExitCode::outcome_unknown);
  }
  if (stream.broken_lines() > 0) code = graver(code, ExitCode::bad_data);
  if (edited_too_late_ > 0 && !follows_) code = graver(code, ExitCode::answer_is_no);
  if (sink_.refusals > 0 && !follows_) code = graver(code, ExitCode::answer_is_no);
  if (context_.stop.requested() && !follows_) code = graver(code, context_.stop.code());
  return code;
}

}  // namespace

Result<ExitCode> trade(const ExecOptions& options, cli::Context& context) {
  TVH_TRY(auto journal, journal::Journal::open(context.journal_path));
  const std::string about = "pid " + std::to_string(::getpid()) + ", since " +
                            format_time(context.clock.now()) +
                            (options.follow ? ", follows the journal" : ", reads stdin");
  TVH_TRY(const auto lock,
          journal::ProcessLock::acquire(journal::executor_lock_path(context.journal_path), about));
  TVH_TRY(auto venues, Venues::open(context.config, *journal, context.clock));
  Trade trade(options, context, *journal, std::move(venues));
  return trade.run();
}

}  // namespace tvh
