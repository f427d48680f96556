// Stepper: closes that the account's net position does not cover. A venue that nets knows only the sum of all
// strategies; a reduce-only close that another strategy's order overtook finds nothing to reduce there, or less
// than it closes. What our own book explains is decided on again, without reduce-only; what it does not explain
// is a position that the venue does not have, and that must not be opened the other way round.
#include <algorithm>

#include "engine/retry.hpp"
#include "engine/stepper.hpp"

namespace tvh::engine {

using model::Intent;
using model::OrderEventKind;
using model::OrderState;

namespace {

constexpr std::string_view kAgain = "#2";
// For what others have under way to be known; what closes for as long as it is tried at all.
constexpr std::chrono::seconds kNetPatience{30};

Decimal held_by_all(const ExecutorState& state, const Intent& intent) {
  Decimal net;
  for (const auto& [lane, position] : state.positions) {
    if (lane.venue == intent.venue && lane.instrument == intent.request.instrument) net += position.quantity;
  }
  return net;
}

Decimal held_by_own(const ExecutorState& state, const Intent& intent) {
  const auto held = state.positions.find({intent.venue, intent.strategy, intent.request.instrument});
  return held == state.positions.end() ? Decimal() : held->second.quantity;
}

// Of that, what no other order of its lane closes already. What waits for this very order comes after it.
Decimal left_to_close(const ExecutorState& state, const Intent& intent) {
  Decimal left = held_by_own(state, intent);
  const bool negative = left.is_negative();
  left = left.absolute();
  for (const auto& [id, order] : state.orders) {
    const Intent& other = order.intent;
    const bool same_lane = other.venue == intent.venue && other.strategy == intent.strategy &&
                           other.request.instrument == intent.request.instrument;
    const bool follows = other.signal_id == intent.signal_id && other.state == OrderState::planned;
    if (!same_lane || follows || id == intent.request.client_order_id || order.vanished >= kVanished) continue;
    if (other.request.side == intent.request.side) left -= other.request.quantity - other.filled_quantity;
  }
  if (left.is_negative()) return Decimal();
  return negative ? -left : left;
}

bool is_rival(const OpenOrder& other, const Intent& intent) {
  return other.intent.venue == intent.venue && other.intent.request.instrument == intent.request.instrument &&
         other.intent.strategy != intent.strategy && other.intent.request.side == intent.request.side;
}

}  // namespace

std::string leg_again(const std::string& leg) { return leg + std::string(kAgain); }

bool is_closing_leg(const std::string& leg) {
  return leg == "close" || leg.starts_with("close/") || leg.starts_with("close#");
}

// What was filled of it before the close was refused is in our book. One that was sent afterwards is no reason.
bool Stepper::is_settled_since(const OpenOrder& other, SteadyPoint refused) const {
  if (other.intent.state == OrderState::planned) return true;
  if (other.first_sent_here && *other.first_sent_here > refused) return true;
  const SteadyPoint shown = refused + rules_.venues.at(other.intent.venue).visibility_lag;
  return is_known(other) && other.seen_at && *other.seen_at >= shown;
}

// Whether the positions of all strategies say why the net position does not cover what is left of the order.
// Fills explain; what others have open may, once it is known how much of it has filled.
Stepper::Netting Stepper::ask_net(const OpenOrder& order) const {
  const Intent& intent = order.intent;
  const model::Side side = intent.request.side;
  const Decimal rest = intent.request.quantity - intent.filled_quantity;
  const LaneKey lane{intent.venue, intent.strategy, intent.request.instrument};
  const Decimal held = left_to_close(state_, intent);
  if (!opening_quantity(held, side, rest).is_zero()) return Netting::denies;
  if (!opening_quantity(held_by_all(state_, intent), side, rest).is_zero()) return Netting::explains;
  if (may_only_reduce(held, held_by_others(state_, lane), side, rest)) return Netting::denies;
  const bool open = std::any_of(state_.orders.begin(), state_.orders.end(), [&](const auto& entry) {
    return is_rival(entry.second, intent) && !is_settled_since(entry.second, order.not_reduced_at);
  });
  return open ? Netting::may_explain : Netting::denies;
}

// The venue refused it: it exists nowhere, and stays as it is until that is decided, so that a restart finds
// it.
void Stepper::weigh_close(OpenOrder& order) {
  Intent& intent = order.intent;
  order.due.reset();
  if (order.cancel_wanted) return refuse_close(order, "; it was cancelled meanwhile");
  const Netting netting = ask_net(order);
  const std::string where = intent.request.instrument + " at venue " + intent.venue;
  if (netting == Netting::may_explain &&
      moment_.steady - order.not_reduced_at < std::max(Nanoseconds(kNetPatience), rules_.exit_patience)) {
    look_at_others(order);
    order.due = moment_.steady + backoff(netting_rule(), intent.request.client_order_id, order.looks++);
    return;
  }
  if (netting == Netting::may_explain) {
    return refuse_close(order, "; what other strategies have open in " + where +
                                   " may be why, and does not become known: run tvhook-reconcile --venue " +
                                   intent.venue + ", then close again");
  }
  if (netting == Netting::denies) {
    return refuse_close(order, "; the journal has " + held_by_own(state_, intent).to_string() + " of " +
                                   intent.strategy + " and " + held_by_all(state_, intent).to_string() +
                                   " of all strategies in " + where +
                                   ", the venue has less: run tvhook-reconcile --venue " + intent.venue +
                                   " before anything else is sent there");
  }
  if (auto refusal = check_again(order)) return end_unsent(order, *refusal);
  const model::Refused refused = *order.not_reduced;
  move(order, OrderEventKind::refuse, refused.code + ": " + refused.message);
  const std::string again = close_again(order);
  order.decided_again = true;
  intent.reason = refused.code;
  intent.message = refused.message + "; other strategies hold against it, so " + again +
                   " closes without reduce-only. It may: " + std::string(netting_rule().safe_because);
  out_.entries.push_back(model::ExplainOrder{intent.request.client_order_id, intent.reason, intent.message});
  settle(order);
}

void Stepper::look_at_others(const OpenOrder& order) {
  const SteadyPoint shown =
      std::max(moment_.steady, order.not_reduced_at + rules_.venues.at(order.intent.venue).visibility_lag);
  for (auto& [id, other] : state_.orders) {
    if (!is_rival(other, order.intent) || !is_outcome_known(other.intent.state) ||
        is_settled_since(other, order.not_reduced_at))
      continue;
    if (other.call == OpenOrder::Call::none && (!other.due || *other.due > shown)) other.due = shown;
  }
}

void Stepper::refuse_close(OpenOrder& order, const std::string& why) {
  Intent& intent = order.intent;
  const model::Refused refused = *order.not_reduced;
  count_outcome(order, false);
  move(order, OrderEventKind::refuse, refused.code + ": " + refused.message);
  intent.reason = refused.code;
  intent.message = refused.message + why;
  out_.entries.push_back(model::ExplainOrder{intent.request.client_order_id, intent.reason, intent.message});
  settle(order);
}

// A decision of its own, with an id of its own; for what is left, and once only: without reduce-only no net
// position is too small.
std::string Stepper::close_again(const OpenOrder& order) {
  OpenOrder again;
  Intent& intent = again.intent;
  intent = order.intent;
  intent.leg = leg_again(order.intent.leg);
  intent.request.client_order_id = model::client_order_id(intent.signal_id, intent.venue, intent.leg, 0);
  intent.request.quantity = order.intent.request.quantity - order.intent.filled_quantity;
  intent.request.reduce_only = false;
  intent.state = OrderState::planned;
  intent.venue_order_id.clear();
  intent.filled_quantity = Decimal();
  intent.reason.clear();
  intent.message.clear();
  intent.planned_at = moment_.now;
  intent.submitted_at.reset();
  intent.settled_at.reset();
  again.rules = order.rules;
  const std::string id = intent.request.client_order_id;
  out_.entries.push_back(model::InsertIntent{intent});
  state_.tasks.at(intent.signal_id).open_orders.insert(id);
  state_.orders.emplace(id, std::move(again));
  return id;
}

// Where the net position was smaller than the close, the venue reduced what there was and let the rest go.
bool Stepper::close_rest(const OpenOrder& order) {
  const Intent& intent = order.intent;
  const bool cut = intent.state == OrderState::cancelled || intent.state == OrderState::expired;
  if (!cut || !intent.request.reduce_only || intent.request.type != model::OrderType::market ||
      order.cancel_wanted)
    return false;
  const auto task = state_.tasks.find(intent.signal_id);
  if (task == state_.tasks.end() || task->second.stage != Task::Stage::ordered) return false;
  if (intent.filled_quantity >= intent.request.quantity || ask_net(order) != Netting::explains) return false;
  if (check_again(order)) return false;
  const std::string again = close_again(order);
  out_.commands.push_back(Warn{"order " + intent.request.client_order_id + " reduced " +
                               intent.filled_quantity.to_string() + " of " +
                               intent.request.quantity.to_string() + " " + intent.request.instrument +
                               ", all of the account's net position at venue " + intent.venue +
                               "; other strategies hold against it, and " + again + " closes the rest"});
  return true;
}

}  // namespace tvh::engine
