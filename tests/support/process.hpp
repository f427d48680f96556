// A program under test as its user meets it: arguments, environment, pipes, signals, exit code. Nothing here
// sleeps; every wait is for an event and ends with an exception when it does not come within kPatience.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <condition_variable>
#include <csignal>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace tvh::test {

inline constexpr std::chrono::seconds kPatience{60};

enum class Input { empty, pipe };
enum class Output { read, left_in_the_pipe };
enum class RootPowers { kept, dropped };  // dropped: file modes bind even root

struct ProcessOptions {
  std::vector<std::string> arguments;
  std::map<std::string, std::string> environment;  // all it gets, beside PATH, LANG and the sanitizers' options
  std::string folder;                              // its working folder; "" is ours
  Input input = Input::empty;
  Output output = Output::read;
  Output errors = Output::read;                  // left in a pipe that holds a page, which is soon full
  bool wants_ready_pipe = false;                 // adds "--ready-fd N" and the pipe behind it
  std::optional<std::size_t> file_size_limit{};  // soft RLIMIT_FSIZE; raise_file_size_limit() lifts it
  RootPowers root_powers = RootPowers::kept;
};

class Process {
 public:
  Process(const std::string& program, const ProcessOptions& options);
  ~Process();  // kills it if it still runs
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  void write_input(const std::string& text);  // blocks while the pipe is full; a gone reader is no error
  void close_input();
  void close_output();  // goes away as the reader of its stdout
  void send(int signal);
  void raise_file_size_limit();

  // Waits until it ends; its exit code, or 128 + the signal that killed it.
  int wait();
  bool running();

  // What it wrote so far; all of it once wait() returned.
  std::string output();
  std::string errors();

  // Wait until that many lines, or that text, came; false when it ended without.
  bool wait_for_lines(std::size_t count);
  bool wait_for_errors(const std::string& text);
  std::string read_ready_line();  // without newline; throws with its stderr when it ended instead

  pid_t pid() const { return pid_; }

 private:
  void start(const std::string& program, const ProcessOptions& options);
  void read_pipes();
  void reap();
  bool wait_for(const std::function<bool()>& met, const char* what);

  pid_t pid_ = -1;
  int input_ = -1;
  int output_ = -1;
  int errors_ = -1;
  int ready_ = -1;
  int wake_[2] = {-1, -1};

  std::mutex mutex_;
  std::condition_variable changed_;
  std::string output_text_;
  std::string errors_text_;
  std::string ready_text_;
  bool output_unread_ = false;
  bool errors_unread_ = false;
  bool output_unwanted_ = false;
  bool pipes_ended_ = false;
  std::optional<int> exit_code_;
  std::thread reader_;
  std::thread reaper_;
};

// Runs one to its end.
struct Finished {
  int code = 0;
  std::string output;
  std::string errors;
};
Finished run(const std::string& program, const ProcessOptions& options, const std::string& input = "");

// The path of one of our five tools.
std::string tool(const std::string& name);

std::vector<std::string> lines_of(const std::string& text);

}  // namespace tvh::test
