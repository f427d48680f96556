// The paper venue: fills market orders at once, from its own account, kept through a PaperStore so that it
// survives restarts. Spot and perpetuals; a perpetual account is one-way, netted, at leverage 1.
#pragma once

#include <map>
#include <memory>

#include "base/clock.hpp"
#include "venue/venue.hpp"

namespace tvh::venue {

struct PaperSettings {
  std::string name = "paper";
  std::vector<model::PaperBalance> starting_balances;  // of an account that was never opened before
  std::map<std::string, Decimal> prices;               // by instrument, quote per base
  Decimal fee_rate;                                    // of the notional, taken in quote: 0.001 is 0.1 %
  Decimal slippage_rate;                               // against the order
};

// 10,000 USDT, fee 0.1 %, no slippage, no prices.
PaperSettings default_paper_settings();

class PaperVenue final : public Venue {
 public:
  enum class Account {
    open_if_new,
    as_it_is
  };  // as_it_is: for looking only, through a store that cannot write
  static Result<std::unique_ptr<PaperVenue>> open(PaperSettings settings, model::PaperStore& store,
                                                  const Clock& clock, Account account = Account::open_if_new);

  const std::string& name() const override { return settings_.name; }
  // Fills at the order's reference price, else the configured price, else the last one seen, else refuses
  // ("no_price"). Refuses what the account cannot pay for ("insufficient_balance"). Unknown only when the store
  // fails.
  model::SubmitOutcome submit(const model::OrderRequest& order) override;
  QueryOutcome query_order(const std::string& client_order_id) override;
  Result<model::Instrument> find_instrument(const std::string& instrument, model::Market market) override;
  Result<std::optional<Decimal>> find_price(const std::string& instrument,
                                            const std::optional<Decimal>& reference_price) override;
  Result<std::vector<VenuePosition>> read_positions() override;
  Result<std::vector<model::PaperBalance>> read_balances() override;
  Result<AccountFigures> read_account(const model::Instrument& instrument) override;

 private:
  PaperVenue(PaperSettings settings, model::PaperStore& store, const Clock& clock)
      : settings_(std::move(settings)), store_(store), clock_(clock) {}

  using Evaluation = std::variant<model::PaperStore::Effect, model::Refused>;
  Result<Evaluation> evaluate(const model::OrderRequest& order);
  Result<std::optional<model::Refused>> settle_spot(const model::Instrument& instrument,
                                                    const model::Fill& fill, model::PaperStore::Effect& effect);
  Result<std::optional<model::Refused>> settle_perp(const model::Instrument& instrument,
                                                    const model::Fill& fill, model::PaperStore::Effect& effect);

  Result<Decimal> read_margin(const std::string& quote_asset, const std::string& but_for);

  PaperSettings settings_;
  model::PaperStore& store_;
  const Clock& clock_;
};

}  // namespace tvh::venue
