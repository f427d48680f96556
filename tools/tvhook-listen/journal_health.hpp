// Whether the journal commits, as /health tells it. Any thread.
#pragma once

#include <atomic>

namespace tvh {

class JournalHealth {
 public:
  bool commits() const { return commits_.load(std::memory_order_relaxed); }
  void set_commits() { commits_.store(true, std::memory_order_relaxed); }
  void set_fails() { commits_.store(false, std::memory_order_relaxed); }

 private:
  std::atomic<bool> commits_{true};
};

}  // namespace tvh
