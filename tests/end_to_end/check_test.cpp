// --check finds what a start would trip over, and changes nothing.
#include <filesystem>

#include "support/catch.hpp"
#include "support/site.hpp"

using namespace tvh::test;
namespace fs = std::filesystem;

namespace {

ProcessOptions without_root(const Site& site, const std::vector<std::string>& arguments) {
  ProcessOptions options = site.options(arguments);
  options.root_powers = RootPowers::dropped;
  return options;
}

std::vector<std::string> files_in(const std::string& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) names.push_back(entry.path().string());
  std::sort(names.begin(), names.end());
  return names;
}

struct Folder {
  explicit Folder(const Site& site) : path(site.file("state")) { fs::create_directory(path); }
  ~Folder() { fs::permissions(path, fs::perms::owner_all); }
  void forbid_writing() const { fs::permissions(path, fs::perms::owner_read | fs::perms::owner_exec); }
  std::string journal() const { return path + "/journal.db"; }
  std::string path;
};

void check_finds(const Site& site, const std::string& name, const std::string& journal,
                 const std::string& said) {
  CAPTURE(name, journal);
  const auto before = files_in(site.folder());
  const Finished check = run(tool(name), without_root(site, {"--check", "--journal", journal}));
  CAPTURE(check.errors);
  CHECK(check.code == 74);
  CHECK(check.errors.find(said) != std::string::npos);
  CHECK(check.output.empty());
  CHECK(files_in(site.folder()) == before);
  CHECK(run(tool(name), without_root(site, {"--journal", journal})).code == 74);  // as a start does
}

}  // namespace

TEST_CASE("check: a folder that may not be written is found, whether a journal is there or not") {
  const std::string name = GENERATE("tvhook-listen", "tvhook-exec");
  const Site site("[listen]\naddress = \"127.0.0.1:0\"\n");
  const Folder folder(site);
  SECTION("no journal yet") {
    folder.forbid_writing();
    check_finds(site, name, folder.journal(), "cannot write in " + folder.path);
  }
  SECTION("a journal, and nothing beside it") {
    REQUIRE(site.run_tool("tvhook-exec", {"--journal", folder.journal()}).code == 0);
    change_by_hand(folder.journal(), "PRAGMA journal_mode = DELETE");
    for (const char* suffix : {".lock", ".bell", ".exec.lock"}) fs::remove(folder.journal() + suffix);
    folder.forbid_writing();
    check_finds(site, name, folder.journal(), "cannot write in " + folder.path);
  }
}

TEST_CASE("check: a path through a file, a folder that nobody makes, a lock of somebody else are found") {
  const std::string name = GENERATE("tvhook-listen", "tvhook-exec");
  const Site site("[listen]\naddress = \"127.0.0.1:0\"\n");
  write_file(site.file("file"), "");
  check_finds(site, name, site.file("file") + "/journal.db", "Not a directory");
  check_finds(site, name, site.file("nowhere") + "/journal.db", "No such file or directory");
  REQUIRE(site.run_tool("tvhook-exec").code == 0);
  fs::permissions(site.journal() + ".lock", fs::perms::owner_read);
  check_finds(site, name, site.journal(), site.journal() + ".lock");
}

TEST_CASE("check: the folder at home that a start makes is not missed, and not made") {
  const std::string name = GENERATE("tvhook-listen", "tvhook-exec");
  const Site site("[listen]\naddress = \"127.0.0.1:0\"\n");
  ProcessOptions options = without_root(site, {"--check"});
  options.environment.erase("TVHOOK_JOURNAL");
  options.environment["HOME"] = site.file("home");
  options.environment["XDG_STATE_HOME"] = site.file("home/state");
  fs::create_directory(site.file("home"));
  const Finished well = run(tool(name), options);
  CAPTURE(well.errors);
  CHECK(well.code == 0);
  CHECK(fs::is_empty(site.file("home")));
  fs::permissions(site.file("home"), fs::perms::owner_read | fs::perms::owner_exec);
  CHECK(run(tool(name), options).code == 74);
}

TEST_CASE("check: beside --halt it halts nothing") {
  const Site site;
  REQUIRE(site.run_tool("tvhook-exec").code == 0);
  CHECK(site.run_tool("tvhook-exec", {"--check", "--halt", "why"}).code == 0);
  CHECK(site.one("SELECT count(*) FROM controls WHERE key = 'halt'") == "0");
}
