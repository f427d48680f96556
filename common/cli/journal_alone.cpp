// Of a configuration with errors: where its journal is, when that is certain all the same.
#include <algorithm>

#include "cli/config.hpp"
#include "cli/config_tree.hpp"
#include "cli/nearest.hpp"

namespace tvh::cli {
namespace {

constexpr std::string_view kHeader = "[journal]";

std::string_view trimmed(std::string_view line) {
  const auto begin = line.find_first_not_of(" \t\r");
  return begin == std::string_view::npos ? std::string_view() : line.substr(begin);
}

// The lines of [journal], when there is one such table; TOML that is broken elsewhere must not hide it.
std::optional<std::string> cut_out_journal(std::string_view text) {
  std::string table;
  bool inside = false;
  int tables = 0;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (trimmed(line).starts_with('[')) inside = trimmed(line).starts_with(kHeader);
    if (!inside) continue;
    tables += int(trimmed(line).starts_with('['));
    table += std::string(line) + "\n";
  }
  return tables == 1 ? std::optional(table) : std::nullopt;
}

const ConfigNode* find(const ConfigNode& table, std::string_view key) {
  for (const ConfigEntry& entry : table.entries) {
    if (entry.key == key) return &entry.value;
  }
  return nullptr;
}

}  // namespace

std::optional<JournalConfig> parse_journal_alone(std::string_view text) {
  auto document = parse_config_tree(text, "");
  if (!document) {
    // Without the word there is no such table, and the journal is where it is without one.
    if (text.find("journal") == std::string_view::npos) return JournalConfig{};
    const auto table = cut_out_journal(text);
    if (!table) return std::nullopt;
    document = parse_config_tree(*table, "");
    if (!document) return std::nullopt;
  }
  const ConfigNode* const journal = find(*document, "journal");
  if (journal == nullptr) {
    // One that is misspelt was meant.
    const bool is_misspelt =
        std::any_of(document->entries.begin(), document->entries.end(),
                    [](const auto& entry) { return nearest(entry.key, {"journal"}).has_value(); });
    return is_misspelt ? std::nullopt : std::optional(JournalConfig{});
  }
  const ConfigNode* const path = find(*journal, "path");
  if (path == nullptr && journal->kind == ConfigKind::table && journal->entries.empty()) return JournalConfig{};
  if (path == nullptr || path->kind != ConfigKind::text || path->text.empty()) return std::nullopt;
  return JournalConfig{path->text};
}

}  // namespace tvh::cli
