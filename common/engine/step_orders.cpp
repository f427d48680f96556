// Stepper: what to do with an order now. Sent, asked for, cancelled, or given up.
#include <algorithm>

#include "engine/retry.hpp"
#include "engine/stepper.hpp"

namespace tvh::engine {

using model::OrderEventKind;
using model::OrderState;

bool is_outcome_known(OrderState state) {
  return state != OrderState::planned && state != OrderState::submitting && state != OrderState::unknown;
}

model::OrderKey key_of(const model::Intent& intent) {
  return {intent.request.client_order_id, intent.venue_order_id, intent.request.instrument,
          intent.request.market, intent.request.type};
}

void Stepper::act(const std::string& id) {
  const auto found = state_.orders.find(id);
  if (found == state_.orders.end() || found->second.call != OpenOrder::Call::none) return;
  OpenOrder& order = found->second;
  if (order.not_reduced && order.intent.state == OrderState::submitting) return weigh_close(order);
  order.due.reset();
  switch (order.intent.state) {
    case OrderState::planned:
      if (order.cancel_wanted) return end_unsent(order, {"cancelled", "cancelled before it was sent"});
      return try_send(order);
    case OrderState::submitting:
      if (order.refused_for_now) return try_send(order);
      return query(order);
    case OrderState::unknown:
      return query(order);
    default:
      if (order.cancel_wanted && order.looks == 0) return cancel(order);
      return query(order);
  }
}

// The halves of a reversal go one after the other, and both wait for the venue's rate.
void Stepper::try_send(OpenOrder& order) {
  if (order.call != OpenOrder::Call::none || waits_for_another(order)) return;
  if (!may_call(state_.order_requests, order, true)) return;
  const bool first = order.intent.state == OrderState::planned;
  // What is decided in this very moment was judged in it; whatever waited is judged again.
  const bool waited = !first || order.intent.planned_at != moment_.now;
  if (waited) {
    if (auto refusal = check_again(order)) return end_unsent(order, *refusal);
  }
  state_.order_requests[order.intent.venue].take(
      rules_.venues.at(order.intent.venue).order_rate.value_or(model::Rate{1, {}}), moment_.steady);
  send(order, first ? OrderEventKind::submit : OrderEventKind::retry,
       first ? "" : "the venue had not taken it: " + order.intent.message);
}

void Stepper::send(OpenOrder& order, OrderEventKind event, const std::string& detail) {
  model::Intent& intent = order.intent;
  move(order, event, detail);
  ++order.sends;
  if (!order.first_sent) order.first_sent = moment_.now;
  if (!order.first_sent_here) order.first_sent_here = moment_.steady;
  order.last_sent = moment_.steady;
  order.absences = 0;  // what was proven of the earlier request says nothing of this one
  order.call = OpenOrder::Call::submit;
  order.called_at = moment_.steady;
  order.refused_for_now = false;
  intent.submitted_at = moment_.now;
  std::erase_if(state_.sent,
                [&](const auto& sent) { return moment_.now - sent.at >= std::chrono::minutes(1); });
  if (event == OrderEventKind::submit) state_.sent.push_back({intent.venue, intent.strategy, moment_.now});
  out_.commands.push_back(Submit{intent.venue, intent.request});
}

bool Stepper::may_call(std::map<std::string, RequestWindow>& windows, OpenOrder& order, bool of_orders) {
  const model::Capabilities& venue = rules_.venues.at(order.intent.venue);
  const auto& rate = of_orders ? venue.order_rate : venue.query_rate;
  // A venue that asks for a pause is given one whether or not its rate is known.
  const SteadyPoint free = windows[order.intent.venue].next(rate.value_or(model::Rate{1, {}}), moment_.steady);
  if (free <= moment_.steady) {
    order.wanted.reset();
    return true;
  }
  order.due = free;
  if (!order.wanted) order.wanted = moment_.steady;
  return false;
}

// The opening half of a reversal waits until the closing half has ended: where a venue wants two orders, it
// takes the second only from flat.
bool Stepper::waits_for_another(const OpenOrder& order) const {
  const auto task = state_.tasks.find(order.intent.signal_id);
  if (task == state_.tasks.end() || order.intent.leg != "entry") return false;
  return std::any_of(
      task->second.open_orders.begin(), task->second.open_orders.end(), [&](const std::string& id) {
        const model::Intent& other = state_.orders.at(id).intent;
        return is_closing_leg(other.leg) && other.request.instrument == order.intent.request.instrument &&
               !is_terminal(other.state);
      });
}

std::optional<Refusal> Stepper::check_again(const OpenOrder& order) const {
  const auto task = state_.tasks.find(order.intent.signal_id);
  if (task == state_.tasks.end() || task->second.flattens) return std::nullopt;
  if (moment_.halt) {
    return Refusal{"halted", "trading was halted before the order could be sent: " + moment_.halt->reason};
  }
  return judge_again({state_, rules_, task->second.signal, order.intent.venue, moment_.now},
                     order.intent.request);
}

bool Stepper::opens(const OpenOrder& order) const {
  const model::Intent& intent = order.intent;
  const auto held = state_.positions.find({intent.venue, intent.strategy, intent.request.instrument});
  const Decimal quantity = held == state_.positions.end() ? Decimal() : held->second.quantity;
  return !opening_quantity(quantity, intent.request.side, intent.request.quantity).is_zero();
}

// A venue that is away for minutes is away when the market falls: what closes waits for it longer than its
// tries.
bool Stepper::may_try_on(const OpenOrder& order, int tries, int most) const {
  if (tries < most) return true;
  const SteadyPoint since = order.first_sent_here.value_or(moment_.steady);
  return !opens(order) && moment_.steady - since < rules_.exit_patience;
}

void Stepper::query(OpenOrder& order) {
  if (!may_call(state_.query_requests, order, false)) return;
  const auto& rate = rules_.venues.at(order.intent.venue).query_rate;
  state_.query_requests[order.intent.venue].take(rate.value_or(model::Rate{1, {}}), moment_.steady);
  order.call = OpenOrder::Call::query;
  order.called_at = moment_.steady;
  out_.commands.push_back(Query{order.intent.venue, key_of(order.intent)});
}

void Stepper::cancel(OpenOrder& order) {
  if (!may_call(state_.order_requests, order, true)) return;
  const auto& rate = rules_.venues.at(order.intent.venue).order_rate;
  state_.order_requests[order.intent.venue].take(rate.value_or(model::Rate{1, {}}), moment_.steady);
  ++order.cancels;
  order.call = OpenOrder::Call::cancel;
  order.called_at = moment_.steady;
  out_.commands.push_back(Cancel{order.intent.venue, key_of(order.intent)});
}

// Sent, and not turned away.
int Stepper::times_lost(const OpenOrder& order) {
  int lost = order.sends - order.turned_away_before;
  for (const auto& [why, times] : order.turned_away) lost -= times;
  return lost;
}

// Absence is proven. A resend is legal because the fence has passed, so no earlier request can still arrive,
// the venue's memory covers the first of them, and the id is the same; whether it is still wanted is asked
// again.
void Stepper::resend_or_give_up(OpenOrder& order) {
  std::optional<Refusal> refusal;
  if (order.cancel_wanted) {
    refusal = Refusal{"cancelled", "cancelled before it reached the venue"};
  } else if (const int lost = times_lost(order); !may_try_on(order, lost, resend_rule().most)) {
    refusal = Refusal{"not_delivered", "sent " + std::to_string(lost) +
                                           " times and never arrived; check the connection to venue " +
                                           order.intent.venue};
  } else {
    refusal = check_again(order);
  }
  if (refusal) return end_unsent(order, *refusal);
  if (!may_call(state_.order_requests, order, true)) return;
  const auto& rate = rules_.venues.at(order.intent.venue).order_rate;
  state_.order_requests[order.intent.venue].take(rate.value_or(model::Rate{1, {}}), moment_.steady);
  send(order, OrderEventKind::resend, std::string(resend_rule().safe_because));
}

}  // namespace tvh::engine
