#include "wire/text.hpp"

#include <array>
#include <cstdint>
#include <cstring>

namespace tvh::wire {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; }
char upper(char c) { return c >= 'a' && c <= 'z' ? char(c - 'a' + 'A') : c; }

bool is_continuation(std::string_view text, std::size_t at) {
  return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0u) == 0x80u;
}

// The length of the well-formed sequence at `at` (Unicode 15, table 3-7), 0 when there is none.
std::size_t utf8_length(std::string_view text, std::size_t at) {
  const auto first = static_cast<unsigned char>(text[at]);
  if (first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4 || !is_continuation(text, at + 1)) return 0;
  if (first < 0xE0) return 2;
  const auto second = static_cast<unsigned char>(text[at + 1]);
  if (!is_continuation(text, at + 2)) return 0;
  if (first < 0xF0) {
    const bool overlong = first == 0xE0 && second < 0xA0;
    const bool surrogate = first == 0xED && second > 0x9F;
    return overlong || surrogate ? 0 : 3;
  }
  const bool outside = (first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F);
  return outside || !is_continuation(text, at + 3) ? 0 : 4;
}

std::size_t digits_at(std::string_view text, std::size_t at) {
  std::size_t count = 0;
  while (at + count < text.size() && is_digit(text[at + count])) ++count;
  return count;
}

}  // namespace

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = lower(c);
  return result;
}

std::string upper(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = upper(c);
  return result;
}

bool equals_ignoring_case(std::string_view left, std::string_view lower_case_right) {
  if (left.size() != lower_case_right.size()) return false;
  for (std::size_t i = 0; i < left.size(); ++i) {
    if (lower(left[i]) != lower_case_right[i]) return false;
  }
  return true;
}

std::string shown(std::string_view text) {
  constexpr std::size_t kMaxShown = 40;
  std::string result = "\"";
  std::size_t characters = 0;
  for (std::size_t at = 0; at < text.size(); ++characters) {
    if (characters == kMaxShown) {
      result += "…";
      break;
    }
    const std::size_t length = utf8_length(text, at);
    const bool c1_control =
        length == 2 && text[at] == '\xC2' && static_cast<unsigned char>(text[at + 1]) < 0xA0;
    const bool printable = length > 0 && text[at] != '\x7F' && !c1_control &&
                           (length > 1 || static_cast<unsigned char>(text[at]) >= 0x20);
    if (printable) {
      result += text.substr(at, length);
    } else {
      result += '?';
    }
    at += length == 0 ? 1 : length;
  }
  result += '"';
  return result;
}

std::optional<std::size_t> find_invalid_utf8(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    // Alerts are almost all ASCII: 32 bytes at a time.
    std::array<std::uint64_t, 4> words;
    while (text.size() - at >= sizeof words) {
      std::memcpy(&words, text.data() + at, sizeof words);
      if (((words[0] | words[1] | words[2] | words[3]) & 0x8080808080808080u) != 0) break;
      at += sizeof words;
    }
    while (at < text.size() && static_cast<unsigned char>(text[at]) < 0x80) ++at;
    if (at == text.size()) break;
    const std::size_t length = utf8_length(text, at);
    if (length == 0) return at;
    at += length;
  }
  return std::nullopt;
}

std::string to_valid_text(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t length = utf8_length(text, at);
    if (length == 0 || text[at] == '\0') {
      result += "\xEF\xBF\xBD";
      ++at;
    } else {
      result += text.substr(at, length);
      at += length;
    }
  }
  return result;
}

std::size_t json_number_length(std::string_view text) {
  std::size_t at = !text.empty() && text.front() == '-' ? 1 : 0;
  const std::size_t whole = digits_at(text, at);
  if (whole == 0) return 0;
  // A leading zero stands alone: "007" is the number 0 followed by an error.
  at += text[at] == '0' ? 1 : whole;
  if (at < text.size() && text[at] == '.') {
    const std::size_t places = digits_at(text, at + 1);
    if (places == 0) return at;
    at += 1 + places;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    const std::size_t sign = at + 1 < text.size() && (text[at + 1] == '+' || text[at + 1] == '-') ? 1 : 0;
    const std::size_t exponent = digits_at(text, at + 1 + sign);
    if (exponent == 0) return at;
    at += 1 + sign + exponent;
  }
  return at;
}

}  // namespace tvh::wire
