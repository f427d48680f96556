// The money side of a simulated exchange: balances of a spot account, or wallet and positions of a margin
// account. The exchange asks before it takes an order and tells it every fill.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "venue_sim/order.hpp"

namespace tvh::venue_sim {

struct Fees {
  Decimal maker;
  Decimal taker;
};

class Account {
 public:
  virtual ~Account() = default;
  // Whether there is enough for `order`, whose fill is expected at `price`; locks it where the product locks.
  virtual bool reserve(Order& order, const Instrument& instrument, const Decimal& price) = 0;
  // What of `wanted` a fill at `price` may take now: reduce-only orders are cut to the position, and a
  // triggered spot order to its money.
  virtual Decimal affordable(const Order& order, const Instrument& instrument, const Decimal& price,
                             const Decimal& wanted) const = 0;
  // Books the fill and sets its commission and profit.
  virtual void settle(Order& order, const Instrument& instrument, Fill& fill) = 0;
  // The order ended, or shrank: gives back what it no longer needs.
  virtual void release(Order& order, const Instrument& instrument) = 0;
  // False where the order says reduce only and there is nothing to reduce.
  virtual bool can_reduce(const Order&) const { return true; }
  virtual void set_price(const std::string& /*symbol*/, const Decimal& /*price*/) {}
};

class SpotAccount final : public Account {
 public:
  struct Balance {
    Decimal free;
    Decimal locked;
  };

  explicit SpotAccount(Fees fees) : fees_(std::move(fees)) {}
  void deposit(const std::string& asset, const Decimal& amount) { balances_[asset].free += amount; }
  const std::map<std::string, Balance>& balances() const { return balances_; }
  const Fees& fees() const { return fees_; }

  bool reserve(Order& order, const Instrument& instrument, const Decimal& price) override;
  Decimal affordable(const Order& order, const Instrument& instrument, const Decimal& price,
                     const Decimal& wanted) const override;
  void settle(Order& order, const Instrument& instrument, Fill& fill) override;
  void release(Order& order, const Instrument& instrument) override;

 private:
  Fees fees_;
  std::map<std::string, Balance> balances_;
};

enum class PositionMode { one_way, hedge };
enum class MarginType { crossed, isolated };

struct Position {
  Decimal amount;  // signed: short is negative, in hedge mode too
  Decimal entry_price;
  Milliseconds updated_at = 0;
};

// Linear contracts margined in one asset, crossed: isolated margin is a setting here, not another calculation.
class MarginAccount final : public Account {
 public:
  using Key = std::pair<std::string, std::string>;  // symbol, position side

  MarginAccount(std::string asset, Fees fees) : asset_(std::move(asset)), fees_(std::move(fees)) {}
  void deposit(const Decimal& amount) { wallet_ += amount; }

  const std::string& asset() const { return asset_; }
  const Fees& fees() const { return fees_; }
  const Decimal& wallet() const { return wallet_; }
  const std::map<Key, Position>& positions() const { return positions_; }
  Decimal position(const std::string& symbol, const std::string& side) const;
  Decimal price(const std::string& symbol) const;

  PositionMode mode() const { return mode_; }
  void set_mode(PositionMode mode) { mode_ = mode; }
  int leverage(const std::string& symbol) const;
  void set_leverage(const std::string& symbol, int leverage) { leverage_[symbol] = leverage; }
  MarginType margin_type(const std::string& symbol) const;
  void set_margin_type(const std::string& symbol, MarginType type) { margin_types_[symbol] = type; }

  Decimal profit_of(const Key& key, const Position& position) const;  // unrealised
  Decimal margin_of(const Key& key, const Position& position) const;  // initial
  Decimal unrealized_profit() const;
  Decimal position_margin() const;
  Decimal order_margin() const { return order_margin_; }
  Decimal available() const;  // never below zero

  bool reserve(Order& order, const Instrument& instrument, const Decimal& price) override;
  Decimal affordable(const Order& order, const Instrument& instrument, const Decimal& price,
                     const Decimal& wanted) const override;
  void settle(Order& order, const Instrument& instrument, Fill& fill) override;
  void release(Order& order, const Instrument& instrument) override;
  bool can_reduce(const Order& order) const override;
  void set_price(const std::string& symbol, const Decimal& price) override { prices_[symbol] = price; }

 private:
  Decimal reducible(const Order& order) const;

  std::string asset_;
  Fees fees_;
  Decimal wallet_;
  Decimal order_margin_;
  PositionMode mode_ = PositionMode::one_way;
  std::map<Key, Position> positions_;
  std::map<std::string, Decimal> prices_;
  std::map<std::string, int> leverage_;
  std::map<std::string, MarginType> margin_types_;
};

}  // namespace tvh::venue_sim
