// Whether files were changed or replaced: told by inotify, and found by a look where inotify says nothing (a
// network file system). Symbolic links count as what they lead to.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace tvh {

class FileWatch {
 public:
  explicit FileWatch(std::vector<std::string> files);
  ~FileWatch();
  FileWatch(const FileWatch&) = delete;
  FileWatch& operator=(const FileWatch&) = delete;

  int fd() const { return notifier_; }  // readable when it is worth asking; -1 without inotify

  // Whether any of them is another than when last asked, or than at first.
  bool changed();

 private:
  struct Signature {
    dev_t device = 0;
    ino_t inode = 0;
    off_t size = -1;  // there is no such file
    std::int64_t changed_at = 0;
    bool operator==(const Signature&) const = default;
  };
  static Signature signature_of(const std::string& file);
  void watch_folders();
  void drain() const;

  const std::vector<std::string> files_;
  std::vector<Signature> signatures_;
  int notifier_ = -1;
};

}  // namespace tvh
