#include "model/position.hpp"

namespace tvh::model {

static constexpr int kAveragePlaces = 18;

// What closing `quantity` (absolute) of `position` at `price` earns.
static Decimal profit_of(const Position& position, const Decimal& quantity, const Decimal& price) {
  const Decimal per_unit =
      position.quantity.is_negative() ? position.average_price - price : price - position.average_price;
  return multiply(per_unit, quantity, Rounding::half_even, kAveragePlaces);
}

Position apply_fill(Position position, const Fill& fill, const Instrument& instrument) {
  const Decimal change = fill.side == Side::buy ? fill.quantity : -fill.quantity;
  const Decimal before = position.quantity;
  const Decimal after = before + change;
  const bool adds = before.is_zero() || before.is_negative() == change.is_negative();
  if (adds) {
    const Decimal cost = multiply(before.absolute(), position.average_price, Rounding::half_even) +
                         multiply(fill.quantity, fill.price, Rounding::half_even);
    position.average_price = divide(cost, after.absolute(), Rounding::half_even, kAveragePlaces);
  } else {
    const Decimal closed = minimum(before.absolute(), fill.quantity);
    position.realised_profit += profit_of(position, closed, fill.price);
    const bool crossed = !after.is_zero() && after.is_negative() != before.is_negative();
    if (crossed) position.average_price = fill.price;
  }
  position.quantity = after;
  const bool turned = !after.is_zero() && !before.is_zero() && after.is_negative() != before.is_negative();
  // What a fee in base left over is no entry: less than a hundredth of what is bought now.
  const bool from_dust = instrument.market == Market::spot && adds &&
                         multiply(before.absolute(), Decimal(100), Rounding::half_even) < fill.quantity;
  if (turned || before.is_zero() || (from_dust && position.last_entry != fill.client_order_id))
    position.entries = 0;
  if ((adds || turned) && (position.entries == 0 || position.last_entry != fill.client_order_id)) {
    ++position.entries;
    position.last_entry = fill.client_order_id;
  }
  if (instrument.market == Market::spot && fill.fee_asset == instrument.base_asset) {
    position.quantity -= fill.fee;
  }
  if (position.quantity.is_zero()) {
    position.average_price = Decimal();
    position.entries = 0;
    position.last_entry.clear();
  }
  return position;
}

Decimal fee_in_quote(const Fill& fill, const std::string& base_asset, const std::string& quote_asset) {
  if (fill.fee_asset == quote_asset) return fill.fee;
  if (fill.fee_asset == base_asset) return multiply(fill.fee, fill.price, Rounding::half_even);
  return {};
}

}  // namespace tvh::model
