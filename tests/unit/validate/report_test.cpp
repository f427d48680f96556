#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"
#include "tvhook-validate/alert_batch.hpp"
#include "tvhook-validate/finding_catalogue.hpp"
#include "tvhook-validate/finding_text.hpp"
#include "wire/dialect.hpp"
#include "wire/finding_codes.hpp"
#include "wire/json_value.hpp"
#include "wire/records.hpp"
#include "wire/signal_schema.hpp"

using namespace tvh;

namespace {

wire::JsonValue json(const std::string& text) {
  auto parsed = wire::parse_json(text);
  if (const auto* error = std::get_if<wire::JsonError>(&parsed))
    FAIL(error->message << " at " << error->offset);
  return std::get<wire::JsonValue>(std::move(parsed));
}

std::string finding_text(const std::string& text, std::size_t offset,
                         const std::vector<NamedSecret>& secrets = {}) {
  std::string out;
  append_finding_text(out, {"a.json", text, 1},
                      wire::make_finding(wire::FindingCode::syntax, "", "broken", offset), secrets);
  return out.substr(out.find('\n') + 1);
}

// A value against the parts of JSON Schema that the signal's schema uses; "" or what is wrong.
std::string violation(const wire::JsonValue& schema, const wire::JsonValue& root,
                      const wire::JsonValue& value) {
  using Kind = wire::JsonValue::Kind;
  if (schema.kind == Kind::boolean) return schema.boolean ? "" : "nothing is allowed here";
  for (const auto& entry : schema.members) {
    const std::string_view key = entry.key;
    const wire::JsonValue& rule = entry.value;
    const std::string said = rule.text.string();
    const std::string text = value.text.string();
    if (key == "$ref") {
      const std::string name = said.substr(std::string("#/$defs/").size());
      if (auto wrong = violation(*root.find("$defs")->find(name), root, value); !wrong.empty()) return wrong;
    } else if (key == "type") {
      const bool right = (rule.text == "object" && value.kind == Kind::object) ||
                         (rule.text == "string" && value.kind == Kind::string) ||
                         (rule.text == "boolean" && value.kind == Kind::boolean);
      if (!right) return "is no " + said;
    } else if (key == "const") {
      if (said != text) return "is not " + said;
    } else if (key == "enum") {
      bool found = false;
      for (const auto& item : rule.items) found |= item.text == text;
      if (!found) return text + " is none of the words";
    } else if (key == "pattern") {
      if (!std::regex_search(text, std::regex(said))) return text + " does not match " + said;
    } else if (key == "maxLength") {
      if (value.text.size() > std::stoul(said)) return "is too long";
    } else if (key == "required") {
      for (const auto& item : rule.items) {
        if (value.find(item.text) == nullptr) return item.text.string() + " is missing";
      }
    } else if (key == "properties") {
      for (const auto& member : value.members) {
        const wire::JsonValue* of_member = rule.find(member.key);
        if (of_member == nullptr) return member.key.string() + " is not in the schema";
        if (auto wrong = violation(*of_member, root, member.value); !wrong.empty())
          return member.key.string() + ": " + wrong;
      }
    }
  }
  return {};
}

}  // namespace

TEST_CASE("report: a caret stands under the place, whatever the characters before it") {
  CHECK(finding_text("{\"a\":1,}", 7) == "  {\"a\":1,}\n         ^\n");
  CHECK(finding_text("first\n\té“x", 12) == "   é“x\n     ^\n");
  CHECK(finding_text("", 0).empty());
  const std::string longest = std::string(300, 'a') + "X" + std::string(300, 'b');
  const std::string shown = finding_text(longest, 300);
  CHECK(shown.size() < 300);
  CHECK(shown.find("X") != std::string::npos);
}

TEST_CASE("report: no secret is in the line that is shown") {
  const std::string text = R"({"secret":"hunter2","token":"guess","action":"hold"})";
  for (std::size_t offset = 0; offset <= text.size(); ++offset) {
    const std::string shown = finding_text(text, offset, {{"main", Secret("hunter2")}});
    CAPTURE(offset, shown);
    CHECK(shown.find("hunter2") == std::string::npos);
    CHECK(shown.find("guess") == std::string::npos);
  }
}

TEST_CASE("report: no line of Pine that gives a secret its value is shown") {
  for (const std::string line :
       {R"(secretToken = input.string("hunter2", "Webhook secret"))", R"(pass = "hunter2")",
        R"(var string api_key = 'hunter2')", R"(f(input("hunter2")))", R"(alert('{"secret":"hunter2"}'))",
        R"(alert("{\"token\": \"hunter2\"}"))"}) {
    for (std::size_t offset = 0; offset <= line.size(); ++offset) {
      std::string out;
      append_finding_text(out, {"a.pine", line, 1, TextKind::pine},
                          wire::make_finding(wire::FindingCode::syntax, "", "broken", offset), {});
      CAPTURE(offset, out);
      CHECK(out.find("hunter2") == std::string::npos);
    }
  }
  std::string out;
  append_finding_text(out, {"a.pine", "x = close", 1, TextKind::pine},
                      wire::make_finding(wire::FindingCode::syntax, "", "broken", 4), {});
  CHECK(out.find("  x = close\n      ^\n") != std::string::npos);
}

TEST_CASE("report: SARIF is one JSON document with a rule for every code and results in place") {
  AlertBatch batch{"alerts/a b.ndjson", {}, {}};
  batch.add(R"({"action":"buy",})", 1);
  batch.add("{\"action\":\"buy\",\n\"é\":1,\"qty\":0}", 2);
  const auto report = check_batch(batch, {}, {ReportFormat::sarif, false});
  REQUIRE(report.records.starts_with(','));
  // Larger than an alert may be, so not for our own parser.
  const auto document = nlohmann::json::parse(sarif_beginning() + report.records.substr(1) + sarif_end());
  CHECK(document["version"] == "2.1.0");
  const auto& run = document["runs"][0];
  CHECK(run["tool"]["driver"]["rules"].size() == finding_catalogue().size());
  bool seen = false;
  for (const auto& result : run["results"]) {
    const auto& place = result["locations"][0]["physicalLocation"];
    CHECK(place["artifactLocation"]["uri"] == "alerts/a%20b.ndjson");
    if (result["ruleId"] != "TV020") continue;
    seen = true;
    CHECK(place["region"]["startLine"] == 3);
    CHECK(place["region"]["startColumn"] == 13);
  }
  CHECK(seen);
}

TEST_CASE("schema: it is JSON, takes every record we write and refuses broken ones") {
  const std::string text = wire::signal_schema();
  const auto schema = json(text);
  CHECK(schema.find("$schema")->text == "https://json-schema.org/draft/2020-12/schema");
  for (
      const std::string alert :
      {R"({"action":"buy","symbol":"BTCUSDT"})",
       R"({"action":"close_all","max_age":"2m","id":"x","alert_id":"y","comment":"c","order_id":"o"})",
       R"({"action":"buy","symbol":"BTCUSDT.P","exchange":"BYBIT","quantity":0.0010,"price":65000.50,"stop_loss":1,"take_profit":70000,"order_type":"stop_limit","limit_price":3,"stop_price":2,"leverage":3,"reduce_only":true,"time_in_force":"ioc","trailing":{"a":1},"legs":[1],"timeframe":"15","time":"2026-11-20T10:15:00Z","fired_at":"2026-11-20T10:15:01.5Z","size_unit":"contracts","rsi":5,"position":{"side":"short","size":0,"prev_side":"long","prev_size":2.50}})"}) {
    CheckRules rules;
    rules.now = *parse_time("2026-11-20T10:15:03Z");
    const auto checked = check_alert(alert, rules);
    // A stop loss above the price is no schema's matter; the third alert closes a position.
    if (!checked.signal) continue;
    const std::string record = wire::format_signal(*checked.signal);
    CAPTURE(record);
    CHECK(violation(schema, schema, json(record)).empty());
  }
  CHECK(violation(schema, schema, json(R"({"kind":"signal"})")) == "v is missing");
}

TEST_CASE("dialects: each is in the page of tvhook-validate, the unverified ones marked, and no other") {
  const std::string page = test::read_file(std::string(TVHOOK_SOURCE_FOLDER) + "/man/tvhook-validate.1.scd");
  const auto begin = page.find("# DIALECTS");
  const std::string section = page.substr(begin, page.find("# FINDINGS") - begin);
  std::size_t entries = 0;
  for (auto at = section.find("\n\n*"); at != std::string::npos; at = section.find("\n\n*", at + 1)) {
    if (section.find("*\n\t", at) == section.find("*", at + 3)) ++entries;
  }
  CHECK(entries == wire::dialects().size());
  for (const auto& dialect : wire::dialects()) {
    CAPTURE(dialect.name);
    const auto entry = section.find("\n\n*" + std::string(dialect.name) + "*\n\t");
    REQUIRE(entry != std::string::npos);
    const std::string text = section.substr(entry, section.find("\n\n", entry + 2) - entry);
    CHECK((text.find("Unverified") != std::string::npos) == !dialect.is_verified);
  }
}

TEST_CASE("codes: each is named once, stands in the page of tvhook-validate, and the page names no other") {
  const std::string page = test::read_file(std::string(TVHOOK_SOURCE_FOLDER) + "/man/tvhook-validate.1.scd");
  std::set<std::string> documented;
  const std::regex line(R"re(\*(TV[0-9]{3}) ([a-z_0-9]+)\* \((error|warning|note)\))re");
  for (std::sregex_iterator at(page.begin(), page.end(), line), end; at != end; ++at)
    documented.insert((*at)[0]);
  std::set<std::string> ours;
  for (const auto& kind : finding_catalogue()) {
    const std::string code(kind.code);
    ours.insert("*" + code + " " + std::string(kind.name) + "* (" + std::string(wire::to_text(kind.severity)) +
                ")");
    CHECK(kind.explanation.size() > 30);
  }
  CHECK(ours.size() == finding_catalogue().size());
  CHECK(documented == ours);
}
