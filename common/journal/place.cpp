#include "journal/place.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "journal/journal.hpp"

namespace tvh::journal {

Result<void> check_writable(const std::string& journal_path) {
  for (const char* suffix : {"", "-wal", "-shm", ".lock", ".bell"}) {
    const std::string file = journal_path + suffix;
    if (::faccessat(AT_FDCWD, file.c_str(), R_OK | W_OK, AT_EACCESS) == 0 || errno == ENOENT) continue;
    return fail(Errc::storage, "cannot write " + file + ": " + std::strerror(errno) +
                                   "; check who may write there (its owner can: chmod u+w)");
  }
  return {};
}

static Result<void> check_folder(std::filesystem::path folder, MissingFolder missing) {
  const auto cannot = [&](const std::string& what, int error) {
    return fail(Errc::storage, what + " " + folder.string() + ": " + std::strerror(error) +
                                   "; SQLite makes its log there and tools their locks: let this user write "
                                   "there (chown, chmod u+wx), or name another journal with --journal");
  };
  struct stat status {};
  while (::stat(folder.c_str(), &status) != 0) {
    if (errno != ENOENT || missing == MissingFolder::is_an_error || !folder.has_relative_path()) {
      return cannot("cannot use the journal's folder", errno);
    }
    folder = folder.parent_path();
  }
  if (!S_ISDIR(status.st_mode)) return cannot("cannot use the journal's folder", ENOTDIR);
  if (::faccessat(AT_FDCWD, folder.c_str(), W_OK | X_OK, AT_EACCESS) == 0) return {};
  return cannot("cannot write in", errno);
}

Result<void> check_place(const std::string& journal_path, MissingFolder missing) {
  std::error_code error;
  const auto whole = std::filesystem::absolute(journal_path, error);
  if (error) return fail(Errc::storage, "journal " + journal_path + ": " + error.message());
  if (auto usable = check_folder(whole.parent_path(), missing); !usable) {
    return std::move(usable).error().with_context("journal " + journal_path);
  }
  struct stat status {};
  if (::stat(journal_path.c_str(), &status) != 0 && errno == ENOENT) return {};
  if (auto writable = check_writable(journal_path); !writable) {
    return std::move(writable).error().with_context("journal " + journal_path);
  }
  TVH_CHECK(Journal::open_read_only(journal_path));
  return {};
}

}  // namespace tvh::journal
