// The parser against nlohmann/json, which decides what JSON is; where ours says no and it says yes, it is for
// one of our own bounds.
#include <nlohmann/json.hpp>
#include <set>

#include "alert_maker.hpp"
#include "support/catch.hpp"
#include "wire/json_value.hpp"

using namespace tvh;
using test::Random;

namespace {

std::string random_json(Random& random, int depth) {
  static const std::vector<std::string> leaves{"null",
                                               "true",
                                               "false",
                                               "0",
                                               "-0",
                                               "1.50",
                                               "1e5",
                                               "-12.5E-3",
                                               "\"\"",
                                               "\"a\"",
                                               "\"é\\n\\u00e9\"",
                                               "\"\\ud83d\\ude00\"",
                                               "\"\\\"\\\\\\/\"",
                                               "12345678901234567890",
                                               "[]",
                                               "{}"};
  if (depth == 0 || random.below(3) == 0) return random.pick(leaves);
  std::string text = random.below(2) == 0 ? "[" : "{";
  const bool object = text == "{";
  const std::size_t count = random.below(4);
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) text += random.below(4) == 0 ? " ,\n" : ",";
    if (object) text += "\"k" + std::to_string(i) + "\" : ";
    text += random_json(random, depth - 1);
  }
  return text + (object ? "}" : "]");
}

std::string damaged(std::string text, Random& random) {
  static const std::string bytes = "{}[]\",:\\0123456789.eE+-tfnu \n\x01";
  for (std::size_t i = random.below(4); i > 0 && !text.empty(); --i) {
    const std::size_t at = random.below(text.size());
    if (random.below(2) == 0) {
      text[at] = bytes[random.below(bytes.size())];
    } else {
      text.erase(at, 1 + random.below(3));
    }
  }
  return text;
}

}  // namespace

TEST_CASE(
    "json property: what it takes and refuses is what nlohmann/json takes and refuses, with one meaning") {
  static const std::set<std::string> own_bounds{"duplicate_key", "nul_byte", "too_deep", "too_many_fields"};
  std::size_t taken = 0;
  for (std::uint64_t seed = 1; seed <= 30'000; ++seed) {
    Random random(seed);
    const std::string text = damaged(random_json(random, 4), random);
    INFO("seed " << seed << ": " << text);
    const auto ours = wire::parse_json(text);
    nlohmann::json theirs(nlohmann::json::value_t::discarded);
    try {
      theirs = nlohmann::json::parse(text);
    } catch (const nlohmann::json::exception& refused) {
      constexpr int kTooBigForADouble = 406;
      if (refused.id == kTooBigForADouble) continue;
    }
    if (const auto* error = std::get_if<wire::JsonError>(&ours)) {
      REQUIRE(error->offset <= text.size());
      REQUIRE((theirs.is_discarded() || own_bounds.contains(error->name)));
      continue;
    }
    ++taken;
    REQUIRE_FALSE(theirs.is_discarded());
    std::string written;
    wire::append_json(written, std::get<wire::JsonValue>(ours));
    REQUIRE(nlohmann::json::parse(written) == theirs);
  }
  CHECK(taken > 8'000);
}
