// The core of a simulated exchange, the same for every venue: orders, matching against one set price a symbol,
// fills, conditional orders and order lists. There is no book of other people's orders: a symbol has a price
// and, where a test says so, how much can be had at it until the price is set again. Single-threaded.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "venue_sim/account.hpp"
#include "venue_sim/order.hpp"

namespace tvh::venue_sim {

// Differences between products that matching has to know.
struct MatchingRules {
  bool records_unfillable = true;  // a fill-or-kill that cannot fill is an expired order, not a refusal
  int trades_per_fill = 1;         // into how many trades one fill is cut
};

using Placed = std::variant<std::int64_t, Refusal>;

class Exchange {
 public:
  Exchange(std::string product, std::unique_ptr<Account> account, MatchingRules rules);

  const std::string& product() const { return product_; }
  Account& account() { return *account_; }

  void add_instrument(Instrument instrument);
  const Instrument* instrument(const std::string& symbol) const;
  const std::map<std::string, Instrument>& instruments() const { return instruments_; }

  // Sets the price and fills and triggers what it reaches. `liquidity`: what can be had at it, for all orders
  // together; nothing: any amount.
  void set_price(const std::string& symbol, const Decimal& price, std::optional<Decimal> liquidity,
                 Milliseconds now);
  std::optional<Decimal> price(const std::string& symbol) const;

  // Takes the order (symbol known, filters passed), matches it, keeps it. The id, or why not.
  Placed place(Order order, Milliseconds now);
  // Whether place() would take it; changes nothing.
  std::optional<Refusal> check(const Order& order) const;
  // Both or neither; the list's id, or why not.
  Placed place_list(OrderList list, Order first, Order second, Milliseconds now);
  Placed place_conditional(ConditionalOrder conditional, Milliseconds now);
  // False when it is not open.
  bool cancel(std::int64_t order_id, Milliseconds now);
  bool cancel_conditional(std::int64_t id, Milliseconds now);

  const Order* order(std::int64_t id) const;
  // The open one of that id, else the newest; nothing when there is none. `conditional` the same.
  const Order* order_by_client_id(const std::string& symbol, const std::string& client_id) const;
  const ConditionalOrder* conditional(std::int64_t id) const;
  const ConditionalOrder* conditional_by_client_id(const std::string& client_id) const;
  const OrderList* list(std::int64_t id) const;
  const OrderList* list_by_client_id(const std::string& client_id) const;
  void hide(std::int64_t order_id, Milliseconds until);
  void hide_conditional(std::int64_t id, Milliseconds until);

  const std::map<std::int64_t, Order>& orders() const { return orders_; }
  const std::map<std::int64_t, ConditionalOrder>& conditionals() const { return conditionals_; }
  const std::map<std::int64_t, OrderList>& lists() const { return lists_; }
  const std::vector<Fill>& fills() const { return fills_; }
  std::vector<const Order*> open_orders(const std::string& symbol = "") const;  // "": of all
  std::vector<const Fill*> fills_of(std::int64_t order_id) const;
  std::vector<const Fill*> all_fills() const;

  // Told of every order that leaves the book unfilled or filled, once it has.
  std::function<void(const Order&)> on_end;

 private:
  bool crosses(const Order& order, const Decimal& price) const;
  static bool reached(const Trigger& trigger, const Decimal& price);
  void match(Order& order, Milliseconds now, bool arriving);
  void fill(Order& order, const Instrument& instrument, const Decimal& price, const Decimal& quantity,
            bool maker, Milliseconds now);
  void end(Order& order, Status status, Milliseconds now);
  void end_others_of_list(Order& order, Status status, Milliseconds now);
  void fire(ConditionalOrder& conditional, Milliseconds now);
  std::optional<Refusal> check_list(const Order& first, const Order& second) const;

  std::string product_;
  std::unique_ptr<Account> account_;
  MatchingRules rules_;
  std::map<std::string, Instrument> instruments_;
  struct Market {
    Decimal price;
    std::optional<Decimal> liquidity;
  };
  std::map<std::string, Market> markets_;
  std::map<std::int64_t, Order> orders_;
  std::map<std::string, std::vector<std::int64_t>> ids_of_client_id_;  // "SYMBOL/ID"
  std::map<std::string, std::set<std::int64_t>> open_;                 // by symbol
  std::map<std::int64_t, ConditionalOrder> conditionals_;
  std::map<std::string, std::vector<std::int64_t>> conditionals_of_client_id_;
  std::map<std::int64_t, OrderList> lists_;
  std::vector<Fill> fills_;
  std::map<std::int64_t, std::vector<std::size_t>> fills_of_order_;
  std::int64_t next_order_ = 1'000'001;
  std::int64_t next_fill_ = 5'000'001;
  std::int64_t next_conditional_ = 2'000'001;
  std::int64_t next_list_ = 1;
};

}  // namespace tvh::venue_sim
