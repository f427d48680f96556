#include "tvhook-validate/input_files.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

namespace tvh {
namespace {

// The files of a folder and of those in it, by name; hidden ones are somebody else's.
Result<std::vector<std::string>> files_in(const std::string& folder, const std::string& suffix) {
  constexpr int kDeepest = 16;
  std::vector<std::string> files;
  std::error_code failure;
  std::filesystem::recursive_directory_iterator entry(folder, failure);
  for (; !failure && entry != std::filesystem::recursive_directory_iterator(); entry.increment(failure)) {
    const std::string name = entry->path().filename().string();
    const bool hidden = name.starts_with('.');
    if (entry->is_directory() && (hidden || entry.depth() >= kDeepest)) entry.disable_recursion_pending();
    if (entry->is_regular_file() && !hidden && name.ends_with(suffix)) files.push_back(entry->path().string());
  }
  if (failure) return fail(Errc::bad_data, folder + ": " + failure.message());
  if (files.empty()) {
    return fail(Errc::bad_data,
                folder + (suffix.empty() ? ": holds no file" : ": holds no file *" + suffix) + " to check");
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

Result<ExitCode> read_each(const std::vector<std::string>& files, const std::string& suffix,
                           const ReadFile& read, cli::Log& log) {
  ExitCode worst = ExitCode::ok;
  for (const auto& path : files) {
    std::error_code unknown;
    const bool is_folder = path != "-" && std::filesystem::is_directory(path, unknown);
    Result<ExitCode> code = ExitCode::ok;
    if (is_folder) {
      auto inside = files_in(path, suffix);
      code = inside ? read_each(*inside, suffix, read, log) : Result<ExitCode>(inside.error());
    } else {
      code = read(path);
    }
    if (!code && code.error().code != Errc::bad_data) return code;
    if (!code) log.error(code.error().message);
    if (code && *code != ExitCode::ok && *code != ExitCode::bad_data) return *code;
    worst = graver(worst, code ? *code : ExitCode::bad_data);
  }
  return worst;
}

InputFile::InputFile(const std::string& path) : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}

InputFile::~InputFile() {
  if (fd_ >= 0) ::close(fd_);
}

Result<std::optional<std::string>> read_beginning(int fd, std::size_t most, const cli::StopSignal& stop) {
  std::string text;
  std::array<char, 64 * 1024> part;
  while (text.size() < most) {
    std::array<pollfd, 2> waits{pollfd{fd, POLLIN, 0}, pollfd{stop.fd(), POLLIN, 0}};
    if (::poll(waits.data(), waits.size(), -1) < 0 && errno != EINTR)
      return fail(Errc::bad_data, std::string("cannot be read: ") + std::strerror(errno));
    if (stop.requested()) return std::optional<std::string>();
    const ssize_t count = ::read(fd, part.data(), std::min(part.size(), most - text.size()));
    if (count == 0) break;
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (count < 0) return fail(Errc::bad_data, std::string("cannot be read: ") + std::strerror(errno));
    text.append(part.data(), std::size_t(count));
  }
  return std::optional<std::string>(std::move(text));
}

}  // namespace tvh
