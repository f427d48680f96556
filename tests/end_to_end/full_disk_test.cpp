// A disk without space: the sender is asked to come again, nothing acknowledged is lost, and space brings it
// back.
#include <sys/mount.h>

#include <filesystem>

#include "support/catch.hpp"
#include "support/record_fields.hpp"
#include "support/site.hpp"

using namespace tvh::test;

namespace {

// Posts alerts until one is answered 503. Returns that answer; `acknowledged` counts the 200s before it.
HttpAnswer post_until_full(HttpConnection& connection, int& acknowledged, int limit) {
  for (int i = 0; i < limit; ++i) {
    HttpAnswer answer = connection.post("/webhook", alert_body({.id = std::to_string(acknowledged)}));
    if (answer.status != 200) return answer;
    ++acknowledged;
  }
  throw std::runtime_error("the disk never filled up");
}

void check_full(Listener& listener, const HttpAnswer& answer) {
  CHECK(answer.status == 503);
  REQUIRE(answer.headers.count("retry-after") == 1);
  CHECK(std::stoi(answer.headers.at("retry-after")) >= 1);
  CHECK(listener.connect().get("/health").status == 503);
  CHECK(listener.post(alert_body({.id = "while full"})).status == 503);
  CHECK(listener.process().running());
}

void check_recovered(const Site& site, Listener& listener, int acknowledged) {
  HttpConnection connection = listener.connect();
  const HttpAnswer resent = connection.post("/webhook", alert_body({.id = std::to_string(acknowledged)}));
  CAPTURE(resent.body);
  CHECK(resent.status == 200);
  CHECK(connection.get("/health").status == 200);
  CHECK(listener.stop() == 0);
  CHECK(site.one("PRAGMA integrity_check") == "ok");
  std::vector<std::string> missing;
  for (int i = 0; i <= acknowledged; ++i) {
    const std::string id = "%\"signal_id\":\"" + std::to_string(i) + "\"%";
    if (site.one("SELECT count(*) FROM alerts WHERE status = 200 AND body LIKE '" + id + "'") != "1") {
      missing.push_back(std::to_string(i));
    }
  }
  CHECK(missing.empty());
  CHECK(site.one("SELECT count(*) FROM signals") == std::to_string(acknowledged + 1));
}

class SmallDisk {
 public:
  SmallDisk() : mounted_(::mount("tmpfs", folder_.path().c_str(), "tmpfs", 0, "size=3m") == 0) {}
  ~SmallDisk() {
    if (mounted_) ::umount2(folder_.path().c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  bool mounted() const { return mounted_; }
  std::string file(const std::string& name) const { return folder_.file(name); }

 private:
  TemporaryFolder folder_;
  bool mounted_;
};

}  // namespace

TEST_CASE("full disk: a file-size limit gives 503, loses nothing acknowledged, and lifting it recovers") {
  const Site site;
  ProcessOptions options = site.options({"--address", "127.0.0.1:0", "--no-stdout"});
  options.file_size_limit = 900 << 10;
  Listener listener(options);
  HttpConnection connection = listener.connect();
  int acknowledged = 0;
  check_full(listener, post_until_full(connection, acknowledged, 2000));
  CHECK(acknowledged > 0);
  listener.process().raise_file_size_limit();
  check_recovered(site, listener, acknowledged);
}

TEST_CASE("full disk: a small file system gives 503, loses nothing acknowledged, and space recovers") {
  const SmallDisk disk;
  if (!disk.mounted()) {
    WARN("skipped: no permission to mount a tmpfs here");
    return;
  }
  write_file(disk.file("ballast"), std::string(1 << 20, 'x'));
  const Site site("", disk.file("journal.db"));
  Listener listener = site.listen({"--no-stdout"});
  HttpConnection connection = listener.connect();
  int acknowledged = 0;
  check_full(listener, post_until_full(connection, acknowledged, 2000));
  CHECK(acknowledged > 0);
  std::filesystem::remove(disk.file("ballast"));
  check_recovered(site, listener, acknowledged);
}
