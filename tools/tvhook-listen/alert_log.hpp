// The log, from threads that must not wait for whoever reads stderr: lines go through a bounded queue to a
// thread of their own, which is in no hurry. What does not fit is counted and said.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "cli/log.hpp"
#include "tvhook-listen/metrics.hpp"
#include "tvhook-listen/refusal_sampler.hpp"

namespace tvh {

class AlertLog {
 public:
  // `metrics`, if there are any, count every request that is logged, or would be if the level let it.
  // Refusals of strangers are written as the journal keeps them, as many as `refusals` let through; how many
  // were not is said every `told_every` while there are some.
  explicit AlertLog(cli::Log& log, ListenMetrics* metrics = nullptr, std::size_t capacity = 8192,
                    const SamplerLimits& refusals = {},
                    std::chrono::milliseconds told_every = std::chrono::minutes(1));
  ~AlertLog();  // stops
  AlertLog(const AlertLog&) = delete;
  AlertLog& operator=(const AlertLog&) = delete;

  using Fields = std::vector<std::pair<std::string, std::string>>;

  // One request: where it came from, what it was answered and why. Never its query, body or secret.
  struct Line {
    cli::LogLevel level = cli::LogLevel::info;
    int status = 0;
    std::string source;
    std::string verdict;
    std::string signal_id;  // "" for none
    Fields fields{};        // of a note
    bool is_strangers_refusal = false;
  };
  void add(Line line);
  // Leaves `lines` empty. The thread that writes them is not woken yet, so that it does not run before whoever
  // the lines are about has been answered: wake() is owed afterwards.
  void add_all(std::vector<Line>& lines);
  void wake();
  // Anything else worth a line.
  void note(cli::LogLevel level, std::string message, Fields fields = {});

  // Gives the reader up to `patience` to take what is queued, then ends the thread; what he did not take, and
  // what is added later, is lost.
  static constexpr std::chrono::milliseconds kPatience{1000};
  void stop(std::chrono::milliseconds patience = kPatience);

 private:
  void run();
  void write_lines();
  void wait_for_lines(std::unique_lock<std::mutex>& lock);
  std::string take_unlogged();
  bool wait_until_writable() const;
  bool write_all(const std::vector<Line>& lines);
  std::string format(const Line& line) const;
  bool put(std::string& lines);

  cli::Log& log_;
  ListenMetrics* const metrics_;
  const std::size_t capacity_;
  int stop_event_ = -1;        // readable when the thread must give up
  bool regular_file_ = false;  // always writable
  std::mutex mutex_;
  std::condition_variable changed_;
  std::condition_variable resting_;
  std::condition_variable ended_changed_;
  std::vector<Line> lines_;  // status 0: a note, its text in `verdict`
  std::size_t left_out_ = 0;
  RefusalSampler sampler_;
  const std::chrono::milliseconds told_every_;
  std::uint64_t unlogged_ = 0;  // refusals, since the first of them that was not told of
  std::chrono::steady_clock::time_point unlogged_since_{};
  bool stopping_ = false;
  bool ended_ = false;
  std::thread thread_;
};

}  // namespace tvh
