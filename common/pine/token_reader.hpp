// The parser's view of its tokens, and how expressions are read from them. Internal to the room.
#pragma once

#include <string_view>
#include <vector>

#include "pine/finding.hpp"
#include "pine/lexer.hpp"
#include "pine/syntax.hpp"

namespace tvh::pine {

class TokenReader {
 public:
  TokenReader(std::string_view source, const std::vector<Token>& tokens) : source_(source), tokens_(tokens) {}

  const Token& peek(std::size_t ahead = 0) const {
    return at_ + ahead < tokens_.size() ? tokens_[at_ + ahead] : tokens_.back();
  }
  std::string_view text(const Token& token) const {
    return source_.substr(token.begin, token.end - token.begin);
  }
  std::string_view word(std::size_t ahead = 0) const {
    const Token& token = peek(ahead);
    const bool is_word = token.kind == TokenKind::name || token.kind == TokenKind::symbol;
    return is_word ? text(token) : std::string_view();
  }
  bool is_name(std::size_t ahead = 0) const { return peek(ahead).kind == TokenKind::name; }
  bool at_line_end() const { return peek().kind == TokenKind::new_line || peek().kind == TokenKind::end; }
  bool at_end() const { return peek().kind == TokenKind::end; }
  void advance(std::size_t count = 1) { at_ = std::min(at_ + count, tokens_.size() - 1); }
  bool take(std::string_view symbol) {
    if (word() != symbol) return false;
    advance();
    return true;
  }
  std::uint32_t index() const { return static_cast<std::uint32_t>(at_); }
  std::uint32_t last_end() const { return at_ == 0 ? 0 : tokens_[at_ - 1].end; }
  std::string_view source() const { return source_; }

 private:
  std::string_view source_;
  const std::vector<Token>& tokens_;
  std::size_t at_ = 0;
};

// Expressions alone; structures and statements are the parser's.
class ExpressionReader {
 public:
  ExpressionReader(TokenReader& tokens, Script& script, Findings& findings)
      : tokens_(tokens), script_(script), findings_(findings) {}

  // Reads as far as it makes sense; always takes at least one token unless at the end of the line.
  NodeId read();
  // Too deep: everything to the end of the line is left out.
  NodeId give_up();

  NodeId add(Node node, const std::vector<Child>& children = {});

 private:
  NodeId read_level(std::size_t level);
  NodeId read_unary();
  NodeId read_postfix();
  NodeId read_primary();
  NodeId read_name();
  NodeId read_call(NodeId callee);
  NodeId read_bracketed(std::string_view closing);
  void skip_type_arguments();

  TokenReader& tokens_;
  Script& script_;
  Findings& findings_;
  std::size_t depth_ = 0;
};

}  // namespace tvh::pine
