#include "tvhook-listen/journal_key.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>

#include "base/hash.hpp"

namespace tvh {

namespace {

constexpr std::size_t kKeyBytes = 32;

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

Error cannot(const std::string& what, const std::string& path) {
  return fail(Errc::storage, "cannot " + what + " " + path + ": " + std::strerror(errno));
}

// Nothing when there is no such file.
Result<std::optional<std::string>> read_key(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0 && errno == ENOENT) return std::optional<std::string>();
  if (file.get() < 0) return cannot("read", path);
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return cannot("read", path);
  if ((status.st_mode & 077) != 0) {
    return fail(Errc::configuration, path + " may be read by others than its owner; run: chmod 600 " + path);
  }
  std::array<char, kKeyBytes + 1> bytes{};
  const ssize_t count = ::read(file.get(), bytes.data(), bytes.size());
  if (count < 0) return cannot("read", path);
  if (std::size_t(count) != kKeyBytes) {
    return fail(Errc::configuration,
                path +
                    " is not a key of 32 bytes; restore it from where the journal was copied, or "
                    "remove it to have a new one made");
  }
  return std::optional(std::string(bytes.data(), kKeyBytes));
}

// Written beside and linked into place, so that two starting listeners agree and none reads half a key.
Result<void> make_key(const std::string& path) {
  const std::string draft = path + "." + std::to_string(::getpid());
  {
    const Descriptor file(::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (file.get() < 0) return cannot("make", draft);
    const std::string key = random_bytes(kKeyBytes);
    if (::write(file.get(), key.data(), key.size()) != ssize_t(key.size()) || ::fsync(file.get()) != 0) {
      const Error error = cannot("write", draft);
      ::unlink(draft.c_str());
      return error;
    }
  }
  const bool linked = ::link(draft.c_str(), path.c_str()) == 0 || errno == EEXIST;
  const Error error = cannot("make", path);
  ::unlink(draft.c_str());
  if (!linked) return error;
  return {};
}

}  // namespace

Result<std::string> read_or_make_journal_key(const std::string& journal_path) {
  const std::string path = journal_path + ".key";
  TVH_TRY(auto key, read_key(path));
  if (key) return *std::move(key);
  TVH_CHECK(make_key(path));
  TVH_TRY(auto made, read_key(path));
  if (!made) return fail(Errc::storage, path + " vanished while it was made; start again");
  return *std::move(made);
}

Result<void> check_journal_key(const std::string& journal_path) {
  TVH_CHECK(read_key(journal_path + ".key"));
  return {};
}

}  // namespace tvh
