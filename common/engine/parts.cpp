#include "engine/parts.hpp"

namespace tvh::engine {

using model::OrderRequest;
using model::OrderType;

namespace {

bool may_be_split(const PlanInput& input, const OrderRequest& request) {
  const bool closes = opening_quantity(input.position.quantity, request.side, request.quantity).is_zero();
  const bool plain = request.type == OrderType::market || request.type == OrderType::limit;
  return closes && plain && request.time_in_force != model::TimeInForce::fok && input.instrument.quantity_step;
}

// How many orders of at most `most` it takes; more than kMostParts: too many.
int count_parts(const Decimal& quantity, const Decimal& most) {
  Decimal sum = most;
  int parts = 1;
  for (; sum < quantity && parts <= kMostParts; ++parts) sum += most;
  return parts;
}

// `parts` quantities on the step that sum up to `quantity`, which is on it too; the larger ones first.
std::vector<Decimal> share(const Decimal& quantity, int parts, const Decimal& step) {
  const Decimal even = divide(quantity, Decimal(parts), Rounding::toward_zero, Decimal::kMaxScale);
  const Decimal least = round_to_step(even, step, Rounding::toward_zero);
  Decimal left = quantity - multiply(least, Decimal(parts), Rounding::toward_zero);
  std::vector<Decimal> shares;
  for (int part = 0; part < parts; ++part) {
    const bool larger = left.is_positive();
    shares.push_back(larger ? least + step : least);
    if (larger) left -= step;
  }
  return shares;
}

}  // namespace

std::optional<Decimal> most_of_one_order(const model::Instrument& instrument, OrderType type) {
  std::optional<Decimal> most = instrument.maximum_quantity;
  const auto& of_market = instrument.maximum_market_quantity;
  if (type == OrderType::market && of_market && (!most || *of_market < *most)) most = of_market;
  return most;
}

std::variant<std::vector<PlannedOrder>, Refusal> split_above_maximum(const PlanInput& input,
                                                                     PlannedOrder order) {
  const OrderRequest& request = order.request;
  const model::Instrument& instrument = input.instrument;
  auto most = most_of_one_order(instrument, request.type);
  std::vector<PlannedOrder> parts;
  if (!most || request.quantity <= *most || !may_be_split(input, request)) {
    parts.push_back(std::move(order));
    return parts;
  }
  const Decimal& step = *instrument.quantity_step;
  most = round_to_step(*most, step, Rounding::toward_zero);
  const bool on_step = round_to_step(request.quantity, step, Rounding::toward_zero) == request.quantity;
  if (!most->is_positive() || !on_step) {
    parts.push_back(std::move(order));
    return parts;
  }
  const int count = count_parts(request.quantity, *most);
  if (count > kMostParts) {
    const Decimal at_once = multiply(*most, Decimal(kMostParts), Rounding::toward_zero);
    return Refusal{"above_maximum_quantity", "closing " + request.quantity.to_string() + " " + instrument.name +
                                                 " takes more than " + std::to_string(kMostParts) +
                                                 " orders of at most " + most->to_string() +
                                                 "; close at most " + at_once.to_string() + " at a time"};
  }
  const std::vector<Decimal> shares = share(request.quantity, count, step);
  for (int part = 1; part <= count; ++part) {
    PlannedOrder one = order;
    if (part > 1) one.leg += "/" + std::to_string(part);
    one.request.client_order_id = model::client_order_id(input.signal.id, input.rules.venue, one.leg, 0);
    one.request.quantity = shares[std::size_t(part - 1)];
    one.rules.push_back("part " + std::to_string(part) + " of " + std::to_string(count) + ": one order of " +
                        instrument.name + " may ask for " + most->to_string() + " at most");
    parts.push_back(std::move(one));
  }
  return parts;
}

}  // namespace tvh::engine
