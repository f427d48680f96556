#include "wire/json_breakage.hpp"

#include <array>
#include <optional>

#include "wire/alert_fields.hpp"
#include "wire/text.hpp"

namespace tvh::wire {
namespace {

constexpr std::array<std::string_view, 11> kSmartQuotes{"“", "”", "„", "‟", "‘", "’", "‚", "«", "»", "″", "＂"};
constexpr std::array<std::string_view, 6> kNoNumbers{"nan", "infinity", "-infinity", "inf", "-inf", "na"};
constexpr std::array<std::string_view, 5> kOtherLiterals{"true", "false", "none", "undefined", "null"};

// A strict walk over the grammar that stops at the first mistake. Deeper than the parser's bound it never gets.
class BreakageFinder {
 public:
  explicit BreakageFinder(std::string_view text) : text_(text) {}

  std::optional<Breakage> run() {
    skip_space();
    if (at_end()) return Breakage{"the message is empty; expected a JSON object", 0};
    const bool begins_with_quote = peek() == '"';
    if (!begins_as_json()) return found_;
    if (!value()) return found_;
    skip_space();
    if (at_end()) return std::nullopt;
    if (begins_with_quote && peek() == ':') {
      return Breakage{"the braces { } around the fields are missing", 0};
    }
    if (peek() == '}' || peek() == ']') {
      report(std::string("one ") + peek() + " too many");
    } else if (!common_mistake()) {
      report(peek() == '{' ? "a second object; one message is one alert" : "text after the end of the JSON");
    }
    return found_;
  }

 private:
  bool at_end() const { return at_ >= text_.size(); }
  char peek() const { return at_end() ? '\0' : text_[at_]; }
  std::string_view rest() const { return text_.substr(at_); }
  void skip_space() {
    while (!at_end() && is_space(peek())) ++at_;
  }

  // Always false, so that callers can return it.
  bool report(std::string message) { return report_at(std::move(message), at_); }
  bool report_at(std::string message, std::size_t offset) {
    if (!found_) found_ = Breakage{std::move(message), offset};
    return false;
  }

  std::string of_field() const { return key_.empty() ? std::string("a value") : "the value of " + shown(key_); }

  bool begins_as_json() {
    const char c = peek();
    if (c == '{' || c == '[' || c == '"') return true;
    if (common_mistake()) return false;
    return report(
        "not JSON: expected an object in braces, such as {\"action\":\"buy\",\"symbol\":\"BTCUSDT\",…}");
  }

  bool value() {
    const char c = peek();
    if (++depth_ > 64) return report("nested too deep");
    bool ok = false;
    if (c == '{') {
      ok = object();
    } else if (c == '[') {
      ok = array();
    } else if (c == '"') {
      ok = string(nullptr);
    } else if (c == '-' || is_digit(c)) {
      ok = number();
    } else if (rest().starts_with("true") || rest().starts_with("null")) {
      ok = word(4);
    } else if (rest().starts_with("false")) {
      ok = word(5);
    } else {
      ok = bad_value();
    }
    --depth_;
    return ok;
  }

  bool object() {
    if (placeholder()) return false;
    const std::size_t begin = at_++;
    for (bool first = true;; first = false) {
      skip_space();
      if (peek() == '}' && !at_end()) {
        if (!first) return report("trailing comma");
        ++at_;
        return true;
      }
      if (at_end()) return report_end("}", begin);
      if (!key() || !colon()) return false;
      skip_space();
      if (at_end()) return report_end("}", begin);
      if (!value()) return false;
      skip_space();
      if (peek() == ',') {
        ++at_;
        continue;
      }
      if (peek() == '}' && !at_end()) {
        ++at_;
        return true;
      }
      if (at_end()) return report_end("}", begin);
      return bad_separator('}');
    }
  }

  bool array() {
    const std::size_t begin = at_++;
    key_.clear();
    for (bool first = true;; first = false) {
      skip_space();
      if (peek() == ']' && !at_end()) {
        if (!first) return report("trailing comma");
        ++at_;
        return true;
      }
      if (at_end()) return report_end("]", begin);
      if (!value()) return false;
      skip_space();
      if (peek() == ',') {
        ++at_;
        continue;
      }
      if (peek() == ']' && !at_end()) {
        ++at_;
        return true;
      }
      if (at_end()) return report_end("]", begin);
      return bad_separator(']');
    }
  }

  bool report_end(const std::string& bracket, std::size_t) {
    return report("the message ends before its closing " + bracket);
  }

  bool key() {
    if (peek() == '"') {
      key_.clear();
      last_was_number_ = false;
      return string(&key_);
    }
    if (common_mistake()) return false;
    if (peek() == ',') return report("a comma too many");
    if (is_digit(peek()) && last_was_number_) {
      return report("a number with a thousands separator (" + of_field() + "); write it without");
    }
    if (is_letter(peek()) || peek() == '_') return report("a field name without double quotes");
    return report("expected a field name in double quotes");
  }

  bool colon() {
    skip_space();
    if (peek() == ':') {
      ++at_;
      return true;
    }
    if (at_end()) return report("the message ends after a field name");
    if (peek() == '=') return report("= where JSON has a colon");
    return report("missing colon after " + shown(key_));
  }

  bool string(std::string* content) {
    const std::size_t begin = at_++;
    while (!at_end() && peek() != '"') {
      const char c = peek();
      if (static_cast<unsigned char>(c) < 0x20) {
        return report(c == '\n' || c == '\r' ? "a line break inside a text; write \\n, or close the quotes"
                                             : "a control character inside a text");
      }
      if (c == '\\' && !escape()) return false;
      if (content != nullptr) *content += peek();
      ++at_;
    }
    if (at_end()) return report_at("a text whose closing double quote is missing", begin);
    ++at_;
    return true;
  }

  // Leaves the position on the escape's last character.
  bool escape() {
    const std::size_t begin = at_++;
    if (at_end()) return report_at("a text whose closing double quote is missing", begin);
    if (std::string_view("\"\\/bfnrt").find(peek()) != std::string_view::npos) return true;
    if (peek() == 'u') {
      for (int i = 0; i < 4; ++i) {
        ++at_;
        const char c = lower(rest().substr(0, 1)).c_str()[0];
        if (at_end() || !(is_digit(c) || (c >= 'a' && c <= 'f'))) {
          return report_at("\\u inside a text needs four hexadecimal digits", begin);
        }
      }
      return true;
    }
    return report_at("a backslash inside a text that starts no JSON escape; write \\\\", begin);
  }

  bool number() {
    const std::size_t length = json_number_length(rest());
    const std::size_t begin = at_;
    at_ += length;
    last_was_number_ = true;
    const char next = peek();
    if (length == 0) {
      for (const auto name : kNoNumbers) {
        if (equals_ignoring_case(rest().substr(0, name.size()), name)) return not_a_number();
      }
      return report("a minus sign without a number (" + of_field() + ")");
    }
    if (at_end() || is_space(next) || next == ',' || next == '}' || next == ']') return true;
    if (next == '/' || next == '"' || next == '{' || next == '[' || next == ':' || next == ';') return true;
    if (is_digit(next)) return report_at("a number that begins with 0 (" + of_field() + ")", begin);
    if (next == '.') return report_at("a number that ends with a point (" + of_field() + ")", begin);
    return report_at("a number with something stuck to it (" + of_field() +
                         "); write a plain number, or text in double quotes",
                     begin);
  }

  bool word(std::size_t length) {
    const char next = at_ + length < text_.size() ? text_[at_ + length] : ' ';
    if (is_letter(next) || is_digit(next) || next == '_') return unquoted_text();
    at_ += length;
    return true;
  }

  bool bad_value() {
    const char c = peek();
    if (common_mistake()) return false;
    if (c == ',' || c == '}' || c == ']') return report(of_field() + " is missing");
    if (c == '+' || c == '.') {
      return report("a number that begins with " + std::string(1, c) + " (" + of_field() + ")");
    }
    for (const auto name : kNoNumbers) {
      if (equals_ignoring_case(rest().substr(0, name.size()), name) && !continues_word(name.size())) {
        return not_a_number();
      }
    }
    for (const auto name : kOtherLiterals) {
      if (equals_ignoring_case(rest().substr(0, name.size()), name) && !continues_word(name.size())) {
        return report(std::string(rest().substr(0, name.size())) + " as " + of_field() +
                      "; JSON writes true, false and null, in lower case");
      }
    }
    return unquoted_text();
  }

  bool continues_word(std::size_t length) const {
    const char next = at_ + length < text_.size() ? text_[at_ + length] : ' ';
    return is_letter(next) || is_digit(next) || next == '_' || next == '.' || next == ':';
  }

  // Never shows the text: it may be a secret somebody forgot to quote.
  bool unquoted_text() { return report(of_field() + " is text without double quotes"); }

  bool not_a_number() {
    return report(of_field() +
                  " is NaN or infinite, which JSON has no number for; a plot without a value does that: "
                  "put its placeholder in quotes, or see in Pine that it has one");
  }

  // After a complete value, where a comma or `closing` should be.
  bool bad_separator(char closing) {
    if (common_mistake()) return false;
    const char c = peek();
    if (c == ';') return report("a semicolon where JSON has a comma");
    if (c == ':' && closing == '}') return report("a colon too many");
    if (c == '}' || c == ']') return report(std::string("a ") + c + " where a " + closing + " closes");
    if (c == '"') {
      const auto end = text_.find('"', at_ + 1);
      const bool is_key = closing == '}' && end != std::string_view::npos && colon_follows(end + 1);
      return report("missing comma" + (is_key ? " before " + shown(text_.substr(at_ + 1, end - at_ - 1)) : "") +
                    (is_key || closing == ']' ? "" : ", or a double quote inside a text without a backslash"));
    }
    if (c == '{' || c == '[' || c == '-' || is_digit(c)) return report("missing comma");
    const bool after_text = at_ > 0 && text_[at_ - 1] == '"';
    return report("text after " + of_field() + "; expected a comma or a closing " + closing +
                  (after_text ? ", or a backslash before a double quote inside a text" : ""));
  }

  bool colon_follows(std::size_t at) const {
    while (at < text_.size() && is_space(text_[at])) ++at;
    return at < text_.size() && text_[at] == ':';
  }

  // Mistakes that may stand anywhere outside a text. True when one was found and reported.
  bool common_mistake() {
    for (const auto quote : kSmartQuotes) {
      if (rest().starts_with(quote)) {
        report("smart quotes; JSON needs plain double quotes (\")");
        return true;
      }
    }
    if (peek() == '\'' || peek() == '`') {
      report("single quotes; JSON needs double quotes (\")");
      return true;
    }
    if (rest().starts_with("//") || rest().starts_with("/*") || peek() == '#') {
      report("a comment; JSON has none, delete it");
      return true;
    }
    return placeholder();
  }

  bool placeholder() {
    if (!rest().starts_with("{{")) return false;
    const auto end = rest().find("}}");
    if (end == std::string_view::npos || rest().find('\n') < end) return false;
    std::string name = shown(rest().substr(0, end + 2));
    report("placeholder " + name.substr(1, name.size() - 2) + " was not substituted; " +
           placeholder_reason(rest().substr(0, end + 2)));
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
  std::string key_;  // of the value being read
  bool last_was_number_ = false;
  std::optional<Breakage> found_;
};

}  // namespace

Breakage find_breakage(std::string_view text, std::size_t fallback_offset) {
  if (auto breakage = BreakageFinder(text).run()) return *std::move(breakage);
  return {"not JSON", fallback_offset};
}

}  // namespace tvh::wire
