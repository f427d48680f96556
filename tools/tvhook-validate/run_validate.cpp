#include "tvhook-validate/run_validate.hpp"

namespace tvh {

Result<ExitCode> run_validate(const ValidateOptions&, cli::Context&) { return fail(Errc::bug, "not written yet"); }

}  // namespace tvh
