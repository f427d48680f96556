#pragma once

#include "cli/run_tool.hpp"
#include "tvhook-exec/options.hpp"

namespace tvh {

Result<ExitCode> run_exec(const ExecOptions& options, cli::Context& context);

}  // namespace tvh
