#include "journal/process_lock.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace tvh::journal {
namespace {

// The lock stands far behind the text, so that the text can be read and written freely.
constexpr off_t kLockedByte = 4096;

struct flock whole_lock(short type) {
  struct flock lock {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  lock.l_start = kLockedByte;
  lock.l_len = 1;
  return lock;
}

std::string read_text(int fd) {
  std::array<char, 512> buffer;
  const auto size = ::pread(fd, buffer.data(), buffer.size(), 0);
  return size > 0 ? std::string(buffer.data(), std::size_t(size)) : "";
}

}  // namespace

ProcessLock::ProcessLock(ProcessLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
ProcessLock& ProcessLock::operator=(ProcessLock&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}
ProcessLock::~ProcessLock() {
  if (fd_ >= 0) ::close(fd_);
}

Result<ProcessLock> ProcessLock::acquire(const std::string& path, const std::string& about_us) {
  ProcessLock lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (lock.fd_ < 0) return fail(Errc::storage, "cannot open " + path + ": " + std::strerror(errno));
  struct flock request = whole_lock(F_WRLCK);
  if (::fcntl(lock.fd_, F_OFD_SETLK, &request) != 0) {
    if (errno != EAGAIN && errno != EACCES)
      return fail(Errc::storage, "cannot lock " + path + ": " + std::strerror(errno));
    return fail(Errc::temporary, "already running on this journal: " + read_text(lock.fd_));
  }
  if (::ftruncate(lock.fd_, 0) != 0 ||
      ::pwrite(lock.fd_, about_us.data(), about_us.size(), 0) != ssize_t(about_us.size())) {
    return fail(Errc::storage, "cannot write " + path + ": " + std::strerror(errno));
  }
  return lock;
}

std::optional<std::string> ProcessLock::holder(const std::string& path) {
  const ProcessLock lock(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (lock.fd_ < 0) return std::nullopt;
  struct flock request = whole_lock(F_WRLCK);
  if (::fcntl(lock.fd_, F_OFD_GETLK, &request) != 0 || request.l_type == F_UNLCK) return std::nullopt;
  return read_text(lock.fd_);
}

}  // namespace tvh::journal
