#include "alert_maker.hpp"
#include "support/catch.hpp"
#include "wire/alert_reader.hpp"
#include "wire/records.hpp"

using namespace tvh;
using test::Random;

namespace {

const std::string kSecretText = "hunter2-\"é";

std::string damaged(std::string text, Random& random) {
  static const std::vector<std::string> pieces{"{",
                                               "}",
                                               "[",
                                               "]",
                                               ",",
                                               ":",
                                               "\"",
                                               "\\",
                                               "\\u00",
                                               "'",
                                               "“",
                                               "{{close}}",
                                               "NaN",
                                               "1e999",
                                               "-",
                                               "0",
                                               "\n",
                                               "//",
                                               std::string(1, '\0'),
                                               "\xFF",
                                               "\xC3",
                                               "null",
                                               "true",
                                               "\"secret\":",
                                               "é",
                                               "%22"};
  for (std::size_t i = 1 + random.below(4); i > 0 && !text.empty(); --i) {
    const std::size_t at = random.below(text.size());
    switch (random.below(4)) {
      case 0:
        text.erase(at, 1 + random.below(5));
        break;
      case 1:
        text.insert(at, random.pick(pieces));
        break;
      case 2:
        text[at] = char(random.below(256));
        break;
      default:
        text.insert(at, text.substr(random.below(text.size()), random.below(12)));
        break;
    }
  }
  return text;
}

}  // namespace

TEST_CASE("hostile property: damaged alerts are answered with bounded findings in place, and never crash") {
  const std::vector<NamedSecret> secrets{{"main", Secret(kSecretText)}};
  for (std::uint64_t seed = 1; seed <= 20'000; ++seed) {
    Random random(seed);
    const std::string body = damaged(test::spell_alert({}, random, "2026-11-20T10:15:03Z"), random);
    INFO("seed " << seed << ": " << body);
    const auto parsed = wire::parse_alert(body);
    std::vector<wire::Finding> findings;
    if (const auto* finding = std::get_if<wire::Finding>(&parsed)) {
      findings.push_back(*finding);
    } else {
      const auto decoded = wire::decode_alert(std::get<wire::ParsedAlert>(parsed), {{}, &secrets});
      findings = decoded.findings;
      REQUIRE(decoded.signal.has_value() != wire::has_error(findings));
    }
    for (const auto& finding : findings) {
      REQUIRE(finding.offset <= body.size());
      REQUIRE(finding.message.size() < 400);
      REQUIRE_FALSE(finding.message.empty());
    }
  }
}

TEST_CASE(
    "hostile property: a secret in a damaged alert never survives redaction, and the result is valid JSON "
    "text") {
  const std::vector<NamedSecret> secrets{{"main", Secret("hunter2hunter2")}};
  for (std::uint64_t seed = 1; seed <= 20'000; ++seed) {
    Random random(seed);
    std::string body = damaged(test::spell_alert({}, random, ""), random);
    body.insert(random.below(body.size() + 1), "hunter2hunter2");
    INFO("seed " << seed << ": " << body);
    const auto parsed = wire::parse_alert(body);
    const std::string kept = wire::redact_body(body, std::get_if<wire::ParsedAlert>(&parsed), secrets);
    REQUIRE(kept.find("hunter2hunter2") == std::string::npos);
    std::string quoted;
    wire::append_json_string(quoted, kept);
    REQUIRE(std::holds_alternative<wire::JsonValue>(wire::parse_json(quoted)));
  }
}

TEST_CASE("hostile property: what is valid stays valid JSON with the same meaning when redacted") {
  const std::vector<NamedSecret> secrets{{"main", Secret("s")}, {"other", Secret("guess")}};
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    INFO("seed " << seed);
    Random random(seed);
    const std::string body = test::spell_alert({}, random, "2026-11-20T10:15:03Z");
    const auto parsed = wire::parse_alert(body);
    const std::string kept = wire::redact_body(body, &std::get<wire::ParsedAlert>(parsed), {});
    const auto again = wire::parse_alert(kept);
    REQUIRE(std::holds_alternative<wire::ParsedAlert>(again));
    const auto before = wire::decode_alert(std::get<wire::ParsedAlert>(parsed), {});
    const auto after = wire::decode_alert(std::get<wire::ParsedAlert>(again), {});
    REQUIRE(before.signal == after.signal);
  }
}
