#include "tvhook-validate/source_check.hpp"

#include <algorithm>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"
#include "tvhook-validate/finding_catalogue.hpp"
#include "tvhook-validate/signal_summary.hpp"
#include "tvhook-validate/source_report.hpp"
#include "wire/finding_codes.hpp"

using namespace tvh;

namespace {

CheckRules rules() {
  CheckRules rules;
  rules.now = *parse_time("2026-11-20T10:15:03Z");
  return rules;
}

CheckedSource of_template(const std::string& text) { return check_template(text, rules()); }
CheckedSource of_script(const std::string& text) { return check_script("//@version=6\n" + text, rules()); }

using Names = std::vector<std::string>;
Names names(const CheckedSource& checked) {
  Names result;
  for (const auto& finding : checked.findings) result.push_back(finding.name);
  return result;
}

const wire::Finding& only(const CheckedSource& checked, const std::string& name) {
  const wire::Finding* found = nullptr;
  for (const auto& finding : checked.findings) {
    if (finding.name != name) continue;
    INFO(name);
    CHECK(found == nullptr);
    found = &finding;
  }
  INFO("no " << name);
  REQUIRE(found != nullptr);
  return *found;
}

std::size_t count(const CheckedSource& checked, const std::string& name) {
  return std::size_t(std::count_if(checked.findings.begin(), checked.findings.end(),
                                   [&name](const wire::Finding& finding) { return finding.name == name; }));
}

}  // namespace

TEST_CASE("template: each sample's meaning is told, and alike ones share a line") {
  const auto checked = of_template(
      R"({"action":"{{strategy.order.action}}","symbol":"{{ticker}}","quantity":{{strategy.order.contracts}},)"
      R"("time":"{{time}}","order_id":"{{strategy.order.id}}","strategy":"ma"})");
  CHECK(outcome_lines("m.json", checked.outcomes) ==
        "m.json: entry: buy 0.2 BTCUSDT market\n"
        "m.json: exit: sell 0.2 BTCUSDT market\n"
        "m.json: reversal: sell 0.4 BTCUSDT market\n"
        "m.json: exponent: buy 0.0000001 BTCUSDT market\n"
        "m.json: quotes: refused, TV113 text_may_hold_quotes\n");
  CHECK(names(checked) == Names{"text_may_hold_quotes"});
  CHECK(checked.messages == 1);
}

TEST_CASE("template: what is wrong with a sample alone names it, at the template's place") {
  const std::string text =
      R"({"action":"{{strategy.market_position}}","symbol":"{{ticker}}","order_id":"a","time":"{{time}}"})";
  const auto checked = of_template(text);
  const auto& finding = only(checked, "unknown_action");
  CHECK(finding.severity == wire::Severity::error);
  CHECK(text.substr(finding.offset, 3) == "\"{{");
  const auto of_one = of_template(
      R"({"action":"{{strategy.order.action}}","symbol":"{{ticker}}","order_id":"a","time":"{{time}}","strategy":"s",)"
      R"("leverage":{{strategy.market_position_size}}})");
  CHECK(only(of_one, "not_positive").message.starts_with("with sample exit: leverage: 0 is not allowed"));
}

TEST_CASE("template: what fails only without values or with quotes is a warning") {
  const auto checked =
      of_template(R"({"action":"buy","symbol":"{{ticker}}","order_id":"a","quantity":"{{plot_0}}",)"
                  R"("strategy":"s","time":"{{time}}"})");
  const auto& finding = only(checked, "missing_field");
  CHECK(finding.severity == wire::Severity::warning);
  CHECK(finding.message.starts_with("with sample na-plot: "));
}

TEST_CASE("template: a message within a text is taken for a word, and told to stay one") {
  const auto checked =
      of_template(R"({"action":"{{strategy.order.action}}","symbol":"{{ticker}}","order_id":"a",)"
                  R"("time":"{{time}}","comment":"{{strategy.order.alert_message}}"})");
  CHECK(names(checked) == Names{"message_inside_text"});
  CHECK(checked.findings[0].severity == wire::Severity::warning);
  CHECK(checked.outcomes.front().signal->comment == "entry");
}

TEST_CASE("template: one fault is told once, in the template's terms") {
  const auto spelled = of_template(R"({"action":"buy","symbol":"{{tickr}}","order_id":"a","time":"{{time}}"})");
  CHECK(names(spelled) == Names{"placeholder_unknown"});
  const auto bare = of_template(R"({"action":"buy","symbol":{{ticker}},"order_id":"a","time":"{{time}}"})");
  CHECK(names(bare) == Names{"text_unquoted"});
  const auto plot = of_template(
      R"({"action":"buy","symbol":"{{ticker}}","order_id":"a","time":"{{time}}","stop_loss":{{plot("SL")}}})");
  CHECK(names(plot) == Names{"bare_may_be_nan"});
  CHECK(plot.findings[0].severity == wire::Severity::warning);
  const auto calculated = of_template(
      R"({"action":"buy","symbol":"{{ticker}}","order_id":"a","time":"{{time}}","stop_loss":"{{close}} - 20"})");
  CHECK(names(calculated) == Names{"text_arithmetic"});
}

TEST_CASE("template: the position as a size is an error where an exit cannot come out of it") {
  const auto checked =
      of_template(R"({"action":"buy","symbol":"{{ticker}}","order_id":"a","time":"{{time}}","strategy":"s",)"
                  R"("quantity":{{strategy.position_size}}})");
  CHECK(names(checked) == Names{"position_as_size"});
  CHECK(checked.findings[0].severity == wire::Severity::error);
}

TEST_CASE("template: advice that alerts and templates have in common is given once") {
  const auto checked = of_template(
      R"({"secret":"s","action":"buy","symbol":"{{ticker}}","qty":1,"price":"{{close}}","time":"{{timenow}}"})");
  CHECK(names(checked) ==
        Names{"secret_in_body", "no_order_id", "no_strategy_name", "number_as_text", "timenow_as_identity"});
  // Only what the template itself fills in can be judged there.
  const auto literal = of_template(R"({"action":"buy","symbol":"{{ticker}}","order_id":"a","price":"65000",)"
                                   R"("time":"{{time}}"})");
  CHECK(names(literal) == Names{"price_as_text"});
  const auto volume = of_template(R"({"action":"buy","symbol":"{{ticker}}","order_id":"a","strategy":"s",)"
                                  R"("volume":{{strategy.order.contracts}},"time":"{{time}}"})");
  CHECK(names(volume).empty());
}

TEST_CASE("template: a configured secret is checked in it, its value never shown") {
  CheckRules with_secret = rules();
  with_secret.secrets.push_back({"main", Secret("hunter2")});
  const auto wrong =
      check_template(R"({"secret":"hunter3","action":"buy","symbol":"{{ticker}}"})", with_secret);
  CHECK(count(wrong, "wrong_secret") == 1);
  for (const auto& finding : wrong.findings) CHECK(finding.message.find("hunter") == std::string::npos);
  CHECK(count(check_template(R"({"action":"buy","symbol":"{{ticker}}"})", with_secret), "missing_secret") == 1);
  CHECK(count(check_template(R"({"secret":"hunter2","action":"buy","symbol":"{{ticker}}"})", with_secret),
              "wrong_secret") == 0);
}

TEST_CASE(
    "sources: a configured secret is in no message, wherever it stands and wherever the message cuts it") {
  CheckRules with_secret = rules();
  with_secret.secrets.push_back({"main", Secret("hunter2hunter2")});
  for (std::size_t before = 0; before < 50; ++before) {
    const std::string name = std::string(before, 'x') + "hunter2hunter2";
    for (const auto& checked :
         {check_template("{\"a\":{{" + name + "}},\"b\":\"{{plot(" + name + ")}}\"}", with_secret),
          check_script("alert(\"{{" + name + "}}\" + f." + name + "())", with_secret)}) {
      CHECK_FALSE(checked.findings.empty());
      for (const auto& finding : checked.findings) {
        CAPTURE(before, finding.message, finding.advice);
        CHECK((finding.message + finding.advice).find("hun") == std::string::npos);
      }
    }
  }
}

TEST_CASE("template: with --strict its warnings are errors, its notes are not") {
  CheckRules strict = rules();
  strict.strictness = Strictness::warnings_too;
  const auto checked = check_template(R"({"action":"buy","symbol":"{{ticker}}","time":"{{timenow}}"})", strict);
  CHECK(only(checked, "timenow_as_identity").severity == wire::Severity::error);
  CHECK(only(checked, "no_order_id").severity == wire::Severity::note);
}

TEST_CASE("pine: a message's faults have the script's line and column, and what it becomes is told") {
  const std::string source =
      "//@version=6\nindicator('x')\nif close > open\n"
      "    alert('{\"secret\":\"s\",\"action\":\"buy\",\"symbol\":\"{{ticker}}\",\"id\":\"' + "
      "str.tostring(time) + '\"}')\n";
  const auto checked = check_script(source, rules());
  const auto& finding = only(checked, "placeholder_in_alert");
  CHECK(finding.code == "TV201");
  CHECK(source.substr(finding.offset, 10) == "{{ticker}}");
  CHECK(finding.advice.find("never filled") != std::string::npos);
  CHECK(finding.advice.find("\nMend: ") != std::string::npos);
  CHECK(count(checked, "unsubstituted_placeholder") == 0);
  CHECK(outcome_lines("s.pine", checked.outcomes) ==
        "s.pine:4: alert(): refused, TV201 placeholder_in_alert\n");
  CHECK(checked.messages == 1);
}

TEST_CASE("pine: both branches of a message are told, and a fault of one of them once") {
  const auto checked = of_script(
      "indicator('x')\nside = close > open ? 'buy' : 'hold'\n"
      "alert('{\"secret\":\"s\",\"action\":\"' + side + '\",\"symbol\":\"BTCUSDT\",\"signal_id\":\"a\"}')");
  CHECK(outcome_lines("s", checked.outcomes) ==
        "s:4: alert(): buy BTCUSDT market, size from the configuration\n"
        "s:4: alert(): refused, TV015 unknown_action\n");
  CHECK(only(checked, "unknown_action").severity == wire::Severity::error);
}

TEST_CASE("pine: what fails only where a series is na, or in a part that cannot be evaluated, is a warning") {
  const auto na = of_script(
      "indicator('x')\nalert('{\"secret\":\"s\",\"action\":\"buy\",\"symbol\":\"BTCUSDT\",\"signal_id\":\"a\","
      "\"quantity\":\"' + str.tostring(ta.atr(14)) + '\"}')");
  CHECK(only(na, "missing_field").severity == wire::Severity::warning);
  const auto unknown = of_script(
      "indicator('x')\nimport a/b/1 as "
      "lib\nalert('{\"secret\":\"s\",\"signal_id\":\"a\",\"symbol\":\"BTCUSDT\","
      "\"action\":\"' + lib.side() + '\"}')");
  CHECK_FALSE(wire::has_error(unknown.findings));
  CHECK(count(unknown, "cannot_evaluate") == 1);
}

TEST_CASE("pine: a script's secret is not compared, since an input's default is not what it is set to") {
  CheckRules with_secret = rules();
  with_secret.secrets.push_back({"main", Secret("hunter2")});
  const auto checked = check_script(
      "//@version=6\nindicator('x')\ns = input.string('changeme', 'Secret')\n"
      "alert('{\"secret\":\"' + s + '\",\"action\":\"buy\",\"symbol\":\"BTCUSDT\",\"signal_id\":\"a\"}')",
      with_secret);
  CHECK_FALSE(wire::has_error(checked.findings));
}

TEST_CASE("pine: an order's message is checked where the message box puts it") {
  const std::string order = "strategy.entry('L', strategy.long, alert_message='buy')\n";
  // On its own it is no alert, but nobody knows what is around it.
  const auto alone = of_script("strategy('x')\n" + order);
  CHECK_FALSE(wire::has_error(alone.findings));
  CHECK(only(alone, "syntax").severity == wire::Severity::warning);
  const auto within = of_script(
      "strategy('x')\n//@strategy_alert_message {\"secret\":\"s\",\"order_id\":\"a\",\"symbol\":\"{{ticker}}\","
      "\"time\":\"{{time}}\",\"action\":\"{{strategy.order.alert_message}}\"}\n" +
      order);
  CHECK_FALSE(wire::has_error(within.findings));
  CHECK(outcome_lines("s", within.outcomes) ==
        "s:3: @strategy_alert_message: buy BTCUSDT market, size from the configuration\n");
  const auto whole =
      of_script("strategy('x')\n//@strategy_alert_message {{strategy.order.alert_message}}\n" + order);
  CHECK(only(whole, "syntax").severity == wire::Severity::error);
  CHECK(outcome_lines("s", whole.outcomes) == "s:4: strategy.entry() alert_message: refused, TV001 syntax\n");
}

TEST_CASE("pine: what a number's format breaks is told at the format, not again at the text it becomes") {
  const auto checked = of_script(
      "indicator('x')\nalert('{\"secret\":\"s\",\"signal_id\":\"a\",\"action\":\"buy\",\"symbol\":\"BTCUSDT\","
      "\"price\":' + str.format('{0}', close) + '}')");
  CHECK(names(checked) == Names{"secret_in_body", "format_grouping"});
  CHECK(outcome_lines("s", checked.outcomes) == "s:3: alert(): refused, TV204 format_grouping\n");
}

TEST_CASE("pine: an empty message on a branch is refused, so it is an error") {
  const auto checked = of_script("indicator('x')\nalert('')");
  CHECK(only(checked, "empty_message").severity == wire::Severity::error);
  CHECK(count(checked, "empty") == 0);
}

TEST_CASE("template: with --lenient it is mended around its placeholders, each repair at its place") {
  CheckRules lenient = rules();
  lenient.repairs = Repairs::allowed;
  const std::string text =
      "{'action':'{{strategy.order.action}}', 'symbol': {{ticker}}, 'secret':'hunter2',\n"
      "'quantity': {{strategy.order.contracts}} 'order_id':'a','strategy':'s','time':'{{time}}',}";
  const auto checked = check_template(text, lenient);
  std::string notes;
  for (const auto& finding : checked.findings) {
    CHECK(finding.offset <= text.size());
    if (finding.name == "repaired") notes += finding.message + "\n";
    if (finding.message == "missing comma added") CHECK(text.substr(finding.offset).starts_with("'order_id'"));
  }
  CAPTURE(notes);
  CHECK(
      notes.find(R"(mended: {"action":"{{strategy.order.action}}","symbol":"{{ticker}}","secret":"[secret:?]",)"
                 R"("quantity":{{strategy.order.contracts}},"order_id":"a",)") != std::string::npos);
  CHECK(notes.find("hunter2") == std::string::npos);
  CHECK(outcome_lines("m", checked.outcomes).starts_with("m: entry: buy 0.2 BTCUSDT market\n"));
  CHECK_FALSE(wire::has_error(checked.findings));
  // What is right is not touched, and what is no JSON at all is not made some.
  const std::string right = R"({"action":"buy","symbol":"{{ticker}}"})";
  for (const auto& finding : check_template(right, lenient).findings) CHECK(finding.name != "repaired");
  CHECK(wire::has_error(check_template("go {{ticker}}", lenient).findings));
}

TEST_CASE("pine: what is too much to be checked is said, not left out in silence") {
  std::string many = "indicator('x')\n";
  for (int i = 0; i < 1'100; ++i) many += "alert('{\"id\":\"" + std::to_string(i) + "\",\"secret\":\"s\"}')\n";
  const auto checked = of_script(many);
  CHECK(checked.messages == 1'000);
  const auto said = [&checked](const std::string& part) {
    return std::any_of(checked.findings.begin(), checked.findings.end(), [&part](const wire::Finding& finding) {
      return finding.name == "script_too_complex" && finding.message.find(part) != std::string::npos;
    });
  };
  CHECK(said("the first 1,000 messages"));
  CHECK(said("over 200 findings"));
}

TEST_CASE("examples: the template and the script of examples/ have no fault, and become orders") {
  const std::string folder = std::string(TVHOOK_SOURCE_FOLDER) + "/examples/";
  const auto message = of_template(test::read_file(folder + "message.json"));
  CHECK(names(message) == Names{"secret_in_body"});
  CHECK(outcome_lines("m", message.outcomes).find("m: reversal: sell 0.4 BTCUSDT market\n") !=
        std::string::npos);
  const auto script = check_script(test::read_file(folder + "strategy.pine"), rules());
  CHECK(names(script) == Names{"secret_in_body"});
  CHECK(outcome_lines("s", script.outcomes) ==
        "s:22: strategy.entry() alert_message: buy 0.01 BTCUSDT market\n"
        "s:24: strategy.close() alert_message: close_long BTCUSDT\n");
}

TEST_CASE("summary: says what would be done, in its own units") {
  const auto summary = [](const std::string& alert) {
    const auto checked = check_alert(alert, rules());
    REQUIRE(checked.signal);
    return summary_of(*checked.signal);
  };
  CHECK(summary(R"({"action":"buy","symbol":"BTCUSDT","quantity":0.01})") == "buy 0.01 BTCUSDT market");
  CHECK(summary(R"({"action":"sell","symbol":"BTCUSDT.P","quantity":5,"size_unit":"percent_equity",)"
                R"("order_type":"limit","limit_price":64000,"reduce_only":true})") ==
        "sell 5 % of equity in BTCUSDT.P limit 64000, reduce-only");
  CHECK(summary(R"({"action":"close_all"})") == "close_all");
  CHECK(summary(R"({"action":"buy","symbol":"BTCUSDT","quantity":1,"stop_loss":1,"take_profit":9})") ==
        "buy 1 BTCUSDT market, stop loss 1, take profit 9");
  CHECK(summary(R"({"action":"target","symbol":"BTCUSDT","position":{"side":"short","size":2}})") ==
        "target short 2 BTCUSDT");
}

TEST_CASE("catalogue: every code and every name is there once, and each leads to its page") {
  std::vector<std::string> seen;
  std::string last;
  for (const auto& entry : finding_catalogue()) {
    CAPTURE(entry.code, entry.name);
    CHECK(entry.code > last);
    last = entry.code;
    CHECK(find_in_catalogue(entry.code) == &entry);
    CHECK(find_in_catalogue(entry.name) == &entry);
    CHECK(entry.explanation.size() > 30);
  }
  CHECK(find_in_catalogue("tv101")->name == "placeholder_unknown");
  CHECK(find_in_catalogue("Placeholder-Unknown")->code == "TV101");
  CHECK(find_in_catalogue("TV201")->name == "placeholder_in_alert");
  CHECK(find_in_catalogue("TV042") == nullptr);
  CHECK(find_in_catalogue("") == nullptr);
}

TEST_CASE("catalogue: no number of a template's or a script's finding has moved") {
  CHECK(catalogue_entry(pine::FindingId::message_too_long).code == "TV122");
  CHECK(catalogue_entry(pine::FindingId::script_too_large).code == "TV227");
  CHECK(catalogue_entry(pine::FindingId::timenow_as_identity).code == "TV116");
  CHECK(catalogue_entry(pine::FindingId::tostring_na).code == "TV208");
}

TEST_CASE("findings: advice for templates is never given to a single alert") {
  const auto checked = check_alert(
      R"({"secret":"s","action":"buy","symbol":"BTCUSDT","quantity":1,"strategy":"s","time":"2026-11-20T10:15:00Z"})",
      rules());
  CHECK(checked.findings.empty());
}
