// A log whose lines a test can read.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include "cli/log.hpp"
#include "support/temporary_folder.hpp"

namespace tvh::test {

class LogCapture {
 public:
  LogCapture()
      : fd_(::open(folder_.file("log").c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600)),
        log_(fd_, "tvhook-listen", cli::LogLevel::info, cli::LogFormat::text) {}
  ~LogCapture() { ::close(fd_); }
  LogCapture(const LogCapture&) = delete;
  LogCapture& operator=(const LogCapture&) = delete;

  cli::Log& log() { return log_; }
  std::string text() const { return read_file(folder_.file("log")); }

 private:
  TemporaryFolder folder_;
  int fd_;
  cli::Log log_;
};

}  // namespace tvh::test
