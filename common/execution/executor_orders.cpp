// Executor: from committed intents to their outcome, and recovery of what was left open.
#include "execution/executor.hpp"

namespace tvh::execution {

using model::Accepted;
using model::Intent;
using model::OrderEventKind;
using model::OrderReport;
using model::OrderState;
using model::Refused;
using model::Signal;
using model::SignalState;
using model::Unknown;

// The event that takes an order to what its venue reports.
static OrderEventKind event_for(OrderState reported) {
  switch (reported) {
    case OrderState::partially_filled:
      return OrderEventKind::fill_part;
    case OrderState::filled:
      return OrderEventKind::fill_all;
    case OrderState::cancelled:
      return OrderEventKind::cancel;
    case OrderState::expired:
      return OrderEventKind::expire;
    case OrderState::refused:
      return OrderEventKind::refuse;
    case OrderState::planned:
    case OrderState::submitting:
    case OrderState::accepted:
    case OrderState::unknown:
    case OrderState::dropped:
    case OrderState::absent:
      return OrderEventKind::accept;
  }
  return OrderEventKind::accept;
}

Result<Ending> Executor::run_committed(const Signal& signal, const std::vector<Intent>& intents) {
  Ending ending = Ending::done;
  for (const Intent& intent : intents) {
    TVH_TRY(ending, send(signal, intent));
  }
  return ending;
}

Result<Ending> Executor::send(const Signal& signal, const Intent& intent) {
  venue::Venue* const venue = settings_.find_venue(intent.venue);
  TVH_INVARIANT(venue != nullptr, "an intent is sent to the venue it was planned for");
  const auto outcome = venue->submit(intent.request);
  step("submitted");
  auto ending = record_and_tell(signal, intent, [&]() -> Result<void> {
    const std::string& id = intent.request.client_order_id;
    if (const auto* accepted = std::get_if<Accepted>(&outcome)) return record_report(intent, accepted->report);
    if (const auto* refused = std::get_if<Refused>(&outcome)) {
      TVH_CHECK(journal_.apply_event(id, OrderEventKind::refuse, clock_.now(),
                                     refused->code + ": " + refused->message));
      return journal_.set_reason(id, refused->code, refused->message);
    }
    TVH_CHECK(journal_.apply_event(id, OrderEventKind::lose, clock_.now(), std::get<Unknown>(outcome).why));
    return {};
  });
  if (!ending) outcome_unrecorded_ = !std::holds_alternative<Refused>(outcome);
  return ending;
}

// One transaction: what `record` writes and, if it was the last open order, the signal's end. Then the sink is
// told.
Result<Ending> Executor::record_and_tell(const Signal& signal, const Intent& intent,
                                         const std::function<Result<void>()>& record) {
  Closing closing;
  {
    TVH_TRY(auto write, journal_.journal().begin_write());
    TVH_CHECK(record());
    TVH_TRY(closing, close_if_settled(signal));
    TVH_CHECK(write.commit());
  }
  step("settled");
  TVH_CHECK(tell_order(signal, intent.request.client_order_id));
  if (closing.ending == Ending::refused) {
    auto refusal = refusal_record(signal, intent.venue);
    refusal.reason = closing.rule;
    refusal.message = closing.message;
    sink_.on_refusal(refusal);
  }
  return closing.ending;
}

// Inside a Write.
Result<void> Executor::record_report(const Intent& intent, const OrderReport& report) {
  const std::string& id = intent.request.client_order_id;
  venue::Venue* const venue = settings_.find_venue(intent.venue);
  TVH_TRY(const auto instrument, venue->find_instrument(intent.request.instrument, intent.request.market));
  // What still rests as it did is no news.
  const bool moved = report.state != intent.state || report.filled_quantity > intent.filled_quantity;
  if (moved) TVH_CHECK(journal_.apply_event(id, event_for(report.state), clock_.now(), report.venue_order_id));
  TVH_CHECK(journal_.set_venue_order_id(id, report.venue_order_id));
  for (const auto& fill : report.fills) TVH_CHECK(journal_.append_fill(fill, intent.strategy, instrument));
  return {};
}

Result<void> Executor::tell_order(const Signal& signal, const std::string& client_order_id) {
  TVH_TRY(const auto intents, journal_.read_intents(signal.id));
  for (const Intent& intent : intents) {
    if (intent.request.client_order_id != client_order_id) continue;
    wire::OrderRecord record;
    record.intent = intent;
    record.symbol = signal.symbol;
    record.plan = settings_.purpose == Purpose::plan;
    record.took = clock_.now() - signal.received_at;
    TVH_TRY(const auto fills, journal_.read_fills(client_order_id));
    Decimal quantity;
    Decimal notional;
    for (const auto& fill : fills) {
      quantity += fill.quantity;
      notional += multiply(fill.quantity, fill.price, Rounding::half_even);
      record.fee = record.fee.value_or(Decimal()) + fill.fee;
      record.fee_asset = fill.fee_asset;
    }
    if (!quantity.is_zero()) record.average_price = divide(notional, quantity, Rounding::half_even, 18);
    TVH_TRY(record.clipped_from, journal_.read_clipped_from(client_order_id));
    sink_.on_order(record);
  }
  return {};
}

// A signal ends when all its orders have: refused when none of them ever existed at the venue, else done.
// Inside a Write.
Result<Executor::Closing> Executor::close_if_settled(const Signal& signal) {
  TVH_TRY(const auto intents, journal_.read_intents(signal.id));
  bool any_existed = false;
  Closing closing;
  bool rests = false;
  for (const Intent& intent : intents) {
    if (intent.state == OrderState::submitting || intent.state == OrderState::unknown) return Closing();
    rests |= !is_terminal(intent.state);
    any_existed |= intent.state != OrderState::refused && intent.state != OrderState::absent &&
                   intent.state != OrderState::dropped;
    if (intent.reason.empty()) continue;
    closing.rule = intent.reason;
    closing.message = intent.message;
  }
  if (rests) return Closing{Ending::resting, "", ""};
  closing.ending = any_existed ? Ending::done : Ending::refused;
  const auto state = any_existed ? SignalState::done : SignalState::refused;
  TVH_CHECK(journal_.end_signal(signal.id, state, closing.rule, closing.message, clock_.now()));
  return closing;
}

Result<int> Executor::recover() {
  TVH_TRY(const auto claimed, journal_.read_claimed());
  int unknown = 0;
  for (const Signal& signal : claimed) {
    TVH_TRY(const auto intents, journal_.read_intents(signal.id));
    Ending ending = Ending::done;
    for (const Intent& intent : intents) {
      if (!is_terminal(intent.state)) {
        TVH_TRY(ending, resolve(signal, intent));
      }
    }
    if (ending == Ending::unknown) ++unknown;
  }
  return unknown;
}

// Asks the venue what became of an order whose outcome we did not see.
Result<Ending> Executor::resolve(const Signal& signal, const Intent& intent) {
  const std::string& id = intent.request.client_order_id;
  venue::Venue* const venue = settings_.find_venue(intent.venue);
  if (venue == nullptr) {
    return fail(Errc::configuration, "order " + id + " is open at venue " + intent.venue +
                                         ", which the configuration no longer names; put [venue." +
                                         intent.venue + "] back");
  }
  const auto found = venue->query_order(id);
  if (const auto* report = std::get_if<OrderReport>(&found)) {
    const bool news = report->state != intent.state || report->filled_quantity != intent.filled_quantity;
    if (!news) return Ending::resting;
    return record_and_tell(signal, intent, [&] { return record_report(intent, *report); });
  }
  const bool absent = std::holds_alternative<venue::NotFound>(found);
  if (intent.state == OrderState::submitting) {
    TVH_TRY(auto write, journal_.journal().begin_write());
    TVH_CHECK(journal_.apply_event(
        id, OrderEventKind::lose, clock_.now(),
        absent ? "the executor stopped before it saw the outcome" : std::get<Unknown>(found).why));
    TVH_CHECK(write.commit());
  }
  return absent ? resend_or_give_up(signal, intent) : Ending::unknown;
}

// The order is proven absent. A resend is safe because the venue knows the id of every order it ever took from
// us, and because the same id is sent; whether it is still wanted is asked again.
Result<Ending> Executor::resend_or_give_up(const Signal& signal, const Intent& intent) {
  const std::string& id = intent.request.client_order_id;
  std::optional<engine::Refusal> refusal;
  {
    TVH_TRY(auto write, journal_.journal().begin_write());
    TVH_TRY(const auto halt, journal_.read_halt());
    if (halt) {
      refusal =
          engine::Refusal{"halted", "trading was halted before the order could be sent again: " + halt->reason};
    } else {
      venue::Venue& venue = *settings_.find_venue(intent.venue);
      TVH_TRY(refusal, judge_resend(settings_.risk, signal, venue, intent.request, journal_, clock_.now()));
    }
    if (!refusal) {
      TVH_CHECK(journal_.apply_event(id, OrderEventKind::resend, clock_.now(), "absent at the venue"));
      TVH_CHECK(write.commit());
    }
  }
  if (!refusal) return send(signal, intent);
  return record_and_tell(signal, intent, [&]() -> Result<void> {
    TVH_CHECK(journal_.apply_event(id, OrderEventKind::prove_absent, clock_.now(), refusal->rule));
    return journal_.set_reason(id, refusal->rule, refusal->message);
  });
}

}  // namespace tvh::execution
