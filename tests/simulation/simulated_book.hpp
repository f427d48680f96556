// The book as the executor of a world sees it: in memory, and on request in SQLite beside it, each call made on
// both and their answers compared. Here commits fail, the journal is busy, and processes die.
#pragma once

#include <functional>
#include <memory>

#include "journal/sqlite_book.hpp"
#include "simulation/report.hpp"
#include "support/memory_book.hpp"

namespace tvh::simulation {

enum class JournalKind { memory, sqlite };

class SimulatedBook final : public journal::Book {
 public:
  // `instant` is called where the process may die, and then throws.
  SimulatedBook(JournalKind kind, Faults& faults, std::function<void()> instant);

  test::MemoryBook memory;

  // As other tools do it; see MemoryBook.
  void add_pending(const model::Signal& signal);
  void halt(const std::string& reason, TimePoint at);
  void resume();
  void ask(const model::Request& request, TimePoint at);
  void crash();

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

 private:
  void execute(const std::string& sql);

  Faults& faults_;
  std::function<void()> instant_;
  std::unique_ptr<journal::Journal> journal_;  // nullptr: memory alone
  std::unique_ptr<journal::SqliteBook> sqlite_;
};

}  // namespace tvh::simulation
