#include "simulation/simulated_book.hpp"

#include "support/book_text.hpp"

namespace tvh::simulation {
namespace {

void must(const Result<void>& result) {
  if (!result) throw Violation{"book", "the journal failed: " + result.error().message};
}
template <class Value>
Value must_have(Result<Value> result) {
  if (!result) throw Violation{"book", "the journal failed: " + result.error().message};
  return std::move(*result);
}
void must_agree(bool agrees, const std::string& what) {
  if (!agrees) throw Violation{"book", "memory and SQLite differ in " + what};
}
void must_agree(const std::string& memory, const std::string& sqlite, const std::string& what) {
  if (memory != sqlite) must_agree(false, what + "\n--- memory\n" + memory + "\n--- sqlite\n" + sqlite);
}

}  // namespace

SimulatedBook::SimulatedBook(JournalKind kind, Faults& faults, std::function<void()> instant)
    : faults_(faults), instant_(std::move(instant)) {
  if (kind == JournalKind::memory) return;
  journal_ = must_have(journal::Journal::open_in_memory());
  sqlite_ = std::make_unique<journal::SqliteBook>(*journal_);
}

void SimulatedBook::execute(const std::string& sql) {
  if (sqlite_) must(journal_->connection().execute(sql.c_str()));
}

void SimulatedBook::add_pending(const model::Signal& signal) {
  memory.add_pending(signal);
  if (!sqlite_) return;
  if (must_have(sqlite_->find_signal(signal)).state) return;
  must(sqlite_->begin());
  must(sqlite_->apply(model::KeepSignal{signal}, signal.received_at));
  must(sqlite_->commit());
}

void SimulatedBook::halt(const std::string& reason, TimePoint at) {
  memory.halt(reason, at);
  execute("INSERT OR REPLACE INTO controls (key, value, updated_at) VALUES ('halt', '" + reason + "', " +
          std::to_string(nanoseconds_since_epoch(at)) + ")");
}

void SimulatedBook::resume() {
  memory.resume();
  execute("DELETE FROM controls WHERE key = 'halt'");
}

void SimulatedBook::ask(const model::Request& request, TimePoint at) {
  memory.ask(request);
  execute("INSERT INTO requests (at, kind, arguments) VALUES (" + std::to_string(nanoseconds_since_epoch(at)) +
          ", '" + request.kind + R"(', '{"strategy":")" + request.strategy + R"(","venue":")" + request.venue +
          R"(","symbol":")" + request.symbol + R"("}'))");
}

void SimulatedBook::crash() {
  memory.crash();
  if (!sqlite_) return;
  sqlite_->roll_back();
  sqlite_ = std::make_unique<journal::SqliteBook>(*journal_);
}

Result<model::ExecutionOnFile> SimulatedBook::load(TimePoint now) {
  TVH_TRY(auto file, memory.load(now));
  if (sqlite_) must_agree(test::text_of(file), test::text_of(must_have(sqlite_->load(now))), "what is on file");
  return file;
}

Result<void> SimulatedBook::begin() {
  if (faults_.strikes(Fault::journal_busy)) memory.failing_begins = 1;
  TVH_CHECK(memory.begin());
  if (sqlite_) must(sqlite_->begin());
  return {};
}

Result<std::optional<model::Halt>> SimulatedBook::read_halt() {
  TVH_TRY(auto halt, memory.read_halt());
  if (sqlite_) must_agree(halt == must_have(sqlite_->read_halt()), "the halt");
  return halt;
}

Result<void> SimulatedBook::apply(const model::JournalEntry& entry, TimePoint at) {
  auto applied = memory.apply(entry, at);
  if (sqlite_) {
    const auto also = sqlite_->apply(entry, at);
    const std::string said = also ? "" : also.error().message;
    must_agree(applied.has_value() == also.has_value(), "whether an entry can be applied: " + said);
  }
  return applied;
}

Result<void> SimulatedBook::commit() {
  instant_();
  if (faults_.strikes(Fault::commit_lost)) {
    memory.next_commit = test::MemoryBook::CommitFault::nothing_written;
    if (sqlite_) sqlite_->roll_back();
    return memory.commit();
  }
  if (faults_.strikes(Fault::commit_kept))
    memory.next_commit = test::MemoryBook::CommitFault::everything_written;
  auto committed = memory.commit();
  if (sqlite_) must(sqlite_->commit());
  instant_();
  return committed;
}

void SimulatedBook::roll_back() {
  memory.roll_back();
  if (sqlite_) sqlite_->roll_back();
}

Result<model::SignalOnFile> SimulatedBook::find_signal(const model::Signal& signal) {
  TVH_TRY(auto found, memory.find_signal(signal));
  if (sqlite_) {
    const auto also = must_have(sqlite_->find_signal(signal));
    must_agree(found.state == also.state && found.differs == also.differs, "signal " + signal.id);
  }
  return found;
}

Result<std::vector<model::Signal>> SimulatedBook::read_pending(std::int64_t& after_seq, int limit) {
  std::int64_t sqlite_seq = after_seq;
  TVH_TRY(auto pending, memory.read_pending(after_seq, limit));
  if (sqlite_) {
    const auto also = must_have(sqlite_->read_pending(sqlite_seq, limit));
    must_agree(pending == also && sqlite_seq == after_seq, "what is pending");
  }
  return pending;
}

Result<std::vector<model::Request>> SimulatedBook::read_requests() {
  TVH_TRY(auto requests, memory.read_requests());
  if (sqlite_) {
    const auto also = must_have(sqlite_->read_requests());
    bool agree = requests.size() == also.size();
    for (std::size_t i = 0; agree && i < also.size(); ++i) {
      agree = requests[i].seq == also[i].seq && requests[i].kind == also[i].kind &&
              requests[i].strategy == also[i].strategy && requests[i].venue == also[i].venue &&
              requests[i].symbol == also[i].symbol && requests[i].running == also[i].running &&
              requests[i].signals == also[i].signals;
    }
    must_agree(agree, "requests");
  }
  return requests;
}

Result<std::optional<model::OrderOnFile>> SimulatedBook::find_order(const std::string& client_order_id) {
  TVH_TRY(auto found, memory.find_order(client_order_id));
  if (sqlite_) {
    const auto also = must_have(sqlite_->find_order(client_order_id));
    must_agree(found ? test::text_of(*found) : "", also ? test::text_of(*also) : "",
               "order " + client_order_id);
  }
  return found;
}

}  // namespace tvh::simulation
