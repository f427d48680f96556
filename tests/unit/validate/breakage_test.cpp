// The breakages people really send (facts about alerts, section 4, by its numbers) that concern the alert's
// text: each is found by a named code, and the message says what to do.
#include "support/catch.hpp"
#include "tvhook-validate/alert_check.hpp"

using namespace tvh;

namespace {

struct Broken {
  int number;
  std::string text;
  std::string name;  // of the finding
  std::string says;  // a part of its message
};

bool is_found(const Broken& broken) {
  CheckRules rules;
  rules.now = *parse_time("2026-11-20T10:15:03Z");
  for (const auto& finding : check_alert(broken.text, rules).findings) {
    if (finding.name == broken.name && finding.message.find(broken.says) != std::string::npos) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("breakages: each of the published ones is found by its name") {
  const std::vector<Broken> all{
      {1, R"({"ticker": "TSLA", "action": "buy",})", "syntax", "trailing comma"},
      {2, "{ “ticker”: “TSLA”, “action”: “buy” }", "syntax", "smart quotes"},
      {3, R"({"ticker":"X","stopLoss": {"type": "percent"} "takeProfit": {"a":1} })", "syntax",
       "missing comma before \"takeProfit\""},
      {5, R"("action":"buy","ticker":"BTCUSDT")", "syntax", "braces { } around the fields are missing"},
      {6, "buy BTCUSDT now", "syntax", "not JSON"},
      {11, R"({"action":"buy","ticker":"BTCUSDT","stop_loss":"{{close * 0.98}}"})", "unsubstituted_placeholder",
       "no arithmetic"},
      {12, R"({"action":"buy","ticker":"BTCUSDT","stop_loss":"65000.5 - 20"})", "not_a_number", "65000.5 - 20"},
      {13, R"({"action":"buy","ticker":"BTCUSDT","stop_loss":"{{strategy.order.stop_loss}}"})",
       "unsubstituted_placeholder", "no placeholder of that name"},
      {14, R"({"action":"{{side}}","ticker":"BTCUSDT"})", "unsubstituted_placeholder", "no placeholder"},
      {14, R"({"action":"buy","ticker":"BTCUSDT","tf":{{multi_tf}}})", "syntax", "placeholder {{multi_tf}}"},
      {15, R"({"action":"buy","ticker":"BTCUSDT","stop_loss":"{{plot(\"SL\")}}"})", "unsubstituted_placeholder",
       "stop_loss"},
      {16, R"({"action":"buy","ticker": BTCPERP})", "syntax", "text without double quotes"},
      {17, R"({"action":"buy","ticker":"BTCUSDT","stop_loss": NaN})", "syntax", "NaN"},
      {18, "{\"action\":\"buy\", // entry, exit\n\"ticker\":\"BTCUSDT\"}", "syntax", "comment"},
      {19, R"({"action":"buy","ticker":"{{ticker}}"})", "unsubstituted_placeholder", "not in alert()"},
      {21, "", "empty", "empty"},
      {22, R"({"action":"buy","ticker":"BTCUSDT","price": 12,345.679})", "syntax", "thousands separator"},
      {24, R"({action: {0}})", "syntax", "without double quotes"},
      {27, "EXCHANGE=KUCOIN;\\nSYMBOL=BTCUSDT;ACTION=buy", "syntax", "line break written as \\n"},
      {29, R"({"data":{"action":"buy","ticker":"BTCUSDT"}})", "missing_field", "action: missing"},
      {30, R"({"ticker":"SPY","action":"exit","sentiment":"flat"})", "contradiction", "sentiment"},
      {31, R"({"content":"BTC SHORT"})", "missing_field", "action: missing"},
      {34, R"({"action":"buy","ticker":"CLZ2026","exchange":"NYMEX_DL"})", "unknown_exchange", "nymex"},
      {35, R"({"action":"buy","ticker":"BTCUSDT","price":"0.2"})", "price_as_text", "as text"},
      {36, "{'action': 'buy', 'on': True}", "syntax", "single quotes"},
      {37, "{\"action\":\"buy\",\"comment\":\"say \"hi\" now\"}", "syntax", "backslash before a double quote"},
      {38, R"({"action":"{{sec_key}}","ticker":"BTCUSDT"})", "unsubstituted_placeholder", "no placeholder"},
      {39, R"({"action":"buy","ticker":"BTC_USDT"})", "ambiguous_symbol", "base_quote"},
      {40, R"({"action":"buy","ticker":"BTCUSDT","stop_los":1})", "similar_field", "write stop_loss"},
  };
  for (const auto& broken : all) {
    CAPTURE(broken.number, broken.text);
    CHECK(is_found(broken));
  }
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
