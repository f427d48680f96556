#include "tvhook-reconcile/run_reconcile.hpp"

#include <map>
#include <set>

#include "journal/process_lock.hpp"
#include "tvhook-reconcile/compare_venue.hpp"
#include "tvhook-reconcile/explain.hpp"
#include "tvhook-reconcile/findings.hpp"
#include "wiring/wiring.hpp"

namespace tvh {
namespace {

// The venues to look at: the one asked for, or each of the configuration.
std::set<std::string> venues_to_compare(const ReconcileOptions& options, const cli::Config& config) {
  if (options.venue) return {*options.venue};
  std::set<std::string> names{"paper"};
  for (const auto& [name, venue] : config.venues) names.insert(name);
  return names;
}

// Venues where the journal has something open and that the configuration does not name, each with an example.
Result<std::map<std::string, std::string>> lost_venues(const cli::Config& config,
                                                       journal::Execution& execution) {
  std::map<std::string, std::string> lost;
  TVH_TRY(const auto positions, execution.read_positions());
  for (const auto& position : positions) {
    if (!position.quantity.is_zero() && config.venue(position.venue) == nullptr)
      lost.emplace(position.venue, "the journal holds " + position.instrument);
  }
  TVH_TRY(const auto open, execution.read_open_intents());
  for (const auto& intent : open) {
    if (config.venue(intent.venue) == nullptr)
      lost.emplace(intent.venue, "order " + intent.request.client_order_id + " is open");
  }
  return lost;
}

// By itself: a venue whose secrets cannot be read hides no other.
Result<void> open_and_compare(const std::string& name, const Comparing& comparing, cli::Context& context,
                              Findings& findings) {
  cli::Config alone = context.config;
  std::erase_if(alone.venues, [&](const auto& venue) { return venue.first != name; });
  TVH_TRY(const auto venues,
          Venues::open(alone, comparing.execution.journal(), context.clock, context.environment,
                       {VenueUse::Exchanges::real, venue::PaperVenue::Account::as_it_is}));
  return compare_venue(*venues.find(name), comparing, findings);
}

}  // namespace

Result<ExitCode> run_reconcile(const ReconcileOptions& options, cli::Context& context) {
  if (options.explain) return explain(options, context);
  TVH_CHECK(check_rules(context.config, options.venue));
  Decimal tolerance;
  if (options.tolerance) {
    auto parsed = Decimal::parse(*options.tolerance);
    if (!parsed || parsed->is_negative())
      return fail(Errc::usage, "--tolerance wants a quantity of 0 or more, such as 0.0001");
    tolerance = *parsed;
  }
  TVH_TRY(auto journal, journal::Journal::open_read_only(context.journal_path));
  if (context.check) return ExitCode::ok;
  journal::Execution execution(*journal);
  const bool runs = journal::ProcessLock::holder(journal::executor_lock_path(context.journal_path)).has_value();
  const Comparing comparing{execution, context.clock, tolerance,
                            runs ? engine::ExecutorNow::runs : engine::ExecutorNow::absent};
  Findings findings;
  ExitCode code = ExitCode::ok;
  const auto note_failure = [&](const std::string& venue, const Error& error) {
    context.log.error(error.message);
    findings.not_compared.push_back(venue);
    code = graver(code, exit_code_of(error.code));
  };
  if (!options.venue) {
    TVH_TRY(const auto lost, lost_venues(context.config, execution));
    for (const auto& [venue, example] : lost) {
      note_failure(venue, fail(Errc::configuration, example + " at venue " + venue +
                                                        ", which the configuration does not name; put [venue." +
                                                        venue + "] back"));
    }
  }
  for (const auto& name : venues_to_compare(options, context.config)) {
    if (context.stop.requested()) return context.stop.code();
    if (const auto compared = open_and_compare(name, comparing, context, findings); !compared)
      note_failure(name, compared.error());
  }
  if (options.format == "json") {
    tell_as_json(findings, context.output);
  } else {
    tell_as_table(findings, context.output);
  }
  return graver(code, findings.drifts.empty() ? ExitCode::ok : ExitCode::answer_is_no);
}

}  // namespace tvh
