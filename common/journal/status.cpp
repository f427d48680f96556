#include "journal/status.hpp"

namespace tvh::journal {

Result<Counts> read_counts(Journal& journal) {
  // Each of the three is answered from a partial index or a small table, however long the journal is.
  TVH_TRY(auto statement,
          journal.statement("SELECT (SELECT count(*) FROM signals WHERE state = 'pending'), (SELECT count(*) "
                            "FROM signals WHERE state = 'claimed'), (SELECT count(*) FROM positions WHERE "
                            "quantity <> '0')"));
  Counts counts;
  TVH_TRY(const bool row, statement->step());
  TVH_INVARIANT(row, "a select without a table always has its row");
  counts.pending = statement->read_integer();
  counts.claimed = statement->read_integer();
  counts.open_positions = statement->read_integer();
  return counts;
}

}  // namespace tvh::journal
