// The members that name one field: hardly ever more than one, so that the first few cost no memory of their
// own. Internal to the room.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "wire/json_value.hpp"

namespace tvh::wire {

class MemberList {
 public:
  void push_back(const JsonMember* member) {
    if (more_.empty() && size_ < few_.size()) {
      few_[size_++] = member;
      return;
    }
    if (more_.empty()) more_.assign(few_.begin(), few_.end());
    more_.push_back(member);
    ++size_;
  }

  bool empty() const { return size_ == 0; }
  const JsonMember* const* begin() const { return more_.empty() ? few_.data() : more_.data(); }
  const JsonMember* const* end() const { return begin() + size_; }
  const JsonMember* front() const { return *begin(); }
  const JsonMember* back() const { return *(end() - 1); }

 private:
  std::array<const JsonMember*, 4> few_{};
  std::size_t size_ = 0;
  std::vector<const JsonMember*> more_;  // all of them, when they are more than a few
};

}  // namespace tvh::wire
