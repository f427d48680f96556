#include "tvhook-validate/alert_check.hpp"

#include "support/catch.hpp"
#include "tvhook-validate/alert_batch.hpp"
#include "wire/records.hpp"

using namespace tvh;

namespace {

const std::string kGood =
    R"({"secret":"hunter2","action":"buy","ticker":"BTCUSDT","price":65000.5,"quantity":1,"strategy":"ma","order_id":"long","timeframe":"15","time":"2026-11-20T10:15:00Z"})";

CheckRules rules() {
  CheckRules result;
  result.now = *parse_time("2026-11-20T10:15:03Z");
  return result;
}

CheckRules rules_with_secret() {
  CheckRules result = rules();
  result.secrets.push_back({"main", Secret("hunter2")});
  return result;
}

std::vector<std::string> names(const CheckedAlert& checked) {
  std::vector<std::string> result;
  for (const auto& finding : checked.findings) result.push_back(finding.name);
  return result;
}

AlertBatch batch_of(const std::vector<std::string>& alerts) {
  AlertBatch batch{"in.ndjson", {}, {}};
  for (const auto& alert : alerts) batch.add(alert, batch.alerts.size() + 1);
  return batch;
}

std::vector<std::string> ids(const std::string& records) {
  std::vector<std::string> result;
  for (std::size_t at = records.find("\"id\":\""); at != std::string::npos;
       at = records.find("\"id\":\"", at + 1)) {
    result.push_back(records.substr(at + 6, 26));
  }
  return result;
}

}  // namespace

TEST_CASE("check: a good alert becomes a signal with its id and the time of the check") {
  const auto checked = check_alert(kGood, rules());
  REQUIRE(checked.signal);
  CHECK(checked.signal->received_at == rules().now);
  CHECK(checked.signal->id.size() == 26);
  CHECK(names(checked).empty());
  CHECK(check_alert(kGood, rules()).signal->id == checked.signal->id);
}

TEST_CASE("check: the secret is checked only when one is configured") {
  std::string wrong = kGood;
  wrong.replace(wrong.find("hunter2"), 7, "hunter3");
  CHECK(check_alert(kGood, rules_with_secret()).signal);
  CHECK(check_alert(wrong, rules()).signal);
  const auto refused = check_alert(wrong, rules_with_secret());
  CHECK_FALSE(refused.signal);
  CHECK(refused.findings.front().code == "TV010");
  CHECK(refused.findings.front().message.find("hunter") == std::string::npos);
  CHECK(refused.findings.front().offset == 10);
  const auto missing = check_alert(R"({"action":"close_all"})", rules_with_secret());
  CHECK_FALSE(missing.signal);
  CHECK(missing.findings.front().code == "TV011");
}

TEST_CASE("check: strict counts warnings as errors, notes not") {
  CheckRules strict = rules();
  strict.strictness = Strictness::warnings_too;
  CHECK(check_alert(kGood, strict).signal);
  const std::string habits = R"({"action":"buy","ticker":"BTCUSDT","volume":1})";
  CHECK(check_alert(habits, rules()).signal);
  const auto refused = check_alert(habits, strict);
  CHECK_FALSE(refused.signal);
  CHECK(wire::has_error(refused.findings));
}

TEST_CASE("check: a canonical record passes unchanged, a broken one is refused by field") {
  const auto signal = check_alert(kGood, rules()).signal;
  const std::string record = wire::format_signal(*signal);
  const auto again = check_alert(record, rules_with_secret());
  REQUIRE(again.signal);
  CHECK(wire::format_signal(*again.signal) == record);
  CHECK(again.findings.empty());
  std::string broken = record;
  broken.replace(broken.find("\"quantity\":\"1\""), 14, "\"quantity\":\"0\"");
  const auto refused = check_alert(broken, rules());
  CHECK(names(refused) == std::vector<std::string>{"bad_record"});
  CHECK(refused.findings.front().message.find("quantity: ") == 0);
}

TEST_CASE("check: nothing is deduplicated, and equal contents without a time get ids of their own") {
  const std::string timeless = R"({"action":"buy","ticker":"BTCUSDT","quantity":1})";
  RepeatedContents contents;
  std::vector<std::string> all;
  for (int i = 0; i < 2; ++i) {
    auto report = check_batch(batch_of({timeless, kGood, timeless}), rules(), {});
    contents.settle_ids(report);
    for (const auto& id : ids(report.records)) all.push_back(id);
  }
  REQUIRE(all.size() == 6);
  CHECK(all[0] != all[2]);
  CHECK(all[0] != all[3]);
  CHECK(all[2] != all[5]);
  CHECK(all[1] == all[4]);  // the same bar's alert is the same signal wherever it is read
  RepeatedContents anew;
  auto report = check_batch(batch_of({timeless, timeless}), rules(), {ReportFormat::json, false});
  anew.settle_ids(report);
  CHECK(ids(report.records) == std::vector<std::string>{all[0], all[2]});
}

TEST_CASE("check: findings say file, line, column, severity, code and name") {
  AlertBatch batch = batch_of({R"({"action":"buy",})"});
  batch.add("{\n \"action\":\"buy\",\"symbol\":\"BTCUSDT\",\n \"qty\":0}", 7);
  const auto report = check_batch(batch, rules(), {});
  CHECK(report.findings.find("in.ndjson:1:17: error TV001 syntax: trailing comma\n") == 0);
  CHECK(
      report.findings.find("in.ndjson:9:8: error TV020 not_positive: qty: 0 is not allowed; expected a number "
                           "greater than 0\n") != std::string::npos);
  CHECK(report.records.empty());
  CHECK(report.totals.alerts == 2);
  CHECK(report.totals.invalid == 2);
  CHECK(report.totals.worth_explaining == "TV001");
}

TEST_CASE("check: quiet leaves the errors only, json puts all in the verdict") {
  const AlertBatch batch = batch_of({R"({"action":"buy","ticker":"BTCUSDT","volume":1})", "{"});
  const auto quiet = check_batch(batch, rules(), {ReportFormat::text, true});
  CHECK(quiet.findings ==
        "in.ndjson:2:2: error TV001 syntax: the message ends before its closing }\n  {\n   ^\n");
  const auto json = check_batch(batch, rules(), {ReportFormat::json, false});
  CHECK(json.findings.empty());
  CHECK(json.records.find(
            R"({"kind":"verdict","v":1,"source":"in.ndjson","line":1,"valid":true,"findings":[{)") == 0);
  CHECK(json.records.find(R"("line":2,"valid":false,"findings":[{"severity":"error","code":"TV001")") !=
        std::string::npos);
}

TEST_CASE("check: a secret in a key's place, or in a text that is no JSON, is not in the message") {
  for (const std::string text :
       {R"({"hunter2" "x"})", R"({"hunter2":1,"hunter2":2})", R"({"action":"buy" "hunter2":1})",
        R"({"action":"buy","ticker":"BTCUSDT","stop_loss_hunter2":1,"qty hunter2":{}})"}) {
    for (const auto& finding : check_alert(text, rules_with_secret()).findings) {
      CHECK(finding.message.find("hunter2") == std::string::npos);
    }
  }
}

TEST_CASE("check: an alert of several signals gives each its id, and a second such alert others") {
  const std::string alert =
      R"([{"stub":"d","direction":"long","symbol":"ETH-PERP","size":"50"},{"stub":"d","direction":"long","symbol":"BTC-PERP","size":"50"}])";
  for (const auto format : {ReportFormat::text, ReportFormat::json}) {
    RepeatedContents contents;
    auto report = check_batch(batch_of({alert, alert}), rules(), {format, false});
    contents.settle_ids(report);
    auto all = ids(report.records);
    REQUIRE(all.size() == 4);
    std::sort(all.begin(), all.end());
    CHECK(std::unique(all.begin(), all.end()) == all.end());
  }
}
