#include "tvhook-replay/paper_run.hpp"

#include <algorithm>

#include "journal/sqlite_book.hpp"
#include "wiring/wiring.hpp"

namespace tvh {
namespace {

// An order that stays unknown would be asked for until the end of time.
constexpr int kMostMoments = 10'000;

}  // namespace

struct PaperRun::Parts {
  Parts(cli::Context& the_context, std::unique_ptr<journal::Journal> the_journal)
      : context(the_context),
        journal(std::move(the_journal)),
        book(*journal),
        clock(TimePoint()),
        sink(context.output, context.log) {}

  cli::Context& context;
  std::unique_ptr<journal::Journal> journal;
  journal::SqliteBook book;
  ManualClock clock;
  Venues venues;
  OutputSink sink;
  std::unique_ptr<execution::Executor> executor;
  int signals = 0;
};

PaperRun::PaperRun(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
PaperRun::~PaperRun() = default;

Result<std::unique_ptr<PaperRun>> PaperRun::open(cli::Context& context, const std::string& venue) {
  TVH_TRY(auto journal, journal::Journal::open_in_memory());
  auto parts = std::make_unique<Parts>(context, std::move(journal));
  TVH_TRY(parts->venues, Venues::open(context.config, *parts->journal, parts->clock, context.environment,
                                      {VenueUse::Exchanges::stand_in}));
  execution::ExecutorSettings settings;
  // The whole replay goes to the venue named, whatever the strategies' sections say.
  settings.rules = executor_rules(context.config, venue);
  settings.rules.rules_for = [&config = context.config, venue](const std::string& strategy) {
    auto rules = rules_for(config, strategy, venue);
    rules.venue = venue;
    return rules;
  };
  settings.venues = parts->venues.all();
  parts->executor = std::make_unique<execution::Executor>(parts->book, parts->clock, settings, parts->sink);
  TVH_CHECK(parts->executor->start());
  return std::unique_ptr<PaperRun>(new PaperRun(std::move(parts)));
}

// One moment after another in which something is due, up to `until`, while anything is under way. What merely
// rests is not waited for: on paper only a price moves it, and those come with signals.
Result<void> PaperRun::pass_time(TimePoint until) {
  Parts& parts = *parts_;
  for (int moments = 0; moments < kMostMoments; ++moments) {
    if (parts.executor->unfinished_signals() == 0 && parts.executor->calls_under_way() == 0) return {};
    const auto due = parts.executor->next_due();
    if (!due) return {};
    const TimePoint at = parts.clock.now() + std::max(Nanoseconds(*due - parts.clock.steady()), Nanoseconds(0));
    if (at > until) return {};
    parts.clock.set(at);
    TVH_CHECK(parts.executor->run_until_idle());
  }
  return {};
}

Result<void> PaperRun::execute(const model::Signal& signal) {
  ++parts_->signals;
  // Files may begin earlier than the one before ended: that one is brought to its end first.
  const bool goes_back = signal.received_at < parts_->clock.now();
  TVH_CHECK(pass_time(goes_back ? TimePoint::max() : signal.received_at));
  parts_->clock.set(signal.received_at);
  TVH_CHECK(parts_->executor->give(signal));
  TVH_CHECK(parts_->executor->run_until_idle());
  return parts_->context.output.flush();
}

Result<ExitCode> PaperRun::finish() {
  TVH_CHECK(pass_time(TimePoint::max()));
  const OutputSink& sink = parts_->sink;
  parts_->context.log.info("replayed " + std::to_string(parts_->signals) +
                           " signals: " + std::to_string(sink.filled) + " orders filled, " +
                           std::to_string(sink.refusals) + " refused");
  const int unfinished = parts_->executor->unfinished_signals();
  if (unfinished > 0) {
    parts_->context.log.error(std::to_string(unfinished) + (unfinished == 1 ? " signal has" : " signals have") +
                              " not come to an end; what is printed is not all they would have done");
  }
  return sink.refusals > 0 || unfinished > 0 ? ExitCode::answer_is_no : ExitCode::ok;
}

}  // namespace tvh
