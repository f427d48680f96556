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
    check(execution.claim_given(signal, signal.received_at));
    const std::string sql =
        "UPDATE signals SET state = 'pending', claimed_at = NULL WHERE id = '" + signal.id + "'";
    check(journal.connection().execute(sql.c_str()));
  }
  check(write->commit());
}

}  // namespace tvh::test
