// A parsed script: expressions in one pool, statements in blocks. Internal to the room.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace tvh::pine {

using NodeId = std::uint32_t;
using BlockId = std::uint32_t;
inline constexpr std::uint32_t kNone = UINT32_MAX;

enum class NodeKind : std::uint8_t {
  number,
  string,
  name,       // text is all of it: "syminfo.ticker"
  chain,      // operands of one precedence, labels are the operators before each but the first
  unary,      // label of the child is the operator
  ternary,    // condition, then, otherwise
  call,       // callee, then arguments; labels are the arguments' names
  member,     // text is the member's name
  index,      // value[offset]
  list,       // [a, b]
  structure,  // if, for, while, switch: extra is its index
  unknown,
};

struct Node {
  NodeKind kind = NodeKind::unknown;
  std::uint32_t begin = 0;  // in the source
  std::uint32_t end = 0;
  std::uint32_t first_child = 0;
  std::uint32_t child_count = 0;
  std::uint32_t extra = kNone;  // token of a string, index of a structure
  std::string_view text{};
};

struct Child {
  NodeId node = kNone;
  std::string_view label;
};

enum class StatementKind : std::uint8_t { expression, declare, reassign, add, other_assign, define };

struct Statement {
  StatementKind kind = StatementKind::expression;
  std::string_view name;  // assigned to; "" for a tuple or a field
  NodeId value = kNone;
  std::uint32_t function = kNone;  // of a definition
};

struct Block {
  std::vector<Statement> statements;
};

struct Parameter {
  std::string_view name;
  NodeId fallback = kNone;
};

struct Function {
  std::string_view name;
  std::vector<Parameter> parameters;
  BlockId body = kNone;
};

enum class StructureKind : std::uint8_t { if_else, loop, switch_case };

struct Branch {
  NodeId condition = kNone;  // kNone: else, default
  BlockId block = kNone;
};

struct Structure {
  StructureKind kind = StructureKind::if_else;
  NodeId subject = kNone;  // of a switch
  std::vector<Branch> branches;
};

struct Annotation {
  std::uint32_t begin = 0;  // of the "//@"
  std::string_view text;    // from "//@" to the end of the line
};

struct Script {
  std::vector<Node> nodes;
  std::vector<Child> children;
  std::vector<Block> blocks;
  std::vector<Function> functions;
  std::vector<Structure> structures;
  std::vector<Annotation> annotations;
  BlockId body = kNone;

  const Child* begin_of(const Node& node) const { return children.data() + node.first_child; }
  const Child& child(const Node& node, std::size_t i) const { return children[node.first_child + i]; }
};

}  // namespace tvh::pine
