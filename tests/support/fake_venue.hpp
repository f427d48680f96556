// An exchange in memory that keeps its orders, with faults by name. Fills market orders at once, at the order's
// price; answers at once, unless it is told to hold its answers.
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
  explicit FakeVenue(std::string name = "fake") : name_(std::move(name)) {
    abilities.order_types = {model::OrderType::market, model::OrderType::limit, model::OrderType::stop};
    abilities.times_in_force = {model::TimeInForce::gtc, model::TimeInForce::ioc};
  }

  enum class Fault {
    none,
    reply_lost,    // it takes the order, we hear nothing; an answer of 5xx looks the same
    request_lost,  // it never hears of the order, we hear nothing
    refused,
    rests,       // accepted, not filled
    fills_half,  // partially filled, the rest rests
    throttled,   // not taken, come again later
    clock,       // not taken, the timestamp was off
    unreachable,
    told_first,  // the fill is told by an update before the answer comes
    told_short,  // filled, and neither the answer nor the first short_queries show the fill
  };
  std::deque<Fault> faults;            // one for each submit to come; none when empty
  int failing_queries = 0;             // so many queries are answered with nothing
  int silent_prices = 0;               // so many looks bring no price
  int invisible_queries = 0;           // so many say "no such order", whether there is one or not
  int short_queries = 0;               // so many tell how much has filled and show no fill
  int failing_cancels = 0;             // so many cancels are answered with nothing, and do nothing
  int failing_looks = 0;               // so many look-ups find the venue unreachable
  int delayed_requests = 0;            // so many submits arrive only with deliver()
  std::chrono::seconds wait_asked{2};  // by what is throttled
  std::optional<std::chrono::steady_clock::time_point> paused;  // what it wants, as looks were told
  bool holds_answers = false;  // submits are taken, but answered only by answer_held()
  std::map<std::string, Decimal> prices;
  Decimal fee;  // of every fill
  std::string fee_asset = "USDT";
  std::set<std::string> stuck;       // orders whose cancels are answered with nothing, and do nothing
  std::set<std::string> untradable;  // instruments it does not know
  model::Capabilities abilities;
  std::function<model::Instrument(model::Instrument)> filters;  // what it adds to a plain instrument
  std::optional<model::AccountFigures> account;

  std::function<void(const model::OrderRequest&)> at_submit;  // as a request leaves

  std::vector<std::string> requests;  // ids as they were sent, in order
  std::vector<model::OrderRequest> sent;
  std::map<std::string, model::OrderReport> orders;
  std::map<std::string, model::OrderRequest> asked;  // what each of them asked for
  std::map<std::string, Decimal> held;

  // What rests is filled, as if the market had come to it. `tell`: by an update too.
  void fill_resting(const model::OrderRequest& order, bool tell = false) {
    auto& report = orders.at(order.client_order_id);
    add_fill(order, report, order.quantity - report.filled_quantity);
    report.state = model::OrderState::filled;
    if (tell) update(order.client_order_id);
  }
  void cancel_resting(const std::string& id) { orders.at(id).state = model::OrderState::cancelled; }
  // Tells how an order stands, asked or not.
  void update(const std::string& id) {
    if (on_update_) on_update_({id, orders.at(id)});
  }
  std::size_t held_answers() const { return held_.size(); }
  void answer_held() {
    auto answers = std::move(held_);
    held_.clear();
    for (auto& answer : answers) answer();
  }

  void deliver() {
    for (auto& arrive : std::exchange(delayed_, {})) arrive();
  }

  const std::string& name() const override { return name_; }
  const model::Capabilities& capabilities() const override { return abilities; }

  std::optional<std::chrono::steady_clock::time_point> paused_until() const override { return paused; }

  bool has_no_connection = false;  // submits wait, unsent
  void drop_unsent() override {
    for (auto& done : std::exchange(unsent_, {}))
      done(model::NotTaken{model::RetryClass::unreachable, "dropped before it was sent", {}});
  }

  void submit(const model::OrderRequest& order, venue::Done<model::SubmitOutcome> done) override {
    if (has_no_connection) return unsent_.push_back(std::move(done));
    if (delayed_requests > 0) {
      --delayed_requests;
      return delayed_.push_back([this, order, done = std::move(done)] { submit(order, done); });
    }
    if (at_submit) at_submit(order);
    auto outcome = take(order);
    if (holds_answers) {
      held_.push_back([done = std::move(done), outcome = std::move(outcome)] { done(outcome); });
    } else {
      done(std::move(outcome));
    }
  }

  void query_order(const model::OrderKey& key, venue::Done<model::QueryOutcome> done) override {
    ++queries;
    if (failing_queries > 0) {
      --failing_queries;
      return done(model::Unknown{"no answer in 10 s"});
    }
    const auto known = orders.find(key.client_order_id);
    if (known == orders.end() || invisible_queries > 0) {
      if (invisible_queries > 0) --invisible_queries;
      return done(model::NotFound{});
    }
    if (short_queries > 0) {
      --short_queries;
      return done(without_fills(known->second));
    }
    done(known->second);
  }
  int queries = 0;

  void cancel(const model::OrderKey& key, venue::Done<model::CancelOutcome> done) override {
    ++cancels;
    if (failing_cancels > 0 || stuck.contains(key.client_order_id)) {
      failing_cancels = std::max(0, failing_cancels - 1);
      return done(model::Unknown{"no answer in 10 s"});
    }
    const auto known = orders.find(key.client_order_id);
    if (known == orders.end()) return done(model::NotFound{});
    auto& state = known->second.state;
    if (state == model::OrderState::accepted || state == model::OrderState::partially_filled)
      state = model::OrderState::cancelled;
    done(known->second);
  }
  int cancels = 0;

  void look_up(const model::LookUp& wanted, venue::Done<model::LookUpOutcome> done) override {
    if (failing_looks > 0) {
      --failing_looks;
      return done(model::Unreachable{"connection refused"});
    }
    if (untradable.contains(wanted.instrument))
      return done(model::NotTraded{name_ + " does not trade " + wanted.instrument});
    model::MarketFacts facts;
    facts.instrument = make_instrument(wanted.instrument);
    if (filters) facts.instrument = filters(facts.instrument);
    const auto known = prices.find(wanted.instrument);
    if (known != prices.end()) facts.price = known->second;
    if (silent_prices > 0 && wanted.price) {
      --silent_prices;
      facts.price.reset();
      facts.no_price = "no answer";
    }
    if (wanted.account) facts.account = account.value_or(model::AccountFigures());
    done(std::move(facts));
  }
  void read_positions(venue::Done<Result<std::vector<venue::VenuePosition>>> done) override {
    std::vector<venue::VenuePosition> all;
    for (const auto& [instrument, quantity] : held) {
      if (!quantity.is_zero()) all.push_back({instrument, quantity});
    }
    done(std::move(all));
  }
  void read_balances(venue::Done<Result<std::vector<model::PaperBalance>>> done) override {
    done(std::vector<model::PaperBalance>());
  }
  void watch_orders(std::function<void(venue::OrderUpdate)> on_update) override {
    on_update_ = std::move(on_update);
  }

 private:
  model::SubmitOutcome take(const model::OrderRequest& order) {
    requests.push_back(order.client_order_id);
    sent.push_back(order);
    Fault fault = Fault::none;
    if (!faults.empty()) {
      fault = faults.front();
      faults.pop_front();
    }
    if (fault == Fault::request_lost) return model::Unknown{"connection reset before the answer"};
    if (fault == Fault::throttled)
      return model::NotTaken{model::RetryClass::throttled, "too many requests", wait_asked};
    if (fault == Fault::clock)
      return model::NotTaken{model::RetryClass::clock, "timestamp outside recvWindow", {}};
    if (fault == Fault::unreachable)
      return model::NotTaken{model::RetryClass::unreachable, "connection refused", {}};
    const auto known = orders.find(order.client_order_id);
    if (known != orders.end()) return model::Accepted{known->second};
    if (fault == Fault::refused)
      return model::Refused{"-2010", "Account has insufficient balance for requested action."};
    const bool reduces = order.reduce_only && order.market == model::Market::perp;
    if (reduces && reducible(order).is_zero())
      return model::Refused{"-2022", "ReduceOnly Order is rejected.", true};
    model::OrderReport report;
    report.venue_order_id = std::to_string(1000 + orders.size());
    const bool rests = fault == Fault::rests || order.type != model::OrderType::market;
    if (rests && order.time_in_force == model::TimeInForce::ioc && fault != Fault::rests) {
      report.state = model::OrderState::filled;
      add_fill(order, report, order.quantity);
    } else if (rests) {
      report.state = model::OrderState::accepted;
    } else if (fault == Fault::fills_half) {
      report.state = model::OrderState::partially_filled;
      add_fill(order, report, divide(order.quantity, Decimal(2), Rounding::toward_zero, 12));
    } else if (reduces && reducible(order) < order.quantity) {
      add_fill(order, report, reducible(order));
      report.state = model::OrderState::expired;
    } else {
      report.state = model::OrderState::filled;
      add_fill(order, report, order.quantity);
    }
    orders[order.client_order_id] = report;
    asked[order.client_order_id] = order;
    if (fault == Fault::told_first) update(order.client_order_id);
    if (fault == Fault::reply_lost) return model::Unknown{"no answer in 10 s"};
    if (fault == Fault::told_short) return model::Accepted{without_fills(report)};
    return model::Accepted{report};
  }

  // Of the net position, what its side takes away.
  Decimal reducible(const model::OrderRequest& order) {
    const Decimal& net = held[order.instrument];
    const bool against = order.side == model::Side::buy ? net.is_negative() : net.is_positive();
    return against ? net.absolute() : Decimal();
  }

  static model::OrderReport without_fills(model::OrderReport report) {
    report.fills.clear();
    return report;
  }

  void add_fill(const model::OrderRequest& order, model::OrderReport& report, const Decimal& quantity) {
    model::Fill fill;
    fill.client_order_id = order.client_order_id;
    fill.venue = name_;
    fill.instrument = order.instrument;
    fill.venue_order_id = report.venue_order_id;
    fill.trade_id = std::to_string(++trades_);
    fill.side = order.side;
    fill.quantity = quantity;
    const auto known = prices.find(order.instrument);
    fill.price = order.limit_price       ? *order.limit_price
                 : order.reference_price ? *order.reference_price
                 : known != prices.end() ? known->second
                                         : Decimal(1);
    fill.fee = fee;
    fill.fee_asset = fee_asset;
    fill.at = clock_.now();
    report.fills.push_back(fill);
    report.filled_quantity += quantity;
    held[order.instrument] += order.side == model::Side::buy ? quantity : -quantity;
  }

  std::string name_;
  TickingClock clock_;
  int trades_ = 0;
  std::vector<venue::Done<model::SubmitOutcome>> unsent_;
  std::vector<std::function<void()>> held_;
  std::vector<std::function<void()>> delayed_;
  std::function<void(venue::OrderUpdate)> on_update_;
};

}  // namespace tvh::test
