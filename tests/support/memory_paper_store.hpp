// A paper account in memory: the stateful fake of the port, with switches for a store that fails.
#pragma once

#include <algorithm>
#include <map>
#include <tuple>

#include "model/paper_ledger.hpp"

namespace tvh::test {

class MemoryPaperStore final : public model::PaperStore {
 public:
  enum class Health { working, failing_writes, failing };
  Health health = Health::working;
  int writes_left = -1;  // so many more succeed, as if the process died after them; -1: all
  int writes = 0;        // that succeeded

  Result<void> open_account(const std::vector<model::PaperBalance>& starting) override {
    if (health != Health::working) return broken();
    if (!balances_.empty()) return {};
    for (const auto& balance : starting) balances_[balance.asset] = balance.amount;
    return {};
  }
  Result<std::optional<model::PaperOrder>> read_order(const std::string& client_order_id) override {
    if (health == Health::failing) return broken();
    const auto found = orders_.find(client_order_id);
    return found == orders_.end() ? std::optional<model::PaperOrder>() : std::optional(found->second);
  }
  Result<Decimal> read_balance(const std::string& asset) override {
    if (health == Health::failing) return broken();
    const auto found = balances_.find(asset);
    return found == balances_.end() ? Decimal() : found->second;
  }
  Result<std::vector<model::PaperBalance>> read_balances() override {
    if (health == Health::failing) return broken();
    std::vector<model::PaperBalance> all;
    for (const auto& [asset, amount] : balances_) all.push_back({asset, amount});
    return all;
  }
  Result<model::PaperPosition> read_position(const std::string& instrument) override {
    if (health == Health::failing) return broken();
    const auto found = positions_.find(instrument);
    return found == positions_.end() ? model::PaperPosition{instrument, {}, {}} : found->second;
  }
  Result<std::vector<model::PaperPosition>> read_positions() override {
    if (health == Health::failing) return broken();
    std::vector<model::PaperPosition> all;
    for (const auto& [instrument, position] : positions_) all.push_back(position);
    return all;
  }
  Result<std::optional<Decimal>> read_last_price(const std::string& instrument) override {
    if (health == Health::failing) return broken();
    const auto found = prices_.find(instrument);
    return found == prices_.end() ? std::optional<Decimal>() : std::optional(found->second);
  }
  Result<std::vector<model::PaperOrder>> read_resting_orders() override {
    return select_resting([](const model::PaperOrder&) { return true; });
  }
  Result<std::vector<model::PaperOrder>> read_resting_orders(const std::string& instrument) override {
    return select_resting(
        [&](const model::PaperOrder& order) { return order.request.instrument == instrument; });
  }
  Result<void> append_effect(const Effect& effect) override {
    const std::string& id = effect.order.request.client_order_id;
    if (orders_.contains(id)) return fail(Errc::bug, "order " + id + " is there already");
    return keep(effect);
  }
  Result<void> settle_resting(const Effect& effect) override {
    const std::string& id = effect.order.request.client_order_id;
    const auto found = orders_.find(id);
    if (found == orders_.end() || !rests(found->second))
      return fail(Errc::bug, "order " + id + " does not rest");
    return keep(effect);
  }
  Result<void> write_price(const std::string& instrument, const Decimal& price, TimePoint) override {
    if (!may_write()) return broken();
    prices_[instrument] = price;
    return {};
  }

 private:
  static Error broken() { return fail(Errc::storage, "the disk is full: free space, then go on"); }
  static bool rests(const model::PaperOrder& order) {
    return order.report.state == model::OrderState::accepted;
  }

  bool may_write() {
    if (health != Health::working || writes_left == 0) return false;
    if (writes_left > 0) --writes_left;
    ++writes;
    return true;
  }

  Result<void> keep(const Effect& effect) {
    if (!may_write()) return broken();
    orders_[effect.order.request.client_order_id] = effect.order;
    for (const auto& balance : effect.balances) balances_[balance.asset] = balance.amount;
    positions_[effect.position.instrument] = effect.position;
    if (effect.price) prices_[effect.position.instrument] = *effect.price;
    return {};
  }

  template <class Wanted>
  Result<std::vector<model::PaperOrder>> select_resting(const Wanted& wanted) {
    if (health == Health::failing) return broken();
    std::vector<model::PaperOrder> resting;
    for (const auto& [id, order] : orders_) {
      if (rests(order) && wanted(order)) resting.push_back(order);
    }
    std::sort(resting.begin(), resting.end(), [](const auto& left, const auto& right) {
      return std::tie(left.at, left.request.client_order_id) <
             std::tie(right.at, right.request.client_order_id);
    });
    return resting;
  }

  std::map<std::string, model::PaperOrder> orders_;
  std::map<std::string, Decimal> balances_;
  std::map<std::string, model::PaperPosition> positions_;
  std::map<std::string, Decimal> prices_;
};

}  // namespace tvh::test
