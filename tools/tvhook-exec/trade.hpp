// The executor's loop: signals in from stdin, the journal or both, until the end of stdin, a stop, or until a
// flatten is done.
#pragma once

#include "cli/run_tool.hpp"
#include "tvhook-exec/options.hpp"

namespace tvh {

Result<ExitCode> trade(const ExecOptions& options, cli::Context& context);

}  // namespace tvh
