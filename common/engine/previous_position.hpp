// The position a strategy says it had, against the one the journal has: a difference is an alert that was
// missed or an order that failed. Pure.
#pragma once

#include <optional>

#include "engine/plan.hpp"

namespace tvh::engine {

// What is left over when a purchase's fee was taken in what was bought: too little to be sold. It counts as
// flat.
bool is_dust(const PlanInput& input);

// In delta mode an order, `wanted` base units towards `side`, is right only on the position its strategy
// thought it had. What only reduces what is held gets out all the same.
std::optional<Refusal> check_previous_position(const PlanInput& input, model::Side side, const Decimal& wanted);

}  // namespace tvh::engine
