// The executor's book in memory: the stateful fake of the port. It keeps what checkers want to read, plays the
// other tools that write to a journal (the listener, --halt, --flatten), and survives the executor: what was
// not committed is lost, the rest stays.
#pragma once

#include <array>
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <type_traits>
#include <unordered_map>

#include "journal/book.hpp"

namespace tvh::test {

class MemoryBook final : public journal::Book {
 public:
  struct SignalRow {
    std::int64_t seq = 0;
    model::Signal signal;
    std::optional<model::Signal> edited;  // the text that won
    model::SignalState state = model::SignalState::pending;
    std::string reason;
    std::string message;

    const model::Signal& text() const { return edited ? *edited : signal; }
  };
  struct OrderEvent {
    std::string client_order_id;
    model::OrderEventKind event = model::OrderEventKind::submit;
    model::OrderState state = model::OrderState::planned;  // after it
    TimePoint at{};
    std::string detail;
  };
  struct OrderRow {
    model::OrderOnFile file;
    std::vector<OrderEvent> events;
  };
  struct FillRow {
    model::Fill fill;
    std::string strategy;
    model::Instrument instrument;
    Decimal realised;
  };
  struct RequestRow {
    model::Request request;
    bool ended = false;
    std::string result;
  };
  struct ControlRow {
    std::string value;
    TimePoint at{};
  };
  using Lane = std::array<std::string, 3>;  // venue, instrument, strategy

  // How commits to come fail, with Errc::storage; none when empty.
  enum class CommitFault { none, nothing_written, everything_written };
  CommitFault next_commit = CommitFault::none;
  int failing_begins = 0;  // so many begin() calls to come are temporary failures
  // Sees each entry before it is applied, what came before it in the transaction included.
  std::function<void(const model::JournalEntry&, TimePoint)> before_apply;

  // What other tools do: durable at once, never inside a transaction.
  void add_pending(const model::Signal& signal);
  void halt(const std::string& reason, TimePoint at);
  void resume();
  std::int64_t ask(model::Request request);  // returns its seq
  // The process that had it open is gone.
  void crash();

  const std::deque<SignalRow>& signals() const { return signals_; }
  const std::deque<OrderRow>& orders() const { return orders_; }
  const std::vector<FillRow>& fills() const { return fills_; }
  const std::map<Lane, model::Position>& positions() const { return positions_; }
  const std::vector<RequestRow>& requests() const { return requests_; }
  const std::map<std::string, ControlRow>& controls() const { return controls_; }
  const SignalRow* find_row(const std::string& signal_id) const;
  const OrderRow* find_order_row(const std::string& client_order_id) const;
  Decimal held(const Lane& lane) const;
  const model::BarChain* chain(const Lane& lane) const;
  bool in_transaction() const { return open_; }

  Result<model::ExecutionOnFile> load(TimePoint now) override;
  Result<void> begin() override;
  Result<std::optional<model::Halt>> read_halt() override;
  Result<void> apply(const model::JournalEntry& entry, TimePoint at) override;
  Result<void> commit() override;
  void roll_back() override;
  Result<model::SignalOnFile> find_signal(const model::Signal& signal) override;
  Result<std::vector<model::Signal>> read_pending(std::int64_t& after_seq, int limit) override;
  Result<std::vector<model::Request>> read_requests() override;
  Result<std::optional<model::OrderOnFile>> find_order(const std::string& client_order_id) override;

 private:
  Result<void> keep(const model::KeepSignal& entry, TimePoint at);
  Result<void> keep(const model::ClaimSignal& entry, TimePoint at);
  Result<void> keep(const model::NoteSignal& entry, TimePoint at);
  Result<void> keep(const model::EndSignal& entry, TimePoint at);
  Result<void> keep(const model::InsertIntent& entry, TimePoint at);
  Result<void> keep(const model::MoveOrder& entry, TimePoint at);
  Result<void> keep(const model::NameOrder& entry, TimePoint at);
  Result<void> keep(const model::ExplainOrder& entry, TimePoint at);
  Result<void> keep(const model::AppendFill& entry, TimePoint at);
  Result<void> keep(const model::WriteChain& entry, TimePoint at);
  Result<void> keep(const model::WriteControl& entry, TimePoint at);
  Result<void> keep(const model::StartRequest& entry, TimePoint at);
  Result<void> keep(const model::EndRequest& entry, TimePoint at);
  Result<RequestRow*> request(std::int64_t seq);
  SignalRow& insert(const model::Signal& signal);
  SignalRow* row(const std::string& signal_id);
  void set_text(SignalRow& row, const model::Signal& text);
  Result<OrderRow*> order(const std::string& client_order_id);
  std::vector<model::DayLoss> losses_since(TimePoint day) const;
  template <class Undo>
  void undo_with(Undo undo) {
    if (open_) undo_.emplace_back(std::move(undo));
  }
  // Sets `place` so that roll_back() sets it back.
  template <class Value>
  void set(Value& place, std::type_identity_t<Value> value) {
    undo_with([&place, old = place] { place = old; });
    place = std::move(value);
  }

  bool open_ = false;
  std::vector<std::function<void()>> undo_;  // of the open transaction, run backwards
  std::deque<SignalRow> signals_;            // by seq, from 1; deques keep their elements where they are
  std::unordered_map<std::string, SignalRow*> signal_rows_;
  std::deque<OrderRow> orders_;
  std::unordered_map<std::string, OrderRow*> order_rows_;
  std::vector<model::LatestMove> moves_;  // all there were, in order
  std::vector<FillRow> fills_;
  std::set<std::array<std::string, 4>> fill_keys_;
  std::map<Lane, model::Position> positions_;
  std::map<Lane, model::BarChain> chains_;
  std::map<std::string, ControlRow> controls_;
  std::vector<RequestRow> requests_;
};

}  // namespace tvh::test
