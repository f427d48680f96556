// Stepper: what became of an order, as venues tell it.
#include <algorithm>

#include "base/overloaded.hpp"
#include "engine/retry.hpp"
#include "engine/stepper.hpp"

namespace tvh::engine {

using model::Accepted;
using model::Fill;
using model::Intent;
using model::NotTaken;
using model::OrderEventKind;
using model::OrderReport;
using model::OrderState;
using model::Refused;
using model::Unknown;

namespace {

constexpr int kShortReportsTold = 10;

bool has_ended_without_fill(OrderState state) {
  return state == OrderState::cancelled || state == OrderState::expired || state == OrderState::refused;
}

OrderEventKind event_for(OrderState reported) {
  if (reported == OrderState::cancelled) return OrderEventKind::cancel;
  if (reported == OrderState::expired) return OrderEventKind::expire;
  return OrderEventKind::refuse;
}

}  // namespace

model::Instrument instrument_of(const Intent& intent) {
  model::Instrument instrument;
  instrument.name = intent.request.instrument;
  instrument.market = intent.request.market;
  instrument.base_asset = intent.base_asset;
  instrument.quote_asset = intent.quote_asset;
  return instrument;
}

void Stepper::operator()(const SubmitAnswered& event) {
  const auto found = state_.orders.find(event.client_order_id);
  if (found == state_.orders.end()) return;  // it ended before its own answer came
  OpenOrder& order = found->second;
  if (order.call == OpenOrder::Call::submit) order.call = OpenOrder::Call::none;
  // It was seen to exist before this answer: the venue must say how it stands.
  const auto look_again = [&] { order.due = moment_.steady; };
  const auto on_refused = [&](const std::string& code, const std::string& message) {
    if (order.intent.state != OrderState::submitting) return look_again();
    count_outcome(order, false);
    move(order, OrderEventKind::refuse, code + ": " + message);
    order.intent.reason = code;
    order.intent.message = message;
    out_.entries.push_back(model::ExplainOrder{event.client_order_id, code, message});
    settle(order);
  };
  std::visit(Overloaded{
                 [&](const Accepted& accepted) {
                   count_outcome(order, true);
                   take_report(order, accepted.report);
                 },
                 [&](const Refused& refused) {
                   const bool netted = refused.nothing_to_reduce && order.intent.request.reduce_only;
                   if (!netted || order.intent.state != OrderState::submitting)
                     return on_refused(refused.code, refused.message);
                   order.not_reduced = refused;
                   order.not_reduced_at = moment_.steady;
                   order.refused_for_now = true;
                   order.looks = 0;
                   weigh_close(order);
                 },
                 [&](const Unknown& unknown) {
                   if (order.intent.state != OrderState::submitting) return look_again();
                   // The fence begins where it may have left, not where that was decided.
                   if (event.asked_at) order.last_sent = std::max(order.last_sent, event.asked_at);
                   count_outcome(order, false);
                   lose(order, unknown.why);
                   order.due = moment_.steady + backoff(query_rule(), event.client_order_id, 0);
                   settle(order);
                 },
                 [&](const NotTaken& not_taken) {
                   const RetryRule& rule = retry_rule(not_taken.why);
                   const Nanoseconds asked = not_taken.retry_after.value_or(Nanoseconds(0));
                   if (not_taken.why == model::RetryClass::throttled && asked > Nanoseconds(0)) {
                     pause(order.intent.venue, asked);
                   }
                   if (order.intent.state != OrderState::submitting) return look_again();
                   const int times = ++order.turned_away[not_taken.why];
                   if (!may_try_on(order, times, rule.most)) {
                     return on_refused(std::string(to_text(not_taken.why)),
                                       not_taken.message + "; tried " + std::to_string(times) + " times");
                   }
                   order.refused_for_now = true;
                   order.intent.message = not_taken.message;
                   order.due =
                       moment_.steady + std::max(asked, backoff(rule, event.client_order_id, times - 1));
                   if (order.cancel_wanted)
                     return end_unsent(order, {"cancelled", "cancelled before it was taken"});
                   if (auto refusal = check_again(order)) end_unsent(order, *refusal);
                 },
             },
             event.outcome);
}

void Stepper::operator()(const QueryAnswered& event) {
  const auto found = state_.orders.find(event.client_order_id);
  if (found == state_.orders.end()) return;
  OpenOrder& order = found->second;
  if (order.call != OpenOrder::Call::query) return;
  order.call = OpenOrder::Call::none;
  if (!std::holds_alternative<Unknown>(event.outcome)) order.seen_at = order.called_at;
  std::visit(Overloaded{
                 [&](const OrderReport& report) {
                   order.looks = 0;
                   order.absences = 0;
                   order.missed = false;
                   order.vanished = 0;
                   take_report(order, report);
                 },
                 [&](const model::NotFound&) { weigh_absence(order); },
                 [&](const Unknown& unknown) {
                   order.missed = false;
                   if (order.intent.state == OrderState::submitting) {
                     lose(order, unknown.why);
                     settle(order);
                   }
                   order.due = moment_.steady + backoff(query_rule(), event.client_order_id, order.looks++);
                 },
             },
             event.outcome);
}

// By whichever clock says more: a wall clock may be set back, the steady one knows this life only.
Nanoseconds Stepper::since_first_sent(const OpenOrder& order) const {
  Nanoseconds age(0);
  if (order.first_sent) age = std::max(age, Nanoseconds(moment_.now - *order.first_sent));
  if (order.first_sent_here) age = std::max(age, Nanoseconds(moment_.steady - *order.first_sent_here));
  return age;
}

// What "no such order" is worth depends on when it was asked, and on how long the venue remembers.
void Stepper::weigh_absence(OpenOrder& order) {
  const std::string& id = order.intent.request.client_order_id;
  const model::Capabilities& venue = rules_.venues.at(order.intent.venue);
  if (order.intent.state == OrderState::submitting) {
    lose(order, "the executor stopped before it saw the outcome");
    settle(order);
  }
  if (order.intent.state != OrderState::unknown) {
    return weigh_vanishing(order);
  }
  const SteadyPoint decisive = order.last_sent.value_or(moment_.steady) + venue.fence + venue.visibility_lag;
  order.missed = order.called_at < decisive;
  if (order.missed) {
    order.due = std::max(decisive, moment_.steady + backoff(query_rule(), id, order.looks++));
    return;
  }
  if (venue.id_memory && since_first_sent(order) >= *venue.id_memory) {
    order.due = moment_.steady + kForgottenLook;
    if (order.told_unknown) return;
    order.told_unknown = true;
    out_.commands.push_back(
        Warn{"order " + id + " is not at venue " + order.intent.venue +
             ", but the venue forgets ids after a time and that time is over: absence proves "
             "nothing; settle it with tvhook-reconcile"});
    return;
  }
  // Before concluding that it is not there, ask once more.
  if (++order.absences < 2 && venue.visibility_lag > Nanoseconds(0)) {
    order.due = moment_.steady + venue.visibility_lag;
    return;
  }
  resend_or_give_up(order);
}

// The venue has shown it before. It will show it again, or it is so long over that the venue forgot it: only
// what ended without a fill is forgotten. Or a person must look.
void Stepper::weigh_vanishing(OpenOrder& order) {
  const std::string id = order.intent.request.client_order_id;
  const auto& memory = rules_.venues.at(order.intent.venue).id_memory;
  ++order.vanished;
  order.due = moment_.steady + backoff(query_rule(), id, order.looks++);
  if (order.vanished > 2 && memory && since_first_sent(order) >= *memory &&
      order.intent.filled_quantity.is_zero()) {
    order.intent.reason = "forgotten";
    order.intent.message = "the venue does not know it any more: it ended long ago without a fill";
    move(order, OrderEventKind::expire, order.intent.message);
    out_.entries.push_back(model::ExplainOrder{id, order.intent.reason, order.intent.message});
    return settle(order);
  }
  if (order.vanished == kVanished) {
    out_.commands.push_back(
        Warn{"order " + id + " rested at venue " + order.intent.venue +
             ", which does not show it any more; it is asked for on and on, and what it would "
             "close is not kept for it: look at the venue, then run tvhook-reconcile"});
  }
  if (order.vanished >= kVanished && order.cancel_wanted) give_up_cancel(order);
  if (std::exchange(order.unseen, false)) go_on(order.intent.signal_id);
}

void Stepper::operator()(const CancelAnswered& event) {
  const auto found = state_.orders.find(event.client_order_id);
  if (found == state_.orders.end()) return;
  OpenOrder& order = found->second;
  if (order.call != OpenOrder::Call::cancel) return;
  order.call = OpenOrder::Call::none;
  // Whatever it said, the next look asks how the order stands; one that still rests is cancelled again.
  order.looks = 1;
  order.due = moment_.steady + backoff(cancel_rule(), event.client_order_id, order.cancels);
  if (const auto* report = std::get_if<OrderReport>(&event.outcome)) return take_report(order, *report);
}

void Stepper::operator()(const OrderNews& event) {
  if (const auto found = state_.orders.find(event.client_order_id); found != state_.orders.end()) {
    return take_report(found->second, event.report);
  }
  if (!event.ended) {
    out_.commands.push_back(Warn{"a venue tells of order " + event.client_order_id +
                                 ", which the journal does not know; tvhook-reconcile shows what it holds"});
    return;
  }
  // A fact that came after the end is kept beside it: positions are a function of fills.
  const Intent& intent = event.ended->intent;
  for (const Fill& fill : event.report.fills) {
    const auto& known = event.ended->fills;
    if (std::any_of(known.begin(), known.end(), [&](const Fill& one) { return one.trade_id == fill.trade_id; }))
      continue;
    out_.entries.push_back(model::AppendFill{fill, intent.strategy, instrument_of(intent)});
    add_to_position(intent, fill);
    out_.commands.push_back(Warn{"order " + event.client_order_id + " was " +
                                 std::string(to_text(intent.state)) + " and has now filled " +
                                 fill.quantity.to_string() + " " + fill.instrument +
                                 " after all; the position is corrected, tvhook-reconcile shows it"});
  }
}

// Whatever order answers and updates come in, a report only ever adds: fills that are not known yet, and a
// state further on.
void Stepper::take_report(OpenOrder& order, const OrderReport& report) {
  Intent& intent = order.intent;
  const std::string& id = intent.request.client_order_id;
  if (!report.venue_order_id.empty() && intent.venue_order_id != report.venue_order_id) {
    intent.venue_order_id = report.venue_order_id;
    out_.entries.push_back(model::NameOrder{id, report.venue_order_id});
  }
  if (!is_outcome_known(intent.state)) credit_probe(order, report.state != OrderState::refused);
  std::vector<const Fill*> fresh;
  for (const Fill& fill : report.fills) {
    const bool doubled = order.trades.contains(fill.trade_id) ||
                         std::any_of(fresh.begin(), fresh.end(),
                                     [&](const Fill* one) { return one->trade_id == fill.trade_id; });
    if (!doubled) fresh.push_back(&fill);
  }
  Decimal filled = intent.filled_quantity;
  for (const Fill* fill : fresh) filled += fill->quantity;

  const OrderState before = intent.state;
  const bool complete = filled >= report.filled_quantity;
  if (filled >= intent.request.quantity) {
    move(order, OrderEventKind::fill_all, report.venue_order_id);
  } else if (complete && has_ended_without_fill(report.state)) {
    // A part that filled and the rest that ended may come in one breath; the part is told by its fills.
    const bool refused_in_part = report.state == OrderState::refused && !filled.is_zero();
    const OrderEventKind end = refused_in_part ? OrderEventKind::cancel : event_for(report.state);
    if (model::apply(intent.state, end)) move(order, end, report.venue_order_id);
  } else if (!fresh.empty()) {
    move(order, OrderEventKind::fill_part, report.venue_order_id);
  } else if (intent.state == OrderState::submitting || intent.state == OrderState::unknown) {
    move(order, filled.is_zero() ? OrderEventKind::accept : OrderEventKind::fill_part, report.venue_order_id);
  }
  for (const Fill* fill : fresh) take_fill(order, *fill);
  if (intent.state == OrderState::refused && intent.reason.empty()) {
    intent.reason = "refused_later";
    intent.message = "the venue took the order and refused it afterwards";
    out_.entries.push_back(model::ExplainOrder{id, intent.reason, intent.message});
  }
  if (!complete) {
    // More has filled than was told: ask for the rest.
    const Nanoseconds wait =
        order.short_reports == 0 ? Nanoseconds(0) : backoff(query_rule(), id, order.short_reports);
    if (++order.short_reports == kShortReportsTold) {
      out_.commands.push_back(Warn{"venue " + intent.venue + " says that " +
                                   report.filled_quantity.to_string() + " of order " + id +
                                   " are filled and does not show the trades; its strategy "
                                   "waits for them: look at the venue, then run tvhook-reconcile"});
    }
    order.due = moment_.steady + wait;
  } else if (order.call != OpenOrder::Call::none) {
    // Its answer goes on with it.
  } else if (!order.cancel_wanted) {
    order.due = moment_.steady + kRestingLook;
  } else if (order.looks == 0 || !order.due) {
    if (order.cancels >= cancel_rule().most) give_up_cancel(order);
    order.due = moment_.steady + (order.cancel_wanted ? Nanoseconds(0) : kRestingLook);
  }
  const bool was_known = is_known(order);
  if (complete) order.short_reports = 0;
  order.unseen = false;
  if (intent.state != before || !fresh.empty()) return settle(order);
  if (!was_known && is_known(order)) go_on(intent.signal_id);
}

void Stepper::give_up_cancel(OpenOrder& order) {
  const std::string& id = order.intent.request.client_order_id;
  order.cancel_wanted = false;
  const std::string message =
      "order " + id + " could not be cancelled at venue " + order.intent.venue + "; it still rests there";
  out_.commands.push_back(Warn{message});
  std::vector<std::string> concerned;
  for (auto& [signal_id, task] : state_.tasks) {
    if (task.stage != Task::Stage::cancelling || task.open_orders.erase(id) == 0) continue;
    task.reason = "cancel_failed";
    task.message = message;
    concerned.push_back(signal_id);
  }
  for (const std::string& signal_id : concerned) go_on(signal_id);
}

void Stepper::take_fill(OpenOrder& order, const Fill& fill) {
  Intent& intent = order.intent;
  order.trades.insert(fill.trade_id);
  intent.filled_quantity += fill.quantity;
  order.paid += multiply(fill.quantity, fill.price, Rounding::half_even);
  order.fee = order.fee.value_or(Decimal()) + fill.fee;
  order.fee_asset = fill.fee_asset;
  out_.entries.push_back(model::AppendFill{fill, intent.strategy, instrument_of(intent)});
  add_to_position(intent, fill);
}

void Stepper::add_to_position(const Intent& intent, const Fill& fill) {
  const LaneKey lane{intent.venue, intent.strategy, intent.request.instrument};
  auto& position =
      state_.positions
          .try_emplace(lane, model::Position{lane.venue, lane.instrument, lane.strategy, {}, {}, {}})
          .first->second;
  const Decimal realised = position.realised_profit;
  position = model::apply_fill(position, fill, instrument_of(intent));
  // Money is lost on the day its trade happened.
  if (fill.at < state_.day) return;
  Decimal& loss = state_.losses[{lane.venue, lane.strategy}];
  loss -= position.realised_profit - realised;
  loss += model::fee_in_quote(fill, intent.base_asset, intent.quote_asset);
}

void Stepper::lose(OpenOrder& order, const std::string& why) { move(order, OrderEventKind::lose, why); }

void Stepper::move(OpenOrder& order, OrderEventKind event, const std::string& detail) {
  const auto after = model::apply(order.intent.state, event);
  TVH_INVARIANT(after.has_value(), "an order moves along its table");
  order.intent.state = *after;
  if (model::is_terminal(*after)) order.intent.settled_at = moment_.now;
  out_.entries.push_back(model::MoveOrder{order.intent.request.client_order_id, event, detail});
}

// It exists nowhere: never sent, not taken, or proven absent. The order is gone afterwards.
void Stepper::end_unsent(OpenOrder& order, const Refusal& refusal) {
  Intent& intent = order.intent;
  const OrderEventKind event = intent.state == OrderState::planned      ? OrderEventKind::drop
                               : intent.state == OrderState::submitting ? OrderEventKind::refuse
                                                                        : OrderEventKind::prove_absent;
  if (auto breaker = state_.breakers.find(intent.venue);
      breaker != state_.breakers.end() && breaker->second.probe == intent.request.client_order_id) {
    forget_probe(breaker->second, intent.request.client_order_id);
    out_.entries.push_back(model::WriteControl{"breaker:" + intent.venue, format_breaker(breaker->second)});
  }
  move(order, event, refusal.rule);
  intent.reason = refusal.rule;
  intent.message = refusal.message;
  out_.entries.push_back(model::ExplainOrder{intent.request.client_order_id, refusal.rule, refusal.message});
  settle(order);
}

// Where the breaker is open, the entry that is decided on is its probe, even if it has to wait for its turn.
void Stepper::note_probe(const OpenOrder& order) {
  const Intent& intent = order.intent;
  const auto breaker = state_.breakers.find(intent.venue);
  if (breaker == state_.breakers.end() || !rules_.breakers.contains(intent.venue) || !opens(order)) return;
  const Breaker before = breaker->second;
  note_entry(breaker->second, intent.request.client_order_id);
  if (breaker->second == before) return;
  out_.entries.push_back(model::WriteControl{"breaker:" + intent.venue, format_breaker(breaker->second)});
}

// A probe that is found to exist before its own answer was seen has shown what it was to show.
void Stepper::credit_probe(const OpenOrder& order, bool succeeded) {
  const auto breaker = state_.breakers.find(order.intent.venue);
  if (breaker == state_.breakers.end() || breaker->second.probe != order.intent.request.client_order_id) return;
  count_outcome(order, succeeded);
}

void Stepper::count_outcome(const OpenOrder& order, bool succeeded) {
  const auto rules = rules_.breakers.find(order.intent.venue);
  if (rules == rules_.breakers.end()) return;
  Breaker& breaker = state_.breakers[order.intent.venue];
  const Breaker before = breaker;
  const std::string& id = order.intent.request.client_order_id;
  if (succeeded) {
    note_success(breaker, id);
  } else {
    note_failure(breaker, rules->second, id, moment_.now);
  }
  if (breaker == before) return;
  out_.entries.push_back(model::WriteControl{"breaker:" + order.intent.venue, format_breaker(breaker)});
  if (!before.open_since && breaker.open_since) {
    out_.commands.push_back(Warn{std::to_string(rules->second.failures) + " orders in a row failed at venue " +
                                 order.intent.venue + ": entries wait, exits go on; see tvhook-exec --status"});
  }
}

// After a move that is worth telling. An order that has ended is let go.
void Stepper::settle(OpenOrder& order) {
  const bool goes_on = order.decided_again || close_rest(order);
  tell_order(order);
  const Intent intent = order.intent;
  const std::string& id = intent.request.client_order_id;
  if (model::is_terminal(intent.state)) {
    const bool existed = intent.state != OrderState::refused && intent.state != OrderState::absent &&
                         intent.state != OrderState::dropped;
    if (!goes_on) drop_followers(order);
    state_.orders.erase(id);
    std::vector<std::string> concerned;
    for (auto& [signal_id, task] : state_.tasks) {
      if (task.open_orders.erase(id) == 0) continue;
      concerned.push_back(signal_id);
      const bool cancelled = intent.state == OrderState::cancelled || intent.state == OrderState::expired;
      if (task.stage == Task::Stage::cancelling && cancelled && closes(intent))
        task.bared[intent.request.instrument] = intent.request.side == model::Side::sell;
      if (task.stage == Task::Stage::cancelling || existed) task.any_existed = true;
      if (intent.reason.empty() || goes_on || task.stage == Task::Stage::cancelling) continue;
      task.reason = intent.reason;
      task.message = intent.message;
    }
    send_followers(intent.signal_id);
    for (const std::string& signal_id : concerned) go_on(signal_id);
  } else if (is_outcome_known(intent.state)) {
    send_followers(intent.signal_id);
    go_on(intent.signal_id);
  }
}

// Planned orders of the signal that waited for another one.
void Stepper::send_followers(const std::string& signal_id) {
  const auto task = state_.tasks.find(signal_id);
  if (task == state_.tasks.end()) return;
  const auto ids = task->second.open_orders;
  for (const std::string& id : ids) {
    const auto order = state_.orders.find(id);
    if (order != state_.orders.end() && order->second.intent.state == OrderState::planned) act(id);
  }
}

// The opening half of a reversal follows the closing one, and only where that was.
void Stepper::drop_followers(const OpenOrder& order) {
  const auto found = state_.tasks.find(order.intent.signal_id);
  if (found == state_.tasks.end() || found->second.stage != Task::Stage::ordered) return;
  if (order.intent.state == OrderState::filled) return;
  const auto ids = found->second.open_orders;
  for (const std::string& id : ids) {
    const auto other = state_.orders.find(id);
    if (other == state_.orders.end() || other->second.intent.state != OrderState::planned) continue;
    if (other->second.intent.request.instrument != order.intent.request.instrument) continue;
    if (other->second.intent.leg != "entry" || !is_closing_leg(order.intent.leg)) continue;
    end_unsent(other->second,
               {"close_failed", "the order that closes the old side did not fill: " + order.intent.message});
  }
}

void Stepper::tell_order(const OpenOrder& order) {
  model::OrderRecord record;
  record.intent = order.intent;
  record.plan = rules_.purpose == Purpose::plan;
  if (const auto task = state_.tasks.find(order.intent.signal_id); task != state_.tasks.end()) {
    record.symbol = task->second.signal.symbol;
    record.took = moment_.now - task->second.signal.received_at;
  }
  if (!order.intent.filled_quantity.is_zero()) {
    record.average_price = divide(order.paid, order.intent.filled_quantity, Rounding::half_even, 18);
  }
  record.fee = order.fee;
  record.fee_asset = order.fee_asset;
  record.clipped_from = order.intent.clipped_from;
  record.rules = order.rules;
  out_.commands.push_back(TellOrder{std::move(record)});
}

}  // namespace tvh::engine
