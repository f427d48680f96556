// All findings of this tool in one table: of alerts (TV0xx, wire's), of message templates (TV1xx) and of Pine
// source (TV2xx). The numbers of the latter two follow the order of pine's table, which never changes.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "pine/finding.hpp"
#include "wire/finding.hpp"

namespace tvh {

struct CatalogueEntry {
  std::string code;  // "TV101"
  std::string_view name;
  wire::Severity severity;
  std::string explanation;  // the page --explain prints, without a newline at its end
};

// In the order of their codes.
std::span<const CatalogueEntry> finding_catalogue();
// By code or name, in capital or small letters, with - for _; nullptr when there is none.
const CatalogueEntry* find_in_catalogue(std::string_view code_or_name);
const CatalogueEntry& catalogue_entry(pine::FindingId id);

// With its code, and why it matters and how to mend it as its advice.
wire::Finding numbered(const pine::Finding& finding);

}  // namespace tvh
