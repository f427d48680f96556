// Exact decimal numbers: money and quantities from the alert's text to the venue's request.
//
// A value is magnitude * 10^-scale with at most 77 digits, of which at most kMaxScale after the point. Values
// are kept normal (no trailing zeros after the point), so equal numbers have equal text and equal hashes.
// What parse() accepts is narrower (|x| < 10^15, at most 22 places), so that sums and products of anything a
// person sends stay far inside the domain; leaving it is a bug and aborts.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/fixed_text.hpp"
#include "base/result.hpp"

namespace tvh {

enum class Rounding {
  toward_zero,  // quantities: never more than was asked for
  half_even,    // averages and money that is only reported
  away_from_zero,
};

class Decimal {
 public:
  static constexpr int kMaxScale = 36;
  static constexpr int kMaxParsedIntegerDigits = 15;
  static constexpr int kMaxParsedScale = 22;

  constexpr Decimal() = default;
  Decimal(std::int64_t whole);

  // "0.01", "-5", "1e-7", "1E+3", "+2", "007.50", ".5", "5.". No grouping, no spaces, no NaN. The error says
  // which rule was broken ("not a number", "out of range: …", "more than 22 decimal places").
  static Result<Decimal> parse(std::string_view text);
  // For text known to be right: constants.
  static Decimal from_trusted(std::string_view text);
  // What text() wrote somewhere and others may have changed since: any number of the domain, so not parse()'s
  // bounds, but at most 36 digits before the point, so that sums stay inside it. Nothing when it is none.
  static std::optional<Decimal> parse_stored(std::string_view text);

  // Plain notation, normal form: "0.0000001", "65000.5", "-3". At most 77 digits, a point, a zero before it and
  // a sign.
  using Text = FixedText<80>;
  Text text() const;
  std::string to_string() const { return text().string(); }

  bool is_zero() const;
  bool is_negative() const { return negative_; }
  bool is_positive() const { return !negative_ && !is_zero(); }
  int scale() const { return scale_; }

  Decimal operator-() const;
  Decimal absolute() const { return negative_ ? -*this : *this; }

  friend Decimal operator+(const Decimal& left, const Decimal& right);
  friend Decimal operator-(const Decimal& left, const Decimal& right);
  Decimal& operator+=(const Decimal& other) { return *this = *this + other; }
  Decimal& operator-=(const Decimal& other) { return *this = *this - other; }

  friend bool operator==(const Decimal&, const Decimal&) = default;
  friend std::strong_ordering operator<=>(const Decimal& left, const Decimal& right);

  // Exact unless the product has more than `places` decimal places; then rounded there.
  friend Decimal multiply(const Decimal& left, const Decimal& right, Rounding rounding, int places);
  // `divisor` must not be zero.
  friend Decimal divide(const Decimal& dividend, const Decimal& divisor, Rounding rounding, int places);
  // The nearest multiple of `step` (> 0) in the direction of `rounding`.
  friend Decimal round_to_step(const Decimal& value, const Decimal& step, Rounding rounding);

 private:
  friend struct DecimalBits;
  std::array<std::uint64_t, 4> magnitude_{};  // little-endian limbs
  std::uint8_t scale_ = 0;
  bool negative_ = false;  // never for zero
};

Decimal multiply(const Decimal& left, const Decimal& right, Rounding rounding, int places = Decimal::kMaxScale);
Decimal divide(const Decimal& dividend, const Decimal& divisor, Rounding rounding, int places);
Decimal round_to_step(const Decimal& value, const Decimal& step, Rounding rounding);

inline const Decimal& minimum(const Decimal& left, const Decimal& right) { return right < left ? right : left; }

}  // namespace tvh
