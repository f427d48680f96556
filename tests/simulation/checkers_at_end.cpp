// Checkers: what must hold when all is quiet.
#include <algorithm>

#include "simulation/checkers.hpp"

namespace tvh::simulation {

using model::Intent;
using model::OrderState;
using model::SignalState;
using test::MemoryBook;

void Checkers::at_end(Totals& totals) const {
  for (const auto& row : book_.orders()) check_order_at_end(row, totals);
  for (const auto& row : book_.signals()) check_signal_at_end(row, totals);
  for (const SimulatedVenue* const at : venues_) {
    for (const VenueOrder& order : at->orders()) {
      if (book_.find_order_row(order.request.client_order_id) == nullptr) {
        throw Violation{"I3",
                        "order " + order.request.client_order_id + " at " + at->name() + " has no intent"};
      }
    }
  }
  for (const auto& row : book_.requests()) {
    const bool blocked = std::any_of(book_.orders().begin(), book_.orders().end(),
                                     [&](const auto& order) { return is_undecidable(order); });
    if (!row.ended && !blocked) {
      throw Violation{"I6", "request " + std::to_string(row.request.seq) + " was never done"};
    }
  }
  check_positions_at_end();
  for (const auto& [lane, end] : scenario_.ends) check_followed_at_end(lane.first, lane.second, end, totals);
}

// I5: whatever order its alerts arrived in, and however often, a followed strategy holds what it said last.
// Only where nothing but its alerts moved it and all of them were served.
void Checkers::check_followed_at_end(const std::string& strategy, const std::string& instrument,
                                     const Decimal& end, Totals& totals) const {
  const std::string& at = scenario_.strategies.at(strategy).venue;
  for (const Arrival& arrival : scenario_.arrivals) {
    const model::Signal& signal = arrival.signal;
    const bool here =
        signal.symbol.empty() || model::instrument_name(signal.symbol, signal.market) == instrument;
    if (signal.strategy != strategy || !here) continue;
    const auto* const row = book_.find_row(signal.id);
    if (arrival.echo && row != nullptr && row->reason == "older_bar") continue;
    if (!signal.position || row == nullptr || row->state != SignalState::done) return;
    if (!row->reason.empty() && row->reason != "at_target") return;  // something was left out
  }
  for (const auto& row : book_.orders()) {
    const Intent& intent = row.file.intent;
    if (intent.strategy != strategy || intent.request.instrument != instrument) continue;
    if (is_own(intent.signal_id) || intent.state != OrderState::filled || intent.clipped_from) return;
  }
  if (base_fees_) return;
  ++totals.followed;
  const Decimal held = book_.held({at, instrument, strategy});
  if (held != end) {
    throw Violation{"I5", strategy + " says it ends at " + end.to_string() + " " + instrument + ", it holds " +
                              held.to_string()};
  }
}

// The venue forgot before it could be asked: nobody can know any more.
bool Checkers::is_undecidable(const MemoryBook::OrderRow& row) const {
  return row.file.intent.state == OrderState::unknown &&
         venue(row.file.intent.venue).capabilities().id_memory.has_value();
}

void Checkers::check_order_at_end(const MemoryBook::OrderRow& row, Totals& totals) const {
  const Intent& intent = row.file.intent;
  const std::string& id = intent.request.client_order_id;
  ++totals.orders;
  totals.fills += std::int64_t(row.file.fills.size());
  if (intent.state == OrderState::unknown) ++totals.unknown;
  if (is_undecidable(row)) {
    --totals.unknown;
    ++totals.undecidable;
    return;
  }
  if (intent.state == OrderState::planned && waits_for_undecidable(*book_.find_row(intent.signal_id))) return;
  if (!model::is_terminal(intent.state)) {
    throw Violation{"I6", "order " + id + " of signal " + intent.signal_id + " is " +
                              std::string(to_text(intent.state)) + " at the quiet end"};
  }
  OrderState state = OrderState::planned;
  for (const auto& event : row.events) {
    const auto next = model::apply(state, event.event);
    if (!next || *next != event.state)
      throw Violation{"I5", "order " + id + " moved where its table has no arrow"};
    state = event.state;
  }
  const VenueOrder* const truth = venue(intent.venue).find(id);
  const bool exists = truth != nullptr && truth->state != OrderState::refused;
  const bool known = intent.state == OrderState::filled || intent.state == OrderState::cancelled ||
                     intent.state == OrderState::expired;
  if (exists != known || (exists && truth->state != intent.state)) {
    throw Violation{"I5", "order " + id + " ends " + std::string(to_text(intent.state)) +
                              ", at the venue it is " +
                              (truth == nullptr ? "nowhere" : std::string(to_text(truth->state)))};
  }
  if (exists && (truth->filled != intent.filled_quantity || truth->fills.size() != row.file.fills.size())) {
    throw Violation{"I5", "order " + id + " has " + intent.filled_quantity.to_string() +
                              " filled, at the venue " + truth->filled.to_string()};
  }
}

// A signal of a strategy that waits behind such an order waits for a person, as it should.
bool Checkers::waits_for_undecidable(const MemoryBook::SignalRow& row) const {
  return std::any_of(book_.orders().begin(), book_.orders().end(), [&](const auto& order) {
    return is_undecidable(order) && order.file.intent.strategy == row.signal.strategy;
  });
}

void Checkers::check_signal_at_end(const MemoryBook::SignalRow& row, Totals& totals) const {
  ++totals.signals;
  if (row.state == SignalState::done) ++totals.done;
  if (row.state == SignalState::refused) ++totals.refused;
  if (row.state == SignalState::pending || row.state == SignalState::claimed) {
    if (waits_for_undecidable(row)) return;
    throw Violation{"I6", "signal " + row.signal.id + " (" + std::string(to_text(row.signal.action)) + " " +
                              row.signal.symbol + " of " + row.signal.strategy + ") is " +
                              std::string(to_text(row.state)) + " at the quiet end"};
  }
  if (row.state == SignalState::refused && (row.reason.empty() || row.message.empty())) {
    throw Violation{"I6", "signal " + row.signal.id + " is refused without a " +
                              (row.reason.empty() ? "reason" : "message for a person")};
  }
  bool existed = false;
  for (const auto& order : book_.orders()) {
    const Intent& intent = order.file.intent;
    if (intent.signal_id != row.signal.id) continue;
    existed = existed || intent.state == OrderState::filled || intent.filled_quantity.is_positive();
  }
  if (existed && row.state != SignalState::done) {
    throw Violation{"I6", "signal " + row.signal.id + " traded and ends " + std::string(to_text(row.state))};
  }
}

void Checkers::check_positions_at_end() const {
  std::map<Lane, model::Position> folded;
  for (const auto& row : book_.fills()) {
    const Lane lane{row.fill.venue, row.fill.instrument, row.strategy};
    auto known = folded.try_emplace(lane, model::Position{lane[0], lane[1], lane[2], {}, {}, {}}).first;
    known->second = model::apply_fill(known->second, row.fill, row.instrument);
  }
  if (folded != book_.positions()) throw Violation{"I5", "positions are not the fold of their fills"};
  for (const SimulatedVenue* const at : venues_) {
    std::map<std::string, Decimal> sums;
    for (const auto& [lane, position] : book_.positions()) {
      if (lane[0] == at->name()) sums[lane[1]] += position.quantity;
    }
    for (const auto& [instrument, held] : at->all_held()) sums.try_emplace(instrument);
    for (const auto& [instrument, sum] : sums) {
      const bool undecidable = std::any_of(book_.orders().begin(), book_.orders().end(), [&](const auto& row) {
        return is_undecidable(row) && row.file.intent.request.instrument == instrument;
      });
      if (sum == at->held(instrument) || undecidable) continue;
      throw Violation{"I5", "strategies hold " + sum.to_string() + " " + instrument + " by the book, " +
                                at->name() + " says " + at->held(instrument).to_string()};
    }
  }
}

}  // namespace tvh::simulation
