// SimulatedVenue: what becomes of an order it took.
#include <algorithm>

#include "simulation/simulated_venue.hpp"

namespace tvh::simulation {

using model::Fill;
using model::Market;
using model::OrderReport;
using model::OrderRequest;
using model::OrderState;
using model::OrderType;
using model::Side;
using model::TimeInForce;
using std::chrono::milliseconds;
using std::chrono::seconds;

std::optional<model::Refused> SimulatedVenue::refuse_at_once(const OrderRequest& order) {
  if (faults_.strikes(Fault::refused)) return model::Refused{"-2010", "insufficient balance"};
  if (!instruments_.contains(order.instrument)) return model::Refused{"-1121", "invalid symbol"};
  if (order.reduce_only) {
    const Decimal net = held(order.instrument);
    const bool reduces = order.side == Side::buy ? net.is_negative() : net.is_positive();
    if (!reduces) return model::Refused{"-2022", "reduce-only order is rejected", true};
  }
  if (order.time_in_force == TimeInForce::post_only && random_.chance(20)) {
    return model::Refused{"-5022", "would trade at once"};
  }
  return std::nullopt;
}

void SimulatedVenue::match(VenueOrder& order) {
  const OrderRequest& request = order.request;
  const bool at_once = request.type == OrderType::market || request.time_in_force == TimeInForce::ioc ||
                       request.time_in_force == TimeInForce::fok;
  if (at_once && !faults_.strikes(Fault::rests)) {
    match_at_once(order);
  } else {
    leave_resting(order);
  }
}

void SimulatedVenue::match_at_once(VenueOrder& order) {
  const OrderRequest& request = order.request;
  const bool expires = faults_.strikes(Fault::expires);
  if (expires && request.time_in_force == TimeInForce::fok) return end(order, OrderState::expired);
  if (faults_.strikes(Fault::partial_fill) && request.time_in_force != TimeInForce::fok) {
    fill(order, part_of(order));
    if (expires || request.time_in_force == TimeInForce::ioc) return end(order, OrderState::expired);
    return leave_resting(order);
  }
  if (expires) return end(order, OrderState::expired);
  fill(order, request.quantity);
}

// It fills in one to three parts, expires, is rejected after all, or just stays.
void SimulatedVenue::leave_resting(VenueOrder& order) {
  if (model::is_terminal(order.state)) return;
  const TimePoint now = time_.true_now();
  VenueOrder* const resting = &order;
  const Nanoseconds longest = draining_ ? Nanoseconds(seconds(5)) : Nanoseconds(seconds(200));
  if (order.fills.empty() && faults_.strikes(Fault::refused_later)) {
    at(now + random_.span(milliseconds(1), longest), [this, resting] {
      if (resting->fills.empty()) end(*resting, OrderState::refused);
    });
    return;
  }
  if (faults_.strikes(Fault::expires)) {
    at(now + random_.span(milliseconds(1), longest), [this, resting] { end(*resting, OrderState::expired); });
  }
  const bool market = order.request.type == OrderType::market;
  if (!market && !draining_ && random_.chance(40)) return;  // the market never comes to it
  TimePoint when = now;
  for (auto parts = random_.between(1, 3); parts > 0; --parts) {
    when += random_.span(milliseconds(1), market ? longest / 10 : longest);
    const bool rest = parts == 1;
    at(when, [this, resting, rest] {
      fill(*resting, rest ? resting->request.quantity - resting->filled : part_of(*resting));
    });
  }
}

void SimulatedVenue::drain() {
  draining_ = true;
  down_until_ = {};
  for (VenueOrder& order : orders_) {
    if (model::is_terminal(order.state)) continue;
    VenueOrder* const resting = &order;
    const bool fills = random_.chance(70);
    at(time_.true_now() + random_.span(milliseconds(1), seconds(5)), [this, resting, fills] {
      if (fills) {
        fill(*resting, resting->request.quantity - resting->filled);
      } else {
        end(*resting, OrderState::expired);
      }
    });
  }
}

// Some of what is left: not nothing where a step fits in, not all.
Decimal SimulatedVenue::part_of(const VenueOrder& order) {
  const Decimal left = order.request.quantity - order.filled;
  static const std::vector<Decimal> shares{Decimal::from_trusted("0.1"), Decimal::from_trusted("0.5"),
                                           Decimal::from_trusted("0.7")};
  const Decimal part = multiply(left, random_.pick(shares), Rounding::toward_zero);
  const auto& step = instruments_.at(order.request.instrument).quantity_step;
  return step ? round_to_step(part, *step, Rounding::toward_zero) : part;
}

Decimal SimulatedVenue::reducible(const VenueOrder& order) const {
  const Decimal net = held(order.request.instrument);
  const bool reduces = order.request.side == Side::buy ? net.is_negative() : net.is_positive();
  return reduces ? net.absolute() : Decimal();
}

void SimulatedVenue::fill(VenueOrder& order, Decimal quantity) {
  if (model::is_terminal(order.state) || !quantity.is_positive()) return;
  const OrderRequest& request = order.request;
  const bool clipped = request.reduce_only && quantity > reducible(order);
  if (clipped) quantity = reducible(order);
  if (quantity.is_positive()) {
    Fill fill;
    fill.client_order_id = request.client_order_id;
    fill.venue = name();
    fill.instrument = request.instrument;
    fill.venue_order_id = order.venue_order_id;
    fill.trade_id = profile_.trade_ids_per_order
                        ? std::to_string(order.fills.size() + 1)
                        : order.venue_order_id + "-" + std::to_string(order.fills.size());
    fill.side = request.side;
    fill.quantity = quantity;
    fill.price = request.type == OrderType::limit ? *request.limit_price : price_of(request.instrument);
    const model::Instrument& instrument = instruments_.at(request.instrument);
    const bool base_fee = profile_.fees_in_base && request.market == Market::spot && request.side == Side::buy;
    fill.fee_asset = base_fee ? instrument.base_asset : instrument.quote_asset;
    fill.fee = multiply(quantity, Decimal::from_trusted("0.001"), Rounding::half_even, 12);
    fill.at = time_.true_now();
    Decimal& net = held_[request.instrument];
    net += request.side == Side::buy ? quantity : -quantity;
    if (base_fee) net -= fill.fee;
    order.filled += quantity;
    order.fills.push_back(std::move(fill));
    trace_.say(name(), " fills ", quantity.to_string(), " of ", request.client_order_id.substr(3, 6), " ",
               to_text(request.side), " ", request.instrument);
  }
  order.state = order.filled == request.quantity ? OrderState::filled : OrderState::partially_filled;
  if (order.filled.is_zero()) order.state = OrderState::accepted;
  if (clipped && order.state != OrderState::filled) {
    end(order, OrderState::expired);
  } else {
    tell(order);
  }
  if (quantity.is_positive()) observer_.on_fill(*this, order, order.fills.back());
}

void SimulatedVenue::end(VenueOrder& order, OrderState state) {
  if (model::is_terminal(order.state)) return;
  order.state = state;
  trace_.say(name(), " ends ", order.request.client_order_id.substr(3, 6), ": ", to_text(state));
  tell(order);
}

// News, as far as they get through: of the moment they left, whenever they arrive.
void SimulatedVenue::tell(const VenueOrder& order) {
  if (on_update_ == nullptr || is_down() || faults_.strikes(Fault::update_lost)) return;
  const int times = faults_.strikes(Fault::update_doubled) ? 2 : 1;
  const OrderReport report = report_with_fewer_fills(order);
  for (int i = 0; i < times; ++i) {
    Nanoseconds back = one_way();
    if (faults_.strikes(Fault::update_reordered)) back = random_.span(Nanoseconds(0), seconds(20));
    at(time_.true_now() + back, [this, id = order.request.client_order_id, report, connection = connection_] {
      if (connection == connection_ && on_update_) on_update_({id, report});
    });
  }
}

OrderReport SimulatedVenue::report_of(const VenueOrder& order) const {
  return {order.venue_order_id, order.state, order.filled, order.fills};
}

OrderReport SimulatedVenue::report_with_fewer_fills(const VenueOrder& order) {
  OrderReport report = report_of(order);
  if (!report.fills.empty() && faults_.strikes(Fault::fewer_fills)) {
    report.fills.erase(report.fills.begin() + random_.between(0, std::int64_t(report.fills.size()) - 1));
  }
  return report;
}

model::CancelOutcome SimulatedVenue::cancel_now(const model::OrderKey& key) {
  VenueOrder* const order = look(key);
  if (order == nullptr) return model::NotFound{};
  if (!model::is_terminal(order->state) && faults_.strikes(Fault::cancel_races_fill)) {
    fill(*order, random_.chance(50) ? order->request.quantity - order->filled : part_of(*order));
  }
  end(*order, OrderState::cancelled);
  return report_of(*order);
}

// In quote per base. Where prices move, they do so by the second, between nine and eleven tenths.
Decimal SimulatedVenue::price_of(const std::string& instrument) const {
  static const std::vector<Decimal> tenths{Decimal::from_trusted("0.9"), Decimal::from_trusted("0.95"),
                                           Decimal::from_trusted("1"), Decimal::from_trusted("1.02"),
                                           Decimal::from_trusted("1.1")};
  const Decimal base(instrument.starts_with("BTC") ? 100 : instrument.starts_with("ETH") ? 20 : 5);
  if (profile_.steady_prices) return base;
  const auto second = std::uint64_t(time_.true_now().time_since_epoch().count() / 1'000'000'000);
  return multiply(base, tenths[(second * 2654435761U >> 8) % tenths.size()], Rounding::half_even);
}

}  // namespace tvh::simulation
