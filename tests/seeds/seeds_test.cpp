// Every alert the tutorials tell people to send is accepted, without configuration beyond the secret, and means
// what its tutorial says. The bodies are the tutorials' own files, filled in as TradingView would.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"
#include "tvhook-validate/alert_check.hpp"

using namespace tvh;
using model::Action;

namespace {

const std::string kFolder = std::string(TVHOOK_SOURCE_FOLDER) + "/../shared/payloads/seeds";

// Before any test: "skipped" must never look like "passed".
const bool kPresent = [] {
  if (std::filesystem::exists(kFolder + "/guide_en.json")) return true;
  std::printf("skipped: the tutorials' alerts are not there (%s)\n", kFolder.c_str());
  std::exit(77);
}();

std::string seed(const std::string& name) { return test::read_file(kFolder + "/" + name); }

std::string filled(std::string text, const std::map<std::string, std::string>& values) {
  for (const auto& [name, value] : values) {
    for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at + value.size())) {
      text.replace(at, name.size(), value);
    }
  }
  return text;
}

const std::map<std::string, std::string> kPlaceholders{{"{{ticker}}", "BTCUSDT"},
                                                       {"{{exchange}}", "BINANCE"},
                                                       {"{{close}}", "65000.5"},
                                                       {"{{interval}}", "15"},
                                                       {"{{strategy.order.action}}", "buy"},
                                                       {"{{strategy.order.contracts}}", "0.02"},
                                                       {"{{timenow}}", "2026-11-20T10:15:03Z"}};

// What a Pine expression of the form '…"' + name + '"…' evaluates to: texts joined, names looked up.
std::string evaluate(const std::string& expression, const std::map<std::string, std::string>& values) {
  std::string result;
  bool in_text = false;
  std::string name;
  const auto finish_name = [&] {
    const auto found = values.find(name);
    if (!name.empty() && found == values.end()) FAIL("no value for " << name);
    if (found != values.end()) result += found->second;
    name.clear();
  };
  for (const char c : expression) {
    if (c == '\'') {
      if (!in_text) finish_name();
      in_text = !in_text;
    } else if (in_text) {
      result += c;
    } else if (c != '+' && c != ' ' && c != '\n') {
      name += c;
    }
  }
  finish_name();
  return result;
}

// The expression assigned to `variable`: from its first quote to its last, over lines.
std::string pine_expression(const std::string& source, const std::string& variable) {
  const auto begin = source.find('\'', source.find(variable + " = '"));
  const auto end = source.find("}'", begin);
  REQUIRE(end != std::string::npos);
  return source.substr(begin, end + 2 - begin);
}

model::Signal accepted(const std::string& body, const std::string& secret) {
  CheckRules rules;
  rules.secrets.push_back({"tutorial", Secret(secret)});
  rules.now = *parse_time("2026-11-20T10:15:04Z");
  const CheckedAlert checked = check_alert(body, rules);
  for (const auto& finding : checked.findings) {
    CHECK(finding.message.find(secret) == std::string::npos);
    if (finding.severity == wire::Severity::error) FAIL(body << " -> " << finding.message);
  }
  CHECK_FALSE(check_alert(filled(body, {{secret, "wrong"}}), rules).signal);
  return *checked.signal;
}

std::vector<std::string> findings(const std::string& body) {
  std::vector<std::string> names;
  for (const auto& finding : check_alert(body, {}).findings) names.push_back(finding.name);
  return names;
}

bool points_out(const std::string& body, const std::string& name) {
  const auto names = findings(body);
  return std::find(names.begin(), names.end(), name) != names.end();
}

Decimal number(const char* text) { return Decimal::from_trusted(text); }

const std::map<std::string, std::string> kPineValues{{"syminfo.ticker", "BTCUSDT"},
                                                     {"secretToken", "your_secret_token_here"},
                                                     {"str.tostring(close)", "65000.5"},
                                                     {"str.tostring(time)", "1795169700000"},
                                                     {"str.tostring(stopLossPrice)", "64000"},
                                                     {"str.tostring(takeProfitPrice)", "66500.25"},
                                                     {"str.tostring(positionSize)", "0.0125"},
                                                     {"str.tostring(atrValue)", "500.125"},
                                                     {"timeframe.period", "15"}};

}  // namespace

TEST_CASE("seeds: the English guide buys 0.01 base, and without a time is known by its content") {
  REQUIRE(kPresent);
  const auto signal = accepted(seed("guide_en.json"), "MY_SECRET");
  CHECK(signal.action == Action::buy);
  CHECK(signal.symbol == "BTCUSDT");
  CHECK(signal.quantity == number("0.01"));
  CHECK(signal.size_unit == model::SizeUnit::base);
  CHECK(signal.order_type == model::OrderType::market);
  CheckRules rules;
  CHECK(check_alert(seed("guide_en.json"), rules).identity->rule == model::Identity::Rule::content_window);
}

TEST_CASE("seeds: the Portuguese guide is the same trade, and VENDA sells") {
  const auto signal = accepted(seed("guide_pt.json"), "MEU_SEGREDO");
  CHECK(signal.action == Action::buy);
  CHECK(signal.quantity == number("0.01"));
  CHECK(accepted(filled(seed("guide_pt.json"), {{"COMPRA", "VENDA"}}), "MEU_SEGREDO").action == Action::sell);
  CHECK(check_alert(seed("guide_pt.json"), {}).identity->content ==
        check_alert(seed("guide_en.json"), {}).identity->content);
}

TEST_CASE("seeds: the Flask template trades 1 at a price, and its timenow is pointed out") {
  const std::string plain = filled(seed("strategy_flask.template.json"), kPlaceholders);
  CHECK(check_alert(plain, {}).signal);
  std::string body = plain;
  body.insert(1, "\"token\":\"YOUR_SECRET_TOKEN\",");
  const auto signal = accepted(body, "YOUR_SECRET_TOKEN");
  CHECK(signal.quantity == number("1"));
  CHECK(signal.price == number("65000.5"));
  CHECK(signal.fired_at == parse_time("2026-11-20T10:15:03Z"));
  CHECK(points_out(body, "fire_time_as_bar_time"));
  CHECK(points_out(body, "size_without_strategy"));
  CHECK(accepted(filled(body, {{"\"buy\"", "\"sell\""}}), "YOUR_SECRET_TOKEN").action == Action::sell);
}

TEST_CASE(
    "seeds: the production guide has all its fields, its four exchanges and its five actions, and no others") {
  const std::string secret = "your-actual-passphrase-here";
  const std::string body = filled(seed("production_guide.template.json"), kPlaceholders);
  const auto signal = accepted(body, secret);
  CHECK(signal.strategy == "your_strategy_name_v1");
  CHECK(signal.exchange == "binance");
  CHECK(signal.quantity == number("0.02"));
  CHECK(signal.price == number("65000.5"));
  CHECK(signal.timeframe == "15");
  CHECK(signal.fired_at == parse_time("2026-11-20T10:15:03Z"));
  CHECK(points_out(body, "fire_time_as_bar_time"));
  for (const std::string action : {"buy", "sell", "close_long", "close_short", "close_all"}) {
    CHECK(model::to_text(accepted(filled(body, {{"\"buy\"", "\"" + action + "\""}}), secret).action) == action);
  }
  for (const std::string exchange : {"BYBIT", "BINANCE", "BITGET", "OKX"}) {
    CHECK_NOTHROW(accepted(filled(body, {{"BINANCE", exchange}}), secret));
  }
  const auto refused = [&](const std::string& from, const std::string& to, const std::string& expected) {
    const auto checked = check_alert(filled(body, {{from, to}}), {});
    CHECK_FALSE(checked.signal);
    std::string messages;
    for (const auto& finding : checked.findings) messages += finding.message + "\n";
    CHECK(messages.find(expected) != std::string::npos);
  };
  refused("\"buy\"", "\"long\"", "buy, sell, close_long, close_short, close_all");
  refused("BINANCE", "COINBASE", "BINANCE, BYBIT, OKX, BITGET");
  refused("\"BTCUSDT\"", "\"BT\"", "3 to 20");
  refused("65000.5", "0", "greater than 0");
  refused("0.02", "-1", "greater than 0");
}

TEST_CASE("seeds: the templates as they stand, unfilled, are refused with the placeholder's name") {
  CHECK(points_out(seed("production_guide.template.json"), "syntax"));
  CHECK(points_out(filled(seed("strategy_flask.template.json"), {{"{{close}}", "1"}}),
                   "unsubstituted_placeholder"));
}

TEST_CASE("seeds: the Pine strategy's two messages buy and sell with the bar's time in milliseconds") {
  const std::string source = seed("pine_alert.pine");
  const auto buy =
      accepted(evaluate(pine_expression(source, "alertLongMessage"), kPineValues), "your_secret_token_here");
  CHECK(buy.action == Action::buy);
  CHECK(buy.symbol == "BTCUSDT");
  CHECK(buy.price == number("65000.5"));
  CHECK(buy.bar_time == parse_time("2026-11-20T10:15:00Z"));
  CHECK_FALSE(buy.quantity);
  const auto sell =
      accepted(evaluate(pine_expression(source, "alertExitMessage"), kPineValues), "your_secret_token_here");
  CHECK(sell.action == Action::sell);
}

TEST_CASE("seeds: the advanced indicator sends a bracket order with its only size in base") {
  const std::string body = evaluate(pine_expression(seed("advanced.pine"), "advancedAlert"), kPineValues);
  const auto signal = accepted(body, "your_secret_token_here");
  CHECK(signal.action == Action::buy);
  CHECK(signal.quantity == number("0.0125"));
  CHECK(signal.size_unit == model::SizeUnit::base);
  CHECK(signal.price == number("65000.5"));
  CHECK(signal.stop_loss == number("64000"));
  CHECK(signal.take_profit == number("66500.25"));
  CHECK(signal.timeframe == "15");
  CHECK(signal.extra_json == R"({"atr":500.125})");
  CHECK_FALSE(signal.position);
}
