#include "venue_sim/exchange.hpp"

namespace tvh::venue_sim {

const Order* Exchange::order(std::int64_t id) const {
  const auto found = orders_.find(id);
  return found == orders_.end() ? nullptr : &found->second;
}

const Order* Exchange::order_by_client_id(const std::string& symbol, const std::string& client_id) const {
  const auto found = ids_of_client_id_.find(symbol + "/" + client_id);
  if (found == ids_of_client_id_.end()) return nullptr;
  const Order* newest = nullptr;
  for (const std::int64_t id : found->second) {
    const Order& order = orders_.at(id);
    if (order.is_open()) return &order;
    newest = &order;
  }
  return newest;
}

const ConditionalOrder* Exchange::conditional(std::int64_t id) const {
  const auto found = conditionals_.find(id);
  return found == conditionals_.end() ? nullptr : &found->second;
}

const ConditionalOrder* Exchange::conditional_by_client_id(const std::string& client_id) const {
  const auto found = conditionals_of_client_id_.find(client_id);
  if (found == conditionals_of_client_id_.end()) return nullptr;
  const ConditionalOrder* newest = nullptr;
  for (const std::int64_t id : found->second) {
    const ConditionalOrder& order = conditionals_.at(id);
    if (order.state == ConditionalOrder::State::waiting) return &order;
    newest = &order;
  }
  return newest;
}

const OrderList* Exchange::list(std::int64_t id) const {
  const auto found = lists_.find(id);
  return found == lists_.end() ? nullptr : &found->second;
}

const OrderList* Exchange::list_by_client_id(const std::string& client_id) const {
  const OrderList* newest = nullptr;
  for (const auto& [id, list] : lists_) {
    if (list.client_id == client_id) newest = &list;
  }
  return newest;
}

void Exchange::hide(std::int64_t order_id, Milliseconds until) {
  if (const auto found = orders_.find(order_id); found != orders_.end()) found->second.visible_at = until;
}

void Exchange::hide_conditional(std::int64_t id, Milliseconds until) {
  if (const auto found = conditionals_.find(id); found != conditionals_.end()) found->second.visible_at = until;
}

std::vector<const Order*> Exchange::open_orders(const std::string& symbol) const {
  std::vector<const Order*> open;
  for (const auto& [name, ids] : open_) {
    if (!symbol.empty() && name != symbol) continue;
    for (const std::int64_t id : ids) open.push_back(&orders_.at(id));
  }
  return open;
}

std::vector<const Fill*> Exchange::fills_of(std::int64_t order_id) const {
  std::vector<const Fill*> found;
  const auto indexes = fills_of_order_.find(order_id);
  if (indexes == fills_of_order_.end()) return found;
  for (const std::size_t index : indexes->second) found.push_back(&fills_[index]);
  return found;
}

std::vector<const Fill*> Exchange::all_fills() const {
  std::vector<const Fill*> all;
  for (const Fill& fill : fills_) all.push_back(&fill);
  return all;
}

}  // namespace tvh::venue_sim
