#include "engine/reconcile.hpp"

#include <map>

#include "base/overloaded.hpp"

namespace tvh::engine {

std::vector<Comparison> compare_positions(const std::vector<model::Position>& positions,
                                          const std::vector<HeldAtVenue>& held,
                                          const std::set<std::string>& unsettled, const Decimal& tolerance) {
  std::map<std::string, Comparison> rows;
  for (const auto& position : positions) {
    Comparison& row = rows[position.instrument];
    row.journal += position.quantity;
    if (!position.quantity.is_zero()) row.strategies.push_back(position.strategy);
  }
  for (const auto& one : held) rows[one.instrument].at_venue += one.quantity;

  std::vector<Comparison> compared;
  for (auto& [instrument, row] : rows) {
    row.instrument = instrument;
    row.drift = row.at_venue - row.journal;
    row.differs = row.drift.absolute() > tolerance;
    if (row.differs) {
      row.cause = unsettled.contains(instrument) ? "unknown_outcome"
                  : row.strategies.empty()       ? "not_ours"
                                                 : "unexplained";
    }
    if (row.differs || !row.journal.is_zero() || !row.strategies.empty() || !row.at_venue.is_zero()) {
      compared.push_back(std::move(row));
    }
  }
  return compared;
}

namespace {

using model::OrderState;

bool is_unsettled(OrderState state) { return state == OrderState::submitting || state == OrderState::unknown; }

bool rests(OrderState state) { return state == OrderState::accepted || state == OrderState::partially_filled; }

}  // namespace

bool is_in_question(const model::Intent& intent, ExecutorNow executor, TimePoint now) {
  if (!is_unsettled(intent.state) && !rests(intent.state)) return false;
  return executor == ExecutorNow::absent ||
         now - intent.submitted_at.value_or(intent.planned_at) > kSettlingTakes;
}

std::optional<OrderFinding> judge_order(const model::Intent& intent,
                                        const std::optional<model::QueryOutcome>& told, ExecutorNow executor) {
  OrderFinding finding{"order_unsettled", "the venue was not asked", intent.filled_quantity};
  bool is_one = is_unsettled(intent.state);
  if (!told) return is_one ? std::optional(finding) : std::nullopt;
  std::visit(
      Overloaded{
          [&](const model::OrderReport& report) {
            finding.evidence = "the venue has it: " + std::string(to_text(report.state)) + ", " +
                               report.filled_quantity.to_string() + " filled";
            finding.at_venue = report.filled_quantity;
            if (is_one) return;
            finding.cause = "order_moved";
            is_one = executor == ExecutorNow::absent &&
                     (is_terminal(report.state) || report.filled_quantity != intent.filled_quantity);
          },
          [&](const model::NotFound&) {
            finding.evidence = "the venue knows no such order";
            if (!is_one) finding.cause = "order_gone";
            is_one = true;
          },
          [&](const model::Unknown& unknown) { finding.evidence = "the venue did not tell: " + unknown.why; },
      },
      *told);
  return is_one ? std::optional(finding) : std::nullopt;
}

}  // namespace tvh::engine
