// Listeners in processes of their own, so that what a bench measures shares nothing with them: over a journal,
// or over one that stores nothing.
#pragma once

#include <sys/types.h>
#include <unistd.h>

#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>

namespace tvh::bench {

// A child process that runs until it is told through its pipe, or its parent goes away.
struct Child {
  pid_t pid = -1;
  int to_child = -1;
  int from_child = -1;
};
Child start_child(const std::function<void(int in, int out)>& body);
void finish(const Child& child);

template <class T>
void send_value(int fd, const T& value) {
  if (::write(fd, &value, sizeof value) != ssize_t(sizeof value)) throw std::runtime_error("a child is gone");
}
template <class T>
T receive_value(int fd) {
  T value{};
  if (::read(fd, &value, sizeof value) != ssize_t(sizeof value)) throw std::runtime_error("a child is gone");
  return value;
}

struct Server {
  std::string name;
  Child child;
  std::uint16_t port = 0;
};
// The listener as the binary wires it, with --no-stdout and its log going nowhere. `journal` "": stores
// nothing.
Server start_server(const std::string& name, const std::string& journal);
// One connection at a time, answering each request with the same bytes: what a socket costs by itself.
Server start_echo();

double cpu_seconds_of(pid_t pid);

}  // namespace tvh::bench
