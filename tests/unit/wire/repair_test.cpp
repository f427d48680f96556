#include "wire/repair.hpp"

#include "support/catch.hpp"
#include "wire/json_value.hpp"

using namespace tvh::wire;

namespace {

std::string mended(std::string_view text) { return mend_alert(text).text; }

}  // namespace

TEST_CASE("repair: what people paste becomes JSON, and each change is said in its place") {
  const std::string right = R"({"action":"buy","qty":1})";
  for (const std::string text :
       {"{\"action\":\"buy\",\"qty\":1,}", "{“action”: “buy”, “qty”: 1}", "{'action':'buy','qty':1}",
        "{\"action\":\"buy\" \"qty\":1}", "\"action\":\"buy\",\"qty\":1", "{\"action\":\"buy\",\"qty\":1",
        "{\"action\":\"buy\", // entry\n\"qty\":1}", "{action:buy,qty:1}", "{\"action\":\"buy\";\"qty\"=1}}"}) {
    CAPTURE(text);
    CHECK(mended(text) == right);
    CHECK_FALSE(mend_alert(text).repairs.empty());
  }
  CHECK(mended(R"({"sl": NaN, "on": True, "x": None})") == R"({"sl":null,"on":true,"x":null})");
  CHECK(mended("{'qty':1.5 'time':'x'}") == R"({"qty":1.5,"time":"x"})");
  CHECK(mended("{'tf':15 min}") == R"({"tf":"15 min"})");
  CHECK(mended("{\"a\":\"x\ny\"}") == R"({"a":"x\ny"})");
  const auto trailing = mend_alert(R"({"a":1,})");
  REQUIRE(trailing.repairs.size() == 1);
  CHECK(trailing.repairs[0].message == "trailing comma removed");
  CHECK(trailing.repairs[0].offset == 6);
}

TEST_CASE("repair: what is right stays as it was") {
  const std::string right = "{ \"a\" : [1, 2.50, \"x\"] }";
  CHECK(mended(right) == right);
  CHECK(mend_alert(right).repairs.empty());
}
