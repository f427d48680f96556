// Checks a stream of alerts on all cores and writes the results in input order. What is there is always
// finished and written before the input is waited for.
#pragma once

#include <deque>
#include <functional>
#include <future>
#include <memory>

#include "base/clock.hpp"
#include "cli/output.hpp"
#include "tvhook-validate/alert_batch.hpp"

namespace tvh {

class AlertPipeline {
 public:
  // All must outlive the pipeline. `findings` is stderr.
  AlertPipeline(const CheckRules& check, const ReportRules& report, cli::Output& records,
                cli::Output& findings);

  // A line on `findings`, a terminal, that says how far it is, at most twice a second.
  void show_progress(const Clock& clock) { clock_ = &clock; }
  // Signal records go there, line by line and in order, instead of to `records`. An Error ends it all.
  using TakeSignal = std::function<Result<void>(std::string_view line)>;
  void hand_signals_to(TakeSignal take) { take_signal_ = std::move(take); }
  void begin_source(const std::string& name);
  void add(std::string_view alert, std::size_t line);
  // Everything added so far is with the kernel when it returns.
  Result<void> drain();
  // The reader of stdout is gone, or stdout cannot be written: no use in going on.
  bool is_stopped() const { return records_.closed() || failure_.has_value(); }
  const CheckTotals& totals() const { return totals_; }

 private:
  // Alerts and what became of them. Used again and again: memory given back would be fetched anew, page by
  // page.
  struct Work {
    AlertBatch batch;
    BatchReport report;
  };

  void dispatch();
  void write_oldest();
  void write(BatchReport& report);
  std::unique_ptr<Work> take_spare();
  void hand_over(std::string_view records);
  void update_progress();
  void clear_progress();

  const CheckRules& check_;
  const ReportRules& report_;
  cli::Output& records_;
  cli::Output& findings_;
  std::size_t most_in_flight_;
  std::unique_ptr<Work> next_;
  std::vector<std::unique_ptr<Work>> spare_;
  std::deque<std::future<std::unique_ptr<Work>>> in_flight_;
  RepeatedContents contents_;
  CheckTotals totals_;
  bool first_result_ = true;
  const Clock* clock_ = nullptr;  // progress is shown
  std::chrono::steady_clock::time_point shown_at_{};
  bool shown_ = false;
  TakeSignal take_signal_;
  std::optional<Error> failure_;
};

}  // namespace tvh
