#include "venue_sim/binance/parameters.hpp"

#include <algorithm>
#include <charconv>

#include "venue_sim/binance/api_error.hpp"

namespace tvh::venue_sim::binance {
namespace {

constexpr std::string_view kNumberRange = "^([0-9]{1,20})(\\.[0-9]{1,20})?$";

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

[[noreturn]] void refuse_characters(std::string_view name, std::string_view range) {
  throw ApiError{-1100, "Illegal characters found in parameter '" + std::string(name) + "'; legal range is '" +
                            std::string(range) + "'."};
}

bool is_plain_number(std::string_view text) {
  const auto point = text.find('.');
  const auto whole = text.substr(0, point);
  const auto digits = [](std::string_view part) {
    return !part.empty() && part.size() <= 20 &&
           std::all_of(part.begin(), part.end(), [](char c) { return c >= '0' && c <= '9'; });
  };
  return digits(whole) && (point == std::string_view::npos || digits(text.substr(point + 1)));
}

void read_into(std::vector<std::pair<std::string, std::string>>& all, std::string_view text) {
  const std::size_t before = all.size();
  while (!text.empty()) {
    const auto end = std::min(text.find('&'), text.size());
    const auto pair = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (pair.empty()) continue;
    const auto equals = std::min(pair.find('='), pair.size());
    const auto name = percent_decoded(pair.substr(0, equals));
    const auto value = percent_decoded(pair.substr(std::min(equals + 1, pair.size())));
    if (!name || !value) throw ApiError{-1100, "Illegal characters found in a parameter."};
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (all[i].first != *name) continue;
      if (i >= before) throw ApiError{-1101, "Duplicate values for a parameter detected."};
    }
    all.emplace_back(*name, *value);
  }
}

}  // namespace

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      decoded += ' ';
    } else if (text[i] != '%') {
      decoded += text[i];
    } else {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = hex_digit(text[i + 1]);
      const int low = hex_digit(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      decoded += char(high * 16 + low);
      i += 2;
    }
  }
  return decoded;
}

Parameters Parameters::read(const std::string& query, const std::string& body) {
  Parameters parameters;
  read_into(parameters.all_, query);
  read_into(parameters.all_, body);
  return parameters;
}

std::optional<std::string> Parameters::find(std::string_view name) const {
  for (const auto& [key, value] : all_) {
    if (key != name) continue;
    if (value.empty()) throw ApiError{-1105, "Parameter '" + std::string(name) + "' was empty."};
    return value;
  }
  return std::nullopt;
}

std::string Parameters::need(std::string_view name) const {
  const auto value = find(name);
  if (!value) {
    throw ApiError{
        -1102, "Mandatory parameter '" + std::string(name) + "' was not sent, was empty/null, or malformed."};
  }
  return *value;
}

std::optional<Decimal> Parameters::find_number(std::string_view name) const {
  const auto text = find(name);
  if (!text) return std::nullopt;
  if (!is_plain_number(*text)) refuse_characters(name, kNumberRange);
  const auto number = Decimal::parse(*text);
  if (!number) throw ApiError{-1108, "Parameter '" + std::string(name) + "' overflowed."};
  return *number;
}

Decimal Parameters::need_number(std::string_view name) const {
  need(name);
  return *find_number(name);
}

std::optional<std::int64_t> Parameters::find_whole(std::string_view name) const {
  const auto text = find(name);
  if (!text) return std::nullopt;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (error != std::errc() || end != text->data() + text->size()) refuse_characters(name, "^[0-9]{1,20}$");
  return number;
}

bool Parameters::flag(std::string_view name) const {
  auto text = find(name);
  if (!text) return false;
  std::transform(text->begin(), text->end(), text->begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
  if (*text != "true" && *text != "false") {
    throw ApiError{-1130, "Data sent for parameter '" + std::string(name) + "' is not valid."};
  }
  return *text == "true";
}

void Parameters::forbid(std::initializer_list<std::string_view> names) const {
  for (const auto name : names) {
    if (has(name)) throw ApiError{-1106, "Parameter '" + std::string(name) + "' sent when not required."};
  }
}

void Parameters::only(std::initializer_list<std::string_view> names) const {
  std::size_t known = 0;
  for (const auto& [key, value] : all_) {
    const bool always = key == "timestamp" || key == "recvWindow" || key == "signature";
    if (always || std::find(names.begin(), names.end(), key) != names.end()) ++known;
  }
  if (known == all_.size()) return;
  throw ApiError{-1104, "Not all sent parameters were read; read '" + std::to_string(known) +
                            "' parameter(s) but was sent '" + std::to_string(all_.size()) + "'."};
}

}  // namespace tvh::venue_sim::binance
