// From tokens to a script. Takes any tokens: what it does not understand becomes an `unknown` node or is left
// out with a finding; nesting beyond kDeepest is left out likewise. Internal to the room.
#pragma once

#include <string_view>

#include "pine/finding.hpp"
#include "pine/lexer.hpp"
#include "pine/syntax.hpp"

namespace tvh::pine {

inline constexpr std::size_t kDeepest = 64;

// The script's views point into `source`.
Script parse_script(std::string_view source, const TokenList& tokens, Findings& findings);

}  // namespace tvh::pine
