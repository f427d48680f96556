// An executor with everything it needs, in memory: one journal, one venue, what it told.
#pragma once

#include <memory>
#include <stdexcept>

#include "execution/executor.hpp"
#include "journal/sqlite_book.hpp"
#include "support/fake_venue.hpp"
#include "support/journal_invariants.hpp"
#include "support/pending_signals.hpp"

namespace tvh::test {

struct TellTale final : execution::RecordSink {
  void on_order(const model::OrderRecord& record) override { orders.push_back(record); }
  void on_refusal(const model::RefusalRecord& record) override { refusals.push_back(record); }
  void on_warning(const std::string& text) override { warnings.push_back(text); }
  std::vector<model::OrderRecord> orders;
  std::vector<model::RefusalRecord> refusals;
  std::vector<std::string> warnings;
};

template <class Value>
Value value_of(Result<Value> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(*result);
}
inline void expect(const Result<void>& result) {
  if (!result) throw std::runtime_error(result.error().message);
}

// How one signal stands when nothing happens by itself any more.
enum class Ending {
  done,
  refused,
  resting,          // its orders are known at the venue and not all over
  nothing,          // it came before
  edited_too_late,  // the same, with another text
  unknown,          // an order may exist
  waits,            // for its lane
};

class TradingDesk {
 public:
  TradingDesk() : journal(value_of(journal::Journal::open_in_memory())), book(*journal), keeper(*journal) {
    settings.rules.rules_for = [this](const std::string& strategy) {
      const auto known = rules.find(strategy);
      return known == rules.end() ? default_rules : known->second;
    };
    settings.venues = {&venue};
    default_rules.venue = "fake";
    start();
  }

  // A new executor on the same journal, as after a restart or with other settings.
  void start() {
    executor.reset();  // before the next one watches the venues
    keeper.roll_back();
    executor = std::make_unique<execution::Executor>(keeper, clock, settings, told);
    expect(executor->start());
  }

  Result<Ending> try_run(const model::Signal& signal) {
    TVH_TRY(const auto given, executor->give(signal));
    if (given == execution::Executor::Given::edited_too_late) return Ending::edited_too_late;
    TVH_CHECK(executor->run_until_idle());
    if (given == execution::Executor::Given::nothing) return Ending::nothing;
    return ending_of(signal.id);
  }
  Ending run(const model::Signal& signal) { return value_of(try_run(signal)); }
  Ending run(const SampleSignal& sample) { return run(make_signal(sample)); }
  // What the journal has pending, this one among it.
  Ending run_stored(const model::Signal& signal) {
    const bool pending = one("SELECT state FROM signals WHERE id = '" + signal.id + "'") == "pending";
    value_of(executor->take_pending());
    expect(executor->run_until_idle());
    return pending ? ending_of(signal.id) : Ending::nothing;
  }
  // Looks at everything unsettled now; how many orders stay unknown.
  int recover() { return value_of(try_recover()); }
  Result<int> try_recover() {
    executor->look_now();
    TVH_CHECK(executor->run_until_idle());
    return executor->unknown_orders();
  }
  void settle() { expect(executor->run_until_idle()); }
  // Lets so much time pass, and whatever is due happen.
  void pass(std::chrono::milliseconds time) {
    clock.set(clock.now() + time);
    settle();
  }

  // Puts a signal where the listener puts it.
  void receive(const model::Signal& signal) { record_pending(*journal, {signal}); }
  void halt(const std::string& reason) {
    auto write = value_of(journal->begin_write());
    expect(book.write_halt(reason, clock.now()));
    expect(write.commit());
  }
  void resume() {
    auto write = value_of(journal->begin_write());
    expect(book.remove_halt());
    expect(write.commit());
  }
  void ask_to_flatten(const std::string& arguments = "{}") {
    expect(journal->connection().execute(
        ("INSERT INTO requests (at, kind, arguments) VALUES (1, 'flatten', '" + arguments + "')").c_str()));
    value_of(executor->take_requests());
  }

  std::string signal_state(const std::string& name) {
    return one("SELECT state FROM signals WHERE id = '" + sample_id(name) + "'");
  }
  std::string signal_reason(const std::string& name) {
    return one("SELECT reason FROM signals WHERE id = '" + sample_id(name) + "'");
  }
  // States of its orders, in the order of their legs: "filled", "filled unknown".
  std::string order_states(const std::string& name) {
    std::string states;
    for (const auto& intent : value_of(book.read_intents(sample_id(name)))) {
      states += (states.empty() ? "" : " ") + std::string(to_text(intent.state));
    }
    return states;
  }
  std::string events() {
    std::string all;
    for (const auto& event : read_column(*journal, "SELECT event FROM order_events ORDER BY seq")) {
      all += (all.empty() ? "" : " ") + event;
    }
    return all;
  }
  Decimal held(const std::string& instrument, const std::string& strategy = "ma_cross_v1") {
    return value_of(book.read_position("fake", instrument, strategy)).quantity;
  }
  std::string one(const std::string& sql) {
    const auto values = read_column(*journal, sql);
    return values.empty() ? "" : values.front();
  }
  std::vector<std::string> broken() { return broken_invariants(*journal); }

  std::unique_ptr<journal::Journal> journal;
  journal::Execution book;
  journal::SqliteBook keeper;
  TickingClock clock;
  FakeVenue venue;
  TellTale told;
  engine::StrategyRules default_rules;
  std::map<std::string, engine::StrategyRules> rules;
  execution::ExecutorSettings settings;
  std::unique_ptr<execution::Executor> executor;

 private:
  Ending ending_of(const std::string& id) {
    const std::string state = one("SELECT state FROM signals WHERE id = '" + id + "'");
    if (state == "done") return Ending::done;
    if (state == "refused") return Ending::refused;
    if (state == "pending") return Ending::waits;
    const std::string unknown = one("SELECT count(*) FROM intents WHERE signal_id = '" + id +
                                    "' AND state IN ('planned', 'submitting', 'unknown')");
    return unknown == "0" ? Ending::resting : Ending::unknown;
  }
};

}  // namespace tvh::test
