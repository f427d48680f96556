// Everything a receiver on the internet is sent: refused with the field's name, on record, and nothing else
// happens.
#include "support/catch.hpp"
#include "support/record_fields.hpp"
#include "support/site.hpp"

using namespace tvh::test;

namespace {

struct BadAlert {
  std::string what;
  std::string body;
  int status;
  std::string named;  // what the answer must say
};

// An alert with the right secret and these members.
std::string with(const std::string& members) {
  return std::string("{\"secret\":\"") + kSecret + "\"," + members + "}";
}

std::string with_quantity(const std::string& quantity) {
  return with(R"("action":"buy","symbol":"BTCUSDT","quantity":)" + quantity);
}

std::vector<BadAlert> bad_alerts() {
  const std::string good = R"("action":"buy","symbol":"BTCUSDT","quantity":0.01)";
  const std::string deep = std::string(10'000, '[') + std::string(10'000, ']');
  return {
      {"no JSON", "BTCUSDT to the moon", 400, ""},
      {"empty body", "", 400, ""},
      {"half an object", R"({"action":"buy")", 400, "\"line\":1"},
      {"trailing comma", R"({"action":"buy",})", 400, "trailing comma"},
      {"an array", "[1,2,3]", 400, ""},
      {"a bare number", "1", 400, ""},
      {"action of a wrong type", with(R"("action":7,"symbol":"BTCUSDT","quantity":1)"), 400, "action"},
      {"symbol of a wrong type", with(R"("action":"buy","symbol":["BTCUSDT"],"quantity":1)"), 400, "symbol"},
      {"quantity of a wrong type", with_quantity("true"), 400, "quantity"},
      {"quantity an object", with_quantity("{}"), 400, "quantity"},
      {"no action", with(R"("symbol":"BTCUSDT","quantity":1)"), 400, "action"},
      {"no symbol", with(R"("action":"buy","quantity":1)"), 400, "symbol"},
      {"unknown action", with(R"("action":"hodl","symbol":"BTCUSDT","quantity":1)"), 400, "action"},
      {"unknown venue",
       std::string("{\"passphrase\":\"") + kSecret +
           R"(","action":"buy","ticker":"BTCUSDT","exchange":"NOWHERE","price":1,"volume":1,"strategy_id":"s",)"
           R"("timeframe":"15","bar_time":"2026-11-20T10:15:00Z"})",
       400, "exchange"},
      {"quantity 0", with_quantity("0"), 400, "quantity"},
      {"quantity negative", with_quantity("-1"), 400, "quantity"},
      {"quantity NaN as text", with_quantity("\"NaN\""), 400, "quantity"},
      {"quantity NaN", with_quantity("NaN"), 400, ""},
      {"quantity 1e400", with_quantity("1e400"), 400, "quantity"},
      {"quantity of 60 digits", with_quantity(std::string(60, '7')), 400, "quantity"},
      {"price of 60 digits as text", with(good + ",\"price\":\"" + std::string(60, '7') + "\""), 400, "price"},
      {"10,000 levels", "{\"action\":" + deep + "}", 400, "too_deep"},
      {"invalid UTF-8", with(good + ",\"comment\":\"\xff\xfe\""), 400, "invalid_utf8"},
      {"a NUL byte", with(good) + std::string(1, '\0'), 400, ""},
      {"a NUL byte inside", with(good + ",\"comment\":\"a" + std::string(1, '\0') + "b\""), 400, ""},
      {"placeholder left", with(R"("action":"buy","symbol":"{{ticker}}","quantity":1)"), 400, "symbol"},
      {"a key twice", with(good + ",\"quantity\":2"), 400, "quantity"},
      {"too many fields",
       [&] {
         std::string many = good;
         for (int i = 0; i < 300; ++i) many += ",\"k" + std::to_string(i) + "\":1";
         return with(many);
       }(),
       400, ""},
      {"a 10 MB body", with(good + ",\"comment\":\"" + std::string(10 << 20, 'x') + "\""), 413, ""},
      {"65 KiB", with(good + ",\"comment\":\"" + std::string(65 << 10, 'x') + "\""), 413, ""},
      {"no secret", "{" + good + "}", 401, ""},
      {"wrong secret", R"({"secret":"battery-staple",)" + good + "}", 401, ""},
      {"right and wrong secret", with(R"("token":"battery-staple",)" + good), 401, ""},
      {"secret of a wrong type", R"({"secret":[1],)" + good + "}", 401, ""},
  };
}

}  // namespace

TEST_CASE("bad input: every kind is refused by name, stored, and harms nothing") {
  const Site site;
  Listener listener = site.listen();
  const std::vector<BadAlert> all = bad_alerts();
  for (const BadAlert& bad : all) {
    const HttpAnswer answer = listener.connect().post("/webhook", bad.body);
    CAPTURE(bad.what, answer.body);
    CHECK(answer.status == bad.status);
    CHECK(answer.body.find(bad.named) != std::string::npos);
    CHECK(answer.body.find(kSecret) == std::string::npos);
    CHECK(answer.body.find("battery-staple") == std::string::npos);
    REQUIRE(listener.process().running());
  }
  CHECK(listener.connect().get("/health").status == 200);
  REQUIRE(listener.post(alert_body({.id = "good"})).status == 200);
  REQUIRE(listener.stop() == 0);

  CHECK(site.one("SELECT count(*) FROM alerts WHERE status != 200") == std::to_string(all.size()));
  CHECK(site.one("SELECT count(*) FROM alerts WHERE verdict IS NULL OR verdict = ''") == "0");
  CHECK(site.one("SELECT count(*) FROM signals") == "1");
  CHECK(lines_of(listener.process().output()).size() == 1);
  CHECK(lines_of(listener.process().errors()).size() >= all.size());
}

TEST_CASE("bad input: unknown actions and missing sizes say what was expected") {
  const Site site;
  Listener listener = site.listen();
  const HttpAnswer unknown = listener.post(with(R"("action":"hodl","symbol":"BTCUSDT","quantity":1)"));
  CHECK(unknown.status == 400);
  CHECK(unknown.body.find("buy") != std::string::npos);
  CHECK(unknown.body.find("close_all") != std::string::npos);
}

TEST_CASE(
    "requests that are no alerts get the status that fits, and TradingView is never asked to come again") {
  const Site site;
  Listener listener = site.listen();
  const std::string good = alert_body({.id = "x"});
  CHECK(listener.connect().post("/", good).status == 404);
  CHECK(listener.connect().get("/webhook").status == 405);
  CHECK(listener.connect().get("/nothing").status == 404);
  const HttpAnswer health = listener.connect().get("/health");
  CHECK(health.status == 200);
  CHECK(health.body.find("{\"status\":\"ok\"}") == 0);
  for (const std::string& raw : {
           std::string("nonsense\r\n\r\n"),
           std::string("POST /webhook HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 5\r\n\r\nhello"),
           std::string(
               "POST /webhook HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello"),
           std::string("POST /webhook HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello"),
           std::string("POST /webhook HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n"),
           std::string("POST /webhook HTTP/1.1\r\nHost: a\r\n\r\n"),
           std::string("POST /webhook HTTP/1.1\r\nHost: a\r\nX: y\r\n z\r\nContent-Length: 5\r\n\r\nhello"),
           std::string(
               "POST /webhook HTTP/1.1\r\nHost: a\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello"),
       }) {
    HttpConnection connection = listener.connect();
    connection.send(raw);
    connection.finish_sending();
    const auto answer = connection.read_answer();
    CAPTURE(raw);
    REQUIRE(answer.has_value());
    CHECK(answer->status >= 400);
    CHECK(answer->status < 500 + (raw.find("Transfer") != std::string::npos));
  }
  CHECK(listener.process().running());
  REQUIRE(listener.stop() == 0);
  CHECK(site.one("SELECT count(*) FROM signals") == "0");
}

TEST_CASE("exec: a broken line is reported with its number, the others run, and the exit is 65") {
  const Site site;
  Listener listener = site.listen();
  REQUIRE(listener.post(alert_body({.id = "1"})).status == 200);
  REQUIRE(listener.post(alert_body({.id = "2", .symbol = "ETHUSDT", .price = "3000"})).status == 200);
  REQUIRE(listener.stop() == 0);
  const auto lines = lines_of(listener.process().output());
  REQUIRE(lines.size() == 2);
  const std::string input = lines[0] + "\n{\"kind\":\"signal\",\"v\":1,\n\nnot json\n" + lines[1] + "\n" +
                            std::string(300 << 10, 'x') + "\n";
  const Finished exec = site.run_tool("tvhook-exec", {}, input);
  CAPTURE(exec.output, exec.errors);
  CHECK(exec.code == 65);
  CHECK(exec.errors.find("line 2") != std::string::npos);
  CHECK(exec.errors.find("line 4") != std::string::npos);
  CHECK(exec.errors.find("line 6") != std::string::npos);
  CHECK(records_of(exec.output).size() == 2);
  CHECK(site.one("SELECT count(*) FROM intents WHERE state = 'filled'") == "2");
}
