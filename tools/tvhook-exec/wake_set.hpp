// One descriptor that is readable when there is a reason to look up: a stop, a ring of the bell, a venue's
// answer.
#pragma once

#include <sys/epoll.h>
#include <unistd.h>

#include "base/invariant.hpp"

namespace tvh {

class WakeSet {
 public:
  WakeSet() : fd_(::epoll_create1(EPOLL_CLOEXEC)) { TVH_INVARIANT(fd_ >= 0, "epoll is available"); }
  ~WakeSet() { ::close(fd_); }
  WakeSet(const WakeSet&) = delete;
  WakeSet& operator=(const WakeSet&) = delete;
  int fd() const { return fd_; }
  // The same descriptor twice is the same reason.
  void add(int fd) {
    if (fd < 0) return;
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = fd;
    ::epoll_ctl(fd_, EPOLL_CTL_ADD, fd, &event);
  }
  // Whether room in `fd` is a reason too; a file, which always has some, is none.
  void want_room(int fd, bool wanted) {
    epoll_event event{};
    event.events = EPOLLOUT;
    event.data.fd = fd;
    if (wanted == wants_room_) return;
    wants_room_ = wanted;
    ::epoll_ctl(fd_, wanted ? EPOLL_CTL_ADD : EPOLL_CTL_DEL, fd, &event);
  }
  void wait(int timeout_ms) {
    epoll_event event;
    ::epoll_wait(fd_, &event, 1, timeout_ms);  // whatever it says, the caller looks itself
  }

 private:
  int fd_;
  bool wants_room_ = false;
};

}  // namespace tvh
