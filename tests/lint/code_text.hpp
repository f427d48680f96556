// C++ source with what is not code blanked out, so that a comment may say "double" and a message "std::cout".
#pragma once

#include <string>

namespace tvh::lint {

// Comments and the insides of string and character literals become spaces; lines stay where they are. The names
// in #include lines are kept.
std::string code_only(const std::string& source);

// The position of `word` at or after `from`, not as a part of a longer name; npos when there is none. A word
// that ends in '_' is a prefix of names.
std::size_t find_word(const std::string& text, const std::string& word, std::size_t from = 0);

}  // namespace tvh::lint
