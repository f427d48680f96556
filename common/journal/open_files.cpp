#include "journal/open_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

namespace tvh::journal {
namespace {

// Only what is asked for. A file whose times somebody has looked at gets new ones at its next write
// (Linux 6.13, multigrain timestamps). Were it the log, each commit would change its inode, and each sync write
// that to the disk as well, which takes half as long again.
constexpr unsigned kIdentity = STATX_INO;
constexpr unsigned kContents = STATX_SIZE | STATX_MTIME;

bool look_at(const std::string& path, unsigned what, struct statx& found) {
  return ::statx(AT_FDCWD, path.c_str(), 0, what, &found) == 0;
}

dev_t device_of(const struct statx& found) { return makedev(found.stx_dev_major, found.stx_dev_minor); }

Contents contents_of(const struct statx& found) {
  return {std::int64_t(found.stx_size),
          std::int64_t{found.stx_mtime.tv_sec} * 1'000'000'000 + found.stx_mtime.tv_nsec};
}

// What is deleted goes on to be there for whoever has it open.
std::string rescue_of(const std::string& path) {
  const std::string open_files = "/proc/" + std::to_string(::getpid()) + "/fd";
  return "; if it is gone, what it held is in no other file: while this runs, find its number with ls -l " +
         open_files + " and bring it back with cat " + open_files + "/NUMBER > " + path +
         ", before anything is stopped";
}

}  // namespace

Contents contents_of(const std::string& path) {
  struct statx found {};
  return look_at(path, kContents, found) ? contents_of(found) : Contents{};
}

// Beside the database: what commits go to, where it is looked up, and what keeps writers apart.
OpenFiles::OpenFiles(const std::string& journal_path)
    : files_{File{journal_path}, File{journal_path + "-wal"}, File{journal_path + "-shm"},
             File{journal_path + ".lock"}} {
  for (auto& file : files_) {
    struct statx found {};
    if (!look_at(file.path, kIdentity, found)) continue;
    file.device = device_of(found);
    file.inode = found.stx_ino;
  }
}

Result<Contents> OpenFiles::check() const {
  Contents database;
  for (const auto& file : files_) {
    if (file.inode == 0) continue;
    const bool is_database = &file == &files_.front();
    struct statx found {};
    if (look_at(file.path, is_database ? kIdentity | kContents : kIdentity, found) &&
        device_of(found) == file.device && found.stx_ino == file.inode) {
      if (is_database) database = contents_of(found);
      continue;
    }
    const bool holds_rows = is_database || &file == &files_[1];
    return fail(Errc::storage,
                file.path +
                    " was deleted, moved or replaced while it was in use; nothing is stored until "
                    "it is back in its place, or every tvhook tool is stopped and started again" +
                    (holds_rows ? rescue_of(file.path) : ""));
  }
  return database;
}

}  // namespace tvh::journal
