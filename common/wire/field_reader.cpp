#include "wire/field_reader.hpp"

#include <algorithm>

#include "wire/secret_text.hpp"
#include "wire/text.hpp"

namespace tvh::wire {
namespace {

std::string_view name_of(JsonValue::Kind kind) {
  switch (kind) {
    case JsonValue::Kind::null:
      return "null";
    case JsonValue::Kind::boolean:
      return "true or false";
    case JsonValue::Kind::number:
      return "a number";
    case JsonValue::Kind::string:
      return "a text";
    case JsonValue::Kind::array:
      return "a list";
    case JsonValue::Kind::object:
      return "an object";
  }
  return "something else";
}

bool is_text_or_number(const JsonValue& value) {
  return value.kind == JsonValue::Kind::string || value.kind == JsonValue::Kind::number;
}

// Fields without which an order would be another one than the alert asked for: a placeholder left in one of
// them is refused, not read as absent.
bool shapes_the_order(Field field) {
  switch (field) {
    case Field::market:
    case Field::size_unit:
    case Field::order_type:
    case Field::limit_price:
    case Field::stop_price:
    case Field::stop_loss:
    case Field::take_profit:
    case Field::trailing:
    case Field::reduce_only:
    case Field::leverage:
    case Field::time_in_force:
    case Field::legs:
    case Field::position:
    case Field::position_side:
    case Field::position_quantity:
    case Field::previous_side:
    case Field::previous_quantity:
      return true;
    default:
      return false;
  }
}

// Their absence is the caller's to judge.
bool caller_judges(Field field) {
  switch (field) {
    case Field::action:
    case Field::symbol:
    case Field::quantity:
    case Field::contracts:
    case Field::volume:
    case Field::position_size:
      return true;
    default:
      return false;
  }
}

}  // namespace

FieldReader::FieldReader(const JsonValue& object, const Dialect& dialect,
                         const std::vector<NamedSecret>* secrets)
    : object_(object), dialect_(dialect), secrets_(secrets) {
  first_.fill(kNone);
  known_.reserve(object.members.size());
  if (is_foreign()) {
    bind(object, "");
    return;
  }
  for (const auto& member : object.members) {
    const auto field = is_record() ? record_field(member.key) : plain_field_of(member);
    if (field) {
      bind_member(member, *field, nullptr);
    } else {
      unknown_.push_back(&member);
    }
  }
}

Absence FieldReader::absence_of(std::string_view text) {
  text = trim(text);
  if (text.empty()) return Absence::empty;
  if (text.size() <= 4 && (text.front() == 'n' || text.front() == 'N')) {
    for (const std::string_view nothing : {"nan", "na", "null"}) {
      if (equals_ignoring_case(text, nothing)) return Absence::empty;
    }
  }
  if (text.find('{') == std::string_view::npos) return Absence::has_value;
  const auto open = text.find("{{");
  const bool placeholder = open != std::string_view::npos && text.find("}}", open) != std::string_view::npos;
  return placeholder ? Absence::placeholder : Absence::has_value;
}

std::string FieldReader::clean(std::string_view text) const {
  return may_show_secrets() ? without_secrets(text, *secrets_) : std::string(text);
}

std::string FieldReader::shown_value(std::string_view text) const { return shown(clean(text)); }

void FieldReader::report(FindingCode code, const JsonMember& member, const std::string& message) {
  const std::string key = clean(member.key);  // a secret may stand anywhere
  findings_.push_back(make_finding(code, key, key + ": " + message, member.value.begin));
}

void FieldReader::report(FindingCode code, Field field, std::string_view field_name,
                         const std::string& message) {
  if (const JsonMember* member = first_of(field)) return report(code, *member, message);
  std::string name(field_name);
  findings_.push_back(make_finding(code, name, (name.empty() ? "" : name + ": ") + message, object_.begin));
}

void FieldReader::report_conflict(const JsonMember& first, const JsonMember& second) {
  report(FindingCode::conflicting_fields, second,
         shown_value(second.value.text) + " contradicts " + clean(first.key) + " (" +
             shown_value(first.value.text) + "); both mean the same, keep one");
}

void FieldReader::report_placeholder(FindingCode code, const JsonMember& member) {
  report(code, member,
         "the placeholder in " + shown_value(trim(member.value.text)) + " was not substituted; " +
             placeholder_reason(trim(member.value.text)));
}

// People put their fields into "data" or "order", as other programs want them.
const JsonMember* FieldReader::object_around(Field field) const {
  for (const JsonMember* member : unknown_) {
    for (const auto& inner : member->value.members) {
      if (plain_field(inner.key) == field) return member;
    }
  }
  return nullptr;
}

void FieldReader::report_missing(Field field, std::string_view field_name, const std::string& expected) {
  const JsonMember* member = first_of(field);
  if (member == nullptr) {
    const std::string name(field_name);
    if (const JsonMember* around = object_around(field)) {
      findings_.push_back(make_finding(
          FindingCode::missing_field, name,
          name + ": missing; it stands in " + shown_value(around->key) + ", expected in the outermost braces",
          around->value.begin));
      return;
    }
    findings_.push_back(make_finding(FindingCode::missing_field, name, name + ": missing; expected " + expected,
                                     object_.begin));
  } else if (absence_of(member->value) == Absence::placeholder) {
    report_placeholder(FindingCode::unsubstituted_placeholder, *member);
  } else {
    const bool is_null = member->value.kind == JsonValue::Kind::null;
    report(FindingCode::missing_field, *member,
           "has no value (" + (is_null ? std::string("null") : shown_value(member->value.text)) +
               "); expected " + expected);
  }
}

void FieldReader::judge_unknown_value(const JsonMember& member) {
  if (absence_of(member.value) == Absence::placeholder) {
    report_placeholder(FindingCode::missing_optional, member);
  }
}

bool FieldReader::judge_absence(const Known& known) {
  const Field field = known.field;
  const JsonMember& member = *known.member;
  const Absence absence = *known.absence;
  if (absence == Absence::null || caller_judges(field) || field == Field::not_supported) return false;
  if (absence == Absence::placeholder) {
    report_placeholder(
        shapes_the_order(field) ? FindingCode::unsubstituted_placeholder : FindingCode::missing_optional,
        member);
  } else {
    report(FindingCode::missing_optional, member,
           "has no value (" + shown_value(member.value.text) + ") and is read as absent");
  }
  return false;
}

bool FieldReader::has_no_value(Field field) const {
  return std::none_of(known_.begin(), known_.end(), [&](const auto& entry) {
    return entry.field == field && absence_of(entry.member->value) == Absence::has_value;
  });
}

template <class Value, class Read>
std::optional<Value> FieldReader::agreed(Field field, Read read) {
  if (!has(field)) return std::nullopt;
  Known& only = known_[first_[std::size_t(field)]];
  if (only.next == kNone) return has_value(only) ? read(*only.member) : std::nullopt;
  std::optional<Value> result;
  const JsonMember* first = nullptr;
  for_each_value(field, [&](const JsonMember& member) {
    std::optional<Value> value = read(member);
    if (!value) return;
    if (first == nullptr) {
      first = &member;
      result = std::move(value);
    } else if (!(*result == *value)) {
      report_conflict(*first, member);
    }
  });
  return result;
}

std::optional<Decimal> FieldReader::number_of(const JsonMember& member, Sign sign) {
  if (!is_text_or_number(member.value)) {
    report(FindingCode::wrong_type, member,
           "expected a number, found " + std::string(name_of(member.value.kind)));
    return std::nullopt;
  }
  const std::string_view text = trim(member.value.text);
  auto parsed = Decimal::parse(text);
  if (!parsed) {
    const bool numeric = text.find_first_not_of("0123456789+-.eE") == std::string_view::npos &&
                         text.find_first_of("0123456789") == text.find_first_not_of("+-.");
    if (numeric) {
      report(FindingCode::out_of_range, member, parsed.error().message + " (" + shown_value(text) + ")");
    } else if (text.find(',') != std::string_view::npos) {
      report(FindingCode::not_a_number, member,
             shown_value(text) + " is not a number; write it with a point and without thousands separators");
    } else {
      const bool is_calculation = text.find_first_of("0123456789") != std::string_view::npos &&
                                  text.find_first_of("+-*/", 1) != std::string_view::npos;
      report(FindingCode::not_a_number, member,
             shown_value(text) + " is not a number; expected a decimal such as 0.01" +
                 (is_calculation ? "; TradingView does no arithmetic in messages" : ""));
    }
    return std::nullopt;
  }
  const bool right =
      sign == Sign::any || parsed->is_positive() || (sign == Sign::not_negative && parsed->is_zero());
  if (!right) {
    report(FindingCode::not_positive, member,
           parsed->to_string() + " is not allowed; expected a number " +
               (sign == Sign::positive ? "greater than 0" : "that is not negative"));
    return std::nullopt;
  }
  return *std::move(parsed);
}

std::optional<std::string> FieldReader::words_of(const JsonMember& member) {
  if (member.value.kind == JsonValue::Kind::string) return text_of(member);
  report(FindingCode::wrong_type, member, "expected a text, found " + std::string(name_of(member.value.kind)));
  return std::nullopt;
}

std::optional<std::string> FieldReader::text_of(const JsonMember& member) {
  if (is_text_or_number(member.value))
    return is_record() ? member.value.text.string() : clean(trim(member.value.text));
  report(FindingCode::wrong_type, member, "expected a text, found " + std::string(name_of(member.value.kind)));
  return std::nullopt;
}

std::optional<TimePoint> FieldReader::time_of(const JsonMember& member) {
  if (is_text_or_number(member.value)) {
    if (const auto at = parse_time(trim(member.value.text))) return at;
    report(
        FindingCode::bad_time, member,
        shown_value(trim(member.value.text)) +
            " is not a time; expected {{time}} (2026-11-20T10:15:00Z), or seconds or milliseconds since 1970");
    return std::nullopt;
  }
  report(FindingCode::wrong_type, member, "expected a time, found " + std::string(name_of(member.value.kind)));
  return std::nullopt;
}

template <class Enum>
std::optional<Enum> FieldReader::word_of(Field field, const JsonMember& member) {
  const auto text = text_of(member);
  const auto meaning = text ? meaning_of(field, member, *text) : std::nullopt;
  if (!meaning) return std::nullopt;
  std::string name = lower(*meaning);
  std::replace(name.begin(), name.end(), '-', '_');
  std::replace(name.begin(), name.end(), ' ', '_');
  if (const auto value = model::parse_text<Enum>(name)) return value;
  report(FindingCode::unknown_value, member,
         shown(*text) + " is not known; expected one of " + std::string(model::all_texts<Enum>()));
  return std::nullopt;
}

std::optional<Decimal> FieldReader::named_number(Field field, Sign sign) {
  return agreed<Decimal>(field, [&](const JsonMember& member) { return number_of(member, sign); });
}

bool FieldReader::read_text(const JsonMember& member, Field field, std::size_t longest, std::string& text) {
  if (!is_text_or_number(member.value)) {
    report(FindingCode::wrong_type, member,
           "expected a text, found " + std::string(name_of(member.value.kind)));
    return false;
  }
  const std::string_view sent = is_record() ? member.value.text.view() : trim(member.value.text);
  if (is_record() || !may_show_secrets()) {
    text = sent;
  } else {
    text = clean(sent);
  }
  const bool controls = std::any_of(text.begin(), text.end(),
                                    [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
  if (text.size() <= longest && !(controls && field != Field::comment && !is_record())) return true;
  report(FindingCode::bad_text, member,
         controls ? "holds control characters"
                  : "is " + std::to_string(text.size()) + " bytes long; at most " + std::to_string(longest));
  return false;
}

std::string FieldReader::named_text(Field field, std::size_t longest) {
  std::string text;
  Known& only = known_[first_[std::size_t(field)]];
  if (only.next == kNone) {
    if (has_value(only) && !read_text(*only.member, field, longest, text)) text.clear();
    return text;
  }
  const auto read = [&](const JsonMember& member) -> std::optional<std::string> {
    std::string one;
    if (!read_text(member, field, longest, one)) return std::nullopt;
    return one;
  };
  return agreed<std::string>(field, read).value_or(std::string());
}

std::optional<bool> FieldReader::truth(Field field) {
  return agreed<bool>(field, [&](const JsonMember& member) -> std::optional<bool> {
    if (member.value.kind == JsonValue::Kind::boolean) return member.value.boolean;
    if (is_text_or_number(member.value)) {
      const std::string text = lower(trim(member.value.text));
      if (text == "true" || text == "1") return true;
      if (text == "false" || text == "0") return false;
    }
    report(FindingCode::wrong_type, member, "expected true or false");
    return std::nullopt;
  });
}

std::optional<TimePoint> FieldReader::time(Field field) {
  return agreed<TimePoint>(field, [&](const JsonMember& member) { return time_of(member); });
}

std::optional<Nanoseconds> FieldReader::duration(Field field) {
  return agreed<Nanoseconds>(field, [&](const JsonMember& member) -> std::optional<Nanoseconds> {
    if (is_text_or_number(member.value)) {
      if (const auto value = parse_duration(trim(member.value.text))) return value;
    }
    report(FindingCode::bad_time, member, "expected a duration such as 120, \"30s\" or \"5m\"");
    return std::nullopt;
  });
}

std::string FieldReader::json(Field field) {
  std::string result;
  const auto all = members(field);
  if (all.empty()) return result;
  if (is_foreign()) return kept_as_sent(field, {});
  append_redacted_json(result, all.back()->value, secrets_);
  return result;
}

std::string FieldReader::kept_as_sent(Field field, const std::vector<const JsonMember*>& others) {
  MemberList all = members(field);
  for (const JsonMember* other : others) all.push_back(other);
  JsonValue object;
  object.kind = JsonValue::Kind::object;
  for (const JsonMember* member : all) {
    object.members.push_back(*member);
    if (const KeyRule* rule = rule_of(*member)) object.members.back().key = JsonText::borrowed(rule->path);
  }
  std::string result;
  append_redacted_json(result, object, secrets_);
  return result;
}

template <class Enum>
std::optional<Enum> FieldReader::word(Field field) {
  return agreed<Enum>(field, [&](const JsonMember& member) { return word_of<Enum>(field, member); });
}

template std::optional<model::Market> FieldReader::word(Field);
template std::optional<model::SizeUnit> FieldReader::word(Field);
template std::optional<model::OrderType> FieldReader::word(Field);
template std::optional<model::TimeInForce> FieldReader::word(Field);
template std::optional<model::PositionSide> FieldReader::word(Field);
template std::optional<model::PositionSide> FieldReader::word_of(Field, const JsonMember&);

}  // namespace tvh::wire
