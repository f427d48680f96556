// A finding as a person and as a code scanner read it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/secret.hpp"
#include "wire/finding.hpp"

namespace tvh {

enum class TextKind { alert, pine };

struct FindingPlace {
  const std::string& source;  // file name, "-" for stdin
  std::string_view text;      // the alert
  std::size_t line = 1;       // of its first character
  TextKind kind = TextKind::alert;
};

// FILE:LINE:COLUMN: SEVERITY CODE NAME: MESSAGE, and of errors and warnings the place itself: its line, without
// secrets and at most 100 characters of it, and a caret below; then its advice (of a note only how to mend it).
void append_finding_text(std::string& out, const FindingPlace& place, const wire::Finding& finding,
                         const std::vector<NamedSecret>& secrets);

// One result object of a SARIF 2.1.0 document, preceded by a comma.
void append_sarif_result(std::string& out, const FindingPlace& place, const wire::Finding& finding);
// What stands before the first result (of which the comma is to be dropped) and after the last.
std::string sarif_beginning();
std::string sarif_end();

}  // namespace tvh
