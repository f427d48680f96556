// Somebody does something to the journal's files while the listener runs: no 200 for what nobody will find.
#include <filesystem>

#include "support/catch.hpp"
#include "support/site.hpp"

using namespace tvh::test;
namespace fs = std::filesystem;

namespace {

// 503 with a reason in the log, and both healths say so.
void check_refuses(Listener& listener, int admin, const std::string& reason) {
  const HttpAnswer answer = listener.post(alert_body({.id = "refused"}));
  CHECK(answer.status == 503);
  CHECK(answer.headers.count("retry-after") == 1);
  CHECK(listener.process().wait_for_errors(reason));
  CHECK(listener.connect().get("/health").status == 503);
  const HttpAnswer deep = HttpConnection(admin).get("/health/deep");
  CHECK(deep.status == 503);
  CHECK(deep.body.find("\"journal_commits\":false") != std::string::npos);
}

// Without an alert: the listener looks by itself.
void wait_until_well(Listener& listener) {
  REQUIRE(listener.process().wait_for_errors("the journal commits again"));
  CHECK(listener.connect().get("/health").status == 200);
  CHECK(listener.post(alert_body({.id = "refused"})).status == 200);
}

std::string moved_away(const std::string& file) {
  fs::rename(file, file + ".away");
  return file + ".away";
}

}  // namespace

TEST_CASE("lost journal: one whose file was deleted or moved is 503 until it is back in its place") {
  const std::string suffix = GENERATE("", "-wal", "-shm", ".lock");
  CAPTURE(suffix);
  const Site site(kAdmin);
  Listener listener = site.listen({"--no-stdout"});
  const int admin = listener.admin_port();
  REQUIRE(listener.post(alert_body({.id = "before"})).status == 200);
  const std::string file = site.journal() + suffix;
  const std::string away = moved_away(file);
  check_refuses(listener, admin, file + " was deleted, moved or replaced");
  fs::rename(away, file);
  wait_until_well(listener);
  CHECK(listener.stop() == 0);
  CHECK(site.one("SELECT count(*) FROM signals") == "2");
  CHECK(site.one("PRAGMA integrity_check") == "ok");
}

TEST_CASE(
    "lost journal: a log that was deleted is brought back as the message says, with all that was answered "
    "200") {
  const Site site(kAdmin);
  Listener listener = site.listen({"--no-stdout"});
  const int admin = listener.admin_port();
  REQUIRE(listener.post(alert_body({.id = "before"})).status == 200);
  const std::string log = site.journal() + "-wal";
  fs::remove(log);
  const fs::path open_files = "/proc/" + std::to_string(listener.process().pid()) + "/fd";
  check_refuses(listener, admin, "cat " + open_files.string() + "/NUMBER > " + log);
  for (const auto& entry : fs::directory_iterator(open_files)) {
    std::error_code gone;
    if (fs::read_symlink(entry.path(), gone) == log + " (deleted)") {
      fs::copy_file(entry.path(), log, fs::copy_options::overwrite_existing);  // /health/deep has made one
    }
  }
  CHECK(listener.stop() == 0);
  Listener again = site.listen({"--no-stdout"});
  CHECK(site.one("SELECT count(*) FROM signals") == "1");
  CHECK(site.one("PRAGMA integrity_check") == "ok");
  CHECK(again.post(alert_body({.id = "after"})).status == 200);
}

TEST_CASE("lost journal: one that was replaced is 503, and neither the old nor the new one is written to") {
  const Site site(kAdmin);
  const Site other;
  {
    Listener listener = other.listen({"--no-stdout"});
    REQUIRE(listener.post(alert_body({.id = "of the other"})).status == 200);
    REQUIRE(listener.stop() == 0);
  }
  Listener listener = site.listen({"--no-stdout"});
  const int admin = listener.admin_port();
  REQUIRE(listener.post(alert_body({.id = "before"})).status == 200);
  fs::copy_file(other.journal(), site.journal() + ".new");
  for (const char* suffix : {"", "-wal", "-shm"}) moved_away(site.journal() + suffix);
  fs::rename(site.journal() + ".new", site.journal());
  check_refuses(listener, admin, site.journal() + " was deleted, moved or replaced");
  CHECK(listener.stop() == 0);
  CHECK(site.one("SELECT count(*) FROM signals") == "1");
  CHECK(site.one("PRAGMA integrity_check") == "ok");
  // Started again, it goes on with what is there now.
  Listener again = site.listen({"--no-stdout"});
  CHECK(again.post(alert_body({.id = "refused"})).status == 200);
  CHECK(again.stop() == 0);
  CHECK(site.one("SELECT count(*) FROM signals") == "2");
}

TEST_CASE("lost journal: one that is written over in place is 503, and what lies there now is not written to") {
  const Site site(kAdmin);
  const Site other;
  const std::string what =
      GENERATE(as<std::string>{}, "another program's", "empty", "zeros", "another journal", "older");
  CAPTURE(what);
  std::string written;
  if (what == "another program's") {
    change_by_hand(other.file("notes.db"), "CREATE TABLE notes (text TEXT)");
    written = read_file(other.file("notes.db"));
  } else if (what == "zeros") {
    written = std::string(4096, '\0');
  } else if (what == "another journal") {
    Listener listener = other.listen({"--no-stdout"});
    REQUIRE(listener.post(alert_body({.id = "of the other"})).status == 200);
    REQUIRE(listener.stop() == 0);
    written = read_file(other.journal());
  } else if (what == "older") {
    REQUIRE(site.run_tool("tvhook-exec").code == 0);
    written = read_file(site.journal());
    Listener listener = site.listen({"--no-stdout"});
    REQUIRE(listener.post(alert_body({.id = "since"})).status == 200);
    REQUIRE(listener.stop() == 0);
    REQUIRE(site.run_tool("tvhook-exec").code == 0);  // checkpoints
  }
  Listener listener = site.listen({"--no-stdout"});
  const int admin = listener.admin_port();
  REQUIRE(listener.post(alert_body({.id = "before"})).status == 200);
  write_file(site.journal(), written);
  check_refuses(listener, admin, site.journal() + " was written over by another program");
  CHECK(listener.process().wait_for_errors("remove " + site.journal() + "-wal"));
  CHECK(listener.stop() == 0);
  CHECK((read_file(site.journal()) == written));
}

TEST_CASE("lost journal: what other tools of ours write into it is not taken for somebody else's") {
  const Site site;
  Listener listener = site.listen({"--no-stdout"});
  for (const char* id : {"1", "2", "3"}) {
    REQUIRE(listener.post(alert_body({.id = id})).status == 200);
    const std::string before = read_file(site.journal());
    REQUIRE(site.run_tool("tvhook-exec").code == 0);
    CHECK((read_file(site.journal()) != before));  // it has checkpointed
  }
  CHECK(listener.post(alert_body({.id = "4"})).status == 200);
  CHECK(listener.stop() == 0);
  CHECK(site.one("PRAGMA integrity_check") == "ok");
}

TEST_CASE("lost journal: modes that forbid writing bind the next start, not the listener that has it open") {
  const Site site;
  ProcessOptions options = site.options({"--address", "127.0.0.1:0", "--no-stdout"});
  options.root_powers = RootPowers::dropped;
  Listener listener(options);
  REQUIRE(listener.post(alert_body({.id = "before"})).status == 200);
  for (const char* suffix : {"", "-wal", "-shm"}) {
    fs::permissions(site.journal() + suffix, fs::perms::owner_read);
  }
  CHECK(listener.post(alert_body({.id = "after"})).status == 200);
  CHECK(site.one("SELECT count(*) FROM signals") == "2");
  CHECK(listener.stop() == 0);
  const Finished next = run(tool("tvhook-listen"), options);
  CHECK(next.code == 74);
  CHECK(next.errors.find(site.journal()) != std::string::npos);
  CHECK(next.errors.find("who may write") != std::string::npos);
}

TEST_CASE("lost journal: one that a newer program has changed is 503 and says what to install") {
  const Site site(kAdmin);
  Listener listener = site.listen({"--no-stdout"});
  const int admin = listener.admin_port();
  REQUIRE(listener.post(alert_body({.id = "before"})).status == 200);
  const std::string version = site.one("PRAGMA user_version");
  change_by_hand(site.journal(), "PRAGMA user_version = 999");
  check_refuses(listener, admin, "the journal is of version 999");
  CHECK(listener.process().wait_for_errors("install the tvhook that wrote it"));
  change_by_hand(site.journal(), "PRAGMA user_version = " + version);
  wait_until_well(listener);
  CHECK(listener.stop() == 0);
  CHECK(site.one("SELECT count(*) FROM signals") == "2");
}
