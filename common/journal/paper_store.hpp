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
  Result<void> append_effect(const Effect& effect) override;

 private:
  Result<void> write_balance(const model::PaperBalance& balance);
  Result<void> insert_order(const model::PaperOrder& order);

  Journal& journal_;
  std::string venue_;
};

}  // namespace tvh::journal
