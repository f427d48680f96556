#include "support/memory_book.hpp"

#include <algorithm>

#include "base/invariant.hpp"

namespace tvh::test {

using model::Fill;
using model::OrderState;
using model::Signal;
using model::SignalState;

void MemoryBook::add_pending(const Signal& signal) {
  TVH_INVARIANT(!open_, "the listener writes between transactions");
  if (row(signal.id) == nullptr) insert(signal);
}

void MemoryBook::halt(const std::string& reason, TimePoint at) {
  TVH_INVARIANT(!open_, "--halt writes between transactions");
  controls_["halt"] = {reason, at};
}

void MemoryBook::resume() { controls_.erase("halt"); }

std::int64_t MemoryBook::ask(model::Request request) {
  request.seq = std::int64_t(requests_.size()) + 1;
  requests_.push_back({std::move(request), false, ""});
  return requests_.back().request.seq;
}

void MemoryBook::crash() {
  if (open_) roll_back();
}

const MemoryBook::SignalRow* MemoryBook::find_row(const std::string& signal_id) const {
  const auto found = signal_rows_.find(signal_id);
  return found == signal_rows_.end() ? nullptr : found->second;
}

MemoryBook::SignalRow* MemoryBook::row(const std::string& signal_id) {
  const auto found = signal_rows_.find(signal_id);
  return found == signal_rows_.end() ? nullptr : found->second;
}

const MemoryBook::OrderRow* MemoryBook::find_order_row(const std::string& client_order_id) const {
  const auto found = order_rows_.find(client_order_id);
  return found == order_rows_.end() ? nullptr : found->second;
}

Result<MemoryBook::OrderRow*> MemoryBook::order(const std::string& client_order_id) {
  const auto found = order_rows_.find(client_order_id);
  if (found == order_rows_.end()) return fail(Errc::bug, "order " + client_order_id + " has no intent");
  return found->second;
}

Decimal MemoryBook::held(const Lane& lane) const {
  const auto found = positions_.find(lane);
  return found == positions_.end() ? Decimal() : found->second.quantity;
}

const model::BarChain* MemoryBook::chain(const Lane& lane) const {
  const auto found = chains_.find(lane);
  return found == chains_.end() ? nullptr : &found->second;
}

MemoryBook::SignalRow& MemoryBook::insert(const Signal& signal) {
  SignalRow fresh;
  fresh.seq = std::int64_t(signals_.size()) + 1;
  fresh.signal = signal;
  signals_.push_back(std::move(fresh));
  SignalRow& inserted = signals_.back();
  signal_rows_[signal.id] = &inserted;
  undo_with([this] {
    signal_rows_.erase(signals_.back().signal.id);
    signals_.pop_back();
  });
  return inserted;
}

Result<void> MemoryBook::begin() {
  TVH_INVARIANT(!open_, "one transaction at a time");
  if (failing_begins > 0) {
    --failing_begins;
    return fail(Errc::temporary, "another process holds the journal");
  }
  open_ = true;
  return {};
}

Result<void> MemoryBook::commit() {
  TVH_INVARIANT(open_, "a commit ends a transaction");
  const CommitFault fault = std::exchange(next_commit, CommitFault::none);
  if (fault == CommitFault::nothing_written) {
    roll_back();
    return fail(Errc::storage, "the disk is full: free space, then go on");
  }
  open_ = false;
  undo_.clear();
  if (fault == CommitFault::everything_written) {
    return fail(Errc::storage, "the disk did not say whether it wrote");
  }
  return {};
}

void MemoryBook::roll_back() {
  if (!open_) return;
  for (auto undo = undo_.rbegin(); undo != undo_.rend(); ++undo) (*undo)();
  undo_.clear();
  open_ = false;
}

Result<std::optional<model::Halt>> MemoryBook::read_halt() {
  const auto found = controls_.find("halt");
  if (found == controls_.end()) return std::optional<model::Halt>();
  return std::optional(model::Halt{found->second.value, found->second.at});
}

Result<model::SignalOnFile> MemoryBook::find_signal(const Signal& signal) {
  const SignalRow* const known = find_row(signal.id);
  if (known == nullptr) return model::SignalOnFile{};
  Signal stored = known->text();
  stored.received_at = signal.received_at;  // when it was received says nothing about what it asks for
  return model::SignalOnFile{known->state, !(stored == signal)};
}

Result<std::vector<Signal>> MemoryBook::read_pending(std::int64_t& after_seq, int limit) {
  std::vector<Signal> signals;
  for (auto at = std::size_t(after_seq); at < signals_.size() && int(signals.size()) < limit; ++at) {
    if (signals_[at].state != SignalState::pending) continue;
    after_seq = signals_[at].seq;
    signals.push_back(signals_[at].text());
  }
  return signals;
}

Result<std::vector<model::Request>> MemoryBook::read_requests() {
  std::vector<model::Request> waiting;
  for (const auto& row : requests_) {
    if (!row.ended) waiting.push_back(row.request);
  }
  return waiting;
}

Result<std::optional<model::OrderOnFile>> MemoryBook::find_order(const std::string& client_order_id) {
  const OrderRow* const known = find_order_row(client_order_id);
  return known == nullptr ? std::optional<model::OrderOnFile>() : std::optional(known->file);
}

std::vector<model::DayLoss> MemoryBook::losses_since(TimePoint day) const {
  std::map<std::pair<std::string, std::string>, Decimal> losses;
  for (const FillRow& one : fills_) {
    if (one.fill.at < day) continue;
    Decimal& loss = losses[{one.fill.venue, one.strategy}];
    loss -= one.realised;
    loss += model::fee_in_quote(one.fill, one.instrument.base_asset, one.instrument.quote_asset);
  }
  std::vector<model::DayLoss> all;
  for (const auto& [key, loss] : losses) all.push_back({key.first, key.second, loss});
  return all;
}

Result<model::ExecutionOnFile> MemoryBook::load(TimePoint now) {
  model::ExecutionOnFile file;
  std::set<std::string> claimed;
  for (const SignalRow& one : signals_) {
    if (one.state != SignalState::claimed) continue;
    file.claimed.push_back(one.text());
    claimed.insert(one.signal.id);
  }
  for (const OrderRow& one : orders_) {
    const auto& intent = one.file.intent;
    if (claimed.contains(intent.signal_id)) file.orders.push_back(one.file);
    if (intent.submitted_at && *intent.submitted_at > now - std::chrono::minutes(1)) {
      file.sent.push_back({intent.venue, intent.strategy, *intent.submitted_at});
    }
  }
  std::map<std::string, TimePoint> latest;
  for (auto move = moves_.rbegin(); move != moves_.rend() && move->at > now - model::kMovesKept; ++move) {
    latest.try_emplace(move->venue, move->at);
  }
  for (const auto& [venue, at] : latest) file.moved.push_back({venue, at});
  for (const auto& [lane, position] : positions_) file.positions.push_back(position);
  for (const auto& [lane, chain] : chains_) file.chains.push_back({lane[2], lane[0], lane[1], chain});
  file.losses_today = losses_since(TimePoint(std::chrono::floor<std::chrono::days>(now)));
  for (const auto& [key, control] : controls_) {
    const bool kept = key.starts_with("breaker:") || key.starts_with("pause:") || key.starts_with("price:");
    if (kept) file.controls.push_back({key, control.value});
  }
  for (const auto& one : requests_) {
    if (!one.ended && one.request.running) file.running.push_back(one.request);
  }
  return file;
}

}  // namespace tvh::test
