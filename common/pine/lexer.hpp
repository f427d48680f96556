// Pine's tokens, versions 1 to 6 (facts, section 3.3). Any bytes are taken; time and memory are linear in them.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "pine/finding.hpp"
#include "pine/text.hpp"

namespace tvh::pine {

enum class TokenKind : std::uint8_t {
  name,        // close, if, strategy (dots are symbols)
  number,      // 1, .5, 1e-7
  string,      // with its quotes
  color,       // #ff8800
  symbol,      // + == => := ( …
  annotation,  // //@version=5, //@strategy_alert_message …: to the end of its line
  new_line,    // a statement ends here; `indent` is that of the next one
  other,       // bytes that Pine has no use for
  end,
};

struct Token {
  TokenKind kind = TokenKind::end;
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  std::uint32_t indent = 0;  // of a new_line: columns of the statement that follows, tabs counting as 4
};

struct TokenList {
  std::vector<Token> tokens;  // the last one is `end`
  int version = 1;            // of //@version=N, 1 where there is none
};

// Bytes a script may have; what is longer is cut there, with a finding.
inline constexpr std::size_t kMostSourceBytes = std::size_t{2} << 20;

// Strings that are wrapped, not closed or quoted by curly quotes, and brackets that are not closed, go to
// `findings`.
TokenList read_tokens(std::string_view source, Findings& findings);

// What a string token says: escapes resolved, wrapped lines joined by one space, each byte with its origin.
// At most `most` bytes are made.
Text decode_string(std::string_view source, const Token& token, std::size_t most);

}  // namespace tvh::pine
