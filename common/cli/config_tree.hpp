// A TOML document as plain data with line numbers, so that what the keys mean is decided without the TOML
// library. Private to the cli room.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace tvh::cli {

enum class ConfigKind { text, whole_number, fraction, boolean, date, list, table };

struct ConfigEntry;

struct ConfigNode {
  ConfigKind kind = ConfigKind::table;
  std::string text;  // the text's content; numbers and booleans as written
  std::size_t line = 0;
  std::vector<ConfigNode> items;     // of a list
  std::vector<ConfigEntry> entries;  // of a table, in the order of the file
};

struct ConfigEntry {
  std::string key;
  std::size_t line = 0;
  ConfigNode value;
};

// configuration: "FILE:LINE: what TOML does not allow". Never repeats what a value is: it may be a secret.
Result<ConfigNode> parse_config_tree(std::string_view text, const std::string& file_name);

}  // namespace tvh::cli
