#include "base/exit_code.hpp"

#include <vector>

#include "support/catch.hpp"

using namespace tvh;

TEST_CASE("exit code: every kind of error has its number") {
  CHECK(int(exit_code_of(Errc::usage)) == 64);
  CHECK(int(exit_code_of(Errc::bad_data)) == 65);
  CHECK(int(exit_code_of(Errc::unavailable)) == 69);
  CHECK(int(exit_code_of(Errc::bug)) == 70);
  CHECK(int(exit_code_of(Errc::storage)) == 74);
  CHECK(int(exit_code_of(Errc::temporary)) == 75);
  CHECK(int(exit_code_of(Errc::credentials)) == 77);
  CHECK(int(exit_code_of(Errc::configuration)) == 78);
}

TEST_CASE("exit code: 80 > 74 > 77 > 69 > 65 > 1 > 0, whichever comes first") {
  const std::vector<ExitCode> ascending{
      ExitCode::ok,          ExitCode::answer_is_no, ExitCode::bad_data,       ExitCode::unavailable,
      ExitCode::credentials, ExitCode::storage,      ExitCode::outcome_unknown};
  for (std::size_t i = 0; i < ascending.size(); ++i) {
    for (std::size_t j = 0; j < ascending.size(); ++j) {
      CAPTURE(int(ascending[i]), int(ascending[j]));
      CHECK(graver(ascending[i], ascending[j]) == ascending[std::max(i, j)]);
    }
  }
}

TEST_CASE("exit code: what ends a run at once wins over the rest") {
  for (const ExitCode final : {ExitCode::usage, ExitCode::bug, ExitCode::temporary, ExitCode::configuration,
                               ExitCode::interrupted, ExitCode::terminated}) {
    CAPTURE(int(final));
    CHECK(graver(final, ExitCode::outcome_unknown) == final);
    CHECK(graver(ExitCode::storage, final) == final);
  }
}
