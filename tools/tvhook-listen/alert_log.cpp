#include "tvhook-listen/alert_log.hpp"

#include <pthread.h>

#include <utility>

namespace tvh {

AlertLog::AlertLog(cli::Log& log, ListenMetrics* metrics, std::size_t capacity)
    : log_(log), metrics_(metrics), capacity_(capacity), thread_([this] { run(); }) {}

AlertLog::~AlertLog() { stop(); }

void AlertLog::stop() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void AlertLog::add(Line line) {
  if (metrics_ != nullptr && line.status != 0) metrics_->count_answer(line.status, line.verdict);
  if (!log_.enabled(line.level)) return;
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    if (lines_.size() >= capacity_) {
      ++left_out_;
      return;
    }
    wake = lines_.empty();
    lines_.push_back(std::move(line));
  }
  if (wake) changed_.notify_one();
}

void AlertLog::add_all(std::vector<Line>& lines) {
  if (metrics_ != nullptr) {
    for (const Line& line : lines) metrics_->count_answer(line.status, line.verdict);
  }
  {
    const std::lock_guard lock(mutex_);
    for (Line& line : lines) {
      if (lines_.size() >= capacity_) {
        ++left_out_;
      } else {
        lines_.push_back(std::move(line));
      }
    }
  }
  lines.clear();
}

void AlertLog::wake() { changed_.notify_one(); }

void AlertLog::note(cli::LogLevel level, std::string message) {
  Line line;
  line.level = level;
  line.verdict = std::move(message);
  add(std::move(line));
}

void AlertLog::write(const Line& line) {
  if (!log_.enabled(line.level)) return;
  if (line.status == 0) return log_.write(line.level, line.verdict);
  const std::string status = std::to_string(line.status);
  if (line.signal_id.empty()) {
    log_.write(line.level, "alert", {{"source", line.source}, {"status", status}, {"verdict", line.verdict}});
  } else {
    log_.write(
        line.level, "alert",
        {{"source", line.source}, {"status", status}, {"verdict", line.verdict}, {"id", line.signal_id}});
  }
}

void AlertLog::run() {
  ::pthread_setname_np(::pthread_self(), "log");
  std::vector<Line> batch;
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return !lines_.empty() || stopping_; });
    if (lines_.empty()) return;
    batch.swap(lines_);
    const std::size_t left_out = std::exchange(left_out_, 0);
    lock.unlock();
    for (const Line& line : batch) write(line);
    batch.clear();
    if (left_out > 0) {
      log_.warning("the log is read too slowly; lines left out: " + std::to_string(left_out));
    }
    lock.lock();
  }
}

}  // namespace tvh
