#include "journal/traffic.hpp"

namespace tvh::journal {

Result<Traffic> read_traffic(Journal& journal) {
  // The ends of the table and of a partial index, however long the journal is; the count is of what waits.
  TVH_TRY(auto statement,
          journal.statement("SELECT (SELECT received_at FROM signals ORDER BY seq DESC LIMIT 1), "
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
