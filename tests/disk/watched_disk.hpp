// SQLite's disk, watched: every call on a database and its log is shown to a watcher first, who records it,
// lets it fail, or holds it up. A VFS over the system's own; shared memory passes through.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tvh::test {

// lock: taking one of the exclusive locks in shared memory that writers and checkpoints need.
enum class DiskCall { open, read, write, truncate, sync, remove, lock };

// The files of one journal.
enum class DiskFile { database, log, rollback };

enum class DiskFault {
  none,
  io_error,    // EIO; of a write half of it has landed
  short_read,  // half of what was asked for, the rest zeros
  no_space,    // ENOSPC; half of the write has landed
  busy,
};

struct DiskOperation {
  DiskCall call = DiskCall::read;
  DiskFile file = DiskFile::database;
  std::int64_t offset = 0;  // truncate: the new size
  std::string_view bytes{};
  bool syncs_folder = false;  // sync, remove: the folder's entries are durable after it
};

class DiskWatcher {
 public:
  virtual ~DiskWatcher() = default;
  // From the thread that calls SQLite, before it happens.
  virtual DiskFault watch(const DiskOperation& operation) = 0;
};

// Nothing ever happens to it.
class PatientDisk final : public DiskWatcher {
 public:
  DiskFault watch(const DiskOperation&) override { return DiskFault::none; }
};

// While it lives, what this process opens of the database at `path` is watched; other databases are not. One at
// a time, and nothing may be open at its end. Syncs are not carried out (no test cuts the real power), and a
// busy lock is waited for in no time.
class WatchedDisk {
 public:
  WatchedDisk(const std::string& path, DiskWatcher& watcher);
  ~WatchedDisk();
  WatchedDisk(const WatchedDisk&) = delete;
  WatchedDisk& operator=(const WatchedDisk&) = delete;
};

}  // namespace tvh::test
