#include "venue_sim/exchange.hpp"

namespace tvh::venue_sim {
namespace {

std::string key_of(const std::string& symbol, const std::string& client_id) { return symbol + "/" + client_id; }

}  // namespace

Exchange::Exchange(std::string product, std::unique_ptr<Account> account, MatchingRules rules)
    : product_(std::move(product)), account_(std::move(account)), rules_(rules) {}

void Exchange::add_instrument(Instrument instrument) {
  const std::string symbol = instrument.symbol;
  instruments_.insert_or_assign(symbol, std::move(instrument));
}

const Instrument* Exchange::instrument(const std::string& symbol) const {
  const auto found = instruments_.find(symbol);
  return found == instruments_.end() ? nullptr : &found->second;
}

std::optional<Decimal> Exchange::price(const std::string& symbol) const {
  const auto found = markets_.find(symbol);
  if (found == markets_.end()) return std::nullopt;
  return found->second.price;
}

bool Exchange::reached(const Trigger& trigger, const Decimal& price) {
  return trigger.crossing == Crossing::upwards ? price >= trigger.price : price <= trigger.price;
}

bool Exchange::crosses(const Order& order, const Decimal& price) const {
  if (!order.limit_price) return true;
  return order.side == Side::buy ? *order.limit_price >= price : *order.limit_price <= price;
}

std::optional<Refusal> Exchange::check(const Order& order) const {
  if (const Order* const other = order_by_client_id(order.symbol, order.client_id); other && other->is_open()) {
    return Refusal::duplicate_client_id;
  }
  const auto market = markets_.find(order.symbol);
  if (market == markets_.end()) return Refusal::no_price;
  const Decimal& price = market->second.price;
  if (order.trigger && !order.trigger->hit && reached(*order.trigger, price)) return Refusal::would_trigger;
  if (order.reduce_only && !account_->can_reduce(order)) return Refusal::nothing_to_reduce;
  const bool works_now = !order.trigger || order.trigger->hit;
  if (works_now && order.time_in_force == TimeInForce::post_only && crosses(order, price)) {
    return Refusal::would_take;
  }
  if (works_now && order.time_in_force == TimeInForce::fill_or_kill && !rules_.records_unfillable) {
    const bool enough = !market->second.liquidity || *market->second.liquidity >= order.quantity;
    if (!enough || !crosses(order, price)) return Refusal::cannot_fill;
  }
  return std::nullopt;
}

Placed Exchange::place(Order order, Milliseconds now) {
  if (const auto refusal = check(order)) return *refusal;
  const Instrument& instrument = instruments_.at(order.symbol);
  const Decimal price = order.trigger ? order.trigger->price : markets_.at(order.symbol).price;
  if (!account_->reserve(order, instrument, price)) return Refusal::insufficient_balance;
  order.id = next_order_++;
  order.created_at = order.updated_at = now;
  if (!order.trigger || order.trigger->hit) order.working_at = now;
  ids_of_client_id_[key_of(order.symbol, order.client_id)].push_back(order.id);
  open_[order.symbol].insert(order.id);
  const std::int64_t id = order.id;
  Order& kept = orders_[id] = std::move(order);
  if (kept.is_working()) match(kept, now, true);
  return id;
}

// A list holds the balance once: its first order locks it, the second uses what is locked.
Placed Exchange::place_list(OrderList list, Order first, Order second, Milliseconds now) {
  if (const auto refusal = check(first)) return *refusal;
  if (const auto refusal = check(second)) return *refusal;
  list.id = next_list_++;
  list.created_at = now;
  first.list_id = second.list_id = list.id;
  const bool second_costs_more =
      first.side == Side::buy && second.limit_price.value_or(Decimal()) > first.limit_price.value_or(Decimal());
  Order& costly = second_costs_more ? second : first;
  const Instrument& instrument = instruments_.at(first.symbol);
  const Decimal price = costly.trigger ? costly.trigger->price : markets_.at(first.symbol).price;
  if (!account_->reserve(costly, instrument, price)) return Refusal::insufficient_balance;
  for (Order* order : {&first, &second}) {
    order->id = next_order_++;
    order->created_at = order->updated_at = now;
    if (!order->trigger) order->working_at = now;
    list.orders.push_back(order->id);
    ids_of_client_id_[key_of(order->symbol, order->client_id)].push_back(order->id);
    open_[order->symbol].insert(order->id);
    orders_[order->id] = *order;
  }
  const std::int64_t id = list.id;
  lists_[id] = std::move(list);
  return id;
}

Placed Exchange::place_conditional(ConditionalOrder conditional, Milliseconds now) {
  const ConditionalOrder* const other = conditional_by_client_id(conditional.client_id);
  if (other && other->state == ConditionalOrder::State::waiting) return Refusal::duplicate_client_id;
  const auto current = price(conditional.order.symbol);
  if (!current) return Refusal::no_price;
  if (reached(conditional.trigger, *current)) return Refusal::would_trigger;
  conditional.id = next_conditional_++;
  conditional.created_at = conditional.updated_at = now;
  conditionals_of_client_id_[conditional.client_id].push_back(conditional.id);
  const std::int64_t id = conditional.id;
  conditionals_[id] = std::move(conditional);
  return id;
}

void Exchange::set_price(const std::string& symbol, const Decimal& price, std::optional<Decimal> liquidity,
                         Milliseconds now) {
  markets_[symbol] = {price, std::move(liquidity)};
  account_->set_price(symbol, price);
  const std::set<std::int64_t> resting = open_[symbol];  // matching changes the set
  for (const std::int64_t id : resting) {
    Order& order = orders_.at(id);
    if (!order.is_open()) continue;  // the other order of its list filled
    bool arriving = false;
    if (order.trigger && !order.trigger->hit) {
      if (!reached(*order.trigger, price)) continue;
      order.trigger->hit = true;
      order.working_at = order.updated_at = now;
      arriving = true;
      end_others_of_list(order, Status::expired, now);
    }
    match(order, now, arriving);
  }
  for (auto& [id, conditional] : conditionals_) {
    if (conditional.order.symbol != symbol || conditional.state != ConditionalOrder::State::waiting) continue;
    if (reached(conditional.trigger, price)) fire(conditional, now);
  }
}

void Exchange::fire(ConditionalOrder& conditional, Milliseconds now) {
  conditional.triggered_at = conditional.updated_at = now;
  Order order = conditional.order;
  order.client_id = conditional.client_id;
  order.cause = "algo";
  if (order.close_position) {
    order.reduce_only = true;
    order.quantity =
        account_->affordable(order, instruments_.at(order.symbol), Decimal(), Decimal(1'000'000'000'000));
    if (!order.quantity.is_positive()) {
      conditional.state = ConditionalOrder::State::expired;
      return;
    }
  }
  const Placed placed = place(std::move(order), now);
  if (const auto* const id = std::get_if<std::int64_t>(&placed)) {
    conditional.state = ConditionalOrder::State::triggered;
    conditional.placed_order = *id;
  } else {
    conditional.state = ConditionalOrder::State::rejected;
  }
}

// A resting limit order fills at its own price, one that arrives at the market's.
void Exchange::match(Order& order, Milliseconds now, bool arriving) {
  Market& market = markets_.at(order.symbol);
  const Instrument& instrument = instruments_.at(order.symbol);
  if (order.quote_quantity.is_positive()) {
    order.quantity = round_to_step(divide(order.quote_quantity, market.price, Rounding::toward_zero, 18),
                                   instrument.step, Rounding::toward_zero);
  }
  const bool maker = order.limit_price && !arriving;
  const Decimal price = maker ? *order.limit_price : market.price;
  if (crosses(order, market.price)) {
    const Decimal wanted = order.remaining();
    const bool kill =
        order.time_in_force == TimeInForce::fill_or_kill && market.liquidity && *market.liquidity < wanted;
    Decimal quantity = market.liquidity ? minimum(wanted, *market.liquidity) : wanted;
    quantity = account_->affordable(order, instrument, price, quantity);
    if (!kill && quantity.is_positive()) {
      if (market.liquidity) *market.liquidity -= quantity;
      fill(order, instrument, price, quantity, maker, now);
    }
  }
  if (!order.is_open()) return;
  const bool rests = order.limit_price && (order.time_in_force == TimeInForce::good_till_cancel ||
                                           order.time_in_force == TimeInForce::post_only);
  const bool void_now = order.reduce_only && !account_->can_reduce(order);
  if (!rests || void_now) end(order, Status::expired, now);
}

void Exchange::fill(Order& order, const Instrument& instrument, const Decimal& price, const Decimal& quantity,
                    bool maker, Milliseconds now) {
  end_others_of_list(order, Status::expired, now);
  Decimal left = quantity;
  for (int trade = rules_.trades_per_fill; trade > 0 && left.is_positive(); --trade) {
    Decimal part = left;
    if (trade > 1) {
      part = round_to_step(divide(left, Decimal(trade), Rounding::toward_zero, 18), instrument.step,
                           Rounding::toward_zero);
    }
    if (!part.is_positive()) continue;
    Fill made;
    made.id = next_fill_++;
    made.order_id = order.id;
    made.symbol = order.symbol;
    made.side = order.side;
    made.position_side = order.position_side;
    made.price = price;
    made.quantity = part;
    made.time = now;
    made.maker = maker;
    account_->settle(order, instrument, made);
    order.executed += part;
    order.quote_executed += multiply(price, part, Rounding::half_even);
    fills_of_order_[order.id].push_back(fills_.size());
    fills_.push_back(std::move(made));
    left -= part;
  }
  order.updated_at = now;
  if (order.remaining().is_positive()) {
    order.status = Status::partially_filled;
    account_->release(order, instrument);
  } else {
    end(order, Status::filled, now);
  }
}

void Exchange::end(Order& order, Status status, Milliseconds now) {
  order.status = status;
  order.updated_at = now;
  open_[order.symbol].erase(order.id);
  account_->release(order, instruments_.at(order.symbol));
  if (order.list_id >= 0) end_others_of_list(order, status == Status::canceled ? status : Status::expired, now);
  if (on_end) on_end(order);
}

// One order of a list that works, fills or ends takes the list's lock and ends the others.
void Exchange::end_others_of_list(Order& order, Status status, Milliseconds now) {
  const auto list = lists_.find(order.list_id);
  if (list == lists_.end() || list->second.done) return;
  list->second.done = true;
  for (const std::int64_t id : list->second.orders) {
    Order& other = orders_.at(id);
    if (id == order.id || !other.is_open()) continue;
    order.locked += other.locked;
    other.locked = Decimal();
    end(other, status, now);
  }
  if (!order.is_open()) account_->release(order, instruments_.at(order.symbol));
}

bool Exchange::cancel(std::int64_t order_id, Milliseconds now) {
  const auto found = orders_.find(order_id);
  if (found == orders_.end() || !found->second.is_open()) return false;
  end(found->second, Status::canceled, now);
  return true;
}

bool Exchange::cancel_conditional(std::int64_t id, Milliseconds now) {
  const auto found = conditionals_.find(id);
  if (found == conditionals_.end() || found->second.state != ConditionalOrder::State::waiting) return false;
  found->second.state = ConditionalOrder::State::canceled;
  found->second.updated_at = now;
  return true;
}

}  // namespace tvh::venue_sim
