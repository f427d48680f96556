#include "pine/place.hpp"

#include <algorithm>

namespace tvh::pine {

LineIndex::LineIndex(std::string_view text) : line_starts_{0}, size_(text.size()) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n') line_starts_.push_back(static_cast<std::uint32_t>(i + 1));
  }
}

Place LineIndex::place_of(std::size_t offset) const {
  offset = std::min(offset, size_);
  const auto after = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
  const auto line = static_cast<std::size_t>(after - line_starts_.begin());
  return {offset, line, offset - line_starts_[line - 1] + 1};
}

}  // namespace tvh::pine
