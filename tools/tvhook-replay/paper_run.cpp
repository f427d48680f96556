#include "tvhook-replay/paper_run.hpp"

#include "journal/sqlite_book.hpp"
#include "wiring/wiring.hpp"

namespace tvh {

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

Result<void> PaperRun::execute(const model::Signal& signal) {
  ++parts_->signals;
  parts_->clock.set(signal.received_at);
  TVH_CHECK(parts_->executor->give(signal));
  TVH_CHECK(parts_->executor->run_until_idle());
  return parts_->context.output.flush();
}

ExitCode PaperRun::finish() {
  const OutputSink& sink = parts_->sink;
  parts_->context.log.info("replayed " + std::to_string(parts_->signals) +
                           " signals: " + std::to_string(sink.filled) + " orders filled, " +
                           std::to_string(sink.refusals) + " refused");
  return sink.refusals > 0 ? ExitCode::answer_is_no : ExitCode::ok;
}

}  // namespace tvh
