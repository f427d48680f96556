#include "tvhook-validate/finding_catalogue.hpp"
#include "tvhook-validate/run_validate.hpp"
#include "wire/finding_codes.hpp"

namespace tvh {

Result<std::string> explain_finding(const std::string& code) {
  const CatalogueEntry* entry = find_in_catalogue(code);
  if (entry == nullptr) {
    std::string known;
    for (const auto& each : finding_catalogue()) {
      known += known.empty() ? "" : ", ";
      known += each.code;
    }
    return fail(Errc::usage, "--explain: there is no such code; known are " + known);
  }
  std::string text = entry->code;
  text += ' ';
  text += entry->name;
  text += " (";
  text += wire::to_text(entry->severity);
  text += ")\n\n";
  text += entry->explanation;
  text += '\n';
  return text;
}

}  // namespace tvh
