// What the executor keeps: each change as one entry, and what is on file when it starts. The journal stores
// them; engine produces them; neither knows the other.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "model/bar_chain.hpp"
#include "model/exposure.hpp"
#include "model/order.hpp"
#include "model/position.hpp"
#include "model/signal.hpp"

namespace tvh::model {

// A signal that came from elsewhere than the journal and has to wait: pending, with the text it came with.
struct KeepSignal {
  Signal signal;
};
// The signal is ours. One the journal does not know is recorded first. `edited`: the text that came differs
// from the journal's and wins.
struct ClaimSignal {
  Signal signal;
  bool edited = false;
};
// Something to say about a signal that goes on; its end keeps it when it has no reason of its own.
struct NoteSignal {
  std::string signal_id;
  std::string reason;
  std::string message;
};
struct EndSignal {
  std::string signal_id;
  SignalState state = SignalState::done;
  std::string reason;
  std::string message;
};
struct InsertIntent {
  Intent intent;  // planned
};
struct MoveOrder {
  std::string client_order_id;
  OrderEventKind event = OrderEventKind::submit;
  std::string detail;
};
struct NameOrder {
  std::string client_order_id;
  std::string venue_order_id;
};
// Why the order ended as it did: the rule or venue code, and the same for a person.
struct ExplainOrder {
  std::string client_order_id;
  std::string reason;
  std::string message;
};
// Known already by its key: changes nothing.
struct AppendFill {
  Fill fill;
  std::string strategy;
  Instrument instrument;  // name, market and assets
};
struct WriteChain {
  std::string strategy;
  std::string venue;
  std::string instrument;
  BarChain chain;
};
struct WriteControl {
  std::string key;
  std::string value;
};
// What is asked is being done, by these signals of ours.
struct StartRequest {
  std::int64_t seq = 0;
  std::vector<std::string> signals;
};
struct EndRequest {
  std::int64_t seq = 0;
  std::string result;
};

using JournalEntry =
    std::variant<KeepSignal, ClaimSignal, NoteSignal, EndSignal, InsertIntent, MoveOrder, NameOrder,
                 ExplainOrder, AppendFill, WriteChain, WriteControl, StartRequest, EndRequest>;

struct Halt {
  std::string reason;
  TimePoint since{};

  bool operator==(const Halt&) const = default;
};

// Something asked of the running executor.
struct Request {
  std::int64_t seq = 0;
  std::string kind;      // "flatten"
  std::string strategy;  // "": all
  std::string venue;     // "": all
  std::string symbol;    // "": all
  bool running = false;
  std::vector<std::string> signals;  // of a running one
};

// An intent with everything that has happened to it.
struct OrderOnFile {
  Intent intent;
  std::vector<Fill> fills;
  int sends = 0;
  int turned_away = 0;  // of them, those that were certainly not taken: each "retry" says so of the one before
  std::optional<TimePoint> first_sent;
  std::optional<TimePoint> last_sent;
};

// When an order of the venue's last moved. Whatever the executor asks of a venue is about an order that has not
// ended, and that moves once more at its end: the last call is not later than this, or its order is still open.
struct LatestMove {
  std::string venue;
  TimePoint at{};
};
// How far back those are looked for: two of the windows that venues count by at most.
inline constexpr std::chrono::minutes kMovesKept{2};

struct LaneChain {
  std::string strategy;
  std::string venue;
  std::string instrument;
  BarChain chain;
};

struct Control {
  std::string key;
  std::string value;
};

// Everything an executor must know to go on where another ended. Bounded by what stands open and by one day,
// not by the journal's length.
struct ExecutionOnFile {
  std::vector<Signal> claimed;      // not ended, in order
  std::vector<OrderOnFile> orders;  // all orders of the claimed signals
  std::vector<Position> positions;
  std::vector<LaneChain> chains;
  std::vector<DayLoss> losses_today;
  std::vector<SentOrder> sent;    // in the last minute
  std::vector<LatestMove> moved;  // within kMovesKept, one a venue
  std::vector<Control> controls;  // "breaker:…", "pause:…" and "price:…"
  std::vector<Request> running;   // begun and not ended
};

// How the journal knows a signal that comes from elsewhere.
struct SignalOnFile {
  std::optional<SignalState> state;  // absent: not at all
  bool differs = false;              // from the text that came
};

}  // namespace tvh::model
