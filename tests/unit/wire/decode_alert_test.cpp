#include <algorithm>

#include "support/catch.hpp"
#include "wire/alert_reader.hpp"
#include "wire/records.hpp"

using namespace tvh;
using namespace tvh::wire;
using model::Action;
using model::Market;
using model::PositionSide;

namespace {

Decoded decode_text(const std::string& text, const DecodeOptions& options = {}) {
  auto parsed = parse_alert(text);
  if (auto* finding = std::get_if<Finding>(&parsed)) FAIL(finding->message);
  return decode_alert(std::get<ParsedAlert>(parsed), options);
}

model::Signal accepted(const std::string& text, const DecodeOptions& options = {}) {
  Decoded decoded = decode_text(text, options);
  for (const auto& finding : decoded.findings) {
    if (finding.severity == Severity::error) FAIL(text << " -> " << finding.message);
  }
  REQUIRE(decoded.signal);
  return *decoded.signal;
}

// The errors as "name message", one a line.
std::string refused(const std::string& text, const DecodeOptions& options = {}) {
  const Decoded decoded = decode_text(text, options);
  CHECK_FALSE(decoded.signal.has_value());
  std::string errors;
  for (const auto& finding : decoded.findings) {
    if (finding.severity == Severity::error) errors += finding.name + " " + finding.message + "\n";
  }
  return errors;
}

std::vector<std::string> warnings(const std::string& text) {
  std::vector<std::string> names;
  for (const auto& finding : decode_text(text).findings) {
    if (finding.severity != Severity::error) names.push_back(finding.name);
  }
  return names;
}

bool warns(const std::string& text, const std::string& name) {
  const auto names = warnings(text);
  return std::find(names.begin(), names.end(), name) != names.end();
}

Decimal number(const char* text) { return Decimal::from_trusted(text); }

}  // namespace

TEST_CASE("decode: the tutorials' names and spellings mean the same order") {
  for (const std::string text : {R"({"secret":"s","action":"BUY","asset":"ETHUSDT","qty":0.5})",
                                 R"({"segredo":"s","acao":"COMPRA","ativo":"ETHUSDT","qtd":"0.50"})",
                                 R"({"token":"s","action":"Buy","ticker":"ethusdt","contracts":5e-1})",
                                 R"({"passphrase":"s","action":" buy ","symbol":"ETHUSDT","quantity":" .5 "})",
                                 R"({"action":"buy","symbol":"ETHUSDT","volume":0.5})",
                                 R"({"action":"buy","symbol":"ETHUSDT","position_size":0.5})"}) {
    const model::Signal signal = accepted(text);
    CHECK(signal.action == Action::buy);
    CHECK(signal.symbol == "ETHUSDT");
    CHECK(signal.market == Market::spot);
    CHECK(signal.quantity == number("0.5"));
    CHECK(signal.size_unit == model::SizeUnit::base);
    CHECK(signal.order_type == model::OrderType::market);
    CHECK(signal.strategy == "default");
    CHECK(signal.extra_json.empty());
    CHECK_FALSE(signal.position);
  }
  CHECK(accepted(R"({"acao":"VENDA","ativo":"ETHUSDT"})").action == Action::sell);
  CHECK(accepted(R"({"action":"close_all"})").symbol.empty());
  // Without a symbol it closes everything of the strategy: an empty one was not meant to say that.
  CHECK(refused(R"({"action":"close_all","symbol":""})").find("missing_field symbol: has no value") == 0);
}

TEST_CASE("decode: the symbol loses its exchange prefix and its perpetual suffix") {
  const auto perp = accepted(R"({"action":"sell","ticker":"BYBIT:SOLUSDT.P"})");
  CHECK(perp.symbol == "SOLUSDT");
  CHECK(perp.market == Market::perp);
  CHECK(perp.exchange == "bybit");
  CHECK(accepted(R"({"action":"sell","ticker":"SOLUSDTPERP"})").market == Market::perp);
  CHECK(accepted(R"({"action":"sell","ticker":"PERPUSDT"})").symbol == "PERPUSDT");
  CHECK(accepted(R"({"action":"sell","ticker":"SOLUSDT","market":"perp"})").market == Market::perp);
  CHECK(accepted(R"({"action":"sell","ticker":"SOLUSDT","exchange":"BINANCE_DLY"})").exchange == "binance");
  CHECK(refused(R"({"action":"sell","ticker":"SOLUSDT.P","market":"spot"})").find("contradiction market: ") ==
        0);
  CHECK(refused(R"({"action":"sell","ticker":"OKX:SOLUSDT","exchange":"BYBIT"})")
            .find("conflicting_fields ticker") == 0);
  for (const std::string bad : {"AB", "ABCDEFGHIJKLMNOPQRSTU", "BTC//USDT", "NQ1!", "BTC USDT", "ÉTHUSDT"}) {
    CHECK(refused("{\"action\":\"buy\",\"ticker\":\"" + bad + "\"}").find("bad_symbol ticker: ") == 0);
  }
  CHECK(accepted(R"({"action":"buy","ticker":"ABC"})").symbol == "ABC");
  CHECK(accepted(R"({"action":"buy","ticker":"ABCDEFGHIJKLMNOPQRST"})").symbol.size() == 20);
}

TEST_CASE("decode: the tutorial family's exchange must be known or listed; a canonical body's need not") {
  const std::string text = R"({"action":"buy","ticker":"BTCUSD","exchange":"KRAKEN"})";
  const std::string message = refused(text);
  CHECK(message.find("unknown_exchange exchange: \"kraken\"") == 0);
  CHECK(message.find("BINANCE, BYBIT, OKX, BITGET") != std::string::npos);
  DecodeOptions options;
  options.exchanges = {"kraken"};
  CHECK(accepted(text, options).exchange == "kraken");
  CHECK(accepted(R"({"kind":"signal","v":1,"action":"buy","symbol":"BTCUSD","exchange":"kraken"})").exchange ==
        "kraken");
  CHECK(accepted(R"({"action":"buy","ticker":"BTCUSDT","exchange":""})").exchange.empty());
}

TEST_CASE("decode: two names of one field that disagree are refused, equal ones are not") {
  CHECK(refused(R"({"action":"buy","acao":"VENDA","symbol":"BTCUSDT"})").find("conflicting_fields acao: ") ==
        0);
  CHECK(refused(R"({"action":"buy","symbol":"BTCUSDT","ticker":"ETHUSDT"})")
            .find("conflicting_fields ticker: ") == 0);
  CHECK(
      refused(R"({"action":"buy","symbol":"BTCUSDT","price":1,"entry_price":2})").find("conflicting_fields") ==
      0);
  CHECK(refused(R"({"action":"buy","symbol":"BTCUSDT","strategy":"a","strategy_id":"b"})")
            .find("conflicting_fields") == 0);
  const auto same = accepted(
      R"({"action":"buy","acao":"COMPRA","symbol":"BTCUSDT","ticker":"BINANCE:btcusdt","price":"1.0","entry_price":1})");
  CHECK(same.price == number("1"));
}

TEST_CASE("decode: a size that is wrong is refused by the name the alert gave it") {
  const auto with = [](const std::string& quantity) {
    return refused("{\"action\":\"buy\",\"symbol\":\"BTCUSDT\",\"qty\":" + quantity + "}");
  };
  CHECK(with("0") == "not_positive qty: 0 is not allowed; expected a number greater than 0\n");
  CHECK(with("-0").find("not_positive qty: 0") == 0);
  CHECK(with("\"0.000\"").find("not_positive qty: 0") == 0);
  CHECK(with("-1").find("not_positive qty: -1") == 0);
  CHECK(with("1e400").find("out_of_range qty: out of range") == 0);
  CHECK(with("\"1e400\"").find("out_of_range qty: out of range") == 0);
  CHECK(with(std::string(60, '9')).find("out_of_range qty: out of range") == 0);
  CHECK(with("1e-400").find("out_of_range qty: ") == 0);
  CHECK(with("\"abc\"").find("not_a_number qty: \"abc\"") == 0);
  CHECK(with("\"Infinity\"").find("not_a_number qty: ") == 0);
  CHECK(with("\"10%\"").find("not_a_number qty: ") == 0);
  CHECK(with("\"1,000.5\"").find("without thousands separators") != std::string::npos);
  CHECK(with("true").find("wrong_type qty: expected a number, found true or false") == 0);
  CHECK(with("{\"a\":1}").find("wrong_type qty: ") == 0);
  CHECK(with("[1]").find("wrong_type qty: ") == 0);
}

TEST_CASE("decode: a size without a value is refused, never replaced by a default") {
  for (const std::string nothing : {"\"\"", "\"NaN\"", "\"na\"", "\"null\"", "null", "\" \""}) {
    for (const std::string name : {"qty", "contracts", "volume", "position_size"}) {
      const std::string errors =
          refused("{\"action\":\"buy\",\"symbol\":\"BTCUSDT\",\"" + name + "\":" + nothing + "}");
      CHECK(errors.find("missing_field " + name + ": has no value") == 0);
    }
  }
  CHECK(refused(R"({"action":"buy","symbol":"BTCUSDT","qty":"{{strategy.order.contracts}}"})")
            .find("unsubstituted_placeholder qty: ") == 0);
  CHECK(accepted(R"({"action":"buy","symbol":"BTCUSDT","quantity":"","qty":2})").quantity == number("2"));
  CHECK_FALSE(accepted(R"({"action":"buy","symbol":"BTCUSDT"})").quantity);
}

TEST_CASE("decode: the size is the first of quantity, qty, qtd, contracts, volume") {
  std::string text =
      R"({"volume":5,"contracts":4,"qtd":3,"qty":2,"quantity":1,"action":"buy","symbol":"BTCUSDT"})";
  for (const auto& [name, value] : std::vector<std::pair<std::string, const char*>>{
           {"\"quantity\":1,", "1"}, {"\"qty\":2,", "2"}, {"\"qtd\":3,", "3"}, {"\"contracts\":4,", "4"}}) {
    CHECK(accepted(text).quantity == number(value));
    CHECK(warns(text, "ignored_size"));
    text.erase(text.find(name), name.size());
  }
  CHECK(accepted(text).quantity == number("5"));
  CHECK(warns(text, "volume_as_size"));
  CHECK_FALSE(warns(R"({"qty":1,"contracts":1.0,"action":"buy","symbol":"BTCUSDT"})", "ignored_size"));
}

TEST_CASE("decode: position_size beside a size, a position field, or with a sign is the target position") {
  const auto target = accepted(R"({"action":"buy","symbol":"BTCUSDT","contracts":2,"position_size":"-1.5"})");
  CHECK(target.quantity == number("2"));
  REQUIRE(target.position);
  CHECK(target.position->side == PositionSide::short_side);
  CHECK(target.position->size == number("1.5"));
  const auto plain = accepted(
      R"({"action":"sell","symbol":"BTCUSDT","position_size":0,"market_position":"flat","prev_market_position":"long","prev_market_position_size":2})");
  CHECK_FALSE(plain.quantity);
  CHECK(plain.position->side == PositionSide::flat);
  CHECK(plain.position->prev_side == PositionSide::long_side);
  CHECK(plain.position->prev_size == number("2"));
  CHECK(accepted(R"({"action":"sell","symbol":"BTCUSDT","position_size":-1})").position->side ==
        PositionSide::short_side);
  CHECK(accepted(R"({"action":"buy","symbol":"BTCUSDT","position_size":"+1"})").position->side ==
        PositionSide::long_side);
  CHECK(
      refused(R"({"action":"sell","symbol":"BTCUSDT","position_size":0})").find("not_positive position_size") ==
      0);
  CHECK(refused(R"({"action":"buy","symbol":"BTCUSDT","position_size":"-1","market_position":"long"})")
            .find("contradiction position_size") == 0);
  CHECK(warns(R"({"action":"buy","symbol":"BTCUSDT","prev_market_position":"long"})", "incomplete_position"));
}

TEST_CASE("decode: target needs a position, and a position must not contradict itself") {
  CHECK(refused(R"({"action":"target","symbol":"BTCUSDT"})").find("missing_field position: ") == 0);
  const auto target =
      accepted(R"({"action":"target","symbol":"BTCUSDT","position":{"side":"short","size":"0.2"}})");
  CHECK(target.position->size == number("0.2"));
  CHECK(refused(R"({"action":"target","symbol":"BTCUSDT","position":{"side":"flat","size":1}})")
            .find("contradiction") == 0);
  CHECK(refused(R"({"action":"target","symbol":"BTCUSDT","position":{"side":"long","size":0}})")
            .find("contradiction") == 0);
  CHECK(refused(R"({"action":"target","symbol":"BTCUSDT","position":{"size":1}})").find("missing_field") == 0);
  CHECK(refused(R"({"action":"target","symbol":"BTCUSDT","position":"up"})").find("unknown_value position") ==
        0);
}

TEST_CASE("decode: an action that is none is refused with the list") {
  const std::string errors = refused(R"({"action":"exit","symbol":"BTCUSDT"})");
  CHECK(errors.find(
            "unknown_action action: \"exit\" is not an action; expected one of buy, sell, close_long") == 0);
  CHECK(refused(R"({"symbol":"BTCUSDT"})").find("missing_field action: missing; expected one of buy") == 0);
  CHECK(refused(R"({"action":"","symbol":"BTCUSDT"})").find("missing_field action: has no value (\"\")") == 0);
  CHECK(refused(R"({"action":1,"symbol":"BTCUSDT"})")
            .find("wrong_type action: expected a text, found a number") == 0);
  CHECK(
      refused(R"({"action":"buy","symbol":123})").find("wrong_type symbol: expected a text, found a number") ==
      0);
  CHECK(refused(R"({"action":{},"symbol":"BTCUSDT"})")
            .find("wrong_type action: expected a text, found an object") == 0);
}

TEST_CASE("decode: a placeholder left in says so and why") {
  const std::string ticker = refused(R"({"action":"buy","symbol":"{{ticker}}"})");
  CHECK(ticker.find(
            "unsubstituted_placeholder symbol: the placeholder in \"{{ticker}}\" was not substituted") == 0);
  CHECK(ticker.find("not in alert()") != std::string::npos);
  CHECK(refused(R"({"action":"{{strategy.order.action}}","symbol":"BTCUSDT"})").find("order-fill alerts") !=
        std::string::npos);
  CHECK(refused(R"({"action":"{{side}}","symbol":"BTCUSDT"})").find("no placeholder of that name") !=
        std::string::npos);
  CHECK(
      refused(R"({"action":"buy","symbol":"BTCUSDT","stop_loss":"{{close * 0.98}}"})").find("no arithmetic") !=
      std::string::npos);
  CHECK(refused(R"({"action":"buy","symbol":"BTCUSDT","stop_loss":"{{close}} - 20"})").find("no arithmetic") !=
        std::string::npos);
  // Where it changes nothing about the order, it is only said.
  const std::string comment = R"({"action":"buy","symbol":"BTCUSDT","comment":"{{strategy.order.comment}}"})";
  CHECK(accepted(comment).comment.empty());
  CHECK(warns(comment, "missing_optional"));
  CHECK_FALSE(accepted(R"({"action":"buy","symbol":"BTCUSDT","stop_loss":"NaN","price":"na"})").stop_loss);
}

TEST_CASE("decode: a time on a bar's start is the bar's, any other is the time of firing") {
  const auto at = [](const std::string& rest) {
    return accepted("{\"action\":\"buy\",\"symbol\":\"BTCUSDT\"," + rest + "}");
  };
  const TimePoint bar = *parse_time("2026-11-20T10:15:00Z");
  for (const std::string name : {"time", "bar_time", "timestamp"}) {
    for (const std::string value :
         {"\"2026-11-20T10:15:00Z\"", "1795169700", "1795169700000", "\"1795169700000\""}) {
      const auto signal = at("\"" + name + "\":" + value + ",\"timeframe\":\"15\"");
      CHECK(signal.bar_time == bar);
      CHECK_FALSE(signal.fired_at);
    }
  }
  const auto fired = at(R"("bar_time":"2026-11-20T10:15:03Z","interval":15)");
  CHECK_FALSE(fired.bar_time);
  CHECK(fired.fired_at == bar + std::chrono::seconds(3));
  CHECK(fired.timeframe == "15");
  CHECK(warns(R"({"action":"buy","symbol":"BTCUSDT","time":"2026-11-20T10:17:00Z","timeframe":"15"})",
              "fire_time_as_bar_time"));
  CHECK(at(R"("time":"2026-11-20T10:15:03Z")").fired_at);
  CHECK(at(R"("time":"2026-11-20T10:17:00Z")").bar_time);
  CHECK(at(R"("time":"2026-11-20T14:30:00Z","timeframe":"60")").bar_time);  // a stock's first bar of the day
  for (const auto& [time, timeframe] : std::vector<std::pair<std::string, std::string>>{{"00:45", "45"},
                                                                                        {"10:15", "45"},
                                                                                        {"09:50", "20"},
                                                                                        {"00:25", "25"},
                                                                                        {"09:55", "25"},
                                                                                        {"00:49", "7"}}) {
    CAPTURE(time, timeframe);
    CHECK(at("\"time\":\"2026-11-20T" + time + ":00Z\",\"timeframe\":\"" + timeframe + "\"").bar_time);
  }
  CHECK(at(R"("time":"2026-11-20T00:46:00Z","timeframe":"45")").fired_at);
  const auto both = at(R"("time":"2026-11-20T10:15:00Z","timestamp":"2026-11-20T10:29:59Z","timeframe":"15")");
  CHECK(both.bar_time == bar);
  CHECK(both.fired_at == *parse_time("2026-11-20T10:29:59Z"));
  CHECK(at(R"("time":"2026-11-20T10:15:00Z","fired_at":"2026-11-20T10:16:00Z")").bar_time == bar);
  CHECK(at(R"("time":"2026-11-20T10:15:03Z","fired_at":"2026-11-20T10:16:00Z")").bar_time ==
        bar + std::chrono::seconds(3));
  CHECK(refused(R"({"action":"buy","symbol":"BTCUSDT","time":"yesterday"})")
            .find("bad_time time: \"yesterday\"") == 0);
  CHECK(
      refused(
          R"({"action":"buy","symbol":"BTCUSDT","time":"2026-11-20T10:15:01Z","timestamp":"2026-11-20T10:15:02Z"})")
          .find("conflicting_fields") == 0);
  CHECK(warns(R"({"action":"buy","symbol":"BTCUSDT","timeframe":"fast"})", "odd_timeframe"));
  CHECK_FALSE(warns(R"({"action":"buy","symbol":"BTCUSDT","timeframe":"1M"})", "odd_timeframe"));
  CHECK_FALSE(warns(R"({"action":"buy","symbol":"BTCUSDT","timeframe":"100R"})", "odd_timeframe"));
}

TEST_CASE("decode: order types and prices must go together") {
  const auto with = [](const std::string& rest) {
    return "{\"action\":\"buy\",\"symbol\":\"BTCUSDT\"," + rest + "}";
  };
  CHECK(refused(with(R"("order_type":"limit")"))
            .find("contradiction order_type: a limit order without limit_price") == 0);
  CHECK(refused(with(R"("order_type":"stop_limit","limit_price":1)")).find("without stop_price") !=
        std::string::npos);
  CHECK(refused(with(R"("order_type":"market","limit_price":1)")).find("contradiction limit_price") == 0);
  CHECK(refused(with(R"("order_type":"limit","limit_price":1,"stop_price":2)"))
            .find("contradiction stop_price") == 0);
  CHECK(refused(with(R"("order_type":"iceberg")"))
            .find("unknown_value order_type: \"iceberg\" is not known; expected one of market, limit") == 0);
  CHECK(accepted(with(R"("order_type":"LIMIT","limit_price":"1.5")")).limit_price == number("1.5"));
  CHECK(accepted(with(R"("limit_price":1)")).order_type == model::OrderType::limit);
  CHECK(accepted(with(R"("stop_price":1)")).order_type == model::OrderType::stop);
  CHECK(accepted(with(R"("stop_price":1,"limit_price":1)")).order_type == model::OrderType::stop_limit);
}

TEST_CASE("decode: brackets must lie on their sides of the price") {
  CHECK(accepted(R"({"action":"buy","symbol":"BTCUSDT","entry_price":100,"stop_loss":90,"take_profit":120})")
            .stop_loss);
  CHECK(accepted(R"({"action":"sell","symbol":"BTCUSDT","price":100,"stop_loss":110,"take_profit":80})")
            .take_profit);
  CHECK(refused(R"({"action":"buy","symbol":"BTCUSDT","price":100,"stop_loss":110})") ==
        "contradiction stop_loss: 110 is not below the price 100 of a buy\n");
  CHECK(refused(R"({"action":"sell","symbol":"BTCUSDT","price":100,"take_profit":110})")
            .find("contradiction take_profit") == 0);
  CHECK(refused(R"({"action":"buy","symbol":"BTCUSDT","stop_loss":110,"take_profit":100})")
            .find("contradiction stop_loss") == 0);
  CHECK(refused(R"({"action":"buy","symbol":"BTCUSDT","price":100,"stop_loss":100})")
            .find("contradiction stop_loss") == 0);
  // Closing a short is a buy whose stop lies where it likes.
  CHECK(accepted(R"({"action":"buy","symbol":"BTCUSDT","price":100,"stop_loss":110,"reduce_only":true})")
            .stop_loss);
  CHECK(refused(R"({"action":"buy","symbol":"BTCUSDT","stop_loss":0})").find("not_positive stop_loss") == 0);
}

TEST_CASE("decode: unknown keys are kept sorted under extra, credentials in them are not") {
  const auto signal = accepted(
      R"({"action":"buy","symbol":"BTCUSDT","rsi":53.40,"atr":"1.20","apikey":"k","nested":{"z":1,"password":"p","a":[1e2]}})");
  CHECK(
      signal.extra_json ==
      R"({"apikey":"[secret:?]","atr":"1.20","nested":{"a":[1e2],"password":"[secret:?]","z":1},"rsi":53.40})");
}

TEST_CASE(
    "decode: a field that shapes the order is refused in another spelling, other near misses are warned of") {
  CHECK(refused(R"({"action":"buy","symbol":"BTCUSDT","stopLoss":{"type":"percent"}})")
            .find("misspelled_field stopLoss: is not a known field; write stop_loss") == 0);
  CHECK(warns(R"({"action":"buy","symbol":"BTCUSDT","quantitty":1})", "similar_field"));
  CHECK_FALSE(warns(R"({"action":"buy","symbol":"BTCUSDT","rsi":1,"atr":2})", "similar_field"));
}

TEST_CASE("decode: a known secret inside any text is replaced") {
  const std::vector<NamedSecret> secrets{{"main", Secret("hunter2")}};
  DecodeOptions options;
  options.secrets = &secrets;
  const auto signal = accepted(
      R"({"secret":"hunter2","action":"buy","symbol":"BTCUSDT","comment":"pw hunter2","strategy":"a\u0068unter2","note":{"x":"hunter2"},"order_id":"hunter2"})",
      options);
  CHECK(signal.comment == "pw [secret:main]");
  CHECK(signal.order_id == "[secret:main]");
  CHECK(format_signal(signal).find("hunter2") == std::string::npos);
  CHECK(refused(R"({"action":"hunter2","symbol":"hunter2"})", options).find("hunter2") == std::string::npos);
}

TEST_CASE("decode: messages bound and clean what they repeat") {
  const std::string errors =
      refused("{\"action\":\"" + std::string(5000, 'x') + "\\u001b[31m\",\"symbol\":\"BTCUSDT\"}");
  CHECK(errors.size() < 300);
  CHECK(refused(R"({"action":"\u001b[31mred","symbol":"BTCUSDT"})").find('\x1b') == std::string::npos);
}

TEST_CASE("decode: the tutorials' habits are pointed out") {
  const std::string text =
      R"({"passphrase":"s","action":"buy","ticker":"BTCUSDT","exchange":"BINANCE","price":"65000.5","volume":1,"timeframe":"15","bar_time":"2026-11-20T10:15:07Z"})";
  for (const std::string name :
       {"fire_time_as_bar_time", "size_without_strategy", "price_as_text", "volume_as_size"}) {
    CHECK(warns(text, name));
  }
  const std::string clean =
      R"({"action":"buy","ticker":"BTCUSDT","price":65000.5,"quantity":1,"strategy":"ma","order_id":"long","timeframe":"15","bar_time":"2026-11-20T10:15:00Z"})";
  CHECK(warnings(clean).empty());
}

TEST_CASE("decode: the remaining fields are read in their forms") {
  const auto signal = accepted(
      R"({"action":"close_long","symbol":"BTCUSDT","reduce_only":"True","leverage":"3","time_in_force":"IOC","order_type":"limit","limit_price":2,)"
      R"("max_age":"2m","alert_id":"a-1","id":7,"size_unit":"percent_equity","quantity":10,"trailing":{"percent":1.50},"legs":[{"b":1,"a":2}],"fired_at":1795169703})");
  CHECK(signal.reduce_only == true);
  CHECK(signal.leverage == number("3"));
  CHECK(signal.time_in_force == model::TimeInForce::ioc);
  CHECK(signal.max_age == std::chrono::minutes(2));
  CHECK(signal.signal_id == "a-1");
  CHECK(signal.bare_id == "7");
  CHECK(signal.size_unit == model::SizeUnit::percent_equity);
  CHECK(signal.trailing_json == R"({"percent":1.50})");
  CHECK(signal.legs_json == R"([{"a":2,"b":1}])");
  CHECK(
      refused(R"({"action":"buy","symbol":"BTCUSDT","reduce_only":"maybe"})").find("wrong_type reduce_only") ==
      0);
  CHECK(refused("{\"action\":\"buy\",\"symbol\":\"BTCUSDT\",\"strategy\":\"" + std::string(129, 's') + "\"}")
            .find("bad_text strategy") == 0);
  CHECK(refused(R"({"action":"buy","symbol":"BTCUSDT","signal_id":"a","alert_id":"b"})")
            .find("conflicting_fields") == 0);
}

TEST_CASE("decode: a placeholder left in an unknown field is pointed out, the field kept") {
  const std::string text = R"({"action":"buy","symbol":"BTCUSDT","note":"{{sec_key}}","order_id":"a"})";
  CHECK(warns(text, "missing_optional"));
  CHECK(accepted(text).extra_json == R"({"note":"{{sec_key}}"})");
}
