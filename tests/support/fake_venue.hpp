// An exchange in memory that keeps its orders, with faults by name. Fills market orders at once, at the order's
// price.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <set>

#include "support/samples.hpp"
#include "venue/venue.hpp"

namespace tvh::test {

class FakeVenue final : public venue::Venue {
 public:
  explicit FakeVenue(std::string name = "fake") : name_(std::move(name)) {}

  enum class Fault {
    none,
    reply_lost,    // it takes the order, we hear nothing
    request_lost,  // it never hears of the order, we hear nothing
    refused,
    rests,       // accepted, not filled
    fills_half,  // partially filled, the rest rests
  };
  std::deque<Fault> faults;  // one for each submit to come; none when empty
  int failing_queries = 0;   // so many queries are answered with nothing
  std::map<std::string, Decimal> prices;
  std::set<std::string> untradable;  // instruments it does not know

  std::function<void(const model::OrderRequest&)> at_submit;  // as a request leaves

  std::vector<std::string> requests;  // ids as they were sent, in order
  std::map<std::string, model::OrderReport> orders;
  std::map<std::string, Decimal> held;

  // What rests is filled, as if the market had come to it.
  void fill_resting(const model::OrderRequest& order) {
    auto& report = orders.at(order.client_order_id);
    add_fill(order, report, order.quantity - report.filled_quantity);
    report.state = model::OrderState::filled;
  }
  void cancel_resting(const std::string& id) { orders.at(id).state = model::OrderState::cancelled; }

  const std::string& name() const override { return name_; }

  model::SubmitOutcome submit(const model::OrderRequest& order) override {
    if (at_submit) at_submit(order);
    requests.push_back(order.client_order_id);
    Fault fault = Fault::none;
    if (!faults.empty()) {
      fault = faults.front();
      faults.pop_front();
    }
    if (fault == Fault::request_lost) return model::Unknown{"connection reset before the answer"};
    const auto known = orders.find(order.client_order_id);
    if (known != orders.end()) return model::Accepted{known->second};
    if (fault == Fault::refused)
      return model::Refused{"-2010", "Account has insufficient balance for requested action."};
    model::OrderReport report;
    report.venue_order_id = std::to_string(1000 + orders.size());
    if (fault == Fault::rests) {
      report.state = model::OrderState::accepted;
    } else if (fault == Fault::fills_half) {
      report.state = model::OrderState::partially_filled;
      add_fill(order, report, divide(order.quantity, Decimal(2), Rounding::toward_zero, 12));
    } else {
      report.state = model::OrderState::filled;
      add_fill(order, report, order.quantity);
    }
    orders[order.client_order_id] = report;
    if (fault == Fault::reply_lost) return model::Unknown{"no answer in 10 s"};
    return model::Accepted{report};
  }

  venue::QueryOutcome query_order(const std::string& client_order_id) override {
    if (failing_queries > 0) {
      --failing_queries;
      return model::Unknown{"no answer in 10 s"};
    }
    const auto known = orders.find(client_order_id);
    if (known == orders.end()) return venue::NotFound{};
    return known->second;
  }

  Result<model::Instrument> find_instrument(const std::string& instrument, model::Market) override {
    if (untradable.contains(instrument)) return fail(Errc::bad_data, name_ + " does not trade " + instrument);
    return make_instrument(instrument);
  }
  Result<std::optional<Decimal>> find_price(const std::string& instrument,
                                            const std::optional<Decimal>& reference_price) override {
    if (reference_price) return reference_price;
    const auto known = prices.find(instrument);
    return known == prices.end() ? std::optional<Decimal>() : std::optional(known->second);
  }
  Result<std::vector<venue::VenuePosition>> read_positions() override {
    std::vector<venue::VenuePosition> all;
    for (const auto& [instrument, quantity] : held) {
      if (!quantity.is_zero()) all.push_back({instrument, quantity});
    }
    return all;
  }
  Result<std::vector<model::PaperBalance>> read_balances() override {
    return std::vector<model::PaperBalance>();
  }
  Result<venue::AccountFigures> read_account(const model::Instrument&) override {
    return venue::AccountFigures();
  }

 private:
  void add_fill(const model::OrderRequest& order, model::OrderReport& report, const Decimal& quantity) {
    model::Fill fill;
    fill.client_order_id = order.client_order_id;
    fill.venue = name_;
    fill.instrument = order.instrument;
    fill.venue_order_id = report.venue_order_id;
    fill.trade_id = std::to_string(++trades_);
    fill.side = order.side;
    fill.quantity = quantity;
    fill.price = **find_price(order.instrument, order.reference_price);
    fill.fee_asset = "USDT";
    fill.at = clock_.now();
    report.fills.push_back(fill);
    report.filled_quantity += quantity;
    held[order.instrument] += order.side == model::Side::buy ? quantity : -quantity;
  }

  std::string name_;
  TickingClock clock_;
  int trades_ = 0;
};

}  // namespace tvh::test
