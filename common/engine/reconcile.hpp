// The journal's positions against the venue's. Pure.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "model/position.hpp"

namespace tvh::engine {

struct HeldAtVenue {
  std::string instrument;
  Decimal quantity;  // signed, all strategies together
};

struct Comparison {
  std::string instrument;
  std::vector<std::string> strategies;  // those with a position there, in order; empty: none of ours
  Decimal journal;                      // sum over the strategies
  Decimal at_venue;
  Decimal drift;         // at_venue - journal
  bool differs = false;  // |drift| > tolerance
  std::string cause;     // "" when they agree; "unknown_outcome", "not_ours", "unexplained"
};

// One row for each instrument that either side holds or that differs, by name. `unsettled` are instruments with
// an order whose outcome is not known. `positions` are those of one venue.
std::vector<Comparison> compare_positions(const std::vector<model::Position>& positions,
                                          const std::vector<HeldAtVenue>& held,
                                          const std::set<std::string>& unsettled, const Decimal& tolerance);

}  // namespace tvh::engine
