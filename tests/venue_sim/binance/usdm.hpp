// Binance USD-M futures: /fapi. Source: venue sheet 2.
#pragma once

#include "venue_sim/binance/product.hpp"

namespace tvh::venue_sim::binance {

class Usdm final : public Product {
 public:
  explicit Usdm(const VenueOptions& options);
  std::string default_position_side(const Order& order) const override;
  Answer outcome_unknown(std::uint64_t choice) const override;

 private:
  using Method = Json (Usdm::*)(const Call&);
  void add_market_routes();
  void add_order_routes();
  void add_algo_routes();
  void add_account_routes();
  void add_signed(const char* method, const char* path, int weight, int weight_without_symbol, Method handle);
  const MarginAccount& margin() const { return dynamic_cast<const MarginAccount&>(exchange_->account()); }
  MarginAccount& margin() { return dynamic_cast<MarginAccount&>(exchange_->account()); }

  // usdm_orders.cpp
  Order order_of(const Call& call);  // validated, filters passed
  void read_sides(const Parameters& parameters, Order& order) const;
  void check_filters(const Order& order, const Instrument& instrument) const;
  void check_reducing(const Order& order) const;
  [[noreturn]] void refuse(Refusal refusal) const;
  const Order& find_order(const Call& call, int missing_code, const char* missing_message) const;
  Json place_order(const Call& call);
  Json test_order(const Call& call);
  Json query_order(const Call& call);
  Json query_open_order(const Call& call);
  Json cancel_order(const Call& call);
  Json cancel_open_orders(const Call& call);
  Json open_orders(const Call& call);
  Json all_orders(const Call& call);
  Json trades_of(const Call& call);

  // usdm_algo.cpp
  Json place_algo(const Call& call);
  Json query_algo(const Call& call);
  Json cancel_algo(const Call& call);
  Json open_algos(const Call& call);
  Json all_algos(const Call& call);
  Json cancel_open_algos(const Call& call);
  const ConditionalOrder& find_algo(const Call& call, int missing_code, const char* missing_message) const;

  // usdm_account.cpp
  Json exchange_info(const Call& call) const;
  Json balances(const Call& call);
  Json account(const Call& call);
  Json account_config(const Call& call);
  Json positions_v2(const Call& call);
  Json positions_v3(const Call& call);
  Json symbol_config(const Call& call);
  Json leverage_brackets(const Call& call);
  Json commission_rate(const Call& call);
  Json set_leverage(const Call& call);
  Json set_margin_type(const Call& call);
  Json position_mode(const Call& call);
  Json set_position_mode(const Call& call);

  // usdm_replies.cpp
  enum class Detail { acknowledgement, result, query };
  Json order_reply(const Order& order, Detail detail) const;
  enum class AlgoDetail { placed, query };
  Json algo_reply(const ConditionalOrder& algo, AlgoDetail detail) const;
};

}  // namespace tvh::venue_sim::binance
