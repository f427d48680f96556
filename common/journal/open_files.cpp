#include "journal/open_files.hpp"

#include <sys/stat.h>

namespace tvh::journal {
namespace {

Contents contents_of(const struct stat& status) {
  return {status.st_size, std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec};
}

}  // namespace

Contents contents_of(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 ? contents_of(status) : Contents{};
}

// Beside the database: what commits go to, where it is looked up, and what keeps writers apart.
OpenFiles::OpenFiles(const std::string& journal_path)
    : files_{File{journal_path}, File{journal_path + "-wal"}, File{journal_path + "-shm"},
             File{journal_path + ".lock"}} {
  for (auto& file : files_) {
    struct stat status {};
    if (::stat(file.path.c_str(), &status) != 0) continue;
    file.device = status.st_dev;
    file.inode = status.st_ino;
  }
}

Result<Contents> OpenFiles::check() const {
  Contents database;
  for (const auto& file : files_) {
    if (file.inode == 0) continue;
    struct stat status {};
    if (::stat(file.path.c_str(), &status) == 0 && status.st_dev == file.device &&
        status.st_ino == file.inode) {
      if (&file == &files_.front()) database = contents_of(status);
      continue;
    }
    return fail(Errc::storage,
                file.path +
                    " was deleted, moved or replaced while it was in use; nothing is stored until "
                    "it is back in its place, or every tvhook tool is stopped and started again");
  }
  return database;
}

}  // namespace tvh::journal
