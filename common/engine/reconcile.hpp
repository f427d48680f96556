// The journal's positions and open orders against the venue's. Pure.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "model/market.hpp"
#include "model/position.hpp"

namespace tvh::engine {

struct HeldAtVenue {
  std::string instrument;
  Decimal quantity;     // signed, all strategies together
  std::string asset{};  // not "": a balance, which may belong to `instrument` or to any of
  std::vector<std::string> also{};
};

// Instruments by their orders that have not ended.
struct OpenOrders {
  std::set<std::string> any;
  std::set<std::string> unsettled;  // of unknown outcome, or otherwise in question
};

struct Comparison {
  std::string instrument;               // "BTCEUR+BTCUSDT": what cannot be told apart
  std::vector<std::string> strategies;  // those with a position there, in order; empty: none of ours
  Decimal journal;                      // sum over the strategies
  Decimal at_venue;
  Decimal drift;         // at_venue - journal
  bool differs = false;  // |drift| > tolerance
  std::string cause;     // "" when they agree; "unknown_outcome", "not_ours", "unexplained"
};

// One row for each instrument that either side holds or that differs, by name. `positions` are all of one
// venue, flat ones too. A balance counts only for instruments that were traded, which have a position or an
// open order: of one, it is its position; of several, they share a row, and the journal's sum is compared.
std::vector<Comparison> compare_positions(const std::vector<model::Position>& positions,
                                          const std::vector<HeldAtVenue>& held, const OpenOrders& orders,
                                          const Decimal& tolerance);

// Whether an executor is at work on the journal: it settles orders by itself, and takes a moment for it.
enum class ExecutorNow { runs, absent };

// What a running executor needs at most to ask a venue again; what has been open for longer is worth telling.
inline constexpr std::chrono::minutes kSettlingTakes{1};

// Whether a person should be told of it, or a venue asked: an order that was sent and has not ended, of which
// the executor, if one runs, had its time to learn more.
bool is_in_question(const model::Intent& intent, ExecutorNow executor, TimePoint now);

struct OrderFinding {
  std::string cause;     // "order_unsettled", "order_gone", "order_moved"
  std::string evidence;  // what the venue says of it, for a person
  Decimal at_venue;      // filled there, unsigned; what the journal has where the venue does not tell
};

// What is wrong with an order in question, by what the venue said of it (absent: it could not be asked).
// Submitting and unknown ones always are; one that rests by the journal is when the venue does not know it, or,
// where no executor runs that would take it over, when it has moved on there.
std::optional<OrderFinding> judge_order(const model::Intent& intent,
                                        const std::optional<model::QueryOutcome>& told, ExecutorNow executor);

}  // namespace tvh::engine
