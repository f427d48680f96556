// Binance spot: /api/v3 and the few /sapi paths a client asks for at the start. Source: venue sheet 1.
#pragma once

#include "venue_sim/binance/product.hpp"

namespace tvh::venue_sim::binance {

class Spot final : public Product {
 public:
  explicit Spot(const VenueOptions& options);
  std::string default_position_side(const Order&) const override { return ""; }
  Answer outcome_unknown(std::uint64_t choice) const override;

 private:
  void add_market_routes();
  void add_order_routes();
  void add_list_routes();
  void add_account_routes();

  // spot_orders.cpp
  Order order_of(const Call& call);  // validated, filters passed
  Json place_order(const Call& call);
  Json test_order(const Call& call);
  Json query_order(const Call& call);
  Json cancel_order(const Call& call);
  Json cancel_open_orders(const Call& call);
  Json open_orders(const Call& call);
  Json all_orders(const Call& call);
  const Order& find_order(const Call& call, int missing_code, const char* missing_message) const;
  const Order& cancel_and_find(std::int64_t id, const Moment& moment);
  void check_filters(const Order& order, const Instrument& instrument) const;
  [[noreturn]] void refuse(Refusal refusal) const;

  // spot_lists.cpp
  Json place_oco(const Call& call);
  Json query_list(const Call& call);
  Json cancel_list(const Call& call);
  Json open_lists(const Call& call);
  Order leg_of(const Call& call, const std::string& prefix, const Instrument& instrument);

  // spot_account.cpp
  Json exchange_info(const Call& call) const;
  Json account(const Call& call) const;
  Json trades_of(const Call& call) const;

  // spot_replies.cpp
  Json placed_reply(const Order& order, const std::string& response_type) const;
  Json order_reply(const Order& order) const;
  Json canceled_reply(const Order& order, const std::string& cancel_id, Milliseconds now) const;
  Json list_reply(const OrderList& list) const;
};

}  // namespace tvh::venue_sim::binance
