#include "base/decimal.hpp"

#include <boost/multiprecision/cpp_int.hpp>
#include <charconv>
#include <cstring>

namespace tvh {
namespace {

using Wide = boost::multiprecision::number<boost::multiprecision::cpp_int_backend<
    640, 640, boost::multiprecision::signed_magnitude, boost::multiprecision::unchecked, void>>;

const Wide& power_of_ten(int exponent) {
  static const auto powers = [] {
    std::array<Wide, 160> table;
    table[0] = 1;
    for (std::size_t i = 1; i < table.size(); ++i) table[i] = table[i - 1] * 10;
    return table;
  }();
  TVH_INVARIANT(exponent >= 0 && exponent < 160, "power of ten inside the table");
  return powers[std::size_t(exponent)];
}

Wide divide_rounded(const Wide& dividend, const Wide& divisor, Rounding rounding) {
  Wide quotient;
  Wide remainder;
  boost::multiprecision::divide_qr(dividend, divisor, quotient, remainder);
  if (remainder == 0) return quotient;
  const int direction = (dividend < 0) != (divisor < 0) ? -1 : 1;
  bool away = rounding == Rounding::away_from_zero;
  if (rounding == Rounding::half_even) {
    const Wide twice = abs(remainder) * 2;
    const Wide bound = abs(divisor);
    away = twice > bound || (twice == bound && (quotient & 1) != 0);
  }
  return away ? Wide(quotient + direction) : quotient;
}

}  // namespace

// Converts between the stored limbs and the wide integer the arithmetic is done in.
struct DecimalBits {
  static Wide wide(const Decimal& value) {
    Wide result;
    import_bits(result, value.magnitude_.rbegin(), value.magnitude_.rend(), 64);
    return value.negative_ ? Wide(-result) : result;
  }

  // `value` at `scale`, in normal form; places beyond `places` are rounded off.
  static Decimal make(Wide value, int scale, Rounding rounding, int places) {
    if (scale > places) {
      value = divide_rounded(value, power_of_ten(scale - places), rounding);
      scale = places;
    }
    while (scale > 0 && value % 10 == 0) {
      value /= 10;
      --scale;
    }
    Decimal result;
    result.negative_ = value < 0;
    result.scale_ = std::uint8_t(scale);
    const Wide magnitude = abs(value);
    TVH_INVARIANT(magnitude < power_of_ten(77), "decimal inside its domain");
    std::array<std::uint64_t, 10> limbs{};
    export_bits(magnitude, limbs.begin(), 64, false);
    std::copy_n(limbs.begin(), result.magnitude_.size(), result.magnitude_.begin());
    return result;
  }

  // Both at the larger scale.
  static int align(const Decimal& left, const Decimal& right, Wide& left_wide, Wide& right_wide) {
    const int scale = std::max(left.scale_, right.scale_);
    left_wide = wide(left) * power_of_ten(scale - left.scale_);
    right_wide = wide(right) * power_of_ten(scale - right.scale_);
    return scale;
  }

  static bool is_small(const Decimal& value) {
    return (value.magnitude_[1] | value.magnitude_[2] | value.magnitude_[3]) == 0;
  }

  static Decimal make_small(std::uint64_t magnitude, int scale, bool negative) {
    while (scale > 0 && magnitude % 10 == 0) {
      magnitude /= 10;
      --scale;
    }
    Decimal result;
    result.magnitude_[0] = magnitude;
    result.scale_ = std::uint8_t(scale);
    result.negative_ = negative && magnitude != 0;
    return result;
  }
};

namespace {

struct Scanned {
  std::string digits;  // significant, no point
  int scale = 0;
  bool negative = false;
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Reads an exponent's digits; saturates, because 1e999999999999 is out of range whatever its digits are.
std::optional<int> scan_exponent(std::string_view text) {
  bool negative = false;
  if (!text.empty() && (text.front() == '+' || text.front() == '-')) {
    negative = text.front() == '-';
    text.remove_prefix(1);
  }
  if (text.empty()) return std::nullopt;
  int value = 0;
  for (char c : text) {
    if (!is_digit(c)) return std::nullopt;
    value = std::min(value * 10 + (c - '0'), 100000);
  }
  return negative ? -value : value;
}

std::optional<Scanned> scan(std::string_view text) {
  Scanned scanned;
  if (!text.empty() && (text.front() == '+' || text.front() == '-')) {
    scanned.negative = text.front() == '-';
    text.remove_prefix(1);
  }
  bool seen_digit = false;
  bool seen_point = false;
  std::size_t i = 0;
  for (; i < text.size(); ++i) {
    const char c = text[i];
    if (is_digit(c)) {
      seen_digit = true;
      scanned.digits += c;
      if (seen_point) ++scanned.scale;
    } else if (c == '.' && !seen_point) {
      seen_point = true;
    } else {
      break;
    }
  }
  if (!seen_digit) return std::nullopt;
  if (i < text.size()) {
    if (text[i] != 'e' && text[i] != 'E') return std::nullopt;
    const auto exponent = scan_exponent(text.substr(i + 1));
    if (!exponent) return std::nullopt;
    scanned.scale -= *exponent;
  }
  // Normal form on the text, so that "1.000000000000000000000000" and "0e999" count as what they are.
  const auto first = scanned.digits.find_first_not_of('0');
  if (first == std::string::npos) return Scanned{};
  scanned.digits.erase(0, first);
  while (scanned.scale > 0 && scanned.digits.back() == '0') {
    scanned.digits.pop_back();
    --scanned.scale;
  }
  return scanned;
}

// Nearly every number of an alert: a sign, up to 18 digits with a point among them and no more than 15 before
// it. Nothing where it is more than that, or no number at all.
std::optional<Decimal> parse_short(std::string_view text) {
  constexpr std::size_t kLongest = 20;
  if (text.empty() || text.size() > kLongest) return std::nullopt;
  const bool negative = text.front() == '-';
  if (negative || text.front() == '+') text.remove_prefix(1);
  std::uint64_t magnitude = 0;
  int digits = 0;
  int before_point = -1;
  for (const char c : text) {
    if (is_digit(c)) {
      magnitude = magnitude * 10 + std::uint64_t(c - '0');
      ++digits;
    } else if (c == '.' && before_point < 0) {
      before_point = digits;
    } else {
      return std::nullopt;
    }
  }
  if (before_point < 0) before_point = digits;
  if (digits == 0 || digits > 18 || before_point > Decimal::kMaxParsedIntegerDigits) return std::nullopt;
  return DecimalBits::make_small(magnitude, digits - before_point, negative);
}

Decimal from_scanned(const Scanned& scanned) {
  if (scanned.scale >= 0 && scanned.digits.size() <= 18) {
    std::uint64_t magnitude = 0;
    for (char c : scanned.digits) magnitude = magnitude * 10 + std::uint64_t(c - '0');
    return DecimalBits::make_small(magnitude, scanned.scale, scanned.negative);
  }
  Wide value(scanned.digits);
  if (scanned.scale < 0) value *= power_of_ten(-scanned.scale);
  if (scanned.negative) value = -value;
  return DecimalBits::make(value, std::max(scanned.scale, 0), Rounding::toward_zero, Decimal::kMaxScale);
}

}  // namespace

Decimal::Decimal(std::int64_t whole)
    : magnitude_{whole < 0 ? ~std::uint64_t(whole) + 1 : std::uint64_t(whole)}, negative_(whole < 0) {}

Result<Decimal> Decimal::parse(std::string_view text) {
  if (auto number = parse_short(text)) return *number;
  // A bound before any work: nobody writes a price in 400 characters.
  if (text.size() > 400) return fail(Errc::bad_data, "out of range: a number of more than 400 characters");
  const auto scanned = scan(text);
  if (!scanned) return fail(Errc::bad_data, "not a number");
  if (scanned->digits.empty()) return Decimal();
  if (int(scanned->digits.size()) - scanned->scale > kMaxParsedIntegerDigits) {
    return fail(Errc::bad_data, "out of range: more than 15 digits before the point");
  }
  if (scanned->scale > kMaxParsedScale) {
    return fail(Errc::bad_data, "out of range: more than 22 decimal places");
  }
  return from_scanned(*scanned);
}

Decimal Decimal::from_trusted(std::string_view text) {
  const auto number = parse_stored(text);
  TVH_INVARIANT(number.has_value(), "trusted decimal text");
  return *number;
}

std::optional<Decimal> Decimal::parse_stored(std::string_view text) {
  constexpr int kMostDigits = 77;
  constexpr int kMostBeforePoint = 36;
  // A bound before any work, as in parse().
  if (text.size() > 400) return std::nullopt;
  const auto scanned = scan(text);
  if (!scanned) return std::nullopt;
  const int digits = int(scanned->digits.size());
  if (digits == 0) return Decimal();
  if (digits > kMostDigits || scanned->scale > kMaxScale || digits - scanned->scale > kMostBeforePoint) {
    return std::nullopt;
  }
  return from_scanned(*scanned);
}

Decimal::Text Decimal::text() const {
  FixedText<78> digits;
  if (DecimalBits::is_small(*this)) {
    const char* const end = std::to_chars(digits.data(), digits.data() + 20, magnitude_[0]).ptr;
    digits.set_size(std::size_t(end - digits.data()));
  } else {
    digits.assign(abs(DecimalBits::wide(*this)).str());
  }
  std::string_view whole = digits;
  std::string_view places;
  std::size_t zeros = 0;  // between the point and the first place
  if (scale_ > 0) {
    const std::size_t count = std::min<std::size_t>(whole.size(), scale_);
    places = whole.substr(whole.size() - count);
    whole.remove_suffix(count);
    zeros = scale_ - count;
    if (whole.empty()) whole = "0";
  }
  Text text;
  char* out = text.data();
  const auto put = [&](std::string_view part) {
    std::memcpy(out, part.data(), part.size());
    out += part.size();
  };
  if (negative_) *out++ = '-';
  put(whole);
  if (scale_ > 0) {
    *out++ = '.';
    std::memset(out, '0', zeros);
    out += zeros;
    put(places);
  }
  text.set_size(std::size_t(out - text.data()));
  return text;
}

bool Decimal::is_zero() const { return magnitude_ == std::array<std::uint64_t, 4>{}; }

Decimal Decimal::operator-() const {
  Decimal result = *this;
  result.negative_ = !negative_ && !is_zero();
  return result;
}

Decimal operator+(const Decimal& left, const Decimal& right) {
  Wide a;
  Wide b;
  const int scale = DecimalBits::align(left, right, a, b);
  return DecimalBits::make(a + b, scale, Rounding::toward_zero, Decimal::kMaxScale);
}

Decimal operator-(const Decimal& left, const Decimal& right) { return left + -right; }

std::strong_ordering operator<=>(const Decimal& left, const Decimal& right) {
  if (left.negative_ != right.negative_) {
    return left.negative_ ? std::strong_ordering::less : std::strong_ordering::greater;
  }
  Wide a;
  Wide b;
  DecimalBits::align(left, right, a, b);
  const int order = a.compare(b);
  return order < 0   ? std::strong_ordering::less
         : order > 0 ? std::strong_ordering::greater
                     : std::strong_ordering::equal;
}

Decimal multiply(const Decimal& left, const Decimal& right, Rounding rounding, int places) {
  return DecimalBits::make(DecimalBits::wide(left) * DecimalBits::wide(right), left.scale_ + right.scale_,
                           rounding, places);
}

Decimal divide(const Decimal& dividend, const Decimal& divisor, Rounding rounding, int places) {
  TVH_INVARIANT(!divisor.is_zero(), "division by zero");
  // dividend / divisor = a * 10^(places + divisor.scale - dividend.scale) / b, at `places`.
  Wide a = DecimalBits::wide(dividend);
  Wide b = DecimalBits::wide(divisor);
  const int shift = places + divisor.scale_ - dividend.scale_;
  if (shift >= 0) {
    a *= power_of_ten(shift);
  } else {
    b *= power_of_ten(-shift);
  }
  return DecimalBits::make(divide_rounded(a, b, rounding), places, rounding, places);
}

Decimal round_to_step(const Decimal& value, const Decimal& step, Rounding rounding) {
  TVH_INVARIANT(step.is_positive(), "a step is greater than zero");
  Wide a;
  Wide b;
  const int scale = DecimalBits::align(value, step, a, b);
  return DecimalBits::make(divide_rounded(a, b, rounding) * b, scale, rounding, Decimal::kMaxScale);
}

}  // namespace tvh
