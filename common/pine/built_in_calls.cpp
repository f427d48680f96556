#include <algorithm>
#include <array>

#include "pine/built_in_names.hpp"
#include "pine/evaluator.hpp"

namespace tvh::pine {
namespace {

constexpr std::array<std::string_view, 5> kOrderCalls{"strategy.entry", "strategy.order", "strategy.exit",
                                                      "strategy.close", "strategy.close_all"};
constexpr std::array<std::string_view, 4> kOrderMessages{"alert_message", "alert_profit", "alert_loss",
                                                         "alert_trailing"};

std::string_view last_word(std::string_view name) {
  const auto point = name.rfind('.');
  return point == std::string_view::npos ? name : name.substr(point + 1);
}

}  // namespace

NodeId Evaluator::argument_node(const Call& call, std::size_t position, std::string_view name) const {
  for (const auto& given : call.arguments) {
    if (!given.label.empty() && given.label == name) return given.node;
  }
  if (position >= call.arguments.size() || !call.arguments[position].label.empty()) return kNone;
  return call.arguments[position].node;
}

SharedValues Evaluator::argument(const Call& call, std::size_t position, std::string_view name) {
  const NodeId node = argument_node(call, position, name);
  return node == kNone ? nullptr : evaluate(node);
}

SharedValues Evaluator::evaluate_call(const Node& node) {
  const Node& callee = script_.nodes[script_.child(node, 0).node];
  Call call;
  call.node = &node;
  call.arguments.assign(script_.begin_of(node) + 1, script_.begin_of(node) + node.child_count);
  if (callee.kind == NodeKind::member) {
    call.name = callee.text;
    call.self = evaluate(script_.child(callee, 0).node);
  } else if (callee.kind == NodeKind::name) {
    call.name = callee.text;
    const auto point = callee.text.rfind('.');
    const auto* owner = point == std::string_view::npos ? nullptr : find_variable(callee.text.substr(0, point));
    if (owner != nullptr) {
      call.self = on_path(*owner);
      call.name = callee.text.substr(point + 1);
    }
  } else {
    return only(unknown(node, slice(node)));
  }
  const auto function = find_function(call.name, call.arguments.size() + (call.self == nullptr ? 0 : 1));
  if (function) return call_function(*function, call);
  return call_built_in(call);
}

SharedValues Evaluator::call_built_in(const Call& call) {
  const Node& node = *call.node;
  if (call.self == nullptr) {
    if (call.name == "alert" || call.name == "alertcondition" ||
        std::find(kOrderCalls.begin(), kOrderCalls.end(), call.name) != kOrderCalls.end()) {
      emit(call);
      return only(unknown(node, call.name));
    }
    if (call.name == "input" || call.name.starts_with("input.")) return call_input(call);
    if (call.name.starts_with("str.")) return call_text_function(call, last_word(call.name));
    if (call.name == "tostring") return call_text_function(call, "tostring");
  }
  if (call.self != nullptr || call.name.starts_with("array."))
    return call_list_function(call, last_word(call.name));
  if (call.name == "request.security" || call.name == "security") {
    if (auto values = argument(call, 2, "expression")) return values;
  }
  if (call.name == "nz") {
    const SharedValues source = argument(call, 0, "source");
    const SharedValues replacement = argument(call, 1, "replacement");
    if (source == nullptr) return only(unknown(node, call.name));
    return for_each(source, [&](Value value) {
      if (value.type == ValueType::na) {
        if (replacement != nullptr) return replacement->front().value;
        return number_sample(node, Decimal(0), ValueKind::number, hash_of("0"));
      }
      value.may_be_na = false;
      return value;
    });
  }
  if (call.name == "na") {
    const SharedValues source = argument(call, 0, "x");
    if (source == nullptr) return only(constant(node, true));
    return for_each(source, [&](const Value& value) {
      const bool is_known = value.type == ValueType::na ||
                            (value.type != ValueType::unknown && !value.may_be_na) ||
                            (value.type == ValueType::number && series_ == Series::have_values);
      if (is_known) return constant(node, value.type == ValueType::na);
      return boolean_sample(node, combine(value.key, hash_of("na")));
    });
  }
  const bool is_conversion =
      call.name == "float" || call.name == "int" || call.name == "string" || call.name == "bool";
  if (is_conversion) {
    if (auto values = argument(call, 0, "x")) return values;
  }
  return call_series_function(call);
}

// The value a user leaves as it is.
SharedValues Evaluator::call_input(const Call& call) {
  const Node& node = *call.node;
  const SharedValues given = argument(call, 0, "defval");
  if (given == nullptr) return only(unknown(node, slice(node)));
  return for_each(given, [&](Value value) {
    // A box that is ticked or not is a branch; a text or number is taken as it stands.
    if (value.type == ValueType::boolean) return boolean_sample(node, combine(hash_of("input"), node.begin));
    return value;
  });
}

SharedValues Evaluator::call_series_function(const Call& call) {
  const Node& node = *call.node;
  const Returns returns = call.self == nullptr ? returns_of(call.name) : Returns::nothing_known;
  if (returns == Returns::nothing_of_use || returns == Returns::nothing_known) {
    return only(unknown(node, slice(node)));
  }
  std::uint64_t key = hash_of(call.name);
  Value first;
  bool may_be_na = call.name.starts_with("ta.") || call.name.find('.') == std::string_view::npos;
  for (const auto& given : call.arguments) {
    const Value value = evaluate(given.node)->front().value;
    key = combine(key, combine(value.key, hash_of(given.label)));
    if (first.type != ValueType::number || (!first.is_sample && value.is_sample)) {
      if (value.type == ValueType::number) first = value;
    }
    may_be_na = may_be_na || value.may_be_na || value.type == ValueType::na;
  }
  if (returns == Returns::condition) return only(boolean_sample(node, key));
  Decimal number(returns == Returns::number_of_percent ? 55 : 100);
  if (returns == Returns::number_like_argument && first.type == ValueType::number) number = first.number;
  Value value = number_sample(node, number, ValueKind::number, key);
  value.may_be_na = may_be_na;
  if (may_be_na && series_ == Series::are_na) value.type = ValueType::na;
  return only(std::move(value));
}

// ---- alerts

void Evaluator::emit(const Call& call) {
  if (call.name == "alert") return emit_one(call, "message", argument_node(call, 0, "message"));
  if (call.name == "alertcondition") return emit_one(call, "message", argument_node(call, 2, "message"));
  bool has_message = false;
  for (const auto name : kOrderMessages) {
    for (const auto& given : call.arguments) {
      if (given.label != name) continue;
      has_message = true;
      emit_one(call, name, given.node);
    }
  }
  if (!has_message) emit_one(call, "", kNone);
}

void Evaluator::emit_one(const Call& call, std::string_view argument, NodeId node) {
  constexpr std::size_t kMostEmissions = 1000;
  if (evaluation_.emissions.size() >= kMostEmissions) return tell_exhausted(call.node->begin);
  Emission emission;
  emission.callee = call.name;
  emission.argument = argument;
  emission.call_at = call.node->begin;
  emission.argument_at = call.node->begin;
  emission.is_global = branch_depth_ == 0 && call_depth_ == 0;
  if (node != kNone) {
    emission.argument_at = script_.nodes[node].begin;
    emission.message = on_path(evaluate(node));
    emission.is_constant = std::none_of(
        emission.message->begin(), emission.message->end(),
        [](const auto& one) { return one.value.is_sample || one.value.type == ValueType::unknown; });
  }
  if (call.name == "alert") {
    const NodeId frequency = argument_node(call, 1, "freq");
    if (frequency != kNone) emission.frequency = evaluate(frequency)->front().value.name;
  }
  const NodeId disabled = argument_node(call, call.arguments.size(), "disable_alert");
  if (disabled != kNone) {
    const Value value = evaluate(disabled)->front().value;
    emission.is_disabled = value.type == ValueType::boolean && !value.is_sample && value.is_true;
  }
  evaluation_.emissions.push_back(std::move(emission));
}

// ---- lists of texts

SharedValues Evaluator::call_list_function(const Call& call, std::string_view name) {
  const Node& node = *call.node;
  const bool is_method = call.self != nullptr;
  const auto make_list = [&](std::vector<Value> items) {
    Value value = unknown(node, slice(node));
    value.type = ValueType::list;
    for (const auto& item : items) value.key = combine(value.key, item.key);
    value.items = std::make_shared<const std::vector<Value>>(std::move(items));
    return value;
  };
  if (!is_method && (name == "from" || name == "new" || name.starts_with("new_"))) {
    std::vector<Value> items;
    for (std::size_t i = 0; name == "from" && i < call.arguments.size() && i < kMostAlternatives * 4; ++i) {
      items.push_back(evaluate(call.arguments[i].node)->front().value);
    }
    return only(make_list(std::move(items)));
  }
  const SharedValues list = is_method ? call.self : argument(call, 0, "id");
  const std::size_t first = is_method ? 0 : 1;
  if (list == nullptr) return only(unknown(node, slice(node)));
  if (name == "join") {
    SharedValues separator = argument(call, first, "separator");
    if (separator == nullptr) separator = only(text_value({}, node, hash_of("")));
    return for_each_pair(list, separator, [&](const Value& items, const Value& between) {
      if (items.type != ValueType::list) return unknown(node, slice(node));
      Value joined = text_value({}, node, hash_of("join"));
      for (std::size_t i = 0; i < items.items->size(); ++i) {
        if (i > 0) joined = concatenate(joined, between, node);
        joined = concatenate(joined, (*items.items)[i], node);
      }
      return joined;
    });
  }
  if (name == "push") {
    const NodeId item = argument_node(call, first, is_method ? "value" : "value");
    if (item == kNone) return list;
    auto longer = for_each_pair(list, evaluate(item), [&](const Value& items, const Value& added) {
      if (items.type != ValueType::list || items.items->size() >= kMostAlternatives * 4) return items;
      std::vector<Value> all = *items.items;
      all.push_back(added);
      return make_list(std::move(all));
    });
    const Node& callee = script_.nodes[script_.child(node, 0).node];
    if (is_method && callee.kind == NodeKind::name) {
      reassign(callee.text.substr(0, callee.text.rfind('.')), longer);
    } else if (!is_method && script_.nodes[call.arguments[0].node].kind == NodeKind::name) {
      reassign(script_.nodes[call.arguments[0].node].text, longer);
    }
    return longer;
  }
  return only(unknown(node, slice(node)));
}

}  // namespace tvh::pine
