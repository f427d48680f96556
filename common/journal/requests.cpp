#include "journal/requests.hpp"

namespace tvh::journal {

Result<std::int64_t> ask_to_flatten(Journal& journal, const model::Request& scope, TimePoint now) {
  TVH_TRY(auto write, journal.begin_write());
  std::int64_t seq = 0;
  {
    TVH_TRY(auto insert,
            journal.statement("INSERT INTO requests (at, kind, arguments) VALUES (?, 'flatten', json_object("
                              "'strategy', ?, 'venue', ?, 'symbol', ?)) RETURNING seq"));
    insert->bind(now).bind(scope.strategy).bind(scope.venue).bind(scope.symbol);
    TVH_CHECK(insert->step());
    seq = insert->read_integer();
    TVH_CHECK(insert->step());
  }
  TVH_CHECK(write.commit());
  journal.ring();
  return seq;
}

Result<bool> knows_scope(Journal& journal, const model::Request& scope) {
  TVH_TRY(
      auto statement,
      journal.statement(
          "WITH known AS (SELECT strategy, instrument FROM positions UNION ALL SELECT strategy, instrument "
          "FROM "
          "latest_signals UNION ALL SELECT strategy, instrument FROM intents WHERE state = 'planned' OR state "
          "= "
          "'submitting' OR state = 'accepted' OR state = 'partially_filled' OR state = 'unknown') SELECT "
          "EXISTS "
          "(SELECT 1 FROM known WHERE (?1 = '' OR strategy = ?1) AND (?2 = '' OR instrument = ?2 OR instrument "
          "= ?2 || '.P'))"));
  statement->bind(scope.strategy).bind(scope.symbol);
  TVH_CHECK(statement->step());
  return statement->read_integer() != 0;
}

Result<bool> request_has_ended(Journal& journal, std::int64_t seq) {
  TVH_TRY(auto statement, journal.statement("SELECT state = 'done' FROM requests WHERE seq = ?"));
  statement->bind(seq);
  TVH_TRY(const bool row, statement->step());
  return !row || statement->read_integer() != 0;
}

}  // namespace tvh::journal
