// "did you mean": the known word a person most likely meant.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tvh::cli {

// Insertions, deletions, replacements and swaps of neighbours that turn one word into the other.
std::size_t edit_distance(std::string_view left, std::string_view right);

// The closest candidate, the first of several equally close; nothing when none is close enough to suggest.
std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& candidates);

// `; did you mean "size"?`, or "" when nothing is near.
std::string suggestion(std::string_view word, const std::vector<std::string>& candidates);

// ` (did you mean "--size"?)`, or "": for the middle of a sentence.
std::string in_brackets(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace tvh::cli
