// When a run that has been given everything may end although something of it has not.
#pragma once

#include <optional>

#include "execution/executor.hpp"

namespace tvh {

class Settling {
 public:
  using Steady = std::chrono::steady_clock::time_point;

  // Whether nothing is left to wait for, or all stands still for kPatience.
  bool is_over(const execution::Executor& executor, Steady now) {
    if (executor.unfinished_signals() == 0 && executor.calls_under_way() == 0) return true;
    return stands_still(executor, now, kPatience);
  }
  // Whether nothing has moved for `patience` but questions about what stays unknown.
  bool stands_still(const execution::Executor& executor, Steady now, std::chrono::seconds patience) {
    const bool moved = executor.entries_kept() != seen_ || executor.goes_on_by_itself();
    seen_ = executor.entries_kept();
    if (moved || !until_) until_ = now + patience;
    return now >= *until_;
  }
  // When to ask again at the latest.
  const std::optional<Steady>& until() const { return until_; }

 private:
  static constexpr std::chrono::seconds kPatience{15};
  std::int64_t seen_ = 0;
  std::optional<Steady> until_;
};

}  // namespace tvh
