#include "disk/watched_disk.hpp"

#include <sqlite3.h>

#include <cstring>
#include <optional>
#include <stdexcept>

namespace tvh::test {
namespace {

sqlite3_vfs* real_vfs = nullptr;
sqlite3_vfs watched_vfs;
std::string watched_path;
DiskWatcher* watcher = nullptr;

struct WatchedFile {
  sqlite3_file base;
  DiskFile file;
  bool watched;
  bool syncs_folder;   // with its next sync, as SQLite's own VFS does for a log it may have made
  sqlite3_file* real;  // stands behind this struct
};

WatchedFile* as_ours(sqlite3_file* file) { return reinterpret_cast<WatchedFile*>(file); }
sqlite3_file* real_of(sqlite3_file* file) { return as_ours(file)->real; }

DiskFault ask(sqlite3_file* file, DiskCall call, std::int64_t offset = 0, std::string_view bytes = {},
              bool syncs_folder = false) {
  if (!as_ours(file)->watched) return DiskFault::none;
  return watcher->watch({call, as_ours(file)->file, offset, bytes, syncs_folder});
}

std::optional<DiskFile> file_of(const char* name) {
  const std::string path = name != nullptr ? name : "";
  if (path == watched_path) return DiskFile::database;
  if (path == watched_path + "-wal") return DiskFile::log;
  if (path == watched_path + "-journal") return DiskFile::rollback;
  return std::nullopt;
}

int close_file(sqlite3_file* file) { return real_of(file)->pMethods->xClose(real_of(file)); }

int read_bytes(sqlite3_file* file, void* buffer, int amount, sqlite3_int64 offset) {
  const DiskFault fault = ask(file, DiskCall::read, offset);
  if (fault == DiskFault::io_error) return SQLITE_IOERR_READ;
  const int code = real_of(file)->pMethods->xRead(real_of(file), buffer, amount, offset);
  if (fault != DiskFault::short_read) return code;
  std::memset(static_cast<char*>(buffer) + amount / 2, 0, std::size_t(amount - amount / 2));
  return SQLITE_IOERR_SHORT_READ;
}

int write_bytes(sqlite3_file* file, const void* bytes, int amount, sqlite3_int64 offset) {
  const std::string_view text(static_cast<const char*>(bytes), std::size_t(amount));
  const DiskFault fault = ask(file, DiskCall::write, offset, text);
  if (fault == DiskFault::none) return real_of(file)->pMethods->xWrite(real_of(file), bytes, amount, offset);
  if (amount > 1) (void)real_of(file)->pMethods->xWrite(real_of(file), bytes, amount / 2, offset);
  return fault == DiskFault::no_space ? SQLITE_FULL : SQLITE_IOERR_WRITE;
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  if (ask(file, DiskCall::truncate, size) != DiskFault::none) return SQLITE_IOERR_TRUNCATE;
  return real_of(file)->pMethods->xTruncate(real_of(file), size);
}

int sync_file(sqlite3_file* file, int) {
  if (ask(file, DiskCall::sync, 0, {}, as_ours(file)->syncs_folder) != DiskFault::none)
    return SQLITE_IOERR_FSYNC;
  as_ours(file)->syncs_folder = false;
  return SQLITE_OK;
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
  return real_of(file)->pMethods->xFileSize(real_of(file), size);
}
int lock_file(sqlite3_file* file, int level) { return real_of(file)->pMethods->xLock(real_of(file), level); }
int unlock_file(sqlite3_file* file, int level) {
  return real_of(file)->pMethods->xUnlock(real_of(file), level);
}
int check_reserved(sqlite3_file* file, int* result) {
  return real_of(file)->pMethods->xCheckReservedLock(real_of(file), result);
}
int control_file(sqlite3_file* file, int operation, void* argument) {
  return real_of(file)->pMethods->xFileControl(real_of(file), operation, argument);
}
int sector_size(sqlite3_file* file) { return real_of(file)->pMethods->xSectorSize(real_of(file)); }
int device_characteristics(sqlite3_file* file) {
  return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}
int map_shared(sqlite3_file* file, int region, int size, int extend, void volatile** memory) {
  return real_of(file)->pMethods->xShmMap(real_of(file), region, size, extend, memory);
}
int lock_shared(sqlite3_file* file, int offset, int count, int flags) {
  const bool takes = (flags & SQLITE_SHM_LOCK) != 0 && (flags & SQLITE_SHM_EXCLUSIVE) != 0;
  if (takes && ask(file, DiskCall::lock) != DiskFault::none) return SQLITE_BUSY;
  return real_of(file)->pMethods->xShmLock(real_of(file), offset, count, flags);
}
void shared_barrier(sqlite3_file* file) { real_of(file)->pMethods->xShmBarrier(real_of(file)); }
int unmap_shared(sqlite3_file* file, int remove) {
  return real_of(file)->pMethods->xShmUnmap(real_of(file), remove);
}

// Version 2: 1 would turn WAL off without a word, 3 would promise memory mapping.
const sqlite3_io_methods kMethods{2,
                                  close_file,
                                  read_bytes,
                                  write_bytes,
                                  truncate_file,
                                  sync_file,
                                  file_size,
                                  lock_file,
                                  unlock_file,
                                  check_reserved,
                                  control_file,
                                  sector_size,
                                  device_characteristics,
                                  map_shared,
                                  lock_shared,
                                  shared_barrier,
                                  unmap_shared,
                                  nullptr,
                                  nullptr};

int open_file(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* flags_out) {
  WatchedFile* const ours = as_ours(file);
  const auto which = file_of(name);
  ours->base.pMethods = nullptr;
  ours->watched = which.has_value();
  ours->file = which.value_or(DiskFile::database);
  ours->syncs_folder = which && *which != DiskFile::database && (flags & SQLITE_OPEN_CREATE) != 0;
  ours->real = reinterpret_cast<sqlite3_file*>(ours + 1);
  if (ask(file, DiskCall::open) != DiskFault::none) return SQLITE_CANTOPEN;
  const int code = real_vfs->xOpen(real_vfs, name, ours->real, flags, flags_out);
  if (code == SQLITE_OK) ours->base.pMethods = &kMethods;
  return code;
}

int remove_file(sqlite3_vfs*, const char* name, int sync_folder) {
  const auto which = file_of(name);
  if (which && watcher->watch({DiskCall::remove, *which, 0, {}, sync_folder != 0}) != DiskFault::none) {
    return SQLITE_IOERR_DELETE;
  }
  return real_vfs->xDelete(real_vfs, name, 0);
}

int pass_time(sqlite3_vfs*, int microseconds) { return microseconds; }

}  // namespace

WatchedDisk::WatchedDisk(const std::string& path, DiskWatcher& watcher_of_path) {
  if (watcher != nullptr) throw std::logic_error("one watched disk at a time");
  sqlite3_initialize();
  real_vfs = sqlite3_vfs_find(nullptr);
  watched_path = path;
  watcher = &watcher_of_path;
  watched_vfs = *real_vfs;
  watched_vfs.zName = "watched";
  watched_vfs.pNext = nullptr;
  watched_vfs.szOsFile = int(sizeof(WatchedFile)) + real_vfs->szOsFile;
  watched_vfs.xOpen = open_file;
  watched_vfs.xDelete = remove_file;
  watched_vfs.xSleep = pass_time;
  if (sqlite3_vfs_register(&watched_vfs, 1) != SQLITE_OK) throw std::runtime_error("cannot watch the disk");
}

WatchedDisk::~WatchedDisk() {
  sqlite3_vfs_unregister(&watched_vfs);
  sqlite3_vfs_register(real_vfs, 1);
  watcher = nullptr;
}

}  // namespace tvh::test
