#include "pine/json_shape.hpp"

#include <algorithm>

#include "pine/characters.hpp"

namespace tvh::pine {
namespace {

class ShapeReader {
 public:
  ShapeReader(std::string_view text, std::span<const Slot> slots) : text_(text), slots_(slots) {}

  JsonShape read() {
    const auto first = std::find_if(text_.begin(), text_.end(), [](char c) { return !is_space(c); });
    at_ = static_cast<std::size_t>(first - text_.begin());
    const bool begins_with_slot = !slots_.empty() && slots_.front().begin == at_;
    shape_.is_json = at_ < text_.size() && !begins_with_slot && (text_[at_] == '{' || text_[at_] == '[');
    if (!shape_.is_json) return std::move(shape_);
    while (at_ < text_.size()) step();
    finish_value();
    return std::move(shape_);
  }

 private:
  bool at_slot() const { return slot_ < slots_.size() && slots_[slot_].begin == at_; }

  void step() {
    if (at_slot()) return take_slot();
    const char c = text_[at_];
    if (c == '"') return read_string();
    switch (c) {
      case ':':
        begin_value();
        break;
      case '{':
      case '[':
        depth_ += depth_ < kDeepest ? 1 : 0;
        reset();
        break;
      case '}':
      case ']':
        finish_value();
        depth_ -= depth_ > 0 ? 1 : 0;
        break;
      case ',':
        finish_value();
        break;
      default:
        if (!is_space(c) && in_value_) field_.end = at_ + 1;
        break;
    }
    ++at_;
  }

  void take_slot() {
    if (in_value_) {
      if (field_.slot_count++ == 0) field_.first_slot = slot_;
      field_.end = slots_[slot_].end;
    }
    at_ = slots_[slot_++].end;
  }

  void read_string() {
    const std::size_t begin = at_++;
    const std::size_t first_slot = slot_;
    while (at_ < text_.size() && text_[at_] != '"') {
      if (at_slot()) {
        at_ = slots_[slot_++].end;
      } else {
        const bool escapes = text_[at_] == '\\' && at_ + 1 < text_.size() && !slot_begins(at_ + 1);
        at_ += escapes ? std::size_t{2} : std::size_t{1};
      }
    }
    const std::size_t end = std::min(at_, text_.size());
    at_ = std::min(at_ + 1, text_.size());
    if (!in_value_) {
      key_ = text_.substr(begin + 1, end - begin - 1);
      key_at_ = begin + 1;
      return;
    }
    if (field_.end == field_.begin) field_.quoted = true;
    if (field_.slot_count == 0) field_.first_slot = first_slot;
    field_.slot_count += slot_ - first_slot;
    field_.end = at_;
  }

  bool slot_begins(std::size_t at) const { return slot_ < slots_.size() && slots_[slot_].begin == at; }

  void begin_value() {
    field_ = {};
    field_.key = key_;
    field_.key_at = key_at_;
    field_.depth = depth_;
    std::size_t begin = at_ + 1;
    while (begin < text_.size() && is_space(text_[begin])) ++begin;
    field_.begin = field_.end = begin;
    in_value_ = true;
  }

  void finish_value() {
    if (in_value_ && !field_.key.empty()) shape_.fields.push_back(field_);
    reset();
  }

  void reset() {
    in_value_ = false;
    key_ = {};
  }

  static constexpr std::size_t kDeepest = 64;
  std::string_view text_;
  std::span<const Slot> slots_;
  JsonShape shape_;
  JsonField field_;
  std::string_view key_;
  std::size_t key_at_ = 0;
  std::size_t at_ = 0;
  std::size_t slot_ = 0;
  std::size_t depth_ = 0;
  bool in_value_ = false;
};

}  // namespace

JsonShape read_json_shape(std::string_view text, std::span<const Slot> slots) {
  return ShapeReader(text, slots).read();
}

}  // namespace tvh::pine
