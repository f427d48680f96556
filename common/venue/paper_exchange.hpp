// The exchange behind the paper venue, without its way there: what happens the moment a request arrives or a
// price is seen. Each change is durable and atomic when a call returns.
//
// The price that is met is the market's from then on: every order that arrives brings the price it meets, and
// before the order itself is matched, what rests in its instrument is matched at that price. So nothing ever
// rests that the last price seen would trade, and after a death between the two, resume() restores that.
#pragma once

#include <functional>

#include "base/clock.hpp"
#include "venue/paper_account.hpp"
#include "venue/paper_matching.hpp"

namespace tvh::venue {

class PaperExchange {
 public:
  // `settings`, `store` and `clock` outlive this.
  PaperExchange(const PaperSettings& settings, model::PaperStore& store, const Clock& clock)
      : settings_(settings), store_(store), clock_(clock), account_(settings, store) {}

  // Told of each order that a price moved, once that is durable; not of an order that is placed or cancelled.
  using Watcher = std::function<void(const std::string& client_order_id, const model::OrderReport& report)>;
  void watch(Watcher watcher) { watcher_ = std::move(watcher); }

  // The errors are the store's; after one, the order may be there or not.
  //
  // Accepted: filled, resting, expired at once (ioc, fok), or, for a reduce-only order of more than the
  // position, cancelled with the position's quantity filled. Known ids get their order as it stands. Refused:
  // not an order, and the account as it was but for what rested and was met.
  Result<model::SubmitOutcome> place(const model::OrderRequest& request);
  // The order as it stands afterwards; nothing when there is none.
  Result<std::optional<model::OrderReport>> cancel(const std::string& client_order_id);
  // What rests and is met trades, by the time it was placed, then by id. Prices of 0 or less are no prices.
  Result<void> observe(const std::string& instrument, const Decimal& price);
  // After a start: trades what the last prices seen had met and the process before did not come to.
  Result<void> resume();

 private:
  // Why an order cannot be. `end`: how one that rested ends by it.
  struct Denial {
    model::Refused refused;
    model::OrderState end;
  };
  using Turn = std::variant<model::PaperStore::Effect, Denial>;

  Result<std::optional<Decimal>> read_met_price(const model::OrderRequest& request);
  Result<void> trade_resting(const std::string& instrument, const Decimal& price);
  Result<void> remember(const std::string& instrument, const std::optional<Decimal>& price);
  Result<Turn> match(const model::PaperOrder& order, Standing standing, const std::optional<Decimal>& price);
  Result<Turn> trade(const model::PaperOrder& order, const model::Instrument& instrument, const Decimal& price);
  Result<Turn> leave_resting(const model::PaperOrder& order, const model::Instrument& instrument,
                             Standing standing);
  static Denial nothing_to_reduce(const model::OrderRequest& request);
  Result<model::PaperStore::Effect> make_effect(const model::PaperOrder& order);

  const PaperSettings& settings_;
  model::PaperStore& store_;
  const Clock& clock_;
  PaperAccount account_;
  Watcher watcher_;
};

}  // namespace tvh::venue
