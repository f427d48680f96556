// The parameters of one request, from query and body. Throws ApiError with the venue's codes: a parameter twice
// in one place, an empty one, characters out of range, a mandatory one missing. Source: venue sheet 1.2, the
// spot error table.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/decimal.hpp"

namespace tvh::venue_sim::binance {

// "%20" and "+" decoded; nothing where a percent sign is not followed by two hex digits.
std::optional<std::string> percent_decoded(std::string_view text);

class Parameters {
 public:
  // Query wins where both name a parameter.
  static Parameters read(const std::string& query, const std::string& body);

  std::optional<std::string> find(std::string_view name) const;
  bool has(std::string_view name) const { return find(name).has_value(); }
  std::string need(std::string_view name) const;
  std::optional<Decimal> find_number(std::string_view name) const;
  Decimal need_number(std::string_view name) const;
  std::optional<std::int64_t> find_whole(std::string_view name) const;
  bool flag(std::string_view name) const;  // "true" or "false", any case; false when absent
  void forbid(std::initializer_list<std::string_view> names) const;  // -1106
  // Spot refuses what it does not know (-1104); `signature`, `timestamp` and `recvWindow` are always known.
  void only(std::initializer_list<std::string_view> names) const;

  const std::vector<std::pair<std::string, std::string>>& all() const { return all_; }

 private:
  std::vector<std::pair<std::string, std::string>> all_;
};

}  // namespace tvh::venue_sim::binance
