// The options every tool has. run_tool adds them after the tool's own; completions and the man page tests do
// the same.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/exit_code.hpp"
#include "cli/log.hpp"
#include "cli/options.hpp"

namespace tvh::cli {

struct CommonOptions {
  std::optional<std::string> config;
  std::optional<std::string> journal;
  std::string log_level = "info";
  std::string log_format = "text";
  bool quiet = false;
  bool verbose = false;
  bool check = false;
  bool help = false;
  bool version = false;
};

void add_common_options(OptionSet& set, CommonOptions& options);

// -q is error, -v is debug, else what --log-level says.
LogLevel log_level(const CommonOptions& options);
LogFormat log_format(const CommonOptions& options);

// "0.1.0"
std::string_view version();

// The exit codes with their meaning, as --help and the man pages print them.
struct ExitCodeMeaning {
  ExitCode code;
  std::string_view meaning;
};
std::span<const ExitCodeMeaning> exit_code_meanings();

}  // namespace tvh::cli
