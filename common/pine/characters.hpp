// Characters and words, as TradingView's texts have them. Internal to the room.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tvh::pine {

inline bool is_blank(char c) { return c == ' ' || c == '\t'; }
inline bool is_space(char c) { return is_blank(c) || c == '\n' || c == '\r'; }
inline bool is_digit(char c) { return c >= '0' && c <= '9'; }
inline bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
// Pine names are ASCII.
inline bool begins_name(char c) { return is_letter(c) || c == '_'; }
inline bool continues_name(char c) { return begins_name(c) || is_digit(c); }

std::string_view trim(std::string_view text);
std::string lower(std::string_view text);
std::string upper(std::string_view text);

// As a message may show it: in double quotes, at most 40 characters, nothing unprintable.
std::string shown(std::string_view text);

// Insertions, deletions and replacements that turn one word into the other; words over 64 bytes are not
// compared (their longer length is returned).
std::size_t edit_distance(std::string_view left, std::string_view right);

}  // namespace tvh::pine
