#include "pine/lexer.hpp"

#include <algorithm>
#include <array>

#include "pine/characters.hpp"

namespace tvh::pine {
namespace {

// A string over several lines is looked for this far, so that a lost quote does not cost a walk to the end each
// time.
constexpr std::size_t kLongestString = std::size_t{128} << 10;
constexpr std::size_t kLostWalks = std::size_t{1} << 20;

constexpr std::array<std::string_view, 12> kLongSymbols{"==", "!=", "<=", ">=", ":=", "=>",
                                                        "+=", "-=", "*=", "/=", "%=", "=="};

bool begins_curly_quote(std::string_view text) {
  // “ ” ‘ ’ in UTF-8: E2 80 98, 99, 9C, 9D.
  return text.size() >= 3 && text[0] == '\xE2' && text[1] == '\x80' &&
         (text[2] == '\x98' || text[2] == '\x99' || text[2] == '\x9C' || text[2] == '\x9D');
}

class Lexer {
 public:
  Lexer(std::string_view source, Findings& findings) : source_(source), findings_(findings) {}

  TokenList read() {
    // A byte order mark is nothing; offsets stay those of the file.
    if (source_.starts_with("\xEF\xBB\xBF")) at_ = 3;
    begin_line();
    while (at_ < source_.size()) step();
    if (!brackets_.empty()) {
      findings_.add(FindingId::bracket_unclosed, brackets_.front(),
                    shown(source_.substr(brackets_.front(), 1)) + " is not closed");
    }
    add(TokenKind::new_line, at_);
    add(TokenKind::end, at_);
    return std::move(list_);
  }

 private:
  void add(TokenKind kind, std::size_t end, std::uint32_t indent = 0) {
    list_.tokens.push_back({kind, static_cast<std::uint32_t>(at_), static_cast<std::uint32_t>(end), indent});
    at_ = end;
  }

  char next(std::size_t ahead) const { return at_ + ahead < source_.size() ? source_[at_ + ahead] : '\0'; }

  void step() {
    const char c = source_[at_];
    if (c == '\n' || c == '\r') {
      at_ += c == '\r' && next(1) == '\n' ? std::size_t{2} : std::size_t{1};
      return begin_line();
    }
    if (is_blank(c)) {
      ++at_;
    } else if (c == '/' && next(1) == '/') {
      read_comment();
    } else if (c == '"' || c == '\'') {
      read_string(c);
    } else if (begins_name(c)) {
      read_name();
    } else if (is_digit(c) || (c == '.' && is_digit(next(1)))) {
      read_number();
    } else if (c == '#') {
      std::size_t end = at_ + 1;
      while (end < source_.size() && continues_name(source_[end])) ++end;
      add(TokenKind::color, end);
    } else if (begins_curly_quote(source_.substr(at_))) {
      findings_.add(FindingId::curly_quote, at_, "a curly quote in the code");
      add(TokenKind::other, at_ + 3);
    } else {
      read_symbol(c);
    }
  }

  // At the first byte of a line: says whether it begins a statement or goes on with one.
  void begin_line() {
    std::size_t end = at_;
    std::uint32_t indent = 0;
    while (end < source_.size() && is_blank(source_[end])) indent += source_[end++] == '\t' ? 4U : 1U;
    const bool is_empty = end >= source_.size() || source_[end] == '\n' || source_[end] == '\r';
    const bool is_comment = end + 1 < source_.size() && source_[end] == '/' && source_[end + 1] == '/' &&
                            source_.substr(end, 3) != "//@";
    if (is_empty || is_comment || !brackets_.empty()) {
      at_ = end;
      return;
    }
    // Outside of brackets a line goes on when its indentation is no multiple of 4, or when there has to come
    // more.
    const bool goes_on = !list_.tokens.empty() && (indent % 4 != 0 || wants_more());
    at_ = end;
    if (!goes_on) add(TokenKind::new_line, at_, indent);
  }

  bool wants_more() const {
    const Token& last = list_.tokens.back();
    if (last.kind == TokenKind::name) {
      const auto word = source_.substr(last.begin, last.end - last.begin);
      return word == "and" || word == "or" || word == "not";
    }
    if (last.kind != TokenKind::symbol) return false;
    const auto symbol = source_.substr(last.begin, last.end - last.begin);
    return symbol != "=>" && symbol != ")" && symbol != "]" && symbol != "." && symbol != "}" && symbol != "{";
  }

  void read_comment() {
    const std::size_t line_end = std::min(source_.find_first_of("\r\n", at_), source_.size());
    const auto text = source_.substr(at_, line_end - at_);
    if (!text.starts_with("//@")) {
      at_ = line_end;
      return;
    }
    read_version(text);
    add(TokenKind::annotation, line_end);
  }

  void read_version(std::string_view text) {
    constexpr std::string_view kVersion = "//@version=";
    std::string compact;
    for (const char c : text.substr(0, 32)) {
      if (!is_blank(c)) compact += c;
    }
    if (!compact.starts_with(kVersion) || compact.size() == kVersion.size()) return;
    const char digit = compact[kVersion.size()];
    if (digit >= '1' && digit <= '9') list_.version = digit - '0';
  }

  void read_name() {
    std::size_t end = at_;
    while (end < source_.size() && continues_name(source_[end])) ++end;
    add(TokenKind::name, end);
  }

  void read_number() {
    std::size_t end = at_;
    while (end < source_.size() && (is_digit(source_[end]) || source_[end] == '.')) ++end;
    if (end < source_.size() && (source_[end] == 'e' || source_[end] == 'E')) {
      std::size_t digits = end + 1;
      if (digits < source_.size() && (source_[digits] == '+' || source_[digits] == '-')) ++digits;
      if (digits < source_.size() && is_digit(source_[digits])) {
        end = digits;
        while (end < source_.size() && is_digit(source_[end])) ++end;
      }
    }
    add(TokenKind::number, end);
  }

  void read_symbol(char c) {
    constexpr std::size_t kMostBrackets = 4096;
    const auto two = source_.substr(at_, 2);
    if (std::find(kLongSymbols.begin(), kLongSymbols.end(), two) != kLongSymbols.end()) {
      return add(TokenKind::symbol, at_ + 2);
    }
    constexpr std::string_view kSymbols = "+-*/%<>=?:,.()[]{}";
    if (kSymbols.find(c) == std::string_view::npos) return add(TokenKind::other, at_ + 1);
    if ((c == '(' || c == '[') && brackets_.size() < kMostBrackets) brackets_.push_back(at_);
    if ((c == ')' || c == ']') && !brackets_.empty()) brackets_.pop_back();
    add(TokenKind::symbol, at_ + 1);
  }

  // ---- strings

  void read_string(char quote) {
    const std::string triple(3, quote);
    if (source_.substr(at_, 3) == triple) {
      const auto end = find_triple_end(quote);
      if (end != std::string_view::npos) return add(TokenKind::string, end);
      return lost_string(quote);
    }
    const std::size_t most = lost_walks_ < kLostWalks ? kLongestString : 0;
    bool is_wrapped = false;
    bool is_indented = true;
    for (std::size_t i = at_ + 1; i < source_.size(); ++i) {
      const char c = source_[i];
      if (c == '\n' || c == '\r') {
        if (i - at_ > most) break;
        is_wrapped = true;
        const char after = i + 1 < source_.size() ? source_[i + 1] : ' ';
        if (!is_space(after)) is_indented = false;
      } else if (c == '\\' && i + 1 < source_.size() && source_[i + 1] != '\n' && source_[i + 1] != '\r') {
        ++i;
      } else if (c == quote) {
        if (is_wrapped) tell_wrapped(is_indented, i);
        return add(TokenKind::string, i + 1);
      }
      if (is_wrapped && i - at_ > most) break;
    }
    lost_string(quote);
  }

  std::size_t find_triple_end(char quote) const {
    const std::size_t most = std::min(source_.size(), at_ + kLongestString);
    if (lost_walks_ >= kLostWalks) return std::string_view::npos;
    for (std::size_t i = at_ + 3; i + 2 < most; ++i) {
      if (source_[i] == '\\') {
        ++i;
      } else if (source_[i] == quote && source_[i + 1] == quote && source_[i + 2] == quote) {
        return i + 3;
      }
    }
    return std::string_view::npos;
  }

  // Of several that follow each other, one ending on the line where the next begins, the first is told.
  void tell_wrapped(bool is_indented, std::size_t end) {
    const bool goes_on = wrapped_end_ != 0 &&
                         source_.substr(wrapped_end_, at_ - wrapped_end_).find('\n') == std::string_view::npos;
    wrapped_end_ = end;
    if (goes_on) return;
    if (is_indented) {
      findings_.add(FindingId::string_wrapped, at_, "this string goes on in the next line");
    } else {
      findings_.add(FindingId::string_not_indented, at_,
                    "this string goes on in a line that is not indented; read as one space each");
    }
  }

  // The rest of its line is the string; reading goes on behind it.
  void lost_string(char quote) {
    lost_walks_ += kLongestString / 4;
    findings_.add(FindingId::string_unclosed, at_, std::string("no closing ") + quote + " for this string");
    add(TokenKind::string, std::min(source_.find_first_of("\r\n", at_), source_.size()));
  }

  std::string_view source_;
  Findings& findings_;
  TokenList list_;
  std::vector<std::size_t> brackets_;
  std::size_t at_ = 0;
  std::size_t lost_walks_ = 0;
  std::size_t wrapped_end_ = 0;  // of the last string that was told to be wrapped, 0 before the first
};

class StringDecoder {
 public:
  StringDecoder(std::string_view source, const Token& token, std::size_t most) : source_(source), most_(most) {
    at_ = token.begin;
    end_ = token.end;
    const char quote = at_ < end_ ? source_[at_] : '"';
    const bool is_triple = end_ - at_ >= 6 && source_.substr(at_, 3) == std::string(3, quote);
    is_triple_ = is_triple;
    const std::size_t width = is_triple ? 3 : 1;
    at_ += width;
    // A lost string has no closing quote.
    if (end_ >= at_ + width && source_[end_ - 1] == quote) end_ -= width;
    end_ = std::max(end_, at_);
  }

  Text decode() {
    while (at_ < end_ && text_.bytes.size() < most_) step();
    return std::move(text_);
  }

 private:
  void put(char c, std::size_t origin) { text_.append(c, static_cast<std::uint32_t>(origin), 0); }

  void step() {
    const std::size_t origin = at_;
    const char c = source_[at_++];
    if (c == '\\' && at_ < end_) {
      // Before any other character the backslash is dropped.
      const char escaped = source_[at_++];
      put(escaped == 'n' ? '\n' : escaped == 't' ? '\t' : escaped, origin);
    } else if (c == '\n' || c == '\r') {
      if (c == '\r' && at_ < end_ && source_[at_] == '\n') ++at_;
      if (!is_triple_) {
        while (at_ < end_ && is_space(source_[at_])) ++at_;
      }
      put(is_triple_ ? '\n' : ' ', origin);
    } else {
      put(c, origin);
    }
  }

  std::string_view source_;
  std::size_t most_;
  std::size_t at_ = 0;
  std::size_t end_ = 0;
  bool is_triple_ = false;
  Text text_;
};

}  // namespace

TokenList read_tokens(std::string_view source, Findings& findings) {
  if (source.size() > kMostSourceBytes) {
    findings.add(FindingId::script_too_large, kMostSourceBytes, "the script is longer than 2 MiB");
    source = source.substr(0, kMostSourceBytes);
  }
  return Lexer(source, findings).read();
}

Text decode_string(std::string_view source, const Token& token, std::size_t most) {
  return StringDecoder(source, token, most).decode();
}

}  // namespace tvh::pine
