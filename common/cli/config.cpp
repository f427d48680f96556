#include "cli/config.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "cli/printable.hpp"

namespace tvh::cli {
namespace {

constexpr std::size_t kMaxConfigBytes = 1024 * 1024;
constexpr std::size_t kMaxSecretBytes = 4096;

// A variable that is set to nothing counts as not set, as for a shell's ${NAME:-}.
std::optional<std::string> read_variable(const GetEnvironment& environment, const std::string& name) {
  auto value = environment(name);
  if (value && value->empty()) return std::nullopt;
  return value;
}

// The XDG specification says a relative path in one of these is to be ignored.
std::optional<std::string> xdg_folder(const GetEnvironment& environment, const std::string& variable,
                                      const std::string& below_home) {
  if (const auto folder = read_variable(environment, variable); folder && folder->starts_with('/'))
    return folder;
  if (const auto home = read_variable(environment, "HOME")) return *home + "/" + below_home;
  return std::nullopt;
}

std::string reason() { return std::strerror(errno); }

class Descriptor {
 public:
  explicit Descriptor(const std::string& path) : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  bool is_open() const { return fd_ >= 0; }
  int fd() const { return fd_; }

 private:
  int fd_;
};

// At most `limit` bytes; one more is an error.
Result<std::string> read_all(const Descriptor& file, std::size_t limit) {
  std::string text;
  char buffer[4096];
  for (;;) {
    const ssize_t count = ::read(file.fd(), buffer, sizeof buffer);
    if (count == 0) return text;
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail(Errc::configuration, reason());
    text.append(buffer, std::size_t(count));
    if (text.size() > limit) return fail(Errc::configuration, "more than " + std::to_string(limit) + " bytes");
  }
}

// A configuration file as it is found; no path: there is none.
struct Found {
  std::string path;
  std::string text;
};

Result<Found> read_config(const std::string& path, const std::string& named_by) {
  const std::string what = "cannot read the configuration " + printable(path) + named_by;
  const Descriptor file(path);
  if (!file.is_open()) return fail(Errc::configuration, what + ": " + reason());
  auto text = read_all(file, kMaxConfigBytes);
  if (!text) return std::move(text).error().with_context(what);
  return Found{path, std::move(*text)};
}

// Makes the missing folders of a path of ours, for the owner alone: a journal tells what somebody trades.
Result<void> make_folders(const std::filesystem::path& folder) {
  std::filesystem::path so_far;
  for (const auto& part : folder) {
    so_far /= part;
    if (::mkdir(so_far.c_str(), 0700) != 0 && errno != EEXIST && errno != EISDIR) {
      const int error = errno;
      struct stat status {};
      if (::stat(so_far.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) continue;
      return fail(Errc::storage, "cannot make the journal's folder " + printable(so_far.string()) + ": " +
                                     std::strerror(error) + "; name another journal with --journal FILE");
    }
  }
  return {};
}

Result<Found> find_config(const std::optional<std::string>& named, const GetEnvironment& environment) {
  if (named) return read_config(*named, " (named by --config)");
  if (const auto variable = read_variable(environment, "TVHOOK_CONFIG")) {
    return read_config(*variable, " (named by TVHOOK_CONFIG)");
  }
  std::vector<std::string> candidates{"tvhook.toml"};
  if (const auto folder = xdg_folder(environment, "XDG_CONFIG_HOME", ".config")) {
    candidates.push_back(*folder + "/tvhook/tvhook.toml");
  }
  candidates.push_back("/etc/tvhook/tvhook.toml");
  for (const auto& candidate : candidates) {
    struct stat status {};
    if (::stat(candidate.c_str(), &status) == 0) return read_config(candidate, "");
    // One that is there but out of reach must not be passed over for the next: it may hold the limits.
    if (errno == EACCES) return read_config(candidate, "");
  }
  return Found{};
}

}  // namespace

std::map<std::string, std::string> Config::dialects() const {
  std::map<std::string, std::string> named;
  for (const auto& [name, strategy] : strategies) {
    if (strategy.dialect) named[name] = *strategy.dialect;
  }
  return named;
}

const StrategyConfig& Config::strategy(const std::string& name) const {
  static const StrategyConfig built_in;
  if (const auto found = strategies.find(name); found != strategies.end()) return found->second;
  if (const auto found = strategies.find("default"); found != strategies.end()) return found->second;
  return built_in;
}

const VenueConfig* Config::venue(const std::string& name) const {
  static const VenueConfig built_in;
  if (const auto found = venues.find(name); found != venues.end()) return &found->second;
  return name == "paper" ? &built_in : nullptr;
}

Result<Config> load_config(const std::optional<std::string>& named, const GetEnvironment& environment) {
  TVH_TRY(const Found found, find_config(named, environment));
  return found.path.empty() ? Config{} : parse_config(found.text, found.path);
}

Result<Config> load_journal_config(const std::optional<std::string>& named, const GetEnvironment& environment) {
  TVH_TRY(const Found found, find_config(named, environment));
  Config config;
  config.file = found.path;
  const auto journal = parse_journal_alone(found.text);
  if (!journal) return fail(Errc::configuration, "the journal is not to be told from " + printable(found.path));
  config.journal = *journal;
  return config;
}

Result<std::string> resolve_journal_path(const std::optional<std::string>& named, const Config& config,
                                         const GetEnvironment& environment, MissingFolders missing) {
  if (named) return *named;
  if (const auto variable = read_variable(environment, "TVHOOK_JOURNAL")) return *variable;
  if (config.journal.path) {
    const std::string& path = *config.journal.path;
    if (path.starts_with("~/")) {
      const auto home = read_variable(environment, "HOME");
      if (!home) return fail(Errc::configuration, "path in [journal] starts with ~ and HOME is not set");
      return *home + path.substr(1);
    }
    // Relative to the file it stands in, whatever folder the tool was started from.
    return (std::filesystem::path(config.file).parent_path() / path).string();
  }
  const auto folder = xdg_folder(environment, "XDG_STATE_HOME", ".local/state");
  if (!folder) {
    return fail(
        Errc::configuration,
        "nowhere to keep the journal: neither XDG_STATE_HOME nor HOME is set; name it with --journal FILE");
  }
  if (missing == MissingFolders::make) TVH_CHECK(make_folders(*folder + "/tvhook"));
  return *folder + "/tvhook/journal.db";
}

bool keeps_journal_at_home(const std::optional<std::string>& named, const Config& config,
                           const GetEnvironment& environment) {
  return !named && !read_variable(environment, "TVHOOK_JOURNAL") && !config.journal.path;
}

static Result<Secret> read_secret_file(const std::string& path) {
  const Descriptor file(path);
  if (!file.is_open()) return fail(Errc::configuration, "cannot read " + printable(path) + ": " + reason());
  struct stat status {};
  if (::fstat(file.fd(), &status) != 0) return fail(Errc::configuration, printable(path) + ": " + reason());
  if ((status.st_mode & 077) != 0) {
    return fail(Errc::configuration,
                printable(path) + " can be used by others than its owner; run: chmod 600 " + printable(path));
  }
  auto text = read_all(file, kMaxSecretBytes);
  if (!text) return std::move(text).error().with_context(printable(path));
  if (text->ends_with('\n')) text->pop_back();
  if (text->ends_with('\r')) text->pop_back();
  if (text->empty()) return fail(Errc::configuration, printable(path) + " is empty; put the secret into it");
  return Secret(std::move(*text));
}

Result<NamedSecret> resolve_secret(const SecretReference& reference, const GetEnvironment& environment) {
  const std::string what = "secret \"" + printable(reference.name) + "\"";
  if (reference.reference.starts_with("file:")) {
    auto secret = read_secret_file(reference.reference.substr(5));
    if (!secret) return std::move(secret).error().with_context(what);
    return NamedSecret{reference.name, std::move(*secret)};
  }
  if (!reference.reference.starts_with("env:")) {
    return fail(Errc::configuration, what + ": a reference starts with \"env:\" or \"file:\"");
  }
  const std::string variable = reference.reference.substr(4);
  auto value = environment(variable);
  if (!value) return fail(Errc::configuration, what + ": the environment has no " + printable(variable));
  if (value->empty()) return fail(Errc::configuration, what + ": " + printable(variable) + " is empty");
  return NamedSecret{reference.name, Secret(std::move(*value))};
}

}  // namespace tvh::cli
