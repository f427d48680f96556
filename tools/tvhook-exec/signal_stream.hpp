// Signals as lines of a stream: the same reading for exec and replay, with broken lines told by number and
// skipped.
#pragma once

#include <variant>

#include "cli/run_tool.hpp"
#include "model/signal.hpp"
#include "wire/line_reader.hpp"

namespace tvh {

struct StreamEnded {};
struct Woken {};  // the wake descriptor became readable, or the wait ran out

class SignalStream {
 public:
  SignalStream(int fd, int wake_fd, cli::Log& log) : reader_(fd, wake_fd), log_(log) {}

  // The next signal; blank lines are passed over, broken ones logged and counted. An Error is the descriptor's.
  std::variant<model::Signal, StreamEnded, Woken, Error> next(int timeout_ms);
  int broken_lines() const { return broken_lines_; }

 private:
  void tell_broken(const std::string& why);

  wire::LineReader reader_;
  cli::Log& log_;
  int broken_lines_ = 0;
};

}  // namespace tvh
