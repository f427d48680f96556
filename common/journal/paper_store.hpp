// The paper venue's account in the journal's paper_ tables.
#pragma once

#include "journal/journal.hpp"
#include "model/paper_ledger.hpp"

namespace tvh::journal {

// One account per venue name. Uses `journal`'s connection: not while a Write of it is open, for the calls that
// write.
class SqlitePaperStore final : public model::PaperStore {
 public:
  SqlitePaperStore(Journal& journal, std::string venue) : journal_(journal), venue_(std::move(venue)) {}

  Result<void> open_account(const std::vector<model::PaperBalance>& starting) override;
  Result<std::optional<model::PaperOrder>> read_order(const std::string& client_order_id) override;
  Result<Decimal> read_balance(const std::string& asset) override;
  Result<std::vector<model::PaperBalance>> read_balances() override;
  Result<model::PaperPosition> read_position(const std::string& instrument) override;
  Result<std::vector<model::PaperPosition>> read_positions() override;
  Result<std::optional<Decimal>> read_last_price(const std::string& instrument) override;
  Result<std::vector<model::PaperOrder>> read_resting_orders() override;
  Result<std::vector<model::PaperOrder>> read_resting_orders(const std::string& instrument) override;
  Result<void> append_effect(const Effect& effect) override;
  Result<void> settle_resting(const Effect& effect) override;
  Result<void> write_price(const std::string& instrument, const Decimal& price, TimePoint at) override;

 private:
  // Inside a write transaction of the caller's.
  Result<void> store_balance(const model::PaperBalance& balance);
  Result<void> store_price(const std::string& instrument, const Decimal& price, TimePoint at);
  Result<void> store_account(const Effect& effect);  // all of it but the order
  Result<void> insert_order(const model::PaperOrder& order);
  Result<void> update_order(const model::PaperOrder& order);

  model::PaperOrder read_row(Statement& row) const;

  Journal& journal_;
  std::string venue_;
};

}  // namespace tvh::journal
