#include "wire/line_reader.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

namespace tvh::wire {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t kReadSize = 64 * 1024;

// 1: fd is readable; 0: stopped or timed out; -1: errno says what.
int wait_readable(int fd, int stop_fd, int timeout_ms) {
  const auto deadline = Clock::now() + std::chrono::milliseconds(std::max(timeout_ms, 0));
  for (;;) {
    std::array<pollfd, 2> waits{pollfd{fd, POLLIN, 0}, pollfd{stop_fd, POLLIN, 0}};
    int left = -1;
    if (timeout_ms >= 0) {
      const auto remaining = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
      left = std::max(0, int(remaining.count()));
    }
    const int ready = ::poll(waits.data(), stop_fd >= 0 ? 2 : 1, left);
    if (ready < 0 && errno == EINTR) continue;
    if (ready < 0) return -1;
    // A stop wins over more input, or a fast writer could keep a tool from ever stopping.
    if (ready == 0 || (stop_fd >= 0 && waits[1].revents != 0)) return 0;
    return 1;
  }
}

}  // namespace

LineReader::LineReader(int fd, int stop_fd, std::size_t max_line_bytes)
    : fd_(fd), stop_fd_(stop_fd), limit_(max_line_bytes) {}

std::variant<std::string_view, EndOfInput, LineTooLong, Interrupted, Error> LineReader::next(int timeout_ms) {
  for (;;) {
    const std::size_t newline = buffer_.find('\n', scanned_);
    const bool complete = newline != std::string::npos;
    if (complete || (ended_ && (begin_ < buffer_.size() || skipping_))) {
      const std::size_t end = complete ? newline : buffer_.size();
      std::string_view line = std::string_view(buffer_).substr(begin_, end - begin_);
      begin_ = scanned_ = std::min(end + 1, buffer_.size());
      ++number_;
      if (line.ends_with('\r')) line.remove_suffix(1);
      if (std::exchange(skipping_, false) || line.size() > limit_) return LineTooLong{limit_};
      return line;
    }
    if (ended_) return EndOfInput{};
    if (buffer_.size() - begin_ > limit_ + 1) {
      skipping_ = true;
      begin_ = buffer_.size();
    }
    buffer_.erase(0, begin_);
    begin_ = 0;
    scanned_ = buffer_.size();

    const int ready = wait_readable(fd_, stop_fd_, timeout_ms);
    if (ready == 0) return Interrupted{};
    std::array<char, kReadSize> chunk;
    const ssize_t count = ready < 0 ? -1 : ::read(fd_, chunk.data(), chunk.size());
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (count < 0) return fail(Errc::bad_data, std::string("cannot read the input: ") + std::strerror(errno));
    if (count == 0) {
      ended_ = true;
    } else {
      buffer_.append(chunk.data(), std::size_t(count));
    }
  }
}

}  // namespace tvh::wire
