#include "journal/traffic.hpp"

namespace tvh::journal {

Result<Traffic> read_traffic(Journal& journal) {
  // A row for each strategy and instrument, the end of a partial index, and a count of what waits, however long
  // the journal is. Of alerts: what an executor read from its stdin may be of any time.
  TVH_TRY(auto statement,
          journal.statement("SELECT (SELECT max(received_at) FROM latest_signals), "
                            "(SELECT received_at FROM signals WHERE state = 'pending' ORDER BY "
                            "seq LIMIT 1), (SELECT count(*) FROM signals WHERE state = 'pending')"));
  TVH_TRY(const bool row, statement->step());
  TVH_INVARIANT(row, "a select without a table always has its row");
  Traffic traffic;
  traffic.last_signal = statement->read_optional_time();
  traffic.oldest_pending = statement->read_optional_time();
  traffic.pending = statement->read_integer();
  return traffic;
}

}  // namespace tvh::journal
