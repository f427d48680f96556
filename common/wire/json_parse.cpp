// A strict parser (RFC 8259) that keeps each number's own characters and every token's place, which no library
// at hand does; tests hold it against nlohmann/json. Where it stops, BreakageFinder says why.
#include "wire/json_breakage.hpp"
#include "wire/json_value.hpp"
#include "wire/text.hpp"

namespace tvh::wire {
namespace {

void append_utf8(std::string& out, unsigned code_point) {
  const auto tail = [&](unsigned shift) { out += char(0x80u | ((code_point >> shift) & 0x3Fu)); };
  if (code_point < 0x80) {
    out += char(code_point);
  } else if (code_point < 0x800) {
    out += char(0xC0u | (code_point >> 6));
    tail(0);
  } else if (code_point < 0x10000) {
    out += char(0xE0u | (code_point >> 12));
    tail(6);
    tail(0);
  } else {
    out += char(0xF0u | (code_point >> 18));
    tail(12);
    tail(6);
    tail(0);
  }
}

class Parser {
 public:
  // The JSON text is source[begin, end of source).
  Parser(std::string_view source, std::size_t begin) : source_(source), begin_(begin), at_(begin) {}

  std::optional<JsonError> run(JsonValue& root) {
    const bool right = value(root) && (skip_space(), at_ == source_.size() || fail());
    if (right) return std::nullopt;
    if (error_.name.empty()) {
      const Breakage breakage = find_breakage(source_.substr(begin_), at_ - begin_);
      error_ = {"syntax", breakage.message, begin_ + breakage.offset};
    }
    return std::move(error_);
  }

 private:
  bool fail() const { return false; }
  bool fail_with(std::string name, std::string message, std::size_t offset) {
    error_ = {std::move(name), std::move(message), offset};
    return false;
  }

  char peek() const { return at_ < source_.size() ? source_[at_] : '\0'; }
  void skip_space() {
    // Most tokens follow at once.
    while (at_ < source_.size() && source_[at_] <= ' ' && is_space(source_[at_])) ++at_;
  }
  bool take(char expected) {
    if (peek() != expected) return false;
    ++at_;
    return true;
  }

  bool value(JsonValue& out) {
    skip_space();
    out.begin = at_;
    const bool right = token(out);
    out.end = at_;
    return right;
  }

  bool token(JsonValue& out) {
    switch (peek()) {
      case '{':
        return enter(out.begin) && object(out);
      case '[':
        return enter(out.begin) && array(out);
      case '"':
        out.kind = JsonValue::Kind::string;
        return string(out.text);
      case 't':
        out.kind = JsonValue::Kind::boolean;
        out.boolean = true;
        return word("true");
      case 'f':
        out.kind = JsonValue::Kind::boolean;
        return word("false");
      case 'n':
        return word("null");
      default:
        return number(out);
    }
  }

  bool enter(std::size_t at) {
    if (++depth_ <= kMaxDepth) return true;
    return fail_with("too_deep", "nested more than " + std::to_string(kMaxDepth) + " levels deep", at);
  }

  bool word(std::string_view expected) {
    if (!source_.substr(at_).starts_with(expected)) return false;
    at_ += expected.size();
    return true;
  }

  bool number(JsonValue& out) {
    const std::size_t length = json_number_length(source_.substr(at_));
    if (length == 0) return false;
    out.kind = JsonValue::Kind::number;
    out.text.borrow(source_.substr(at_, length));
    at_ += length;
    return true;
  }

  bool object(JsonValue& out) {
    out.kind = JsonValue::Kind::object;
    ++at_;
    skip_space();
    if (take('}')) return leave();
    out.members.reserve(depth_ == 1 ? 12 : 4);
    KeysSeen keys;
    for (;;) {
      skip_space();
      if (peek() != '"') return false;
      JsonMember& member = out.members.emplace_back();
      if (usual_member(member)) {
        if (!is_new_key(out, keys)) return false;
      } else {
        member.key_begin = at_;
        if (!string(member.key)) return false;
        member.key_end = at_;
        if (!is_new_key(out, keys)) return false;
        skip_space();
        if (!take(':') || !value(member.value)) return false;
      }
      skip_space();
      if (take(',')) continue;
      return take('}') && leave();
    }
  }

  // A member as nearly all are: "key":"text" or "key":number, without an escape or white space. False, and
  // nothing done, where it is another or none: the position is moved once instead of at every character.
  bool usual_member(JsonMember& member) {
    const std::string_view rest = source_.substr(at_);
    const std::size_t key_length = plain_json_length(rest.substr(1));
    const std::size_t value = key_length + 3;  // behind two quotes and a colon
    if (value >= rest.size() || rest[value - 2] != '"' || rest[value - 1] != ':') return false;
    const bool is_text = rest[value] == '"';
    const std::size_t begin = is_text ? value + 1 : value;
    const std::size_t length =
        is_text ? plain_json_length(rest.substr(begin)) : json_number_length(rest.substr(begin));
    const std::size_t end = begin + length + (is_text ? 1 : 0);
    if (is_text ? end > rest.size() || rest[end - 1] != '"' : length == 0) return false;
    member.key.borrow(rest.substr(1, key_length));
    member.key_begin = at_;
    member.key_end = at_ + value - 1;
    member.value.kind = is_text ? JsonValue::Kind::string : JsonValue::Kind::number;
    member.value.text.borrow(rest.substr(begin, length));
    member.value.begin = at_ + value;
    at_ += end;
    member.value.end = at_;
    return true;
  }

  // Of one object: what is not among them is new, what seems to be is looked for.
  class KeysSeen {
   public:
    bool add(std::string_view key) {
      const auto byte = [&](std::size_t at) { return unsigned(static_cast<unsigned char>(key[at])); };
      const unsigned sum = key.empty() ? 0
                                       : unsigned(key.size()) * 7 + byte(0) * 3 + byte(key.size() / 2) * 5 +
                                             byte(key.size() - 1) * 11;
      const std::uint64_t bit = std::uint64_t(1) << (sum % 64);
      const bool seen = (bits_ & bit) != 0;
      bits_ |= bit;
      return !seen;
    }

   private:
    std::uint64_t bits_ = 0;
  };

  bool is_new_key(const JsonValue& object, KeysSeen& keys) {
    const JsonMember& newest = object.members.back();
    if (!keys.add(newest.key) && object.find(newest.key) != &newest.value) {
      return fail_with("duplicate_key", "key " + shown(newest.key) + " is given twice", newest.key_begin);
    }
    if (++fields_ <= kMaxFields) return true;
    return fail_with("too_many_fields", "more than " + std::to_string(kMaxFields) + " fields",
                     newest.key_begin);
  }

  bool array(JsonValue& out) {
    out.kind = JsonValue::Kind::array;
    ++at_;
    skip_space();
    if (take(']')) return leave();
    for (;;) {
      if (!value(out.items.emplace_back())) return false;
      skip_space();
      if (take(',')) continue;
      return take(']') && leave();
    }
  }

  bool leave() {
    --depth_;
    return true;
  }

  bool string(JsonText& out) {
    const std::size_t begin = at_++;
    const std::size_t length = plain_json_length(source_.substr(at_));
    const std::string_view plain = source_.substr(at_, length);
    at_ += length;
    if (take('"')) {
      out.borrow(plain);
      return true;
    }
    std::string decoded(plain);
    while (take('\\')) {
      if (!escape(decoded, begin)) return false;
      const std::size_t next = plain_json_length(source_.substr(at_));
      decoded.append(source_, at_, next);
      at_ += next;
      if (!take('"')) continue;
      out = JsonText::copied(decoded);
      return true;
    }
    return false;
  }

  // After the backslash.
  bool escape(std::string& out, std::size_t text_begin) {
    const char c = peek();
    ++at_;
    switch (c) {
      case '"':
      case '\\':
      case '/':
        out += c;
        return true;
      case 'b':
        out += '\b';
        return true;
      case 'f':
        out += '\f';
        return true;
      case 'n':
        out += '\n';
        return true;
      case 'r':
        out += '\r';
        return true;
      case 't':
        out += '\t';
        return true;
      case 'u':
        return unicode_escape(out, text_begin);
      default:
        return false;
    }
  }

  bool unicode_escape(std::string& out, std::size_t text_begin) {
    unsigned code_point = 0;
    if (!four_digits(code_point)) return false;
    if (code_point == 0) return fail_with("nul_byte", "a NUL character (\\u0000) inside a text", text_begin);
    if (code_point >= 0xDC00 && code_point < 0xE000) return half_pair(text_begin);
    if (code_point >= 0xD800 && code_point < 0xDC00) {
      unsigned low = 0;
      if (!take('\\') || !take('u') || !four_digits(low) || low < 0xDC00 || low >= 0xE000) {
        return half_pair(text_begin);
      }
      code_point = 0x10000 + ((code_point - 0xD800) << 10) + (low - 0xDC00);
    }
    append_utf8(out, code_point);
    return true;
  }

  // Grammatical, but no character: what follows would not be valid text.
  bool half_pair(std::size_t text_begin) {
    return fail_with("syntax", "half of a \\uD83D\\uDE00 pair, which is no character", text_begin);
  }

  bool four_digits(unsigned& number) {
    for (int i = 0; i < 4; ++i, ++at_) {
      const char c = peek();
      const unsigned digit = is_digit(c)              ? unsigned(c - '0')
                             : (c >= 'a' && c <= 'f') ? unsigned(c - 'a' + 10)
                             : (c >= 'A' && c <= 'F') ? unsigned(c - 'A' + 10)
                                                      : 16u;
      if (digit > 15) return false;
      number = number * 16 + digit;
    }
    return true;
  }

  std::string_view source_;
  std::size_t begin_;
  std::size_t at_;
  std::size_t depth_ = 0;
  std::size_t fields_ = 0;
  JsonError error_;
};

}  // namespace

std::variant<JsonValue, JsonError> parse_json(std::string_view text) {
  std::variant<JsonValue, JsonError> parsed;
  if (auto error = parse_json_into(std::get<JsonValue>(parsed), text)) parsed = *std::move(error);
  return parsed;
}

std::optional<JsonError> parse_json_into(JsonValue& value, std::string_view text) {
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
  return Parser(text.substr(0, end), begin).run(value);
}

}  // namespace tvh::wire
