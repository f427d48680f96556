// From a signal whose market facts are at hand to the orders it leads to. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/executor_state.hpp"
#include "engine/gate.hpp"
#include "engine/plan.hpp"

namespace tvh::engine {

struct Decision {
  Plan plan;
  std::vector<LeftOut> left_out;
  std::vector<model::LaneChain> chains;             // what the alert said of positions, kept with the decision
  std::map<std::string, model::Instrument> traded;  // by name, those of the orders
};

// Rules that need nothing but the signal: filters, missing values, unknown venues, a halt. Nothing: look
// further.
std::optional<Plan> decide_early(const Task& task, const ExecutorRules& rules,
                                 const std::optional<model::Halt>& halt);

// Whether --symbol leaves the instrument alone. A signal without a symbol is about all the others.
bool is_passed_over(const Task& task, const ExecutorRules& rules, const std::string& instrument);

// Whether nothing will be opened by it, as far as that can be told before its facts are there.
bool only_closes(const Task& task, const ExecutorState& state);

// What must be looked up before decide(): one instrument, or, without a symbol, all that the strategy holds.
std::vector<model::LookUp> look_ups_for(const Task& task, const ExecutorState& state,
                                        const ExecutorRules& rules);

// Every look-up of the task is answered. Does not change `state`.
Decision decide(const Task& task, const ExecutorState& state, const ExecutorRules& rules, TimePoint now);

}  // namespace tvh::engine
