#include "wire/text_alert.hpp"

#include <algorithm>

#include "wire/finding_codes.hpp"
#include "wire/text.hpp"

namespace tvh::wire {
namespace {

using Parsed = std::variant<JsonValue, Finding>;

// A stretch of the text and where it stands.
struct Piece {
  std::string_view text;
  std::size_t at = 0;

  Piece part(std::size_t begin, std::size_t length = std::string_view::npos) const {
    return {text.substr(begin, length), at + begin};
  }
  Piece trimmed() const {
    const std::string_view inner = trim(text);
    return {inner, at + std::size_t(inner.data() - text.data())};
  }
};

class TextAlert {
 public:
  TextAlert(std::string_view text, const Dialect& dialect) : whole_{text, 0}, dialect_(dialect) {}

  Parsed run() {
    JsonValue value;
    switch (dialect_.shape) {
      case Shape::csv_command:
        value = csv_command(whole_);
        break;
      case Shape::stub_command:
        value = stub_commands();
        break;
      case Shape::piped_command:
        value = piped_command();
        break;
      case Shape::pairs:
      case Shape::json:
        value = pairs(whole_);
        break;
    }
    if (finding_) return *std::move(finding_);
    return value;
  }

 private:
  static JsonValue object_over(const Piece& piece) {
    JsonValue object;
    object.kind = JsonValue::Kind::object;
    object.begin = piece.at;
    object.end = piece.at + piece.text.size();
    return object;
  }

  void fail(FindingCode code, std::string message, std::size_t at) {
    if (!finding_) finding_ = make_finding(code, "", std::move(message), at);
  }

  // Takes one pair of double quotes off.
  static Piece unquoted(Piece value) {
    const bool quoted = value.text.size() >= 2 && value.text.front() == '"' && value.text.back() == '"';
    return quoted ? value.part(1, value.text.size() - 2) : value;
  }

  void add(JsonValue& object, const Piece& key, std::string name, const Piece& value) {
    if (++fields_ > kMaxFields) {
      return fail(FindingCode::too_many_fields, "more than " + std::to_string(kMaxFields) + " fields", key.at);
    }
    if (object.find(name) != nullptr) {
      return fail(FindingCode::duplicate_key, "key " + shown(name) + " is given twice", key.at);
    }
    const Piece content = unquoted(value.trimmed());
    if (has_escaped_break(content)) return;
    JsonMember member{JsonText::copied(name), key.at, key.at + key.text.size(), {}};
    member.value.kind = JsonValue::Kind::string;
    member.value.text = JsonText::borrowed(content.text);
    member.value.begin = content.at;
    member.value.end = content.at + content.text.size();
    object.members.push_back(std::move(member));
  }

  bool has_escaped_break(const Piece& piece) {
    const std::size_t at = std::min(piece.text.find("\\n"), piece.text.find("\\r"));
    if (at == std::string_view::npos) return false;
    fail(FindingCode::syntax,
         "a line break written as \\n; the text was escaped on its way, send real line breaks", piece.at + at);
    return true;
  }

  void add_pair(JsonValue& object, const Piece& piece) {
    const auto equals = piece.text.find('=');
    const Piece key = piece.part(0, equals).trimmed();
    if (equals == std::string_view::npos || key.text.empty()) {
      return fail(FindingCode::syntax, "a piece that is not key=value", piece.at);
    }
    if (has_escaped_break(key)) return;
    if (!std::all_of(key.text.begin(), key.text.end(), [](char c) {
          return is_letter(c) || is_digit(c) || c == '_' || c == '-' || c == '.' || c == ' ';
        })) {
      return fail(FindingCode::syntax, "a key that is not letters, digits and _", key.at);
    }
    add(object, key, lower(key.text), piece.part(equals + 1));
  }

  // Calls `each` for the pieces between separators that are not blank.
  template <class Each>
  static void split(const Piece& text, std::string_view separators, Each each) {
    std::size_t at = 0;
    while (at <= text.text.size()) {
      const std::size_t end = std::min(text.text.find_first_of(separators, at), text.text.size());
      const Piece piece = text.part(at, end - at).trimmed();
      if (!piece.text.empty()) each(piece);
      at = end + 1;
    }
  }

  JsonValue csv_command(const Piece& text) {
    JsonValue object = object_over(text);
    std::size_t place = 0;
    split(text, ",", [&](const Piece& piece) {
      static constexpr std::string_view kNames[] = {"licence", "command", "symbol"};
      if (place < 3) {
        add(object, piece, std::string(kNames[place++]), piece);
      } else {
        add_pair(object, piece);
      }
    });
    return object;
  }

  JsonValue stub_commands() {
    JsonValue list;
    list.kind = JsonValue::Kind::array;
    list.end = whole_.text.size();
    split(whole_, "\r\n;", [&](const Piece& line) { list.items.push_back(stub_command(line)); });
    if (list.items.size() == 1) {
      JsonValue single = std::move(list.items.front());
      return single;
    }
    return list;
  }

  JsonValue stub_command(const Piece& line) {
    JsonValue object = object_over(line);
    const std::size_t end = std::min(line.text.find_first_of(" \t"), line.text.size());
    const Piece head = line.part(0, end);
    const auto colon = head.text.find(':');
    if (colon == std::string_view::npos) {
      fail(FindingCode::syntax, "a line that does not begin with stub:command", line.at);
      return object;
    }
    add(object, head, "stub", head.part(0, colon));
    add(object, head, "command", head.part(colon + 1));
    split(line.part(end), " \t", [&](const Piece& piece) { add_pair(object, piece); });
    return object;
  }

  JsonValue piped_command() {
    JsonValue object = object_over(whole_);
    std::size_t place = 0;
    split(whole_, "|", [&](const Piece& piece) {
      if (place == 0) add(object, piece, "action", piece);
      if (place == 1) {
        const std::size_t at = std::min(piece.text.find('@'), piece.text.size());
        add(object, piece.part(0, at), "symbol", piece.part(0, at));
        if (at < piece.text.size()) add(object, piece.part(at + 1), "price", piece.part(at + 1));
      }
      if (place == 2) add(object, piece, "order_id", piece);
      ++place;
    });
    return object;
  }

  // Separators are tried from the strongest: a value may hold the weaker ones.
  JsonValue pairs(const Piece& text) {
    JsonValue object = object_over(text);
    std::string_view separators = " \t";
    for (const std::string_view candidate : {";\r\n", ","}) {
      if (text.text.find_first_of(candidate) == std::string_view::npos) continue;
      separators = candidate;
      break;
    }
    const bool one_pair = std::count(text.text.begin(), text.text.end(), '=') == 1;
    if (one_pair) separators = ";\r\n";
    split(text, separators, [&](const Piece& piece) { add_pair(object, piece); });
    return object;
  }

  Piece whole_;
  const Dialect& dialect_;
  std::size_t fields_ = 0;
  std::optional<Finding> finding_;
};

}  // namespace

std::variant<JsonValue, Finding> parse_text_alert(std::string_view text, const Dialect& dialect) {
  if (const auto nul = text.find('\0'); nul != std::string_view::npos) {
    return make_finding(FindingCode::nul_byte, "", "a NUL byte", nul);
  }
  if (const auto invalid = find_invalid_utf8(text)) {
    return make_finding(FindingCode::invalid_utf8, "", "bytes that are not UTF-8 text", *invalid);
  }
  return TextAlert(text, dialect).run();
}

}  // namespace tvh::wire
