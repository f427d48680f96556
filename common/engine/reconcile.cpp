#include "engine/reconcile.hpp"

#include <algorithm>
#include <map>

#include "base/overloaded.hpp"

namespace tvh::engine {

namespace {

// Those of a balance's instruments that were traded.
std::vector<std::string> traded_of(const HeldAtVenue& held, const std::map<std::string, Comparison>& positions,
                                   const OpenOrders& orders) {
  std::vector<std::string> traded;
  const auto consider = [&](const std::string& name) {
    if (positions.contains(name) || orders.any.contains(name)) traded.push_back(name);
  };
  consider(held.instrument);
  for (const auto& name : held.also) consider(name);
  std::sort(traded.begin(), traded.end());
  return traded;
}

// One row in the place of several.
Comparison take_together(const std::vector<std::string>& names, std::map<std::string, Comparison>& rows) {
  Comparison together;
  std::set<std::string> strategies;
  for (const auto& name : names) {
    together.instrument += (together.instrument.empty() ? "" : "+") + name;
    const auto row = rows.extract(name);
    if (row.empty()) continue;
    together.journal += row.mapped().journal;
    strategies.insert(row.mapped().strategies.begin(), row.mapped().strategies.end());
  }
  together.strategies.assign(strategies.begin(), strategies.end());
  return together;
}

}  // namespace

std::vector<Comparison> compare_positions(const std::vector<model::Position>& positions,
                                          const std::vector<HeldAtVenue>& held, const OpenOrders& orders,
                                          const Decimal& tolerance) {
  std::map<std::string, Comparison> rows;
  for (const auto& position : positions) {
    Comparison& row = rows[position.instrument];
    row.journal += position.quantity;
    if (!position.quantity.is_zero()) row.strategies.push_back(position.strategy);
  }
  std::set<std::string> unsettled = orders.unsettled;
  for (const auto& one : held) {
    if (one.asset.empty()) {
      rows[one.instrument].at_venue += one.quantity;
      continue;
    }
    const auto traded = traded_of(one, rows, orders);
    if (traded.empty()) continue;
    Comparison row = take_together(traded, rows);
    row.at_venue = one.quantity;
    const auto is_unsettled = [&](const std::string& name) { return orders.unsettled.contains(name); };
    if (std::any_of(traded.begin(), traded.end(), is_unsettled)) unsettled.insert(row.instrument);
    const std::string name = row.instrument;
    rows[name] = std::move(row);
  }

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
