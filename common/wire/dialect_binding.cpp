// Which of an alert's members are which fields, by another service's table.
#include <algorithm>

#include "wire/field_reader.hpp"
#include "wire/text.hpp"

namespace tvh::wire {
namespace {

bool counts_money(Field field) {
  switch (field) {
    case Field::quantity:
    case Field::stop_loss:
    case Field::take_profit:
    case Field::stop_loss_percent:
    case Field::take_profit_percent:
    case Field::legs:
    case Field::trailing:
      return true;
    default:
      return false;
  }
}

}  // namespace

void FieldReader::bind_member(const JsonMember& member, Field field, const KeyRule* rule) {
  const auto place = std::uint16_t(known_.size());  // far below its bound: see kMaxFields
  std::uint16_t* last = &first_[std::size_t(field)];
  while (*last != kNone) last = &known_[*last].next;
  *last = place;
  Known& known = known_.emplace_back();
  known.member = &member;
  known.rule = rule;
  known.field = field;
}

void FieldReader::bind(const JsonValue& object, const std::string& path) {
  for (const auto& member : object.members) {
    const std::string here = path.empty() ? member.key.string() : path + "." + member.key.string();
    if (const KeyRule* rule = find_rule(dialect_, here)) {
      bind_member(member, rule->field, rule);
    } else if (member.value.kind == JsonValue::Kind::object && leads_further(dialect_, here)) {
      bind(member.value, here);
    } else {
      unknown_.push_back(&member);
    }
  }
  if (path.empty() && find_rule(dialect_, "code.action") != nullptr) bind_wunder_code();
}

// ENTER-LONG_Bybit_NONE_Eth short 15_15M_<hash>: the name may hold underscores, the others not.
void FieldReader::bind_wunder_code() {
  const JsonMember* code = find_path(object_, "code");
  if (code == nullptr || code->value.kind != JsonValue::Kind::string) return;
  std::vector<std::size_t> bars;
  const std::string_view text = code->value.text;
  for (std::size_t at = text.find('_'); at != std::string_view::npos; at = text.find('_', at + 1))
    bars.push_back(at);
  if (bars.size() < 5) return;
  const std::size_t last = bars.size() - 1;
  const auto add = [&](std::string_view path, std::size_t begin, std::size_t end) {
    const KeyRule* rule = find_rule(dialect_, path);
    JsonMember member{JsonText::borrowed(path), code->key_begin, code->key_end, {}};
    member.value.kind = JsonValue::Kind::string;
    member.value.text = JsonText::borrowed(text.substr(begin, end - begin));
    member.value.begin = code->value.begin;
    member.value.end = code->value.end;
    if (member.value.text == "NONE") member.value.kind = JsonValue::Kind::null;
    if (rule != nullptr) bind_member(made_.emplace_back(std::move(member)), rule->field, rule);
  };
  add("code.action", 0, bars[0]);
  add("code.exchange", bars[0] + 1, bars[1]);
  add("code.pair", bars[1] + 1, bars[2]);
  add("code.name", bars[2] + 1, bars[last - 1]);
}

const KeyRule* FieldReader::rule_of(const JsonMember& member) const {
  const auto found =
      std::find_if(known_.begin(), known_.end(), [&](const Known& known) { return known.member == &member; });
  return found == known_.end() ? nullptr : found->rule;
}

bool FieldReader::is_unset(Field field, const JsonValue& value) {
  if (!counts_money(field)) return false;
  const auto number = Decimal::parse(trim(value.text));
  return number && number->is_zero();
}

std::optional<std::string> FieldReader::meaning_of(Field field, const JsonMember& member,
                                                   const std::string& word) {
  bool has_words = false;
  std::string known;
  for (const auto& rule : dialect_.words) {
    if (rule.field != field) continue;
    has_words = true;
    if (!equals_ignoring_case(word, rule.text)) {
      if (!rule.means.empty()) known += (known.empty() ? "" : ", ") + std::string(rule.text);
      continue;
    }
    if (!rule.means.empty()) return std::string(rule.means);
    report(FindingCode::not_supported, member,
           shown_value(word) + " of " + std::string(dialect_.title) +
               " asks for what cannot be done from the alert "
               "alone; it is refused rather than replaced");
    return std::nullopt;
  }
  if (!has_words) return word;
  report(field == Field::action ? FindingCode::unknown_action : FindingCode::unknown_value, member,
         shown_value(word) + " is not known to " + std::string(dialect_.title) + "; expected one of " + known);
  return std::nullopt;
}

}  // namespace tvh::wire
