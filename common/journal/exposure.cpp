#include "journal/exposure.hpp"

#include <map>

namespace tvh::journal {

Result<std::vector<model::DayLoss>> read_losses(Journal& journal, TimePoint now) {
  TVH_TRY(auto statement,
          journal.statement(
              "SELECT venue, strategy, instrument, realised, fee, fee_asset FROM fills WHERE at >= ?"));
  statement->bind(TimePoint(std::chrono::floor<std::chrono::days>(now)));
  std::map<std::pair<std::string, std::string>, Decimal> losses;
  while (true) {
    TVH_TRY(const bool row, statement->step());
    if (!row) break;
    const std::string venue = statement->read_text();
    const std::string strategy = statement->read_text();
    const std::string symbol = model::symbol_of(statement->read_text());
    const Decimal realised = statement->read_decimal();
    const Decimal fee = statement->read_decimal();
    const std::string fee_asset = statement->read_text();
    Decimal& loss = losses[{venue, strategy}];
    loss -= realised;
    // A fee in another asset than the quote has no price here; it is left out rather than guessed.
    if (symbol.ends_with(fee_asset)) loss += fee;
  }
  std::vector<model::DayLoss> all;
  for (auto& [key, loss] : losses) all.push_back({key.first, key.second, loss});
  return all;
}

Result<std::vector<model::SentOrder>> read_sent(Journal& journal, TimePoint now) {
  TVH_TRY(auto statement,
          journal.statement("SELECT venue, strategy, submitting_at FROM intents WHERE submitting_at > ?"));
  statement->bind(now - std::chrono::minutes(1));
  std::vector<model::SentOrder> sent;
  while (true) {
    TVH_TRY(const bool row, statement->step());
    if (!row) return sent;
    model::SentOrder order;
    order.venue = statement->read_text();
    order.strategy = statement->read_text();
    order.at = statement->read_time();
    sent.push_back(std::move(order));
  }
}

}  // namespace tvh::journal
