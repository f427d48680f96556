// All that an executor knows: what it took from the journal at its start and what has happened since. Plain
// data, changed by step() alone, the same on every run that saw the same events.
#pragma once

#include <compare>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/breaker.hpp"
#include "engine/line.hpp"
#include "engine/pause.hpp"
#include "engine/plan.hpp"
#include "engine/request_window.hpp"
#include "model/execution_record.hpp"
#include "model/market.hpp"

namespace tvh::engine {

// An order that has not ended.
struct OpenOrder {
  model::Intent intent;
  std::set<std::string> trades;  // ids of the fills it has
  Decimal paid;                  // quantity times price of them, summed
  std::optional<Decimal> fee;
  std::string fee_asset;
  std::vector<std::string> rules;  // PlannedOrder's

  int sends = 0;                                 // in all
  int turned_away_before = 0;                    // of them, those the venue did not take, in earlier lives
  std::map<model::RetryClass, int> turned_away;  // and in this one
  // What the venue's memory is measured by, on both clocks, and what the fence is.
  std::optional<TimePoint> first_sent;
  std::optional<SteadyPoint> first_sent_here;  // in this life, or its start
  std::optional<SteadyPoint> last_sent;        // likewise

  // What goes on, and what is to come.
  enum class Call { none, submit, query, cancel };
  Call call = Call::none;
  std::optional<SteadyPoint> called_at;  // when that call left
  std::optional<SteadyPoint> due;        // when there is something to do again
  std::optional<SteadyPoint> wanted;     // since when the venue's rate keeps it from a call
  bool refused_for_now = false;          // the venue did not take it; to be sent again at `due`
  bool cancel_wanted = false;
  int looks = 0;        // queries in a row that settled nothing
  int absences = 0;     // of them, those that proved absence
  bool missed = false;  // the venue did not show it, at a time that proves nothing yet
  int cancels = 0;
  int short_reports = 0;  // reports in a row that told of more than they carried
  bool unseen = false;    // taken from the journal, and not looked at since: it may have moved meanwhile
  bool told_unknown = false;
  std::optional<SteadyPoint> seen_at;  // when the latest look that was answered left
  // A reduce-only close that the venue has nothing to reduce with, and since when: not decided again yet.
  std::optional<model::Refused> not_reduced;
  SteadyPoint not_reduced_at{};
  bool decided_again = false;  // it was, and another order takes its place
  int vanished = 0;            // times in a row that the venue does not know it, which it has shown before
};

// One signal in work, from its arrival until its last order has ended.
struct Task {
  model::Signal signal;
  StrategyRules rules;
  bool given = false;     // came from elsewhere than the journal
  bool edited = false;    // with another text than the journal's
  bool kept = false;      // is in the journal as pending, with its text
  bool claimed = false;   // is ours in the journal
  bool flattens = false;  // passes a halt, and cancels before it closes
  bool cleared = false;   // what rested in its way is gone, or was tried to
  // By instrument: an order that would have closed what is held was cancelled for it, and whether that is long.
  std::map<std::string, bool> bared{};
  std::int64_t request = 0;  // the request it serves, if it flattens

  enum class Stage {
    waiting,     // for earlier signals of its lane
    looking_up,  // for the venue's facts
    cancelling,  // for orders to be gone
    ordered,     // for outcomes; resting orders leave the lane free
  };
  Stage stage = Stage::waiting;
  std::map<std::string, std::optional<model::LookUpOutcome>>
      facts;                               // by instrument; absent: asked, not answered
  int look_ups = 0;                        // failed ones
  std::optional<SteadyPoint> looks_since;  // the first of them
  std::optional<SteadyPoint> due;          // of the next look-up, or of the start
  std::set<std::string> open_orders;       // not ended; cancelling: those to be gone

  // Of its orders that ended.
  bool any_existed = false;
  std::string reason;
  std::string message;

  // "" is every instrument of the strategy.
  std::string instrument() const {
    return signal.symbol.empty() ? "" : model::instrument_name(signal.symbol, signal.market);
  }
};

struct LaneKey {
  std::string venue;
  std::string strategy;
  std::string instrument;
  auto operator<=>(const LaneKey&) const = default;
};

struct ExecutorState {
  std::map<std::string, OpenOrder> orders;                    // by client order id
  std::map<std::string, Task> tasks;                          // by signal id
  std::map<std::pair<std::string, std::string>, Line> lines;  // by (venue, strategy)
  std::map<LaneKey, model::Position> positions;               // not flat, or with something realised
  std::map<LaneKey, model::BarChain> chains;
  std::map<std::pair<std::string, std::string>, Decimal> losses;  // (venue, strategy), of `day`
  TimePoint day{};
  std::vector<model::SentOrder> sent;  // in the last minute
  std::map<std::pair<std::string, std::string>, Decimal>
      prices;                                              // (venue, instrument), the venue's latest known
  std::map<std::string, Breaker> breakers;                 // by venue
  std::map<std::string, RequestWindow> order_requests;     // by venue: submits and cancels
  std::map<std::string, RequestWindow> query_requests;     // by venue
  std::map<std::string, Pause> pauses;                     // by venue, the latest it asked for
  std::map<std::int64_t, std::set<std::string>> requests;  // the signals each still waits for
  std::set<std::string> leverage_told;                     // strategies whose alerts ask for one
  std::optional<model::Halt> halt_seen;                    // acknowledged: nothing unsent is left
};

// The control that keeps a price: "price:VENUE:INSTRUMENT".
std::string price_key(const std::string& venue, const std::string& instrument);

// What stands open, as the limits see it.
model::Exposure exposure_of(const ExecutorState& state, TimePoint now);

// Of a position `held`, what the lane's open orders (but for one) would close already.
Decimal bound_by_orders(const ExecutorState& state, const LaneKey& lane, const Decimal& held,
                        const std::string& but_for);

// Of the lane's instrument, at its venue.
OthersHold held_by_others(const ExecutorState& state, const LaneKey& lane);

// Times after which what the venue does not show any more is not counted on any more.
inline constexpr int kVanished = 8;

// Whether all is known of it that the next decision in its lane builds on: that it is at the venue, and every
// fill that the venue tells of.
bool is_known(const OpenOrder& order);

// Orders of which that is not so, apart from those that were not sent yet or that the venue has not taken.
int count_unknown(const ExecutorState& state);
// Orders that are decided and exist nowhere: not sent yet, or not taken and to be sent again.
int count_unsent(const ExecutorState& state);

// What is due later than this is not soon.
inline constexpr std::chrono::minutes kSoon{2};

// Whether a decision, a request or its turn is under way that comes to its end by itself, and soon. Asking
// after what is unknown is not: it has no end.
bool goes_on_by_itself(const ExecutorState& state, SteadyPoint now);

Line::Entry entry_of(const Task& task);

// A lane is free when nothing before the task in its line is about the same instrument.
bool lane_is_free(const ExecutorState& state, const Task& task);

}  // namespace tvh::engine
