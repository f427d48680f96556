// MemoryBook: what each entry changes. Applied at once, with what sets it back if the transaction does not
// last.
#include <algorithm>

#include "support/memory_book.hpp"

namespace tvh::test {

using model::Fill;
using model::OrderEventKind;
using model::OrderState;
using model::SignalState;

Result<void> MemoryBook::apply(const model::JournalEntry& entry, TimePoint at) {
  TVH_INVARIANT(open_, "entries belong into a transaction");
  if (before_apply) before_apply(entry, at);
  return std::visit([&](const auto& one) { return keep(one, at); }, entry);
}

void MemoryBook::set_text(SignalRow& row, const model::Signal& text) {
  set(row.edited, row.signal == text ? std::optional<model::Signal>() : std::optional(text));
}

Result<void> MemoryBook::keep(const model::KeepSignal& entry, TimePoint) {
  SignalRow* const known = row(entry.signal.id);
  if (known == nullptr) {
    insert(entry.signal);
  } else if (known->state == SignalState::pending) {
    set_text(*known, entry.signal);
  }
  return {};
}

Result<void> MemoryBook::keep(const model::ClaimSignal& entry, TimePoint) {
  SignalRow* known = row(entry.signal.id);
  if (known == nullptr) {
    known = &insert(entry.signal);
  } else if (known->state != SignalState::pending) {
    return fail(Errc::bug, "signal " + entry.signal.id + " is claimed a second time");
  } else if (entry.edited) {
    set_text(*known, entry.signal);
  }
  set(known->state, SignalState::claimed);
  return {};
}

Result<void> MemoryBook::keep(const model::NoteSignal& entry, TimePoint) {
  SignalRow* const known = row(entry.signal_id);
  if (known == nullptr) return {};
  set(known->reason, entry.reason);
  set(known->message, entry.message);
  return {};
}

Result<void> MemoryBook::keep(const model::EndSignal& entry, TimePoint) {
  SignalRow* const known = row(entry.signal_id);
  if (known == nullptr || (known->state != SignalState::pending && known->state != SignalState::claimed)) {
    return {};
  }
  if (!entry.reason.empty()) {
    set(known->reason, entry.reason);
    set(known->message, entry.message);
  }
  set(known->state, entry.state);
  return {};
}

Result<void> MemoryBook::keep(const model::InsertIntent& entry, TimePoint) {
  const std::string& id = entry.intent.request.client_order_id;
  TVH_INVARIANT(entry.intent.state == OrderState::planned, "an intent begins planned");
  if (order_rows_.contains(id)) return fail(Errc::storage, "order " + id + " is there already");
  OrderRow fresh;
  fresh.file.intent = entry.intent;
  orders_.push_back(std::move(fresh));
  order_rows_[id] = &orders_.back();
  undo_with([this] {
    order_rows_.erase(orders_.back().file.intent.request.client_order_id);
    orders_.pop_back();
  });
  return {};
}

Result<void> MemoryBook::keep(const model::MoveOrder& entry, TimePoint at) {
  TVH_TRY(OrderRow* const known, order(entry.client_order_id));
  model::OrderOnFile& file = known->file;
  const auto after = model::apply(file.intent.state, entry.event);
  if (!after) {
    return fail(Errc::bug, "order " + entry.client_order_id + " is " + std::string(to_text(file.intent.state)) +
                               " and cannot " + std::string(to_text(entry.event)));
  }
  set(file.intent.state, *after);
  if (*after == OrderState::submitting) {
    set(file.intent.submitted_at, at);
    set(file.sends, file.sends + 1);
    if (entry.event == model::OrderEventKind::retry) set(file.turned_away, file.turned_away + 1);
    set(file.first_sent, std::min(file.first_sent.value_or(at), at));
    set(file.last_sent, std::max(file.last_sent.value_or(at), at));
  }
  if (model::is_terminal(*after)) set(file.intent.settled_at, at);
  known->events.push_back({entry.client_order_id, entry.event, *after, at, entry.detail});
  moves_.push_back({file.intent.venue, at});
  undo_with([this, known] {
    known->events.pop_back();
    moves_.pop_back();
  });
  return {};
}

Result<void> MemoryBook::keep(const model::NameOrder& entry, TimePoint) {
  TVH_TRY(OrderRow* const known, order(entry.client_order_id));
  set(known->file.intent.venue_order_id, entry.venue_order_id);
  return {};
}

Result<void> MemoryBook::keep(const model::ExplainOrder& entry, TimePoint) {
  TVH_TRY(OrderRow* const known, order(entry.client_order_id));
  set(known->file.intent.reason, entry.reason);
  set(known->file.intent.message, entry.message);
  return {};
}

Result<void> MemoryBook::keep(const model::AppendFill& entry, TimePoint) {
  const Fill& fill = entry.fill;
  std::array<std::string, 4> key{fill.venue, fill.instrument, fill.venue_order_id, fill.trade_id};
  if (!fill_keys_.insert(key).second) return {};  // known already: positions have it
  undo_with([this, key] { fill_keys_.erase(key); });

  const Lane lane{fill.venue, fill.instrument, entry.strategy};
  const auto known = positions_.find(lane);
  const model::Position before = known != positions_.end()
                                     ? known->second
                                     : model::Position{fill.venue, fill.instrument, entry.strategy, {}, {}, {}};
  const model::Position after = model::apply_fill(before, fill, entry.instrument);
  if (known == positions_.end()) {
    undo_with([this, lane] { positions_.erase(lane); });
    positions_[lane] = after;
  } else {
    set(known->second, after);
  }
  fills_.push_back({fill, entry.strategy, entry.instrument, after.realised_profit - before.realised_profit});
  undo_with([this] { fills_.pop_back(); });

  const auto owner = order_rows_.find(fill.client_order_id);
  if (owner == order_rows_.end()) return {};
  model::OrderOnFile& file = owner->second->file;
  file.fills.push_back(fill);
  undo_with([&file] { file.fills.pop_back(); });
  set(file.intent.filled_quantity, file.intent.filled_quantity + fill.quantity);
  return {};
}

Result<void> MemoryBook::keep(const model::WriteChain& entry, TimePoint) {
  const Lane lane{entry.venue, entry.instrument, entry.strategy};
  const auto known = chains_.find(lane);
  if (known == chains_.end()) {
    undo_with([this, lane] { chains_.erase(lane); });
    chains_[lane] = entry.chain;
  } else {
    set(known->second, entry.chain);
  }
  return {};
}

Result<void> MemoryBook::keep(const model::WriteControl& entry, TimePoint at) {
  const auto known = controls_.find(entry.key);
  if (known == controls_.end()) {
    undo_with([this, key = entry.key] { controls_.erase(key); });
    controls_[entry.key] = {entry.value, at};
  } else {
    set(known->second, ControlRow{entry.value, at});
  }
  return {};
}

Result<MemoryBook::RequestRow*> MemoryBook::request(std::int64_t seq) {
  if (seq < 1 || std::size_t(seq) > requests_.size()) {
    return fail(Errc::bug, "request " + std::to_string(seq) + " was never asked");
  }
  RequestRow& asked = requests_[std::size_t(seq) - 1];
  undo_with([this, at = std::size_t(seq) - 1, old = asked] { requests_[at] = old; });
  return &asked;
}

Result<void> MemoryBook::keep(const model::StartRequest& entry, TimePoint) {
  TVH_TRY(RequestRow* const asked, request(entry.seq));
  asked->request.running = true;
  asked->request.signals = entry.signals;
  return {};
}

Result<void> MemoryBook::keep(const model::EndRequest& entry, TimePoint) {
  TVH_TRY(RequestRow* const asked, request(entry.seq));
  asked->ended = true;
  asked->result = entry.result;
  return {};
}

}  // namespace tvh::test
