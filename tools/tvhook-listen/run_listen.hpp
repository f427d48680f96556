#pragma once

#include "cli/run_tool.hpp"
#include "tvhook-listen/options.hpp"

namespace tvh {

// Listens until asked to stop, then answers what was received: ok. With --check: tests what it would need,
// changes nothing.
Result<ExitCode> run_listen(const ListenOptions& options, cli::Context& context);

}  // namespace tvh
