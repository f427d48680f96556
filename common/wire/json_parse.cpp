#include <nlohmann/json.hpp>

#include "wire/json_breakage.hpp"
#include "wire/json_value.hpp"
#include "wire/text.hpp"

namespace tvh::wire {
namespace {

using nlohmann::json;

// Builds the value from nlohmann's events. The events carry no places and turn numbers into doubles, so both
// are taken from the source: each token begins where the one before ended, after white space, commas and
// colons.
class ValueBuilder {
 public:
  // The JSON text is source[begin, end of source).
  ValueBuilder(std::string_view source, std::size_t begin) : source_(source), begin_(begin), cursor_(begin) {
    open_.reserve(8);
  }

  bool null() { return add(JsonValue::Kind::null, 4) != nullptr; }
  bool boolean(bool truth) {
    JsonValue* value = add(JsonValue::Kind::boolean, truth ? 4 : 5);
    value->boolean = truth;
    return true;
  }
  bool number_integer(json::number_integer_t) { return number(); }
  bool number_unsigned(json::number_unsigned_t) { return number(); }
  bool number_float(json::number_float_t, const std::string&) { return number(); }

  bool string(std::string& text) {
    JsonValue* value = add(JsonValue::Kind::string, string_length(next_token()));
    value->text = std::move(text);
    return value->text.find('\0') == std::string::npos || fail_nul(value->begin);
  }
  bool binary(json::binary_t&) { return false; }

  bool start_object(std::size_t) { return start(JsonValue::Kind::object); }
  bool start_array(std::size_t) { return start(JsonValue::Kind::array); }
  bool end_object() { return finish(); }
  bool end_array() { return finish(); }

  bool key(std::string& name) {
    const std::size_t begin = next_token();
    cursor_ = begin + string_length(begin);
    if (name.find('\0') != std::string::npos) return fail_nul(begin);
    if (open_.back()->find(name) != nullptr) {
      error_ = {"duplicate_key", "key " + shown(name) + " is given twice", begin};
      return false;
    }
    if (++fields_ > kMaxFields) {
      error_ = {"too_many_fields", "more than " + std::to_string(kMaxFields) + " fields", begin};
      return false;
    }
    open_.back()->members.push_back({std::move(name), begin, cursor_, {}});
    return true;
  }

  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception& exception) {
    constexpr int kNumberOverflow = 406;
    overflowed_ = exception.id == kNumberOverflow;
    const Breakage breakage = find_breakage(source_.substr(begin_), position == 0 ? 0 : position - 1);
    error_ = {"syntax", breakage.message, begin_ + breakage.offset};
    return false;
  }

  bool has_overflowed() const { return overflowed_; }
  JsonError take_error() { return std::move(error_); }
  JsonValue take_root() { return std::move(root_); }

 private:
  std::size_t next_token() const {
    std::size_t at = cursor_;
    while (is_space(source_[at]) || source_[at] == ',' || source_[at] == ':') ++at;
    return at;
  }

  // Of the string token that begins at `begin`, quotes included. The parser has seen its end.
  std::size_t string_length(std::size_t begin) const {
    const std::size_t quote = source_.find('"', begin + 1);
    const std::string_view content = source_.substr(begin + 1, quote - begin - 1);
    if (content.find('\\') == std::string_view::npos) return quote + 1 - begin;
    std::size_t at = begin + 1;
    while (source_[at] != '"') at += source_[at] == '\\' ? 2u : 1u;
    return at + 1 - begin;
  }

  JsonValue* add(JsonValue::Kind kind, std::size_t length) {
    JsonValue* value = &root_;
    if (!open_.empty()) {
      JsonValue& parent = *open_.back();
      value =
          parent.kind == JsonValue::Kind::array ? &parent.items.emplace_back() : &parent.members.back().value;
    }
    value->kind = kind;
    value->begin = next_token();
    value->end = cursor_ = value->begin + length;
    return value;
  }

  bool number() {
    const std::string_view rest = source_.substr(next_token());
    const std::size_t length = json_number_length(rest);
    add(JsonValue::Kind::number, length)->text = rest.substr(0, length);
    return true;
  }

  bool start(JsonValue::Kind kind) {
    JsonValue* value = add(kind, 1);
    if (open_.size() == kMaxDepth) {
      error_ = {"too_deep", "nested more than " + std::to_string(kMaxDepth) + " levels deep", value->begin};
      return false;
    }
    if (kind == JsonValue::Kind::object) value->members.reserve(open_.empty() ? 12 : 4);
    // Stays where it is while it is open: only the innermost container grows.
    open_.push_back(value);
    return true;
  }

  bool finish() {
    const std::size_t closing = next_token();
    open_.back()->end = cursor_ = closing + 1;
    open_.pop_back();
    return true;
  }

  bool fail_nul(std::size_t at) {
    error_ = {"nul_byte", "a NUL character (\\u0000) inside a text", at};
    return false;
  }

  std::string_view source_;
  std::size_t begin_;
  std::size_t cursor_;  // end of the last token
  JsonValue root_;
  std::vector<JsonValue*> open_;
  std::size_t fields_ = 0;
  bool overflowed_ = false;
  JsonError error_;
};

// nlohmann refuses numbers that overflow a double (1e400). They must get as far as the field's own check, so
// they, and whatever else might overflow, are given to it as 0; their text is read from the source anyway.
std::string without_big_numbers(std::string_view text) {
  std::string copy(text);
  bool in_string = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '"') {
      in_string = !in_string;
    } else if (in_string) {
      if (c == '\\') ++at;
    } else if (is_digit(c) || c == '-') {
      const std::size_t length = json_number_length(text.substr(at));
      if (length == 0) continue;
      const std::string_view number = text.substr(at, length);
      if (length > 18 || number.find_first_of("eE") != std::string_view::npos) {
        copy.replace(at, length, std::string(length, ' '));
        copy[at] = '0';
      }
      at += length - 1;
    }
  }
  return copy;
}

}  // namespace

std::variant<JsonValue, JsonError> parse_json(std::string_view text) {
  std::size_t begin = text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
  while (begin < text.size() && is_space(text[begin])) ++begin;
  std::size_t end = text.size();
  while (end > begin && is_space(text[end - 1])) --end;
  const std::string_view source = text.substr(begin, end - begin);

  if (const auto nul = source.find('\0'); nul != std::string_view::npos) {
    return JsonError{"nul_byte", "a NUL byte", begin + nul};
  }
  if (const auto invalid = find_invalid_utf8(source)) {
    return JsonError{"invalid_utf8", "bytes that are not UTF-8 text", begin + *invalid};
  }
  if (source.starts_with("\xEF\xBB\xBF")) return JsonError{"syntax", "a byte order mark too many", begin};
  ValueBuilder builder(text.substr(0, end), begin);
  if (json::sax_parse(source.data(), source.data() + source.size(), &builder)) return builder.take_root();
  if (!builder.has_overflowed()) return builder.take_error();
  const std::string tamed = without_big_numbers(source);
  ValueBuilder second(text.substr(0, end), begin);
  if (json::sax_parse(tamed.data(), tamed.data() + tamed.size(), &second)) return second.take_root();
  return second.take_error();
}

}  // namespace tvh::wire
