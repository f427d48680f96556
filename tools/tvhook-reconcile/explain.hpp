// --explain: one signal's or order's whole life, as the journal has it.
#pragma once

#include "cli/run_tool.hpp"
#include "tvhook-reconcile/options.hpp"

namespace tvh {

Result<ExitCode> explain(const ReconcileOptions& options, cli::Context& context);

}  // namespace tvh
