// The venue port: an exchange, or the paper one, as the executor sees it. One adapter a folder; features that
// wrap a venue are decorators. What every implementation owes is asserted by tests/contract.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "model/instrument.hpp"
#include "model/order.hpp"
#include "model/paper_ledger.hpp"

namespace tvh::venue {

struct VenuePosition {
  std::string instrument;
  Decimal quantity;  // signed, base units, all strategies together
};

// An account's money as far as one instrument's orders are concerned. Absent: the venue does not tell.
struct AccountFigures {
  std::optional<Decimal> free_base;   // of the base asset, not bound by orders
  std::optional<Decimal> free_quote;  // of the quote asset, not bound by orders or margin
  std::optional<Decimal> equity;      // in quote: balances and open profit at the latest prices
  Decimal fee_rate;                   // of the notional, at worst
};

// The venue is sure that it knows no such order, and its memory for ids covers the time it was sent.
struct NotFound {};
using QueryOutcome = std::variant<model::OrderReport, NotFound, model::Unknown>;

class Venue {
 public:
  virtual ~Venue() = default;
  virtual const std::string& name() const = 0;

  // Sends one order. Accepted: the venue confirmed it (its report inside). Refused: it exists nowhere, with the
  // venue's code and text. Unknown: it may exist; the caller must query by client order id and must not send
  // again before it is proven absent. Sending an id the venue knows already answers with that order, never with
  // a second one.
  virtual model::SubmitOutcome submit(const model::OrderRequest& order) = 0;
  virtual QueryOutcome query_order(const std::string& client_order_id) = 0;

  // Filters of one instrument; bad_data when the venue does not trade it.
  virtual Result<model::Instrument> find_instrument(const std::string& instrument, model::Market market) = 0;
  // The price an order of that instrument would meet now, given the alert's own; nothing when none is known.
  virtual Result<std::optional<Decimal>> find_price(const std::string& instrument,
                                                    const std::optional<Decimal>& reference_price) = 0;
  virtual Result<std::vector<VenuePosition>> read_positions() = 0;
  virtual Result<std::vector<model::PaperBalance>> read_balances() = 0;
  virtual Result<AccountFigures> read_account(const model::Instrument& instrument) = 0;
};

}  // namespace tvh::venue
