// --status: what the executor is doing, what stands open, and every limit with its use.
#pragma once

#include "cli/run_tool.hpp"
#include "tvhook-exec/options.hpp"

namespace tvh {

// Reads the journal alone; changes nothing.
Result<ExitCode> show_status(const ExecOptions& options, cli::Context& context);

}  // namespace tvh
