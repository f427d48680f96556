// --flatten: cancels what rests and closes what is held. The running executor does it when there is one; else
// this process becomes the executor for as long as it takes.
#pragma once

#include "cli/run_tool.hpp"
#include "model/execution_record.hpp"
#include "tvhook-exec/options.hpp"

namespace tvh {

// What --flatten is about: --venue, --strategy and --symbol, one of each at most.
model::Request flatten_scope(const ExecOptions& options);

// 0: nothing is open any more within the scope; 1: something is; 80: an order's outcome is not known.
Result<ExitCode> flatten(const ExecOptions& options, cli::Context& context);

}  // namespace tvh
