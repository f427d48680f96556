// The one table of exit codes; every man page repeats it.
#pragma once

#include "base/result.hpp"

namespace tvh {

enum class ExitCode : int {
  ok = 0,            // also a graceful stop of listen, --follow and --every
  answer_is_no = 1,  // ran fine: invalid alerts, refusals, drift
  usage = 64,        // the command line
  bad_data = 65,     // a line or record that is not what was promised
  unavailable = 69,  // venue or network down, nothing sent
  bug = 70,          // ours
  storage = 74,      // journal or stdout not written
  temporary = 75,    // try again
  credentials = 77,  // refused
  configuration = 78,
  outcome_unknown = 80,  // an order may exist: reconcile first
  interrupted = 130,     // work cut short by SIGINT
  terminated = 143,      // work cut short by SIGTERM
};

ExitCode exit_code_of(Errc code);

// Of two that both apply, the one to exit with: 80 > 74 > 77 > 69 > 65 > 1 > 0; what ends a run at once
// (64, 70, 75, 78, 130, 143) wins over all of them.
ExitCode graver(ExitCode left, ExitCode right);

}  // namespace tvh
