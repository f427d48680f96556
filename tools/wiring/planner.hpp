// What alerts and signals would become, on a throw-away copy of the account: --plan of tvhook-exec, --venue of
// tvhook-validate. Nothing is sent; the journal is only read.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "cli/run_tool.hpp"
#include "execution/executor.hpp"
#include "journal/sqlite_book.hpp"
#include "wiring/wiring.hpp"

namespace tvh {

// Tells each order as it would leave: planned, with nothing that the clock or the fill adds.
class PlanSink final : public execution::RecordSink {
 public:
  PlanSink(cli::Output& output, bool as_text) : output_(output), as_text_(as_text) {}
  void on_order(const model::OrderRecord& record) override;
  void on_refusal(const model::RefusalRecord& record) override;

  int refusals = 0;

 private:
  cli::Output& output_;
  bool as_text_;
  std::set<std::string> told_;
};

struct PlanSettings {
  std::optional<std::string> venue;  // as --venue
  std::vector<std::string> symbols;
  std::vector<std::string> strategies;
  // How old a signal is. Alerts that are checked long after they came were not late.
  bool judges_age = true;
};

// Every signal is executed on paper against a copy in memory of the journal's positions and account, so that a
// later signal meets what an earlier one would have left. What exchanges' accounts have is left open. Nothing
// depends on the clock but ages.
class Planner {
 public:
  // `context` and `sink` must outlive it. A journal that does not exist is an empty one.
  static Result<std::unique_ptr<Planner>> open(const PlanSettings& settings, cli::Context& context,
                                               execution::RecordSink& sink);
  Result<void> plan(const model::Signal& signal);
  // Its state in the journal, when it is there.
  Result<std::optional<model::SignalState>> state_on_file(const model::Signal& signal);

 private:
  Planner(const PlanSettings& settings, cli::Context& context, std::unique_ptr<journal::Journal> original,
          std::unique_ptr<journal::Journal> copy, Venues venues, execution::ExecutorSettings executor,
          execution::RecordSink& sink);
  Result<void> tell_unknown_filters(const model::Signal& signal);

  PlanSettings settings_;
  cli::Context& context_;
  std::unique_ptr<journal::Journal> original_;  // nullptr: there is none
  std::unique_ptr<journal::Journal> copy_;
  Venues venues_;
  std::set<std::string> told_;
  journal::SqliteBook book_;
  execution::Executor executor_;
};

}  // namespace tvh
