// The tutorials' templates and Pine scripts through tvhook-validate itself: what their messages become, and the
// flaws their README names.
#include <nlohmann/json.hpp>
#include <set>

#include "support/catch.hpp"
#include "support/process.hpp"
#include "support/temporary_folder.hpp"

using namespace tvh;

namespace {

const std::string kFolder = std::string(TVHOOK_SOURCE_FOLDER) + "/../shared/payloads";

struct Run {
  int code = 0;
  std::string output;
  std::string errors;
};

Run validate(std::vector<std::string> arguments) {
  test::ProcessOptions options;
  options.arguments = std::move(arguments);
  options.folder = kFolder;
  options.environment = {{"HOME", "/nonexistent"}};
  test::Process process(std::string(TVHOOK_BIN_FOLDER) + "/tvhook-validate", options);
  Run run;
  run.code = process.wait();
  run.output = process.output();
  run.errors = process.errors();
  return run;
}

std::set<std::string> codes_of(const nlohmann::json& verdict) {
  std::set<std::string> names;
  for (const auto& finding : verdict["findings"]) names.insert(finding["name"].get<std::string>());
  return names;
}

nlohmann::json verdict_of(const std::string& mode, const std::string& file) {
  const Run run = validate({mode, "--format", "json", file});
  INFO(run.errors);
  CHECK(run.errors.empty());
  return nlohmann::json::parse(run.output);
}

nlohmann::json signal_of(const nlohmann::json& verdict, std::size_t index) {
  return verdict["becomes"].at(index)["signal"];
}

using Names = std::set<std::string>;

}  // namespace

TEST_CASE("scripts: the strategy's two alerts buy and sell with price and the bar's time") {
  const auto verdict = verdict_of("--pine", "seeds/pine_alert.pine");
  CHECK(verdict["valid"] == true);
  CHECK(codes_of(verdict) == Names{"secret_in_body", "no_order_id"});
  REQUIRE(verdict["becomes"].size() == 2);
  CHECK(verdict["becomes"][0]["line"] == 17);
  CHECK(signal_of(verdict, 0)["action"] == "buy");
  CHECK(signal_of(verdict, 1)["action"] == "sell");
  for (const auto& outcome : verdict["becomes"]) {
    CHECK(outcome["message"] == "alert()");
    CHECK(outcome["signal"]["symbol"] == "BTCUSDT");
    CHECK(outcome["signal"]["price"] == "65000.5");
    CHECK(outcome["signal"]["bar_time"] == "2026-11-20T10:15:00Z");
  }
}

TEST_CASE("scripts: the advanced indicator sends a bracket, unless its averages have no value yet") {
  const auto verdict = verdict_of("--pine", "seeds/advanced.pine");
  CHECK(verdict["valid"] == true);
  CHECK(codes_of(verdict) == Names{"string_not_indented", "bare_may_be_nan", "secret_in_body", "no_order_id",
                                   "size_without_strategy", "no_time"});
  REQUIRE(verdict["becomes"].size() == 2);
  const auto bracket = signal_of(verdict, 0);
  CHECK(bracket["quantity"] == "1");
  CHECK(bracket["size_unit"] == "base");
  CHECK(bracket["price"] == "65000.5");
  CHECK(bracket["stop_loss"] == "64800.5");
  CHECK(bracket["take_profit"] == "65300.5");
  CHECK(bracket["timeframe"] == "15");
  CHECK(verdict["becomes"][1]["sample"] == "na");
  CHECK(verdict["becomes"][1]["refused"] == "TV112 bare_may_be_nan");
}

TEST_CASE("templates: the production guide's becomes orders of both sides, and its flaws are pointed out") {
  const auto verdict = verdict_of("--template", "seeds/production_guide.template.json");
  CHECK(verdict["valid"] == true);
  CHECK(codes_of(verdict) == Names{"timenow_as_identity", "secret_in_body", "no_order_id"});
  const Run text = validate({"--template", "seeds/production_guide.template.json"});
  CHECK(text.code == 0);
  CHECK(text.output.find("entry: buy 0.2 BTCUSDT market\n") != std::string::npos);
  CHECK(text.output.find("reversal: sell 0.4 BTCUSDT market\n") != std::string::npos);
  CHECK(text.errors.find("{{time}}") != std::string::npos);
  CHECK(text.errors.find("your-actual-passphrase-here") == std::string::npos);
}

TEST_CASE("templates: the Flask guide's trades 1 without a strategy's name, and with the time of firing") {
  const auto verdict = verdict_of("--template", "seeds/strategy_flask.template.json");
  CHECK(codes_of(verdict) == Names{"timenow_as_identity", "no_strategy_name", "no_order_id"});
  CHECK(signal_of(verdict, 0)["quantity"] == "1");
  for (const std::string guide : {"seeds/guide_en.json", "seeds/guide_pt.json"}) {
    const auto plain = verdict_of("--template", guide);
    CHECK(codes_of(plain) == Names{"secret_in_body", "no_strategy_name", "no_order_id", "no_time"});
    CHECK(signal_of(plain, 0)["quantity"] == "0.01");
    CHECK(signal_of(plain, 0)["action"] == "buy");
  }
}

TEST_CASE("templates: no service's published template is misread: its placeholders are all known") {
  const Run run = validate({"--template", "-q", "dialects"});
  CHECK((run.code == 0 || run.code == 1));
  for (const std::string code : {"TV101", "TV102", "TV103", "TV104", "TV105", "TV106", "TV107", "TV111"}) {
    CAPTURE(code);
    CHECK(run.errors.find(code) == std::string::npos);
  }
}
