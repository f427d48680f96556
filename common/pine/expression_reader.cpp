#include <algorithm>
#include <array>

#include "pine/parser.hpp"
#include "pine/token_reader.hpp"

namespace tvh::pine {
namespace {

using Words = std::array<std::string_view, 4>;
// From the weakest to the strongest.
constexpr std::array<Words, 6> kLevels{
    Words{"or", "", "", ""},     Words{"and", "", "", ""}, Words{"==", "!=", "", ""},
    Words{"<", ">", "<=", ">="}, Words{"+", "-", "", ""},  Words{"*", "/", "%", ""},
};

bool is_operator_of(std::size_t level, std::string_view word) {
  return !word.empty() && std::find(kLevels[level].begin(), kLevels[level].end(), word) != kLevels[level].end();
}

}  // namespace

NodeId ExpressionReader::add(Node node, const std::vector<Child>& children) {
  node.first_child = static_cast<std::uint32_t>(script_.children.size());
  node.child_count = static_cast<std::uint32_t>(children.size());
  node.end = std::max(node.begin, tokens_.last_end());
  script_.children.insert(script_.children.end(), children.begin(), children.end());
  script_.nodes.push_back(node);
  return static_cast<NodeId>(script_.nodes.size() - 1);
}

NodeId ExpressionReader::give_up() {
  const std::uint32_t begin = tokens_.peek().begin;
  findings_.add(FindingId::script_too_complex, begin,
                "nested too deeply; the rest of this statement is left out");
  while (!tokens_.at_line_end()) tokens_.advance();
  return add({NodeKind::unknown, begin});
}

NodeId ExpressionReader::read() {
  if (depth_ >= kDeepest) return give_up();
  ++depth_;
  const std::uint32_t begin = tokens_.peek().begin;
  NodeId node = read_level(0);
  if (tokens_.take("?")) {
    const NodeId then = read();
    const NodeId otherwise = tokens_.take(":") ? read() : add({NodeKind::unknown, tokens_.peek().begin});
    node = add({NodeKind::ternary, begin}, {{node, {}}, {then, {}}, {otherwise, {}}});
  }
  --depth_;
  return node;
}

NodeId ExpressionReader::read_level(std::size_t level) {
  if (level == kLevels.size()) return read_unary();
  const std::uint32_t begin = tokens_.peek().begin;
  const NodeId first = read_level(level + 1);
  if (!is_operator_of(level, tokens_.word())) return first;
  std::vector<Child> operands{{first, {}}};
  while (is_operator_of(level, tokens_.word())) {
    const std::string_view label = tokens_.word();
    tokens_.advance();
    operands.push_back({read_level(level + 1), label});
  }
  return add({NodeKind::chain, begin}, operands);
}

NodeId ExpressionReader::read_unary() {
  const std::string_view sign = tokens_.word();
  if (sign != "not" && sign != "-" && sign != "+") return read_postfix();
  if (depth_ >= kDeepest) return give_up();
  ++depth_;
  const std::uint32_t begin = tokens_.peek().begin;
  tokens_.advance();
  const NodeId operand = read_unary();
  --depth_;
  return add({NodeKind::unary, begin}, {{operand, sign}});
}

NodeId ExpressionReader::read_postfix() {
  const std::uint32_t begin = tokens_.peek().begin;
  NodeId node = read_primary();
  for (std::size_t links = 0;; ++links) {
    const std::string_view symbol = tokens_.word();
    const bool goes_on = symbol == "(" || symbol == "[" || (symbol == "." && tokens_.is_name(1));
    if (!goes_on) return node;
    if (links >= kDeepest || depth_ >= kDeepest) return give_up();
    if (symbol == "(") {
      node = read_call(node);
    } else if (symbol == "[") {
      tokens_.advance();
      const NodeId offset = read_bracketed("]");
      node = add({NodeKind::index, begin}, {{node, {}}, {offset, {}}});
    } else {
      tokens_.advance();
      Node member{NodeKind::member, begin};
      member.text = tokens_.word();
      tokens_.advance();
      skip_type_arguments();
      node = add(member, {{node, {}}});
    }
  }
}

// The inside of a bracket whose opening is taken already; takes the closing one.
NodeId ExpressionReader::read_bracketed(std::string_view closing) {
  const NodeId node = read();
  while (!tokens_.at_line_end() && !tokens_.take(closing)) {
    if (tokens_.word() == ")" || tokens_.word() == "]") break;
    tokens_.advance();
  }
  return node;
}

NodeId ExpressionReader::read_primary() {
  const Token token = tokens_.peek();
  Node node{NodeKind::unknown, token.begin};
  switch (token.kind) {
    case TokenKind::name:
      return read_name();
    case TokenKind::number:
    case TokenKind::string:
      node.kind = token.kind == TokenKind::number ? NodeKind::number : NodeKind::string;
      node.text = tokens_.text(token);
      node.extra = tokens_.index();
      tokens_.advance();
      return add(node);
    case TokenKind::symbol:
      break;
    case TokenKind::new_line:
    case TokenKind::end:
      return add(node);
    case TokenKind::color:
    case TokenKind::annotation:
    case TokenKind::other:
      tokens_.advance();
      return add(node);
  }
  if (tokens_.take("(")) return read_bracketed(")");
  if (tokens_.take("[")) {
    node.kind = NodeKind::list;
    std::vector<Child> items;
    while (!tokens_.at_line_end() && !tokens_.take("]")) {
      items.push_back({read(), {}});
      if (!tokens_.take(",") && tokens_.word() != "]") tokens_.advance();
    }
    return add(node, items);
  }
  if (token.kind == TokenKind::symbol && tokens_.word() != ")" && tokens_.word() != "]") tokens_.advance();
  return add(node);
}

NodeId ExpressionReader::read_name() {
  const Token first = tokens_.peek();
  tokens_.advance();
  while (tokens_.word() == "." && tokens_.is_name(1) && tokens_.peek().begin == tokens_.last_end() &&
         tokens_.peek(1).begin == tokens_.peek().end) {
    tokens_.advance(2);
  }
  Node node{NodeKind::name, first.begin};
  node.text = tokens_.source().substr(first.begin, tokens_.last_end() - first.begin);
  const NodeId id = add(node);
  skip_type_arguments();
  return id;
}

// array.new<string>(…): what stands in the angles does not matter here.
void ExpressionReader::skip_type_arguments() {
  constexpr std::size_t kLongest = 12;
  if (tokens_.word() != "<") return;
  for (std::size_t i = 1; i < kLongest; ++i) {
    if (tokens_.word(i) == ">" && tokens_.word(i + 1) == "(") {
      tokens_.advance(i + 1);
      return;
    }
    const bool may_be_type = tokens_.is_name(i) || tokens_.word(i) == "." || tokens_.word(i) == "," ||
                             tokens_.word(i) == "<" || tokens_.word(i) == ">";
    if (!may_be_type) return;
  }
}

NodeId ExpressionReader::read_call(NodeId callee) {
  const std::uint32_t begin = script_.nodes[callee].begin;
  tokens_.advance();
  std::vector<Child> children{{callee, {}}};
  while (!tokens_.at_line_end() && !tokens_.take(")")) {
    Child argument;
    if (tokens_.is_name() && tokens_.word(1) == "=") {
      argument.label = tokens_.word();
      tokens_.advance(2);
    }
    argument.node = read();
    children.push_back(argument);
    // What does not belong there is skipped, so that the arguments behind it are seen.
    while (!tokens_.at_line_end() && tokens_.word() != "," && tokens_.word() != ")") tokens_.advance();
    tokens_.take(",");
  }
  return add({NodeKind::call, begin}, children);
}

}  // namespace tvh::pine
