#include "base/exit_code.hpp"

namespace tvh {

ExitCode exit_code_of(Errc code) {
  switch (code) {
    case Errc::usage:
      return ExitCode::usage;
    case Errc::bad_data:
      return ExitCode::bad_data;
    case Errc::unavailable:
      return ExitCode::unavailable;
    case Errc::storage:
      return ExitCode::storage;
    case Errc::temporary:
      return ExitCode::temporary;
    case Errc::credentials:
      return ExitCode::credentials;
    case Errc::configuration:
      return ExitCode::configuration;
    case Errc::bug:
      return ExitCode::bug;
  }
  return ExitCode::bug;
}

static int gravity(ExitCode code) {
  switch (code) {
    case ExitCode::ok:
      return 0;
    case ExitCode::answer_is_no:
      return 1;
    case ExitCode::bad_data:
      return 2;
    case ExitCode::unavailable:
      return 3;
    case ExitCode::credentials:
      return 4;
    case ExitCode::storage:
      return 5;
    case ExitCode::outcome_unknown:
      return 6;
    case ExitCode::interrupted:
    case ExitCode::terminated:
      return 7;
    case ExitCode::usage:
    case ExitCode::temporary:
    case ExitCode::configuration:
      return 8;
    case ExitCode::bug:
      return 9;
  }
  return 9;
}

ExitCode graver(ExitCode left, ExitCode right) { return gravity(left) >= gravity(right) ? left : right; }

}  // namespace tvh
