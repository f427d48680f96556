#pragma once

#include "cli/run_tool.hpp"
#include "tvhook-validate/options.hpp"

namespace tvh {

Result<ExitCode> run_validate(const ValidateOptions& options, cli::Context& context);

}  // namespace tvh
