#include "pine/parser.hpp"

#include <algorithm>
#include <array>

#include "pine/characters.hpp"
#include "pine/token_reader.hpp"

namespace tvh::pine {
namespace {

constexpr std::array<std::string_view, 6> kQualifiers{"var", "varip", "const", "simple", "series", "export"};

class Parser {
 public:
  Parser(std::string_view source, const std::vector<Token>& tokens, Findings& findings)
      : tokens_(source, tokens), expressions_(tokens_, script_, findings), findings_(findings) {}

  Script parse() {
    script_.body = new_block();
    while (!tokens_.at_end()) read_block(script_.body, 0);
    return std::move(script_);
  }

 private:
  BlockId new_block() {
    script_.blocks.emplace_back();
    return static_cast<BlockId>(script_.blocks.size() - 1);
  }

  // Reads statements as long as their lines are indented by at least `indent`.
  void read_block(BlockId block, std::uint32_t indent) {
    while (!tokens_.at_end()) {
      if (tokens_.peek().kind == TokenKind::new_line) {
        line_indent_ = tokens_.peek().indent;
        if (line_indent_ < indent) return;
        tokens_.advance();
        continue;
      }
      read_line(block);
    }
  }

  // One line, which may hold several statements. Stops before the next new_line.
  void read_line(BlockId block) {
    read_statement(block);
    while (tokens_.take(",")) read_statement(block);
    skip_rest();
  }

  void skip_rest() {
    while (!tokens_.at_line_end()) {
      if (tokens_.word() == "alert" || tokens_.word() == "alertcondition" ||
          tokens_.word().starts_with("alert_message")) {
        findings_.add(FindingId::cannot_evaluate, tokens_.peek().begin,
                      "this part of the line is not understood");
      }
      tokens_.advance();
    }
  }

  void add_statement(BlockId block, Statement statement) {
    script_.blocks[block].statements.push_back(statement);
  }

  void read_statement(BlockId block) {
    if (tokens_.peek().kind == TokenKind::annotation) {
      script_.annotations.push_back({tokens_.peek().begin, tokens_.text(tokens_.peek())});
      return tokens_.advance();
    }
    const std::string_view word = tokens_.word();
    if (word == "import" || ((word == "type" || word == "enum") && tokens_.is_name(1)))
      return skip_definition(word);
    while (std::find(kQualifiers.begin(), kQualifiers.end(), tokens_.word()) != kQualifiers.end() &&
           tokens_.is_name(1)) {
      tokens_.advance();
    }
    if (tokens_.word() == "method" && tokens_.is_name(1)) tokens_.advance();
    skip_type();
    if (tokens_.is_name() && tokens_.word(1) == "(" && defines_function()) return read_function(block);
    if (tokens_.is_name() && is_assignment(tokens_.word(1))) return read_assignment(block);
    Statement statement;
    statement.value = read_value();
    if (is_assignment(tokens_.word())) {
      // A tuple, or a field of an object: nothing with a name of ours.
      tokens_.advance();
      statement.kind = StatementKind::other_assign;
      statement.value = read_value();
    }
    add_statement(block, statement);
  }

  static bool is_assignment(std::string_view word) {
    return word == "=" || word == ":=" ||
           (word.size() == 2 && word[1] == '=' && word != "==" && word != "!=" && word != "<=" && word != ">=");
  }

  // Fields of a type, values of an enum: lines that are indented deeper.
  void skip_definition(std::string_view word) {
    while (!tokens_.at_line_end()) tokens_.advance();
    if (word == "import") return;
    const std::uint32_t indent = line_indent_;
    while (tokens_.peek().kind == TokenKind::new_line && tokens_.peek().indent > indent) {
      tokens_.advance();
      while (!tokens_.at_line_end()) tokens_.advance();
    }
  }

  // "float x =", "array<string> x =", "float[] x =", "lib.Kind x =".
  void skip_type() {
    constexpr std::size_t kLongest = 16;
    const std::string_view first = tokens_.word();
    if (!tokens_.is_name() || first == "for" || first == "while" || first == "if" || first == "switch") return;
    std::size_t i = 1;
    while (tokens_.word(i) == "." && tokens_.is_name(i + 1)) i += 2;
    if (tokens_.word(i) == "<") {
      while (i < kLongest && tokens_.word(i) != ">") ++i;
      while (i < kLongest && tokens_.word(i) == ">") ++i;
    }
    if (tokens_.word(i) == "[" && tokens_.word(i + 1) == "]") i += 2;
    if (tokens_.is_name(i) && tokens_.word(i + 1) == "=") tokens_.advance(i);
  }

  bool defines_function() const {
    std::size_t depth = 0;
    for (std::size_t i = 1;; ++i) {
      const Token& token = tokens_.peek(i);
      if (token.kind == TokenKind::new_line || token.kind == TokenKind::end) return false;
      if (token.kind != TokenKind::symbol) continue;
      const auto symbol = tokens_.text(token);
      if (symbol == "(") ++depth;
      if (symbol == ")" && --depth == 0) return tokens_.word(i + 1) == "=>";
    }
  }

  void read_function(BlockId block) {
    Function function;
    function.name = tokens_.word();
    tokens_.advance(2);
    while (!tokens_.at_line_end() && !tokens_.take(")")) {
      Parameter parameter;
      // The last name before ',' ')' or '=' is the parameter's; those before it are its type.
      while (!tokens_.at_line_end() && tokens_.word() != "," && tokens_.word() != ")" &&
             tokens_.word() != "=") {
        if (tokens_.is_name()) parameter.name = tokens_.word();
        tokens_.advance();
      }
      if (tokens_.take("=")) parameter.fallback = expressions_.read();
      while (!tokens_.at_line_end() && tokens_.word() != "," && tokens_.word() != ")") tokens_.advance();
      tokens_.take(",");
      if (!parameter.name.empty()) function.parameters.push_back(parameter);
    }
    tokens_.take("=>");
    const std::size_t index = script_.functions.size();
    script_.functions.push_back(function);
    const BlockId body = read_body(line_indent_);
    script_.functions[index].body = body;
    Statement statement;
    statement.kind = StatementKind::define;
    statement.name = function.name;
    statement.function = static_cast<std::uint32_t>(index);
    add_statement(block, statement);
  }

  // What follows "=>" or the header of a structure: the rest of the line, or a block indented deeper than
  // `indent`.
  BlockId read_body(std::uint32_t indent) {
    const BlockId block = new_block();
    if (depth_ >= kDeepest) {
      expressions_.give_up();
      return block;
    }
    ++depth_;
    if (tokens_.peek().kind != TokenKind::new_line) {
      read_line(block);
    } else if (tokens_.peek().indent > indent) {
      read_block(block, indent + 1);
    }
    --depth_;
    return block;
  }

  void read_assignment(BlockId block) {
    Statement statement;
    statement.name = tokens_.word();
    const std::string_view symbol = tokens_.word(1);
    statement.kind = symbol == "="    ? StatementKind::declare
                     : symbol == ":=" ? StatementKind::reassign
                     : symbol == "+=" ? StatementKind::add
                                      : StatementKind::other_assign;
    tokens_.advance(2);
    statement.value = read_value();
    add_statement(block, statement);
  }

  NodeId read_value() {
    const std::string_view word = tokens_.word();
    if (word == "if") return read_if();
    if (word == "switch") return read_switch();
    if (word == "for" || word == "while") return read_loop();
    return expressions_.read();
  }

  NodeId add_structure(std::uint32_t begin, Structure structure) {
    script_.structures.push_back(std::move(structure));
    Node node{NodeKind::structure, begin};
    node.extra = static_cast<std::uint32_t>(script_.structures.size() - 1);
    return expressions_.add(node);
  }

  // The next line's first words, when it is indented as the structure's own line is.
  bool next_line_is(std::string_view word, std::uint32_t indent) const {
    return tokens_.peek().kind == TokenKind::new_line && tokens_.peek().indent == indent &&
           tokens_.word(1) == word;
  }

  NodeId read_if() {
    const std::uint32_t begin = tokens_.peek().begin;
    const std::uint32_t indent = line_indent_;
    Structure structure;
    tokens_.advance();
    NodeId condition = expressions_.read();
    skip_rest();
    structure.branches.push_back({condition, read_body(indent)});
    while (next_line_is("else", indent)) {
      tokens_.advance(2);
      line_indent_ = indent;
      const bool is_last = !tokens_.take("if");
      condition = is_last ? kNone : expressions_.read();
      if (!is_last) skip_rest();
      structure.branches.push_back({condition, read_body(indent)});
      if (is_last) break;
    }
    return add_structure(begin, std::move(structure));
  }

  NodeId read_loop() {
    const std::uint32_t begin = tokens_.peek().begin;
    const std::uint32_t indent = line_indent_;
    Structure structure;
    structure.kind = StructureKind::loop;
    while (!tokens_.at_line_end()) tokens_.advance();
    structure.branches.push_back({kNone, read_body(indent)});
    return add_structure(begin, std::move(structure));
  }

  NodeId read_switch() {
    const std::uint32_t begin = tokens_.peek().begin;
    const std::uint32_t indent = line_indent_;
    Structure structure;
    structure.kind = StructureKind::switch_case;
    tokens_.advance();
    if (!tokens_.at_line_end()) structure.subject = expressions_.read();
    skip_rest();
    while (tokens_.peek().kind == TokenKind::new_line && tokens_.peek().indent > indent) {
      const std::uint32_t arm_indent = tokens_.peek().indent;
      line_indent_ = arm_indent;
      tokens_.advance();
      if (tokens_.at_line_end()) continue;
      NodeId condition = kNone;
      if (tokens_.word() != "=>") condition = expressions_.read();
      if (!tokens_.take("=>")) {
        skip_rest();
        continue;
      }
      structure.branches.push_back({condition, read_body(arm_indent)});
    }
    return add_structure(begin, std::move(structure));
  }

  Script script_;
  TokenReader tokens_;
  ExpressionReader expressions_;
  Findings& findings_;
  std::uint32_t line_indent_ = 0;
  std::size_t depth_ = 0;
};

}  // namespace

Script parse_script(std::string_view source, const TokenList& tokens, Findings& findings) {
  return Parser(source, tokens.tokens, findings).parse();
}

}  // namespace tvh::pine
