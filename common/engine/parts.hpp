// What one order may ask for at most, and closes of more than that. Pure.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/plan.hpp"

namespace tvh::engine {

// Of one close. More would be an account's whole rate of orders, and a maximum that is not meant.
inline constexpr int kMostParts = 20;

// Nothing: the venue has no maximum for orders of that type.
std::optional<Decimal> most_of_one_order(const model::Instrument& instrument, model::OrderType type);

// The order itself, or, where it closes more than one order may ask for, orders that sum up to it: none above
// the maximum, all on the step and within one step of each other. They are decided together and sent side by
// side; the legs of the others are the first one's with "/2", "/3", …. "above_maximum_quantity" where it would
// take more than kMostParts. What opens is not split, nor is what has a trigger or must fill whole: it is left
// as it is.
std::variant<std::vector<PlannedOrder>, Refusal> split_above_maximum(const PlanInput& input,
                                                                     PlannedOrder order);

}  // namespace tvh::engine
