// Rate limits: weight per address and minute, orders per account, 429 and then 418. Source: venue
// sheet 1.8, 2.8.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "venue_sim/order.hpp"

namespace tvh::venue_sim::binance {

struct OrderLimit {
  std::string header;    // "10S"
  std::string interval;  // "SECOND"
  int interval_count = 10;
  Milliseconds length = 10'000;
  int limit = 100;
};

struct LimitTable {
  int weight = 6000;  // a minute
  std::vector<OrderLimit> orders;
  int raw_requests = 0;  // in five minutes; 0: not announced
  bool fills_give_back = true;
};

class Limits {
 public:
  Limits(LimitTable table, int factor, Milliseconds ban_ms);

  const LimitTable& table() const { return table_; }
  // Throws ApiError: 429 when the weight is used up, 418 when the address keeps on, or is banned.
  void charge(const std::string& peer, int weight, Milliseconds now);
  // Throws ApiError -1015 with 429 when another order is one too many.
  void check_orders(int count, Milliseconds now);
  void count_orders(int count, Milliseconds now);
  void give_back_order();  // it filled

  int used_weight(const std::string& peer, Milliseconds now) const;
  int used_orders(const OrderLimit& limit, Milliseconds now) const;

 private:
  struct Window {
    Milliseconds start = 0;
    int used = 0;
  };
  struct Peer {
    Window weight;
    int ignored = 0;  // requests sent in spite of 429
    Milliseconds banned_until = 0;
  };

  LimitTable table_;
  Milliseconds ban_ms_;
  std::map<std::string, Peer> peers_;
  std::vector<Window> orders_;  // as table_.orders
};

}  // namespace tvh::venue_sim::binance
