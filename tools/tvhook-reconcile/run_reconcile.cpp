#include "tvhook-reconcile/run_reconcile.hpp"

#include <algorithm>

#include "journal/process_lock.hpp"
#include "tvhook-reconcile/compare_venue.hpp"
#include "tvhook-reconcile/findings.hpp"
#include "wiring/wiring.hpp"

namespace tvh {
namespace {

// The venues to look at: the one asked for, or each that a position names and the configuration knows.
Result<std::vector<std::string>> venues_to_compare(const ReconcileOptions& options, const cli::Config& config,
                                                   journal::Execution& execution) {
  if (options.venue) return std::vector{*options.venue};
  TVH_TRY(const auto positions, execution.read_positions());
  std::vector<std::string> names{"paper"};
  for (const auto& [name, venue] : config.venues) names.push_back(name);
  for (const auto& position : positions) {
    if (!position.quantity.is_zero() && config.venue(position.venue) == nullptr) {
      return fail(Errc::configuration,
                  "the journal holds " + position.instrument + " at venue " + position.venue +
                      ", which the configuration does not name; put [venue." + position.venue + "] back");
    }
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace

Result<ExitCode> run_reconcile(const ReconcileOptions& options, cli::Context& context) {
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
  TVH_TRY(const auto venues, Venues::open(context.config, *journal, context.clock, context.environment,
                                          {VenueUse::Exchanges::real, venue::PaperVenue::Account::as_it_is}));
  TVH_TRY(const auto names, venues_to_compare(options, context.config, execution));
  const bool runs = journal::ProcessLock::holder(journal::executor_lock_path(context.journal_path)).has_value();
  const Comparing comparing{execution, context.clock, tolerance,
                            runs ? engine::ExecutorNow::runs : engine::ExecutorNow::absent};
  Findings findings;
  for (const auto& name : names) TVH_CHECK(compare_venue(*venues.find(name), comparing, findings));
  if (options.format == "json") {
    tell_as_json(findings, context.output);
  } else {
    tell_as_table(findings, context.output);
  }
  return findings.drifts.empty() ? ExitCode::ok : ExitCode::answer_is_no;
}

}  // namespace tvh
