#pragma once

#include "cli/run_tool.hpp"
#include "tvhook-listen/options.hpp"

namespace tvh {

Result<ExitCode> run_listen(const ListenOptions& options, cli::Context& context);

}  // namespace tvh
