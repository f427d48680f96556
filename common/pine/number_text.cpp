#include "pine/number_text.hpp"

#include <algorithm>

namespace tvh::pine {
namespace {

constexpr std::string_view kDefaultPattern = "#.########";
constexpr std::size_t kMostPlaces = 16;

std::string grouped(std::string digits) {
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, 1, ',');
  return digits;
}

// The sample is large enough for every suffix to matter.
std::string volume_text(const Decimal& value) {
  struct Unit {
    std::int64_t size;
    std::string_view suffix;
  };
  for (const Unit unit : {Unit{1'000'000'000, "B"}, Unit{1'000'000, "M"}, Unit{1'000, "K"}}) {
    if (value.absolute() < Decimal(unit.size)) continue;
    return divide(value, Decimal(unit.size), Rounding::half_even, 3).to_string() + std::string(unit.suffix);
  }
  return number_text(value, "#.###");
}

}  // namespace

std::string number_text(const Decimal& value, std::string_view pattern) {
  const auto begin = pattern.find_first_of("#0,.");
  if (begin == std::string_view::npos) return number_text(value, kDefaultPattern);
  auto end = pattern.find_first_not_of("#0,.", begin);
  if (end == std::string_view::npos) end = pattern.size();
  const std::string_view digits = pattern.substr(begin, end - begin);
  const auto point = std::min(digits.find('.'), digits.size());
  const std::string_view whole_pattern = digits.substr(0, point);
  const std::string_view fraction_pattern = digits.substr(std::min(point + 1, digits.size()));
  const auto most_places = std::min(fraction_pattern.size(), kMostPlaces);
  const auto count_zeros = [](std::string_view part) {
    return std::min<std::size_t>(static_cast<std::size_t>(std::count(part.begin(), part.end(), '0')),
                                 kMostPlaces);
  };
  const bool is_percent = pattern.find('%') != std::string_view::npos;
  const Decimal scaled = is_percent ? multiply(value, Decimal(100), Rounding::half_even) : value;
  const std::string plain =
      multiply(scaled.absolute(), Decimal(1), Rounding::half_even, static_cast<int>(most_places)).to_string();
  const auto plain_point = std::min(plain.find('.'), plain.size());
  std::string whole = plain.substr(0, plain_point);
  std::string fraction = plain_point < plain.size() ? plain.substr(plain_point + 1) : "";
  while (whole.size() < count_zeros(whole_pattern)) whole.insert(0, 1, '0');
  while (fraction.size() < count_zeros(fraction_pattern)) fraction += '0';
  if (whole_pattern.find(',') != std::string_view::npos) whole = grouped(whole);
  std::string text(pattern.substr(0, begin));
  if (scaled.is_negative() && plain != "0") text += '-';
  text += whole;
  if (!fraction.empty()) text += '.' + fraction;
  return text + std::string(pattern.substr(end));
}

std::string tostring_text(const Decimal& value, std::string_view format) {
  if (format == "format.percent") return number_text(value, "#.##") + "%";
  if (format == "format.volume") return volume_text(value);
  // The reference keeps trailing zeros, the page on strings does not: either is a number.
  if (format == "format.mintick" || format == "format.price") return number_text(value, "0.00");
  return number_text(value, format.empty() || format.starts_with("format.") ? kDefaultPattern : format);
}

bool writes_json_number(std::string_view format) {
  if (format == "format.percent" || format == "format.volume") return false;
  if (format.starts_with("format.") || format.empty()) return true;
  return format.find_first_not_of("#0.") == std::string_view::npos;
}

}  // namespace tvh::pine
