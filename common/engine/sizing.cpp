#include "engine/sizing.hpp"

namespace tvh::engine {

using model::SizeUnit;

namespace {

constexpr int kPlaces = 18;

Decimal percent_of(const Decimal& whole, const Decimal& percent) {
  return multiply(multiply(whole, percent, Rounding::toward_zero), Decimal::from_trusted("0.01"),
                  Rounding::toward_zero);
}

Refusal unknown_basis(SizeUnit unit, const std::string& what, const std::string& cure) {
  return {"no_" + what,
          "size_unit " + std::string(to_text(unit)) + " needs the " + what + ", which is not known; " + cure};
}

std::variant<Decimal, Refusal> percent_of_money(const Decimal& percent, SizeUnit unit,
                                                const SizingBasis& basis) {
  const bool of_equity = unit == SizeUnit::percent_equity;
  const auto& money = of_equity ? basis.equity : basis.free_balance;
  if (!money) {
    return unknown_basis(unit, of_equity ? "equity" : "balance", "check the venue with tvhook-exec --check");
  }
  if (!money->is_positive()) {
    return Refusal{"no_balance",
                   "the account has " + money->to_string() + " to take " + percent.to_string() + " % of"};
  }
  return bought_with(percent_of(*money, percent), *basis.price, basis.fee_rate);
}

// The loss between entry and stop is `percent` of equity.
std::variant<Decimal, Refusal> risked(const Decimal& percent, const SizingBasis& basis) {
  if (!basis.equity)
    return unknown_basis(SizeUnit::risk_percent, "equity", "check the venue with tvhook-exec --check");
  if (!basis.stop_price) {
    return Refusal{"no_stop", "size_unit risk_percent needs a stop_loss to measure the risk against; send one"};
  }
  const Decimal distance = (*basis.price - *basis.stop_price).absolute();
  if (distance.is_zero())
    return Refusal{"no_stop", "the stop_loss is at the price itself: there is no risk to size by"};
  if (!basis.equity->is_positive())
    return Refusal{"no_balance", "the account's equity is " + basis.equity->to_string()};
  return divide(percent_of(*basis.equity, percent), distance, Rounding::toward_zero, kPlaces);
}

}  // namespace

Decimal bought_with(const Decimal& money, const Decimal& price, const Decimal& fee_rate) {
  const Decimal cost = multiply(price, Decimal(1) + fee_rate, Rounding::away_from_zero);
  return divide(money, cost, Rounding::toward_zero, kPlaces);
}

bool needs_account(SizeUnit unit) {
  switch (unit) {
    case SizeUnit::percent_equity:
    case SizeUnit::percent_balance:
    case SizeUnit::risk_percent:
      return true;
    case SizeUnit::base:
    case SizeUnit::quote:
    case SizeUnit::contracts:
    case SizeUnit::percent_position:
      return false;
  }
  return false;
}

std::variant<Decimal, Refusal> size_in_base(const Decimal& amount, SizeUnit unit, const SizingBasis& basis,
                                            const model::Instrument& instrument) {
  const bool is_of_holding = unit == SizeUnit::percent_balance && basis.at_most;
  if (is_of_holding) return percent_of(*basis.at_most, amount);
  const bool needs_price = needs_account(unit) || unit == SizeUnit::quote;
  if (needs_price && (!basis.price || !basis.price->is_positive())) {
    return Refusal{"no_price", "size_unit " + std::string(to_text(unit)) +
                                   " needs a price to be turned into base units; send \"price\" in the alert"};
  }
  switch (unit) {
    case SizeUnit::base:
      return amount;
    case SizeUnit::quote:
      return divide(amount, *basis.price, Rounding::toward_zero, kPlaces);
    // Without a contract size of its own an instrument is counted in base units, as TradingView counts crypto
    // pairs.
    case SizeUnit::contracts:
      return multiply(amount, instrument.contract_size.value_or(Decimal(1)), Rounding::toward_zero, kPlaces);
    case SizeUnit::percent_position: {
      if (basis.position.is_zero())
        return Refusal{"nothing_to_close", "there is no position to take a percentage of"};
      return percent_of(basis.position.absolute(), amount);
    }
    case SizeUnit::percent_equity:
    case SizeUnit::percent_balance:
      return percent_of_money(amount, unit, basis);
    case SizeUnit::risk_percent:
      return risked(amount, basis);
  }
  return amount;
}

}  // namespace tvh::engine
