#include "venue_sim/account.hpp"

namespace tvh::venue_sim {
namespace {

Decimal product(const Decimal& left, const Decimal& right) {
  return multiply(left, right, Rounding::half_even);
}

const std::string& asset_spent(const Order& order, const Instrument& instrument) {
  return order.side == Side::buy ? instrument.quote : instrument.base;
}

// What the rest of the order may still cost, in the asset it spends.
Decimal needed(const Order& order, const Decimal& price) {
  if (order.side == Side::sell) return order.remaining();
  if (order.quote_quantity.is_positive()) return order.quote_quantity;
  return product(order.remaining(), order.limit_price ? *order.limit_price : price);
}

}  // namespace

bool SpotAccount::reserve(Order& order, const Instrument& instrument, const Decimal& price) {
  auto& balance = balances_[asset_spent(order, instrument)];
  const Decimal amount = needed(order, price) - order.locked;
  if (!amount.is_positive()) return true;
  if (balance.free < amount) return false;
  balance.free -= amount;
  balance.locked += amount;
  order.locked += amount;
  return true;
}

Decimal SpotAccount::affordable(const Order& order, const Instrument& instrument, const Decimal& price,
                                const Decimal& wanted) const {
  if (order.side == Side::sell || order.limit_price) return wanted;
  const auto balance = balances_.find(instrument.quote);
  const Decimal money = order.locked + (balance == balances_.end() ? Decimal() : balance->second.free);
  if (product(wanted, price) <= money) return wanted;
  const Decimal most = divide(money, price, Rounding::toward_zero, 12);
  return round_to_step(most, instrument.step, Rounding::toward_zero);
}

void SpotAccount::settle(Order& order, const Instrument& instrument, Fill& fill) {
  const bool buys = order.side == Side::buy;
  const Decimal money = product(fill.price, fill.quantity);
  const Decimal spent = buys ? money : fill.quantity;
  const Decimal received = buys ? fill.quantity : money;
  const Decimal from_lock = minimum(order.locked, spent);
  auto& source = balances_[asset_spent(order, instrument)];
  order.locked -= from_lock;
  source.locked -= from_lock;
  source.free -= spent - from_lock;
  // The commission is taken from what is received.
  fill.commission_asset = buys ? instrument.base : instrument.quote;
  fill.commission = multiply(received, fill.maker ? fees_.maker : fees_.taker, Rounding::half_even, 8);
  balances_[fill.commission_asset].free += received - fill.commission;
}

void SpotAccount::release(Order& order, const Instrument& instrument) {
  const Decimal keep =
      order.is_open() && (order.limit_price || order.side == Side::sell) ? needed(order, Decimal()) : Decimal();
  if (order.is_open() && !order.limit_price && order.side == Side::buy) return;  // a stop keeps its lock
  if (order.locked <= keep) return;
  const Decimal back = order.locked - keep;
  auto& balance = balances_[asset_spent(order, instrument)];
  balance.locked -= back;
  balance.free += back;
  order.locked = keep;
}

}  // namespace tvh::venue_sim
