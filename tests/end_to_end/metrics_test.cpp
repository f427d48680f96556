// GET /metrics, as Prometheus asks for it, and its page.
#include <algorithm>
#include <regex>

#include "support/catch.hpp"
#include "support/site.hpp"

using namespace tvh::test;

namespace {

// The value of one line; "" when there is none.
std::string value_of(const std::string& text, const std::string& name) {
  for (const auto& line : lines_of(text)) {
    if (line.starts_with(name + " ")) return line.substr(name.size() + 1);
  }
  return "";
}

}  // namespace

TEST_CASE("metrics: every answer is counted by status and verdict, once, whatever is logged") {
  const Site site(kAdmin);
  Listener listener = site.listen({"--no-stdout"});
  const int admin = listener.admin_port();
  CHECK(listener.post(R"({"secret":"wrong","action":"buy","symbol":"BTCUSDT"})").status == 401);
  CHECK(listener.post("no JSON").status == 400);
  CHECK(listener.connect().get("/elsewhere").status == 404);
  // Last, because these are answered when nothing before them waits any more.
  for (const char* id : {"1", "2", "2"}) REQUIRE(listener.post(alert_body({.id = id})).status == 200);
  const HttpAnswer answer = HttpConnection(admin).get("/metrics");
  CAPTURE(answer.body);
  CHECK(answer.status == 200);
  CHECK(answer.headers.at("content-type") == "text/plain; version=0.0.4; charset=utf-8");
  const std::string answers = "tvhook_listen_answers_total";
  CHECK(value_of(answer.body, answers + R"({status="200",verdict="accepted"})") == "2");
  CHECK(value_of(answer.body, answers + R"({status="200",verdict="duplicate"})") == "1");
  CHECK(value_of(answer.body, answers + R"({status="401",verdict="wrong_secret"})") == "1");
  CHECK(value_of(answer.body, answers + R"({status="404",verdict="wrong_path"})") == "1");
  CHECK(value_of(answer.body, "tvhook_listen_journal_commits") == "1");
  CHECK(value_of(answer.body, "tvhook_listen_waiting_alerts") == "0");
  CHECK(value_of(answer.body, "tvhook_listen_stored_late_total") == "0");
  CHECK(listener.stop() == 0);
}

TEST_CASE("metrics: each name is on the manual page, and each on the page is there") {
  const Site site(kAdmin);
  Listener listener = site.listen({"--no-stdout"});
  const int admin = listener.admin_port();
  REQUIRE(listener.post(alert_body({.id = "1"})).status == 200);
  const std::string text = HttpConnection(admin).get("/metrics").body;
  const std::string page = read_file(std::string(TVHOOK_SOURCE_FOLDER) + "/man/tvhook-listen.1.scd");
  const auto names_in = [](const std::string& where, const std::regex& pattern) {
    std::vector<std::string> names;
    for (std::sregex_iterator it(where.begin(), where.end(), pattern), end; it != end; ++it)
      names.push_back((*it)[1]);
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
  };
  auto told = names_in(text, std::regex("# TYPE (tvhook_listen_[a-z_]+)"));
  auto documented = names_in(page, std::regex("\\*(tvhook_listen_[a-z_]+)\\*"));
  // With TLS only.
  std::erase(documented, "tvhook_listen_certificate_end_seconds");
  std::erase(told, "tvhook_listen_certificate_end_seconds");
  CHECK(told.size() > 6);
  CHECK(told == documented);
  CHECK(listener.stop() == 0);
}
