// The one thread that writes to the journal: everything that waits becomes one transaction, then its answers,
// then what may come later (stdout, the log, checkpoints). It never waits for company.
#pragma once

#include <chrono>
#include <vector>

#include "base/clock.hpp"
#include "journal/alert_store.hpp"
#include "tvhook-listen/alert_log.hpp"
#include "tvhook-listen/arrival_queue.hpp"
#include "tvhook-listen/journal_health.hpp"
#include "tvhook-listen/metrics.hpp"
#include "tvhook-listen/record_output.hpp"

namespace tvh {

class JournalWriter {
 public:
  struct Parts {
    ArrivalQueue& queue;
    journal::AlertStore& store;
    JournalHealth& health;
    RecordOutput& records;
    AlertLog& log;
    const Clock& clock;
    ListenMetrics& metrics;
  };
  explicit JournalWriter(const Parts& parts) : parts_(parts) {}

  // Until the queue is closed and everything in it is settled. While the journal fails, or an alert
  // has waited for it in vain, it is probed once a second; while it works there is no timer.
  void run();

 private:
  void recall();
  void write_batch();
  void note_times(const std::vector<journal::Stored>& stored);
  void log_outcomes(const std::vector<journal::Stored>& stored, const std::vector<std::size_t>& late);
  void probe();
  void note_failure(const Error& error);
  void note_success();

  Parts parts_;
  std::vector<journal::Arrival> batch_;
  std::vector<AlertLog::Line> lines_;
  bool recalled_ = false;
  bool failing_ = false;
  std::chrono::steady_clock::time_point last_complaint_{};
};

}  // namespace tvh
