// Signals run again on paper: the executor's own code on a journal in memory, with the recorded clock.
#pragma once

#include <memory>
#include <string>

#include "cli/run_tool.hpp"
#include "model/signal.hpp"

namespace tvh {

class PaperRun {
 public:
  // A fresh account of the paper venue `venue`, as configured.
  static Result<std::unique_ptr<PaperRun>> open(cli::Context& context, const std::string& venue);
  ~PaperRun();

  // At the time it was received: what was under way then has happened or has not, as the clock says.
  Result<void> execute(const model::Signal& signal);
  // Lets time pass until everything has ended, and says on stderr how it went; 1 when something was refused or
  // did not end.
  Result<ExitCode> finish();

 private:
  Result<void> pass_time(TimePoint until);

  struct Parts;
  explicit PaperRun(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace tvh
