#include "tvhook-listen/file_watch.hpp"

#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <utility>

namespace tvh {

FileWatch::FileWatch(std::vector<std::string> files)
    : files_(std::move(files)), notifier_(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {
  watch_folders();
  for (const auto& file : files_) signatures_.push_back(signature_of(file));
}

FileWatch::~FileWatch() {
  if (notifier_ >= 0) ::close(notifier_);
}

FileWatch::Signature FileWatch::signature_of(const std::string& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) return {};
  constexpr std::int64_t kNanoseconds = 1'000'000'000;
  return {status.st_dev, status.st_ino, status.st_size,
          status.st_ctim.tv_sec * kNanoseconds + status.st_ctim.tv_nsec};
}

// Folders, not files: a file that is replaced takes its watch along. Adding one that is watched already changes
// nothing.
void FileWatch::watch_folders() {
  constexpr std::uint32_t kEvents = IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_DELETE | IN_ATTRIB;
  for (const auto& file : files_) {
    std::error_code ignored;
    const auto absolute = std::filesystem::absolute(file, ignored);
    const auto real = std::filesystem::canonical(file, ignored);
    for (const auto& path : {absolute, real}) {
      if (!path.empty()) ::inotify_add_watch(notifier_, path.parent_path().c_str(), kEvents);
    }
  }
}

void FileWatch::drain() const {
  alignas(inotify_event) char events[4096];
  while (::read(notifier_, events, sizeof events) > 0) {
  }
}

bool FileWatch::changed() {
  drain();
  watch_folders();
  bool changed = false;
  for (std::size_t i = 0; i < files_.size(); ++i) {
    const Signature now = signature_of(files_[i]);
    if (now == std::exchange(signatures_[i], now)) continue;
    changed = true;
  }
  return changed;
}

}  // namespace tvh
