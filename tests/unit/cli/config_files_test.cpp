#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <map>

#include "cli/config.hpp"
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

namespace {

using namespace tvh;
using namespace tvh::cli;
using tvh::test::TemporaryFolder;
using tvh::test::write_file;

GetEnvironment environment_of(std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
}

// The current folder matters to load_config: ./tvhook.toml.
class WorkingFolder {
 public:
  explicit WorkingFolder(const std::filesystem::path& folder) : before_(std::filesystem::current_path()) {
    std::filesystem::current_path(folder);
  }
  ~WorkingFolder() { std::filesystem::current_path(before_); }

 private:
  std::filesystem::path before_;
};

const std::string kJournal = "[journal]\npath = \"";

}  // namespace

TEST_CASE(
    "config files: --config wins over TVHOOK_CONFIG over ./tvhook.toml over XDG_CONFIG_HOME over ~/.config") {
  TemporaryFolder folder;
  const WorkingFolder here(folder.path());
  std::filesystem::create_directories(folder.path() / "xdg/tvhook");
  std::filesystem::create_directories(folder.path() / "home/.config/tvhook");
  write_file(folder.file("named.toml"), kJournal + "named\"\n");
  write_file(folder.file("variable.toml"), kJournal + "variable\"\n");
  write_file(folder.file("tvhook.toml"), kJournal + "here\"\n");
  write_file(folder.file("xdg/tvhook/tvhook.toml"), kJournal + "xdg\"\n");
  write_file(folder.file("home/.config/tvhook/tvhook.toml"), kJournal + "home\"\n");
  std::map<std::string, std::string> variables{{"TVHOOK_CONFIG", folder.file("variable.toml")},
                                               {"XDG_CONFIG_HOME", folder.file("xdg")},
                                               {"HOME", folder.file("home")}};
  const auto path_read = [&variables](const std::optional<std::string>& named) {
    const auto config = load_config(named, environment_of(variables));
    INFO((config ? "" : config.error().message));
    REQUIRE(config);
    return config->journal.path.value_or("none");
  };
  CHECK(path_read(folder.file("named.toml")) == "named");
  CHECK(path_read(std::nullopt) == "variable");
  variables["TVHOOK_CONFIG"] = "";
  CHECK(path_read(std::nullopt) == "here");
  std::filesystem::remove(folder.file("tvhook.toml"));
  CHECK(path_read(std::nullopt) == "xdg");
  variables["XDG_CONFIG_HOME"] = "xdg";  // relative: ignored, says the XDG specification
  CHECK(path_read(std::nullopt) == "home");
}

TEST_CASE("config files: none at all is an empty configuration") {
  TemporaryFolder folder;
  const WorkingFolder here(folder.path());
  if (std::filesystem::exists("/etc/tvhook/tvhook.toml")) return;
  const auto config = load_config(std::nullopt, environment_of({{"HOME", folder.path().string()}}));
  REQUIRE(config);
  CHECK(config->file.empty());
  CHECK(config->venue("paper") != nullptr);
}

TEST_CASE("config files: a named one must exist and be a file") {
  TemporaryFolder folder;
  const auto missing = load_config(folder.file("no.toml"), environment_of({}));
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == Errc::configuration);
  CHECK(missing.error().message == "cannot read the configuration " + folder.file("no.toml") +
                                       " (named by --config): No such file or directory");
  const auto variable = load_config(std::nullopt, environment_of({{"TVHOOK_CONFIG", folder.file("no.toml")}}));
  REQUIRE_FALSE(variable);
  CHECK(variable.error().message.find("(named by TVHOOK_CONFIG)") != std::string::npos);
  CHECK_FALSE(load_config(folder.path().string(), environment_of({})));
}

TEST_CASE("config files: errors name the file they are in, as it was named") {
  TemporaryFolder folder;
  write_file(folder.file("a.toml"), "[journal]\npth = \"x\"\n");
  const auto config = load_config(folder.file("a.toml"), environment_of({}));
  REQUIRE_FALSE(config);
  CHECK(config.error().message ==
        folder.file("a.toml") + ":2: unknown key \"pth\" in [journal]; did you mean \"path\"?");
}

TEST_CASE("config files: one of more than 1 MiB is refused") {
  TemporaryFolder folder;
  write_file(folder.file("a.toml"), std::string(1024 * 1024 + 1, '\n'));
  CHECK_FALSE(load_config(folder.file("a.toml"), environment_of({})));
}

TEST_CASE("journal path: --journal, TVHOOK_JOURNAL, the configuration, XDG_STATE_HOME, ~/.local/state") {
  TemporaryFolder folder;
  Config config;
  config.file = "/etc/tvhook/tvhook.toml";
  config.journal.path = "/var/j.db";
  std::map<std::string, std::string> variables{{"TVHOOK_JOURNAL", "variable.db"},
                                               {"XDG_STATE_HOME", folder.file("state")},
                                               {"HOME", folder.file("home")}};
  const auto path = [&](const std::optional<std::string>& named) {
    const auto resolved = resolve_journal_path(named, config, environment_of(variables));
    REQUIRE(resolved);
    return *resolved;
  };
  CHECK(path("named.db") == "named.db");
  CHECK(path(std::nullopt) == "variable.db");
  variables.erase("TVHOOK_JOURNAL");
  CHECK(path(std::nullopt) == "/var/j.db");
  config.journal.path = "j.db";
  CHECK(path(std::nullopt) == "/etc/tvhook/j.db");
  config.journal.path = "~/j.db";
  CHECK(path(std::nullopt) == folder.file("home") + "/j.db");
  config.file = "tvhook.toml";
  config.journal.path = "j.db";
  CHECK(path(std::nullopt) == "j.db");
  config.journal.path.reset();
  CHECK(path(std::nullopt) == folder.file("state") + "/tvhook/journal.db");
  struct stat status {};
  REQUIRE(::stat(folder.file("state/tvhook").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0700);
  variables.erase("XDG_STATE_HOME");
  CHECK(path(std::nullopt) == folder.file("home") + "/.local/state/tvhook/journal.db");
  CHECK(std::filesystem::is_directory(folder.file("home/.local/state/tvhook")));
}

TEST_CASE("journal path: nothing is made when told to leave the disk alone") {
  TemporaryFolder folder;
  const auto path = resolve_journal_path(
      std::nullopt, Config{}, environment_of({{"HOME", folder.file("home")}}), MissingFolders::leave);
  REQUIRE(path);
  CHECK_FALSE(std::filesystem::exists(folder.file("home")));
}

TEST_CASE("journal path: no home and no variable is a configuration error with its cure") {
  const auto path = resolve_journal_path(std::nullopt, Config{}, environment_of({}));
  REQUIRE_FALSE(path);
  CHECK(path.error().code == Errc::configuration);
  CHECK(path.error().message.find("--journal FILE") != std::string::npos);
}

TEST_CASE("journal path: a folder that cannot be made is told") {
  TemporaryFolder folder;
  write_file(folder.file("file"), "");
  const auto path =
      resolve_journal_path(std::nullopt, Config{}, environment_of({{"XDG_STATE_HOME", folder.file("file/x")}}));
  REQUIRE_FALSE(path);
  CHECK(path.error().code == Errc::storage);
  CHECK(path.error().message.find(folder.file("file") + "/x") != std::string::npos);
}

TEST_CASE("secrets: from the environment and from a file, one line end dropped") {
  TemporaryFolder folder;
  const auto variable = resolve_secret({"main", "env:S"}, environment_of({{"S", "abc"}}));
  REQUIRE(variable);
  CHECK(variable->name == "main");
  CHECK(variable->secret.reveal() == "abc");
  const auto from_file = [&folder](const std::string& text, mode_t mode) {
    write_file(folder.file("secret"), text);
    ::chmod(folder.file("secret").c_str(), mode);
    return resolve_secret({"main", "file:" + folder.file("secret")}, environment_of({}));
  };
  CHECK(from_file("abc\n", 0600)->secret.reveal() == "abc");
  CHECK(from_file("abc\r\n", 0400)->secret.reveal() == "abc");
  CHECK(from_file("abc\n\n", 0600)->secret.reveal() == "abc\n");
  CHECK(from_file(" abc ", 0600)->secret.reveal() == " abc ");
}

TEST_CASE("secrets: a file others can read is refused with the chmod that cures it") {
  TemporaryFolder folder;
  const std::string path = folder.file("secret");
  write_file(path, "topsecret\n");
  for (const mode_t mode : {0640U, 0604U, 0644U, 0620U, 0666U}) {
    ::chmod(path.c_str(), mode);
    const auto secret = resolve_secret({"main", "file:" + path}, environment_of({}));
    REQUIRE_FALSE(secret);
    CHECK(secret.error().code == Errc::configuration);
    CHECK(secret.error().message ==
          "secret \"main\": " + path + " can be used by others than its owner; run: chmod 600 " + path);
  }
}

TEST_CASE("secrets: missing, empty and huge ones are errors that name where to look") {
  TemporaryFolder folder;
  const auto error = [](const std::string& reference, const std::map<std::string, std::string>& variables) {
    const auto secret = resolve_secret({"main", reference}, environment_of(variables));
    REQUIRE_FALSE(secret);
    return secret.error().message;
  };
  CHECK(error("env:S", {}) == "secret \"main\": the environment has no S");
  CHECK(error("env:S", {{"S", ""}}) == "secret \"main\": S is empty");
  CHECK(error("file:" + folder.file("no"), {}) ==
        "secret \"main\": cannot read " + folder.file("no") + ": No such file or directory");
  write_file(folder.file("empty"), "\n");
  ::chmod(folder.file("empty").c_str(), 0600);
  CHECK(error("file:" + folder.file("empty"), {}) ==
        "secret \"main\": " + folder.file("empty") + " is empty; put the secret into it");
  write_file(folder.file("huge"), std::string(5000, 'x'));
  ::chmod(folder.file("huge").c_str(), 0600);
  CHECK(error("file:" + folder.file("huge"), {}).find("more than 4096 bytes") != std::string::npos);
}

TEST_CASE("config files: where the journal is can be told from a file with errors, or it is not guessed") {
  const auto path = [](const std::string& text) -> std::string {
    const auto journal = parse_journal_alone(text);
    return journal ? journal->path.value_or("default") : "not to be told";
  };
  const std::string journal = "[journal]\npath = \"j.db\"\n";
  CHECK(path(journal + "[strategy.a]\nsizee = 1\n") == "j.db");
  CHECK(path(journal + "[strategy.a\nsize = \"1\"\n") == "j.db");
  CHECK(path("[venue.a]\nmode = paper\n  [journal]  # here\n\tpath = 'j.db'\r\n[risk]\n") == "j.db");
  CHECK(path("journal.path = \"j.db\"\nx = 1\n") == "j.db");
  CHECK(path("") == "default");
  CHECK(path("[risk]\nnonsense = true\n") == "default");
  CHECK(path("[risk\n") == "default");
  CHECK(path("[journal]\n[risk]\n") == "default");
  CHECK(path("[journal]\npth = \"j.db\"\n") == "not to be told");
  CHECK(path("[jornal]\npath = \"j.db\"\n") == "not to be told");
  CHECK(path("[journal]\npath = 3\n") == "not to be told");
  CHECK(path("[journal]\npath = \"\"\n") == "not to be told");
  CHECK(path("[journal]\npath = \"j.db\n[risk]\n") == "not to be told");
  CHECK(path(journal + "[risk]\n" + journal) == "not to be told");
  CHECK(path("journal.path = \"j.db\"\n[risk\n") == "not to be told");
  CHECK(path("journal = \"j.db\"\n") == "not to be told");
}
