// --halt, --resume and --status: beside a running executor, or without one.
#pragma once

#include <string>

#include "cli/run_tool.hpp"

namespace tvh {

// Returns when no later intent can be committed and none that was committed before is still on its way out;
// lists those it could not wait for.
Result<ExitCode> halt(const std::string& reason, cli::Context& context);
Result<ExitCode> resume(cli::Context& context);
Result<ExitCode> show_status(cli::Context& context);

}  // namespace tvh
