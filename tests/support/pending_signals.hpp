// Signals as the listener leaves them for the executor.
#pragma once

#include <stdexcept>
#include <vector>

#include "journal/execution.hpp"

namespace tvh::test {

inline void record_pending(journal::Journal& journal, const std::vector<model::Signal>& signals) {
  const auto check = [](const auto& result) {
    if (!result) throw std::runtime_error(result.error().message);
  };
  journal::Execution execution(journal);
  auto write = journal.begin_write();
  check(write);
  for (const auto& signal : signals) {
    check(execution.hold_given(signal));
  }
  check(write->commit());
}

}  // namespace tvh::test
