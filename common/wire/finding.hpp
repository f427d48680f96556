// What validation has to say about an alert: reasons with names, numbers and places.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace tvh::wire {

enum class Severity { error, warning, note };

struct Finding {
  Severity severity = Severity::error;
  std::string code;     // "TV012": stable, explained by tvhook-validate --explain
  std::string name;     // "missing_quantity": stable, one per code
  std::string message;  // what was found and what was expected; never the value of a secret
  std::string field;    // the alert's own key, "" when it is about the whole
  std::size_t offset = 0;
  // Why it matters and how to mend it, a line each, where the message does not say so itself.
  std::string advice = {};
};

inline bool has_error(const std::vector<Finding>& findings) {
  for (const auto& finding : findings) {
    if (finding.severity == Severity::error) return true;
  }
  return false;
}

}  // namespace tvh::wire
