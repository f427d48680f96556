// --halt and --resume: beside a running executor, or without one.
#pragma once

#include <string>

#include "cli/run_tool.hpp"

namespace tvh {

// Returns when no later intent can be committed and none that is unsent or waits to be sent again can leave;
// lists the orders that were on the wire. temporary when a running executor does not confirm it in 5 s.
Result<ExitCode> halt(const std::string& reason, cli::Context& context);
Result<ExitCode> resume(cli::Context& context);

}  // namespace tvh
