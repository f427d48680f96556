#include "tvhook-listen/record_output.hpp"

#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace tvh {

RecordOutput::RecordOutput(int fd, AlertLog& log, std::size_t capacity)
    : fd_(fd), capacity_(capacity), log_(log), open_(fd >= 0) {
  if (fd < 0) return;
  stop_event_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  struct stat status {};
  regular_file_ = ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
  thread_ = std::thread([this] { run(); });
}

RecordOutput::~RecordOutput() {
  stop(std::chrono::milliseconds(0));
  if (stop_event_ >= 0) ::close(stop_event_);
}

void RecordOutput::append(std::string_view record) {
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    if (!open_) return;
    if (unwritten_ + record.size() + 1 > capacity_) {
      ++dropped_;
      return;
    }
    wake = buffer_.empty();
    buffer_ += record;
    buffer_ += '\n';
    unwritten_ += record.size() + 1;
  }
  if (wake) changed_.notify_one();
}

bool RecordOutput::wait_until_written(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  return drained_.wait_for(lock, patience, [this] { return unwritten_ == 0 || !open_; });
}

void RecordOutput::stop(std::chrono::milliseconds patience) {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_one();
  }
  wait_until_written(patience);
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(stop_event_, &one, sizeof one);
  thread_.join();
  const std::lock_guard lock(mutex_);
  open_ = false;
}

std::uint64_t RecordOutput::dropped() const {
  const std::lock_guard lock(mutex_);
  return dropped_;
}

bool RecordOutput::is_open() const {
  const std::lock_guard lock(mutex_);
  return open_;
}

void RecordOutput::run() {
  ::pthread_setname_np(::pthread_self(), "records");
  std::string batch;
  std::uint64_t reported = 0;
  for (;;) {
    std::uint64_t dropped = 0;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return !buffer_.empty() || stopping_; });
      if (buffer_.empty()) return;
      batch.clear();
      batch.swap(buffer_);
      dropped = dropped_;
    }
    if (dropped != std::exchange(reported, dropped)) report_dropped(dropped);
    const Write outcome = write_all(batch);
    const std::lock_guard lock(mutex_);
    unwritten_ -= batch.size();
    if (outcome == Write::closed) {
      open_ = false;
      buffer_ = std::string();
      unwritten_ = 0;
    }
    drained_.notify_all();
    if (outcome != Write::done) return;
  }
}

// A pipe that polls writable takes PIPE_BUF bytes without blocking; more could block and make stop() wait for
// the reader.
RecordOutput::Write RecordOutput::write_all(std::string_view bytes) {
  const std::size_t most = regular_file_ ? bytes.size() : std::size_t(PIPE_BUF);
  if (std::exchange(torn_, false)) [[maybe_unused]]
    const ssize_t ended = ::write(fd_, "\n", 1);
  while (!bytes.empty()) {
    if (!regular_file_ && !wait_until_writable()) return Write::interrupted;
    const ssize_t count = ::write(fd_, bytes.data(), std::min(most, bytes.size()));
    if (count >= 0) {
      bytes.remove_prefix(std::size_t(count));
    } else if (errno == EPIPE || errno == EBADF) {
      report_failure(errno);
      return Write::closed;
    } else if (errno != EAGAIN && errno != EINTR) {
      if (!std::exchange(failing_, true)) report_failure(errno);
      torn_ = true;
      return Write::done;  // lost to stdout, not to the journal; later ones are tried again
    }
  }
  failing_ = false;
  return Write::done;
}

// False when stop() lost its patience.
bool RecordOutput::wait_until_writable() {
  for (;;) {
    pollfd watched[2] = {{fd_, POLLOUT, 0}, {stop_event_, POLLIN, 0}};
    const int ready = ::poll(watched, 2, -1);
    if (ready < 0 && errno != EINTR) return true;  // write() will say what is wrong
    if (ready > 0) return watched[1].revents == 0;
  }
}

void RecordOutput::report_failure(int error) {
  if (error == EPIPE || error == EBADF) {
    log_.note(cli::LogLevel::warning,
              std::string(error == EPIPE ? "the reader of stdout is gone" : "stdout is closed") +
                  "; going on with the journal alone (tvhook-exec --follow reads it)");
  } else {
    log_.note(cli::LogLevel::error, std::string("cannot write signals to stdout: ") + std::strerror(error) +
                                        "; they are in the journal (tvhook-exec --follow reads it)");
  }
}

void RecordOutput::report_dropped(std::uint64_t total) {
  log_.note(cli::LogLevel::warning,
            "stdout is read too slowly; signals left out so far: " + std::to_string(total) +
                " (they are in the journal; tvhook-exec --follow reads it)");
}

}  // namespace tvh
