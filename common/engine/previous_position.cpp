#include "engine/previous_position.hpp"

#include <algorithm>

namespace tvh::engine {

using model::Market;
using model::PositionSide;
using model::Side;
using model::SizeUnit;

namespace {

std::string text_of(const std::optional<PositionSide>& side, const std::optional<Decimal>& size) {
  std::string text = side ? std::string(to_text(*side)) : "?";
  if (size) text += " " + size->to_string();
  return text;
}

// By how much the journal may fall short of what the strategy thinks it bought: each entry was rounded down to
// a step, and on spot a fee may have been taken in base (at most 1 %).
Decimal expected_shortfall(const PlanInput& input, const Decimal& believed) {
  Decimal most;
  if (input.instrument.quantity_step) {
    const Decimal entries(std::max(input.position.entries, 1));
    most = multiply(*input.instrument.quantity_step, entries, Rounding::half_even);
  }
  if (input.instrument.market == Market::spot)
    most += multiply(believed, Decimal::from_trusted("0.01"), Rounding::half_even);
  return most;
}

bool is_as_believed(const PlanInput& input, const model::PositionChange& change) {
  const Decimal& held = input.position.quantity;
  const bool flat = held.is_zero() || is_dust(input);
  const PositionSide side = flat                 ? PositionSide::flat
                            : held.is_positive() ? PositionSide::long_side
                                                 : PositionSide::short_side;
  if (*change.prev_side != side) return false;
  if (!change.prev_size || input.signal.size_unit != SizeUnit::base || flat) return true;
  const Decimal short_by = *change.prev_size - held.absolute();
  return !short_by.is_negative() && short_by <= expected_shortfall(input, *change.prev_size);
}

}  // namespace

bool is_dust(const PlanInput& input) {
  const model::Instrument& instrument = input.instrument;
  if (instrument.market != Market::spot) return false;
  Decimal rest = input.position.quantity.absolute();
  if (instrument.quantity_step) rest = round_to_step(rest, *instrument.quantity_step, Rounding::toward_zero);
  if (rest.is_zero() || (instrument.minimum_quantity && rest < *instrument.minimum_quantity)) return true;
  const auto least =
      instrument.minimum_market_notional ? instrument.minimum_market_notional : instrument.minimum_notional;
  return least && input.price && multiply(rest, *input.price, Rounding::half_even) < *least;
}

std::optional<Refusal> check_previous_position(const PlanInput& input, Side side, const Decimal& wanted) {
  const auto& change = input.signal.position;
  if (!change || !change->prev_side || is_close(input.signal.action)) return std::nullopt;
  const Decimal& held = input.position.quantity;
  if (is_as_believed(input, *change) || opening_quantity(held, side, wanted).is_zero()) return std::nullopt;
  const PositionSide ours = held.is_zero()       ? PositionSide::flat
                            : held.is_positive() ? PositionSide::long_side
                                                 : PositionSide::short_side;
  return Refusal{"previous_position_differs",
                 "the strategy says it was " + text_of(change->prev_side, change->prev_size) +
                     ", the journal says " + text_of(ours, held.absolute()) +
                     ": an alert was missed or an order failed; run tvhook-reconcile"};
}

}  // namespace tvh::engine
