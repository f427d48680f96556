#include "wire/alert_reader.hpp"

#include "wire/finding_codes.hpp"
#include "wire/secret_text.hpp"
#include "wire/text.hpp"

namespace tvh::wire {
namespace {

FindingCode code_of(const JsonError& error) {
  const FindingKind* kind = find_finding_kind(error.name);
  return kind == nullptr ? FindingCode::syntax : kind->value;
}

std::string_view without_mark(std::string_view body) {
  return body.starts_with("\xEF\xBB\xBF") ? body.substr(3) : body;
}

}  // namespace

std::variant<JsonValue, Finding> parse_alert(std::string_view body) {
  if (body.size() > kMaxAlertBytes) {
    return make_finding(
        FindingCode::too_large, "",
        "over " + std::to_string(kMaxAlertBytes) + " bytes, which is the most an alert may have", 0);
  }
  if (trim(without_mark(body)).empty()) {
    return make_finding(FindingCode::empty, "", "the message is empty; expected a JSON object", 0);
  }
  auto parsed = parse_json(body);
  if (auto* error = std::get_if<JsonError>(&parsed)) {
    return make_finding(code_of(*error), "", std::move(error->message), error->offset);
  }
  JsonValue& value = std::get<JsonValue>(parsed);
  if (value.kind == JsonValue::Kind::object) return std::move(value);
  return make_finding(
      FindingCode::not_an_object, "",
      value.kind == JsonValue::Kind::array
          ? "a list; expected one object in braces (one message is one alert)"
          : "expected an object in braces, such as {\"action\":\"buy\",\"symbol\":\"BTCUSDT\",…}",
      value.begin);
}

SecretCheck check_secret(const JsonValue& alert, const std::vector<NamedSecret>& secrets) {
  SecretCheck check;
  bool all_right = true;
  for (const auto field : kSecretFields) {
    const JsonValue* value = alert.find(field);
    if (value == nullptr) continue;
    const bool is_text = value->kind == JsonValue::Kind::string || value->kind == JsonValue::Kind::number;
    const std::string* name = is_text ? find_secret(secrets, value->text) : nullptr;
    check.outcome = SecretCheck::Outcome::wrong;
    if (name == nullptr) {
      all_right = false;
    } else {
      check.name = *name;
    }
  }
  if (check.outcome == SecretCheck::Outcome::missing) return check;
  if (all_right) {
    check.outcome = SecretCheck::Outcome::right;
  } else {
    check.name.clear();
  }
  return check;
}

}  // namespace tvh::wire
