#include "journal/bell.hpp"

#include <fcntl.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace tvh::journal {

static int open_bell(const std::string& journal_path) {
  return ::open((journal_path + ".bell").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
}

Bell::Bell(const std::string& journal_path) : fd_(open_bell(journal_path)) {}
Bell::Bell(Bell&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
Bell& Bell::operator=(Bell&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}
Bell::~Bell() {
  if (fd_ >= 0) ::close(fd_);
}

void Bell::ring() {
  if (fd_ < 0) return;
  const char byte = 1;
  [[maybe_unused]] const auto written = ::pwrite(fd_, &byte, 1, 0);
}

BellWatch::BellWatch(BellWatch&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
BellWatch& BellWatch::operator=(BellWatch&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}
BellWatch::~BellWatch() {
  if (fd_ >= 0) ::close(fd_);
}

Result<BellWatch> BellWatch::open(const std::string& journal_path) {
  const int bell = open_bell(journal_path);  // made if it is not there yet: a watch needs a file
  if (bell >= 0) ::close(bell);
  BellWatch watch(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  if (bell < 0 || watch.fd_ < 0 ||
      ::inotify_add_watch(watch.fd_, (journal_path + ".bell").c_str(), IN_MODIFY) < 0) {
    return fail(Errc::storage, "cannot watch " + journal_path + ".bell: " + std::strerror(errno));
  }
  return watch;
}

void BellWatch::silence() {
  std::array<char, 4096> events;
  while (::read(fd_, events.data(), events.size()) > 0) {
  }
}

}  // namespace tvh::journal
