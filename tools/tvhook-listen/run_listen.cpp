#include "tvhook-listen/run_listen.hpp"

namespace tvh {

Result<ExitCode> run_listen(const ListenOptions&, cli::Context&) { return fail(Errc::bug, "not written yet"); }

}  // namespace tvh
