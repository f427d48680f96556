// The breakages people really send (facts about alerts, section 4, by its numbers): each that concerns text is
// found by a named code wherever a person can meet it, in the alert, the template or the script, and the
// message says what to do.
#include <set>

#include "support/catch.hpp"
#include "tvhook-validate/alert_check.hpp"
#include "tvhook-validate/source_check.hpp"

using namespace tvh;

namespace {

enum class Input { alert, message_template, script };

struct Broken {
  int number;
  Input input;
  std::string_view text;
  std::string_view name;  // of the finding
  std::string_view says;  // a part of its message or advice
};

std::vector<wire::Finding> findings_of(const Broken& broken) {
  CheckRules rules;
  rules.now = *parse_time("2026-11-20T10:15:03Z");
  switch (broken.input) {
    case Input::alert:
      return check_alert(broken.text, rules).findings;
    case Input::message_template:
      return check_template(broken.text, rules).findings;
    case Input::script:
      return check_script(broken.text, rules).findings;
  }
  return {};
}

bool is_found(const Broken& broken) {
  for (const auto& finding : findings_of(broken)) {
    if (finding.name == broken.name &&
        (finding.message + finding.advice).find(broken.says) != std::string::npos)
      return true;
  }
  return false;
}

constexpr Input kAlert = Input::alert;
constexpr Input kTemplate = Input::message_template;
constexpr Input kScript = Input::script;

const std::vector<Broken>& breakages() {
  static const std::vector<Broken> kAll{
      {1, kAlert, R"({"ticker": "TSLA", "action": "buy",})", "syntax", "trailing comma"},
      {1, kTemplate, R"({"ticker": "{{ticker}}", "action": "buy",})", "syntax", "trailing comma"},
      {2, kAlert, "{ “ticker”: “TSLA”, “action”: “buy” }", "syntax", "smart quotes"},
      {2, kScript, "alert(“buy”)", "curly_quote", "plain quotes"},
      {3, kAlert, R"({"ticker":"X","stopLoss": {"type": "percent"} "takeProfit": {"a":1} })", "syntax",
       "missing comma before \"takeProfit\""},
      // An alert ending so is taken; a script that makes such is told.
      {4, kScript, "alert(\"\"\"{\"action\":\"buy\"}\n\"\"\")", "message_edge_newline",
       "line break at the edge"},
      {5, kAlert, R"("action":"buy","ticker":"BTCUSDT")", "syntax", "braces { } around the fields are missing"},
      {6, kAlert, "buy BTCUSDT now", "syntax", "not JSON"},
      {11, kAlert, R"({"action":"buy","ticker":"BTCUSDT","stop_loss":"{{close * 0.98}}"})",
       "unsubstituted_placeholder", "no arithmetic"},
      {11, kTemplate, R"({"action":"buy","ticker":"{{ticker}}","stop_loss":"{{close * 0.98}}"})",
       "placeholder_expression", "does not calculate"},
      {12, kAlert, R"({"action":"buy","ticker":"BTCUSDT","stop_loss":"65000.5 - 20"})", "not_a_number",
       "65000.5 - 20"},
      {12, kTemplate, R"({"action":"buy","ticker":"BTCUSDT","stop_loss":"{{close}} - 20"})", "text_arithmetic",
       "not calculated"},
      {13, kAlert, R"({"action":"buy","ticker":"BTCUSDT","stop_loss":"{{strategy.order.stop_loss}}"})",
       "unsubstituted_placeholder", "no placeholder of that name"},
      {13, kTemplate, R"({"action":"buy","ticker":"BTCUSDT","stop_loss":"{{strategy.order.stop_loss}}"})",
       "placeholder_unknown", "strategy.order.stop_loss"},
      {14, kAlert, R"({"action":"{{side}}","ticker":"BTCUSDT"})", "unsubstituted_placeholder",
       "no placeholder"},
      {14, kAlert, R"({"action":"buy","ticker":"BTCUSDT","tf":{{multi_tf}}})", "syntax",
       "placeholder {{multi_tf}}"},
      {14, kTemplate, R"({"action":"{{side}}","tf":{{multi_tf}}})", "placeholder_unknown", "multi_tf"},
      {15, kAlert, R"({"action":"buy","ticker":"BTCUSDT","stop_loss":"{{plot(\"SL\")}}"})",
       "unsubstituted_placeholder", "stop_loss"},
      {15, kTemplate, R"({"action":"buy","ticker":"BTCUSDT","stop_loss":"{{plot(\"SL\")}}"})", "plot_quotes",
       "write {{plot(\"SL\")}}"},
      {16, kAlert, R"({"action":"buy","ticker": BTCPERP})", "syntax", "text without double quotes"},
      {16, kTemplate, R"({"action":"buy","ticker": {{ticker}}, "exchange": {{exchange}}})", "text_unquoted",
       "double quotes"},
      {17, kAlert, R"({"action":"buy","ticker":"BTCUSDT","stop_loss": NaN})", "syntax", "NaN"},
      {17, kTemplate, R"({"action":"buy","ticker":"BTCUSDT","stop_loss": {{plot("Short SL")}}})",
       "bare_may_be_nan", "Put it in quotes"},
      {17, kScript, "//@version=6\nalert('{\"sl\":' + str.tostring(na) + '}')", "tostring_na", "nz("},
      {18, kAlert, "{\"action\":\"buy\", // entry, exit\n\"ticker\":\"BTCUSDT\"}", "syntax", "comment"},
      {18, kTemplate, "{\"action\":\"buy\", // entry, exit\n\"ticker\":\"{{ticker}}\"}", "syntax", "comment"},
      {19, kAlert, R"({"action":"buy","ticker":"{{ticker}}"})", "unsubstituted_placeholder", "not in alert()"},
      {19, kScript, "//@version=6\nalert('{\"content\":\"BTC SHORT {{close}}\"}')", "placeholder_in_alert",
       "str.tostring(close)"},
      {20, kScript, "//@version=3\nstudy('x')\nalertcondition(true, 'x', 'Close = {{close}}')",
       "version_without_placeholders", "//@version=5 or 6"},
      {21, kAlert, "", "empty", "empty"},
      {21, kTemplate, "{{strategy.order.alert_message}}", "message_may_be_empty", "alert_message"},
      {21, kScript,
       "//@version=6\nstrategy('x')\nstrategy.entry('L', strategy.long, "
       "alert_message='a=b')\nstrategy.close('L')",
       "order_without_message", "alert_message too"},
      {22, kAlert, R"({"action":"buy","ticker":"BTCUSDT","price": 12,345.679})", "syntax",
       "thousands separator"},
      {22, kScript, "//@version=6\nalert(str.format('{0}', close))", "format_grouping",
       "{0,number,#.########}"},
      {23, kScript, "//@version=6\nalert(str.format('{\"p\":{0}', ticker))", "format_braces", "'{'"},
      {24, kAlert, R"({action: {0}})", "syntax", "without double quotes"},
      {24, kScript, "//@version=6\nalert(str.format(\"side='{0}'\", syminfo.ticker))", "format_apostrophe",
       "two"},
      {25, kScript, "//@version=6\nalert('{\"action\":\"buy\"}', alert.freq_all)", "freq_all_no_identity",
       "freq_once_per_bar_close"},
      {27, kAlert, "EXCHANGE=KUCOIN;\\nSYMBOL=BTCUSDT;ACTION=buy", "syntax", "line break written as \\n"},
      {28, kAlert, " \r\n", "empty", "empty"},
      {29, kAlert, R"({"data":{"action":"buy","ticker":"BTCUSDT"}})", "missing_field", "stands in \"data\""},
      {30, kAlert, R"({"ticker":"SPY","action":"exit","sentiment":"flat"})", "contradiction", "sentiment"},
      {31, kAlert, R"({"content":"BTC SHORT"})", "missing_field", "action: missing"},
      {34, kAlert, R"({"action":"buy","ticker":"CLZ2026","exchange":"NYMEX_DL"})", "unknown_exchange", "nymex"},
      {35, kAlert, R"({"action":"buy","ticker":"BTCUSDT","price":"0.2"})", "price_as_text", "as text"},
      {35, kTemplate, R"({"action":"buy","ticker":"BTCUSDT","price":"{{close}}"})", "number_as_text", "quotes"},
      {36, kAlert, "{'action': 'buy', 'on': True}", "syntax", "single quotes"},
      {37, kAlert, "{\"action\":\"buy\",\"comment\":\"say \"hi\" now\"}", "syntax",
       "backslash before a double quote"},
      {37, kTemplate, R"({"action":"buy","comment":"{{strategy.order.comment}}"})", "text_may_hold_quotes",
       "without escaping"},
      {38, kAlert, R"({"action":"{{sec_key}}","ticker":"BTCUSDT"})", "unsubstituted_placeholder",
       "no placeholder"},
      {38, kTemplate, R"({"key":"{{sec_key}}","action":"buy","ticker":"{{ticker}}"})", "placeholder_unknown",
       "sec_key"},
      {39, kAlert, R"({"action":"buy","ticker":"BTC_USDT"})", "ambiguous_symbol", "base_quote"},
      {40, kAlert, R"({"action":"buy","ticker":"BTCUSDT","stop_los":1})", "similar_field", "write stop_loss"},
      {40, kTemplate, R"({"action":"buy","ticker":"{{ticker}}","stopLoss":1})", "misspelled_field",
       "write stop_loss"},
  };
  return kAll;
}

// No text shows these: they are the URL's, the server's or the alert dialog's.
const std::vector<std::pair<int, std::string>> kNotOfText{
    {7, "the URL lacks its path: the listener answers 404 or 405 and says the path"},
    {8, "the port is not 80 or 443: TradingView refuses the URL"},
    {9, "a tunnel answers with a page of its own"},
    {10, "a proxy's upstream is wrong"},
    {26, "the receiver works before it answers: here the order comes after the answer"},
    {32, "a receiver that wants its secret in a header: here it stands in the body"},
    {33, "{{interval}} is 1 on price alerts and Range charts: the text is right, the chart is not"},
};

}  // namespace

TEST_CASE("breakages: each of the published ones is found by its name") {
  for (const auto& broken : breakages()) {
    CAPTURE(broken.number, int(broken.input), broken.text);
    CHECK(is_found(broken));
  }
}

TEST_CASE(
    "breakages: of the forty, those that concern no text are named with the reason, and no other is missing") {
  std::multiset<int> numbers;
  std::set<int> of_text;
  for (const auto& broken : breakages()) of_text.insert(broken.number);
  numbers.insert(of_text.begin(), of_text.end());
  for (const auto& [number, reason] : kNotOfText) {
    CHECK_FALSE(reason.empty());
    numbers.insert(number);
  }
  constexpr int kPublished = 40;
  for (int number = 1; number <= kPublished; ++number) {
    CAPTURE(number);
    CHECK(numbers.count(number) == 1);
  }
  CHECK(numbers.size() == kPublished);
}

TEST_CASE("breakages: those that are none to this toolkit are accepted") {
  for (const std::string text : {"{\"action\":\"buy\",\"ticker\":\"BTCUSDT\"}\n",                 // 4
                                 R"({"action":"buy","ticker":"BTCUSDT","quantity":"0.2"})",       // 35
                                 R"({"action":"buy","ticker":"BTCUSDT","reduce_only":"False"})",  // 35
                                 R"({"action":"buy","ticker":"BINANCE:BTCUSDT.P"})",              // 39
                                 "EXCHANGE=BINANCE;\r\nSYMBOL=BTCUSDT;\r\nACTION=buy"}) {         // 27
    CAPTURE(text);
    CHECK(check_alert(text, {}).signal.has_value());
  }
}

TEST_CASE(
    "lenient: what was repaired is listed with the mended text, without secrets, and what is right is not "
    "touched") {
  CheckRules rules;
  rules.repairs = Repairs::allowed;
  const auto mended = check_alert("{'action':'buy','ticker':'BTCUSDT','secret':'hunter2',}", rules);
  REQUIRE(mended.signal);
  std::string notes;
  for (const auto& finding : mended.findings) {
    if (finding.name == "repaired") notes += finding.message + "\n";
    CHECK(finding.message.find("hunter2") == std::string::npos);
  }
  CHECK(notes.find("single quotes made double ones") != std::string::npos);
  CHECK(notes.find("trailing comma removed") != std::string::npos);
  CHECK(notes.find(R"(mended: {"action":"buy","ticker":"BTCUSDT","secret":"[secret:?]"})") !=
        std::string::npos);
  for (const auto& finding : check_alert(R"({"action":"buy","ticker":"BTCUSDT"})", rules).findings) {
    CHECK(finding.name != "repaired");
  }
  rules.repairs = Repairs::none;
  CHECK_FALSE(check_alert("{'action':'buy','ticker':'BTCUSDT'}", rules).signal);
}
