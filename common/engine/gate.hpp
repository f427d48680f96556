// The risk gate: which scopes an order stands in, what each of them carries already, and what therefore may not
// be sent (DESIGN 6). Pure. Its caller holds the transaction that commits what it lets through.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/executor_state.hpp"
#include "engine/plan.hpp"
#include "engine/rules.hpp"

namespace tvh::engine {

// What of a signal is not served although the rest of it is, and why.
struct LeftOut {
  std::string instrument;
  Refusal refusal;
};

struct Gate {
  const ExecutorState& state;
  const ExecutorRules& rules;
  const model::Signal& signal;
  const std::string& venue;
  TimePoint now;
};

// Orders of one plan are judged together: each sees the ones before it. A refusal is of all of them. Of an
// order that would turn a position whose other side a limit forbids, the closing part is kept (the order is
// clipped) and the rest is told in `left_out`: exits always get out.
std::optional<Refusal> judge(const Gate& gate, std::vector<PlannedOrder>& orders,
                             std::vector<LeftOut>& left_out);

// The same for orders that would hold against another strategy's position where the venue nets them, without
// allow_opposing: what closes is kept.
std::optional<Refusal> keep_from_opposing(const Gate& gate, std::vector<PlannedOrder>& orders,
                                          std::vector<LeftOut>& left_out);

// The same for one order that was committed before and is sent later, or again: age and price distance. The
// other limits were passed when its intent was committed, and still count it.
std::optional<Refusal> judge_again(const Gate& gate, const model::OrderRequest& order);

// Every configured scope with its use, for --status.
std::vector<Scope> scopes_of(const ExecutorState& state, const RiskRules& rules, TimePoint now);

}  // namespace tvh::engine
