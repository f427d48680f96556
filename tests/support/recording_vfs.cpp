#include "support/recording_vfs.hpp"

#include <sqlite3.h>

#include <cstring>
#include <filesystem>
#include <sstream>
#include <stdexcept>

#include "support/temporary_folder.hpp"

namespace tvh::test {
namespace {

std::vector<DiskOperation> recorded;
std::string recorded_path;
sqlite3_vfs* real_vfs = nullptr;

struct RecordingFile {
  sqlite3_file base;
  int file;            // -1: not recorded
  sqlite3_file* real;  // stands behind this struct
};

RecordingFile* as_ours(sqlite3_file* file) { return reinterpret_cast<RecordingFile*>(file); }
sqlite3_file* real_of(sqlite3_file* file) { return as_ours(file)->real; }

void record(sqlite3_file* file, DiskOperation::Kind kind, std::int64_t number, std::string bytes = "") {
  if (as_ours(file)->file >= 0) recorded.push_back({kind, as_ours(file)->file, number, std::move(bytes)});
}

int close_file(sqlite3_file* file) { return real_of(file)->pMethods->xClose(real_of(file)); }
int read_bytes(sqlite3_file* file, void* buffer, int amount, sqlite3_int64 offset) {
  return real_of(file)->pMethods->xRead(real_of(file), buffer, amount, offset);
}
int write_bytes(sqlite3_file* file, const void* bytes, int amount, sqlite3_int64 offset) {
  record(file, DiskOperation::Kind::write, offset,
         std::string(static_cast<const char*>(bytes), std::size_t(amount)));
  return real_of(file)->pMethods->xWrite(real_of(file), bytes, amount, offset);
}
int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  record(file, DiskOperation::Kind::truncate, size);
  return real_of(file)->pMethods->xTruncate(real_of(file), size);
}
int sync_file(sqlite3_file* file, int flags) {
  record(file, DiskOperation::Kind::sync, 0);
  return real_of(file)->pMethods->xSync(real_of(file), flags);
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
  RecordingFile* const ours = as_ours(file);
  ours->real = reinterpret_cast<sqlite3_file*>(ours + 1);
  const std::string path = name != nullptr ? name : "";
  ours->file = path == recorded_path ? 0 : path == recorded_path + "-wal" ? 1 : -1;
  ours->base.pMethods = nullptr;
  const int code = real_vfs->xOpen(real_vfs, name, ours->real, flags, flags_out);
  if (code == SQLITE_OK) ours->base.pMethods = &kMethods;
  return code;
}

void apply(std::string& content, const DiskOperation& operation, std::size_t bytes) {
  const auto at = std::size_t(operation.number);
  if (operation.kind == DiskOperation::Kind::truncate) {
    content.resize(at);
    return;
  }
  if (content.size() < at + bytes) content.resize(at + bytes);
  std::memcpy(content.data() + at, operation.bytes.data(), bytes);
}

}  // namespace

void record_disk(const std::string& path) {
  static sqlite3_vfs vfs;
  real_vfs = sqlite3_vfs_find(nullptr);
  recorded_path = path;
  vfs = *real_vfs;
  vfs.zName = "recording";
  vfs.pNext = nullptr;
  vfs.szOsFile = int(sizeof(RecordingFile)) + real_vfs->szOsFile;
  vfs.xOpen = open_file;
  if (sqlite3_vfs_register(&vfs, 1) != SQLITE_OK) throw std::runtime_error("cannot register the recording VFS");
}

void record_acknowledgement(std::int64_t number) {
  recorded.push_back({DiskOperation::Kind::acknowledge, 0, number, ""});
}

void save_recording(const std::string& file) {
  std::ostringstream out;
  for (const auto& operation : recorded) {
    out << char(operation.kind) << ' ' << operation.file << ' ' << operation.number << ' '
        << operation.bytes.size() << '\n'
        << operation.bytes;
  }
  write_file(file, out.str());
}

std::vector<DiskOperation> load_recording(const std::string& file) {
  std::istringstream in(read_file(file));
  std::vector<DiskOperation> operations;
  char kind = 0;
  std::size_t size = 0;
  DiskOperation operation;
  while (in >> kind >> operation.file >> operation.number >> size) {
    operation.kind = DiskOperation::Kind(kind);
    in.ignore(1);
    operation.bytes.resize(size);
    in.read(operation.bytes.data(), std::streamsize(size));
    operations.push_back(operation);
  }
  return operations;
}

void rebuild_disk(const std::string& path, const std::vector<DiskOperation>& operations, std::size_t count,
                  Unsynced unsynced, std::mt19937& random) {
  for (const int file : {0, 1}) {
    const std::string name = file == 0 ? path : path + "-wal";
    std::string content = std::filesystem::exists(name) ? read_file(name) : "";
    std::size_t synced = 0;
    std::size_t last = 0;
    for (std::size_t each = 0; each < count; ++each) {
      if (operations[each].file != file || operations[each].kind == DiskOperation::Kind::acknowledge) continue;
      if (operations[each].kind == DiskOperation::Kind::sync) synced = each;
      last = each;
    }
    for (std::size_t each = 0; each < count; ++each) {
      const DiskOperation& operation = operations[each];
      if (operation.file != file) continue;
      if (operation.kind != DiskOperation::Kind::write && operation.kind != DiskOperation::Kind::truncate)
        continue;
      std::size_t bytes = operation.bytes.size();
      if (each > synced) {
        if (unsynced == Unsynced::lost) continue;
        if (unsynced == Unsynced::some_lost && random() % 2 == 0) continue;
        if (unsynced == Unsynced::last_torn && each == last) bytes /= 2;
      }
      apply(content, operation, bytes);
    }
    write_file(name, content);
  }
}

}  // namespace tvh::test
