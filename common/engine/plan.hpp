// From a signal to the orders it asks for, or the reason there are none (DESIGN 6, "Plan"). Pure.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/age.hpp"
#include "engine/refusal.hpp"
#include "model/instrument.hpp"
#include "model/order.hpp"
#include "model/position.hpp"
#include "model/signal.hpp"

namespace tvh::engine {

// What the configuration says about a strategy.
struct StrategyRules {
  std::string venue = "paper";
  std::optional<Decimal> size;  // used when the signal has none
  model::SizeUnit size_unit = model::SizeUnit::base;
  std::vector<std::string> symbols;  // allowlist; empty allows all
  bool untracked = false;            // may sell the account's free balance, not only what it bought
  std::optional<Nanoseconds> max_age;  // of an entry
};

struct PlanInput {
  const model::Signal& signal;
  const StrategyRules& rules;
  model::Instrument instrument;
  model::Position position;             // the strategy's own in that instrument
  std::optional<Decimal> price;         // the alert's, or the venue's latest; for notionals and quote sizes
  std::optional<Decimal> free_balance;  // of the base asset, when rules.untracked
  TimePoint now{};
};

struct PlannedOrder {
  model::OrderRequest request;
  std::string leg;
  std::optional<Decimal> clipped_from;  // what the signal asked for, when the order is for less
};

// Nothing to send by design, and that is success: a heartbeat.
struct NothingToSend {
  std::string reason;
};

using Plan = std::variant<std::vector<PlannedOrder>, Refusal, NothingToSend>;

// Rules that need no instrument or position; a signal that fails one is refused before anything is looked up.
std::optional<Plan> plan_without_market(const model::Signal& signal, const StrategyRules& rules);

// Delta mode: the order the alert names. Quantities are only ever rounded down; client order ids are functions of the
// signal, venue and leg.
Plan plan_orders(const PlanInput& input);

}  // namespace tvh::engine
