#include "tvhook-reconcile/compare_venue.hpp"

#include <algorithm>

#include "venue/await.hpp"

namespace tvh {
namespace {

using model::Intent;
using model::OrderState;

std::string join(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ",") + name;
  return text.empty() ? "-" : text;
}

// For a cell of the table: the record has them all.
std::string join_few(const std::vector<std::string>& names) {
  static constexpr std::size_t kNamesShown = 3;
  if (names.size() <= kNamesShown) return join(names);
  const std::vector<std::string> few(names.begin(), names.begin() + kNamesShown);
  return join(few) + " and " + std::to_string(names.size() - kNamesShown) + " more";
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

std::string advice_for(const std::string& cause, engine::ExecutorNow executor) {
  if (executor == engine::ExecutorNow::runs) {
    return "the running executor keeps asking for such an order; if it stays, look it up at the venue by its "
           "client order id";
  }
  if (cause == "order_gone") {
    return "look in the venue's order history for what rested and is gone, then start tvhook-exec --follow: "
           "it looks again, and lets go of it when the venue has forgotten it";
  }
  return "start tvhook-exec (--follow, or once: tvhook-exec < /dev/null): it asks the venue what became of "
         "its orders and settles them";
}

// No command changes the journal's fills: what differs is traded away where it can be, at the venue.
std::string advice_for(const engine::Comparison& row, const venue::Venue& at) {
  const std::string& venue = at.name();
  if (row.cause == "unknown_outcome") {
    return "an order of " + row.instrument + " at " + venue +
           " is open or in question: let tvhook-exec settle it, then compare again";
  }
  if (at.capabilities().fills_at_reference) {
    return "the paper account and the journal's positions are written together: " + row.instrument + " at " +
           venue + " was changed by hand, or its account is another journal's";
  }
  const std::string trade = std::string(row.drift.is_negative() ? "buy " : "sell ") +
                            row.drift.absolute().to_string() + " " + row.instrument;
  if (row.cause == "not_ours") {
    return "no strategy of ours holds " + row.instrument + " at " + venue + ": leave it to whoever does, or " +
           trade + " there by hand";
  }
  const bool more_of_an_asset =
      model::market_of(row.instrument) == model::Market::spot && !row.drift.is_negative();
  const std::string own =
      more_of_an_asset ? "if these coins are your own, leave them (--tolerance); else " : "";
  return own + trade + " at " + venue +
         " by hand, so that it holds what the journal says; what is then not wanted is closed by tvhook-exec "
         "--flatten (no command corrects the journal; see tvhook-reconcile(1), AFTER A DRIFT)";
}

class OrderReview {
 public:
  OrderReview(venue::Venue& venue, const Comparing& comparing, Findings& findings)
      : venue_(venue), comparing_(comparing), findings_(findings) {}

  // Asks about those in question, the unsettled first, while the venue answers.
  Result<void> look(std::vector<Intent> orders) {
    std::stable_partition(orders.begin(), orders.end(), [](const Intent& intent) {
      return intent.state == OrderState::submitting || intent.state == OrderState::unknown;
    });
    bool venue_answers = true;
    int asked = 0;
    Result<void> ended;
    for (const Intent& intent : orders) {
      if (!engine::is_in_question(intent, comparing_.executor, comparing_.clock.now())) continue;
      std::optional<model::QueryOutcome> told;
      if (venue_answers && asked++ < kMostOrdersAsked) {
        told = ask(intent);
        if (const auto* silence = std::get_if<model::Unknown>(&*told)) {
          venue_answers = false;  // the next ones would wait as long
          ended = fail(Errc::unavailable, "venue " + venue_.name() + " did not tell of order " +
                                              intent.request.client_order_id + ": " + silence->why);
        }
      }
      const auto finding = engine::judge_order(intent, told, comparing_.executor);
      if (!finding) continue;
      // An executor may have settled it while we asked.
      TVH_TRY(const auto now, comparing_.execution.read_intent(intent.request.client_order_id));
      if (now && now->state == intent.state && now->filled_quantity == intent.filled_quantity)
        tell(intent, *finding);
    }
    if (asked > kMostOrdersAsked && ended) {
      return fail(Errc::unavailable, "venue " + venue_.name() + " has " + std::to_string(asked) +
                                         " orders to be asked about; " + std::to_string(kMostOrdersAsked) +
                                         " were, the others were not compared");
    }
    return ended;
  }

 private:
  model::QueryOutcome ask(const Intent& intent) {
    const model::OrderKey key{intent.request.client_order_id, intent.venue_order_id, intent.request.instrument,
                              intent.request.market, intent.request.type};
    auto told = venue::await<model::QueryOutcome>(venue_, comparing_.clock,
                                                  [&](auto done) { venue_.query_order(key, done); });
    return told ? *std::move(told) : model::QueryOutcome(model::Unknown{told.error().message});
  }

  void tell(const Intent& intent, const engine::OrderFinding& finding) {
    const auto& request = intent.request;
    const auto signed_by_side = [&](const Decimal& filled) {
      return request.side == model::Side::buy ? filled : -filled;
    };
    wire::DriftRecord drift;
    drift.venue = venue_.name();
    drift.instrument = request.instrument;
    drift.strategy = intent.strategy;
    drift.journal = signed_by_side(intent.filled_quantity);
    drift.at_venue = signed_by_side(finding.at_venue);
    drift.drift = drift.at_venue - drift.journal;
    drift.cause = finding.cause;
    drift.evidence = finding.evidence;
    drift.client_order_id = request.client_order_id;
    drift.state = to_text(intent.state);
    drift.since = intent.submitted_at.value_or(intent.planned_at);
    drift.advice = advice_for(finding.cause, comparing_.executor);
    findings_.orders.push_back({drift.client_order_id, drift.venue, drift.instrument,
                                std::string(to_text(request.side)), request.quantity.to_string(), drift.state,
                                format_time(std::chrono::floor<std::chrono::seconds>(*drift.since)),
                                finding.evidence});
    add_advice(findings_, drift.advice);
    findings_.drifts.push_back(std::move(drift));
  }

  venue::Venue& venue_;
  const Comparing& comparing_;
  Findings& findings_;
};

Result<void> compare_held(venue::Venue& venue, const Comparing& comparing, const engine::OpenOrders& orders,
                          Findings& findings) {
  TVH_TRY(auto positions, comparing.execution.read_positions());
  std::erase_if(positions, [&](const auto& position) { return position.venue != venue.name(); });
  using Positions = Result<std::vector<venue::VenuePosition>>;
  TVH_TRY(const Positions answer,
          venue::await<Positions>(venue, comparing.clock, [&](auto done) { venue.read_positions(done); }));
  TVH_TRY(const auto held, answer);
  std::vector<engine::HeldAtVenue> at_venue;
  for (const auto& position : held)
    at_venue.push_back({position.instrument, position.quantity, position.asset, position.also});

  for (const auto& row : engine::compare_positions(positions, at_venue, orders, comparing.tolerance)) {
    const auto [average, realised] = figures_of(positions, row.instrument);
    findings.positions.push_back({venue.name(), row.instrument, join_few(row.strategies),
                                  row.journal.to_string(), row.at_venue.to_string(), row.drift.to_string(),
                                  average, realised, row.differs ? row.cause : ""});
    if (!row.differs) continue;
    wire::DriftRecord drift;
    drift.venue = venue.name();
    drift.instrument = row.instrument;
    drift.strategy = join(row.strategies);
    drift.journal = row.journal;
    drift.at_venue = row.at_venue;
    drift.drift = row.drift;
    drift.cause = row.cause;
    drift.advice = advice_for(row, venue);
    add_advice(findings, drift.advice);
    findings.drifts.push_back(std::move(drift));
  }
  return {};
}

}  // namespace

Result<void> compare_venue(venue::Venue& venue, const Comparing& comparing, Findings& findings) {
  TVH_TRY(auto open, comparing.execution.read_open_intents());
  std::erase_if(open, [&](const Intent& intent) { return intent.venue != venue.name(); });
  const std::size_t found_before = findings.drifts.size();
  auto reviewed = OrderReview(venue, comparing, findings).look(open);
  engine::OpenOrders orders;
  for (const Intent& intent : open) {
    orders.any.insert(intent.request.instrument);
    if (intent.state != OrderState::accepted) orders.unsettled.insert(intent.request.instrument);
  }
  for (std::size_t i = found_before; i < findings.drifts.size(); ++i)
    orders.unsettled.insert(findings.drifts[i].instrument);
  TVH_CHECK(compare_held(venue, comparing, orders, findings));
  return reviewed;
}

}  // namespace tvh
