// Any bytes: no crash, no hang, nothing unbounded. A megabyte of everything that could make a reader go astray.
#include <chrono>

#include "pine/messages.hpp"
#include "support/catch.hpp"

using namespace tvh::pine;

namespace {

std::string repeated(std::string_view piece, std::size_t size = 1'000'000) {
  std::string text;
  while (text.size() < size) text += piece;
  return text;
}

void check_bounded(const std::string& source) {
  const auto started = std::chrono::steady_clock::now();
  const auto report = find_messages(source);
  CHECK(report.findings.size() <= Findings::kMost);
  CHECK(report.messages.size() <= 1100);
  for (const auto& message : report.messages) CHECK(message.variants.size() <= 16);
  // A bound for hanging, not a measure of speed: these take well under a second, optimised.
  CHECK(std::chrono::steady_clock::now() - started < std::chrono::seconds(60));
}

}  // namespace

TEST_CASE("pine: up to a megabyte of one piece over and over is read in bounded time") {
  for (const auto* piece : {"(",
                            ")",
                            "[",
                            "]",
                            "{",
                            "'",
                            "\"",
                            "'\n",
                            "'\n\\'",
                            "\"\"\"",
                            "\\",
                            "\n",
                            "\t",
                            "    ",
                            "a",
                            "a.",
                            "a.b(",
                            "a ? ",
                            "a ? b : ",
                            "a + ",
                            "not ",
                            "- ",
                            "if a\n    ",
                            "if a\n",
                            "else if a\n",
                            "switch\n",
                            "f(x) =>\n",
                            "f(x) => f(x)\n",
                            "a = b\n",
                            "a := a + 'x'\n",
                            "a += a\n",
                            "alert('x')\n",
                            "alert(",
                            "//@version=5\n",
                            "//@strategy_alert_message x\n",
                            "a,",
                            "a = if b\n",
                            "type t\n    int x\n",
                            "\xE2\x80\x9C",
                            "\xff",
                            "x[1]",
                            "x[",
                            "a<",
                            "=>",
                            "str.format('{0}',",
                            "array.from(",
                            "#ff0000",
                            "1e",
                            "m.push('a')\n",
                            "import a\n",
                            "var ",
                            "method ",
                            "\r"}) {
    INFO(piece);
    check_bounded(repeated(piece, 50'000));
  }
  for (const auto* piece : {"(", "'\n\\'", "a + ", "a += a\n"}) {
    INFO(piece);
    check_bounded(repeated(piece));
  }
}

TEST_CASE("pine: texts that double, branch and call each other stop at their bounds") {
  check_bounded("a = 'x'\n" + repeated("a += a\n", 500'000) + "alert(a)\n");
  check_bounded("a = 'x'\n" + repeated("a := close > 1 ? a + 'y' : a + 'z'\n", 500'000) + "alert(a)\n");
  std::string branches = "a = 'x'\n";
  for (int i = 0; i < 5000; ++i) branches += "if close > " + std::to_string(i) + "\n    a := a + 'y'\n";
  check_bounded(branches + "alert(a)\n");
  std::string calls = "f0(x) => x\n";
  for (int i = 1; i < 60; ++i) {
    const std::string before = "f" + std::to_string(i - 1) + "(x)";
    calls += "f" + std::to_string(i) + "(x) => " + before + " + " + before + "\n";
  }
  check_bounded(calls + "alert(f59('x'))\n");
  check_bounded("f(x) => f(x) + f(x)\nalert(f('x'))\n");
  check_bounded("x = 2.0\n" + repeated("x := x * x\n", 200'000) + "alert(str.tostring(x))\n");
  check_bounded("alert(str.repeat(str.repeat('x', 1000000), 1000000))\n");
  check_bounded("alert(str.replace_all(str.repeat('x', 40000), 'x', str.repeat('y', 40000)))\n");
  std::string deep;
  for (std::size_t i = 0; i < 2000; ++i) deep += std::string(i * 4, ' ') + "if a\n";
  check_bounded(deep);
  check_bounded(repeated("alert(close > 1 ? 'a' : 'b')\n"));
}

TEST_CASE("pine: every beginning of a script is read, wherever it is cut") {
  const std::string source =
      "//@version=5\nstrategy(\"x\")\n//@strategy_alert_message {{strategy.order.alert_message}}\n"
      "f(s, k = 1) =>\n    m = '{\"side\":\"' + s + '\",' +\n      '\"p\":' + str.format(\"{0,number,#.##}\", "
      "close[1]) + '}'\n"
      "    m\nvar float sl = na\nif ta.crossover(close, open) and not barstate.isfirst\n    sl := low\n"
      "    strategy.entry('L', strategy.long, alert_message=f('buy'))\nelse\n    "
      "alert(\"\"\"\n\\\"x\\\"\n\"\"\", alert.freq_all)\n"
      "z = switch syminfo.ticker\n    'A' => 1\n    => 2\n[a, b] = f(1)\n";
  for (std::size_t length = 0; length <= source.size(); ++length) {
    const auto report = find_messages(source.substr(0, length));
    for (const auto& finding : report.findings) CHECK(finding.place.offset <= length);
  }
}

TEST_CASE(
    "pine: functions whose defaults, bodies, branches and brackets nest in each other do not exhaust the "
    "stack") {
  check_bounded("f(x = f()) => x\nalert(f())\n");
  std::string body;
  for (std::size_t depth = 1; depth < 40; ++depth) body += std::string(depth * 4, ' ') + "if x\n";
  body += std::string(160, ' ');
  for (int i = 0; i < 50; ++i) body += "(not ";
  check_bounded("f(x) =>\n" + body + "f(x)" + std::string(50, ')') + "\nalert(f('x'))\n");
}
