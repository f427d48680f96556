// The executor's book: the port through which it keeps what it decided and learns what it once knew.
// SqliteBook is the journal; tests have one in memory that passes the same contract.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "model/execution_record.hpp"

namespace tvh::journal {

class Book {
 public:
  virtual ~Book() = default;

  // What an executor needs to go on.
  virtual Result<model::ExecutionOnFile> load(TimePoint now) = 0;

  // One transaction at a time. Nothing of it is durable before commit() returns success; a failed commit() may
  // turn out either way after a crash. While it is open no other process writes: what read_halt() says holds
  // until commit(). temporary when another process holds the journal for long.
  virtual Result<void> begin() = 0;
  virtual Result<std::optional<model::Halt>> read_halt() = 0;
  // A transition that the order's table lacks is a bug.
  virtual Result<void> apply(const model::JournalEntry& entry, TimePoint at) = 0;
  virtual Result<void> commit() = 0;
  virtual void roll_back() = 0;

  // Outside or inside a transaction.
  virtual Result<model::SignalOnFile> find_signal(const model::Signal& signal) = 0;
  // Pending signals in the order they came, at most `limit`, after the row `after_seq`, which is moved to the
  // last one read.
  virtual Result<std::vector<model::Signal>> read_pending(std::int64_t& after_seq, int limit) = 0;
  // What is asked of the running executor and not done yet, in order.
  virtual Result<std::vector<model::Request>> read_requests() = 0;
  // An order that has ended, for news that comes late. Nothing: we never had one of that id.
  virtual Result<std::optional<model::OrderOnFile>> find_order(const std::string& client_order_id) = 0;
  // After a round: whatever upkeep waits for a quiet moment.
  virtual void maintain() {}
};

}  // namespace tvh::journal
