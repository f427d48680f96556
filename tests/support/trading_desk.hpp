// An executor with everything it needs, in memory: one journal, one venue, what it told.
#pragma once

#include <memory>
#include <stdexcept>

#include "execution/executor.hpp"
#include "support/fake_venue.hpp"
#include "support/journal_invariants.hpp"
#include "support/pending_signals.hpp"

namespace tvh::test {

struct TellTale final : execution::RecordSink {
  void on_order(const wire::OrderRecord& record) override { orders.push_back(record); }
  void on_refusal(const wire::RefusalRecord& record) override { refusals.push_back(record); }
  std::vector<wire::OrderRecord> orders;
  std::vector<wire::RefusalRecord> refusals;
};

template <class Value>
Value value_of(Result<Value> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(*result);
}
inline void expect(const Result<void>& result) {
  if (!result) throw std::runtime_error(result.error().message);
}

class TradingDesk {
 public:
  TradingDesk() : journal(value_of(journal::Journal::open_in_memory())), book(*journal) {
    settings.rules_for = [this](const std::string& strategy) {
      const auto known = rules.find(strategy);
      return known == rules.end() ? default_rules : known->second;
    };
    settings.find_venue = [this](const std::string& name) { return name == "fake" ? &venue : nullptr; };
    default_rules.venue = "fake";
    start();
  }

  // A new executor on the same journal, as after a restart or with other settings.
  void start() { executor = std::make_unique<execution::Executor>(book, clock, settings, told); }

  execution::Ending run(const model::Signal& signal) { return value_of(executor->execute_given(signal)); }
  execution::Ending run(const SampleSignal& sample) { return run(make_signal(sample)); }
  int recover() { return value_of(executor->recover()); }

  // Puts a signal where the listener puts it.
  void receive(const model::Signal& signal) { record_pending(*journal, {signal}); }
  void halt(const std::string& reason) {
    auto write = value_of(journal->begin_write());
    expect(book.write_halt(reason, clock.now()));
    expect(write.commit());
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
  TickingClock clock;
  FakeVenue venue;
  TellTale told;
  engine::StrategyRules default_rules;
  std::map<std::string, engine::StrategyRules> rules;
  execution::ExecutorSettings settings;
  std::unique_ptr<execution::Executor> executor;
};

}  // namespace tvh::test
