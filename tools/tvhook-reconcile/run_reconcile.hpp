#pragma once

#include "cli/run_tool.hpp"
#include "tvhook-reconcile/options.hpp"

namespace tvh {

Result<ExitCode> run_reconcile(const ReconcileOptions& options, cli::Context& context);

}  // namespace tvh
