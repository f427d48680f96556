#include "tvhook-validate/alert_pipeline.hpp"

#include <algorithm>
#include <thread>

namespace tvh {
namespace {

constexpr std::size_t kBatchBytes = 256 * 1024;
// Less than this is checked faster than a thread starts.
constexpr std::size_t kWorthAThread = 32 * 1024;

// So many that no core waits while the oldest is written.
std::size_t most_in_flight() { return 2 * std::max(1u, std::thread::hardware_concurrency()) + 4; }

}  // namespace

AlertPipeline::AlertPipeline(const CheckRules& check, const ReportRules& report, cli::Output& records,
                             cli::Output& findings)
    : check_(check),
      report_(report),
      records_(records),
      findings_(findings),
      most_in_flight_(most_in_flight()),
      next_(std::make_unique<Work>()) {}

void AlertPipeline::begin_source(const std::string& name) {
  dispatch();
  next_->batch.source = name;
}

void AlertPipeline::add(std::string_view alert, std::size_t line) {
  next_->batch.add(alert, line);
  if (next_->batch.text.size() >= kBatchBytes) dispatch();
}

std::unique_ptr<AlertPipeline::Work> AlertPipeline::take_spare() {
  if (spare_.empty()) return std::make_unique<Work>();
  std::unique_ptr<Work> work = std::move(spare_.back());
  spare_.pop_back();
  work->batch.clear();
  work->report.clear();
  return work;
}

void AlertPipeline::dispatch() {
  if (next_->batch.alerts.empty()) return;
  if (in_flight_.empty() && next_->batch.text.size() < kWorthAThread) {
    check_batch(next_->batch, check_, report_, next_->report);
    write(next_->report);
    next_->batch.clear();
    next_->report.clear();
    return;
  }
  while (in_flight_.size() >= most_in_flight_) write_oldest();
  auto work = std::exchange(next_, take_spare());
  next_->batch.source = work->batch.source;
  in_flight_.push_back(std::async(std::launch::async, [this, work = std::move(work)]() mutable {
    check_batch(work->batch, check_, report_, work->report);
    return std::move(work);
  }));
}

void AlertPipeline::write_oldest() {
  auto work = in_flight_.front().get();
  in_flight_.pop_front();
  write(work->report);
  spare_.push_back(std::move(work));
}

void AlertPipeline::write(BatchReport& report) {
  contents_.settle_ids(report);
  add_totals(totals_, report.totals);
  if (is_stopped()) return;
  if (!report.findings.empty()) clear_progress();
  findings_.write(report.findings);
  std::string_view records = report.records;
  if (report_.format == ReportFormat::sarif && first_result_ && !records.empty()) {
    records.remove_prefix(1);  // the comma before it
    first_result_ = false;
  }
  if (take_signal_) {
    hand_over(records);
  } else {
    records_.write(records);
  }
  // Findings and signals of one stretch of input appear together.
  if (auto flushed = findings_.flush(); !flushed) failure_ = flushed.error();
  if (auto flushed = records_.flush(); !flushed) failure_ = flushed.error();
  update_progress();
}

void AlertPipeline::hand_over(std::string_view records) {
  while (!records.empty() && !failure_) {
    const std::size_t end = records.find('\n');
    if (auto taken = take_signal_(records.substr(0, end)); !taken) failure_ = taken.error();
    records.remove_prefix(end + 1);
  }
}

void AlertPipeline::update_progress() {
  constexpr std::chrono::milliseconds kPace{500};
  if (clock_ == nullptr) return;
  const auto now = clock_->steady();
  if (shown_at_ == decltype(shown_at_)()) shown_at_ = now;
  if (now - shown_at_ < kPace) return;
  shown_at_ = now;
  shown_ = true;
  findings_.write("\rchecked " + std::to_string(totals_.alerts) + " alerts");
  if (auto flushed = findings_.flush(); !flushed) failure_ = flushed.error();
}

void AlertPipeline::clear_progress() {
  if (std::exchange(shown_, false)) findings_.write("\r\x1b[K");
}

Result<void> AlertPipeline::drain() {
  dispatch();
  while (!in_flight_.empty()) write_oldest();
  clear_progress();
  if (failure_) return *failure_;
  return {};
}

}  // namespace tvh
