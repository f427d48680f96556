// Whether the files of an open journal are still the ones at its path. A deleted or replaced file takes writes
// as willingly as ever, and nobody finds them again.
#pragma once

#include <sys/types.h>

#include <array>
#include <string>

#include "base/result.hpp"

namespace tvh::journal {

class OpenFiles {
 public:
  OpenFiles() = default;  // of a journal in memory: always in place

  // Takes note of the files that are there, right after they were opened.
  explicit OpenFiles(const std::string& journal_path);

  // storage when one was deleted, moved away or replaced; the message names it. Four calls of stat(2), because
  // to open them would drop SQLite's locks.
  Result<void> check() const;

 private:
  struct File {
    std::string path;
    dev_t device = 0;
    ino_t inode = 0;
  };
  std::array<File, 4> files_;
};

}  // namespace tvh::journal
