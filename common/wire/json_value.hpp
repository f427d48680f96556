// A parsed JSON text that keeps what money needs: each number's own characters, and where every token stood.
// Its texts are parts of the source, which must outlive it.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "wire/json_text.hpp"

namespace tvh::wire {

struct JsonMember;

struct JsonValue {
  enum class Kind { null, boolean, number, string, array, object };

  Kind kind = Kind::null;
  bool boolean = false;
  JsonText text;                    // number: its characters as sent; string: decoded UTF-8
  std::vector<JsonValue> items;     // array
  std::vector<JsonMember> members;  // object, in the order sent
  std::size_t begin = 0;            // byte offsets into the source, [begin, end)
  std::size_t end = 0;

  // The member of that exact name, or nullptr. Objects here are small; a scan beats a map.
  const JsonValue* find(std::string_view key) const;
};

struct JsonMember {
  static constexpr std::uint8_t kNotLookedUp = 0xFF;

  JsonText key;
  std::size_t key_begin = 0;
  std::size_t key_end = 0;
  JsonValue value;
  // What plain_field() said of the key; every key of every alert is asked for more than once.
  mutable std::uint8_t plain_field = kNotLookedUp;
};

// 1-based; column counts bytes, as compilers do.
struct TextPosition {
  std::size_t line = 1;
  std::size_t column = 1;
};
TextPosition position_at(std::string_view text, std::size_t offset);

struct JsonError {
  std::string name;     // "syntax", "duplicate_key", "too_deep", "too_many_fields", "invalid_utf8", "nul_byte"
  std::string message;  // "trailing comma", "key \"qty\" is given twice": for a person, no secret, no value
  std::size_t offset = 0;
};

// Bounds of DESIGN 5.2. A breach is a JsonError, found before memory is spent on the rest.
inline constexpr std::size_t kMaxAlertBytes = 64 * 1024;
inline constexpr std::size_t kMaxDepth = 32;
inline constexpr std::size_t kMaxFields = 256;  // object members in the whole text

// Strict JSON (RFC 8259) after trimming white space and a byte order mark. `text` must outlive the value.
std::variant<JsonValue, JsonError> parse_json(std::string_view text);
// The same where the value shall stand, which is as new; nothing when it is right.
std::optional<JsonError> parse_json_into(JsonValue& value, std::string_view text);
template <std::same_as<std::string> Temporary>
void parse_json(Temporary&& text) = delete;

// Compact JSON text of `value`, numbers as sent, strings escaped minimally.
void append_json(std::string& out, const JsonValue& value);
void append_json_string(std::string& out, std::string_view text);
// The same without the quotes.
void append_escaped(std::string& out, std::string_view text);

// Moves every place in `value` by `distance`: it was parsed from a part of a text.
void shift_places(JsonValue& value, std::size_t distance);

}  // namespace tvh::wire
