// What the configuration says about trading, in the engine's terms.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/plan.hpp"
#include "engine/risk.hpp"
#include "model/market.hpp"

namespace tvh::engine {

// The limits a person configured, by whom they are about. None configured: everything passes.
struct RiskRules {
  std::optional<Limits> overall;                // [risk]
  std::map<std::string, Limits> venues;         // [venue.NAME]
  std::map<std::string, Limits> strategies;     // [strategy.NAME]; "default" for those without a section
  std::set<std::string> configured_strategies;  // those with a section, which "default" does not speak for

  const Limits* limits_of_strategy(const std::string& strategy) const;
};

// After `failures` orders in a row that failed within `window`, entries at that venue wait for `cool_down`;
// then one is let through as a probe.
struct BreakerRules {
  int failures = 5;
  Nanoseconds window = std::chrono::seconds(300);
  Nanoseconds cool_down = std::chrono::seconds(300);

  bool operator==(const BreakerRules&) const = default;
};

enum class Purpose {
  trade,
  plan,  // the journal is a throw-away copy: say what would be sent
};

// What became of the text of a signal that came by stdin and differs from the journal's.
enum class EditPolicy { edited_wins, refuse_edited };

struct ExecutorRules {
  std::function<StrategyRules(const std::string& strategy)> rules_for;  // pure
  std::map<std::string, model::Capabilities> venues;                    // those that exist
  std::map<std::string, BreakerRules> breakers;                         // by venue; none: no breaker
  RiskRules risk;
  std::vector<std::string> only_symbols;  // empty: all; others end refused, "filtered"
  std::vector<std::string> only_strategies;
  EditPolicy edit_policy = EditPolicy::edited_wins;
  Purpose purpose = Purpose::trade;
  // What only closes is tried again so long, however often that is; afterwards as often as anything else.
  Nanoseconds exit_patience{};
};

}  // namespace tvh::engine
