// Message templates: every placeholder is known for what it is, and what a message will become is seen
// beforehand.
#include <chrono>
#include <set>

#include "pine/characters.hpp"
#include "pine/message_template.hpp"
#include "pine/placeholder.hpp"
#include "support/catch.hpp"

using namespace tvh::pine;

namespace {

std::set<std::string> names(const Template& message) {
  std::set<std::string> result;
  for (const auto& finding : message.findings()) result.insert(std::string(finding.name()));
  return result;
}
std::set<std::string> names(std::string_view text, Use use = Use::message_box) {
  return names(Template::parse(text, use));
}
using Names = std::set<std::string>;

const SampleSet& samples(std::string_view name) {
  for (const auto& set : sample_sets()) {
    if (set.name == name) return set;
  }
  FAIL("no sample set " << name);
  return sample_sets()[0];
}

}  // namespace

TEST_CASE("template: every placeholder of the list is taken and filled by every sample set") {
  CHECK(placeholders().size() == 43);
  for (const auto& known : placeholders()) {
    const std::string text = "{{" + std::string(known.name) + "}}";
    const auto message = Template::parse(text);
    REQUIRE(message.slots().size() == 1);
    CHECK(message.slots()[0].kind == known.kind);
    for (const auto& set : sample_sets()) {
      const auto filled = message.fill(set).text;
      CHECK(filled.find("{{") == std::string::npos);
      CHECK_FALSE(filled.empty());
    }
  }
}

TEST_CASE(
    "template: an unknown placeholder is named, with the one that was probably meant, and left as it is") {
  const auto message = Template::parse("{\"a\":\n  \"{{strategy.order.idd}}\"}");
  REQUIRE(message.findings().size() == 1);
  const auto& finding = message.findings()[0];
  CHECK(finding.name() == "placeholder_unknown");
  CHECK(finding.severity == Severity::error);
  CHECK(finding.place == Place{9, 2, 4});
  CHECK(finding.mend == "did you mean {{strategy.order.id}}?");
  CHECK(message.fill(sample_sets()[0]).text == message.text());
}

TEST_CASE("template: invented placeholders of the wild are unknown (breakages 13, 14 and 38)") {
  for (const auto* name :
       {"strategy.order.stop_loss", "strategy.order.take_profit", "side", "regime", "session", "multi_tf",
        "strategy.order_id", "alert.message", "strategy.position_avg_price", "sec_key"}) {
    CHECK(names("{{" + std::string(name) + "}}") == Names{"placeholder_unknown"});
  }
}

TEST_CASE("template: near misses have names of their own") {
  CHECK(names("{{Close}}") == Names{"placeholder_case"});
  CHECK(names("{{ close }}") == Names{"placeholder_spaces"});
  CHECK(names("{{close}") == Names{"placeholder_braces"});
  CHECK(names("{close}") == Names{"placeholder_braces"});
  CHECK(names("{{plot_20}}") == Names{"plot_number"});
  CHECK(names("{{plot_19}}").empty());
}

TEST_CASE("template: expressions inside the braces are not calculated (breakage 11)") {
  CHECK(names(R"({"stop_loss": "{{close * 0.98}}"})") == Names{"placeholder_expression"});
  CHECK(names("{{close-20}}") == Names{"placeholder_expression"});
  CHECK(names("{{close*0.98}}") == Names{"placeholder_expression"});
}

TEST_CASE("template: a calculation beside a placeholder is not calculated either (breakage 12)") {
  CHECK(names(R"({"stop_loss": "{{close}} - 20"})") == Names{"text_arithmetic"});
  CHECK(names(R"({"stop_loss": {{close}}*0.98})") == Names{"text_arithmetic"});
  CHECK(names("sl=0.98 * {{close}}") == Names{"text_arithmetic"});
  CHECK(names(R"({"x": "{{ticker}}-{{close}}"})").empty());
  CHECK(names(R"({"x": "{{open}}-{{close}}"})").empty());
}

TEST_CASE("template: the title of a plot wants plain double quotes (breakage 15)") {
  CHECK(names(R"({"sl": "{{plot("SL")}}"})").empty());
  for (const auto* text :
       {R"({"sl": "{{plot(\"SL\")}}"})", R"({"sl": "{{plot('SL')}}"})", "{\"sl\": \"{{plot(“SL”)}}\"}",
        R"({"sl": "{{plot(SL)}}"})", R"({"sl": "{{plot( "SL" )}}"})"}) {
    INFO(text);
    CHECK(names(text) == Names{"plot_quotes"});
  }
  CHECK(Template::parse(R"({{plot(\"SL\")}})").findings()[0].mend == "write {{plot(\"SL\")}}");
}

TEST_CASE("template: strategy placeholders stay as they are where there is no order") {
  CHECK(names("{{strategy.order.action}}", Use::indicator_box) == Names{"strategy_placeholder"});
  CHECK(names("{{close}}", Use::indicator_box).empty());
  CHECK(names("{{strategy.order.action}}", Use::strategy_box).empty());
  CHECK(Template::parse("{{close}}{{strategy.order.action}}", Use::indicator_box).fill(sample_sets()[0]).text ==
        "65000.5{{strategy.order.action}}");
}

TEST_CASE("template: quotes that make a number a text, and a text bare (breakages 16, 17 and 35)") {
  CHECK(names(R"({"price": "{{close}}"})") == Names{"number_as_text"});
  CHECK(names(R"({"price": {{close}}})").empty());
  CHECK(names(R"({"price": "at {{close}}"})").empty());
  CHECK(names(R"({"ticker": {{ticker}}, "exchange": {{exchange}}})") == Names{"text_unquoted"});
  CHECK(names(R"({"short SL": {{plot("Short SL")}}})") == Names{"bare_may_be_nan"});
  CHECK(names(R"({"t": {{time}}})") == Names{"text_unquoted"});
}

TEST_CASE("template: text that people wrote can hold quotes (breakage 37)") {
  const std::string text = R"({"comment": "{{strategy.order.comment}}"})";
  CHECK(names(text) == Names{"text_may_hold_quotes"});
  CHECK(Template::parse(text).fill(samples("quotes")).text == "{\"comment\": \"tp \"1\",\nit's\"}");
}

TEST_CASE("template: a message that is only alert_message may be empty, and must not stand in a string (21)") {
  CHECK(names("{{strategy.order.alert_message}}") == Names{"message_may_be_empty"});
  CHECK(names(R"({"text": "{{strategy.order.alert_message}}"})") == Names{"message_inside_text"});
}

TEST_CASE("template: the moment of firing is no identity and no bar") {
  CHECK(names(R"({"bar_time": "{{timenow}}"})") == Names{"timenow_as_identity"});
  CHECK(names(R"({"id": "{{ticker}}-{{timenow}}"})") == Names{"timenow_as_identity"});
  CHECK(names(R"({"fired_at": "{{timenow}}"})").empty());
  CHECK(names(R"({"time": "{{time}}"})").empty());
  // 3Commas and OKX measure an alert's age by it.
  CHECK(names(R"({"timestamp": "{{timenow}}", "maxLag": "60"})").empty());
}

TEST_CASE("template: a secret in the body, no order, no strategy") {
  CHECK(names(R"({"secret":"abc","action":"buy","qty":1})") ==
        Names{"secret_in_body", "no_order_id", "no_strategy_name"});
  CHECK(names(R"({"action":"buy","qty":1,"strategy_id":"x","order_id":"{{strategy.order.id}}"})") ==
        Names{"text_may_hold_quotes"});
  const auto secret = Template::parse(R"({"secret":"hunter2"})");
  for (const auto& finding : secret.findings()) {
    CHECK(finding.message.find("hunter2") == std::string::npos);
  }
}

TEST_CASE("template: the bar's volume and the position are not the size of an order") {
  CHECK(names(R"({"quantity": {{volume}}})") == Names{"bar_volume_as_size"});
  CHECK(names(R"({"volume": {{volume}}})") == Names{"bar_volume_as_size"});
  CHECK(names(R"({"volume": {{volume}}, "quantity": 1})").empty());
  CHECK(names(R"({"bar": {"volume": {{volume}}}})").empty());
  CHECK(names(R"({"qty": "{{strategy.position_size}}"})") == Names{"number_as_text", "position_as_size"});
}

TEST_CASE("template: a place in the filled text leads back to the template") {
  const auto message = Template::parse(R"({"t":"{{ticker}}","p":{{close}},})");
  const auto filled = message.fill(sample_sets()[0]);
  CHECK(filled.text == R"({"t":"BTCUSDT","p":65000.5,})");
  const auto comma = filled.text.rfind(',');
  CHECK(filled.to_template.original_of(comma) == message.text().rfind(','));
  CHECK(filled.to_template.original_of(filled.text.find("65000") + 3) == message.text().find("{{close"));
  CHECK(filled.to_template.original_of(filled.text.size()) == message.text().size());
  CHECK(filled.to_template.size() == filled.text.size());
}

TEST_CASE("template: only the sample sets that make a difference are filled in") {
  CHECK(Template::parse("{\"action\":\"buy\"}").fill_all().size() == 1);
  const auto all = Template::parse(R"({"a":"{{strategy.order.action}}","sl":{{plot("SL")}}})").fill_all();
  std::set<std::string> sets;
  for (const auto& filled : all) sets.insert(filled.sample_name);
  CHECK(sets == std::set<std::string>{"entry", "exit", "reversal", "na-plot", "exponent"});
}

TEST_CASE("template: nested JSON is not taken for placeholders") {
  CHECK(names(R"({"a":{"b":{"c":1}}})").empty());
  CHECK(names(R"({{"a":1}})").empty());
  CHECK(Template::parse(R"({"a":{{{close}}})").slots()[0].begin == 6);
}

TEST_CASE("template: any megabyte is read in bounded time, with bounded findings") {
  const auto repeated = [](std::string_view piece) {
    std::string text;
    while (text.size() < 1'000'000) text += piece;
    return text;
  };
  for (const auto* piece :
       {"{", "}", "{{", "{{a}}", "{{strategy.order.alert_messagf}}", "\"", "\\", "{\"a\":", "{{close}}",
        "{{close}} - ", "[", ",", ":", "\"secret\":\"x\",", "{{plot(", "{{plot_99}}", "{ {{", "\xff"}) {
    const std::string text = repeated(piece);
    for (const bool inside : {false, true}) {
      const auto started = std::chrono::steady_clock::now();
      const auto message = Template::parse(inside ? "{\"a\":" + text : text);
      CHECK(message.findings().size() <= Findings::kMost);
      CHECK(message.fill(sample_sets()[0]).text.size() <= Template::kMostFilledBytes);
      // A bound for hanging, not a measure of speed: these take milliseconds.
      CHECK(std::chrono::steady_clock::now() - started < std::chrono::seconds(20));
    }
  }
}

TEST_CASE("finding kinds: each has a name, a page and an example, in lines that fit a terminal") {
  std::set<std::string_view> seen;
  for (const auto& kind : finding_kinds()) {
    INFO(kind.name);
    CHECK(seen.insert(kind.name).second);
    CHECK(find_kind(kind.name) == &kind);
    CHECK_FALSE(kind.what.empty());
    CHECK_FALSE(kind.why.empty());
    CHECK_FALSE(kind.mend.empty());
    const std::string page = explanation(kind);
    std::size_t begin = 0;
    for (auto end = page.find('\n'); end != std::string::npos; end = page.find('\n', begin)) {
      CHECK(end - begin <= 100);
      begin = end + 1;
    }
    CHECK(begin == page.size());
  }
  CHECK(find_kind("no-such-thing") == nullptr);
}

TEST_CASE("finding kinds: a template's wrong example is found, its right one is not") {
  for (const auto& kind : finding_kinds()) {
    if (kind.family != Family::message_template) continue;
    // Calls of Pine as examples are for the scripts' tests.
    if (kind.wrong.find("strategy.entry(") != std::string_view::npos ||
        kind.wrong.find("strategy.close(") != std::string_view::npos ||
        kind.wrong.find("alertcondition(") != std::string_view::npos || kind.wrong.starts_with("str.")) {
      continue;
    }
    INFO(kind.name);
    const auto as_message = [](std::string_view text) {
      return text.starts_with("{") ? std::string(text) : "{" + std::string(text) + "}";
    };
    const std::string name(kind.name);
    CHECK(names(as_message(kind.wrong)).count(name) == 1);
    const bool advises_only = kind.id == FindingId::secret_in_body || kind.id == FindingId::message_inside_text;
    if (!advises_only) CHECK(names(as_message(kind.mended)).count(name) == 0);
  }
}

TEST_CASE("unknown placeholders: a name is not suggested for what its whole family has in common") {
  CHECK_FALSE(nearest_placeholder("strategy.order.stop_loss"));
  CHECK(nearest_placeholder("strategy.order.contrcts") == "strategy.order.contracts");
  CHECK(nearest_placeholder("clos") == "close");
}

TEST_CASE("samples: a whole message comes out whole, whatever ids and comments hold") {
  for (const auto& filled : Template::parse("{{strategy.order.alert_message}}").fill_all())
    CHECK(filled.text.front() == '{');
}
