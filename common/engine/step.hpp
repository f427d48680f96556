// The executor as a function: what it knows, and one thing that happened, become what it knows next, what it
// keeps, and what it asks of the world. No clock, no I/O, no chance: the tool's loop and the simulation run
// this very code.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/executor_state.hpp"
#include "model/trade_record.hpp"

namespace tvh::engine {

// ---- What happens ------------------------------------------------------------------------------------------

struct SignalArrived {
  model::Signal signal;
  bool given = false;           // from elsewhere than the journal; else it is pending there
  model::SignalOnFile on_file;  // of a given one
};
struct FactsArrived {
  std::string signal_id;
  std::string instrument;
  model::LookUpOutcome facts;
};
struct SubmitAnswered {
  std::string client_order_id;
  model::SubmitOutcome outcome;
  std::optional<SteadyPoint> asked_at{};  // of the venue, after the commit; a commit may take long
};
struct QueryAnswered {
  std::string client_order_id;
  model::QueryOutcome outcome;
};
struct CancelAnswered {
  std::string client_order_id;
  model::CancelOutcome outcome;
};
// News that nobody asked for. `ended`: the order as the journal has it, when it is not open any more.
struct OrderNews {
  std::string client_order_id;
  model::OrderReport report;
  std::optional<model::OrderOnFile> ended;
};
// The venue wants to hear nothing before that: told by whatever was asked of it, a look too.
struct VenuePaused {
  std::string venue;
  SteadyPoint until;
};
struct RequestArrived {
  model::Request request;
  // Of a flatten that begins: what the journal has pending and nobody has taken, which ends with what waits
  // here.
  std::vector<model::Signal> pending{};
  bool more = false;  // there is more of that: the same event comes again with it, and begins with the last
};
struct TimePassed {};
// Everything unsettled is looked at now instead of when it is due: at a start, and when a person asks.
struct LookNow {};

using Event = std::variant<SignalArrived, FactsArrived, SubmitAnswered, QueryAnswered, CancelAnswered,
                           OrderNews, VenuePaused, RequestArrived, TimePassed, LookNow>;

// What holds while the event is dealt with: read in the transaction that will keep the entries.
struct Moment {
  TimePoint now{};       // the wall clock: ages, days, what is written down
  SteadyPoint steady{};  // waits and fences
  std::optional<model::Halt> halt;
};

// ---- What is asked of the world, after the entries are durable ---------------------------------------------

struct Submit {
  std::string venue;
  model::OrderRequest order;
};
struct Query {
  std::string venue;
  model::OrderKey order;
};
struct Cancel {
  std::string venue;
  model::OrderKey order;
};
struct ObservePrice {
  std::string venue;
  std::string instrument;
  Decimal price;
};
struct TellOrder {
  model::OrderRecord record;
};
struct TellRefusal {
  model::RefusalRecord record;
};
struct Warn {
  std::string text;
};
// Needs no entry before it: a look changes nothing.
struct Find {
  std::string signal_id;
  std::string venue;
  model::LookUp wanted;
};

using Command = std::variant<Submit, Query, Cancel, ObservePrice, TellOrder, TellRefusal, Warn, Find>;

struct Step {
  std::vector<model::JournalEntry> entries;  // one transaction, in this order
  std::vector<Command> commands;             // in this order
};

// The state an executor starts with. Orders in `submitting` are of a life that ended before it saw the outcome:
// their first look makes them unknown.
ExecutorState start_state(const model::ExecutionOnFile& file, const ExecutorRules& rules, const Moment& moment);

// Deals with `event` and appends to `step`. When the entries cannot be kept, `state` is not to be used again.
void step(ExecutorState& state, const ExecutorRules& rules, const Event& event, const Moment& moment,
          Step& step);

// When TimePassed has something to do; nothing while all waits for answers.
std::optional<SteadyPoint> next_due(const ExecutorState& state);

}  // namespace tvh::engine
