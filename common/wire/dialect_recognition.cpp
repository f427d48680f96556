// Whose alert it is, by the marks it bears.
#include <algorithm>
#include <array>

#include "wire/dialect_tables.hpp"
#include "wire/finding_codes.hpp"
#include "wire/text.hpp"

namespace tvh::wire {
namespace {

// The pieces of `text` between separators, without the white space around them.
std::vector<std::string_view> pieces_of(std::string_view text, char separator) {
  std::vector<std::string_view> pieces;
  for (;;) {
    const auto end = text.find(separator);
    pieces.push_back(trim(text.substr(0, end)));
    if (end == std::string_view::npos) return pieces;
    text.remove_prefix(end + 1);
  }
}

bool is_one_of(std::string_view word, std::string_view alternatives) {
  while (!alternatives.empty()) {
    const auto end = alternatives.find('|');
    if (equals_ignoring_case(word, alternatives.substr(0, end))) return true;
    alternatives.remove_prefix(end == std::string_view::npos ? alternatives.size() : end + 1);
  }
  return false;
}

bool bears(const JsonValue& object, const Mark& mark) {
  std::string_view rest = mark.paths;
  while (!rest.empty()) {
    const auto end = rest.find('|');
    if (const JsonMember* member = find_path(object, rest.substr(0, end))) {
      if (mark.values.empty()) return true;
      if (mark.values == "{}") return member->value.kind == JsonValue::Kind::object;
      if (is_one_of(trim(member->value.text), mark.values)) return true;
    }
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  return false;
}

bool bears_all(const JsonValue& object, const Dialect& dialect) {
  return !dialect.marks.empty() && std::all_of(dialect.marks.begin(), dialect.marks.end(),
                                               [&](const Mark& mark) { return bears(object, mark); });
}

Finding ambiguous(const Dialect& first, const Dialect& second) {
  return make_finding(FindingCode::ambiguous_dialect, "",
                      "it could be " + std::string(first.title) + " or " + std::string(second.title) +
                          "; say which with --dialect " + std::string(first.name) + " or --dialect " +
                          std::string(second.name) + ", or with dialect = \"…\" in [strategy.NAME]",
                      0);
}

// Keys that only named dialects have begin a mark; an alert without any of them needs no further look.
bool may_be_foreign(const JsonValue& object) {
  for (const auto& member : object.members) {
    if (!plain_field_of(member) || member.value.kind == JsonValue::Kind::object) return true;
  }
  // Amabit's marks are all plain names.
  return object.find("position_size") != nullptr && object.find("order_type") != nullptr;
}

bool is_word(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return is_letter(c) || is_digit(c) || c == '_' || c == '-' || c == '.';
  });
}

bool has_action(const Dialect& dialect, std::string_view text) {
  return std::any_of(dialect.words.begin(), dialect.words.end(), [&](const WordRule& word) {
    return word.field == Field::action && equals_ignoring_case(text, word.text);
  });
}

bool is_pair(std::string_view piece) {
  const auto equals = piece.find('=');
  return equals != std::string_view::npos && is_word(trim(piece.substr(0, equals)));
}

bool looks_like_csv(std::string_view text, const Dialect& dialect) {
  const auto pieces = pieces_of(text, ',');
  if (pieces.size() < 3 || pieces[0].find('=') != std::string_view::npos) return false;
  return has_action(dialect, pieces[1]) && is_word(pieces[0]) && pieces[2].find('=') == std::string_view::npos;
}

bool looks_like_stub(std::string_view text, const Dialect& dialect) {
  const std::string_view line = trim(text.substr(0, text.find('\n')));
  const std::string_view head = line.substr(0, line.find_first_of(" \t"));
  const auto colon = head.find(':');
  return colon != std::string_view::npos && is_word(head.substr(0, colon)) &&
         has_action(dialect, head.substr(colon + 1));
}

bool looks_like_pipes(std::string_view text) {
  const auto pieces = pieces_of(text, '|');
  return pieces.size() >= 2 && (is_word(pieces[0]) || pieces[0].starts_with("{{")) &&
         pieces[1].find('@') != std::string_view::npos;
}

bool looks_like_pairs(std::string_view text) {
  const std::string_view first = text.substr(0, text.find_first_of(";,\r\n"));
  // Of query strings (a=1&b=2) nobody has said that they are sent.
  return is_pair(trim(first)) && first.find('&') == std::string_view::npos;
}

}  // namespace

std::span<const Dialect> dialects() {
  static const std::vector<Dialect> all = [] {
    std::vector<Dialect> joined(json_dialects().begin(), json_dialects().end());
    joined.insert(joined.end(), text_dialects().begin(), text_dialects().end());
    return joined;
  }();
  return all;
}

const Dialect& canonical_dialect() { return dialects()[0]; }
const Dialect& plain_dialect() { return dialects()[1]; }

const Dialect& record_dialect() {
  static constexpr Dialect kRecord{.name = "", .title = "a signal record", .is_verified = true};
  return kRecord;
}

const Dialect* find_dialect(std::string_view name) {
  for (const auto& dialect : dialects()) {
    if (dialect.name == name) return &dialect;
  }
  return nullptr;
}

std::optional<Field> plain_field_of(const JsonMember& member) {
  constexpr auto kNone = std::uint8_t(Field::count_of_fields);
  static_assert(kNone < JsonMember::kNotLookedUp);
  if (member.plain_field == JsonMember::kNotLookedUp) {
    const auto field = plain_field(member.key);
    member.plain_field = field ? std::uint8_t(*field) : kNone;
  }
  if (member.plain_field == kNone) return std::nullopt;
  return Field(member.plain_field);
}

const JsonMember* find_path(const JsonValue& object, std::string_view path) {
  const auto point = path.find('.');
  for (const auto& member : object.members) {
    if (member.key != path.substr(0, point)) continue;
    return point == std::string_view::npos ? &member : find_path(member.value, path.substr(point + 1));
  }
  return nullptr;
}

std::variant<const Dialect*, Finding> recognise_json(const JsonValue& value) {
  const bool is_list = value.kind == JsonValue::Kind::array && !value.items.empty();
  const JsonValue& object = is_list ? value.items.front() : value;
  if (const JsonValue* kind = object.find("kind"); kind != nullptr && kind->text == "signal") {
    return &canonical_dialect();
  }
  if (!may_be_foreign(object)) return &plain_dialect();
  const Dialect* best = nullptr;
  const Dialect* rival = nullptr;
  for (const auto& dialect : dialects()) {
    if (!bears_all(object, dialect)) continue;
    if (best == nullptr || dialect.marks.size() > best->marks.size()) {
      best = &dialect;
      rival = nullptr;
    } else if (dialect.marks.size() == best->marks.size()) {
      rival = &dialect;
    }
  }
  if (rival != nullptr) return ambiguous(*best, *rival);
  return best == nullptr ? &plain_dialect() : best;
}

std::variant<const Dialect*, Finding> recognise_text(std::string_view text) {
  text = trim(text);
  const Dialect* found = nullptr;
  for (const auto& dialect : dialects()) {
    const bool fits = dialect.shape == Shape::csv_command     ? looks_like_csv(text, dialect)
                      : dialect.shape == Shape::stub_command  ? looks_like_stub(text, dialect)
                      : dialect.shape == Shape::piped_command ? looks_like_pipes(text)
                      : dialect.shape == Shape::pairs         ? looks_like_pairs(text)
                                                              : false;
    if (!fits) continue;
    if (found != nullptr) return ambiguous(*found, dialect);
    found = &dialect;
  }
  return found;
}

const KeyRule* find_rule(const Dialect& dialect, std::string_view path) {
  for (const auto& rule : dialect.keys) {
    if (rule.path == path) return &rule;
  }
  static constexpr std::array kShared{
      KeyRule{"secret", Field::secret},       KeyRule{"token", Field::secret},
      KeyRule{"passphrase", Field::secret},   KeyRule{"segredo", Field::secret},
      KeyRule{"strategy", Field::strategy},   KeyRule{"strategy_id", Field::strategy},
      KeyRule{"signal_id", Field::author_id}, KeyRule{"alert_id", Field::author_id},
  };
  const auto shared =
      std::find_if(kShared.begin(), kShared.end(), [&](const KeyRule& rule) { return rule.path == path; });
  return shared == kShared.end() || leads_further(dialect, path) ? nullptr : &*shared;
}

bool leads_further(const Dialect& dialect, std::string_view path) {
  return std::any_of(dialect.keys.begin(), dialect.keys.end(), [&](const KeyRule& rule) {
    return rule.path.size() > path.size() && rule.path.starts_with(path) && rule.path[path.size()] == '.';
  });
}

std::string_view similar_key_of(const Dialect& dialect, std::string_view path) {
  for (const auto& rule : dialect.keys) {
    if (is_nearly(path, rule.path)) return rule.path;
  }
  return {};
}

}  // namespace tvh::wire
