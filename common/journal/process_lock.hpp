// A lock that one process holds for as long as it runs: one executor per journal. Dies with its process.
#pragma once

#include <optional>
#include <string>

#include "base/result.hpp"

namespace tvh::journal {

class ProcessLock {
 public:
  ProcessLock(ProcessLock&& other) noexcept;
  ProcessLock& operator=(ProcessLock&& other) noexcept;
  ~ProcessLock();

  // temporary when another process holds it; the message has what that one said of itself.
  static Result<ProcessLock> acquire(const std::string& path, const std::string& about_us);
  // What the holder said of itself; nothing when nobody holds it.
  static std::optional<std::string> holder(const std::string& path);

 private:
  explicit ProcessLock(int fd) : fd_(fd) {}
  int fd_ = -1;
};

inline std::string executor_lock_path(const std::string& journal_path) { return journal_path + ".exec.lock"; }

}  // namespace tvh::journal
