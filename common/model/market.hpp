// What a venue can do and what it says, as data: the words the executor and every venue share.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.hpp"
#include "model/instrument.hpp"
#include "model/order.hpp"

namespace tvh::model {

// At most `calls` within any `window`, all of them at once if need be.
struct Rate {
  int calls = 0;
  Nanoseconds window{};
};

// What a venue can do. Decisions read these; nothing branches on a venue's name.
struct Capabilities {
  bool spot = true;
  bool perp = true;
  bool reduce_only = true;          // of perpetuals
  bool nets_reversals = true;       // one order may lead through zero; else a reversal is two
  bool fills_at_reference = false;  // the alert's price is the price an order meets (paper)
  std::set<OrderType> order_types{OrderType::market};
  std::set<TimeInForce> times_in_force{TimeInForce::gtc, TimeInForce::ioc};
  // How long after it was sent a request may still arrive; one that is not there by then never will be.
  Nanoseconds fence{};
  // How long an order the venue has may be missing from its answers.
  Nanoseconds visibility_lag{};
  // Whether an id that was used is refused for ever after; else only while its order is open, so that a second
  // request after a fill would be a second order.
  bool ids_for_ever = true;
  // How long after it was sent the venue knows an order's id; later, absence proves nothing. Absent: for ever.
  std::optional<Nanoseconds> id_memory{};
  std::optional<Rate> order_rate{};  // submits and cancels
  std::optional<Rate> query_rate{};
};

// An account's money as far as one instrument's orders are concerned. Absent: the venue does not tell.
struct AccountFigures {
  std::optional<Decimal> free_base;   // of the base asset, not bound by orders
  std::optional<Decimal> free_quote;  // of the quote asset, not bound by orders or margin
  std::optional<Decimal> equity;      // in quote: balances and open profit at the latest prices
  Decimal fee_rate;                   // of the notional, at worst
};

// What planning an order needs to be told about one instrument.
struct LookUp {
  std::string instrument;
  Market market = Market::spot;
  bool price = false;    // the venue's latest
  bool account = false;  // AccountFigures
  bool closes = false;   // nothing will be opened by it: rather soon than with a price
};
struct MarketFacts {
  Instrument instrument;
  std::optional<Decimal> price;           // the venue's own, apart from any alert's; if asked and known
  std::string no_price{};                 // why the venue, which has one, did not tell it; "": it was not asked
  std::optional<AccountFigures> account;  // if asked
};
// Certainly no order now, whatever its size: the instrument, the key or the account's settings. `rule` is what
// the refusal is called.
struct NotTraded {
  std::string message;
  std::string rule = "unknown_instrument";
};
struct Unreachable {
  std::string message;
};
using LookUpOutcome = std::variant<MarketFacts, NotTraded, Unreachable>;

// What an order is found by.
struct OrderKey {
  std::string client_order_id;
  std::string venue_order_id;  // "" when it is not known
  std::string instrument;
  Market market = Market::spot;
  OrderType type = OrderType::market;  // some venues keep those with a trigger elsewhere
};

// The venue knows no such order. Whether that proves anything is for the asker: Capabilities.
struct NotFound {};
using QueryOutcome = std::variant<OrderReport, NotFound, Unknown>;

// A cancel is safe to ask again, always. OrderReport: how the order stands now, cancelled or filled meanwhile.
using CancelOutcome = std::variant<OrderReport, NotFound, Unknown>;

}  // namespace tvh::model
