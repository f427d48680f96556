#include "base/decimal.hpp"

#include "aborts.hpp"
#include "support/catch.hpp"

using namespace tvh;

namespace {

Decimal decimal(std::string_view text) {
  const auto parsed = Decimal::parse(text);
  INFO(text);
  REQUIRE(parsed);
  return *parsed;
}

std::string parse_error(std::string_view text) {
  const auto parsed = Decimal::parse(text);
  if (parsed) return "accepted as " + parsed->to_string();
  CHECK(parsed.error().code == Errc::bad_data);
  return parsed.error().message;
}

}  // namespace

TEST_CASE("decimal: every way of writing a number comes out plain and normal") {
  for (const auto& [text, plain] : std::vector<std::pair<std::string, std::string>>{
           {"0", "0"},
           {"-0", "0"},
           {"0.000", "0"},
           {"0e999", "0"},
           {"-0e-999", "0"},
           {"1", "1"},
           {"+2", "2"},
           {"-5", "-5"},
           {"007.50", "7.5"},
           {".5", "0.5"},
           {"5.", "5"},
           {"-.25", "-0.25"},
           {"65000.50", "65000.5"},
           {"1e-7", "0.0000001"},
           {"1E+3", "1000"},
           {"1.5e3", "1500"},
           {"12e-1", "1.2"},
           {"100", "100"},
           {"1e2", "100"},
           {"0.00000000000000000001e20", "1"},
           {"1.0000000000000000000000000000000000", "1"},
           {"999999999999999", "999999999999999"},
           {"-999999999999999.9999999999999999999999", "-999999999999999.9999999999999999999999"},
           {"0.0000000000000000000001", "0.0000000000000000000001"},
           {"123456789012345.123456789", "123456789012345.123456789"},
           {"18446744073709.551616", "18446744073709.551616"}}) {
    CAPTURE(text);
    CHECK(decimal(text).to_string() == plain);
    CHECK(decimal(plain).to_string() == plain);
  }
}

TEST_CASE("decimal: what is no number is refused") {
  for (const std::string text :
       {"",    " ",     "1 ",    " 1",    "+",     "-",    ".",        "-.",  "e5",  "1e",
        "1e+", "1e5.0", "1.2.3", "1,5",   "1'000", "0x10", "NaN",      "nan", "inf", "Infinity",
        "--1", "+-1",   "1-",    "1_000", "null",  "na",   "\xd9\xa1", "1\n", "1f"}) {
    CAPTURE(text);
    CHECK(parse_error(text) == "not a number");
  }
  CHECK(parse_error(std::string_view("1\0", 2)) == "not a number");
}

TEST_CASE("decimal: 1e400, 60 digits and other numbers beyond the range are refused by name") {
  const std::string before = "out of range: more than 15 digits before the point";
  CHECK(parse_error("1e400") == before);
  CHECK(parse_error("1e15") == before);
  CHECK(parse_error("1000000000000000") == before);
  CHECK(parse_error("-1e999999999999999999999") == before);
  CHECK(parse_error(std::string(60, '9')) == before);
  CHECK(parse_error("1" + std::string(60, '0') + ".5") == before);
  const std::string after = "out of range: more than 22 decimal places";
  CHECK(parse_error("0.00000000000000000000001") == after);
  CHECK(parse_error("1e-400") == after);
  CHECK(parse_error("0." + std::string(60, '3')) == after);
  CHECK(parse_error(std::string(401, '1')) == "out of range: a number of more than 400 characters");
  CHECK(parse_error(std::string(5'000'000, '1')) == "out of range: a number of more than 400 characters");
  CHECK(decimal("999999999999999").to_string() == "999999999999999");
  CHECK(decimal("1" + std::string(10, '0') + "e-5").to_string() == "100000");
}

TEST_CASE("decimal: equal numbers are equal however they were written or computed") {
  CHECK(decimal("1.50") == decimal("1.5"));
  CHECK(decimal("-0") == decimal("0"));
  CHECK(decimal("0.1") + decimal("0.2") == decimal("0.3"));
  CHECK(decimal("1") - decimal("1") == Decimal());
  CHECK_FALSE((decimal("1") - decimal("1")).is_negative());
  CHECK(-Decimal() == Decimal());
  CHECK_FALSE((-Decimal()).is_negative());
  CHECK(Decimal(-3) == decimal("-3"));
  CHECK(Decimal(INT64_MIN).to_string() == "-9223372036854775808");
  CHECK(Decimal(INT64_MAX).to_string() == "9223372036854775807");
}

TEST_CASE("decimal: signs") {
  CHECK(decimal("0").is_zero());
  CHECK_FALSE(decimal("0").is_positive());
  CHECK(decimal("0.0000000000000000000001").is_positive());
  CHECK(decimal("-1").is_negative());
  CHECK(decimal("-1.5").absolute() == decimal("1.5"));
  CHECK(decimal("1.5").absolute() == decimal("1.5"));
  CHECK((-decimal("1.5")).to_string() == "-1.5");
}

TEST_CASE("decimal: order") {
  const std::vector<std::string> ascending{"-999999999999999",
                                           "-10",
                                           "-1.5",
                                           "-1",
                                           "-0.0000000000000000000001",
                                           "0",
                                           "0.0000000000000000000001",
                                           "0.1",
                                           "0.11",
                                           "1",
                                           "9",
                                           "10",
                                           "999999999999999"};
  for (std::size_t i = 0; i < ascending.size(); ++i) {
    for (std::size_t j = 0; j < ascending.size(); ++j) {
      CAPTURE(ascending[i], ascending[j]);
      CHECK((decimal(ascending[i]) < decimal(ascending[j])) == (i < j));
      CHECK((decimal(ascending[i]) > decimal(ascending[j])) == (i > j));
      CHECK((decimal(ascending[i]) == decimal(ascending[j])) == (i == j));
    }
  }
  CHECK(minimum(decimal("2"), decimal("1")) == decimal("1"));
  CHECK(minimum(decimal("-2"), decimal("1")) == decimal("-2"));
}

TEST_CASE("decimal: a product is exact, and rounded only where places are given") {
  CHECK(multiply(decimal("0.01"), decimal("65000.50"), Rounding::toward_zero).to_string() == "650.005");
  CHECK(multiply(decimal("-0.5"), decimal("3"), Rounding::half_even).to_string() == "-1.5");
  CHECK(multiply(decimal("1.25"), decimal("1"), Rounding::half_even, 1).to_string() == "1.2");
  CHECK(multiply(decimal("1.35"), decimal("1"), Rounding::half_even, 1).to_string() == "1.4");
  CHECK(multiply(decimal("1.251"), decimal("1"), Rounding::half_even, 1).to_string() == "1.3");
  CHECK(multiply(decimal("-1.29"), decimal("1"), Rounding::toward_zero, 1).to_string() == "-1.2");
  CHECK(multiply(decimal("-1.21"), decimal("1"), Rounding::away_from_zero, 1).to_string() == "-1.3");
  CHECK(multiply(decimal("999999999999999.9999999999999999999999"),
                 decimal("999999999999999.9999999999999999999999"), Rounding::toward_zero, 2)
            .to_string() == "999999999999999999999999999999.99");
}

TEST_CASE("decimal: a quotient has the places asked for") {
  CHECK(divide(decimal("1"), decimal("3"), Rounding::toward_zero, 5).to_string() == "0.33333");
  CHECK(divide(decimal("2"), decimal("3"), Rounding::half_even, 5).to_string() == "0.66667");
  CHECK(divide(decimal("-2"), decimal("3"), Rounding::toward_zero, 5).to_string() == "-0.66666");
  CHECK(divide(decimal("-1"), decimal("3"), Rounding::away_from_zero, 2).to_string() == "-0.34");
  CHECK(divide(decimal("1"), decimal("8"), Rounding::half_even, 2).to_string() == "0.12");
  CHECK(divide(decimal("3"), decimal("8"), Rounding::half_even, 2).to_string() == "0.38");
  CHECK(divide(decimal("0"), decimal("-8"), Rounding::away_from_zero, 2).to_string() == "0");
  CHECK(divide(decimal("0.0000000000000000000001"), decimal("999999999999999"), Rounding::away_from_zero, 18)
            .to_string() == "0.000000000000000001");
}

TEST_CASE("decimal: rounding to a step never goes past the step asked for") {
  CHECK(round_to_step(decimal("0.0129"), decimal("0.001"), Rounding::toward_zero).to_string() == "0.012");
  CHECK(round_to_step(decimal("-0.0129"), decimal("0.001"), Rounding::toward_zero).to_string() == "-0.012");
  CHECK(round_to_step(decimal("7"), decimal("2.5"), Rounding::toward_zero).to_string() == "5");
  CHECK(round_to_step(decimal("7"), decimal("2.5"), Rounding::away_from_zero).to_string() == "7.5");
  CHECK(round_to_step(decimal("6.25"), decimal("2.5"), Rounding::half_even).to_string() == "5");
  CHECK(round_to_step(decimal("8.75"), decimal("2.5"), Rounding::half_even).to_string() == "10");
  CHECK(round_to_step(decimal("0.0009"), decimal("0.001"), Rounding::toward_zero).is_zero());
  CHECK(round_to_step(decimal("5"), decimal("0.001"), Rounding::away_from_zero).to_string() == "5");
}

TEST_CASE("decimal: stored text beyond parse's range comes back exactly") {
  const std::string product = "999999999999999999999999999999.123456789012345678901234567890123456";
  CHECK(Decimal::from_trusted(product).to_string() == product);
  CHECK(Decimal::from_trusted("-0.000000000000000000000000000000000001").to_string() ==
        "-0.000000000000000000000000000000000001");
}

TEST_CASE("decimal: programmer's mistakes abort instead of computing nonsense") {
  CHECK(test::aborts([] { (void)divide(Decimal(1), Decimal(), Rounding::toward_zero, 2); }));
  CHECK(test::aborts([] { (void)round_to_step(Decimal(1), Decimal(), Rounding::toward_zero); }));
  CHECK(test::aborts([] { (void)round_to_step(Decimal(1), Decimal(-1), Rounding::toward_zero); }));
  CHECK(test::aborts([] { (void)Decimal::from_trusted("not a number"); }));
  for (const char* text : {"", "abc", "1,5", "--1", "0x10", " 1", "1 ", "NaN", "1e99", "1e-37", "1e100000"}) {
    CAPTURE(text);
    CHECK_FALSE(Decimal::parse_stored(text));
  }
  CHECK_FALSE(Decimal::parse_stored(std::string(500, '0')));
  CHECK(Decimal::parse_stored(std::string(36, '9'))->to_string() == std::string(36, '9'));
  CHECK_FALSE(Decimal::parse_stored(std::string(37, '9')));
  CHECK(Decimal::parse_stored("-0.5") == Decimal::from_trusted("-0.5"));
  CHECK(test::aborts([] {
    Decimal value(10);
    for (int i = 0; i < 10; ++i) value = multiply(value, value, Rounding::toward_zero);
  }));
  CHECK_FALSE(test::aborts([] { (void)divide(Decimal(1), Decimal(3), Rounding::toward_zero, 2); }));
}

TEST_CASE("decimal: a short number reads as it does with an exponent, which takes the long way") {
  const std::string pieces[] = {
      "", "0", "5", "00", "120", "999999999999999", "1000000000000000", "123456789012345678"};
  for (const std::string sign : {"", "-", "+", "+-"}) {
    for (const auto& whole : pieces) {
      for (const std::string point : {"", ".", ".."}) {
        for (const auto& places : pieces) {
          const std::string text = sign + whole + point + places;
          CAPTURE(text);
          const auto at_once = Decimal::parse(text);
          const auto long_way = Decimal::parse(text + "e0");
          REQUIRE(at_once.has_value() == long_way.has_value());
          if (!at_once) {
            CHECK(at_once.error().message == long_way.error().message);
          } else {
            CHECK(*at_once == *long_way);
            CHECK(at_once->scale() == long_way->scale());
          }
        }
      }
    }
  }
}
