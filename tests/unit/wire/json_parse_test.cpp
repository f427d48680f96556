#include "support/catch.hpp"
#include "wire/json_value.hpp"
#include "wire/text.hpp"

using namespace tvh::wire;

namespace {

JsonValue parsed(std::string_view text) {
  auto result = parse_json(text);
  if (auto* error = std::get_if<JsonError>(&result)) FAIL(error->message);
  return std::get<JsonValue>(std::move(result));
}

JsonError refused(std::string_view text) {
  auto result = parse_json(text);
  REQUIRE(std::holds_alternative<JsonError>(result));
  return std::get<JsonError>(std::move(result));
}

std::string where(std::string_view text, const JsonError& error) {
  const TextPosition position = position_at(text, error.offset);
  return std::to_string(position.line) + ":" + std::to_string(position.column) + " " + error.message;
}

std::string fault(std::string_view text) { return where(text, refused(text)); }

}  // namespace

TEST_CASE("json: every number keeps the characters it was sent with") {
  const std::string sixty(60, '7');
  const std::string hundreds(350, '3');
  for (const std::string& text :
       {std::string("0"), std::string("-0"), std::string("0.010"), std::string("1e400"), std::string("-1E-400"),
        std::string("12345678901234567890"), std::string("37774.433333333334"), sixty, "0." + sixty,
        hundreds}) {
    const std::string source = "{\"a\":" + text + ",\"b\" : [" + text + " ]}";
    const JsonValue value = parsed(source);
    CHECK(value.find("a")->text == text);
    CHECK(value.find("b")->items.at(0).text == text);
    CHECK(value.find("a")->kind == JsonValue::Kind::number);
  }
}

TEST_CASE("json: a number inside a text is text, and an escaped quote does not end it") {
  const JsonValue value = parsed(R"({"a":"1e400 \" 1e400","b":1e400})");
  CHECK(value.find("a")->text == "1e400 \" 1e400");
  CHECK(value.find("b")->text == "1e400");
}

TEST_CASE("json: every token knows where it stood") {
  const std::string text =
      "\xEF\xBB\xBF \n{ \"a\" : \"x\\\"y\" ,\n \"b\":[ -1.5e3 , true,null,false ], \"c\":{} } \n";
  const JsonValue value = parsed(text);
  const auto source = [&](const JsonValue& part) { return text.substr(part.begin, part.end - part.begin); };
  CHECK(source(*value.find("a")) == "\"x\\\"y\"");
  CHECK(source(*value.find("b")) == "[ -1.5e3 , true,null,false ]");
  CHECK(source(value.find("b")->items.at(0)) == "-1.5e3");
  CHECK(source(value.find("b")->items.at(1)) == "true");
  CHECK(source(value.find("b")->items.at(2)) == "null");
  CHECK(source(value.find("b")->items.at(3)) == "false");
  CHECK(source(*value.find("c")) == "{}");
  CHECK(value.begin == 5);
  CHECK(value.end == text.size() - 2);
  CHECK(text.substr(value.members.at(1).key_begin, 3) == "\"b\"");
  const TextPosition position = position_at(text, value.find("b")->begin);
  CHECK(position.line == 3);
  CHECK(position.column == 6);
}

TEST_CASE("json: texts are decoded") {
  CHECK(parsed(R"(["\u00e9\ud83d\ude00\n\/\\"])").items.at(0).text == "é😀\n/\\");
}

TEST_CASE("json: a key given twice in one object is refused by name, in two objects it is not") {
  const JsonError error = refused(R"({"qty":1,"x":{"qty":2},"qty":3})");
  CHECK(error.name == "duplicate_key");
  CHECK(error.message == "key \"qty\" is given twice");
  CHECK(error.offset == 23);
  CHECK(refused(R"({"a":1,"\u0061":2})").name == "duplicate_key");
}

TEST_CASE("json: depth and fields have bounds, met exactly") {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  CHECK(parsed(nested(kMaxDepth)).kind == JsonValue::Kind::array);
  CHECK(refused(nested(kMaxDepth + 1)).name == "too_deep");
  CHECK(refused(std::string(10'000, '[')).name == "too_deep");
  CHECK(refused(std::string(10'000, '{')).name == "syntax");
  std::string many = "{";
  for (std::size_t i = 0; i < kMaxFields; ++i) many += "\"k" + std::to_string(i) + "\":0,";
  many.back() = '}';
  CHECK(parsed(many).members.size() == kMaxFields);
  many.back() = ',';
  CHECK(refused(many + "\"last\":0}").name == "too_many_fields");
}

TEST_CASE("json: invalid UTF-8 and NUL are refused by name and place") {
  CHECK(refused("{\"a\":\"\xC3\x28\"}").name == "invalid_utf8");
  CHECK(refused("{\"a\":\"\xC3\x28\"}").offset == 6);
  CHECK(refused("{\"a\":\"\xED\xA0\x80\"}").name == "invalid_utf8");      // a surrogate
  CHECK(refused("{\"a\":\"\xC0\xAF\"}").name == "invalid_utf8");          // overlong
  CHECK(refused("{\"a\":\"\xF4\x90\x80\x80\"}").name == "invalid_utf8");  // beyond U+10FFFF
  CHECK(refused("{\"eight__\":\"12345678\xE2\x82\"}").name == "invalid_utf8");
  CHECK(refused(std::string_view("{\"a\":\0 1}", 9)).name == "nul_byte");
  CHECK(refused(R"({"a":"x\u0000"})").name == "nul_byte");
  CHECK(refused(R"({"\u0000":1})").name == "nul_byte");
  CHECK(refused("\xEF\xBB\xBF\xEF\xBB\xBF{}").name == "syntax");
}

TEST_CASE("json: the usual mistakes are named where they stand") {
  CHECK(fault(R"({"action":"buy",})") == "1:17 trailing comma");
  CHECK(fault("{\"action\":\"buy\",\n \"qty\":1,\n}") == "3:1 trailing comma");
  CHECK(fault("[1,]") == "1:4 trailing comma");
  CHECK(fault("{“action”:“buy”}") == "1:2 smart quotes; JSON needs plain double quotes (\")");
  CHECK(fault(R"({'action':'buy'})") == "1:2 single quotes; JSON needs double quotes (\")");
  CHECK(fault(R"({"action":'buy'})") == "1:11 single quotes; JSON needs double quotes (\")");
  CHECK(fault(R"({"a":1 "price":2})") == "1:8 missing comma before \"price\"");
  CHECK(fault(R"({"a":{"b":1} "c":{}})") == "1:14 missing comma before \"c\"");
  CHECK(fault(R"({"price":{{close}}})")
            .starts_with("1:10 placeholder {{close}} was not substituted; TradingView fills"));
  CHECK(fault(R"({"price":{{plot("SL")}}})")
            .starts_with("1:10 placeholder {{plot(\"SL\")}} was not substituted; TradingView wants"));
  CHECK(fault(R"({"ticker":BTCUSDT.P})") == "1:11 the value of \"ticker\" is text without double quotes");
  CHECK(fault(R"({"a":1, // entry
})") == "1:9 a comment; JSON has none, delete it");
  CHECK(fault(R"({"sl":NaN})") ==
        "1:7 the value of \"sl\" is NaN or infinite, which JSON has no number for; a plot without a value does "
        "that: put its placeholder in quotes, or see in Pine that it has one");
  CHECK(fault(R"({"sl":-Infinity})").find("NaN or infinite") != std::string::npos);
  CHECK(fault(R"({"reduce_only":True})") ==
        "1:16 True as the value of \"reduce_only\"; JSON writes true, false and null, in lower case");
  CHECK(fault(R"({"price": 12,345.679})") ==
        "1:14 a number with a thousands separator (the value of \"price\"); write it without");
  CHECK(fault(R"("action":"buy","symbol":"BTCUSDT")") == "1:1 the braces { } around the fields are missing");
  CHECK(fault(R"({"action":"buy")") == "1:16 the message ends before its closing }");
  CHECK(fault(R"({"action":"bu)") == "1:11 a text whose closing double quote is missing");
  CHECK(fault("{\"comment\":\"a\nb\"}") == "1:14 a line break inside a text; write \\n, or close the quotes");
  CHECK(fault(R"({"a":1}{"a":2})") == "1:8 a second object; one message is one alert");
  CHECK(fault(R"({"a":1}})") == "1:8 one } too many");
  CHECK(fault(R"({"a":007})") == "1:6 a number that begins with 0 (the value of \"a\")");
  CHECK(fault(R"({"a":.5})") == "1:6 a number that begins with . (the value of \"a\")");
  CHECK(fault(R"({"a":1.2K})").find("something stuck to it") != std::string::npos);
  CHECK(fault(R"({"a":})") == "1:6 the value of \"a\" is missing");
  CHECK(fault(R"({"a" 1})") == "1:6 missing colon after \"a\"");
  CHECK(fault(R"({"a"=1})") == "1:5 = where JSON has a colon");
  CHECK(fault(R"({action:"buy"})") == "1:2 a field name without double quotes");
  CHECK(fault(R"({"a":1;"b":2})") == "1:7 a semicolon where JSON has a comma");
  CHECK(fault(R"({"a":"x\q"})").find("a backslash inside a text") != std::string::npos);
  CHECK(fault(R"({"a":"say "hi" now"})").find("double quote inside a text") != std::string::npos);
  CHECK(fault("buy BTCUSDT q=0.01").find("1:1 not JSON: expected an object") == 0);
  CHECK(fault("  ").find("the message is empty") != std::string::npos);
}

TEST_CASE("json: a message about broken text never repeats its values") {
  for (const std::string_view text : {R"({"secret":hunter2})", R"({"secret":'hunter2'})", R"(hunter2)",
                                      R"({"a":"hunter2)", R"({"a":1}hunter2)", R"({"secret":hunter2,})"}) {
    CHECK(fault(text).find("hunter2") == std::string::npos);
  }
}

TEST_CASE("json: what is written reads back as the same") {
  const std::string text = R"({"a":[1.50,-0,1e400,"q\"\\\n\t\u0001é",true,false,null,{}],"b":{"c":[]}})";
  std::string written;
  append_json(written, parsed(text));
  CHECK(written == text);
}

TEST_CASE("json: a stretch that stands as it is ends where a walk byte by byte ends") {
  const auto ends = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\'; };
  for (std::size_t length = 0; length <= 20; ++length) {
    for (std::size_t place = 0; place < length; ++place) {
      for (int byte = 0; byte < 256; ++byte) {
        for (const char beside : {'a', '\x20', '\x21', '\x23', '\x5D', '\x7F', '\x80', '\xFF', '"'}) {
          std::string text(length, 'x');
          text[place] = char(byte);
          if (place + 1 < length) text[place + 1] = beside;
          std::size_t expected = 0;
          while (expected < length && !ends(text[expected])) ++expected;
          if (plain_json_length(text) != expected)
            FAIL("length " << length << ", byte " << byte << " at " << place);
        }
      }
    }
  }
}

TEST_CASE("json: short texts are the same when every byte is") {
  for (std::size_t length = 0; length <= 33; ++length) {
    const std::string text = std::string("abcdefghijklmnopqrstuvwxyz0123456").substr(0, length);
    CHECK(is_same_short(text, std::string(text)));
    CHECK_FALSE(is_same_short(text, text + "x"));
    for (std::size_t place = 0; place < length; ++place) {
      std::string other = text;
      other[place] = '#';
      CHECK_FALSE(is_same_short(text, other));
    }
  }
}

TEST_CASE(
    "json: a text with an escape is its own, and stays when the value is moved, copied or given another") {
  const std::string source = R"({"plain":"abc","\u0061":"x\ny","long":"0123456789\t0123456789"})";
  JsonValue value = parsed(source);
  const JsonValue copy = value;
  const JsonValue moved = std::move(value);
  for (const JsonValue* one : {&copy, &moved}) {
    CHECK(one->find("plain")->text == "abc");
    CHECK(one->find("a")->text == "x\ny");
    CHECK(one->find("long")->text == "0123456789\t0123456789");
  }
  JsonText text = JsonText::copied("own");
  text.borrow("borrowed");
  CHECK(text == "borrowed");
  text = JsonText::copied("");
  CHECK(text.empty());
}
