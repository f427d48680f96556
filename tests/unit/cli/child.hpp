// run_tool in a real child process, with pipes for its three standard streams.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cli/run_tool.hpp"

namespace tvh::test {

class Child {
 public:
  using Define = std::function<cli::Body(cli::OptionSet&)>;
  // Runs in the child before run_tool, with the streams already in place.
  using Prepare = std::function<void()>;

  Child(
      const std::vector<std::string>& arguments, const Define& define, const Prepare& prepare = [] {});
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // Waits until stdout holds `text`; false when it ended before, or after 20 s.
  bool wait_for_output(const std::string& text);
  void send(int signal_number);
  void close_output();  // our end of its stdout
  // Reads to the end of both streams and waits; 128 + n for one that a signal killed.
  int finish();

  std::string output;
  std::string errors;

 private:
  bool read_more();  // false at the end of both, or after 20 s without a byte

  int process_ = -1;
  int out_ = -1;
  int err_ = -1;
};

// A body that does nothing but end well.
Child::Define ends_well();

}  // namespace tvh::test
