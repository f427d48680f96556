// The paper account's money: what a fill does to it, what resting orders bind of it, and whether it can pay.
//
// Spot: one asset is paid, the other received. Perpetuals: one-way, netted, at leverage 1: quote is the margin
// of every open position, and closing realises into it. Fees are taken in quote.
#pragma once

#include <map>
#include <string>

#include "model/paper_ledger.hpp"
#include "venue/paper_settings.hpp"

namespace tvh::venue {

class PaperAccount {
 public:
  PaperAccount(const PaperSettings& settings, model::PaperStore& store) : settings_(settings), store_(store) {}

  // Puts `fill` into `effect`: the balances and the position after it; or says what the account lacks. The
  // order itself, if it rests, binds nothing any more. What only reduces a position is never refused.
  Result<std::optional<model::Refused>> settle(const model::Instrument& instrument, const model::Fill& fill,
                                               model::PaperStore::Effect& effect);
  // Whether `order` can be left to rest beside what rests already.
  Result<std::optional<model::Refused>> check_resting(const model::Instrument& instrument,
                                                      const model::PaperOrder& order);
  // How much of the position in the order's instrument an order of its side would close.
  Result<Decimal> read_reducible(const model::OrderRequest& order);

  // configured, else the last one seen. A perpetual without a price of its own takes its spot market's.
  Result<std::optional<Decimal>> read_price(const std::string& instrument);
  // Equity counts what was bought in this quote asset at its latest price, and the open profit of perpetuals
  // settled in it; what was never priced is not counted, so equity errs on the low side.
  Result<model::AccountFigures> read_figures(const model::Instrument& instrument);

 private:
  bool lacks(const Decimal& free, const Decimal& needed) const {
    return settings_.knows_money && free < needed;
  }
  using Amounts = std::map<std::string, Decimal>;  // by asset

  Result<std::optional<model::Refused>> settle_spot(const model::Instrument& instrument,
                                                    const model::Fill& fill, model::PaperStore::Effect& effect);
  Result<std::optional<model::Refused>> settle_perp(const model::Instrument& instrument,
                                                    const model::Fill& fill, model::PaperStore::Effect& effect);
  Result<Decimal> read_margin(const std::string& quote_asset, const std::string& but_for);
  Result<Amounts> read_bound(const std::string& but_for, const model::PaperOrder* and_also = nullptr);

  const PaperSettings& settings_;
  model::PaperStore& store_;
};

// The fee of a trade, in quote.
Decimal paper_fee(const Decimal& quantity, const Decimal& price, const Decimal& fee_rate);

}  // namespace tvh::venue
