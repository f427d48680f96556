#include <algorithm>

#include "venue_sim/account.hpp"

namespace tvh::venue_sim {
namespace {

Decimal product(const Decimal& left, const Decimal& right) {
  return multiply(left, right, Rounding::half_even);
}
Decimal signed_quantity(Side side, const Decimal& quantity) { return side == Side::buy ? quantity : -quantity; }

}  // namespace

Decimal MarginAccount::position(const std::string& symbol, const std::string& side) const {
  const auto found = positions_.find({symbol, side});
  return found == positions_.end() ? Decimal() : found->second.amount;
}

Decimal MarginAccount::price(const std::string& symbol) const {
  const auto found = prices_.find(symbol);
  return found == prices_.end() ? Decimal() : found->second;
}

int MarginAccount::leverage(const std::string& symbol) const {
  const auto found = leverage_.find(symbol);
  return found == leverage_.end() ? 20 : found->second;
}

MarginType MarginAccount::margin_type(const std::string& symbol) const {
  const auto found = margin_types_.find(symbol);
  return found == margin_types_.end() ? MarginType::crossed : found->second;
}

Decimal MarginAccount::profit_of(const Key& key, const Position& position) const {
  return product(price(key.first) - position.entry_price, position.amount);
}

Decimal MarginAccount::margin_of(const Key& key, const Position& position) const {
  return divide(product(price(key.first), position.amount.absolute()), Decimal(leverage(key.first)),
                Rounding::half_even, 8);
}

Decimal MarginAccount::unrealized_profit() const {
  Decimal sum;
  for (const auto& [key, position] : positions_) sum += profit_of(key, position);
  return sum;
}

Decimal MarginAccount::position_margin() const {
  Decimal sum;
  for (const auto& [key, position] : positions_) sum += margin_of(key, position);
  return sum;
}

Decimal MarginAccount::available() const {
  const Decimal free = wallet_ + unrealized_profit() - position_margin() - order_margin_;
  return free.is_negative() ? Decimal() : free;
}

// How much of the position the order's side would take away.
Decimal MarginAccount::reducible(const Order& order) const {
  const Decimal amount = position(order.symbol, order.position_side);
  const bool reduces = order.side == Side::sell ? amount.is_positive() : amount.is_negative();
  return reduces ? amount.absolute() : Decimal();
}

bool MarginAccount::can_reduce(const Order& order) const { return reducible(order).is_positive(); }

bool MarginAccount::reserve(Order& order, const Instrument&, const Decimal& price) {
  if (order.reduce_only || order.close_position) return true;
  const Decimal opening = order.remaining() - minimum(order.remaining(), reducible(order));
  const Decimal margin = divide(product(opening, order.limit_price ? *order.limit_price : price),
                                Decimal(leverage(order.symbol)), Rounding::away_from_zero, 8);
  if (margin > available()) return false;
  order.locked = margin;
  order.reserved = margin;
  order_margin_ += margin;
  return true;
}

Decimal MarginAccount::affordable(const Order& order, const Instrument&, const Decimal&,
                                  const Decimal& wanted) const {
  return order.reduce_only || order.close_position ? minimum(wanted, reducible(order)) : wanted;
}

void MarginAccount::settle(Order& order, const Instrument&, Fill& fill) {
  Position& position = positions_[{order.symbol, order.position_side}];
  const Decimal change = signed_quantity(order.side, fill.quantity);
  const bool reduces = position.amount.is_negative() == change.is_positive() && !position.amount.is_zero();
  const Decimal closed = reduces ? minimum(fill.quantity, position.amount.absolute()) : Decimal();
  if (closed.is_positive()) {
    const Decimal gain = product(fill.price - position.entry_price, closed);
    fill.realized_profit = position.amount.is_negative() ? -gain : gain;
  }
  const Decimal opened = fill.quantity - closed;
  const Decimal after = position.amount + change;
  if (opened.is_positive()) {
    const Decimal before = reduces ? Decimal() : position.amount.absolute();
    position.entry_price = divide(product(before, position.entry_price) + product(opened, fill.price),
                                  before + opened, Rounding::half_even, 8);
  }
  position.amount = after;
  position.updated_at = fill.time;
  fill.commission_asset = asset_;
  fill.commission = multiply(product(fill.price, fill.quantity), fill.maker ? fees_.maker : fees_.taker,
                             Rounding::half_even, 8);
  wallet_ += fill.realized_profit - fill.commission;
  if (after.is_zero()) positions_.erase({order.symbol, order.position_side});
}

void MarginAccount::release(Order& order, const Instrument&) {
  Decimal keep;
  if (order.is_open() && order.quantity.is_positive()) {
    keep = divide(product(order.reserved, order.remaining()), order.quantity, Rounding::half_even, 8);
  }
  if (order.locked <= keep) return;
  order_margin_ -= order.locked - keep;
  order.locked = keep;
}

}  // namespace tvh::venue_sim
