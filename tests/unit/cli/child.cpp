#include "child.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

namespace tvh::test {

Child::Child(const std::vector<std::string>& arguments, const Define& define, const Prepare& prepare) {
  int out[2];
  int err[2];
  TVH_INVARIANT(::pipe2(out, O_CLOEXEC) == 0 && ::pipe2(err, O_CLOEXEC) == 0, "pipes for a child");
  process_ = ::fork();
  TVH_INVARIANT(process_ >= 0, "fork");
  if (process_ == 0) {
    const int nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    ::dup2(nothing, 0);
    ::dup2(out[1], 1);
    ::dup2(err[1], 2);
    for (const int fd : {nothing, out[0], out[1], err[0], err[1]}) ::close(fd);
    // Catch2 has handlers of its own.
    for (const int number : {SIGTERM, SIGINT, SIGPIPE, SIGXFSZ, SIGABRT}) ::signal(number, SIG_DFL);
    prepare();
    std::vector<std::string> words{"tvhook-demo"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<char*> pointers;
    for (auto& word : words) pointers.push_back(word.data());
    ::_exit(cli::run_tool("tvhook-demo", int(pointers.size()), pointers.data(), define));
  }
  ::close(out[1]);
  ::close(err[1]);
  out_ = out[0];
  err_ = err[0];
}

Child::~Child() {
  if (process_ > 0) ::kill(process_, SIGKILL);
  if (process_ > 0) ::waitpid(process_, nullptr, 0);
  close_output();
  if (err_ >= 0) ::close(err_);
}

void Child::send(int signal_number) { ::kill(process_, signal_number); }

void Child::close_output() {
  if (out_ >= 0) ::close(out_);
  out_ = -1;
}

bool Child::read_more() {
  pollfd streams[2] = {{out_, POLLIN, 0}, {err_, POLLIN, 0}};
  if ((out_ < 0 && err_ < 0) || ::poll(streams, 2, 20000) <= 0) return false;
  for (int i = 0; i < 2; ++i) {
    if ((streams[i].revents & (POLLIN | POLLHUP)) == 0) continue;
    char buffer[65536];
    const ssize_t count = ::read(streams[i].fd, buffer, sizeof buffer);
    std::string& text = i == 0 ? output : errors;
    if (count > 0) {
      text.append(buffer, std::size_t(count));
    } else {
      ::close(streams[i].fd);
      (i == 0 ? out_ : err_) = -1;
    }
  }
  return true;
}

bool Child::wait_for_output(const std::string& text) {
  while (output.find(text) == std::string::npos) {
    if (!read_more()) return false;
  }
  return true;
}

int Child::finish() {
  while (read_more()) {
  }
  // One that still runs although nobody hears of it would hang the test.
  if (out_ >= 0 || err_ >= 0) ::kill(process_, SIGKILL);
  int status = 0;
  ::waitpid(process_, &status, 0);
  process_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

Child::Define ends_well() {
  return [](cli::OptionSet&) { return [](cli::Context&) -> Result<ExitCode> { return ExitCode::ok; }; };
}

}  // namespace tvh::test
