// A paper account in memory: the stateful fake of the port, with a switch for a store that fails.
#pragma once

#include <map>

#include "model/paper_ledger.hpp"

namespace tvh::test {

class MemoryPaperStore final : public model::PaperStore {
 public:
  enum class Health { working, failing_writes, failing };
  Health health = Health::working;

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
  Result<void> append_effect(const Effect& effect) override {
    if (health != Health::working) return broken();
    const std::string& id = effect.order.request.client_order_id;
    if (orders_.contains(id)) return fail(Errc::bug, "order " + id + " is there already");
    orders_[id] = effect.order;
    for (const auto& balance : effect.balances) balances_[balance.asset] = balance.amount;
    positions_[effect.position.instrument] = effect.position;
    prices_[effect.position.instrument] = effect.price;
    return {};
  }

 private:
  static Error broken() { return fail(Errc::storage, "the disk is full: free space, then go on"); }

  std::map<std::string, model::PaperOrder> orders_;
  std::map<std::string, Decimal> balances_;
  std::map<std::string, model::PaperPosition> positions_;
  std::map<std::string, Decimal> prices_;
};

}  // namespace tvh::test
