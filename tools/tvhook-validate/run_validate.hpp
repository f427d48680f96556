#pragma once

#include "cli/run_tool.hpp"
#include "tvhook-validate/alert_batch.hpp"
#include "tvhook-validate/options.hpp"

namespace tvh {

// bad_data for a file that cannot be read is said in the log and in the exit code; the other files are checked.
Result<ExitCode> run_validate(const ValidateOptions& options, cli::Context& context);
// The same with findings written elsewhere than to stderr.
Result<ExitCode> run_validate(const ValidateOptions& options, cli::Context& context, cli::Output& findings);

// The text of --explain; usage when there is no such code.
Result<std::string> explain_finding(const std::string& code);

// The closing line: "1 error, 2 warnings in 3 alerts (explain: tvhook-validate --explain TV020)"; "" when there
// is nothing to close.
std::string closing_line(const CheckTotals& totals, const std::string& what_is_counted = "alert");

}  // namespace tvh
