// Binance spot. Facts sheet section 1.
#pragma once

#include "venues/binance/wire.hpp"

namespace tvh::venues::binance {

class Spot final : public venue::Exchange {
 public:
  // `window` is that of signed requests: the fence is made of it. `has_account_service`: the host answers /sapi
  // (live only).
  Spot(Keys keys, std::chrono::milliseconds window, bool has_account_service);

  const model::Capabilities& capabilities() const override { return capabilities_; }
  int weight_per_minute() const override { return 6000; }  // sheet 1.8, recorded

  client::Request write(const venue::Ask& ask, const venue::Stamp& stamp) const override;
  venue::Problem read_problem(const client::Response& response) const override;
  venue::Usage read_usage(const client::Response& response) const override;
  venue::Ask server_time() const override;
  venue::Reading<std::chrono::milliseconds> read_server_time(const client::Response& response) const override;

  venue::Ask place(const model::OrderRequest& order) const override;
  venue::Reading<model::OrderReport> read_placed(const model::OrderRequest& order,
                                                 const client::Response& response) const override;
  venue::Ask find_order(const model::OrderKey& order) const override;
  venue::Reading<venue::OrderReading> read_order(const model::OrderKey& order,
                                                 const client::Response& response) const override;
  venue::Ask trades(const model::OrderKey& order, const std::string& venue_order_id) const override;
  venue::Reading<std::vector<model::Fill>> read_trades(const model::OrderKey& order,
                                                       const client::Response& response) const override;
  venue::Ask cancel(const model::OrderKey& order) const override;
  venue::Reading<model::OrderReport> read_cancelled(const model::OrderKey& order,
                                                    const client::Response& response) const override;

  venue::Ask instruments(const std::string& instrument) const override;
  venue::Reading<std::vector<model::Instrument>> read_instruments(
      const client::Response& response) const override;
  venue::Ask price(const std::string& instrument) const override;
  venue::Reading<Decimal> read_price(const client::Response& response) const override;
  venue::Ask account() const override;
  venue::Reading<model::AccountFigures> read_account(const model::Instrument& instrument,
                                                     const std::optional<Decimal>& price,
                                                     const client::Response& response) const override;
  venue::Reading<std::vector<model::PaperBalance>> read_balances(
      const client::Response& response) const override;
  std::optional<venue::Ask> positions() const override { return std::nullopt; }
  venue::Reading<std::vector<venue::VenuePosition>> read_positions(
      const client::Response& response) const override;
  std::optional<venue::Ask> precondition() const override { return std::nullopt; }
  venue::Reading<std::optional<std::string>> read_precondition(const client::Response& response) const override;
  std::optional<venue::Ask> permissions() const override;
  std::vector<venue::CheckLine> read_account_rights(const client::Response& response) const override;
  venue::Reading<std::vector<venue::CheckLine>> read_permissions(
      const client::Response& response) const override;

 private:
  Keys keys_;
  bool has_account_service_;
  model::Capabilities capabilities_;
};

}  // namespace tvh::venues::binance
