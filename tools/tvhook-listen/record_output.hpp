// Accepted signals as NDJSON on stdout, a convenience beside the journal: through a bounded buffer and a thread
// of its own, so that no reader, however slow or gone, delays an answer.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "tvhook-listen/alert_log.hpp"

namespace tvh {

class RecordOutput {
 public:
  // Writes to `fd`, which it does not own; -1 writes nothing.
  RecordOutput(int fd, AlertLog& log, std::size_t capacity = 1024 * 1024);
  ~RecordOutput();
  RecordOutput(const RecordOutput&) = delete;
  RecordOutput& operator=(const RecordOutput&) = delete;

  // Adds one line. Never waits: a line that does not fit is counted and left to tvhook-exec --follow.
  void append(std::string_view record);

  // Waits until everything taken so far is with the reader; false when the patience ran out first.
  bool wait_until_written(std::chrono::milliseconds patience);

  // Gives the reader up to `patience` to take what is buffered, then ends the thread. Once.
  void stop(std::chrono::milliseconds patience);

  std::uint64_t dropped() const;
  bool is_open() const;  // nobody closed the other end yet

 private:
  enum class Write { done, interrupted, closed };

  void run();
  Write write_all(std::string_view bytes);
  bool wait_until_writable();
  void report_failure(int error);
  void report_dropped(std::uint64_t total);

  const int fd_;
  const std::size_t capacity_;
  AlertLog& log_;
  int stop_event_ = -1;  // readable when write_all() must give up
  bool regular_file_ = false;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::condition_variable drained_;
  std::string buffer_;
  std::size_t unwritten_ = 0;  // bytes in buffer_ and in the thread's hands
  std::uint64_t dropped_ = 0;
  bool open_ = false;
  bool stopping_ = false;
  bool torn_ = false;     // the last write failed, maybe in the middle of a line
  bool failing_ = false;  // and it was said
  std::thread thread_;
};

}  // namespace tvh
