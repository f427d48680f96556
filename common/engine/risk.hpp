// The risk gate (DESIGN 6): limits that an order must pass before its intent is committed. Pure: evaluated on
// figures read in the transaction that commits the intent. Limits judge only the part of an order that opens;
// what reduces a position always gets out.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/plan.hpp"
#include "engine/refusal.hpp"
#include "model/exposure.hpp"
#include "model/order.hpp"
#include "model/signal.hpp"
#include "model/status_record.hpp"

namespace tvh::engine {

// One scope's limits. An absent limit does not limit. Money in quote, quantities in base units.
struct Limits {
  std::optional<Decimal> max_order_size;
  std::optional<Decimal> max_order_notional;
  std::optional<Decimal> max_position;                // notional of the position after the order; see Scope
  std::optional<Decimal> daily_loss;                  // realised, fees included, since 00:00 UTC
  std::optional<Decimal> max_price_distance_percent;  // between the alert's price and the venue's
  std::optional<int> max_orders_per_minute;
  std::optional<Nanoseconds> max_age;  // of an entry
  // Allowlists; empty allows all. "BTCUSDT" is its spot market and its perpetual, "BTCUSDT.P" the perpetual.
  std::vector<std::string> symbols;
  std::vector<std::string> actions;

  bool operator==(const Limits&) const = default;
};

// What a scope stands at before the order, orders in flight and unknown ones counted at their worst.
struct ScopeUse {
  Decimal position_notional;           // of all positions in the scope, absolute, at the latest prices
  Decimal loss_today;                  // > 0 when money was lost
  std::vector<TimePoint> orders_sent;  // in the last minute
};

// One scope with its name as a person configured it. "[risk]" judges each instrument's position by itself,
// "[venue.NAME]" all that is held there, "[strategy.NAME]" all that the strategy holds.
struct Scope {
  std::string name;
  Limits limits;
  ScopeUse use;
};

struct RiskInput {
  const model::Signal& signal;
  const model::OrderRequest& order;
  Decimal position;                    // of the strategy in the instrument, before the order, signed
  Decimal price;                       // the order is valued at: the venue's latest, else the alert's
  std::optional<Decimal> venue_price;  // where it is known apart from the alert's
  TimePoint now{};
};

// The first limit that the order breaks, scope by scope in the order given: its name, its value, the value met.
std::optional<Refusal> check_limits(const RiskInput& input, const std::vector<Scope>& scopes);

// The limits that check_limits() looked at and found kept, in words.
std::vector<std::string> describe_passed(const RiskInput& input, const std::vector<Scope>& scopes);

// Two strategies on opposite sides of one netting instrument: the venue would hold the difference, and neither
// strategy its position. "opposing_position", for what opens against `others` (the venue's positions, of every
// strategy).
std::optional<Refusal> check_opposing(const model::Signal& signal, const model::OrderRequest& order,
                                      const Decimal& position, const std::vector<model::Position>& others);

// Before an order that is proven absent is sent again: its age and price distance once more, against the same
// scopes. The other limits were passed when the intent was committed, and still count it.
std::optional<Refusal> check_resend(const RiskInput& input, const std::vector<Scope>& scopes);

// What an order may come to cost or be worth, in quote per base: a buy its own price at most; a sell may meet a
// better one, and is worth that. It is judged at this, and counts for it while it is open.
Decimal price_at_worst(const model::OrderRequest& order, const Decimal& market_price);

// Whom a scope is about.
struct ScopeFilter {
  std::string venue;       // "" is any
  std::string strategy;    // "" is any
  std::string instrument;  // "" is any; judges positions only
};

// Folds what stands open into one scope's use. `price_of` values an instrument, in quote per base.
ScopeUse use_of(const model::Exposure& exposure, const ScopeFilter& filter,
                const std::function<Decimal(const model::Position&)>& price_of);

// Every limit of the scopes with its use and what would trip it, for --status.
std::vector<model::LimitStatus> describe_use(const std::vector<Scope>& scopes, TimePoint now);

// A limit of 0 or less, or one that contradicts another: what is wrong, in words.
std::optional<std::string> find_contradiction(const Limits& limits);

}  // namespace tvh::engine
