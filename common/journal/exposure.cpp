#include "journal/exposure.hpp"

#include <map>

namespace tvh::journal {

Result<std::vector<model::DayLoss>> read_losses(Journal& journal, TimePoint now) {
  TVH_TRY(auto statement,
          journal.statement(
              "SELECT f.venue, f.strategy, f.realised, f.price, f.fee, f.fee_asset, i.base_asset, "
              "i.quote_asset, i.instrument "
              "FROM fills f JOIN intents i ON i.client_order_id = f.client_order_id WHERE f.at >= ?"));
  statement->bind(TimePoint(std::chrono::floor<std::chrono::days>(now)));
  std::map<std::pair<std::string, std::string>, Decimal> losses;
  while (true) {
    TVH_TRY(const bool row, statement->step());
    if (!row) break;
    const std::string venue = statement->read_text();
    const std::string strategy = statement->read_text();
    Decimal& loss = losses[{venue, strategy}];
    loss -= statement->read_decimal();
    model::Fill fill;
    fill.price = statement->read_decimal();
    fill.fee = statement->read_decimal();
    fill.fee_asset = statement->read_text();
    std::string base_asset = statement->read_text();
    std::string quote_asset = statement->read_text();
    // A journal of the first version does not name the assets.
    const auto pair = model::split_symbol(model::symbol_of(statement->read_text()));
    if (base_asset.empty() && pair) {
      base_asset = pair->base;
      quote_asset = pair->quote;
    }
    loss += model::fee_in_quote(fill, base_asset, quote_asset);
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

// From the latest event backwards to the first that is too old, which costs as much as happened since. Where
// the clock was set back meanwhile, those before it look younger than they are, and only so many of them are
// read.
Result<std::vector<model::LatestMove>> read_moved(Journal& journal, TimePoint now) {
  TVH_TRY(auto statement, journal.statement("SELECT e.at, (SELECT i.venue FROM intents i WHERE "
                                            "i.client_order_id = e.client_order_id) FROM order_events e "
                                            "ORDER BY e.seq DESC LIMIT 10000"));
  std::map<std::string, TimePoint> latest;
  while (true) {
    TVH_TRY(const bool row, statement->step());
    if (!row) break;
    const TimePoint at = statement->read_time();
    if (at <= now - model::kMovesKept) break;
    latest.try_emplace(statement->read_text(), at);
  }
  std::vector<model::LatestMove> moved;
  for (const auto& [venue, at] : latest) moved.push_back({venue, at});
  return moved;
}

}  // namespace tvh::journal
