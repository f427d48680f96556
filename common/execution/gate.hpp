// Brings the risk gate its figures: which scopes an order stands in, and what each of them already carries.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/plan.hpp"
#include "engine/risk.hpp"
#include "journal/execution.hpp"
#include "venue/venue.hpp"

namespace tvh::execution {

// The limits a person configured, by whom they are about. None configured: nothing is read, everything passes.
struct RiskRules {
  std::optional<engine::Limits> overall;             // [risk]
  std::map<std::string, engine::Limits> venues;      // [venue.NAME]
  std::map<std::string, engine::Limits> strategies;  // [strategy.NAME]; "default" for those without a section
  std::set<std::string> configured_strategies;       // those with a section, which "default" does not speak for

  bool empty() const { return !overall && venues.empty() && strategies.empty(); }
  const engine::Limits* limits_of_strategy(const std::string& strategy) const;
};

// What of a signal is not served although the rest of it is, and why.
struct LeftOut {
  std::string instrument;
  engine::Refusal refusal;
};

// Inside the Write that will commit the intents of `orders`. Orders of one plan are judged together: each sees
// the ones before it. A refusal is of all of them. Of an order that would turn a position whose other side a
// limit forbids, the closing part is kept (the order is clipped) and the rest is told in `left_out`: exits
// always get out.
Result<std::optional<engine::Refusal>> judge(const RiskRules& rules, const model::Signal& signal,
                                             venue::Venue& venue, std::vector<engine::PlannedOrder>& orders,
                                             journal::Execution& journal, TimePoint now,
                                             std::vector<LeftOut>& left_out);

// The same for one order that is about to be sent again.
Result<std::optional<engine::Refusal>> judge_resend(const RiskRules& rules, const model::Signal& signal,
                                                    venue::Venue& venue, const model::OrderRequest& order,
                                                    journal::Execution& journal, TimePoint now);

// Every configured scope with its use, for --status.
Result<std::vector<engine::Scope>> read_scopes(const RiskRules& rules, journal::Execution& journal,
                                               TimePoint now);

}  // namespace tvh::execution
