#include "support/catch.hpp"
#include "wire/alert_reader.hpp"

using namespace tvh;
using namespace tvh::wire;

namespace {

const std::vector<NamedSecret>& secrets() {
  static const std::vector<NamedSecret> list{{"long", Secret("hunter22")},
                                             {"main", Secret("hunter2")},
                                             {"desk", Secret("p\"w/é☃")},
                                             {"smile", Secret("a😀b")}};
  return list;
}

std::string redacted(std::string_view body) {
  const auto parsed = parse_alert(body);
  return redact_body(body, std::get_if<ParsedAlert>(&parsed), secrets());
}

SecretCheck checked(std::string_view body) {
  const auto parsed = parse_alert(body);
  return check_secret(std::get<ParsedAlert>(parsed), secrets());
}

}  // namespace

TEST_CASE("secret: it may stand in any of the four fields, and is found by name") {
  for (const std::string field : {"secret", "token", "passphrase", "segredo"}) {
    const SecretCheck check = checked("{\"" + field + "\":\"hunter2\"}");
    CHECK(check.outcome == SecretCheck::Outcome::right);
    CHECK(check.name == "main");
    CHECK(checked("{\"" + field + "\":\"hunter3\"}").outcome == SecretCheck::Outcome::wrong);
    CHECK(checked("{\"" + field + "\":\"\"}").outcome == SecretCheck::Outcome::wrong);
    CHECK(checked("{\"" + field + "\":null}").outcome == SecretCheck::Outcome::wrong);
    CHECK(checked("{\"" + field + "\":[\"hunter2\"]}").outcome == SecretCheck::Outcome::wrong);
  }
  CHECK(checked(R"({"key":"hunter2"})").outcome == SecretCheck::Outcome::missing);
  CHECK(checked(R"({"x":{"secret":"hunter2"}})").outcome == SecretCheck::Outcome::missing);
  CHECK(checked(R"({"secret":"p\"w\/\u00e9\u2603"})").name == "desk");
}

TEST_CASE("secret: a wrong one never rides on a right one") {
  CHECK(checked(R"({"secret":"hunter2","token":"x"})").outcome == SecretCheck::Outcome::wrong);
  CHECK(checked(R"({"secret":"x","token":"hunter2"})").outcome == SecretCheck::Outcome::wrong);
  CHECK(checked(R"({"secret":"x","token":"hunter2"})").name.empty());
  CHECK(checked(R"({"secret":"hunter2","token":"hunter2"})").outcome == SecretCheck::Outcome::right);
}

TEST_CASE("secret: a number is a secret too") {
  const std::vector<NamedSecret> numeric{{"pin", Secret("678777")}};
  const auto parsed = parse_alert(R"({"secret":678777,"qty":678777,"note":"a678777b"})");
  CHECK(check_secret(std::get<ParsedAlert>(parsed), numeric).name == "pin");
  CHECK(redact_body(R"({"secret":678777,"qty":678777,"note":"a678777b"})", std::get_if<ParsedAlert>(&parsed),
                    numeric) == R"({"secret":"[secret:pin]","qty":"[secret:pin]","note":"a[secret:pin]b"})");
}

TEST_CASE("redaction: known secrets become their names in whatever field and however escaped; the rest stays") {
  CHECK(redacted(R"({ "secret" : "hunter2" , "qty":1.50})") == R"({ "secret" : "[secret:main]" , "qty":1.50})");
  CHECK(redacted(R"({"secret":"\u0068unter2"})") == R"({"secret":"[secret:main]"})");
  CHECK(redacted(R"({"token":"p\"w\/é\u2603"})") == R"({"token":"[secret:desk]"})");
  CHECK(redacted(R"({"comment":"x hunter2 y","n":[{"hunter2":"hunter22"}]})") ==
        R"({"comment":"x [secret:main] y","n":[{"[secret:main]":"[secret:long]"}]})");
  CHECK(redacted(R"({"m":"{\"k\":\"a\\ud83d\\ude00b\"}"})").find("[secret:smile]") != std::string::npos);
  // A message inside a message: escaped twice.
  CHECK(redacted(R"({"m":"{\"secret\":\"p\\\"w/é☃\"}"})").find("p\\") == std::string::npos);
  CHECK(redacted(R"({"comment":"say \"hi\""})") == R"({"comment":"say \"hi\""})");
}

TEST_CASE(
    "redaction: a secret field that is no known secret, and credentials of other services, are unknown ones") {
  CHECK(
      redacted(R"({"secret":"guess","apiKey":"abc","x":{"password":["a"]},"signature":7,"qty":1})") ==
      R"({"secret":"[secret:?]","apiKey":"[secret:?]","x":{"password":"[secret:?]"},"signature":"[secret:?]","qty":1})");
  CHECK(redacted(R"({"secret":"my hunter2"})") == R"({"secret":"[secret:?]"})");
}

TEST_CASE("redaction: text that is no JSON is searched") {
  CHECK(redacted(R"({"secret":"hunter2","action":"buy",})") == R"({"secret":"[secret:main]","action":"buy",})");
  CHECK(redacted(R"({"secret":"guess","action":"buy",})") == R"({"secret":"[secret:?]","action":"buy",})");
  CHECK(redacted(R"({"secret":"guess)") == R"({"secret":"[secret:?])");
  CHECK(redacted(R"({"secret":guess,"qty":1})") == R"({"secret":[secret:?],"qty":1})");
  CHECK(redacted(R"({'passphrase': 'a b', 'qty': 1})") == R"({'passphrase': '[secret:?]', 'qty': 1})");
  CHECK(redacted("{“token”: “gue ss”, “qty”: 1}") == "{“token”: “[secret:?]”, “qty”: 1}");
  CHECK(redacted("secret=guess&qty=1") == "secret=[secret:?]&qty=1");
  CHECK(redacted("buy hunter2 now, h%75nter2") == "buy [secret:main] now, [secret:main]");
  CHECK(redacted(R"(x \u0068unter2")") == R"(x [secret:main]")");
  CHECK(redacted("{\"m\":\"{\\\"secret\\\":\\\"guess\\\"}") == "{\"m\":\"{\\\"secret\\\":\\\"[secret:?]\\\"}");
  CHECK(redacted("token: ") == "token: ");
}

TEST_CASE("redaction: the result is always valid text") {
  CHECK(redacted(std::string_view("a\0b\xFF\xC3", 5)) == "a\uFFFDb\uFFFD\uFFFD");
  CHECK(redacted("") == "");
}

TEST_CASE("redaction: no secret survives any cut of a body") {
  const std::string body = R"({"secret":"hunter2","action":"buy","note":{"k":"hunter2 p\"w/é☃"}})";
  for (std::size_t length = 0; length <= body.size(); ++length) {
    CHECK(redacted(body.substr(0, length)).find("hunter2") == std::string::npos);
  }
}
