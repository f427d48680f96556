#include "tvhook-validate/alert_check.hpp"

#include <algorithm>

#include "engine/identity.hpp"
#include "wire/finding_codes.hpp"
#include "wire/records.hpp"
#include "wire/repair.hpp"

namespace tvh {
namespace {

using wire::Finding;
using wire::FindingCode;
using wire::JsonValue;

bool is_signal_record(const JsonValue& object) {
  const JsonValue* kind = object.find("kind");
  return kind != nullptr && kind->text == "signal" && object.find("id") != nullptr &&
         object.find("received_at") != nullptr;
}

void check_record(const JsonValue& object, CheckedAlert& checked) {
  auto signal = wire::signal_from(object);
  if (signal) {
    checked.signal = *std::move(signal);
  } else {
    checked.findings.push_back(
        wire::make_finding(FindingCode::bad_record, "", std::move(signal).error().message, object.begin));
  }
}

std::optional<Finding> check_secret_field(const wire::ParsedAlert& alert, const CheckRules& rules) {
  if (rules.secrets.empty() || rules.secret_values == SecretValues::only_hidden) return std::nullopt;
  const auto check = wire::check_secret(alert, rules.secrets);
  switch (check.outcome) {
    case wire::SecretCheck::Outcome::right:
      break;
    case wire::SecretCheck::Outcome::wrong:
      return wire::make_finding(FindingCode::wrong_secret, "secret", "secret: is none of the configured ones",
                                check.offset);
    case wire::SecretCheck::Outcome::missing:
      return wire::make_finding(FindingCode::missing_secret, "secret",
                                "secret: missing; expected one of " + wire::secret_keys(*alert.dialect),
                                check.offset);
  }
  return std::nullopt;
}

// What is refused for its warnings says so as an error.
void apply(Strictness strictness, std::vector<Finding>& findings) {
  if (strictness != Strictness::warnings_too) return;
  for (auto& finding : findings) {
    if (finding.severity == wire::Severity::warning) finding.severity = wire::Severity::error;
  }
}

}  // namespace

static CheckedAlert check_as_sent(std::string_view text, const CheckRules& rules) {
  CheckedAlert checked;
  auto parsed = wire::parse_alert(text, rules.dialects);
  if (auto* finding = std::get_if<Finding>(&parsed)) {
    wire::redact_finding(*finding, rules.secrets);
    checked.findings.push_back(std::move(*finding));
    return checked;
  }
  const auto& alert = std::get<wire::ParsedAlert>(parsed);
  checked.dialect = alert.dialect;
  const JsonValue& object = alert.json;
  if (is_signal_record(object)) {
    check_record(object, checked);
    return checked;
  }
  auto secret = check_secret_field(alert, rules);
  wire::decode_alert(alert, {rules.exchanges, &rules.secrets}, checked);
  if (secret) checked.findings.insert(checked.findings.begin(), *std::move(secret));
  apply(rules.strictness, checked.findings);
  if (wire::has_error(checked.findings)) {
    checked.signal.reset();
    checked.earlier.clear();
    return checked;
  }
  checked.identity = engine::identity_of(*checked.signal, checked.earlier, engine::kDefaultResendWindow,
                                         engine::Content::where_it_is_the_identity);
  checked.signal->received_at = rules.now;
  for (auto& signal : checked.earlier) signal.received_at = rules.now;
  number_signals(checked, 1);
  return checked;
}

// Repaired first where it cannot be read as it is; never silently.
static std::optional<CheckedAlert> check_mended(std::string_view text, const CheckRules& rules) {
  const auto as_sent = wire::parse_alert(text, rules.dialects);
  if (std::holds_alternative<wire::ParsedAlert>(as_sent) || text.size() > wire::kMaxAlertBytes)
    return std::nullopt;
  const wire::Mended mended = wire::mend_alert(text);
  const auto parsed = wire::parse_alert(mended.text, rules.dialects);
  const auto* alert = std::get_if<wire::ParsedAlert>(&parsed);
  if (alert == nullptr) return std::nullopt;
  CheckedAlert checked = check_as_sent(mended.text, rules);
  for (auto& finding : checked.findings) finding.offset = 0;  // its place is one of the mended text
  for (const auto& repair : mended.repairs) {
    checked.findings.push_back(wire::make_finding(FindingCode::repaired, "", repair.message, repair.offset));
    wire::redact_finding(checked.findings.back(), rules.secrets);
  }
  checked.findings.push_back(wire::make_finding(
      FindingCode::repaired, "", "mended: " + wire::redact_body(mended.text, alert, rules.secrets), 0));
  return checked;
}

CheckedAlert check_alert(std::string_view text, const CheckRules& rules) {
  if (rules.repairs == Repairs::allowed) {
    if (auto mended = check_mended(text, rules)) return *std::move(mended);
  }
  return check_as_sent(text, rules);
}

void number_signals(CheckedAlert& checked, std::size_t count) {
  checked.signal->id = id_in_input(*checked.identity, count);
  for (std::size_t i = 0; i < checked.earlier.size(); ++i) {
    checked.earlier[i].id = model::companion_id(checked.signal->id, i);
  }
}

std::string id_in_input(const model::Identity& identity, std::size_t count) {
  const bool needs_salt = identity.rule == model::Identity::Rule::content_window;
  return engine::signal_id(identity, needs_salt ? std::to_string(count) : std::string());
}

}  // namespace tvh
