// What the listener counts, as Prometheus reads it (GET /metrics on the admin address). Documented in
// tvhook-listen(1). prometheus-cpp shows in the .cpp only.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace tvh {

class ListenMetrics {
 public:
  ListenMetrics();
  ~ListenMetrics();
  ListenMetrics(const ListenMetrics&) = delete;
  ListenMetrics& operator=(const ListenMetrics&) = delete;

  // From any thread. `verdict` as it is logged: what follows its first word is left out.
  void count_answer(int status, std::string_view verdict);
  void observe_commit(Nanoseconds took, std::size_t alerts);
  void observe_answer(Nanoseconds took);  // of an alert that was stored, from its receipt

  // What is looked up when somebody asks.
  struct Present {
    bool journal_commits = true;
    std::size_t waiting = 0;
    std::uint64_t lines_left_out = 0;  // of stdout
    TimePoint certificate_end{};       // the epoch: there is none
  };
  // In the text format, version 0.0.4.
  std::string text(const Present& present) const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace tvh
