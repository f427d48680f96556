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
  OrderReport report;
  TimePoint at{};
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

  // One order's whole effect: the order, new balances and position, and the price it saw.
  struct Effect {
    PaperOrder order;
    std::vector<PaperBalance> balances;  // new amounts, not changes
    PaperPosition position;
    Decimal price;
  };
  virtual Result<void> append_effect(const Effect& effect) = 0;
};

}  // namespace tvh::model
