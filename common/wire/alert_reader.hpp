// From the bytes TradingView sent to a signal, in the three steps of DESIGN 5.2: syntax, secret, meaning. Each
// step is pure; the listener runs them in that order and stops at the first refusal, tvhook-validate reports
// them all.
#pragma once

#include <concepts>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "model/signal.hpp"
#include "wire/dialect.hpp"
#include "wire/finding.hpp"
#include "wire/json_value.hpp"

namespace tvh::wire {

// An alert as far as its syntax goes: an object, or a list of objects where its dialect has such. It speaks of
// the body it was read from, which must outlive it.
struct ParsedAlert {
  JsonValue json;
  const Dialect* dialect = nullptr;

  bool is_text() const { return dialect->shape != Shape::json; }
};

// How the dialect is fixed where its marks shall not decide: for all alerts, or by the alert's own strategy
// ("default" for alerts that name none). An object's strategy is what stands in `strategy` or `strategy_id`.
struct DialectChoice {
  const Dialect* fixed = nullptr;
  std::map<std::string, const Dialect*, std::less<>> by_strategy = {};
};
// From the names a person gives: of all alerts ("" for none), and by strategy. A name that is none is a
// configuration error that lists all.
Result<DialectChoice> choose_dialects(const std::string& fixed,
                                      const std::map<std::string, std::string>& by_strategy);

// Step 1. The finding is an error: "syntax", "duplicate_key", "too_deep", "invalid_utf8", "not_an_object",
// "ambiguous_dialect", …
std::variant<ParsedAlert, Finding> parse_alert(std::string_view body, const DialectChoice& choice = {});
template <std::same_as<std::string> Temporary>
void parse_alert(Temporary&& body, const DialectChoice& choice = {}) = delete;

// Takes known secrets out of a finding of step 1, which does not know them, before anybody sees it.
void redact_finding(Finding& finding, const std::vector<NamedSecret>& secrets);
// Takes what a finding of step 1 quotes of the alert out of its message, but for the names of fields. For an
// answer to somebody who has shown no secret: one that depends on secrets would tell him, guess by guess, what
// they are.
void withhold_quotations(Finding& finding);

// Step 2. The secret may stand in `secret`, `token`, `passphrase` or `segredo`, or where its dialect has it. If
// several of them are present, all must be right (so a wrong one never rides on a right one).
struct SecretCheck {
  enum class Outcome { right, wrong, missing };
  Outcome outcome = Outcome::missing;
  std::string name;        // of the secret that matched, when right
  std::size_t offset = 0;  // of the first wrong one, else of the alert
};
SecretCheck check_secret(const ParsedAlert& alert, const std::vector<NamedSecret>& secrets);
// The keys a secret may stand in, as a message lists them: "secret, token, passphrase, segredo".
std::string secret_keys(const Dialect& dialect);

// The body as the journal may keep it: every known secret's value, in whatever field and however escaped,
// becomes `[secret:NAME]`; the value of a secret field that is none of them, and of keys that look like
// credentials, becomes `[secret:?]`. Works on text that could not be parsed too (`alert` is nullptr then):
// there by search. Invalid UTF-8 and NUL bytes come out as U+FFFD, so the result is always valid text.
std::string redact_body(std::string_view body, const ParsedAlert* alert,
                        const std::vector<NamedSecret>& secrets);

// Step 3.
struct DecodeOptions {
  std::vector<std::string> exchanges;  // feed names to accept beside the known venues, lower case
  std::vector<NamedSecret> const* secrets = nullptr;  // their values are replaced in every text of the signal
};
struct Decoded {
  // Engaged when no finding is an error; `id` and `received_at` are not set yet.
  std::optional<model::Signal> signal;
  // What the alert asks for before that, in this order: one alert may be several signals. Empty without
  // `signal`.
  std::vector<model::Signal> earlier;
  std::vector<Finding> findings;
};
Decoded decode_alert(const ParsedAlert& alert, const DecodeOptions& options);
// The same where it shall stand; `decoded` is as new.
void decode_alert(const ParsedAlert& alert, const DecodeOptions& options, Decoded& decoded);

}  // namespace tvh::wire
