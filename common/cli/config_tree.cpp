#include "cli/config_tree.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <optional>

#include "cli/printable.hpp"

namespace tvh::cli {
namespace {

class TreeBuilder {
 public:
  explicit TreeBuilder(std::string_view text) : text_(text) {}

  ConfigNode build(const toml::node& node) const {
    ConfigNode result;
    result.line = node.source().begin.line;
    if (const auto* table = node.as_table()) {
      result.kind = ConfigKind::table;
      for (const auto& [key, value] : *table) {
        result.entries.push_back({std::string(key.str()), key.source().begin.line, build(value)});
      }
      // The library sorts by name; whoever reads the errors goes through the file from the top.
      std::stable_sort(
          result.entries.begin(), result.entries.end(),
          [](const ConfigEntry& left, const ConfigEntry& right) { return left.line < right.line; });
    } else if (const auto* list = node.as_array()) {
      result.kind = ConfigKind::list;
      for (const auto& item : *list) result.items.push_back(build(item));
    } else if (const auto* text = node.as_string()) {
      result.kind = ConfigKind::text;
      result.text = text->get();
    } else if (const auto* number = node.as_integer()) {
      result.kind = ConfigKind::whole_number;
      result.text = std::to_string(number->get());
    } else if (const auto* boolean = node.as_boolean()) {
      result.kind = ConfigKind::boolean;
      result.text = boolean->get() ? "true" : "false";
    } else if (node.is_floating_point()) {
      result.kind = ConfigKind::fraction;
      result.text = as_written(node.source());
    } else {
      result.kind = ConfigKind::date;
    }
    return result;
  }

 private:
  // A number's characters in the file: its value as a double is not what was written.
  std::string as_written(const toml::source_region& region) const {
    if (region.begin.line != region.end.line || region.end.column <= region.begin.column) return "";
    std::string_view rest = text_;
    for (auto line = region.begin.line; line > 1; --line) {
      const auto end = rest.find('\n');
      if (end == std::string_view::npos) return "";
      rest.remove_prefix(end + 1);
    }
    rest = rest.substr(0, rest.find('\n'));
    const bool is_ascii = std::all_of(rest.begin(), rest.end(), [](char c) { return (c & 0x80) == 0; });
    if (!is_ascii || region.end.column - 1 > rest.size()) return "";
    return std::string(rest.substr(region.begin.column - 1, region.end.column - region.begin.column));
  }

  std::string_view text_;
};

// The library decodes ahead of where it reads, so it tells the wrong line of this.
std::optional<std::size_t> line_of_broken_utf8(std::string_view text) {
  std::size_t line = 1;
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 0) return line;
    if (text.front() == '\n') ++line;
    text.remove_prefix(length);
  }
  return std::nullopt;
}

}  // namespace

Result<ConfigNode> parse_config_tree(std::string_view text, const std::string& file_name) {
  if (const auto line = line_of_broken_utf8(text)) {
    return fail(Errc::configuration, file_name + ":" + std::to_string(*line) + ": the file is not valid UTF-8");
  }
  try {
    const toml::table table = toml::parse(text, std::string_view(file_name));
    return TreeBuilder(text).build(table);
  } catch (const toml::parse_error& error) {
    std::string_view description = error.description();
    // "expected 'true', saw 'topsecret'": an unquoted secret would be repeated.
    description = description.substr(0, description.find(", saw"));
    return fail(Errc::configuration,
                file_name + ":" + std::to_string(error.source().begin.line) + ": " + std::string(description));
  }
}

}  // namespace tvh::cli
