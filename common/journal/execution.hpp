// What the executor writes and reads: claims, intents, events, fills, positions, controls. All writing calls
// belong inside a Journal::Write, so that the caller decides what becomes durable together.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "journal/journal.hpp"
#include "model/bar_chain.hpp"
#include "model/execution_record.hpp"
#include "model/position.hpp"
#include "model/signal.hpp"

namespace tvh::journal {

class Execution {
 public:
  explicit Execution(Journal& journal) : journal_(journal) {}
  Journal& journal() { return journal_; }

  // How the journal knows a signal that comes from elsewhere, and whether its text is another.
  Result<model::SignalOnFile> find_signal(const model::Signal& signal);
  // The signal is ours; one the journal does not know is recorded first. `edited`: its text wins over the
  // journal's, and both are kept.
  Result<void> claim(const model::Signal& signal, bool edited, TimePoint now);
  // What there is to say of a signal before it ends; kept when it ends without a reason of its own.
  Result<void> note_reason(const std::string& id, const std::string& reason, const std::string& message);
  // Keeps something to say about a signal that goes on; its end adds to it.
  Result<void> note_signal(const std::string& id, const std::string& reason, const std::string& message);
  Result<void> end_signal(const std::string& id, model::SignalState state, const std::string& reason,
                          const std::string& message, TimePoint now);

  // Keeps a signal that came from elsewhere for later: pending, with the text it came with. One that is no
  // longer pending stays as it is.
  Result<void> hold_given(const model::Signal& signal);

  // Pending signals in the order they came, at most `limit`, after the row `after_seq`, which is moved to the
  // last one read.
  Result<std::vector<model::Signal>> read_pending(std::int64_t& after_seq, int limit);
  // Claimed and not ended: what an executor that died left behind.
  Result<std::vector<model::Signal>> read_claimed();
  Result<std::optional<model::SignalState>> read_signal_state(const std::string& id);

  // The intent must be in state `planned`; appended with its first event.
  Result<void> insert_intent(const model::Intent& intent);
  // Moves the order along its table (a transition the table lacks is a bug) and appends the event.
  Result<model::OrderState> apply_event(const std::string& client_order_id, model::OrderEventKind event,
                                        TimePoint at, const std::string& detail = "");
  Result<void> set_venue_order_id(const std::string& client_order_id, const std::string& venue_order_id);
  // Why the order ended as it did: the rule or venue code, and the same for a person.
  Result<void> set_reason(const std::string& client_order_id, const std::string& reason,
                          const std::string& message);
  Result<std::vector<model::Intent>> read_intents(const std::string& signal_id);
  Result<std::vector<model::Intent>> read_open_intents();
  Result<std::optional<model::Intent>> read_intent(const std::string& client_order_id);

  // Appends the fill and moves the position and the intent's filled quantity; a fill known by its key changes
  // nothing.
  Result<void> append_fill(const model::Fill& fill, const std::string& strategy,
                           const model::Instrument& instrument);
  Result<std::vector<model::Fill>> read_fills(const std::string& client_order_id);

  Result<model::Position> read_position(const std::string& venue, const std::string& instrument,
                                        const std::string& strategy);
  Result<std::vector<model::Position>> read_positions();

  // The bar a lane is in (target mode).
  Result<std::optional<model::BarChain>> read_chain(const std::string& strategy, const std::string& venue,
                                                    const std::string& instrument);
  Result<std::vector<model::LaneChain>> read_chains();
  Result<void> write_chain(const std::string& strategy, const std::string& venue, const std::string& instrument,
                           const model::BarChain& chain);

  Result<std::optional<model::Halt>> read_halt();
  Result<void> write_halt(const std::string& reason, TimePoint now);
  Result<void> remove_halt();
  Result<std::optional<std::string>> read_control(const std::string& key);
  Result<void> write_control(const std::string& key, const std::string& value, TimePoint now);

 private:
  Result<void> insert_given(const model::Signal& signal);

  Journal& journal_;
};

}  // namespace tvh::journal
