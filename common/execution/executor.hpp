// The driver between the engine's decisions and the world: brings events to engine::step(), keeps what it says
// in the book, then does what it asks of the venues. tvhook-exec, tvhook-replay, the tests and the simulation
// run this very code; only the venues, the clock and the book differ.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/step.hpp"
#include "journal/book.hpp"
#include "venue/venue.hpp"

namespace tvh::execution {

// Signals in work at once; more wait where they came from.
inline constexpr std::size_t kMaxTasks = 1024;

// Where orders and refusals are told, once each, when they are durable.
class RecordSink {
 public:
  virtual ~RecordSink() = default;
  virtual void on_order(const model::OrderRecord& record) = 0;
  virtual void on_refusal(const model::RefusalRecord& record) = 0;
  // Something a person should know that is no record: a late fill, an order that stays unknown, a clock that is
  // off.
  virtual void on_warning(const std::string& text) { (void)text; }
};

struct ExecutorSettings {
  engine::ExecutorRules rules;  // its `venues` are filled in from `venues`
  std::vector<venue::Venue*> venues;
  // For who gets out: an open order at a venue that is not configured any more is told and left alone, instead
  // of keeping him from the others.
  bool passes_over_missing_venues = false;
  // Called at "claimed" (in the transaction), "intent_committed", "submitted", "queried", "cancelled" and
  // "settled": crash tests kill the process there.
  std::function<void(std::string_view)> at_step;
};

class Executor {
 public:
  Executor(journal::Book& book, const Clock& clock, ExecutorSettings settings, RecordSink& sink);
  ~Executor();

  // Loads the book; everything unsettled is looked at in the next turn. configuration when an open order stands
  // at a venue that the rules do not name.
  Result<void> start();

  // A signal from outside the journal. It is dealt with in a later turn().
  enum class Given {
    taken,
    nothing,          // ended, or in work: it came before
    edited_too_late,  // the same, but with another text than the one that came now
  };
  Result<Given> give(const model::Signal& signal);
  // Takes what is pending in the journal, and what is asked of a running executor; returns how many were new.
  Result<int> take_pending();
  Result<int> take_requests();
  bool has_room() const;

  // Deals with everything that has happened or is due, in as few transactions as that takes. temporary: nothing
  // was changed, the same call may work later. Any other Error: stop. What was sent may then be unrecorded, and
  // the next start finds it.
  Result<void> turn();
  // Turns until nothing happens by itself any more: all waits for a venue's answer, for a time, or for signals.
  Result<void> run_until_idle();
  // Looks at everything unsettled at once, whatever was due when.
  void look_now();

  // When turn() has something to do without news from a venue; nothing: only news can bring it.
  std::optional<engine::SteadyPoint> next_due() const;
  // Calls that venues have not answered yet.
  int calls_under_way() const { return calls_under_way_; }
  // Entries kept in the book so far: while it stands still, nothing moves.
  std::int64_t entries_kept() const { return entries_kept_; }
  // Whether something comes to its end by itself and soon, be it only that our own rate lets a request leave.
  bool goes_on_by_itself() const { return engine::goes_on_by_itself(state_, clock_.steady()); }
  // From now on what only closes is tried no longer than this, ExecutorRules::exit_patience.
  void set_exit_patience(Nanoseconds patience) { settings_.rules.exit_patience = patience; }
  // Orders whose outcome is not known, those under way included.
  int unknown_orders() const { return engine::count_unknown(state_); }
  // How long nothing is sent to a venue yet, by its name, rounded up: it asked for a pause, or what an earlier
  // run sent may still count against its rate. Without those that are open.
  std::map<std::string, std::chrono::seconds> waits() const;
  int unsent_orders() const { return engine::count_unsent(state_); }
  // Whether something that was asked for is under way, apart from what waits for a missing venue.
  bool has_requests() const;
  // Signals whose outcome is not known yet.
  int unfinished_signals() const;
  int waiting_signals() const;  // of them, those that nothing was decided about yet
  // Whether a request may have left whose sending the book does not know the end of, because it could not be
  // written.
  bool outcome_unrecorded() const { return outcome_unrecorded_; }
  const engine::ExecutorState& state() const { return state_; }

 private:
  Result<void> part_with_missing_venues(model::ExecutionOnFile& file);
  void tell_left_behind();
  Result<void> deal_with_arrived();
  Result<void> add_pending(engine::RequestArrived& asked);
  void send(const engine::Command& command);
  void find(const engine::Find& find);
  venue::Venue& venue(const std::string& name) const;
  void at_step(std::string_view name) const;
  void note_pauses();
  template <class Answer>
  venue::Done<Answer> note(std::function<engine::Event(Answer)> event);

  journal::Book& book_;
  const Clock& clock_;
  ExecutorSettings settings_;
  RecordSink& sink_;
  engine::ExecutorState state_;
  std::deque<engine::Event> arrived_;
  std::set<std::string> waiting_;  // ids of the signals in `arrived_`: what comes both ways comes once
  std::set<std::int64_t> requests_taken_;
  std::set<std::string> parted_with_;  // ids of signals whose orders are open at missing venues
  std::map<std::string, engine::SteadyPoint> pauses_told_;  // by venue
  std::int64_t pending_after_ = 0;                          // rows up to here are in work or ended
  std::int64_t flattened_to_ = 0;  // of the flatten that begins: rows up to here have ended
  int calls_under_way_ = 0;
  std::int64_t entries_kept_ = 0;
  bool outcome_unrecorded_ = false;
  std::shared_ptr<int> alive_;  // answers that come after our end are let go
};

}  // namespace tvh::execution
