// The executor's book in the journal.
#pragma once

#include <optional>

#include "journal/book.hpp"
#include "journal/execution.hpp"

namespace tvh::journal {

class SqliteBook final : public Book {
 public:
  explicit SqliteBook(Journal& journal) : execution_(journal) {}

  Result<model::ExecutionOnFile> load(TimePoint now) override;
  Result<void> begin() override;
  Result<std::optional<model::Halt>> read_halt() override;
  Result<void> apply(const model::JournalEntry& entry, TimePoint at) override;
  Result<void> commit() override;
  void roll_back() override;
  Result<model::SignalOnFile> find_signal(const model::Signal& signal) override;
  Result<std::vector<model::Signal>> read_pending(std::int64_t& after_seq, int limit) override;
  Result<std::vector<model::Request>> read_requests() override;
  Result<std::optional<model::OrderOnFile>> find_order(const std::string& client_order_id) override;
  void maintain() override;

 private:
  Result<model::OrderOnFile> with_history(const model::Intent& intent);

  Execution execution_;
  std::optional<Journal::Write> write_;
};

}  // namespace tvh::journal
