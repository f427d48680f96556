#pragma once

#include "cli/run_tool.hpp"
#include "tvhook-replay/options.hpp"

namespace tvh {

Result<ExitCode> run_replay(const ReplayOptions& options, cli::Context& context);

}  // namespace tvh
