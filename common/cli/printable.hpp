// Text from outside, made safe to show on a terminal or as one line.
#pragma once

#include <string>
#include <string_view>

namespace tvh::cli {

// Control characters (terminal escapes, line ends) become '?'; everything else stays as it is.
std::string printable(std::string_view text);

// How many columns UTF-8 text takes, one per character.
std::size_t display_width(std::string_view text);

// Length of the UTF-8 character at the front of `text` (not empty); 0 when there is none, as RFC 3629 has it.
std::size_t utf8_length(std::string_view text);

}  // namespace tvh::cli
