// A venue as the contract suite drives it: whatever stands behind it, calls are asked and waited for here. A
// new adapter joins by a stand of its own, an account with 10,000 USDT in a market at 50,000, and a line in
// any_stand(); the suite asks it only for what its capabilities name.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/samples.hpp"
#include "venue/venue.hpp"

namespace tvh::test {

struct SampleOrder {
  std::string id = "tvha";
  std::string instrument = "BTCUSDT";
  model::Side side = model::Side::buy;
  std::string quantity = "0.01";
  std::string price = "50000";  // the reference; "" for none
};

inline model::OrderRequest make_order(const SampleOrder& sample) {
  model::OrderRequest order;
  order.client_order_id = sample.id;
  order.instrument = sample.instrument;
  order.market = sample.instrument.ends_with(".P") ? model::Market::perp : model::Market::spot;
  order.side = sample.side;
  order.quantity = dec(sample.quantity);
  if (!sample.price.empty()) order.reference_price = dec(sample.price);
  return order;
}

class VenueStand {
 public:
  virtual ~VenueStand() = default;

  virtual venue::Venue& venue() = 0;
  // What most cases trade: BTCUSDT, or BTCUSDT.P where the venue has no spot.
  virtual const std::string& home() const = 0;
  // As after the end of the process; what was asked and not answered is forgotten.
  virtual void restart() = 0;
  // The market trades at `price`.
  virtual void move_market(const std::string& instrument, const Decimal& price) = 0;
  // Until the venue has something to do, and lets it.
  virtual void pass_time() = 0;
  // What was bought less what was sold of it, as whoever stands behind the venue has it: a spot account tells
  // balances only.
  virtual Decimal position(const std::string& instrument) {
    for (const auto& held : positions()) {
      if (held.instrument == instrument) return held.quantity;
    }
    return {};
  }

  std::vector<venue::OrderUpdate> updates;  // since the start of the test

  model::SubmitOutcome submit(const model::OrderRequest& order) {
    return answer<model::SubmitOutcome>([&](auto done) { venue().submit(order, done); });
  }
  model::QueryOutcome query(const model::OrderRequest& order) {
    return answer<model::QueryOutcome>([&](auto done) { venue().query_order(key_of(order), done); });
  }
  model::CancelOutcome cancel(const model::OrderRequest& order) {
    return answer<model::CancelOutcome>([&](auto done) { venue().cancel(key_of(order), done); });
  }
  model::LookUpOutcome look_up(const model::LookUp& wanted) {
    return answer<model::LookUpOutcome>([&](auto done) { venue().look_up(wanted, done); });
  }
  std::vector<venue::VenuePosition> positions() {
    using All = Result<std::vector<venue::VenuePosition>>;
    return answer<All>([&](auto done) { venue().read_positions(done); }).value();
  }
  std::vector<model::PaperBalance> balances() {
    using All = Result<std::vector<model::PaperBalance>>;
    return answer<All>([&](auto done) { venue().read_balances(done); }).value();
  }

  static model::OrderKey key_of(const model::OrderRequest& order) {
    return {order.client_order_id, "", order.instrument, order.market, order.type};
  }

 private:
  static constexpr int kTurns = 1000;

  template <class Answer, class Start>
  Answer answer(const Start& start) {
    std::optional<Answer> given;
    int times = 0;
    start(venue::Done<Answer>([&](Answer told) {
      given.emplace(std::move(told));
      ++times;
    }));
    for (int turn = 0; !given && turn < kTurns; ++turn) pass_time();
    if (!given) throw std::runtime_error("the venue never answered");
    if (times != 1) throw std::runtime_error("the venue answered more than once");
    return std::move(*given);
  }
};

}  // namespace tvh::test
