#include "simulation/checkers.hpp"

#include <algorithm>

#include "engine/target.hpp"

namespace tvh::simulation {

using model::Action;
using model::Intent;
using model::OrderEventKind;
using model::OrderState;
using model::Side;
using model::Signal;
using test::MemoryBook;

namespace {

std::string name_of(const Intent& intent) {
  return "order " + intent.request.client_order_id + " (" + std::string(to_text(intent.request.side)) + " " +
         intent.request.quantity.to_string() + " " + intent.request.instrument + ", signal " +
         intent.signal_id + ", " + intent.leg + ")";
}

bool is_close(Action action) {
  return action == Action::close_long || action == Action::close_short || action == Action::close_all;
}

}  // namespace

Checkers::Checkers(const Scenario& scenario, const MemoryBook& book) : scenario_(scenario), book_(book) {
  for (const Arrival& arrival : scenario.arrivals) alerts_.insert(arrival.signal.id);
  for (const VenueProfile& venue : scenario.venues) {
    prices_are_steady_ = prices_are_steady_ && venue.steady_prices;
    base_fees_ = base_fees_ || venue.fees_in_base;
  }
}

const SimulatedVenue& Checkers::venue(const std::string& name) const {
  for (const SimulatedVenue* const one : venues_) {
    if (one->name() == name) return *one;
  }
  throw Violation{"I3", "an order names the venue " + name + ", which is none of ours"};
}

void Checkers::before_entry(const model::JournalEntry& entry) const {
  if (const auto* inserted = std::get_if<model::InsertIntent>(&entry)) check_intent(inserted->intent);
  if (const auto* move = std::get_if<model::MoveOrder>(&entry)) check_move(*move);
  if (const auto* fill = std::get_if<model::AppendFill>(&entry)) check_fill(*fill);
}

// I2: one leg of one instrument leads to one order, once and for all; "#2" takes the place of one that has
// ended with something left to close.
void Checkers::check_intent(const Intent& intent) const {
  const auto* const row = book_.find_row(intent.signal_id);
  if (row == nullptr || row->state != model::SignalState::claimed) {
    throw Violation{"I2", name_of(intent) + " is of a signal that is not claimed"};
  }
  const bool again = intent.leg.ends_with("#2");
  bool replaces = false;
  for (const auto& other : book_.orders()) {
    const Intent& known = other.file.intent;
    if (known.signal_id != intent.signal_id || known.request.instrument != intent.request.instrument) continue;
    if (known.leg == intent.leg) throw Violation{"I2", name_of(intent) + " is there already"};
    replaces |= intent.leg == known.leg + "#2" && is_terminal(known.state) && known.request.reduce_only &&
                intent.request.quantity == known.request.quantity - known.filled_quantity;
    if (again) continue;  // the first one was of the set
    if (known.planned_at != intent.planned_at) throw Violation{"I2", name_of(intent) + " comes after its set"};
  }
  if (again && !replaces) throw Violation{"I2", name_of(intent) + " takes no order's place"};
  check_size(intent, row->text());
}

// I8: never for more than was asked, nor more than there is to close. Together with what the signal has planned
// in that instrument already.
void Checkers::check_size(const Intent& intent, const Signal& signal) const {
  Decimal sum = intent.request.quantity;
  for (const auto& other : book_.orders()) {
    const Intent& known = other.file.intent;
    if (known.signal_id == intent.signal_id && known.request.instrument == intent.request.instrument) {
      // What was decided again is what the first one left.
      sum += intent.leg == known.leg + "#2" ? Decimal() : known.request.quantity;
    }
  }
  const Lane lane{intent.venue, intent.request.instrument, intent.strategy};
  const Decimal held = book_.held(lane);
  const bool own = is_own(intent.signal_id);
  const auto& rules = scenario_.strategies.at(intent.strategy);
  std::optional<Decimal> most;
  if (own || (is_close(signal.action) && !engine::asks_for_position(signal, rules))) {
    const bool reduces = intent.request.side == Side::buy ? held.is_negative() : held.is_positive();
    if (!reduces) throw Violation{"I8", name_of(intent) + " closes, but " + held.to_string() + " is held"};
    most = held.absolute();
    if (signal.quantity && signal.size_unit == model::SizeUnit::base) most = minimum(*most, *signal.quantity);
  } else if (engine::asks_for_position(signal, rules)) {
    const model::BarChain* const chain = book_.chain(lane);
    if (chain == nullptr) throw Violation{"I8", name_of(intent) + " follows a position that is not kept"};
    Decimal target = engine::chain_end(*chain);
    if (intent.request.market == model::Market::spot && target.is_negative()) target = Decimal();
    most = (target - held).absolute();
  } else if (signal.quantity ? signal.size_unit == model::SizeUnit::base
                             : rules.size_unit == model::SizeUnit::base) {
    most = signal.quantity ? signal.quantity : rules.size;
  }
  if (most && sum > *most) {
    throw Violation{"I8", name_of(intent) + " makes it " + sum.to_string() + ", asked for or there are " +
                              most->to_string() + " at most"};
  }
  if (intent.request.market == model::Market::spot && intent.request.side == Side::sell &&
      intent.request.quantity > held) {
    throw Violation{"I8", name_of(intent) + " sells more than the " + held.to_string() + " that are held"};
  }
}

// What the book is told of an order must be so.
void Checkers::check_move(const model::MoveOrder& move) const {
  const auto* const row = book_.find_order_row(move.client_order_id);
  if (row == nullptr) return;
  const Intent& intent = row->file.intent;
  const SimulatedVenue& at = venue(intent.venue);
  const VenueOrder* const order = at.find(move.client_order_id);
  const Sending& sending = at.sending(move.client_order_id);
  const auto wrong = [&](const std::string& invariant, const std::string& what) {
    throw Violation{invariant, name_of(intent) + " " + what};
  };
  const auto must_be = [&](OrderState state) {
    if (order == nullptr || order->state != state)
      wrong("I5", "is told to be " + std::string(to_text(state)) + ", it is not");
  };
  switch (move.event) {
    case OrderEventKind::prove_absent:
      if (order != nullptr) wrong("I4", "is called absent, and it exists");
      if (sending.under_way > 0) wrong("I4", "is called absent, and its request is still under way");
      if (!sending.known_absent) wrong("I4", "is called absent, and nothing proves it");
      break;
    case OrderEventKind::drop:
      if (sending.sends > 0) wrong("I4", "is dropped as never sent, and was sent");
      break;
    case OrderEventKind::refuse:
      if (order != nullptr && order->state != OrderState::refused)
        wrong("I4", "is called refused, and it exists");
      if (order == nullptr && sending.under_way > 0)
        wrong("I4", "is called refused, and its request is under way");
      break;
    case OrderEventKind::fill_all:
      must_be(OrderState::filled);
      break;
    case OrderEventKind::cancel:
      must_be(OrderState::cancelled);
      break;
    case OrderEventKind::expire:
      must_be(OrderState::expired);
      break;
    case OrderEventKind::accept:
    case OrderEventKind::fill_part:
      if (order == nullptr) wrong("I5", "is told to exist, and does not");
      break;
    case OrderEventKind::submit:
    case OrderEventKind::lose:
    case OrderEventKind::resend:
    case OrderEventKind::retry:
      break;
  }
}

void Checkers::check_fill(const model::AppendFill& entry) const {
  const model::Fill& fill = entry.fill;
  const VenueOrder* const order = venue(fill.venue).find(fill.client_order_id);
  const auto* const row = book_.find_order_row(fill.client_order_id);
  if (order == nullptr || row == nullptr || row->file.intent.strategy != entry.strategy ||
      std::find(order->fills.begin(), order->fills.end(), fill) == order->fills.end()) {
    throw Violation{"I5", "fill " + fill.trade_id + " of order " + fill.client_order_id + " never happened so"};
  }
}

void Checkers::before_submit(const SimulatedVenue& at, const model::OrderRequest& order) {
  const std::string& id = order.client_order_id;
  const auto* const row = book_.find_order_row(id);
  if (row == nullptr || book_.in_transaction())
    throw Violation{"I3", "order " + id + " leaves without an intent"};
  const Intent& intent = row->file.intent;
  if (intent.state != OrderState::submitting) {
    throw Violation{"I3", name_of(intent) + " leaves while it is " + std::string(to_text(intent.state))};
  }
  if (intent.venue != at.name() || !(intent.request == order)) {
    throw Violation{"I3", name_of(intent) + " leaves with another content than its intent"};
  }
  const auto halt = book_.controls().find("halt");
  if (halt != book_.controls().end() && !is_own(intent.signal_id)) {
    throw Violation{"halt", name_of(intent) + " leaves while trading is halted"};
  }
  if (intent.leg == "entry") check_order_of_halves(intent);
  const Lane lane{at.name(), order.instrument, intent.strategy};
  if (intent.leg.starts_with("close")) filled_before_.try_emplace(id, plainly_filled_[{lane, order.side}]);
  const Sending& sending = at.sending(id);
  if (sending.sends == 0) return;
  if (at.find(id) != nullptr) throw Violation{"I4", name_of(intent) + " is sent again, and it exists"};
  if (sending.under_way > 0)
    throw Violation{"I4", name_of(intent) + " is sent again, and the first may still arrive"};
  if (!sending.known_absent) throw Violation{"I4", name_of(intent) + " is sent again blindly"};
}

// I8: the half of a reversal that opens waits for what became of the half that closes.
void Checkers::check_order_of_halves(const Intent& opening) const {
  for (const auto& row : book_.orders()) {
    const Intent& intent = row.file.intent;
    if (intent.signal_id != opening.signal_id || intent.request.instrument != opening.request.instrument)
      continue;
    const bool undecided = intent.state == OrderState::planned || intent.state == OrderState::submitting ||
                           intent.state == OrderState::unknown;
    const bool closes =
        intent.leg == "close" || intent.leg.starts_with("close#") || intent.leg.starts_with("close/");
    if (closes && undecided) throw Violation{"I8", name_of(opening) + " opens before the close is known"};
  }
}

void Checkers::on_fill(const SimulatedVenue& at, const VenueOrder& order, const model::Fill& fill) {
  const auto* const row = book_.find_order_row(order.request.client_order_id);
  if (row == nullptr) throw Violation{"I3", "order " + order.request.client_order_id + " has no intent"};
  const Intent& intent = row->file.intent;
  const Lane lane{at.name(), fill.instrument, intent.strategy};
  Decimal& held = held_[lane];
  const Decimal before = held;
  held += fill.side == Side::buy ? fill.quantity : -fill.quantity;
  if (fill.fee_asset != "USDT") held -= fill.fee;
  if (!intent.leg.starts_with("close")) plainly_filled_[{lane, fill.side}] += fill.quantity;
  check_closing(lane, intent, before, held);
  if (!prices_are_steady_ || base_fees_ || held.absolute() <= before.absolute()) return;
  const engine::RiskRules& risk = scenario_.risk;
  if (risk.overall) check_exposure(*risk.overall, "[risk]", "", "", fill.instrument);
  if (const auto own = risk.venues.find(at.name()); own != risk.venues.end()) {
    check_exposure(own->second, "[venue." + at.name() + "]", at.name(), "", "");
  }
  if (const auto own = risk.strategies.find(intent.strategy); own != risk.strategies.end()) {
    check_exposure(own->second, "[strategy." + intent.strategy + "]", "", intent.strategy, "");
  }
}

// I8: what closes ends at zero. A plain order of its lane on the same side that came after it may have filled
// first: then the sum is right, and so much past zero is that order's.
void Checkers::check_closing(const Lane& lane, const Intent& intent, const Decimal& before,
                             const Decimal& after) const {
  if (intent.request.market == model::Market::spot && intent.request.side == Side::sell &&
      after.is_negative()) {
    throw Violation{"I8", name_of(intent) + " sells what is not there: " + before.to_string() + " becomes " +
                              after.to_string()};
  }
  const bool turned = !before.is_zero() && !after.is_zero() && before.is_negative() != after.is_negative();
  const bool opened = before.is_zero() && !after.is_zero();
  if (!intent.leg.starts_with("close") || !(turned || opened)) return;
  const auto now = plainly_filled_.find({lane, intent.request.side});
  const auto then = filled_before_.find(intent.request.client_order_id);
  const Decimal others =
      now == plainly_filled_.end() || then == filled_before_.end() ? Decimal() : now->second - then->second;
  if (after.absolute() > others) {
    throw Violation{
        "I8", name_of(intent) + " closes past zero: " + before.to_string() + " becomes " + after.to_string()};
  }
}

void Checkers::check_exposure(const engine::Limits& limits, const std::string& scope, const std::string& at,
                              const std::string& strategy, const std::string& instrument) const {
  if (!limits.max_position) return;
  Decimal notional;
  for (const auto& [lane, quantity] : held_) {
    if ((!at.empty() && lane[0] != at) || (!instrument.empty() && lane[1] != instrument) ||
        (!strategy.empty() && lane[2] != strategy))
      continue;
    notional += multiply(quantity.absolute(), venue(lane[0]).price_of(lane[1]), Rounding::half_even);
  }
  if (notional > *limits.max_position) {
    throw Violation{"limits", scope + " max_position is " + limits.max_position->to_string() +
                                  ", positions are worth " + notional.to_string()};
  }
}

void Checkers::after_turn(const engine::ExecutorState& state) const {
  if (book_.in_transaction()) throw Violation{"book", "a turn left its transaction open"};
  check_halt(state);
  for (const auto& [lane, position] : book_.positions()) {
    const auto known = state.positions.find({lane[0], lane[2], lane[1]});
    if (known == state.positions.end() ? !position.quantity.is_zero() : !(known->second == position)) {
      throw Violation{"I5", "the executor's position of " + lane[2] + " in " + lane[1] + " at " + lane[0] +
                                " is not the book's " + position.quantity.to_string()};
    }
  }
}

// Once it is acknowledged, nothing may be left that could still be sent.
void Checkers::check_halt(const engine::ExecutorState& state) const {
  const auto halt = book_.controls().find("halt");
  if (halt == book_.controls().end() || !state.halt_seen || state.halt_seen->since != halt->second.at) return;
  for (const auto& [id, order] : state.orders) {
    if (is_own(order.intent.signal_id)) continue;
    if (order.intent.state == OrderState::planned || order.refused_for_now) {
      throw Violation{"halt", name_of(order.intent) + " may still be sent after the halt was acknowledged"};
    }
  }
}

}  // namespace tvh::simulation
