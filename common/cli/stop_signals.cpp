#include "cli/stop_signals.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>

namespace tvh::cli {
namespace {

// What a handler may touch: lock-free atomics and a descriptor.
std::atomic<int> received_signal{0};
std::atomic<int> write_end{-1};
std::atomic<int> read_end{-1};
static_assert(std::atomic<int>::is_always_lock_free);

// Where there is no /dev: it ends at once for readers, and fails for writers.
int read_end_of_a_pipe() {
  int ends[2];
  if (::pipe(ends) != 0) return -1;
  ::close(ends[1]);
  return ends[0];
}

void on_signal(int number) {
  const int saved_errno = errno;
  int nothing_yet = 0;
  if (!received_signal.compare_exchange_strong(nothing_yet, number)) ::_exit(128 + number);
  // Never read: the other end stays readable.
  [[maybe_unused]] const ssize_t written = ::write(write_end.load(), "x", 1);
  errno = saved_errno;
}

}  // namespace

ProcessStopSignal::ProcessStopSignal() {
  int ends[2];
  TVH_INVARIANT(::pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0, "a pipe for signals can be made at start");
  read_end = ends[0];
  write_end = ends[1];
  struct sigaction action {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  ::sigaction(SIGTERM, &action, nullptr);
  struct sigaction before {};
  ::sigaction(SIGINT, nullptr, &before);
  if (before.sa_handler != SIG_IGN) ::sigaction(SIGINT, &action, nullptr);
  // A parent may have left them blocked.
  sigset_t ours;
  sigemptyset(&ours);
  sigaddset(&ours, SIGTERM);
  sigaddset(&ours, SIGINT);
  ::sigprocmask(SIG_UNBLOCK, &ours, nullptr);
}

bool ProcessStopSignal::requested() const { return received_signal.load() != 0; }
int ProcessStopSignal::fd() const { return read_end.load(); }
ExitCode ProcessStopSignal::code() const {
  return received_signal.load() == SIGINT ? ExitCode::interrupted : ExitCode::terminated;
}

void ignore_write_signals() {
  ::signal(SIGPIPE, SIG_IGN);
  ::signal(SIGXFSZ, SIG_IGN);
}

void open_missing_standard_descriptors() {
  for (int fd = 0; fd <= 2; ++fd) {
    if (::fcntl(fd, F_GETFD) >= 0 || errno != EBADF) continue;
    // The lowest free number is the one that is missing. stdout is filled with what cannot be written to, so
    // that whoever writes there is told.
    int opened = ::open("/dev/null", fd == STDOUT_FILENO ? O_RDONLY : O_RDWR);
    if (opened < 0) opened = read_end_of_a_pipe();
    TVH_INVARIANT(opened == fd, "the missing standard descriptor is filled");
  }
}

}  // namespace tvh::cli
