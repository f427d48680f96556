// Small pieces of text work that every part of the room needs.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace tvh::wire {

// White space as JSON has it.
inline bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
inline bool is_digit(char c) { return c >= '0' && c <= '9'; }
inline bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

inline std::string_view trim(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}
// The first bytes of `text` as a number.
template <class Word>
Word word_at(const char* text) {
  Word word;
  std::memcpy(&word, text, sizeof word);
  return word;
}

// As ==, without a call: for the keys of alerts.
inline bool is_same_short(std::string_view left, std::string_view right) {
  const std::size_t size = left.size();
  if (size != right.size()) return false;
  const char* const a = left.data();
  const char* const b = right.data();
  const auto same = [&]<class Word>(Word, std::size_t at) {
    return word_at<Word>(a + at) == word_at<Word>(b + at);
  };
  // The last word may overlap the one before it.
  if (size >= 8) {
    for (std::size_t at = 0; at + 8 < size; at += 8) {
      if (!same(std::uint64_t(), at)) return false;
    }
    return same(std::uint64_t(), size - 8);
  }
  if (size >= 4) return same(std::uint32_t(), 0) && same(std::uint32_t(), size - 4);
  for (std::size_t at = 0; at < size; ++at) {
    if (a[at] != b[at]) return false;
  }
  return true;
}
std::string lower(std::string_view text);
std::string upper(std::string_view text);
bool equals_ignoring_case(std::string_view left, std::string_view lower_case_right);

// A piece of input as a message may show it: in double quotes, at most 40 characters, nothing unprintable.
std::string shown(std::string_view text);

// The first byte that is not part of well-formed UTF-8, or nothing.
std::optional<std::size_t> find_invalid_utf8(std::string_view text);

// The same text with U+FFFD for every NUL and for every byte that is not well-formed UTF-8.
std::string to_valid_text(std::string_view text);

// The length of the JSON number that `text` begins with; 0 when it begins with none.
std::size_t json_number_length(std::string_view text);

// How much of `text` a JSON string holds as it stands: up to a quote, a backslash or a control character.
inline std::size_t plain_json_length(std::string_view text) {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  std::size_t at = 0;
  if constexpr (std::endian::native == std::endian::little) {
    const auto zeros = [](std::uint64_t bytes) { return (bytes - kOnes) & ~bytes; };
    for (std::uint64_t word = 0; text.size() - at >= sizeof word; at += sizeof word) {
      std::memcpy(&word, text.data() + at, sizeof word);
      const std::uint64_t controls = (word - 0x20 * kOnes) & ~word;
      // The highest bit of the lowest byte that ends the stretch is the lowest one set.
      const std::uint64_t marks =
          (zeros(word ^ ('"' * kOnes)) | zeros(word ^ ('\\' * kOnes)) | controls) & (0x80 * kOnes);
      if (marks != 0) return at + std::size_t(std::countr_zero(marks)) / 8;
    }
  }
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\') break;
  }
  return at;
}

}  // namespace tvh::wire
