// Options of tvhook-exec.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/options.hpp"

namespace tvh {

struct ExecOptions {
  std::optional<std::string> follow;  // "": the journal; "-": the journal and stdin
  std::optional<std::string> venue;
  std::vector<std::string> symbols;
  std::vector<std::string> strategies;
  bool plan = false;
  bool live = false;
  std::optional<std::string> halt;
  bool resume = false;
  bool status = false;
  bool flatten = false;
  std::string format;  // "text", "json"; "": text of --status, json of --plan
};

void define_options(cli::OptionSet& set, ExecOptions& options);

// usage when two of them contradict each other.
Result<void> check_options(const ExecOptions& options);

}  // namespace tvh
