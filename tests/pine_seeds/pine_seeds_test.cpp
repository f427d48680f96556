// The tutorials' scripts and templates, and the services' templates: what they become, and the flaws they are
// known to have. Read where they lie beside the checkout.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <set>

#include "pine/messages.hpp"
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

using namespace tvh;
using namespace tvh::pine;

namespace {

const std::string kFolder = std::string(TVHOOK_SOURCE_FOLDER) + "/../shared/payloads";

// Before any test: "skipped" must never look like "passed".
const bool kPresent = [] {
  if (std::filesystem::exists(kFolder + "/seeds/pine_alert.pine")) return true;
  std::printf("skipped: the published scripts are not there (%s)\n", kFolder.c_str());
  std::exit(77);
}();

std::set<std::string> names(const std::vector<Finding>& findings) {
  std::set<std::string> result;
  for (const auto& finding : findings) result.insert(std::string(finding.name()));
  return result;
}
using Names = std::set<std::string>;

Template message(const std::string& path) { return Template::parse(test::read_file(kFolder + "/" + path)); }

}  // namespace

TEST_CASE("published scripts: the simple alert yields an entry and an exit, with their places") {
  const auto report = find_messages(test::read_file(kFolder + "/seeds/pine_alert.pine"));
  CHECK(report.kind == ScriptKind::strategy);
  CHECK(report.version == 5);
  REQUIRE(report.messages.size() == 2);
  for (const auto& found : report.messages) {
    CHECK(found.kind == MessageKind::alert);
    CHECK(found.frequency == "alert.freq_once_per_bar_close");
    REQUIRE(found.variants.size() == 1);
    CHECK(found.variants[0].is_complete);
  }
  CHECK(report.messages[0].call.line == 17);
  CHECK(report.messages[1].call.line == 19);
  const auto& entry = report.messages[0].variants[0];
  CHECK(entry.message.text() ==
        R"({"action": "buy", "symbol": "BTCUSDT", "secret": "your_secret_token_here", "price": 65000.5, )"
        R"("time": "1795169700000"})");
  // A place in the message is one in the script, where the message was put together.
  const std::string source = test::read_file(kFolder + "/seeds/pine_alert.pine");
  CHECK(entry.to_source.original_of(entry.message.text().find("your_secret")) == source.find("your_secret"));
  CHECK(names(report.findings) == Names{"no_order_id", "secret_in_body"});
}

TEST_CASE("published scripts: the bracket is put together from wrapped strings, and may hold NaN") {
  const auto report = find_messages(test::read_file(kFolder + "/seeds/advanced.pine"));
  CHECK(report.kind == ScriptKind::indicator);
  REQUIRE(report.messages.size() == 1);
  REQUIRE(report.messages[0].variants.size() == 2);
  const auto& variants = report.messages[0].variants;
  CHECK(
      variants[0].message.text() ==
      R"({ "action": "buy", "symbol": "BTCUSDT", "secret": "your_secret_token_here", "entry_price": 65000.5, )"
      R"("stop_loss": 64800.5, "take_profit": 65300.5, "position_size": 1, "atr": 100, "timeframe": "15" })");
  CHECK(variants[1].samples == "na");
  CHECK(variants[1].message.text().find("\"stop_loss\": NaN,") != std::string::npos);
  CHECK(names(report.findings) ==
        Names{"no_order_id", "secret_in_body", "bare_may_be_nan", "string_not_indented"});
  for (const auto& finding : report.findings) {
    if (finding.name() == "string_not_indented") CHECK(finding.place.line == 9);
    CHECK(finding.message.find("your_secret") == std::string::npos);
  }
}

TEST_CASE("published templates: the tutorials' own have their known flaws") {
  const auto flask = message("seeds/strategy_flask.template.json");
  CHECK(names(flask.findings()) == Names{"timenow_as_identity", "no_order_id", "no_strategy_name"});
  const auto production = message("seeds/production_guide.template.json");
  CHECK(names(production.findings()) == Names{"timenow_as_identity", "no_order_id", "secret_in_body"});
  CHECK(production.fill_all().size() >= 3);
  for (const auto* guide : {"seeds/guide_en.json", "seeds/guide_pt.json"}) {
    CHECK(names(message(guide).findings()) == Names{"no_order_id", "no_strategy_name", "secret_in_body"});
  }
}

TEST_CASE("published templates: no service's template has an error, and all their placeholders are filled") {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder + "/dialects")) {
    if (entry.path().extension() == ".txt") continue;
    INFO(entry.path().filename().string());
    ++count;
    const auto found = Template::parse(test::read_file(entry.path().string()));
    for (const auto& finding : found.findings()) {
      INFO(finding.message);
      CHECK(finding.severity != Severity::error);
    }
    for (const auto& filled : found.fill_all()) CHECK(filled.text.find("{{") == std::string::npos);
  }
  CHECK(count >= 20);
}

TEST_CASE("published templates: plots without quotes, and a message within a string") {
  CHECK(
      names(message("dialects/26_lthelm_template_plots.json").findings()) ==
      Names{"timenow_as_identity", "no_order_id", "message_inside_text", "bare_may_be_nan", "secret_in_body"});
  // The age of an alert is measured by {{timenow}} there, and rightly.
  CHECK(names(message("dialects/06_3commas_signal_strategy.json").findings()).count("timenow_as_identity") ==
        0);
  CHECK(names(message("dialects/08_okx_signal_section_a.json").findings()).count("timenow_as_identity") == 0);
}
