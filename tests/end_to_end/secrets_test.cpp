// No secret is written anywhere, however it came.
#include <filesystem>

#include "support/catch.hpp"
#include "support/site.hpp"

using namespace tvh::test;

static std::string every_byte_written(const Site& site, Process& listener) {
  std::string all = listener.output() + listener.errors();
  for (const auto& entry : std::filesystem::directory_iterator(site.folder())) {
    if (entry.path().filename() != "tvhook.toml") all += read_file(entry.path().string());
  }
  return all;
}

TEST_CASE("secrets: right, wrong, escaped and misplaced ones are in no file and no output") {
  const Site site;
  ProcessOptions options = site.options({"--address", "127.0.0.1:0", "--log-level", "debug"});
  options.environment["TVHOOK_SECRET"] = "Zq7right-secret";
  Listener listener(options);
  const std::string rest = R"("action":"buy","symbol":"BTCUSDT","quantity":0.01,"price":65000)";
  const std::vector<std::string> bodies = {
      R"({"secret":"Zq7right-secret",)" + rest + "}",
      R"({"secret":"Zq7right-secret","comment":"key Zq7right-secret",)" + rest +
          R"(,"strategy":"Zq7right-secret"})",
      R"({"secret":"\u005aq7\u0072ight-secret","note":"\u005aq7right-secret",)" + rest + "}",
      R"({"token":"Zq7right-secret","secret":"Kw9wrong-one",)" + rest + "}",
      R"({"secret":"Kw9wrong-two",)" + rest + "}",
      R"({"secret":"Kw9wr\u006fng-three",)" + rest + "}",
      R"({"passphrase":"Kw9wrong-four","password":"Kw9wrong-five","api_key":"Kw9wrong-six",)" + rest + "}",
      R"({"secret":"Zq7right-secret","action":})",
      R"({"secret":"Kw9wrong-seven","action":})",
      R"(secret=Zq7right-secret buy BTCUSDT)",
      R"({"secret":"Zq7right-secret","action":"Zq7right-secret","symbol":"BTCUSDT"})",
      R"({"secret":"Zq7right-secret","Zq7right-secret":1,)" + rest + "}",
      R"({"secret":["Kw9wrong-eight"],)" + rest + "}",
  };
  std::string answers;
  for (const std::string& body : bodies) answers += listener.post(body).body;
  answers += listener.connect().post("/webhook?secret=Zq7right-secret", "{}").body;
  answers += listener.connect().post("/webhook/Zq7right-secret", "{}").body;
  // A last accepted one carries the refusals waiting for a batch to disk.
  REQUIRE(listener.post(R"({"secret":"Zq7right-secret","signal_id":"last",)" + rest + "}").status == 200);
  REQUIRE(listener.stop() == 0);

  const std::string all = answers + every_byte_written(site, listener.process());
  CHECK(all.find("Zq7") == std::string::npos);
  CHECK(all.find("right-secret") == std::string::npos);
  CHECK(all.find("ight-secret") == std::string::npos);
  CHECK(all.find("Kw9") == std::string::npos);
  CHECK(all.find("wrong-") == std::string::npos);
  CHECK(all.find("ng-three") == std::string::npos);
  CHECK(std::stoi(site.one("SELECT count(*) FROM alerts WHERE body LIKE '%[secret:%'")) >= 10);
}

TEST_CASE("secrets: the wrong one is told so, and which fields may carry it, but not what it was") {
  const Site site;
  Listener listener = site.listen();
  const HttpAnswer answer = listener.post(R"({"secret":"Kw9wrong","action":"buy","symbol":"BTCUSDT"})");
  CHECK(answer.status == 401);
  CHECK(answer.body.find("secret") != std::string::npos);
}

TEST_CASE("secrets: without one configured the listener refuses to start and says how to set it") {
  const Site site;
  ProcessOptions options = site.options({"--address", "127.0.0.1:0"});
  options.environment.erase("TVHOOK_SECRET");
  const Finished listener = run(tool("tvhook-listen"), options);
  CHECK(listener.code == 78);
  CHECK(listener.errors.find("TVHOOK_SECRET") != std::string::npos);
  CHECK(listener.errors.find("--secret-file") != std::string::npos);
}
