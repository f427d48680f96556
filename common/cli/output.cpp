#include "cli/output.hpp"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "cli/printable.hpp"

namespace tvh::cli {

static constexpr std::size_t kBufferBytes = 64 * 1024;
static constexpr std::size_t kMostKept = 16 * 1024 * 1024;

static Error cannot_write(int error) {
  if (error == EBADF) {
    return fail(Errc::storage,
                "stdout is closed: what belongs there was not written; give it a file, a pipe or /dev/null");
  }
  return fail(Errc::storage, "cannot write to stdout: " + std::string(std::strerror(error)));
}

Result<void> Output::check_open() const {
  const int flags = ::fcntl(fd_, F_GETFL);
  if (flags < 0 || (flags & O_ACCMODE) == O_RDONLY) return cannot_write(EBADF);
  return {};
}

void Output::write(std::string_view text) {
  if (closed_ || failure_) return;
  if (text.size() > kBufferBytes) {
    // What is large by itself needs no second copy.
    if (flush()) write_out(text);
    return;
  }
  buffer_ += text;
  if (!waits_ || buffer_.size() <= kBufferBytes) return;
  // The failure is kept; whoever produces sees it at the next flush, or closed() at once.
  if (const auto flushed = flush(); !flushed) buffer_.clear();
}

void Output::write_line(std::string_view text) {
  if (closed_ || failure_) return;
  if (!waits_ && buffer_.size() + text.size() >= kMostKept) {
    ++left_out_;
    return;
  }
  buffer_ += text;
  write("\n");
}

Result<void> Output::flush() {
  write_out(buffer_);
  buffer_.clear();
  if (failure_) return *failure_;
  return {};
}

void Output::write_out(std::string_view text) {
  while (!closed_ && !failure_ && !text.empty()) {
    const ssize_t count = ::write(fd_, text.data(), text.size());
    if (count > 0) {
      text.remove_prefix(std::size_t(count));
    } else if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      // Somebody at the other end of a shared pipe made it non-blocking; waiting is all that is left to do.
      pollfd ready{fd_, POLLOUT, 0};
      ::poll(&ready, 1, -1);
    } else if (count < 0 && errno == EPIPE) {
      closed_ = true;
    } else if (count < 0 && errno != EINTR) {
      failure_ = cannot_write(errno);
    }
  }
}

Result<void> Output::offer() {
  struct stat status {};
  const bool is_file = ::fstat(fd_, &status) == 0 && S_ISREG(status.st_mode);
  if (is_file) return flush();  // takes all, at once
  std::size_t written = 0;
  while (!closed_ && !failure_ && written < buffer_.size()) {
    pollfd ready{fd_, POLLOUT, 0};
    if (::poll(&ready, 1, 0) <= 0) break;
    // A pipe that polls writable takes so much without blocking.
    const std::size_t most = std::min<std::size_t>(PIPE_BUF, buffer_.size() - written);
    const ssize_t count = ::write(fd_, buffer_.data() + written, most);
    if (count > 0) {
      written += std::size_t(count);
    } else if (count < 0 && errno == EPIPE) {
      closed_ = true;
    } else if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) {
      break;
    } else if (count < 0) {
      failure_ = cannot_write(errno);
    }
  }
  buffer_.erase(0, closed_ || failure_ ? buffer_.size() : written);
  if (failure_) return *failure_;
  return {};
}

bool Output::is_terminal() const { return ::isatty(fd_) == 1; }

}  // namespace tvh::cli
