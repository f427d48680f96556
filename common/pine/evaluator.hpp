// Runs a script as far as its texts go: every branch is taken, series have sample values. Internal to the room.
//
// Bounded in every respect: steps and bytes made grow with the script's length at most linearly; alternatives,
// choices, call depth and text length have fixed limits. What goes beyond becomes `unknown`, with a finding.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "pine/finding.hpp"
#include "pine/lexer.hpp"
#include "pine/syntax.hpp"
#include "pine/value.hpp"

namespace tvh::pine {

enum class Series : std::uint8_t {
  have_values,
  are_na,  // those that can be: indicators, variables that begin as na
};

// A call that makes an alert, or could.
struct Emission {
  std::string_view callee;  // "alert", "alertcondition", "strategy.entry", …
  std::string_view
      argument;  // "message", "alert_message", "alert_profit", …; "" for an order without a message
  std::uint32_t call_at = 0;
  std::uint32_t argument_at = 0;
  SharedValues message;        // null: the call has none
  std::string_view frequency;  // of alert(): "alert.freq_all", …
  bool is_global = true;       // stands in no block and no function
  bool is_constant = true;     // no series in it: what alertcondition() asks for
  bool is_disabled = false;    // disable_alert
};

// A value that was made part of a text: what a slot is named after.
struct UsedValue {
  ValueKind kind = ValueKind::unknown;
  std::string_view name;
};

struct Evaluation {
  std::vector<Emission> emissions;
  std::vector<UsedValue> values;         // Text::values are 1 + index into it
  std::vector<std::uint32_t> truncated;  // places where alternatives were left out
};

class Evaluator {
 public:
  Evaluator(std::string_view source, const TokenList& tokens, const Script& script, Series series,
            Findings& findings);
  Evaluation run();

 private:
  using Variables = std::unordered_map<std::string_view, SharedValues>;
  struct Scope {
    Variables variables;
    bool is_function = false;
  };
  struct Change {
    std::size_t scope = 0;
    std::string_view name;
    SharedValues before;
  };
  // One way through a structure.
  struct Way {
    std::size_t branch = 0;  // index of the branch, or their count: none of them
    Choices choices;
  };
  struct Outcome {
    Choices choices;
    SharedValues result;
    std::map<std::pair<std::size_t, std::string_view>, SharedValues> changed;
  };
  struct Call {
    std::string_view name;
    const Node* node = nullptr;
    std::vector<Child> arguments;  // labels are names
    SharedValues self;             // of a method call
  };

  // evaluator.cpp: expressions
  SharedValues evaluate(NodeId id);
  SharedValues evaluate_node(const Node& node);
  SharedValues evaluate_name(const Node& node);
  SharedValues evaluate_chain(const Node& node);
  SharedValues evaluate_unary(const Node& node);
  SharedValues evaluate_ternary(const Node& node);
  Value join(const Value& left, std::string_view symbol, const Value& right, const Node& node);
  Value calculate(const Value& left, std::string_view symbol, const Value& right, const Node& node);
  Value compare(const Value& left, std::string_view symbol, const Value& right, const Node& node);
  using MakeOne = std::function<Value(Value)>;
  using MakeTwo = std::function<Value(const Value&, const Value&)>;
  SharedValues for_each_pair(const SharedValues& left, const SharedValues& right, const MakeTwo& make);
  SharedValues for_each(const SharedValues& values, const MakeOne& make);
  SharedValues on_path(const SharedValues& values);

  // evaluator_statements.cpp: statements, branches, variables
  SharedValues run_block(BlockId block);
  SharedValues run_statement(const Statement& statement);
  SharedValues run_structure(const Node& node);
  SharedValues run_ways(const std::vector<Way>& ways, const std::vector<Branch>& branches);
  std::vector<Way> ways_of(const Structure& structure, const Node& node);
  void decide(const SharedValues& condition, std::size_t branch, std::vector<Way>& open,
              std::vector<Way>& taken);
  void apply(const std::vector<Outcome>& outcomes);
  const SharedValues* find_variable(std::string_view name) const;
  void declare(std::string_view name, SharedValues values);
  void reassign(std::string_view name, SharedValues values);
  SharedValues call_function(std::uint32_t function, const Call& call);
  std::optional<std::uint32_t> find_function(std::string_view name, std::size_t arguments) const;
  void run_uncalled_functions();

  // built_in_calls.cpp: functions that are Pine's
  SharedValues evaluate_call(const Node& node);
  SharedValues call_built_in(const Call& call);
  SharedValues call_text_function(const Call& call, std::string_view name);
  SharedValues call_list_function(const Call& call, std::string_view name);
  SharedValues call_input(const Call& call);
  SharedValues call_series_function(const Call& call);
  SharedValues argument(const Call& call, std::size_t position, std::string_view name);
  NodeId argument_node(const Call& call, std::size_t position, std::string_view name) const;
  void emit(const Call& call);
  void emit_one(const Call& call, std::string_view argument, NodeId node);
  bool is_constant(NodeId node) const;

  // text_functions.cpp: what str.* makes
  Text text_of(const Value& value, std::string_view format = "");
  Value tostring(const Value& value, const Value* format, const Node& node);
  Value replace(const Value& source, const Value& target, const Value& replacement, std::int64_t occurrence,
                const Node& node);
  Value format(const Value& pattern, const std::vector<Value>& arguments, const Node& node);
  SharedValues format_call(const Call& call);
  Value concatenate(const Value& left, const Value& right, const Node& node);
  Value text_value(Text text, const Node& node, std::uint64_t key);

  // Values of every kind.
  Value unknown(const Node& node, std::string_view name);
  Value number_sample(const Node& node, const Decimal& sample, ValueKind kind, std::uint64_t key);
  Value boolean_sample(const Node& node, std::uint64_t key);
  Value constant(const Node& node, bool holds);
  std::uint32_t use_value(ValueKind kind, std::string_view name);
  std::string_view slice(const Node& node) const;

  bool spend_step();
  bool spend_bytes(std::size_t count);
  void tell_exhausted(std::uint32_t at);

  std::string_view source_;
  const TokenList& tokens_;
  const Script& script_;
  Series series_;
  Findings& findings_;
  Evaluation evaluation_;
  std::vector<Scope> scopes_;
  std::vector<Change> changes_;
  std::unordered_map<std::string_view, std::vector<std::uint32_t>> functions_;
  std::vector<bool> was_called_;
  Choices path_;
  std::size_t branch_depth_ = 0;
  std::size_t call_depth_ = 0;
  std::size_t depth_ = 0;
  std::size_t steps_left_ = 0;
  std::size_t bytes_left_ = 0;
  bool is_exhausted_ = false;
};

}  // namespace tvh::pine
