// A piece of this program in a process of its own: to be killed, stopped, or given small limits. Call before
// threads and databases are open here; the child keeps none of ours.
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>

namespace tvh::test {

class ChildProcess {
 public:
  // The child runs `body` and exits with what it returns; 99 when it throws.
  explicit ChildProcess(const std::function<int()>& body);
  ~ChildProcess();  // kills it if it still runs
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  void send(int signal);
  void wait_until_stopped();
  // Its exit code, or 128 + the signal that ended it.
  int wait();

 private:
  pid_t pid_ = -1;
};

// Runs `body` in a child to its end.
int run_in_child(const std::function<int()>& body);

// One byte from one process to another: "I am there".
class Turnstile {
 public:
  Turnstile();
  ~Turnstile();
  Turnstile(const Turnstile&) = delete;
  Turnstile& operator=(const Turnstile&) = delete;
  void pass();
  void wait();  // until somebody passed; throws after a minute
  // Everything passed so far, without waiting.
  int count();

 private:
  int ends_[2];
};

}  // namespace tvh::test
