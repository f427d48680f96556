#include "journal/gathering_vfs.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

namespace tvh::journal {
namespace {

constexpr std::size_t kMaxGathered = std::size_t{1} << 20;
// SQLite's own VFS looks at the lower 17 bits of a length only: 128 KiB would be nothing.
constexpr std::size_t kMaxWrite = std::size_t{1} << 16;
// How far the log's blocks are laid out beyond what was appended: some twenty commits of a lone alert.
constexpr sqlite3_int64 kAhead = sqlite3_int64{1} << 19;

struct Gathered {
  std::string bytes;
  sqlite3_int64 offset = 0;    // of its first byte in the file
  sqlite3_int64 laid_out = 0;  // the file is at least so long, as far as we know
  sqlite3_int64 end() const { return offset + sqlite3_int64(bytes.size()); }
};

struct LogFile {
  sqlite3_file base;
  Gathered* gathered;
  sqlite3_file* real;  // stands behind this struct
};

// `under` is what was SQLite's default when it was copied.
struct GatheringVfs {
  sqlite3_vfs vfs;
  sqlite3_vfs* under = nullptr;
};
GatheringVfs gathering;

LogFile* as_ours(sqlite3_file* file) { return reinterpret_cast<LogFile*>(file); }
sqlite3_file* real_of(sqlite3_file* file) { return as_ours(file)->real; }

// A sync of bytes that make the file longer has to bring its new size and blocks to the disk as well, which
// takes twice as long. So zeros are written ahead, many commits' worth at once; SQLite
// knows its pages by salts and sums, for which zeros are the end, and after a checkpoint writes from the
// beginning again. Where there is no space the log grows as it would.
void lay_out(sqlite3_file* file, sqlite3_int64 end) {
  Gathered& gathered = *as_ours(file)->gathered;
  // A new header has to be on the disk before anything after it changes: until then the old log counts, all of
  // it.
  if (gathered.offset == 0) return;
  // Another process may have laid it out already.
  if (end > gathered.laid_out) real_of(file)->pMethods->xFileSize(real_of(file), &gathered.laid_out);
  if (end < gathered.laid_out) return;
  static const std::string zeros(kMaxWrite, '\0');
  for (sqlite3_int64 at = end; at < end + kAhead; at += sqlite3_int64(kMaxWrite)) {
    if (real_of(file)->pMethods->xWrite(real_of(file), zeros.data(), int(kMaxWrite), at) != SQLITE_OK) return;
    gathered.laid_out = at + sqlite3_int64(kMaxWrite);
  }
}

// Carried out or failed, nothing waits any more: SQLite takes back a transaction of which a call has failed,
// and writes the next one over it.
int carry_out(sqlite3_file* file) {
  Gathered& gathered = *as_ours(file)->gathered;
  if (gathered.bytes.empty()) return SQLITE_OK;
  int code = SQLITE_OK;
  for (std::size_t done = 0; done < gathered.bytes.size() && code == SQLITE_OK; done += kMaxWrite) {
    const std::size_t length = std::min(kMaxWrite, gathered.bytes.size() - done);
    code = real_of(file)->pMethods->xWrite(real_of(file), gathered.bytes.data() + done, int(length),
                                           gathered.offset + sqlite3_int64(done));
  }
  if (code == SQLITE_OK) lay_out(file, gathered.end());
  gathered.bytes.clear();
  return code;
}

int close_log(sqlite3_file* file) {
  const int written = carry_out(file);
  delete std::exchange(as_ours(file)->gathered, nullptr);
  const int closed = real_of(file)->pMethods->xClose(real_of(file));
  return written != SQLITE_OK ? written : closed;
}

int read_log(sqlite3_file* file, void* buffer, int amount, sqlite3_int64 offset) {
  if (const int code = carry_out(file); code != SQLITE_OK) return code;
  return real_of(file)->pMethods->xRead(real_of(file), buffer, amount, offset);
}

int write_log(sqlite3_file* file, const void* bytes, int amount, sqlite3_int64 offset) {
  Gathered& gathered = *as_ours(file)->gathered;
  const bool follows = offset == gathered.end() && gathered.bytes.size() + std::size_t(amount) <= kMaxGathered;
  if (!gathered.bytes.empty() && !follows) {
    if (const int code = carry_out(file); code != SQLITE_OK) return code;
  }
  if (gathered.bytes.empty()) gathered.offset = offset;
  gathered.bytes.append(static_cast<const char*>(bytes), std::size_t(amount));
  return SQLITE_OK;
}

int truncate_log(sqlite3_file* file, sqlite3_int64 size) {
  if (const int code = carry_out(file); code != SQLITE_OK) return code;
  as_ours(file)->gathered->laid_out = 0;
  return real_of(file)->pMethods->xTruncate(real_of(file), size);
}

int sync_log(sqlite3_file* file, int flags) {
  if (const int code = carry_out(file); code != SQLITE_OK) return code;
  return real_of(file)->pMethods->xSync(real_of(file), flags);
}

int size_of_log(sqlite3_file* file, sqlite3_int64* size) {
  if (const int code = carry_out(file); code != SQLITE_OK) return code;
  return real_of(file)->pMethods->xFileSize(real_of(file), size);
}

int lock_log(sqlite3_file* file, int level) { return real_of(file)->pMethods->xLock(real_of(file), level); }
int unlock_log(sqlite3_file* file, int level) { return real_of(file)->pMethods->xUnlock(real_of(file), level); }
int check_reserved(sqlite3_file* file, int* result) {
  return real_of(file)->pMethods->xCheckReservedLock(real_of(file), result);
}
int control_log(sqlite3_file* file, int operation, void* argument) {
  return real_of(file)->pMethods->xFileControl(real_of(file), operation, argument);
}
int sector_size(sqlite3_file* file) { return real_of(file)->pMethods->xSectorSize(real_of(file)); }
int device_characteristics(sqlite3_file* file) {
  return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}

// Version 1: shared memory belongs to the database's file, which is SQLite's own.
const sqlite3_io_methods kLogMethods{1,
                                     close_log,
                                     read_log,
                                     write_log,
                                     truncate_log,
                                     sync_log,
                                     size_of_log,
                                     lock_log,
                                     unlock_log,
                                     check_reserved,
                                     control_log,
                                     sector_size,
                                     device_characteristics,
                                     nullptr,
                                     nullptr,
                                     nullptr,
                                     nullptr,
                                     nullptr,
                                     nullptr};

int open_file(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* flags_out) {
  sqlite3_vfs* const under = gathering.under;
  if ((flags & SQLITE_OPEN_WAL) == 0) return under->xOpen(under, name, file, flags, flags_out);
  LogFile* const ours = as_ours(file);
  ours->base.pMethods = nullptr;
  ours->real = reinterpret_cast<sqlite3_file*>(ours + 1);
  const int code = under->xOpen(under, name, ours->real, flags, flags_out);
  if (code != SQLITE_OK) return code;
  ours->gathered = new Gathered;
  ours->base.pMethods = &kLogMethods;
  return SQLITE_OK;
}

}  // namespace

const char* gathering_vfs() {
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
  sqlite3_initialize();
  sqlite3_vfs* const under = sqlite3_vfs_find(nullptr);
  if (gathering.under == under) return gathering.vfs.zName;
  if (gathering.under != nullptr) sqlite3_vfs_unregister(&gathering.vfs);
  gathering.under = under;
  gathering.vfs = *under;
  gathering.vfs.zName = "tvhook";
  gathering.vfs.pNext = nullptr;
  gathering.vfs.szOsFile = int(sizeof(LogFile)) + under->szOsFile;
  gathering.vfs.xOpen = open_file;
  sqlite3_vfs_register(&gathering.vfs, 0);
  return gathering.vfs.zName;
}

}  // namespace tvh::journal
