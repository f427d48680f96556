#include "journal/writer_lock.hpp"

#include <fcntl.h>
#include <sched.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace tvh::journal {
namespace {

constexpr off_t kTurnstile = 0;
constexpr off_t kRoom = 1;

enum class Attempt { taken, held_by_another, failed };

Attempt set_lock(int fd, off_t byte, short type) {
  struct flock request {};
  request.l_type = type;
  request.l_whence = SEEK_SET;
  request.l_start = byte;
  request.l_len = 1;
  while (::fcntl(fd, F_OFD_SETLK, &request) != 0) {
    if (errno == EAGAIN || errno == EACCES) return Attempt::held_by_another;
    if (errno != EINTR) return Attempt::failed;
  }
  return Attempt::taken;
}

// Polls, because a blocking wait cannot be timed without a signal. The first tries only yield: the usual wait
// is for one commit of another tool, a fraction of a millisecond.
Attempt take(int fd, off_t byte, std::chrono::steady_clock::time_point deadline) {
  for (int tries = 0;; ++tries) {
    const Attempt attempt = set_lock(fd, byte, F_WRLCK);
    if (attempt != Attempt::held_by_another) return attempt;
    if (tries < 20) {
      ::sched_yield();
      continue;
    }
    if (std::chrono::steady_clock::now() >= deadline) return Attempt::held_by_another;
    const timespec pause{0, tries < 200 ? 50'000 : 500'000};
    ::nanosleep(&pause, nullptr);
  }
}

}  // namespace

WriterLock::WriterLock(WriterLock&& other) noexcept { *this = std::move(other); }

WriterLock& WriterLock::operator=(WriterLock&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(path_, other.path_);
  return *this;
}

WriterLock::~WriterLock() {
  if (fd_ >= 0) ::close(fd_);
}

Result<WriterLock> WriterLock::open(const std::string& journal_path) {
  WriterLock lock;
  lock.path_ = journal_path + ".lock";
  lock.fd_ = ::open(lock.path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock.fd_ < 0) return fail(Errc::storage, "cannot open " + lock.path_ + ": " + std::strerror(errno));
  return lock;
}

Result<void> WriterLock::acquire(std::chrono::milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  Attempt attempt = take(fd_, kTurnstile, deadline);
  if (attempt == Attempt::taken) {
    attempt = take(fd_, kRoom, deadline);
    const int error = errno;
    set_lock(fd_, kTurnstile, F_UNLCK);
    errno = error;
  }
  switch (attempt) {
    case Attempt::taken:
      return {};
    case Attempt::held_by_another:
      return fail(Errc::temporary, "another program has held " + path_ + " for " +
                                       std::to_string(patience.count()) + " ms; see who with `fuser -v " +
                                       path_ + "`, then try again");
    case Attempt::failed:
      return fail(Errc::storage, "cannot lock " + path_ + ": " + std::strerror(errno));
  }
  return {};
}

void WriterLock::release() { set_lock(fd_, kRoom, F_UNLCK); }

std::string WriterLock::read_line() const {
  char text[256];
  const ssize_t count = ::pread(fd_, text, sizeof text, 0);
  return count > 0 ? std::string(text, std::size_t(count)) : std::string();
}

bool WriterLock::write_line(const std::string& line) {
  return ::pwrite(fd_, line.data(), line.size(), 0) == ssize_t(line.size());
}

}  // namespace tvh::journal
