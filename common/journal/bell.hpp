// `<journal>.bell`: one byte written after a commit wakes a waiting executor in well under a millisecond.
// inotify on the -wal file itself would wake before the commit can be seen.
#pragma once

#include <string>

#include "base/result.hpp"

namespace tvh::journal {

// Rings. Never fails its caller: a lost ring costs the executor its fallback look, one second.
class Bell {
 public:
  Bell() = default;
  explicit Bell(const std::string& journal_path);
  Bell(Bell&& other) noexcept;
  Bell& operator=(Bell&& other) noexcept;
  ~Bell();
  void ring();

 private:
  int fd_ = -1;
};

// Hears. Open it before the first look into the journal, so that no ring falls between.
class BellWatch {
 public:
  BellWatch(BellWatch&& other) noexcept;
  BellWatch& operator=(BellWatch&& other) noexcept;
  ~BellWatch();
  static Result<BellWatch> open(const std::string& journal_path);

  int fd() const { return fd_; }  // readable when it rang; for poll()
  void silence();                 // takes the rings so far

 private:
  explicit BellWatch(int fd) : fd_(fd) {}
  int fd_ = -1;
};

}  // namespace tvh::journal
