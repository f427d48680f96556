// stdout as an API: buffered writes whose failure is noticed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace tvh::cli {

class Output {
 public:
  explicit Output(int fd) : fd_(fd) {}

  // Appends to the buffer; writes out when it is over 64 KiB.
  void write(std::string_view text);
  void write_line(std::string_view text);
  // storage when it was closed, or open for reading only, at the start: for a tool that had better do nothing
  // than do it untold. Of an open one nothing is known yet.
  Result<void> check_open() const;
  // Everything buffered is with the kernel afterwards. After a failure later writes are dropped.
  // storage: the disk behind it is full, …
  Result<void> flush();

  // For a tool that has more to do than to be read: from now on nothing here waits for the reader. Lines are
  // kept until offer() finds room for them; beyond 16 MiB they are left out, whole, and counted.
  void never_wait() { waits_ = false; }
  // Writes what the reader takes at once. Errors as flush().
  Result<void> offer();
  bool has_kept() const { return !buffer_.empty(); }
  std::uint64_t left_out() const { return left_out_; }  // lines
  void abandon() { buffer_.clear(); }                   // what nobody takes

  bool closed() const { return closed_; }  // the reader went away (EPIPE): stop producing, exit clean
  int fd() const { return fd_; }
  bool is_terminal() const;

 private:
  void write_out(std::string_view text);

  int fd_;
  std::string buffer_;
  bool waits_ = true;
  std::uint64_t left_out_ = 0;
  bool closed_ = false;
  std::optional<Error> failure_;
};

// Columns for a person: first row is the header; numbers (cells that parse as such) are right-aligned.
std::string format_table(const std::vector<std::vector<std::string>>& rows);

}  // namespace tvh::cli
