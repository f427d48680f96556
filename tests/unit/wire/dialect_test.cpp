#include "wire/dialect.hpp"

#include <set>

#include "support/catch.hpp"
#include "wire/alert_reader.hpp"
#include "wire/records.hpp"

using namespace tvh;
using namespace tvh::wire;

namespace {

std::string dialect_of(std::string_view body, const DialectChoice& choice = {}) {
  const auto parsed = parse_alert(body, choice);
  if (const auto* finding = std::get_if<Finding>(&parsed)) return finding->name + ": " + finding->message;
  return std::string(std::get<ParsedAlert>(parsed).dialect->name);
}

// The record from `strategy` on, or the errors as "name message", one a line.
std::string meaning(std::string_view body, const DialectChoice& choice = {}) {
  auto parsed = parse_alert(body, choice);
  if (const auto* finding = std::get_if<Finding>(&parsed)) return finding->name + " " + finding->message;
  const Decoded decoded = decode_alert(std::get<ParsedAlert>(parsed), {});
  std::string text;
  for (const auto& finding : decoded.findings) {
    if (finding.severity == Severity::error) text += finding.name + " " + finding.message + "\n";
  }
  for (const auto& earlier : decoded.earlier) text += std::string(model::to_text(earlier.action)) + "+";
  if (!decoded.signal) return text;
  const auto& signal = *decoded.signal;
  text +=
      std::string(model::to_text(signal.action)) + " " + model::instrument_name(signal.symbol, signal.market);
  if (signal.quantity)
    text += " " + signal.quantity->to_string() + " " + std::string(model::to_text(signal.size_unit));
  return text;
}

bool begins(const std::string& text, const std::string& start) { return text.substr(0, start.size()) == start; }

DialectChoice fixed_to(std::string_view name) { return {find_dialect(name), {}}; }

}  // namespace

TEST_CASE("dialects: names are unique, every dialect but the two of our own names can be told apart") {
  std::set<std::string_view> names;
  for (const auto& dialect : dialects()) {
    CHECK(names.insert(dialect.name).second);
    CHECK(find_dialect(dialect.name) == &dialect);
    if (!dialect.keys.empty() && dialect.shape == Shape::json) CHECK_FALSE(dialect.marks.empty());
    std::set<std::string_view> paths;
    for (const auto& key : dialect.keys) CHECK(paths.insert(key.path).second);
    std::set<std::string_view> units;
    for (const auto& unit : dialect.units) units.insert(unit.text);
    for (const auto& key : dialect.keys) CHECK((key.unit.empty() || units.contains(key.unit)));
  }
  CHECK(find_dialect("nobody") == nullptr);
}

TEST_CASE("dialects: a percentage is 100 in one and 1.0 in another, by declaration") {
  const std::string wunder =
      R"({"code":"ENTER-LONG_Bybit_ETHUSDT_Eth_short_15M_abcdef","amountPerTrade":"0.5","amountPerTradeType":"percents"})";
  CHECK(meaning(wunder) == "buy ETHUSDT 50 percent_balance");
  const std::string okx =
      R"({"action":"ENTER_SHORT","instrument":"ETH-USDT-SWAP","signalToken":"t","investmentType":"percentage_balance","amount":"0.5"})";
  CHECK(meaning(okx) == "sell ETHUSDT.P 0.5 percent_balance");
  CHECK(begins(
      meaning(
          R"({"code":"EXIT-LONG_Bybit_ETHUSDT_n_15M_a","amountPerTrade":"50","amountPerTradeType":"percents"})"),
      "out_of_range amountPerTrade: 50 is more than 1"));
}

TEST_CASE("dialects: dollars count only where the symbol is quoted in them") {
  const auto post = [](const std::string& ticker, const std::string& type) {
    return meaning("{\"ticker\":\"" + ticker + "\",\"action\":\"buy\",\"quantity\":100,\"quantityType\":\"" +
                   type + "\"}");
  };
  CHECK(post("BTCUSDT", "dollar_amount") == "buy BTCUSDT 100 quote");
  CHECK(post("AMD", "dollar_amount") == "buy AMD 100 quote");
  CHECK(begins(post("ETHBTC", "dollar_amount"), "contradiction quantity: counts dollars"));
  CHECK(post("BTCUSDT", "percent_of_position") == "buy BTCUSDT 100 percent_position");
  CHECK(begins(post("BTCUSDT", "risk_dollar_amount"), "not_supported quantity: a size in risk_dollar_amount"));
  CHECK(
      begins(post("BTCUSDT", "shares"), "unknown_value quantityType: \"shares\" is not known to TradersPost"));
}

TEST_CASE("dialects: words of another service are its own, and what cannot be done is refused") {
  CHECK(meaning(R"({"ticker":"SPY","action":"exit","orderType":"market","quantity":2})") ==
        "close_all SPY 2 base");
  CHECK(begins(meaning(R"({"ticker":"SPY","action":"add","orderType":"market"})"), "not_supported action"));
  CHECK(begins(meaning(R"({"ticker":"SPY","action":"hold","orderType":"market"})"),
               "unknown_action action: \"hold\" is not known to TradersPost; expected one of buy, sell, exit"));
  CHECK(begins(meaning(R"({"ticker":"SPY","action":"exit","sentiment":"flat"})"),
               "contradiction sentiment: says what position to have after a close_all"));
  CHECK(meaning(R"({"password":"p","side":"close/sell","base":"BTC","quote":"USDT.P","percent":50})") ==
        "close_long BTCUSDT.P 50 percent_balance");
  CHECK(begins(meaning(R"({"password":"p","side":"buy","symbol":"BTCUSDT","amount_by_percent":50})"),
               "not_supported amount_by_percent"));
  CHECK(
      meaning(
          R"({"passphrase":"p","market":"BTC-USD","order":"sell","position":"flat","size":1,"reverse":false})") ==
      "sell BTCUSD 1 base");
  CHECK(begins(meaning(R"({"passphrase":"p","market":"BTC-USD","order":"buy","size":1,"reverse":true})"),
               "not_supported reverse"));
  CHECK(begins(
      meaning(R"({"passphrase":"p","market":"BTC-USD","order":"buy","sizeByLeverage":2,"reverse":false})"),
      "not_supported sizeByLeverage"));
}

TEST_CASE("dialects: a size is one; two in different units are refused") {
  CHECK(begins(meaning(R"({"Identity":"i","Action":"Buy","Asset":"ETHUSDT","USD":"50","Base":"1"})"),
               "conflicting_fields Base"));
  CHECK(meaning(R"({"Identity":"i","Action":"Buy","Asset":"ETHUSDT","USD":"50"})") == "buy ETHUSDT 50 quote");
  CHECK(meaning(R"({"Identity":"i","Action":"Buy","Asset":"ETHUSDT","Base":"5%"})") ==
        "buy ETHUSDT 5 percent_balance");
  CHECK(begins(meaning(R"({"Identity":"i","Action":"Buy","Asset":"ETHUSDT","USD":""})"), "missing_field USD"));
}

TEST_CASE("dialects: 0 is unset where the service says so") {
  const std::string alert =
      R"({"token":"t","data":"buy","symbol":"NQZ2026","quantity":1,"risk_percentage":0,"tp":0,"sl":0,"percentage_tp":0,"percentage_sl":0,"trail":0,"breakeven":0,"price":"21000"})";
  CHECK(dialect_of(alert) == "pickmytrade");
  CHECK(meaning(alert) == "buy NQZ2026 1 contracts");
  CHECK_FALSE(find_dialect("pickmytrade")->is_verified);
}

TEST_CASE("dialects: one alert may be several signals, and a broken one refuses all") {
  const std::string good = R"({"stub":"d","direction":"long","symbol":"ETH-PERP","size":"5%"})";
  const std::string close = R"({"stub":"d","direction":"close","symbol":"BTC-PERP","size":"50%"})";
  CHECK(meaning("[" + good + "," + close + "]") == "buy+close_all BTCUSD.P 50 percent_position");
  CHECK(meaning(good) == "buy ETHUSD.P 5 percent_balance");
  CHECK(
      begins(meaning("[" + good + R"(,{"stub":"d","direction":"up","symbol":"BTC-PERP"}])"), "unknown_action"));
  CHECK(begins(meaning("[" + good + ",1]"), "not_an_object"));
  CHECK(begins(meaning("[]"), "not_an_object"));
  CHECK(begins(meaning(R"([{"action":"buy","symbol":"BTCUSDT"}])"), "not_an_object a list"));
}

TEST_CASE("dialects: marks decide, equal ones are an error that names both, and a name settles it") {
  const std::string both =
      R"({"signalToken":"t","action":"ENTER_LONG","marketPosition":"long","instrument":"BTC-USDT-SWAP","amount":"1"})";
  const std::string message = dialect_of(both);
  CHECK(begins(message,
               "ambiguous_dialect: it could be OKX signal bot, section A, and clones or OKX signal bot, "
               "section B"));
  CHECK(message.find("--dialect okx-a or --dialect okx-b") != std::string::npos);
  CHECK(meaning(both, fixed_to("okx-b")) == "buy BTCUSDT.P 1 base");
  DialectChoice choice;
  choice.by_strategy["default"] = find_dialect("okx-b");
  CHECK(meaning(both, choice) == "buy BTCUSDT.P 1 base");
  choice.by_strategy = {{"ma", find_dialect("okx-b")}};
  CHECK(begins(dialect_of(both, choice), "ambiguous_dialect"));
  CHECK(dialect_of(R"({"strategy":"ma",)" + both.substr(1), choice) == "okx-b");
  choice.by_strategy["default"] = find_dialect("pineconnector");
  CHECK(begins(dialect_of(both, choice), "wrong_dialect"));
}

TEST_CASE("dialects: names that are none are told with the list") {
  CHECK(choose_dialects("okx-b", {{"ma", "3commas"}}).has_value());
  const auto wrong = choose_dialects("okx", {});
  REQUIRE_FALSE(wrong.has_value());
  CHECK(wrong.error().message.find(
            "--dialect: there is no dialect \"okx\"; expected one of canonical, plain") == 0);
  CHECK_FALSE(choose_dialects("", {{"ma", "x"}}).has_value());
}

TEST_CASE("dialects: text alerts are read where they stand") {
  CHECK(meaning("action=buy;symbol=BTCUSDT;quantity=0.5") == "buy BTCUSDT 0.5 base");
  CHECK(meaning("EXCHANGE=BINANCE;\r\nSYMBOL=ETHUSDT\r\nACTION=SELL\r\n") == "sell ETHUSDT");
  CHECK(meaning("action=buy, symbol=BTCUSDT, qty=\"0.5\"") == "buy BTCUSDT 0.5 base");
  CHECK(meaning("action=buy symbol=BTCUSDT qty=0.5") == "buy BTCUSDT 0.5 base");
  CHECK(meaning("desk:long symbol=AMPL-PERP size=10") == "buy AMPLUSD.P 10 quote");
  CHECK(meaning("desk:close symbol=AMPL-PERP size=50%\ndesk:short symbol=BTC-PERP size=20") ==
        "close_all+sell BTCUSD.P 20 quote");
  CHECK(begins(meaning("desk:long symbol=AMPL-PERP size=3x"), "not_supported size: \"3x\""));
  CHECK(begins(meaning("L1,buystop,EURUSD,risk=1"), "not_supported command"));
  CHECK(begins(meaning("action=buy;symbol=BTCUSDT;symbol=ETHUSDT"), "duplicate_key"));
  CHECK(begins(meaning("action=buy;BTCUSDT"), "syntax a piece that is not key=value"));
  CHECK(begins(meaning("exchange=BINANCE\\nSYMBOL=BTCUSDT"), "syntax a line break written as \\n"));
  CHECK(begins(meaning("buy BTCUSDT"), "syntax not JSON"));
  const auto parsed = parse_alert("action=hold; symbol=BTCUSDT");
  const auto decoded = decode_alert(std::get<ParsedAlert>(parsed), {});
  REQUIRE(has_error(decoded.findings));
  for (const auto& finding : decoded.findings) {
    if (finding.severity == Severity::error) CHECK(finding.offset == 7);
  }
}

TEST_CASE("dialects: the secret stands where the service has it, and is never kept") {
  const std::vector<NamedSecret> secrets{{"main", Secret("hunter2")}};
  for (const std::string body :
       {R"({"signalToken":"hunter2","action":"ENTER_LONG","instrument":"BTC-USDT-SWAP","amount":"1"})",
        R"({"pointer":"hunter2","action":"buy","ticker":"BTCUSDT"})",
        R"({"key":"hunter2","side":"Buy","symbol":"BTCUSDT","order_mode":"Both"})",
        R"({"apikey":"hunter2","strategy":"s","product":"MIS","action":"BUY","symbol":"INFY","quantity":1})",
        R"({"ticker":"AMD","action":"buy","sentiment":"long","secret":"hunter2"})",
        R"([{"Identity":"hunter2","Action":"Buy","Asset":"ETHUSDT","USD":5}])", "hunter2,buy,EURUSD,risk=1",
        "desk:long symbol=AMPL-PERP size=10 secret=hunter2", "secret=hunter2;action=buy;symbol=BTCUSDT"}) {
    CAPTURE(body);
    const auto parsed = parse_alert(body);
    const auto* alert = std::get_if<ParsedAlert>(&parsed);
    REQUIRE(alert != nullptr);
    CHECK(check_secret(*alert, secrets).outcome == SecretCheck::Outcome::right);
    CHECK(check_secret(*alert, {{"main", Secret("other")}}).outcome == SecretCheck::Outcome::wrong);
    CHECK(redact_body(body, alert, secrets).find("hunter2") == std::string::npos);
    CHECK(redact_body(body, alert, {}).find("hunter2") == std::string::npos);
    const auto decoded = decode_alert(*alert, {{}, &secrets});
    REQUIRE(decoded.signal);
    CHECK(format_signal(*decoded.signal).find("hunter2") == std::string::npos);
  }
  CHECK(secret_keys(*find_dialect("okx-a")) == "signalToken, secret, token, passphrase, segredo");
}

TEST_CASE("dialects: an unknown key close to one of the dialect's is pointed out") {
  const auto parsed = parse_alert(R"({"ticker":"AMD","action":"buy","sentiment":"long","quantitty":1})");
  const auto decoded = decode_alert(std::get<ParsedAlert>(parsed), {});
  REQUIRE(decoded.findings.size() == 1);
  CHECK(decoded.findings[0].message == "quantitty: is not a known field; write quantity if that was meant");
}
