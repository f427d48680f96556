// The log, from threads that must not wait for whoever reads stderr: lines go through a bounded queue to a
// thread of their own. What does not fit is counted and said.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "cli/log.hpp"
#include "tvhook-listen/metrics.hpp"

namespace tvh {

class AlertLog {
 public:
  // `metrics`, if there are any, count every request that is logged, or would be if the level let it.
  explicit AlertLog(cli::Log& log, ListenMetrics* metrics = nullptr, std::size_t capacity = 8192);
  ~AlertLog();  // stops
  AlertLog(const AlertLog&) = delete;
  AlertLog& operator=(const AlertLog&) = delete;

  // One request: where it came from, what it was answered and why. Never its query, body or secret.
  struct Line {
    cli::LogLevel level = cli::LogLevel::info;
    int status = 0;
    std::string source;
    std::string verdict;
    std::string signal_id;  // "" for none
  };
  void add(Line line);
  // Leaves `lines` empty. The thread that writes them is not woken yet, so that it does not run before whoever
  // the lines are about has been answered: wake() is owed afterwards.
  void add_all(std::vector<Line>& lines);
  void wake();
  // Anything else worth a line.
  void note(cli::LogLevel level, std::string message);

  // Writes what is queued and ends the thread; what is added later is lost.
  void stop();

 private:
  void run();
  void write(const Line& line);

  cli::Log& log_;
  ListenMetrics* const metrics_;
  const std::size_t capacity_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Line> lines_;  // status 0: a note, its text in `verdict`
  std::size_t left_out_ = 0;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace tvh
