#include "tvhook-reconcile/run_reconcile.hpp"

#include <algorithm>

#include "engine/reconcile.hpp"
#include "journal/execution.hpp"
#include "venue/await.hpp"
#include "wire/records.hpp"
#include "wiring/wiring.hpp"

namespace tvh {
namespace {

using Rows = std::vector<std::vector<std::string>>;

struct Findings {
  Rows table{
      {"venue", "instrument", "strategy", "journal", "at venue", "drift", "average", "realised", "cause"}};
  std::vector<wire::DriftRecord> drifts;
};

std::string join(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ",") + name;
  return text.empty() ? "-" : text;
}

// Average price and realised profit of an instrument, when exactly one strategy is in it.
std::pair<std::string, std::string> figures_of(const std::vector<model::Position>& positions,
                                               const std::string& instrument) {
  const model::Position* only = nullptr;
  for (const auto& position : positions) {
    if (position.instrument != instrument) continue;
    if (only != nullptr) return {"-", "-"};
    only = &position;
  }
  if (only == nullptr) return {"-", "-"};
  return {only->average_price.to_string(), only->realised_profit.to_string()};
}

Result<void> compare_venue(venue::Venue& venue, journal::Execution& execution, const Clock& clock,
                           const Decimal& tolerance, Findings& findings) {
  TVH_TRY(auto positions, execution.read_positions());
  std::erase_if(positions, [&](const auto& position) { return position.venue != venue.name(); });
  TVH_TRY(const auto open, execution.read_open_intents());
  std::set<std::string> unsettled;
  for (const auto& intent : open) {
    if (intent.venue == venue.name() && intent.state != model::OrderState::accepted)
      unsettled.insert(intent.request.instrument);
  }
  using Positions = Result<std::vector<venue::VenuePosition>>;
  TVH_TRY(const Positions answer,
          venue::await<Positions>(venue, clock, [&](auto done) { venue.read_positions(done); }));
  TVH_TRY(const auto held, answer);
  std::vector<engine::HeldAtVenue> at_venue;
  for (const auto& position : held) at_venue.push_back({position.instrument, position.quantity});

  for (const auto& row : engine::compare_positions(positions, at_venue, unsettled, tolerance)) {
    const auto [average, realised] = figures_of(positions, row.instrument);
    findings.table.push_back({venue.name(), row.instrument, join(row.strategies), row.journal.to_string(),
                              row.at_venue.to_string(), row.drift.to_string(), average, realised,
                              row.differs ? row.cause : ""});
    if (!row.differs) continue;
    findings.drifts.push_back({venue.name(), row.instrument, join(row.strategies), row.journal, row.at_venue,
                               row.drift, row.cause, ""});
  }
  return {};
}

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
  Findings findings;
  for (const auto& name : names)
    TVH_CHECK(compare_venue(*venues.find(name), execution, context.clock, tolerance, findings));

  if (options.format == "json") {
    for (const auto& drift : findings.drifts) context.output.write_line(wire::format_drift(drift));
  } else {
    context.output.write(cli::format_table(findings.table));
    context.output.write_line(findings.drifts.empty()
                                  ? "no drift"
                                  : std::to_string(findings.drifts.size()) +
                                        (findings.drifts.size() == 1 ? " drift" : " drifts") +
                                        ": nothing was changed");
  }
  return findings.drifts.empty() ? ExitCode::ok : ExitCode::answer_is_no;
}

}  // namespace tvh
