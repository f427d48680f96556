// What every simulated exchange keeps: instruments, orders, fills. Attributes that drive matching are core
// words (limit price, trigger, time in force); `type` and `position_side` keep the venue's own words for its
// replies. Quantities in base units, prices in quote per base, times in venue milliseconds.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/decimal.hpp"

namespace tvh::venue_sim {

using Milliseconds = std::int64_t;

struct Instrument {
  std::string symbol;
  std::string base;
  std::string quote;
  Decimal tick;
  Decimal step;
  Decimal minimum_quantity;
  Decimal maximum_quantity;
  Decimal market_maximum;  // per market order
  Decimal minimum_notional;
  Decimal maximum_price;
  // A limit price outside price * [down, up] is refused.
  Decimal band_up;
  Decimal band_down;
  int maximum_orders = 200;
  int maximum_conditional_orders = 5;
};

enum class Side { buy, sell };
enum class TimeInForce { good_till_cancel, immediate_or_cancel, fill_or_kill, post_only };
enum class Status { open, partially_filled, filled, canceled, expired };
enum class Crossing { upwards, downwards };

inline Side opposite(Side side) { return side == Side::buy ? Side::sell : Side::buy; }

struct Trigger {
  Decimal price;
  Crossing crossing = Crossing::upwards;
  bool hit = false;
};

struct Order {
  std::int64_t id = 0;
  std::string client_id;
  std::string symbol;
  Side side = Side::buy;
  std::string type;           // the venue's word
  std::string position_side;  // the venue's word: BOTH, LONG, SHORT; empty on spot
  TimeInForce time_in_force = TimeInForce::good_till_cancel;
  Decimal quantity;
  Decimal quote_quantity;              // market orders given in quote; zero otherwise
  std::optional<Decimal> limit_price;  // none: market
  std::optional<Trigger> trigger;
  bool reduce_only = false;
  bool close_position = false;
  std::int64_t list_id = -1;  // of its OCO

  Status status = Status::open;
  Decimal executed;
  Decimal quote_executed;
  Decimal locked;    // what it holds of the balance, or of the margin
  Decimal reserved;  // margin accounts: what it held at first
  Milliseconds created_at = 0;
  Milliseconds updated_at = 0;
  Milliseconds working_at = -1;
  Milliseconds visible_at = 0;  // queries do not see it before
  std::string cause;            // "client", "manual", "liquidation", "algo"

  Decimal remaining() const { return quantity - executed; }
  bool is_open() const { return status == Status::open || status == Status::partially_filled; }
  bool is_working() const { return is_open() && (!trigger || trigger->hit); }
};

// A conditional order that lives beside the order book and makes an order when the price reaches it.
struct ConditionalOrder {
  std::int64_t id = 0;
  std::string client_id;
  std::string order_type;
  Order order;  // what it will place
  Trigger trigger;
  enum class State { waiting, triggered, canceled, expired, rejected } state = State::waiting;
  std::int64_t placed_order = 0;
  std::string working_type;
  bool price_protect = false;
  Milliseconds created_at = 0;
  Milliseconds updated_at = 0;
  Milliseconds triggered_at = 0;
  Milliseconds visible_at = 0;
};

struct OrderList {
  std::int64_t id = 0;
  std::string client_id;
  std::string symbol;
  std::vector<std::int64_t> orders;
  Milliseconds created_at = 0;
  bool done = false;
};

struct Fill {
  std::int64_t id = 0;
  std::int64_t order_id = 0;
  std::string symbol;
  Side side = Side::buy;
  std::string position_side;
  Decimal price;
  Decimal quantity;
  Decimal commission;
  std::string commission_asset;
  Decimal realized_profit;
  Milliseconds time = 0;
  bool maker = false;
};

// Why the exchange did not take an order; the venue's folder turns it into its own code and words.
enum class Refusal {
  duplicate_client_id,
  insufficient_balance,
  would_take,     // post only, and the price is there already
  would_trigger,  // conditional, and the price is there already
  nothing_to_reduce,
  cannot_fill,  // fill or kill, where the venue refuses instead of recording it as expired
  no_price,
};

}  // namespace tvh::venue_sim
