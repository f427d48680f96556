// From a size in whatever unit the alert speaks to base units (DESIGN 6, "Sizing"). Pure; only ever rounds
// down.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "engine/refusal.hpp"
#include "model/instrument.hpp"
#include "model/signal.hpp"

namespace tvh::engine {

// What sizes are measured against. Absent figures are not known; a unit that needs one is then refused by name.
struct SizingBasis {
  std::optional<Decimal> price;         // quote per base that the order may come to: see price_to_size_at()
  std::optional<Decimal> equity;        // of the account, in quote: balances and open profit
  std::optional<Decimal> free_balance;  // of quote, not bound by orders or margin
  Decimal position;                     // the strategy's, signed, in base units
  std::optional<Decimal> stop_price;    // where the loss ends, for risk_percent
  Decimal fee_rate;  // kept back from percentages of money, so that the order and its fee fit
  // Base units that an order may sell or close at most. percent_balance is of them where they are given: what a
  // sale is a part of is what can be sold.
  std::optional<Decimal> at_most{};
};

// `amount` (> 0) of `unit` in base units, before steps and minimums. Places beyond 18 are cut off, never
// rounded up.
std::variant<Decimal, Refusal> size_in_base(const Decimal& amount, model::SizeUnit unit,
                                            const SizingBasis& basis, const model::Instrument& instrument);

// Money to base units, the fee of buying it kept back.
Decimal bought_with(const Decimal& money, const Decimal& price, const Decimal& fee_rate);

// Whether the unit is measured against the account's money, so that equity and balance must be looked up.
bool needs_account(model::SizeUnit unit);

}  // namespace tvh::engine
