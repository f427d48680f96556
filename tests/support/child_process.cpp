#include "support/child_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <exception>
#include <iostream>
#include <stdexcept>

namespace tvh::test {

ChildProcess::ChildProcess(const std::function<int()>& body) {
  std::cout.flush();
  pid_ = ::fork();
  if (pid_ < 0) throw std::runtime_error("fork failed");
  if (pid_ != 0) return;
  int code = 99;
  try {
    code = body();
  } catch (const std::exception& error) {
    std::cerr << "child: " << error.what() << std::endl;
  } catch (...) {
    std::cerr << "child: an assertion failed" << std::endl;
  }
  ::_exit(code);  // the parent's destructors are the parent's
}

ChildProcess::~ChildProcess() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  wait();
}

void ChildProcess::send(int signal) { ::kill(pid_, signal); }

void ChildProcess::wait_until_stopped() {
  int status = 0;
  if (::waitpid(pid_, &status, WUNTRACED) != pid_ || !WIFSTOPPED(status)) {
    throw std::runtime_error("the child did not stop");
  }
}

int ChildProcess::wait() {
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0) {
    if (errno != EINTR) throw std::runtime_error("waitpid failed");
  }
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int run_in_child(const std::function<int()>& body) { return ChildProcess(body).wait(); }

Turnstile::Turnstile() {
  if (::pipe2(ends_, O_CLOEXEC) != 0) throw std::runtime_error("pipe2 failed");
}

Turnstile::~Turnstile() {
  ::close(ends_[0]);
  ::close(ends_[1]);
}

void Turnstile::pass() {
  const char byte = 1;
  if (::write(ends_[1], &byte, 1) != 1) throw std::runtime_error("cannot write to a pipe");
}

void Turnstile::wait() {
  pollfd readable{ends_[0], POLLIN, 0};
  char byte = 0;
  if (::poll(&readable, 1, 60'000) != 1 || ::read(ends_[0], &byte, 1) != 1) {
    throw std::runtime_error("nobody came within a minute");
  }
}

int Turnstile::count() {
  int passed = 0;
  pollfd readable{ends_[0], POLLIN, 0};
  char byte = 0;
  while (::poll(&readable, 1, 0) == 1 && ::read(ends_[0], &byte, 1) == 1) ++passed;
  return passed;
}

}  // namespace tvh::test
