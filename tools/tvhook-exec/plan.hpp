// --plan: what would be sent, on a throw-away copy of the account.
#pragma once

#include "cli/run_tool.hpp"
#include "tvhook-exec/options.hpp"

namespace tvh {

// Every signal on stdin is executed on paper against a copy in memory of the journal's positions and account,
// so that a later signal meets what an earlier one would have left. The journal is not touched; nothing depends
// on the clock.
Result<ExitCode> plan(const ExecOptions& options, cli::Context& context);

}  // namespace tvh
