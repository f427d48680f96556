// Where something stands, and where a piece of a text that was made came from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace tvh::pine {

// Offset in bytes from 0; line and column from 1; a column is a byte, as compilers count.
struct Place {
  std::size_t offset = 0;
  std::size_t line = 1;
  std::size_t column = 1;

  friend bool operator==(const Place&, const Place&) = default;
};

// The lines of one text, so that any number of places is found in logarithmic time each.
class LineIndex {
 public:
  explicit LineIndex(std::string_view text);
  // An offset past the end is the end.
  Place place_of(std::size_t offset) const;

 private:
  std::vector<std::uint32_t> line_starts_;
  std::size_t size_ = 0;
};

// For every byte of a text that was made (filled in, evaluated): the byte of the original it came from. Bytes
// that stand for something (a placeholder, an escape, an expression) come from where that begins.
class PositionMap {
 public:
  PositionMap() = default;
  PositionMap(std::vector<std::uint32_t> origins, std::size_t end) : origins_(std::move(origins)), end_(end) {}

  std::size_t size() const { return origins_.size(); }
  // An offset past the end of the made text gives the end of the original.
  std::size_t original_of(std::size_t offset) const {
    return offset < origins_.size() ? origins_[offset] : end_;
  }

 private:
  std::vector<std::uint32_t> origins_;
  std::size_t end_ = 0;
};

}  // namespace tvh::pine
