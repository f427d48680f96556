// A text that an evaluation made: for every byte where it came from, and which value it is part of. Internal to
// the room. Bounded by Template::kMostBytes and the evaluator's budget.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tvh::pine {

struct Text {
  std::string bytes;
  std::vector<std::uint32_t> origins;  // offsets in the source, one a byte
  std::vector<std::uint32_t> values;   // one a byte: 0 = literal, else 1 + index into the evaluator's values

  void append(char c, std::uint32_t origin, std::uint32_t value) {
    bytes += c;
    origins.push_back(origin);
    values.push_back(value);
  }
  void append(std::string_view text, std::uint32_t origin, std::uint32_t value) {
    bytes += text;
    origins.insert(origins.end(), text.size(), origin);
    values.insert(values.end(), text.size(), value);
  }
  void append(const Text& other, std::size_t begin, std::size_t end) {
    const auto first = static_cast<std::ptrdiff_t>(begin);
    const auto last = static_cast<std::ptrdiff_t>(end);
    bytes.append(other.bytes, begin, end - begin);
    origins.insert(origins.end(), other.origins.begin() + first, other.origins.begin() + last);
    values.insert(values.end(), other.values.begin() + first, other.values.begin() + last);
  }
  void append(const Text& other) { append(other, 0, other.bytes.size()); }
};

using SharedText = std::shared_ptr<const Text>;

}  // namespace tvh::pine
