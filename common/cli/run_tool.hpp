// Everything a tool's main has in common: signals, common options, configuration, log, exit codes.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/exit_code.hpp"
#include "cli/config.hpp"
#include "cli/log.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"

namespace tvh::cli {

// Asked to stop by SIGTERM or SIGINT (the second one of either ends the process at once, exit 143 or 130).
class StopSignal {
 public:
  virtual ~StopSignal() = default;
  virtual bool requested() const = 0;
  virtual int fd() const = 0;         // becomes readable (and stays so) when requested, for poll()
  virtual ExitCode code() const = 0;  // interrupted or terminated: for work that was cut short
};

// What a tool's run function gets; tests build their own.
struct Context {
  std::string tool;
  Clock& clock;
  Log& log;
  Output& output;  // stdout
  int input_fd;    // stdin
  StopSignal& stop;
  GetEnvironment environment;
  const Config& config;
  std::string journal_path;  // resolved
  bool check = false;        // --check: test configuration and environment, change nothing
  bool quiet = false;
  bool makes_journal_folder = false;  // a start makes the missing folders of journal_path
};

using Body = std::function<Result<ExitCode>(Context&)>;

// Parses, loads the configuration, runs the body `define` returned, prints a failed Result as one line
// "TOOL: message" on stderr, flushes stdout (a failure is exit 74; a closed reader, EPIPE, is a clean stop),
// and turns everything into the exit code. Exceptions that reach it are bugs: exit 70. SIGPIPE and SIGXFSZ are
// ignored, so that they come back as errors. Also answers --help and --version.
int run_tool(const std::string& name, int argc, char** argv, const std::function<Body(OptionSet&)>& define);

}  // namespace tvh::cli
