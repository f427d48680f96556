// How a paper venue is set up.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/market.hpp"
#include "model/paper_ledger.hpp"

namespace tvh::venue {

struct PaperSettings {
  std::string name = "paper";
  std::vector<model::PaperBalance> starting_balances;  // of an account that was never opened before
  std::map<std::string, Decimal> prices;               // by instrument, quote per base
  Decimal fee_rate;                                    // of the notional, taken in quote: 0.001 is 0.1 %
  Decimal slippage_rate;                               // against what takes, at most to its limit
  Nanoseconds latency{};                               // how long an order, a cancel or a query takes to arrive
  std::optional<model::Rate> order_rate{};             // told as a capability, not enforced
  std::optional<model::Rate> query_rate{};
  // To stand in for an exchange: its filters where they are known, and what it trades.
  std::map<std::string, model::Instrument> instruments{};
  bool spot = true;
  bool perp = true;
  // false: what the account has is not known, so nothing is refused for want of it and nothing sized by it.
  bool knows_money = true;
};

// 10,000 USDT, fee 0.1 %, no slippage, no prices, no latency.
PaperSettings default_paper_settings();

// What paper knows of an instrument by its name; nothing when the pair cannot be told apart.
std::optional<model::Instrument> paper_instrument(const std::string& name, model::Market market);
// Why there is none, for a person.
std::string not_traded(const std::string& name, model::Market market);

}  // namespace tvh::venue
