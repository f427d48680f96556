#include "tvhook-exec/run_exec.hpp"

namespace tvh {

Result<ExitCode> run_exec(const ExecOptions&, cli::Context&) { return fail(Errc::bug, "not written yet"); }

}  // namespace tvh
