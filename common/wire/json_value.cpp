#include "wire/json_value.hpp"

#include <algorithm>

#include "wire/text.hpp"

namespace tvh::wire {

const JsonValue* JsonValue::find(std::string_view key) const {
  for (const auto& member : members) {
    if (is_same_short(member.key, key)) return &member.value;
  }
  return nullptr;
}

TextPosition position_at(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, std::min(offset, text.size()));
  const auto newline = before.rfind('\n');
  TextPosition position;
  position.line += std::size_t(std::count(before.begin(), before.end(), '\n'));
  position.column += newline == std::string_view::npos ? before.size() : before.size() - newline - 1;
  return position;
}

void shift_places(JsonValue& value, std::size_t distance) {
  if (distance == 0) return;
  value.begin += distance;
  value.end += distance;
  for (auto& item : value.items) shift_places(item, distance);
  for (auto& member : value.members) {
    member.key_begin += distance;
    member.key_end += distance;
    shift_places(member.value, distance);
  }
}

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  append_escaped(out, text);
  out += '"';
}

void append_escaped(std::string& out, std::string_view text) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::size_t plain = 0;  // start of the stretch that needs no escape
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\') continue;
    out += text.substr(plain, i - plain);
    plain = i + 1;
    out += '\\';
    switch (c) {
      case '"':
      case '\\':
        out += c;
        break;
      case '\n':
        out += 'n';
        break;
      case '\r':
        out += 'r';
        break;
      case '\t':
        out += 't';
        break;
      default:
        out += "u00";
        out += kDigits[static_cast<unsigned char>(c) >> 4];
        out += kDigits[static_cast<unsigned char>(c) & 15];
    }
  }
  out += text.substr(plain);
}

void append_json(std::string& out, const JsonValue& value) {
  switch (value.kind) {
    case JsonValue::Kind::null:
      out += "null";
      return;
    case JsonValue::Kind::boolean:
      out += value.boolean ? "true" : "false";
      return;
    case JsonValue::Kind::number:
      out += value.text;
      return;
    case JsonValue::Kind::string:
      append_json_string(out, value.text);
      return;
    case JsonValue::Kind::array: {
      out += '[';
      for (const auto& item : value.items) {
        if (&item != &value.items.front()) out += ',';
        append_json(out, item);
      }
      out += ']';
      return;
    }
    case JsonValue::Kind::object: {
      out += '{';
      for (const auto& member : value.members) {
        if (&member != &value.members.front()) out += ',';
        append_json_string(out, member.key);
        out += ':';
        append_json(out, member.value);
      }
      out += '}';
      return;
    }
  }
}

}  // namespace tvh::wire
