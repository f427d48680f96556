#include "tvhook-validate/finding_catalogue.hpp"

#include <algorithm>
#include <vector>

#include "wire/finding_codes.hpp"

namespace tvh {
namespace {

constexpr std::size_t kFirstOfTemplates = 101;
constexpr std::size_t kFirstOfPine = 201;

wire::Severity severity_of(pine::Severity severity) {
  switch (severity) {
    case pine::Severity::error:
      return wire::Severity::error;
    case pine::Severity::warning:
      return wire::Severity::warning;
    case pine::Severity::note:
      break;
  }
  return wire::Severity::note;
}

struct Catalogue {
  std::vector<CatalogueEntry> entries;
  std::size_t first_of_pine = 0;  // the entry of pine's first kind
};

const Catalogue& catalogue() {
  static const Catalogue kCatalogue = [] {
    Catalogue all;
    for (const auto& kind : wire::finding_kinds()) {
      all.entries.push_back({std::string(kind.code), kind.name, kind.severity, std::string(kind.explanation)});
    }
    all.first_of_pine = all.entries.size();
    std::size_t of_template = kFirstOfTemplates;
    std::size_t of_pine = kFirstOfPine;
    for (const auto& kind : pine::finding_kinds()) {
      std::size_t& next = kind.family == pine::Family::message_template ? of_template : of_pine;
      std::string page = pine::explanation(kind);
      while (page.ends_with('\n')) page.pop_back();
      all.entries.push_back(
          {"TV" + std::to_string(next++), kind.name, severity_of(kind.severity), std::move(page)});
    }
    return all;
  }();
  return kCatalogue;
}

char folded(char c) {
  if (c == '-') return '_';
  return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c;
}

bool is_same(std::string_view left, std::string_view right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](char a, char b) { return folded(a) == folded(b); });
}

}  // namespace

std::span<const CatalogueEntry> finding_catalogue() { return catalogue().entries; }

const CatalogueEntry* find_in_catalogue(std::string_view code_or_name) {
  for (const auto& entry : catalogue().entries) {
    if (is_same(entry.code, code_or_name) || is_same(entry.name, code_or_name)) return &entry;
  }
  return nullptr;
}

const CatalogueEntry& catalogue_entry(pine::FindingId id) {
  return catalogue().entries[catalogue().first_of_pine + std::size_t(id)];
}

wire::Finding numbered(const pine::Finding& finding) {
  const CatalogueEntry& entry = catalogue_entry(finding.id);
  return {severity_of(finding.severity),
          entry.code,
          std::string(entry.name),
          finding.message,
          "",
          finding.place.offset,
          std::string(finding.why()) + "\nMend: " + finding.mend};
}

}  // namespace tvh
