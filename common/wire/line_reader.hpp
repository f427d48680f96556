// Lines from a file descriptor, with a bound on a line and no other copy of the stream in memory.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.hpp"

namespace tvh::wire {

struct EndOfInput {};
struct LineTooLong {
  std::size_t limit;  // the line was skipped up to its newline; reading goes on after it
};
struct Interrupted {};  // the stop descriptor became readable, or the wait ran out

class LineReader {
 public:
  // Does not own `fd`. `stop_fd` (-1: none) interrupts a waiting read when it becomes readable.
  LineReader(int fd, int stop_fd, std::size_t max_line_bytes = 256 * 1024);

  // The next line without its newline or carriage return; valid until the next call. A last line without
  // newline counts. `number()` is its 1-based number afterwards. Blocks at most `timeout_ms` (-1: for ever).
  std::variant<std::string_view, EndOfInput, LineTooLong, Interrupted, Error> next(int timeout_ms = -1);
  std::size_t number() const { return number_; }

 private:
  int fd_;
  int stop_fd_;
  std::size_t limit_;
  std::string buffer_;
  std::size_t begin_ = 0;    // of the unread part
  std::size_t scanned_ = 0;  // no newline before this
  std::size_t number_ = 0;
  bool skipping_ = false;
  bool ended_ = false;
};

}  // namespace tvh::wire
