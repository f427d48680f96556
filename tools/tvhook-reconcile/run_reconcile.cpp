#include "tvhook-reconcile/run_reconcile.hpp"

namespace tvh {

Result<ExitCode> run_reconcile(const ReconcileOptions&, cli::Context&) { return fail(Errc::bug, "not written yet"); }

}  // namespace tvh
