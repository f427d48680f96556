#include "engine/reconcile.hpp"

#include <map>

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

}  // namespace tvh::engine
