// Text of at most `Most` bytes without memory of its own: numbers and times on their way into records and
// hashes.
#pragma once

#include <array>
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

namespace tvh {

template <std::size_t Most>
class FixedText {
 public:
  std::string_view view() const { return {bytes_.data(), size_}; }
  operator std::string_view() const { return view(); }
  std::string string() const { return {bytes_.data(), size_}; }

  // For whoever writes it: room for `Most` bytes, and how many of them it is.
  char* data() { return bytes_.data(); }
  void set_size(std::size_t size) { size_ = size; }
  void assign(std::string_view text) {
    size_ = text.size() < Most ? text.size() : Most;
    if (size_ > 0) std::memcpy(bytes_.data(), text.data(), size_);
  }

 private:
  std::array<char, Most> bytes_;
  std::size_t size_ = 0;
};

}  // namespace tvh
