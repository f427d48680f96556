#include "wire/alert_reader.hpp"

#include "wire/finding_codes.hpp"
#include "wire/json_breakage.hpp"
#include "wire/secret_text.hpp"
#include "wire/text.hpp"
#include "wire/text_alert.hpp"

namespace tvh::wire {
namespace {

using Parsed = std::variant<ParsedAlert, Finding>;

// Enough for a basket; every one of them is a transaction's row and an order.
constexpr std::size_t kMostSignals = 32;

FindingCode code_of(const JsonError& error) {
  const FindingKind* kind = find_finding_kind(error.name);
  return kind == nullptr ? FindingCode::syntax : kind->value;
}

std::string_view without_mark(std::string_view body) {
  return body.starts_with("\xEF\xBB\xBF") ? body.substr(3) : body;
}

const Dialect* chosen(const JsonValue& value, const DialectChoice& choice) {
  if (choice.fixed != nullptr || choice.by_strategy.empty()) return choice.fixed;
  const bool is_list = value.kind == JsonValue::Kind::array && !value.items.empty();
  const JsonValue& object = is_list ? value.items.front() : value;
  std::string_view strategy = "default";
  for (const std::string_view key : {"strategy", "strategy_id"}) {
    const JsonValue* named = object.find(key);
    if (named != nullptr && !named->text.empty()) strategy = trim(named->text);
  }
  const auto found = choice.by_strategy.find(strategy);
  return found == choice.by_strategy.end() ? nullptr : found->second;
}

std::optional<Finding> check_shape(const JsonValue& value, const Dialect& dialect) {
  if (value.kind == JsonValue::Kind::object) return std::nullopt;
  if (value.kind != JsonValue::Kind::array) {
    return make_finding(FindingCode::not_an_object, "",
                        "expected an object in braces, such as {\"action\":\"buy\",\"symbol\":\"BTCUSDT\",…}",
                        value.begin);
  }
  if (!dialect.takes_lists && !(dialect.shape == Shape::stub_command)) {
    return make_finding(FindingCode::not_an_object, "",
                        "a list; expected one object in braces (one message is one alert)", value.begin);
  }
  if (value.items.empty() || value.items.size() > kMostSignals) {
    return make_finding(FindingCode::not_an_object, "",
                        "a list of " + std::to_string(value.items.size()) + "; expected 1 to " +
                            std::to_string(kMostSignals) + " signals",
                        value.begin);
  }
  for (const auto& item : value.items) {
    if (item.kind == JsonValue::Kind::object) continue;
    return make_finding(FindingCode::not_an_object, "", "a list whose parts are not all objects in braces",
                        item.begin);
  }
  return std::nullopt;
}

Parsed parse_as(std::string_view body, std::size_t skipped, const Dialect& dialect) {
  auto parsed = parse_text_alert(body.substr(skipped), dialect);
  if (auto* finding = std::get_if<Finding>(&parsed)) {
    finding->offset += skipped;
    return std::move(*finding);
  }
  ParsedAlert alert{std::get<JsonValue>(std::move(parsed)), &dialect};
  shift_places(alert.json, skipped);
  if (auto wrong = check_shape(alert.json, dialect)) return *std::move(wrong);
  return alert;
}

// Text that begins as no JSON does, in the dialect it is fixed to or looks like; nothing when it is no text
// dialect either.
std::optional<Parsed> parse_text(std::string_view body, const DialectChoice& choice) {
  const std::string_view text = without_mark(body);
  const std::size_t skipped = body.size() - text.size();
  const bool fixed_to_text = choice.fixed != nullptr && choice.fixed->shape != Shape::json;
  if (fixed_to_text) return parse_as(body, skipped, *choice.fixed);
  const std::string_view start = trim(text);
  if (start.starts_with('{') || start.starts_with('[') || choice.fixed != nullptr) return std::nullopt;
  auto recognised = recognise_text(text);
  if (auto* finding = std::get_if<Finding>(&recognised)) return std::move(*finding);
  const Dialect* dialect = std::get<const Dialect*>(recognised);
  if (dialect == nullptr) return std::nullopt;
  return parse_as(body, skipped, *dialect);
}

template <class Each>
void for_each_object(const JsonValue& json, Each each) {
  if (json.kind == JsonValue::Kind::object) return each(json);
  for (const auto& item : json.items) each(item);
}

// The members that carry the secret, of one object.
template <class Each>
void for_each_secret(const JsonValue& object, const Dialect& dialect, Each each) {
  for (const auto field : kSecretFields) {
    if (const JsonMember* member = find_path(object, field)) each(*member);
  }
  for (const auto& rule : dialect.keys) {
    if (rule.field != Field::secret || is_secret_field(rule.path)) continue;
    if (const JsonMember* member = find_path(object, rule.path)) each(*member);
  }
}

}  // namespace

Parsed parse_alert(std::string_view body, const DialectChoice& choice) {
  if (body.size() > kMaxAlertBytes) {
    return make_finding(
        FindingCode::too_large, "",
        "over " + std::to_string(kMaxAlertBytes) + " bytes, which is the most an alert may have", 0);
  }
  const std::string_view start = trim(without_mark(body));
  if (start.empty()) {
    return make_finding(FindingCode::empty, "", "the message is empty; expected a JSON object", 0);
  }
  if (start.front() != '{' || choice.fixed != nullptr) {
    if (auto text = parse_text(body, choice)) return *std::move(text);
  }
  Parsed parsed;
  ParsedAlert& alert = std::get<ParsedAlert>(parsed);
  if (auto error = parse_json_into(alert.json, body)) {
    return make_finding(code_of(*error), "", std::move(error->message), error->offset);
  }
  alert.dialect = chosen(alert.json, choice);
  if (alert.dialect == nullptr) {
    auto recognised = recognise_json(alert.json);
    if (auto* finding = std::get_if<Finding>(&recognised)) {
      finding->offset = alert.json.begin;
      return std::move(*finding);
    }
    alert.dialect = std::get<const Dialect*>(recognised);
  } else if (alert.is_text()) {
    return make_finding(FindingCode::wrong_dialect, "",
                        "JSON, but its strategy's alerts are fixed to " + std::string(alert.dialect->title),
                        alert.json.begin);
  }
  if (auto wrong = check_shape(alert.json, *alert.dialect)) return *std::move(wrong);
  return parsed;
}

SecretCheck check_secret(const ParsedAlert& alert, const std::vector<NamedSecret>& secrets) {
  SecretCheck check;
  check.offset = alert.json.begin;
  bool all_right = true;
  for_each_object(alert.json, [&](const JsonValue& object) {
    for_each_secret(object, *alert.dialect, [&](const JsonMember& member) {
      const JsonValue& value = member.value;
      const bool is_text = value.kind == JsonValue::Kind::string || value.kind == JsonValue::Kind::number;
      const std::string* name = is_text ? find_secret(secrets, value.text) : nullptr;
      check.outcome = SecretCheck::Outcome::wrong;
      if (name != nullptr) {
        check.name = *name;
      } else if (all_right) {
        all_right = false;
        check.offset = value.begin;
      }
    });
  });
  if (check.outcome == SecretCheck::Outcome::missing) return check;
  if (all_right) {
    check.outcome = SecretCheck::Outcome::right;
  } else {
    check.name.clear();
  }
  return check;
}

std::string secret_keys(const Dialect& dialect) {
  std::string list;
  for (const auto& rule : dialect.keys) {
    if (rule.field == Field::secret && !is_secret_field(rule.path)) list += std::string(rule.path) + ", ";
  }
  for (const auto key : kSecretFields) {
    if (key != kSecretFields.front()) list += ", ";
    list += key;
  }
  return list;
}

Result<DialectChoice> choose_dialects(const std::string& fixed,
                                      const std::map<std::string, std::string>& by_strategy) {
  const auto find = [](const std::string& name, Errc code, const std::string& where) -> Result<const Dialect*> {
    if (const Dialect* dialect = find_dialect(name)) return dialect;
    std::string list;
    for (const auto& dialect : dialects()) list += (list.empty() ? "" : ", ") + std::string(dialect.name);
    return fail(code, where + ": there is no dialect " + shown(name) + "; expected one of " + list);
  };
  DialectChoice choice;
  if (!fixed.empty()) {
    TVH_TRY(choice.fixed, find(fixed, Errc::usage, "--dialect"));
  }
  for (const auto& [strategy, name] : by_strategy) {
    TVH_TRY(choice.by_strategy[strategy],
            find(name, Errc::configuration, "dialect in [strategy." + strategy + "]"));
  }
  return choice;
}

}  // namespace tvh::wire
