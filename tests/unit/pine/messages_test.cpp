// Pine scripts: every message is found, comes out as TradingView would send it, and its flaws have names and
// places.
#include "pine/messages.hpp"

#include <algorithm>
#include <set>

#include "support/catch.hpp"

using namespace tvh::pine;

namespace {

using Names = std::set<std::string>;
using Texts = std::set<std::string>;

std::string script(std::string_view body) {
  return "//@version=5\nindicator(\"x\")\n" + std::string(body) + "\n";
}

Texts texts(const Message& message, std::string_view samples = "values") {
  Texts result;
  for (const auto& variant : message.variants) {
    if (variant.samples == samples) result.insert(variant.message.text());
  }
  return result;
}
// Of all messages of a script.
Texts texts(std::string_view body) {
  Texts all;
  const auto report = find_messages(script(body));
  for (const auto& message : report.messages) all.merge(texts(message));
  return all;
}

Names names(const ScriptReport& report) {
  Names result;
  for (const auto& finding : report.findings) result.insert(std::string(finding.name()));
  return result;
}
Names names(std::string_view body) { return names(find_messages(script(body))); }

const Finding* find(const ScriptReport& report, std::string_view name) {
  for (const auto& finding : report.findings) {
    if (finding.name() == name) return &finding;
  }
  return nullptr;
}

}  // namespace

TEST_CASE("pine: strings with both quotes, escapes and triples say what Pine says") {
  CHECK(texts(R"(alert("a\"b"))") == Texts{"a\"b"});
  CHECK(texts(R"(alert('a"b'))") == Texts{"a\"b"});
  CHECK(texts(R"(alert("\This\\is\n\'x\'"))") == Texts{"This\\is\n'x'"});
  CHECK(texts("alert(\"\"\"a\n  \"b\" c\n\"\"\")") == Texts{"a\n  \"b\" c\n"});
  CHECK(texts("alert('''it's''')") == Texts{"it's"});
  CHECK(texts("alert(\"http://x // no comment\") // one") == Texts{"http://x // no comment"});
  CHECK(texts("// alert(\"no\")\n//alert('no')").empty());
}

TEST_CASE("pine: a wrapped string is joined by one space, and said to be one") {
  const auto indented = find_messages(script("alert('{\"a\":1,\n     \"b\":2}')"));
  REQUIRE(indented.messages.size() == 1);
  CHECK(texts(indented.messages[0]) == Texts{"{\"a\":1, \"b\":2}"});
  CHECK(names(indented).count("string_wrapped") == 1);
  CHECK(names("alert('{\n\"a\":1}')").count("string_not_indented") == 1);
}

TEST_CASE("pine: texts are joined with values, each a sample that knows its name and its place") {
  const std::string source =
      script("alert('{\"s\":\"' + syminfo.ticker + '\",\"p\":' + str.tostring(close) + '}')");
  const auto report = find_messages(source);
  REQUIRE(report.messages.size() == 1);
  REQUIRE(report.messages[0].variants.size() == 1);
  const auto& variant = report.messages[0].variants[0];
  const std::string& text = variant.message.text();
  CHECK(text == R"({"s":"BTCUSDT","p":65000.5})");
  CHECK(variant.is_complete);
  REQUIRE(variant.message.slots().size() == 2);
  CHECK(variant.message.slots()[0].name == "syminfo.ticker");
  CHECK(variant.message.slots()[1].name == "close");
  CHECK(variant.to_source.original_of(text.find("BTC")) == source.find("syminfo"));
  CHECK(variant.to_source.original_of(text.find("650")) == source.find("str.tostring"));
  CHECK(variant.to_source.original_of(text.find("\"p\"")) == source.find("\"p\""));
  CHECK(report.messages[0].call == Place{source.find("alert"), 3, 1});
}

TEST_CASE("pine: variables, +=, inputs and functions of the script's own are followed") {
  CHECK(texts("m = 'a'\nm += 'b'\nalert(m)") == Texts{"ab"});
  CHECK(texts("string m = 'a'\nvar n = input.string('x', 'N')\nalert(m + n)") == Texts{"ax"});
  CHECK(texts("n = input(title='N', defval='x', type=input.string)\nalert(n)") == Texts{"x"});
  CHECK(texts("f(side) => '<' + side + '>'\nalert(f('buy'))\nalert(f(side='sell'))") ==
        Texts{"<buy>", "<sell>"});
  CHECK(texts("send(string side, string tag = 'T') =>\n    m = side + tag\n    "
              "alert(m)\nsend('buy')\nsend('sell', 'U')") == Texts{"buyT", "sellU"});
  CHECK(texts("never(side) =>\n    alert('x')") == Texts{"x"});
  CHECK(texts("a = array.from('x', 'y')\nalert(array.join(a, ';'))") == Texts{"x;y"});
  CHECK(texts("a = array.new<string>()\na.push('x')\narray.push(a, 'y')\nalert(a.join(','))") == Texts{"x,y"});
}

TEST_CASE("pine: every branch comes out, and only those that go together") {
  CHECK(texts("alert(close > open ? 'buy' : 'sell')") == Texts{"buy", "sell"});
  CHECK(texts("up = close > open\na = up ? 'buy' : 'sell'\nb = up ? 'long' : 'short'\nalert(a + b)") ==
        Texts{"buylong", "sellshort"});
  CHECK(texts("up = close > open\na = up ? 'buy' : 'sell'\nif not up\n    alert(a)") == Texts{"sell"});
  CHECK(texts("m = ''\nif close > open\n    m := 'a'\nelse if close < open\n    m := 'b'\nelse\n    m := "
              "'c'\nalert(m)") == Texts{"a", "b", "c"});
  CHECK(texts("var m = '0'\nif close > open\n    m := 'a'\nalert(m)") == Texts{"0", "a"});
  CHECK(texts("m = if close > open\n    'a'\nelse\n    'b'\nalert(m)") == Texts{"a", "b"});
  CHECK(texts("m = switch\n    close > open => 'a'\n    => 'b'\nalert(m)") == Texts{"a", "b"});
  CHECK(texts("k = 'x'\nm = switch k\n    'x' => 'a'\n    'y' => 'c'\n    => 'b'\nalert(m)") == Texts{"a"});
  CHECK(texts("f(s) => s == 'buy' ? 'long' : 'short'\nalert(f('buy'))") == Texts{"long"});
  CHECK(texts("m = 'a'\nfor i = 0 to 3\n    m += 'b'\nalert(m)") == Texts{"a", "ab"});
}

TEST_CASE("pine: str.tostring writes up to eight decimals, or as its format says") {
  CHECK(texts("alert(str.tostring(0.123456789))") == Texts{"0.12345679"});
  CHECK(texts("alert(str.tostring(close, '#'))") == Texts{"65000"});
  CHECK(texts("alert(str.tostring(close, '0.00'))") == Texts{"65000.50"});
  CHECK(texts("alert(str.tostring(close, format.mintick))") == Texts{"65000.50"});
  CHECK(texts("alert(str.tostring(true))") == Texts{"true"});
  CHECK(texts("alert(tostring(close))") == Texts{"65000.5"});
  CHECK(texts("alert(str.tostring(close - ta.atr(14) * 2))") == Texts{"64800.5"});
  CHECK(names("alert(str.tostring(volume, format.volume))").count("tostring_format") == 1);
  CHECK(names("alert(str.tostring(0.5, format.percent))").count("tostring_format") == 1);
}

TEST_CASE("pine: str.format is MessageFormat: grouping, quotes, braces, missing arguments (22, 23, 24)") {
  CHECK(texts("alert(str.format('{0}', 12345.6789))") == Texts{"12,345.679"});
  CHECK(texts("alert(str.format('{0,number,#.########}', close))") == Texts{"65000.5"});
  CHECK(texts("alert(str.format('{0,number,integer}', close))") == Texts{"65,000"});
  CHECK(texts(R"(alert(str.format("it''s '{'{0}'}' {1}", "a")))") == Texts{"it's {a} {1}"});
  CHECK(texts(R"(alert(str.format("'{0}'", "a")))") == Texts{"{0}"});
  CHECK(names("alert(str.format('{0}', close))").count("format_grouping") == 1);
  CHECK(names("alert(str.format('{0}', syminfo.ticker))").count("format_grouping") == 0);
  CHECK(names("alert(str.format('{0,number,#.##}', close))").count("format_grouping") == 0);
  CHECK(names("alert(str.format('{\"a\":{0}', 'x'))").count("format_braces") == 1);
  CHECK(names("alert(str.format(\"it's {0}\", 'x'))").count("format_apostrophe") == 1);
  CHECK(names("alert(str.format('{20}', 'x'))").count("format_argument") == 1);
  const std::string source = script("alert(str.format('{\"a\":{0}', 'x'))");
  CHECK(find(find_messages(source), "format_braces") != nullptr);
}

TEST_CASE("pine: other text functions do what they are named after") {
  CHECK(texts("alert(str.replace('a-b-c', '-', '+'))") == Texts{"a+b-c"});
  CHECK(texts("alert(str.replace('a-b-c', '-', '+', 1))") == Texts{"a-b+c"});
  CHECK(texts("alert(str.replace_all('a-b-c', '-', '+'))") == Texts{"a+b+c"});
  CHECK(texts("alert(str.upper('aB') + str.lower('Cd'))") == Texts{"ABcd"});
  CHECK(texts("alert(str.substring('abcdef', 1, 3) + str.trim(' x '))") == Texts{"bcx"});
  CHECK(texts("alert(str.repeat('ab', 3))") == Texts{"ababab"});
  CHECK(texts("alert(str.format_time(time, \"yyyy-MM-dd'T'HH:mm:ss'Z'\"))") == Texts{"2026-11-20T10:15:00Z"});
}

TEST_CASE("pine: lines go on inside brackets, by odd indentation, and after an operator") {
  CHECK(texts("alert('a' +\n'b')") == Texts{"ab"});
  CHECK(texts("m = 'a'\n  + 'b'\nalert(m)") == Texts{"ab"});
  CHECK(texts("m = 'a' +\n  'b'\nalert(m)") == Texts{"ab"});
  CHECK(texts("m = 'a', n = 'b'\nalert(m + n)") == Texts{"ab"});
  CHECK(texts("if close > open\r\n    alert('a')\r\n    alert('b')\r\nalert('c')") == Texts{"a", "b", "c"});
}

TEST_CASE("pine: a placeholder inside alert() is never filled (breakage 19)") {
  const std::string source = script("alert('{\"content\":\"{{close}}\"}')");
  const auto report = find_messages(source);
  const auto* finding = find(report, "placeholder_in_alert");
  REQUIRE(finding != nullptr);
  CHECK(finding->severity == Severity::error);
  CHECK(finding->place == Place{source.find("{{close"), 3, 20});
  CHECK(report.messages[0].variants[0].message.fill_all().size() == 1);
  CHECK(report.messages[0].variants[0].message.fill_all()[0].text == "{\"content\":\"{{close}}\"}");
}

TEST_CASE("pine: alertcondition has placeholders, constants, the global scope and indicators") {
  const auto good = find_messages(script("alertcondition(close > open, 'T', '{\"p\":{{close}}}')"));
  REQUIRE(good.messages.size() == 1);
  CHECK(good.messages[0].kind == MessageKind::alert_condition);
  CHECK(good.messages[0].variants[0].message.fill_all()[0].text == "{\"p\":65000.5}");
  CHECK(names(good) == Names{"message_without_secret"});
  CHECK(names("alertcondition(true, 'T', message='{{strategy.order.action}}')").count("strategy_placeholder") ==
        1);
  CHECK(names("alertcondition(true, 'T', 'x' + str.tostring(close))").count("condition_not_constant") == 1);
  CHECK(names("if close > open\n    alertcondition(true, 'T', 'x')").count("condition_not_global") == 1);
  CHECK(names(find_messages("//@version=5\nstrategy('x')\nalertcondition(true, 'T', 'x')"))
            .count("condition_in_strategy") == 1);
  const auto old = find_messages("//@version=3\nstudy('x')\nalertcondition(true, 'T', 'Close = {{close}}')");
  CHECK(old.version == 3);
  CHECK(names(old).count("version_without_placeholders") == 1);
  CHECK(old.messages[0].variants[0].message.fill_all()[0].text == "Close = {{close}}");
}

TEST_CASE("pine: order calls have messages, and those without one are named") {
  const auto report = find_messages(
      "//@version=6\nstrategy('x')\n"
      "//@strategy_alert_message {{strategy.order.alert_message}}\n"
      "if close > open\n    strategy.entry('L', strategy.long, "
      "alert_message='{\"action\":\"buy\",\"token\":\"t\"}')\n"
      "strategy.exit('X', 'L', stop=1, alert_profit='p', alert_loss='l', alert_trailing='t')\n"
      "strategy.close('L')\nstrategy.close_all(disable_alert=true)\n");
  REQUIRE(report.messages.size() == 5);
  CHECK(report.kind == ScriptKind::strategy);
  CHECK(report.messages[0].kind == MessageKind::strategy_box);
  CHECK(report.messages[1].kind == MessageKind::order);
  CHECK(report.messages[1].callee == "strategy.entry");
  CHECK(report.messages[2].kind == MessageKind::order_profit);
  CHECK(report.messages[3].kind == MessageKind::order_loss);
  CHECK(report.messages[4].kind == MessageKind::order_trailing);
  const auto* finding = find(report, "order_without_message");
  REQUIRE(finding != nullptr);
  CHECK(finding->place.line == 7);
  CHECK(names(report).count("message_not_sent") == 0);
}

TEST_CASE("pine: alert_message without the box that sends it, and with placeholders that may not be filled") {
  const auto report = find_messages(
      "//@version=5\nstrategy('x')\nstrategy.entry('L', strategy.long, alert_message='{{ticker}}')\n");
  CHECK(names(report) == Names{"message_not_sent", "placeholder_in_alert_message"});
}

TEST_CASE("pine: na becomes NaN, on bars that have no value") {
  CHECK(names("alert(str.tostring(na))").count("tostring_na") == 1);
  CHECK(names("float x = na\nalert(str.tostring(x))").count("tostring_na") == 1);
  const auto report =
      find_messages(script("sl = close - ta.atr(14)\nalert('{\"sl\":' + str.tostring(sl) + '}')"));
  CHECK(texts(report.messages[0]) == Texts{"{\"sl\":64900.5}"});
  CHECK(texts(report.messages[0], "na") == Texts{"{\"sl\":NaN}"});
  CHECK(names(report).count("bare_may_be_nan") == 1);
  CHECK(names("sl = nz(ta.atr(14))\nalert('{\"sl\":' + str.tostring(sl) + '}')").count("bare_may_be_nan") == 0);
  CHECK(names("var float sl = na\nif close > open\n    sl := low\nalert('{\"sl\":' + str.tostring(sl) + '}')")
            .count("bare_may_be_nan") == 1);
}

TEST_CASE("pine: secrets, identity, frequency") {
  CHECK(names("alert('{\"action\":\"buy\"}')") == Names{"message_without_secret", "no_order_id"});
  CHECK(names("s = input.string('x')\nalert('{\"secret\":\"' + s + '\",\"action\":\"buy\"}')") ==
        Names{"secret_in_body", "no_order_id"});
  CHECK(names("alert('Buy!')").empty());
  CHECK(names("alert('x', alert.freq_all)") == Names{"freq_all_no_identity"});
  CHECK(names("alert('{\"id\":\"' + str.tostring(time) + '\"}', freq=alert.freq_all)")
            .count("freq_all_no_identity") == 0);
  CHECK(names("alert('x', alert.freq_once_per_bar)").empty());
  CHECK(names("alert('{\"id\":\"' + str.tostring(timenow) + '\"}')").count("timenow_as_identity") == 1);
}

TEST_CASE("pine: quotes around values are looked at as in templates") {
  CHECK(names("alert('{\"t\":' + syminfo.ticker + '}')").count("text_unquoted") == 1);
  CHECK(names("alert('{\"p\":\"' + str.tostring(close) + '\"}')").count("number_as_text") == 1);
}

TEST_CASE("pine: edges, emptiness and length of a message") {
  CHECK(names("alert(\"\"\"\n{\"a\":1}\n\"\"\")").count("message_edge_newline") == 1);
  CHECK(names("alert('')") == Names{"empty_message"});
  CHECK(names("alert(str.repeat('x', 50000))").count("message_too_long") == 1);
}

TEST_CASE("pine: what does not compile is named with its place") {
  CHECK(names("alert(\"x\nalert('y')").count("string_unclosed") == 1);
  CHECK(texts("a = \"lost\nalert('y')") == Texts{"y"});
  CHECK(names("alert(“x”)").count("curly_quote") == 1);
  CHECK(names("alert('x'").count("bracket_unclosed") == 1);
}

TEST_CASE("pine: what cannot be evaluated is said, with its place, and the rest of the message is kept") {
  const std::string source = script("alert('{\"a\":\"' + lib.message(close) + '\"}')");
  const auto report = find_messages(source);
  const auto* finding = find(report, "cannot_evaluate");
  REQUIRE(finding != nullptr);
  CHECK(finding->place.offset == source.find("lib.message"));
  CHECK_FALSE(report.messages[0].variants[0].is_complete);
  CHECK(texts(report.messages[0]) == Texts{"{\"a\":\"text\"}"});
  CHECK(names("import x/y/1 as y\nalert(y.f())").count("cannot_evaluate") == 1);
}

TEST_CASE("pine: more variants than are looked at are said to be so") {
  std::string body = "m = ''\n";
  for (int i = 0; i < 8; ++i) {
    const std::string n = std::to_string(i);
    body += "m += close > " + n + " ? 'a" + n + "' : 'b" + n + "'\n";
  }
  const auto report = find_messages(script(body + "alert(m)"));
  CHECK(report.messages[0].variants.size() <= 16);
  CHECK(names(report).count("too_many_variants") == 1);
}

TEST_CASE("finding kinds: the wrong example of a Pine finding is found") {
  for (const auto& kind : finding_kinds()) {
    if (kind.family != Family::pine_source || kind.wrong.empty()) continue;
    std::string wrong(kind.wrong);
    std::string head = "//@version=5\nindicator('x')\nup = close > open\nmessage = 'x'\nm = 'y'\n";
    if (kind.id == FindingId::condition_in_strategy || kind.id == FindingId::order_without_message ||
        kind.id == FindingId::message_not_sent) {
      head = "//@version=5\nstrategy('x')\nup = close > open\nmessage = 'x'\nm = 'y'\n";
    }
    if (kind.id == FindingId::order_without_message)
      head += "strategy.entry('L', strategy.long, alert_message=m)\n";
    if (kind.id == FindingId::version_without_placeholders) {
      head.clear();
      wrong += "\nalertcondition(true, 'x', '{{close}}')";
    }
    if (kind.id == FindingId::placeholder_in_alert_message || kind.id == FindingId::empty_message) {
      if (wrong.starts_with("alert_message")) wrong = "strategy.entry('L', strategy.long, " + wrong + ")";
    } else if (wrong.starts_with("str") || wrong.starts_with("'") || wrong.starts_with("\"") ||
               wrong.starts_with("{")) {
      if (wrong.starts_with("{")) wrong = "'" + wrong + "'";
      wrong = "alert(" + wrong + ")";
    }
    INFO(kind.name << "\n" << head << wrong);
    CHECK(names(find_messages(head + wrong + "\n")).count(std::string(kind.name)) == 1);
  }
}

TEST_CASE("pine: an operand that is missing at the end of the script has its place there") {
  const std::string source = "alert('a' +";
  const auto report = find_messages(source);
  for (const auto& message : report.messages) {
    for (const auto& variant : message.variants) {
      for (std::size_t i = 0; i <= variant.message.text().size(); ++i) {
        CHECK(variant.to_source.original_of(i) <= source.size());
      }
    }
  }
}

TEST_CASE("pine: strings wrapped one after the other are told once") {
  const auto report = find_messages(script("alert('{\n\"a\":' + 'x\n' + 'y\n}')"));
  const auto count = std::count_if(report.findings.begin(), report.findings.end(), [](const Finding& finding) {
    return finding.name() == "string_not_indented";
  });
  CHECK(count == 1);
}

TEST_CASE("pine: older versions, in their own words") {
  const auto four = find_messages(
      "//@version=4\nstudy('x')\nmyMessage = '{\"p\":' + tostring(close, '#.##') + '}'\n"
      "if crossover(sma(close, 10), sma(close, 30))\n    alert(myMessage, alert.freq_once_per_bar)\n");
  REQUIRE(four.messages.size() == 1);
  CHECK(four.version == 4);
  CHECK(four.kind == ScriptKind::indicator);
  CHECK(texts(four.messages[0]) == Texts{"{\"p\":65000.5}"});
  const auto none = find_messages("study('x')\nalertcondition(close > open, title='T', message='m')\n");
  CHECK(none.version == 1);
  CHECK(texts(none.messages[0]) == Texts{"m"});
}

TEST_CASE("pine: types, methods, tuples, loops and libraries around a message do not hide it") {
  const auto all = texts(
      "import a/b/1 as lib\ntype order\n    string side\n    float size = 1\nenum e\n    one = 'x'\n"
      "method send(order this, string m) =>\n    alert(m)\n    this\n"
      "[macd, signal, histogram] = ta.macd(close, 12, 26, 9)\nvar array<string> list = array.new<string>()\n"
      "o = order.new('buy')\no.side := 'sell'\nwhile false\n    break\nfor [i, v] in list\n    continue\n"
      "o.send('m')\nplot(macd, color = macd > 0 ? color.green : color.red)\nif barstate.islast\n    "
      "alert('end')\n");
  CHECK(all == Texts{"m", "end"});
}

TEST_CASE("times: a Pine time without quotes is a number, not a text without them") {
  CHECK(names("alert('{\"secret\":\"s\",\"id\":\"a\",\"time\":' + str.tostring(time) + '}')") ==
        Names{"secret_in_body"});
  CHECK(names("alert('{\"secret\":\"s\",\"id\":\"a\",\"symbol\":' + syminfo.ticker + '}')")
            .count("text_unquoted") == 1);
}

TEST_CASE("message box: whether an alert can be empty is told of each order call, where they are seen") {
  const std::string box = "//@strategy_alert_message {{strategy.order.alert_message}}\nstrategy('x')\n";
  CHECK(names(box).count("message_may_be_empty") == 1);
  const std::string entry =
      "strategy.entry('L', strategy.long, alert_message='{\"secret\":\"s\",\"id\":\"a\"}')\n";
  CHECK(names(box + entry).count("message_may_be_empty") == 0);
  CHECK(names(box + entry + "strategy.close('L')").count("order_without_message") == 1);
}

TEST_CASE("placeholders inside alert(): what to write instead is said, where Pine has it") {
  const auto mend_of = [](const std::string& body) {
    for (const auto& finding : find_messages(script(body)).findings) {
      if (finding.id == FindingId::placeholder_in_alert) return finding.mend;
    }
    return std::string();
  };
  CHECK(mend_of("alert('{\"symbol\":\"{{ticker}}\"}')") == "write ' + syminfo.ticker + ' in its place");
  CHECK(mend_of("alert(\"at {{close}}\")") == "write \" + str.tostring(close) + \" in its place");
  CHECK(mend_of("alert('{{strategy.order.id}}')").find("Join the value in Pine") == 0);
}
