#include "tvhook-validate/run_validate.hpp"
#include "wire/finding_codes.hpp"

namespace tvh {

Result<std::string> explain_finding(const std::string& code) {
  const wire::FindingKind* kind = wire::find_finding_kind(code);
  if (kind == nullptr) {
    std::string known;
    for (const auto& each : wire::finding_kinds()) {
      known += known.empty() ? "" : ", ";
      known += each.code;
    }
    return fail(Errc::usage, "--explain: there is no such code; known are " + known);
  }
  std::string text(kind->code);
  text += ' ';
  text += kind->name;
  text += " (";
  text += wire::to_text(kind->severity);
  text += ")\n\n";
  text += kind->explanation;
  text += '\n';
  return text;
}

}  // namespace tvh
