#include "journal/paper_store.hpp"

namespace tvh::journal {

using model::PaperBalance;
using model::PaperPosition;

Result<void> SqlitePaperStore::open_account(const std::vector<PaperBalance>& starting) {
  {
    TVH_TRY(const auto balances, read_balances());
    if (!balances.empty()) return {};
  }
  TVH_TRY(auto write, journal_.begin_write());
  TVH_TRY(const auto balances, read_balances());  // another tool may have opened it while we waited
  if (!balances.empty()) return {};
  for (const PaperBalance& balance : starting) TVH_CHECK(store_balance(balance));
  return write.commit();
}

Result<Decimal> SqlitePaperStore::read_balance(const std::string& asset) {
  TVH_TRY(auto statement,
          journal_.statement("SELECT amount FROM paper_balances WHERE venue = ? AND asset = ?"));
  statement->bind(venue_).bind(asset);
  TVH_TRY(const bool row, statement->step());
  return row ? statement->checked(statement->read_decimal()) : Decimal();
}

Result<std::vector<PaperBalance>> SqlitePaperStore::read_balances() {
  TVH_TRY(auto statement,
          journal_.statement("SELECT asset, amount FROM paper_balances WHERE venue = ? ORDER BY asset"));
  statement->bind(venue_);
  std::vector<PaperBalance> balances;
  while (true) {
    TVH_TRY(const bool row, statement->step());
    if (!row) return balances;
    PaperBalance balance;
    balance.asset = statement->read_text();
    balance.amount = statement->read_decimal();
    balances.push_back(std::move(balance));
  }
}

Result<PaperPosition> SqlitePaperStore::read_position(const std::string& instrument) {
  TVH_TRY(auto statement,
          journal_.statement(
              "SELECT quantity, entry_price FROM paper_positions WHERE venue = ? AND instrument = ?"));
  statement->bind(venue_).bind(instrument);
  PaperPosition position{instrument, {}, {}};
  TVH_TRY(const bool row, statement->step());
  if (row) {
    position.quantity = statement->read_decimal();
    position.entry_price = statement->read_decimal();
  }
  return statement->checked(position);
}

Result<std::vector<PaperPosition>> SqlitePaperStore::read_positions() {
  TVH_TRY(auto statement,
          journal_.statement("SELECT instrument, quantity, entry_price FROM paper_positions WHERE venue = ? "
                             "ORDER BY instrument"));
  statement->bind(venue_);
  std::vector<PaperPosition> positions;
  while (true) {
    TVH_TRY(const bool row, statement->step());
    if (!row) return positions;
    PaperPosition position;
    position.instrument = statement->read_text();
    position.quantity = statement->read_decimal();
    position.entry_price = statement->read_decimal();
    positions.push_back(std::move(position));
  }
}

Result<std::optional<Decimal>> SqlitePaperStore::read_last_price(const std::string& instrument) {
  TVH_TRY(auto statement,
          journal_.statement("SELECT price FROM paper_prices WHERE venue = ? AND instrument = ?"));
  statement->bind(venue_).bind(instrument);
  TVH_TRY(const bool row, statement->step());
  return row ? statement->checked(std::optional(statement->read_decimal())) : std::optional<Decimal>();
}

Result<void> SqlitePaperStore::store_balance(const PaperBalance& balance) {
  TVH_TRY(auto statement,
          journal_.statement("INSERT INTO paper_balances (venue, asset, amount) VALUES (?, ?, ?) ON CONFLICT "
                             "(venue, asset) DO UPDATE SET amount = excluded.amount"));
  statement->bind(venue_).bind(balance.asset).bind(balance.amount);
  return statement->run();
}

Result<void> SqlitePaperStore::store_price(const std::string& instrument, const Decimal& price, TimePoint at) {
  TVH_TRY(auto statement,
          journal_.statement("INSERT INTO paper_prices (venue, instrument, price, at) VALUES (?, ?, ?, ?) ON "
                             "CONFLICT (venue, instrument) DO UPDATE SET price = excluded.price, at = "
                             "excluded.at"));
  statement->bind(venue_).bind(instrument).bind(price).bind(at);
  return statement->run();
}

Result<void> SqlitePaperStore::store_account(const Effect& effect) {
  for (const PaperBalance& balance : effect.balances) TVH_CHECK(store_balance(balance));
  {
    TVH_TRY(auto statement,
            journal_.statement(
                "INSERT INTO paper_positions (venue, instrument, quantity, entry_price) VALUES (?, ?, ?, ?) ON "
                "CONFLICT (venue, instrument) DO UPDATE SET quantity = excluded.quantity, entry_price = "
                "excluded.entry_price"));
    statement->bind(venue_)
        .bind(effect.position.instrument)
        .bind(effect.position.quantity)
        .bind(effect.position.entry_price);
    TVH_CHECK(statement->run());
  }
  if (!effect.price) return {};
  return store_price(effect.position.instrument, *effect.price, effect.at);
}

Result<void> SqlitePaperStore::append_effect(const Effect& effect) {
  TVH_TRY(auto write, journal_.begin_write());
  TVH_CHECK(insert_order(effect.order));
  TVH_CHECK(store_account(effect));
  return write.commit();
}

Result<void> SqlitePaperStore::settle_resting(const Effect& effect) {
  TVH_TRY(auto write, journal_.begin_write());
  TVH_CHECK(update_order(effect.order));
  TVH_CHECK(store_account(effect));
  return write.commit();
}

Result<void> SqlitePaperStore::write_price(const std::string& instrument, const Decimal& price, TimePoint at) {
  TVH_TRY(auto write, journal_.begin_write());
  TVH_CHECK(store_price(instrument, price, at));
  return write.commit();
}

}  // namespace tvh::journal
