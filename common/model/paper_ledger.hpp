// What the paper venue keeps, and the port it keeps it through. It stands in model because two rooms that must
// not know each other meet here: venue decides, journal stores.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "model/order.hpp"

namespace tvh::model {

struct PaperBalance {
  std::string asset;
  Decimal amount;
};

// The venue's own net position per instrument (all strategies together), as a one-way account has it.
struct PaperPosition {
  std::string instrument;
  Decimal quantity;     // signed
  Decimal entry_price;  // 0 when flat
};

struct PaperOrder {
  OrderRequest request;
  OrderReport report;      // with its fill, if it has one: paper fills an order once
  TimePoint at{};          // when it was placed
  bool triggered = false;  // its stop has been passed: from then on it is what comes after the stop
  std::string reason{};    // the code it ended by, when it rested first and did not fill
};

// The paper account. Every call is durable when it returns, and atomic.
class PaperStore {
 public:
  virtual ~PaperStore() = default;

  // Stores `starting` if the account has never had a balance; later starts change nothing.
  virtual Result<void> open_account(const std::vector<PaperBalance>& starting) = 0;
  virtual Result<std::optional<PaperOrder>> read_order(const std::string& client_order_id) = 0;
  virtual Result<Decimal> read_balance(const std::string& asset) = 0;
  virtual Result<std::vector<PaperBalance>> read_balances() = 0;
  virtual Result<PaperPosition> read_position(const std::string& instrument) = 0;
  virtual Result<std::vector<PaperPosition>> read_positions() = 0;
  virtual Result<std::optional<Decimal>> read_last_price(const std::string& instrument) = 0;

  // Those that rest (accepted), by the time they were placed, then by id. Costs what rests, not what has ended.
  virtual Result<std::vector<PaperOrder>> read_resting_orders() = 0;
  virtual Result<std::vector<PaperOrder>> read_resting_orders(const std::string& instrument) = 0;

  // The whole effect of one thing that happened to one order.
  struct Effect {
    PaperOrder order;                    // as it stands afterwards, at most one fill
    std::vector<PaperBalance> balances;  // new amounts, not changes; those not named stay
    PaperPosition position;              // of its instrument, as it stands afterwards
    std::optional<Decimal> price;        // the price it saw; absent: none
    TimePoint at{};                      // when it saw it
  };
  // Of an order that is new. bug, and nothing changed, when its id is known.
  virtual Result<void> append_effect(const Effect& effect) = 0;
  // Of an order that rests. bug, and nothing changed, when it does not: what has ended stays as it is.
  virtual Result<void> settle_resting(const Effect& effect) = 0;
  // A price was seen, and nothing more.
  virtual Result<void> write_price(const std::string& instrument, const Decimal& price, TimePoint at) = 0;
};

}  // namespace tvh::model
