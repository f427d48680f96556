// Whether the files of an open journal are still the ones at its path. A deleted or replaced file takes writes
// as willingly as ever, and nobody finds them again.
#pragma once

#include <sys/types.h>

#include <array>
#include <cstdint>
#include <string>

#include "base/result.hpp"

namespace tvh::journal {

// What a file looked like when it was last written: equal as long as nobody writes to it.
struct Contents {
  std::int64_t size = 0;
  std::int64_t modified_ns = 0;  // the file system's time, nanoseconds since the epoch

  friend bool operator==(const Contents&, const Contents&) = default;
};

class OpenFiles {
 public:
  OpenFiles() = default;  // of a journal in memory: always in place, always the same

  // Takes note of the files that are there, right after they were opened.
  explicit OpenFiles(const std::string& journal_path);

  // The database's contents; storage when one was deleted, moved away or replaced, and the message names it.
  // Four calls of statx(2), because to open them would drop SQLite's locks.
  Result<Contents> check() const;

 private:
  struct File {
    std::string path;
    dev_t device = 0;
    ino_t inode = 0;
  };
  std::array<File, 4> files_;  // the database first
};

// Of a file that need not be there.
Contents contents_of(const std::string& path);

}  // namespace tvh::journal
