// Decimal against arithmetic on written digits, over random values of every size a person or a journal can
// hold.
#include <random>

#include "base/decimal.hpp"
#include "support/catch.hpp"
#include "written_number.hpp"

using namespace tvh;
using tvh::test::WrittenNumber;

namespace {

constexpr unsigned kSeed = 20261120;
constexpr int kRounds = 4000;

class Numbers {
 public:
  explicit Numbers(unsigned seed) : random_(seed) {}

  int below(int bound) { return std::uniform_int_distribution<int>(0, bound - 1)(random_); }

  // Short and long, round and not, of both signs; zero now and then.
  std::string next() {
    if (below(40) == 0) return "0";
    std::string text = below(2) == 0 ? "-" : "";
    const int whole = below(16);
    const int places = below(3) == 0 ? 0 : below(23);
    text += whole == 0 ? "0" : std::to_string(1 + below(9));
    for (int i = 1; i < whole; ++i) text += digit();
    if (places > 0) text += '.';
    for (int i = 0; i < places; ++i) text += digit();
    return text;
  }

 private:
  // Nines and zeros more often: that is where carries are.
  char digit() {
    const int kind = below(4);
    return kind == 0 ? '0' : kind == 1 ? '9' : char('0' + below(10));
  }

  std::mt19937 random_;
};

Decimal decimal(const std::string& text) {
  const auto parsed = Decimal::parse(text);
  REQUIRE(parsed);
  return *parsed;
}

// The unit in the last of `places`.
std::string unit(int places) {
  return places == 0 ? "1" : "0." + std::string(std::size_t(places - 1), '0') + "1";
}

WrittenNumber minus(WrittenNumber number) {
  number.negative = !number.negative;
  return number;
}

WrittenNumber magnitude(WrittenNumber number) {
  number.negative = false;
  return number;
}

// `rounded` is a right rounding of `numerator` / `denominator` to multiples of `step`, judged without dividing:
// the error times the denominator is compared with the numerator.
void check_rounded(const std::string& rounded, const WrittenNumber& numerator, const WrittenNumber& denominator,
                   const WrittenNumber& step, Rounding rounding) {
  const WrittenNumber result = WrittenNumber::of(rounded);
  const WrittenNumber back = multiply(result, denominator);
  const WrittenNumber error = magnitude(add(numerator, minus(back)));
  const WrittenNumber one_step = magnitude(multiply(step, denominator));
  const int size = compare(magnitude(back), magnitude(numerator));
  switch (rounding) {
    case Rounding::toward_zero:
      CHECK(size <= 0);
      CHECK(compare(error, one_step) < 0);
      break;
    case Rounding::away_from_zero:
      CHECK(size >= 0);
      CHECK(compare(error, one_step) < 0);
      break;
    case Rounding::half_even: {
      const int half = compare(add(error, error), one_step);
      CHECK(half <= 0);
      break;
    }
  }
}

constexpr Rounding kRoundings[] = {Rounding::toward_zero, Rounding::half_even, Rounding::away_from_zero};

}  // namespace

TEST_CASE("decimal property: text goes in and comes out as school writes it") {
  Numbers numbers(kSeed);
  CAPTURE(kSeed);
  for (int i = 0; i < kRounds; ++i) {
    const std::string text = numbers.next();
    CAPTURE(text);
    const Decimal value = decimal(text);
    REQUIRE(value.to_string() == WrittenNumber::of(text).text());
    REQUIRE(Decimal::from_trusted(value.to_string()) == value);
  }
}

TEST_CASE("decimal property: an exponent moves the point and changes nothing else") {
  Numbers numbers(kSeed + 1);
  CAPTURE(kSeed);
  for (int i = 0; i < kRounds; ++i) {
    const std::string text = numbers.next();
    const auto expected = WrittenNumber::of(text).text();
    const int shift = numbers.below(10);
    // Shift the written point left by `shift`, then name the shift as an exponent.
    WrittenNumber moved = WrittenNumber::of(text);
    moved.scale += shift;
    while (int(moved.digits.size()) <= moved.scale) moved.digits.push_back(0);
    const std::string written = moved.text() + (numbers.below(2) == 0 ? "e" : "E+") + std::to_string(shift);
    CAPTURE(text, written);
    const auto parsed = Decimal::parse(written);
    REQUIRE(parsed);
    REQUIRE(parsed->to_string() == expected);
  }
}

TEST_CASE("decimal property: sums, differences and order") {
  Numbers numbers(kSeed + 2);
  CAPTURE(kSeed);
  for (int i = 0; i < kRounds; ++i) {
    const std::string a = numbers.next();
    const std::string b = numbers.below(10) == 0 ? a : numbers.next();
    CAPTURE(a, b);
    const WrittenNumber x = WrittenNumber::of(a);
    const WrittenNumber y = WrittenNumber::of(b);
    REQUIRE((decimal(a) + decimal(b)).to_string() == add(x, y).text());
    REQUIRE((decimal(a) - decimal(b)).to_string() == add(x, minus(y)).text());
    const auto order = decimal(a) <=> decimal(b);
    REQUIRE((order < 0 ? -1 : order > 0 ? 1 : 0) == compare(x, y));
    REQUIRE((decimal(a) == decimal(b)) == (compare(x, y) == 0));
    REQUIRE((decimal(a) + decimal(b)) - decimal(b) == decimal(a));
  }
}

TEST_CASE("decimal property: a product of up to 36 places is exact, beyond it is rounded as asked") {
  Numbers numbers(kSeed + 3);
  CAPTURE(kSeed);
  for (int i = 0; i < kRounds; ++i) {
    const std::string a = numbers.next();
    const std::string b = numbers.next();
    CAPTURE(a, b);
    const WrittenNumber exact = multiply(WrittenNumber::of(a), WrittenNumber::of(b));
    const Rounding rounding = kRoundings[numbers.below(3)];
    const std::string full = multiply(decimal(a), decimal(b), rounding).to_string();
    const auto point = exact.text().find('.');
    if (point == std::string::npos || exact.text().size() - point - 1 <= 36) REQUIRE(full == exact.text());
    const int places = numbers.below(20);
    const std::string rounded = multiply(decimal(a), decimal(b), rounding, places).to_string();
    check_rounded(rounded, exact, WrittenNumber::of("1"), WrittenNumber::of(unit(places)), rounding);
  }
}

TEST_CASE("decimal property: a quotient times the divisor comes back within a unit of the last place") {
  Numbers numbers(kSeed + 4);
  CAPTURE(kSeed);
  for (int i = 0; i < kRounds; ++i) {
    const std::string a = numbers.next();
    const std::string b = numbers.next();
    if (decimal(b).is_zero()) continue;
    const int places = numbers.below(24);
    const Rounding rounding = kRoundings[numbers.below(3)];
    CAPTURE(a, b, places, int(rounding));
    const Decimal quotient = divide(decimal(a), decimal(b), rounding, places);
    REQUIRE(quotient.scale() <= places);
    check_rounded(quotient.to_string(), WrittenNumber::of(a), WrittenNumber::of(b),
                  WrittenNumber::of(unit(places)), rounding);
  }
}

TEST_CASE("decimal property: rounding to a step gives a multiple of it, on the right side and not further") {
  Numbers numbers(kSeed + 5);
  CAPTURE(kSeed);
  for (int i = 0; i < kRounds; ++i) {
    const std::string a = numbers.next();
    const std::string step = decimal(numbers.next()).absolute().to_string();
    if (decimal(step).is_zero()) continue;
    const Rounding rounding = kRoundings[numbers.below(3)];
    CAPTURE(a, step, int(rounding));
    const Decimal rounded = round_to_step(decimal(a), decimal(step), rounding);
    check_rounded(rounded.to_string(), WrittenNumber::of(a), WrittenNumber::of("1"), WrittenNumber::of(step),
                  rounding);
    // A multiple: rounding it again, either way, changes nothing.
    REQUIRE(round_to_step(rounded, decimal(step), Rounding::toward_zero) == rounded);
    REQUIRE(round_to_step(rounded, decimal(step), Rounding::away_from_zero) == rounded);
  }
}

TEST_CASE("decimal property: a tie goes to the even neighbour") {
  Numbers numbers(kSeed + 6);
  for (int i = 0; i < kRounds; ++i) {
    const int places = numbers.below(10);
    const int last = numbers.below(1000000);
    const std::string value =
        multiply(Decimal(2 * last + 1), decimal(unit(places)), Rounding::toward_zero).to_string();
    CAPTURE(value, places);
    const Decimal half = divide(decimal(value), Decimal(2), Rounding::half_even, places);
    const Decimal even =
        multiply(Decimal(last % 2 == 0 ? last : last + 1), decimal(unit(places)), Rounding::toward_zero);
    REQUIRE(half == even);
  }
}
