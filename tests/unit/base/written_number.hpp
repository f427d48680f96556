// Decimal arithmetic as it is taught in school, on digits: slow, and written apart from base/decimal, which it
// judges.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

namespace tvh::test {

struct WrittenNumber {
  bool negative = false;
  std::vector<int> digits;  // least significant first
  int scale = 0;            // how many of them stand after the point

  static WrittenNumber of(std::string text) {
    WrittenNumber number;
    if (text.front() == '-') {
      number.negative = true;
      text.erase(0, 1);
    }
    const auto point = text.find('.');
    if (point != std::string::npos) {
      number.scale = int(text.size() - point - 1);
      text.erase(point, 1);
    }
    for (auto digit = text.rbegin(); digit != text.rend(); ++digit) number.digits.push_back(*digit - '0');
    return number;
  }

  // Plain notation without needless zeros.
  std::string text() const {
    std::string reversed;
    for (std::size_t i = 0; i < digits.size(); ++i) {
      if (int(i) == scale && i > 0) reversed += '.';
      reversed += char('0' + digits[i]);
    }
    while (int(digits.size()) <= scale && reversed.size() < std::size_t(scale)) reversed += '0';
    if (int(digits.size()) <= scale) reversed += ".0";
    std::string text(reversed.rbegin(), reversed.rend());
    text.erase(0, std::min(text.find_first_not_of('0'), text.size()));
    if (text.find('.') != std::string::npos) {
      text.erase(text.find_last_not_of('0') + 1);
      if (text.back() == '.') text.pop_back();
    }
    if (text.empty() || text.front() == '.') text.insert(0, 1, '0');
    return (negative && text != "0" ? "-" : "") + text;
  }

  void align(int to) {
    digits.insert(digits.begin(), std::size_t(to - scale), 0);
    scale = to;
  }
};

inline int compare_magnitude(const std::vector<int>& left, const std::vector<int>& right) {
  for (std::size_t i = std::max(left.size(), right.size()); i-- > 0;) {
    const int a = i < left.size() ? left[i] : 0;
    const int b = i < right.size() ? right[i] : 0;
    if (a != b) return a < b ? -1 : 1;
  }
  return 0;
}

inline WrittenNumber add(WrittenNumber left, WrittenNumber right) {
  const int scale = std::max(left.scale, right.scale);
  left.align(scale);
  right.align(scale);
  if (left.negative != right.negative && compare_magnitude(left.digits, right.digits) < 0)
    std::swap(left, right);
  const int sign = left.negative == right.negative ? 1 : -1;
  WrittenNumber sum{left.negative, {}, scale};
  int carry = 0;
  for (std::size_t i = 0; i < std::max(left.digits.size(), right.digits.size()) + 1; ++i) {
    const int a = i < left.digits.size() ? left.digits[i] : 0;
    const int b = i < right.digits.size() ? right.digits[i] : 0;
    const int digit = a + sign * b + carry;
    sum.digits.push_back((digit + 10) % 10);
    carry = digit >= 10 ? 1 : digit < 0 ? -1 : 0;
  }
  return sum;
}

inline WrittenNumber multiply(const WrittenNumber& left, const WrittenNumber& right) {
  WrittenNumber product{left.negative != right.negative,
                        std::vector<int>(left.digits.size() + right.digits.size() + 1),
                        left.scale + right.scale};
  for (std::size_t i = 0; i < left.digits.size(); ++i) {
    int carry = 0;
    for (std::size_t j = 0; j < right.digits.size() || carry != 0; ++j) {
      const int b = j < right.digits.size() ? right.digits[j] : 0;
      const int digit = product.digits[i + j] + left.digits[i] * b + carry;
      product.digits[i + j] = digit % 10;
      carry = digit / 10;
    }
  }
  return product;
}

inline int compare(const WrittenNumber& left, const WrittenNumber& right) {
  WrittenNumber minus = right;
  minus.negative = !minus.negative;
  const std::string difference = add(left, minus).text();
  return difference == "0" ? 0 : difference.front() == '-' ? -1 : 1;
}

}  // namespace tvh::test
