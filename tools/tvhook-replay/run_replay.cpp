#include "tvhook-replay/run_replay.hpp"

namespace tvh {

Result<ExitCode> run_replay(const ReplayOptions&, cli::Context&) { return fail(Errc::bug, "not written yet"); }

}  // namespace tvh
