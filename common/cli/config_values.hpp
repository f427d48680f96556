// How single values of a configuration are read. Every error is the part after "KEY in [SECTION] ". Private to
// the cli room.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/decimal.hpp"
#include "base/result.hpp"
#include "cli/config_tree.hpp"

namespace tvh::cli {

using AssignValue = std::function<Result<void>(const ConfigNode&)>;

enum class Sign { any, not_negative, positive };

// Text or a whole number; a TOML float is refused, because a double is not what was written. `key` is for the
// cure.
Result<Decimal> read_decimal(const ConfigNode& node);

// "BTCUSDT", "BTCUSDT.P", in upper case; "USDT".
Result<std::string> normal_symbol(const std::string& text);
Result<std::string> normal_asset(const std::string& text);

bool is_secret_name(const std::string& text);
// "env:NAME" or "file:/path". The error never repeats the value.
Result<void> check_secret_reference(const ConfigNode& node);

// Targets must outlive what is returned.
AssignValue assign_text(std::optional<std::string>& target);
// A reference to a secret, see check_secret_reference().
AssignValue assign_reference(std::optional<std::string>& target);
AssignValue assign_boolean(bool& target);
AssignValue assign_duration(std::optional<Nanoseconds>& target);  // "30s", or a whole number of seconds
AssignValue assign_positive_duration(std::optional<Nanoseconds>& target);
AssignValue assign_choice(std::string& target, std::vector<std::string> choices);
AssignValue assign_positive(std::optional<Decimal>& target);
AssignValue assign_percent(std::optional<Decimal>& target, Sign sign);
AssignValue assign_address(std::optional<std::string>& target);   // HOST:PORT
AssignValue assign_url_path(std::optional<std::string>& target);  // "/webhook"
AssignValue assign_texts(std::vector<std::string>& target);       // one text or a list
AssignValue assign_lower_list(std::vector<std::string>& target);
// Allowlists: at least one element.
AssignValue assign_symbols(std::vector<std::string>& target);
AssignValue assign_actions(std::vector<std::string>& target);
AssignValue assign_venue_kind(std::string& target);
AssignValue assign_count(std::optional<int>& target);  // whole, from 1

}  // namespace tvh::cli
