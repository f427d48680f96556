// The characters of a JSON string or number: those of the source where they stand there as they are, else its
// own.
#pragma once

#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include "base/invariant.hpp"

namespace tvh::wire {

class JsonText {
 public:
  JsonText() = default;
  // A part of a source that outlives it.
  static JsonText borrowed(std::string_view part) { return {part.data(), part.size(), false}; }
  static JsonText copied(std::string_view text) {
    if (text.empty()) return {};
    char* const bytes = new char[text.size()];
    std::memcpy(bytes, text.data(), text.size());
    return {bytes, text.size(), true};
  }

  JsonText(const JsonText& other) : JsonText(other.is_own_ ? copied(other) : borrowed(other)) {}
  JsonText(JsonText&& other) noexcept : bytes_(other.bytes_), size_(other.size_), is_own_(other.is_own_) {
    other.is_own_ = false;
  }
  JsonText& operator=(JsonText other) noexcept {
    std::swap(bytes_, other.bytes_);
    std::swap(size_, other.size_);
    std::swap(is_own_, other.is_own_);
    return *this;
  }
  ~JsonText() {
    if (is_own_) delete[] bytes_;
  }

  // As = borrowed(part).
  void borrow(std::string_view part) {
    if (is_own_) delete[] std::exchange(bytes_, "");
    is_own_ = false;
    size_ = checked(part.size());
    bytes_ = part.data();
  }

  std::string_view view() const { return {bytes_, size_}; }
  operator std::string_view() const { return view(); }
  std::string string() const { return std::string(view()); }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  friend bool operator==(const JsonText& left, std::string_view right) { return left.view() == right; }

 private:
  JsonText(const char* bytes, std::size_t size, bool is_own)
      : bytes_(bytes), size_(checked(size)), is_own_(is_own) {}
  static std::uint32_t checked(std::size_t size) {
    TVH_INVARIANT(size <= std::numeric_limits<std::uint32_t>::max(), "a text has a bound");
    return std::uint32_t(size);
  }

  const char* bytes_ = "";
  std::uint32_t size_ = 0;
  bool is_own_ = false;
};

}  // namespace tvh::wire
