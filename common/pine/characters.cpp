#include "pine/characters.hpp"

#include <algorithm>
#include <array>

namespace tvh::pine {

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

std::string upper(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return result;
}

std::string shown(std::string_view text) {
  constexpr std::size_t kLongest = 40;
  std::string result = "\"";
  std::size_t taken = 0;
  for (const char c : text) {
    if (taken++ == kLongest) {
      result += "…";
      break;
    }
    // Bytes of other alphabets are shown as '?': a cut inside one would be no text.
    result += (c >= ' ' && c <= '~') ? c : '?';
  }
  return result + "\"";
}

std::size_t edit_distance(std::string_view left, std::string_view right) {
  constexpr std::size_t kLongest = 64;
  if (left.size() > kLongest || right.size() > kLongest) return std::max(left.size(), right.size());
  std::array<std::size_t, kLongest + 1> row{};
  for (std::size_t j = 0; j <= right.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= left.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= right.size(); ++j) {
      const std::size_t replaced = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[right.size()];
}

}  // namespace tvh::pine
