// From the bytes TradingView sent to a signal, in the three steps of DESIGN 5.2: syntax, secret, meaning. Each
// step is pure; the listener runs them in that order and stops at the first refusal, tvhook-validate reports
// them all.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/secret.hpp"
#include "model/signal.hpp"
#include "wire/finding.hpp"
#include "wire/json_value.hpp"

namespace tvh::wire {

// Step 1. The finding is an error: "syntax", "duplicate_key", "too_deep", "invalid_utf8", "not_an_object", …
std::variant<JsonValue, Finding> parse_alert(std::string_view body);

// Step 2. The secret may stand in `secret`, `token`, `passphrase` or `segredo`. If several of them are present,
// all must be right (so a wrong one never rides on a right one).
struct SecretCheck {
  enum class Outcome { right, wrong, missing };
  Outcome outcome = Outcome::missing;
  std::string name;  // of the secret that matched, when right
};
// Whether a field of that name carries the secret.
bool is_secret_field(std::string_view key);
SecretCheck check_secret(const JsonValue& alert, const std::vector<NamedSecret>& secrets);

// The body as the journal may keep it: every known secret's value, in whatever field and however escaped,
// becomes `[secret:NAME]`; the value of a secret field that is none of them, and of keys that look like
// credentials, becomes `[secret:?]`. Works on text that is no JSON too (`alert` is nullptr then): there by
// search. Invalid UTF-8 and NUL bytes come out as U+FFFD, so the result is always valid text.
std::string redact_body(std::string_view body, const JsonValue* alert, const std::vector<NamedSecret>& secrets);

// Step 3.
struct DecodeOptions {
  std::vector<std::string> exchanges;  // feed names to accept beside the known venues, lower case
  std::vector<NamedSecret> const* secrets = nullptr;  // their values are replaced in every text of the signal
};
struct Decoded {
  // Engaged when no finding is an error; `id` and `received_at` are not set yet.
  std::optional<model::Signal> signal;
  std::vector<Finding> findings;
};
Decoded decode_alert(const JsonValue& alert, const DecodeOptions& options);

}  // namespace tvh::wire
