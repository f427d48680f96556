#include "support/process.hpp"

#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

namespace tvh::test {

namespace {

struct Pipe {
  int read_end = -1;
  int write_end = -1;
};

Pipe make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("pipe2 failed");
  return {ends[0], ends[1]};
}

void close_fd(int& fd) {
  if (fd >= 0) ::close(fd);
  fd = -1;
}

std::vector<std::string> environment_of(const ProcessOptions& options) {
  std::map<std::string, std::string> all = {{"PATH", "/usr/local/bin:/usr/bin:/bin"}, {"LANG", "C.UTF-8"}};
  for (const char* name : {"ASAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"}) {
    if (const char* value = std::getenv(name)) all[name] = value;
  }
  for (const auto& [name, value] : options.environment) all[name] = value;
  std::vector<std::string> result;
  for (const auto& [name, value] : all) result.push_back(name + "=" + value);
  return result;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (auto& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

// In the child, between fork and exec: only what is safe there.
struct ChildPlan {
  int standard[3];
  int ready;
  const char* folder;
  const ProcessOptions* options;
  char* const* arguments;
  char* const* environment;
};

[[noreturn]] void become(const char* program, const ChildPlan& plan) {
  for (int target = 0; target < 3; ++target) ::dup2(plan.standard[target], target);
  if (plan.ready >= 0) ::fcntl(plan.ready, F_SETFD, 0);
  if (*plan.folder != '\0' && ::chdir(plan.folder) != 0) ::_exit(126);
  if (plan.options->file_size_limit) {
    rlimit limit{};
    ::getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = *plan.options->file_size_limit;
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  if (plan.options->root_powers == RootPowers::dropped) {
    ::prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, 0, 0, 0);
    ::prctl(PR_CAPBSET_DROP, CAP_DAC_READ_SEARCH, 0, 0, 0);
  }
  // Not ours and not Catch2's: a signal that comes before exec must do what it does to any program.
  for (const int number : {SIGPIPE, SIGTERM, SIGINT, SIGHUP, SIGSEGV, SIGABRT, SIGFPE, SIGILL})
    ::signal(number, SIG_DFL);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::execvpe(program, plan.arguments, plan.environment);
  ::_exit(127);
}

}  // namespace

Process::Process(const std::string& program, const ProcessOptions& options) {
  ::signal(SIGPIPE, SIG_IGN);
  start(program, options);
  reader_ = std::thread([this] { read_pipes(); });
  reaper_ = std::thread([this] { reap(); });
}

void Process::start(const std::string& program, const ProcessOptions& options) {
  Pipe in = options.input == Input::pipe ? make_pipe() : Pipe{::open("/dev/null", O_RDONLY | O_CLOEXEC), -1};
  Pipe out = make_pipe();
  Pipe err = make_pipe();
  Pipe ready = options.wants_ready_pipe ? make_pipe() : Pipe{};
  const Pipe wake = make_pipe();

  std::vector<std::string> arguments{program};
  arguments.insert(arguments.end(), options.arguments.begin(), options.arguments.end());
  if (options.wants_ready_pipe) {
    arguments.push_back("--ready-fd");
    arguments.push_back(std::to_string(ready.write_end));
  }
  std::vector<std::string> environment = environment_of(options);
  const std::vector<char*> argument_pointers = pointers_to(arguments);
  const std::vector<char*> environment_pointers = pointers_to(environment);
  const ChildPlan plan{{in.read_end, out.write_end, err.write_end},
                       ready.write_end,
                       options.folder.c_str(),
                       &options,
                       argument_pointers.data(),
                       environment_pointers.data()};
  sigset_t every;
  sigset_t before;
  ::sigfillset(&every);
  ::pthread_sigmask(SIG_SETMASK, &every, &before);
  pid_ = ::fork();
  if (pid_ == 0) become(program.c_str(), plan);
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  close_fd(in.read_end);
  close_fd(out.write_end);
  close_fd(err.write_end);
  close_fd(ready.write_end);
  input_ = in.write_end;
  output_ = out.read_end;
  output_unread_ = options.output == Output::left_in_the_pipe;
  errors_ = err.read_end;
  errors_unread_ = options.errors == Output::left_in_the_pipe;
  if (errors_unread_) ::fcntl(errors_, F_SETPIPE_SZ, 4096);
  ready_ = ready.read_end;
  wake_[0] = wake.read_end;
  wake_[1] = wake.write_end;
  if (pid_ < 0) throw std::runtime_error("fork failed");
}

Process::~Process() {
  close_input();
  send(SIGKILL);
  if (reaper_.joinable()) reaper_.join();
  // A grandchild may still hold the pipes: the reader is told, not waited for.
  close_fd(wake_[1]);
  if (reader_.joinable()) reader_.join();
  for (int* fd : {&output_, &errors_, &ready_, &wake_[0]}) close_fd(*fd);
}

void Process::read_pipes() {
  std::string* const texts[3] = {&output_text_, &errors_text_, &ready_text_};
  int* const sources[3] = {&output_, &errors_, &ready_};
  char buffer[65536];
  while ((output_ >= 0 && !output_unread_) || (errors_ >= 0 && !errors_unread_) || ready_ >= 0) {
    pollfd waits[4] = {{output_unread_ ? -1 : output_, POLLIN, 0},
                       {errors_unread_ ? -1 : errors_, POLLIN, 0},
                       {ready_, POLLIN, 0},
                       {wake_[0], POLLIN, 0}};
    if (::poll(waits, 4, -1) < 0 && errno != EINTR) break;
    if ((waits[3].revents & POLLIN) != 0) {  // close_output()
      (void)!::read(wake_[0], buffer, sizeof buffer);
      const std::lock_guard lock(mutex_);
      if (output_unwanted_) close_fd(output_);
      changed_.notify_all();
      continue;
    }
    if ((waits[3].revents & POLLHUP) != 0) break;
    for (int i = 0; i < 3; ++i) {
      if (waits[i].revents == 0) continue;
      const ssize_t count = ::read(*sources[i], buffer, sizeof buffer);
      const std::lock_guard lock(mutex_);
      if (count > 0) texts[i]->append(buffer, std::size_t(count));
      if (count == 0) close_fd(*sources[i]);
      changed_.notify_all();
    }
  }
  const std::lock_guard lock(mutex_);
  pipes_ended_ = true;
  changed_.notify_all();
}

void Process::reap() {
  siginfo_t info{};
  while (::waitid(P_PID, id_t(pid_), &info, WEXITED | WNOWAIT) != 0 && errno == EINTR) {
  }
  const std::lock_guard lock(mutex_);  // from here on send() knows that the pid is nobody's
  int status = 0;
  ::waitpid(pid_, &status, 0);
  exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  changed_.notify_all();
}

void Process::write_input(const std::string& text) {
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t count = ::write(input_, text.data() + done, text.size() - done);
    if (count > 0) done += std::size_t(count);
    if (count < 0 && errno != EINTR) return;
  }
}

void Process::close_input() { close_fd(input_); }

void Process::close_output() {
  std::unique_lock lock(mutex_);
  output_unwanted_ = true;
  (void)!::write(wake_[1], "x", 1);
  changed_.wait_for(lock, kPatience, [this] { return output_ < 0 || pipes_ended_; });
}

void Process::send(int signal) {
  const std::lock_guard lock(mutex_);
  if (!exit_code_) ::kill(pid_, signal);
}

void Process::raise_file_size_limit() {
  rlimit limit{};
  ::prlimit(pid_, RLIMIT_FSIZE, nullptr, &limit);
  limit.rlim_cur = limit.rlim_max;
  if (::prlimit(pid_, RLIMIT_FSIZE, &limit, nullptr) != 0) throw std::runtime_error("prlimit failed");
}

bool Process::wait_for(const std::function<bool()>& met, const char* what) {
  std::unique_lock lock(mutex_);
  const bool in_time =
      changed_.wait_for(lock, kPatience, [&] { return met() || (exit_code_ && pipes_ended_); });
  if (!in_time) {
    throw std::runtime_error(std::string("waited in vain for ") + what + "; stdout: " + output_text_ +
                             "\nstderr: " + errors_text_);
  }
  return met();
}

int Process::wait() {
  wait_for([this] { return exit_code_.has_value() && pipes_ended_; }, "its end");
  const std::lock_guard lock(mutex_);
  return exit_code_.value();
}

bool Process::running() {
  const std::lock_guard lock(mutex_);
  return !exit_code_;
}

std::string Process::output() {
  const std::lock_guard lock(mutex_);
  return output_text_;
}

std::string Process::errors() {
  const std::lock_guard lock(mutex_);
  return errors_text_;
}

bool Process::wait_for_lines(std::size_t count) {
  return wait_for(
      [&] { return std::size_t(std::count(output_text_.begin(), output_text_.end(), '\n')) >= count; },
      "lines on stdout");
}

bool Process::wait_for_errors(const std::string& text) {
  return wait_for([&] { return errors_text_.find(text) != std::string::npos; }, text.c_str());
}

std::string Process::read_ready_line() {
  if (!wait_for([this] { return ready_text_.find('\n') != std::string::npos; }, "the ready line")) {
    throw std::runtime_error("it ended before it was ready (exit " + std::to_string(wait()) + "): " + errors());
  }
  const std::lock_guard lock(mutex_);
  return ready_text_.substr(0, ready_text_.find('\n'));
}

Finished run(const std::string& program, const ProcessOptions& options, const std::string& input) {
  ProcessOptions with_input = options;
  if (!input.empty()) with_input.input = Input::pipe;
  Process process(program, with_input);
  process.write_input(input);
  process.close_input();
  const int code = process.wait();
  return {code, process.output(), process.errors()};
}

std::string tool(const std::string& name) { return std::string(TVHOOK_BIN_FOLDER) + "/" + name; }

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

}  // namespace tvh::test
