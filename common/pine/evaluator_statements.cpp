#include <algorithm>

#include "pine/evaluator.hpp"

namespace tvh::pine {
namespace {

constexpr std::size_t kMostWays = 16;
constexpr std::size_t kMostCalls = 16;

bool with_choice(const Choices& choices, Choice choice, Choices& merged) {
  return merge(choices, {choice}, merged);
}

}  // namespace

SharedValues Evaluator::run_block(BlockId block) {
  SharedValues last = only(Value{});
  if (block == kNone) return last;
  for (const auto& statement : script_.blocks[block].statements) {
    if (is_exhausted_) break;
    last = run_statement(statement);
  }
  return last;
}

SharedValues Evaluator::run_statement(const Statement& statement) {
  switch (statement.kind) {
    case StatementKind::expression:
      return evaluate(statement.value);
    case StatementKind::declare: {
      auto values = evaluate(statement.value);
      declare(statement.name, values);
      return values;
    }
    case StatementKind::reassign: {
      auto values = evaluate(statement.value);
      reassign(statement.name, values);
      return values;
    }
    case StatementKind::add: {
      const SharedValues added = evaluate(statement.value);
      const SharedValues* before = find_variable(statement.name);
      if (before == nullptr) return added;
      const Node& node = script_.nodes[statement.value];
      auto values = for_each_pair(on_path(*before), added, [&](const Value& left, const Value& right) {
        return join(left, "+", right, node);
      });
      reassign(statement.name, values);
      return values;
    }
    case StatementKind::other_assign:
      return evaluate(statement.value);
    case StatementKind::define:
      functions_[statement.name].push_back(statement.function);
      return only(Value{});
  }
  return only(Value{});
}

// ---- variables

// Names of a function's own, then those of the script; a function does not see its caller's.
const SharedValues* Evaluator::find_variable(std::string_view name) const {
  for (std::size_t i = scopes_.size(); i-- > 0;) {
    const auto found = scopes_[i].variables.find(name);
    if (found != scopes_[i].variables.end()) return &found->second;
    if (scopes_[i].is_function) break;
  }
  const auto found = scopes_.front().variables.find(name);
  return found == scopes_.front().variables.end() ? nullptr : &found->second;
}

void Evaluator::declare(std::string_view name, SharedValues values) {
  scopes_.back().variables[name] = std::move(values);
}

void Evaluator::reassign(std::string_view name, SharedValues values) {
  for (std::size_t i = scopes_.size(); i-- > 0;) {
    const auto found = scopes_[i].variables.find(name);
    if (found == scopes_[i].variables.end()) continue;
    if (branch_depth_ > 0) changes_.push_back({i, name, found->second});
    found->second = std::move(values);
    return;
  }
  declare(name, std::move(values));
}

// ---- branches

// Splits the ways that are still open into those on which `condition` holds and those on which it does not.
void Evaluator::decide(const SharedValues& condition, std::size_t branch, std::vector<Way>& open,
                       std::vector<Way>& taken) {
  std::vector<Way> still_open;
  const auto add = [](std::vector<Way>& ways, std::size_t to, Choices choices) {
    if (ways.size() < kMostWays) ways.push_back({to, std::move(choices)});
  };
  Choices merged;
  Choices chosen;
  for (const auto& way : open) {
    for (const auto& alternative : *condition) {
      if (!merge(way.choices, alternative.choices, merged)) continue;
      const Value& value = alternative.value;
      if (value.type == ValueType::boolean && !value.is_sample) {
        add(value.is_true ? taken : still_open, branch, merged);
        continue;
      }
      const std::uint32_t holds = value.negated ? 0 : 1;
      const Choices& known = way_of(merged, value.key) == kUndecided ? path_ : merged;
      const std::uint32_t decided = way_of(known, value.key);
      if (decided != kUndecided) {
        add(decided == holds ? taken : still_open, branch, merged);
        continue;
      }
      if (with_choice(merged, {value.key, holds}, chosen)) add(taken, branch, chosen);
      if (with_choice(merged, {value.key, 1 - holds}, chosen)) add(still_open, branch, chosen);
    }
  }
  open = std::move(still_open);
}

std::vector<Evaluator::Way> Evaluator::ways_of(const Structure& structure, const Node& node) {
  std::vector<Way> ways;
  const std::size_t none = structure.branches.size();
  if (structure.kind == StructureKind::loop) {
    // Once, and not at all.
    const std::uint64_t key = combine(hash_of("loop"), node.begin);
    return {{0, {{key, 1}}}, {none, {{key, 0}}}};
  }
  std::vector<Way> open{{none, {}}};
  const SharedValues subject = structure.subject == kNone ? nullptr : evaluate(structure.subject);
  for (std::size_t i = 0; i < structure.branches.size() && !open.empty() && !is_exhausted_; ++i) {
    const Branch& branch = structure.branches[i];
    if (branch.condition == kNone) {
      for (auto& way : open) ways.push_back({i, std::move(way.choices)});
      open.clear();
      break;
    }
    SharedValues condition = evaluate(branch.condition);
    if (subject != nullptr) {
      condition = for_each_pair(subject, condition, [&](const Value& left, const Value& right) {
        return compare(left, "==", right, node);
      });
    }
    decide(condition, i, open, ways);
  }
  for (auto& way : open) ways.push_back({none, std::move(way.choices)});
  if (ways.size() > kMostWays) ways.resize(kMostWays);
  return ways;
}

SharedValues Evaluator::run_structure(const Node& node) {
  const Structure& structure = script_.structures[node.extra];
  const std::vector<Way> ways = ways_of(structure, node);
  return run_ways(ways, structure.branches);
}

SharedValues Evaluator::run_ways(const std::vector<Way>& ways, const std::vector<Branch>& branches) {
  std::vector<Outcome> outcomes;
  const Choices before = path_;
  for (const auto& way : ways) {
    if (!merge(before, way.choices, path_)) continue;
    Outcome outcome{way.choices, only(Value{}), {}};
    if (way.branch < branches.size()) {
      const std::size_t mark = changes_.size();
      scopes_.emplace_back();
      ++branch_depth_;
      outcome.result = run_block(branches[way.branch].block);
      --branch_depth_;
      scopes_.pop_back();
      for (std::size_t i = changes_.size(); i-- > mark;) {
        Change& change = changes_[i];
        if (change.scope >= scopes_.size()) continue;
        auto& variable = scopes_[change.scope].variables[change.name];
        outcome.changed.try_emplace({change.scope, change.name}, variable);
        variable = std::move(change.before);
      }
      changes_.resize(mark);
    }
    outcomes.push_back(std::move(outcome));
  }
  path_ = before;
  apply(outcomes);
  Values results;
  Choices merged;
  for (const auto& outcome : outcomes) {
    for (const auto& alternative : *outcome.result) {
      if (merge(alternative.choices, outcome.choices, merged))
        add_alternative(results, {alternative.value, merged});
    }
  }
  if (results.empty()) return only(Value{});
  return std::make_shared<const Values>(std::move(results));
}

// After the structure a variable is what it became on each way through it.
void Evaluator::apply(const std::vector<Outcome>& outcomes) {
  std::map<std::pair<std::size_t, std::string_view>, Values> joined;
  for (const auto& outcome : outcomes) {
    for (const auto& [variable, values] : outcome.changed) joined[variable];
  }
  Choices merged;
  for (auto& [variable, values] : joined) {
    const auto& [scope, name] = variable;
    const SharedValues current = scopes_[scope].variables[name];
    for (const auto& outcome : outcomes) {
      const auto changed = outcome.changed.find(variable);
      const auto& here = changed == outcome.changed.end() ? current : changed->second;
      for (const auto& alternative : *here) {
        if (!merge(alternative.choices, outcome.choices, merged)) continue;
        const bool added = add_alternative(values, {alternative.value, merged});
        if (!added && alternative.value.type == ValueType::text) {
          evaluation_.truncated.push_back(alternative.value.origin);
        }
      }
    }
    if (values.empty()) continue;
    if (branch_depth_ > 0) changes_.push_back({scope, name, current});
    scopes_[scope].variables[name] = std::make_shared<const Values>(std::move(values));
  }
}

// ---- functions of the script's own

std::optional<std::uint32_t> Evaluator::find_function(std::string_view name, std::size_t arguments) const {
  const auto found = functions_.find(name);
  if (found == functions_.end()) return std::nullopt;
  // The latest of those that take so many; else the latest.
  constexpr std::size_t kMostOverloads = 16;
  const auto& all = found->second;
  for (std::size_t i = 0; i < all.size() && i < kMostOverloads; ++i) {
    const std::uint32_t candidate = all[all.size() - 1 - i];
    if (script_.functions[candidate].parameters.size() == arguments) return candidate;
  }
  return all.back();
}

SharedValues Evaluator::call_function(std::uint32_t index, const Call& call) {
  const Function& function = script_.functions[index];
  if (call_depth_ >= kMostCalls) return only(unknown(*call.node, function.name));
  was_called_[index] = true;
  ++call_depth_;
  Scope scope;
  scope.is_function = true;
  const std::size_t first = call.self == nullptr ? 0 : 1;
  for (std::size_t i = 0; i < function.parameters.size(); ++i) {
    const Parameter& parameter = function.parameters[i];
    SharedValues values;
    if (i < first) {
      values = call.self;
    } else if (const NodeId given = argument_node(call, i - first, parameter.name); given != kNone) {
      values = evaluate(given);
    } else if (parameter.fallback != kNone) {
      values = evaluate(parameter.fallback);
    } else {
      values = only(unknown(*call.node, parameter.name));
    }
    scope.variables[parameter.name] = std::move(values);
  }
  scopes_.push_back(std::move(scope));
  SharedValues result = run_block(function.body);
  --call_depth_;
  scopes_.pop_back();
  return result;
}

// Alerts in functions nobody calls, of a library for instance, are looked at with unknown arguments.
void Evaluator::run_uncalled_functions() {
  for (std::uint32_t i = 0; i < script_.functions.size() && !is_exhausted_; ++i) {
    if (was_called_[i]) continue;
    Node place;
    Call call;
    call.name = script_.functions[i].name;
    call.node = &place;
    call_function(i, call);
  }
}

}  // namespace tvh::pine
