// What must hold of every template and script that tvhook-validate checks, whatever bytes they are.
#pragma once

#include <string>
#include <string_view>

#include "base/invariant.hpp"
#include "tvhook-validate/finding_text.hpp"
#include "tvhook-validate/source_report.hpp"

namespace tvh {

inline CheckRules fuzz_rules() {
  CheckRules rules;
  rules.secrets.push_back({"main", Secret("hunter2hunter2")});
  return rules;
}

inline void examine(const CheckedSource& checked, std::string_view text, TextKind kind) {
  const std::string source = "fuzz";
  std::string out = outcome_lines(source, checked.outcomes);
  std::size_t last = 0;
  for (const auto& finding : checked.findings) {
    TVH_INVARIANT(finding.offset <= text.size() && finding.offset >= last,
                  "findings lie in the source, in order");
    last = finding.offset;
    append_finding_text(out, {source, text, 1, kind}, finding, fuzz_rules().secrets);
  }
  TVH_INVARIANT(checked.findings.size() <= 1'300, "findings are bounded");
  TVH_INVARIANT(out.find("hunter2hunter2") == std::string::npos, "no secret is shown");
  for (const auto& outcome : checked.outcomes) {
    TVH_INVARIANT(outcome.signal.has_value() != !outcome.refused.empty(), "a message is a signal, or refused");
  }
}

}  // namespace tvh
