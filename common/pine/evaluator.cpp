#include "pine/evaluator.hpp"

#include <algorithm>

#include "pine/built_in_names.hpp"
#include "pine/characters.hpp"
#include "pine/message_template.hpp"

namespace tvh::pine {
namespace {

const Decimal kAnyNumber(100);

// Samples stay in the middle of Decimal's domain, whatever a script multiplies.
Decimal bounded(const Decimal& value) {
  static const Decimal kLargest(100'000'000'000'000);
  return value.absolute() < kLargest ? value : kAnyNumber;
}

}  // namespace

Evaluator::Evaluator(std::string_view source, const TokenList& tokens, const Script& script, Series series,
                     Findings& findings)
    : source_(source),
      tokens_(tokens),
      script_(script),
      series_(series),
      findings_(findings),
      scopes_(1),
      was_called_(script.functions.size(), false),
      steps_left_(std::size_t{20'000} + 4 * source.size()),
      bytes_left_((std::size_t{4} << 20) + 8 * source.size()) {}

Evaluation Evaluator::run() {
  run_block(script_.body);
  run_uncalled_functions();
  return std::move(evaluation_);
}

// ---- bounds

bool Evaluator::spend_step() {
  if (steps_left_ == 0) return false;
  --steps_left_;
  return true;
}

bool Evaluator::spend_bytes(std::size_t count) {
  if (bytes_left_ < count) return false;
  bytes_left_ -= count;
  return true;
}

void Evaluator::tell_exhausted(std::uint32_t at) {
  if (is_exhausted_) return;
  is_exhausted_ = true;
  findings_.add(FindingId::script_too_complex, at,
                "there is too much to evaluate; what follows is not looked at");
}

// ---- values

std::string_view Evaluator::slice(const Node& node) const {
  constexpr std::size_t kLongestName = 60;
  return source_.substr(node.begin, std::min<std::size_t>(node.end - node.begin, kLongestName));
}

Value Evaluator::unknown(const Node& node, std::string_view name) {
  Value value;
  value.origin = node.begin;
  value.key = hash_of(name);
  value.name = name;
  return value;
}

Value Evaluator::number_sample(const Node& node, const Decimal& sample, ValueKind kind, std::uint64_t key) {
  Value value;
  value.type = ValueType::number;
  value.is_sample = true;
  value.origin = node.begin;
  value.kind = kind;
  value.number = bounded(sample);
  value.key = key;
  value.name = slice(node);
  return value;
}

Value Evaluator::boolean_sample(const Node& node, std::uint64_t key) {
  Value value;
  value.type = ValueType::boolean;
  value.is_sample = true;
  value.origin = node.begin;
  value.key = key;
  value.name = slice(node);
  return value;
}

Value Evaluator::constant(const Node& node, bool holds) {
  Value value;
  value.type = ValueType::boolean;
  value.is_true = holds;
  value.origin = node.begin;
  value.key = hash_of(holds ? "true" : "false");
  return value;
}

std::uint32_t Evaluator::use_value(ValueKind kind, std::string_view name) {
  evaluation_.values.push_back({kind, name});
  return static_cast<std::uint32_t>(evaluation_.values.size());
}

// ---- alternatives

SharedValues Evaluator::for_each(const SharedValues& values, const MakeOne& make) {
  Values result;
  for (const auto& alternative : *values)
    add_alternative(result, {make(alternative.value), alternative.choices});
  return std::make_shared<const Values>(std::move(result));
}

SharedValues Evaluator::for_each_pair(const SharedValues& left, const SharedValues& right,
                                      const MakeTwo& make) {
  Values result;
  Choices merged;
  bool is_truncated = false;
  for (const auto& first : *left) {
    for (const auto& second : *right) {
      if (is_truncated || !merge(first.choices, second.choices, merged)) continue;
      is_truncated = !add_alternative(result, {make(first.value, second.value), merged});
    }
  }
  // Contradictions everywhere: choices were forgotten, or a branch that nothing leads to.
  if (result.empty()) result.push_back({make(left->front().value, right->front().value), {}});
  if (is_truncated && result.front().value.type == ValueType::text) {
    evaluation_.truncated.push_back(result.front().value.origin);
  }
  return std::make_shared<const Values>(std::move(result));
}

// Only what the branch we are in allows.
SharedValues Evaluator::on_path(const SharedValues& values) {
  if (path_.empty() || values->size() == 1) return values;
  Values result;
  Choices merged;
  for (const auto& alternative : *values) {
    if (merge(alternative.choices, path_, merged)) result.push_back(alternative);
  }
  if (result.empty() || result.size() == values->size()) return values;
  return std::make_shared<const Values>(std::move(result));
}

// ---- expressions

SharedValues Evaluator::evaluate(NodeId id) {
  if (id == kNone) return only(Value{});
  const Node& node = script_.nodes[id];
  // Calls, blocks and brackets nest within each other: together they must not exhaust the stack.
  constexpr std::size_t kDeepestEvaluation = 256;
  if (depth_ >= kDeepestEvaluation || !spend_step()) {
    tell_exhausted(node.begin);
    return only(unknown(node, "what is left out"));
  }
  ++depth_;
  SharedValues values = evaluate_node(node);
  --depth_;
  return values;
}

SharedValues Evaluator::evaluate_node(const Node& node) {
  switch (node.kind) {
    case NodeKind::number: {
      const auto parsed = Decimal::parse(node.text);
      Value value = number_sample(node, parsed ? *parsed : kAnyNumber, ValueKind::number, hash_of(node.text));
      value.is_sample = false;
      return only(std::move(value));
    }
    case NodeKind::string: {
      if (!spend_bytes(std::min<std::size_t>(node.text.size(), Template::kMostBytes)))
        tell_exhausted(node.begin);
      if (is_exhausted_) return only(unknown(node, "what is left out"));
      Text text = decode_string(source_, tokens_.tokens[node.extra], Template::kMostBytes + 1);
      const auto key = hash_of(text.bytes);
      return only(text_value(std::move(text), node, key));
    }
    case NodeKind::name:
      return evaluate_name(node);
    case NodeKind::chain:
      return evaluate_chain(node);
    case NodeKind::unary:
      return evaluate_unary(node);
    case NodeKind::ternary:
      return evaluate_ternary(node);
    case NodeKind::call:
      return evaluate_call(node);
    case NodeKind::index: {
      // An earlier bar's value looks like this bar's.
      const auto offset = evaluate(script_.child(node, 1).node);
      return for_each_pair(evaluate(script_.child(node, 0).node), offset, [&](Value base, const Value& bars) {
        base.key = combine(combine(base.key, hash_of("[]")), bars.key);
        base.may_be_na = base.may_be_na || base.type == ValueType::number;
        if (base.type == ValueType::number && series_ == Series::are_na) base.type = ValueType::na;
        return base;
      });
    }
    case NodeKind::list: {
      auto items = std::make_shared<std::vector<Value>>();
      for (std::size_t i = 0; i < node.child_count && i < kMostAlternatives; ++i) {
        items->push_back(evaluate(script_.child(node, i).node)->front().value);
      }
      Value value = unknown(node, slice(node));
      value.type = ValueType::list;
      value.items = std::move(items);
      return only(std::move(value));
    }
    case NodeKind::structure:
      return run_structure(node);
    case NodeKind::member:
      evaluate(script_.child(node, 0).node);
      return only(unknown(node, slice(node)));
    case NodeKind::unknown:
      return only(unknown(node, slice(node)));
  }
  return only(Value{});
}

SharedValues Evaluator::evaluate_name(const Node& node) {
  if (const auto* variable = find_variable(node.text)) return on_path(*variable);
  const std::uint64_t key = hash_of(node.text);
  if (node.text == "true" || node.text == "false") return only(constant(node, node.text == "true"));
  if (node.text == "na") {
    Value value = unknown(node, node.text);
    value.type = ValueType::na;
    return only(std::move(value));
  }
  const BuiltInName* known = find_built_in_name(node.text);
  if (known == nullptr) {
    Value value = unknown(node, node.text);
    if (is_constant_name(node.text)) value.type = ValueType::other;
    return only(std::move(value));
  }
  if (known->type == ValueType::boolean) return only(boolean_sample(node, key));
  if (known->type == ValueType::text) {
    Text text;
    text.append(known->sample, node.begin, use_value(known->kind, node.text));
    Value value = text_value(std::move(text), node, key);
    value.is_sample = true;
    return only(std::move(value));
  }
  Value value = number_sample(node, Decimal::from_trusted(known->sample), known->kind, key);
  value.may_be_na = known->kind == ValueKind::number_or_na;
  if (value.may_be_na && series_ == Series::are_na) value.type = ValueType::na;
  return only(std::move(value));
}

SharedValues Evaluator::evaluate_chain(const Node& node) {
  SharedValues result = evaluate(script_.child(node, 0).node);
  for (std::size_t i = 1; i < node.child_count; ++i) {
    const Child& child = script_.child(node, i);
    if (is_exhausted_) return only(unknown(node, "what is left out"));
    const SharedValues operand = evaluate(child.node);
    result = for_each_pair(result, operand, [&](const Value& left, const Value& right) {
      return join(left, child.label, right, node);
    });
  }
  return result;
}

Value Evaluator::join(const Value& left, std::string_view symbol, const Value& right, const Node& node) {
  const bool has_text = left.type == ValueType::text || right.type == ValueType::text;
  if (symbol == "+" && has_text) return concatenate(left, right, node);
  const bool calculates = symbol == "+" || symbol == "-" || symbol == "*" || symbol == "/" || symbol == "%";
  return calculates ? calculate(left, symbol, right, node) : compare(left, symbol, right, node);
}

Value Evaluator::calculate(const Value& left, std::string_view symbol, const Value& right, const Node& node) {
  const std::uint64_t key = combine(combine(left.key, hash_of(symbol)), right.key);
  if (left.type == ValueType::na || right.type == ValueType::na) {
    Value value = unknown(node, slice(node));
    value.type = ValueType::na;
    value.key = key;
    return value;
  }
  // Two unknown values may be texts as well as numbers.
  if (left.type == ValueType::unknown && right.type == ValueType::unknown && symbol == "+") {
    Value value = unknown(node, slice(node));
    value.key = key;
    return value;
  }
  const Decimal first = left.type == ValueType::number ? left.number : kAnyNumber;
  const Decimal second = right.type == ValueType::number ? right.number : kAnyNumber;
  Decimal number = first;
  if (symbol == "+") number = first + second;
  if (symbol == "-") number = first - second;
  if (symbol == "*") number = multiply(first, second, Rounding::half_even, 8);
  if (symbol == "/" && !second.is_zero()) number = divide(first, second, Rounding::half_even, 8);
  // What leaves the domain of parse() is replaced before anybody calculates with it again.
  number = multiply(bounded(number), Decimal(1), Rounding::half_even, 8);
  const bool is_time = left.kind != ValueKind::number || right.kind != ValueKind::number;
  Value value = number_sample(node, number,
                              is_time && left.type == ValueType::number ? left.kind : ValueKind::number, key);
  value.is_sample =
      left.is_sample || right.is_sample || left.type != ValueType::number || right.type != ValueType::number;
  value.may_be_na = left.may_be_na || right.may_be_na;
  return value;
}

Value Evaluator::compare(const Value& left, std::string_view symbol, const Value& right, const Node& node) {
  const bool are_texts = left.type == ValueType::text && right.type == ValueType::text;
  const bool are_names = left.type == ValueType::other && right.type == ValueType::other;
  const bool are_numbers = left.type == ValueType::number && right.type == ValueType::number;
  const bool is_known = !left.is_sample && !right.is_sample && (are_texts || are_names || are_numbers);
  if (is_known && (symbol == "==" || symbol == "!=")) {
    const bool equal = are_texts   ? left.text->bytes == right.text->bytes
                       : are_names ? left.name == right.name
                                   : left.number == right.number;
    return constant(node, equal == (symbol == "=="));
  }
  const bool are_booleans = left.type == ValueType::boolean && right.type == ValueType::boolean;
  if (are_booleans && (symbol == "and" || symbol == "or")) {
    const bool decides = symbol == "or";  // the value that decides alone
    if (!left.is_sample) return left.is_true == decides ? left : right;
    if (!right.is_sample) return right.is_true == decides ? right : left;
  }
  // "!=" is the opposite of "==".
  const bool is_opposite = symbol == "!=";
  const auto key = combine(combine(left.key, hash_of(is_opposite ? "==" : symbol)), right.key);
  Value value = boolean_sample(node, combine(key, (left.negated ? 1U : 0U) + (right.negated ? 2U : 0U)));
  value.negated = is_opposite;
  return value;
}

SharedValues Evaluator::evaluate_unary(const Node& node) {
  const Child& child = script_.child(node, 0);
  return for_each(evaluate(child.node), [&](Value value) {
    if (child.label == "not" && value.type == ValueType::boolean) {
      value.is_true = !value.is_true;
      value.negated = !value.negated;
    } else if (child.label == "not") {
      value = boolean_sample(node, value.key);
      value.negated = true;
    } else if (child.label == "-") {
      value.number = -value.number;
      value.key = combine(value.key, hash_of("-"));
    }
    value.origin = node.begin;
    return value;
  });
}

SharedValues Evaluator::evaluate_ternary(const Node& node) {
  std::vector<Way> open{{0, {}}};
  std::vector<Way> ways;
  decide(evaluate(script_.child(node, 0).node), 1, open, ways);
  for (auto& way : open) {
    way.branch = 2;
    ways.push_back(way);
  }
  Values result;
  const Choices before = path_;
  for (const auto& way : ways) {
    if (!merge(before, way.choices, path_)) continue;
    const auto values = evaluate(script_.child(node, way.branch).node);
    Choices merged;
    for (const auto& alternative : *values) {
      if (!merge(alternative.choices, way.choices, merged)) continue;
      if (!add_alternative(result, {alternative.value, merged}) && alternative.value.type == ValueType::text) {
        evaluation_.truncated.push_back(node.begin);
      }
    }
  }
  path_ = before;
  if (result.empty()) return only(unknown(node, slice(node)));
  return std::make_shared<const Values>(std::move(result));
}

}  // namespace tvh::pine
