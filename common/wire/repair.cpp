#include "wire/repair.hpp"

#include <algorithm>
#include <array>

#include "wire/text.hpp"

namespace tvh::wire {
namespace {

constexpr std::size_t kMostRepairs = 64;
constexpr std::array<std::string_view, 9> kDoubleQuotes{"“", "”", "„", "‟", "«", "»", "″", "＂", "``"};
constexpr std::array<std::string_view, 5> kSingleQuotes{"'", "‘", "’", "‚", "`"};

// The longest of `candidates` at the front of `text`; "" when none is there.
template <std::size_t Count>
std::string_view quote_of(const std::array<std::string_view, Count>& candidates, std::string_view text) {
  for (const auto quote : candidates) {
    if (text.starts_with(quote)) return quote;
  }
  return {};
}

class Mender {
 public:
  explicit Mender(std::string_view text) : text_(text) {}

  Mended run() {
    if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
    skip_blanks();
    if (quote_length() > 0) {
      note("braces { } put around the fields", at_);
      mended_ += '{';
      open_ += '{';
    }
    while (at_ < text_.size()) step();
    close_all();
    if (repairs_.empty()) return {std::string(text_), {}};
    return {std::move(mended_), std::move(repairs_)};
  }

 private:
  std::string_view rest() const { return text_.substr(at_); }
  void note(std::string message, std::size_t offset) {
    if (repairs_.size() < kMostRepairs) repairs_.push_back({std::move(message), offset});
  }

  // Of the quote at the place, plain, smart or single; 0 when there is none.
  std::size_t quote_length() const {
    if (rest().starts_with('"')) return 1;
    return std::max(quote_of(kDoubleQuotes, rest()).size(), quote_of(kSingleQuotes, rest()).size());
  }

  void skip_blanks() {
    for (;;) {
      while (at_ < text_.size() && is_space(text_[at_])) ++at_;
      const std::size_t begin = at_;
      if (rest().starts_with("//") || rest().starts_with('#')) {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else if (rest().starts_with("/*")) {
        const auto end = text_.find("*/", at_ + 2);
        at_ = end == std::string_view::npos ? text_.size() : end + 2;
      } else {
        return;
      }
      note("comment removed", begin);
    }
  }

  // One token and the white space after it.
  void step() {
    const char c = text_[at_];
    if (c == '{' || c == '[') {
      before_value();
      mended_ += c;
      open_ += c;
      ended_value_ = false;
      ++at_;
    } else if (c == '}' || c == ']') {
      close(c);
    } else if (c == ',' || c == ';') {
      if (c == ';') note("semicolon made a comma", at_);
      comma_at_ = at_;
      pending_comma_ = true;
      ended_value_ = false;
      ++at_;
    } else if (c == ':' || c == '=') {
      if (c == '=') note("= made a colon", at_);
      mended_ += ':';
      ended_value_ = false;
      ++at_;
    } else if (const std::size_t quote = quote_length(); quote > 0) {
      before_value();
      text_token(quote);
      ended_value_ = true;
    } else {
      before_value();
      bare_token();
      ended_value_ = true;
    }
    skip_blanks();
  }

  void before_value() {
    if (pending_comma_) {
      mended_ += ',';
    } else if (ended_value_) {
      note("missing comma added", at_);
      mended_ += ',';
    }
    pending_comma_ = false;
  }

  void close(char bracket) {
    if (pending_comma_) note("trailing comma removed", comma_at_);
    pending_comma_ = false;
    const char opening = bracket == '}' ? '{' : '[';
    if (!open_.empty() && open_.back() == opening) {
      open_.pop_back();
      mended_ += bracket;
    } else {
      note(std::string("superfluous ") + bracket + " removed", at_);
    }
    ended_value_ = true;
    ++at_;
  }

  void close_all() {
    if (pending_comma_) note("trailing comma removed", comma_at_);
    while (!open_.empty()) {
      const char bracket = open_.back() == '{' ? '}' : ']';
      note(std::string("missing ") + bracket + " added", text_.size());
      mended_ += bracket;
      open_.pop_back();
    }
  }

  // A text ends at a quote of its own kind that is followed by what may follow a text.
  void text_token(std::size_t quote) {
    const bool is_plain = text_[at_] == '"';
    const bool is_single = !is_plain && quote_of(kDoubleQuotes, rest()).empty();
    if (!is_plain) note(is_single ? "single quotes made double ones" : "smart quotes made plain ones", at_);
    const std::size_t begin = at_;
    at_ += quote;
    mended_ += '"';
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '\\' && at_ + 1 < text_.size()) {
        mended_ += text_.substr(at_, 2);
        at_ += 2;
        continue;
      }
      const std::size_t here = closing_length(is_plain, is_single);
      if (here > 0) {
        at_ += here;
        mended_ += '"';
        return;
      }
      if (c == '"') {
        mended_ += "\\\"";
        ++at_;
      } else if (static_cast<unsigned char>(c) < 0x20) {
        note("line break or control character inside a text escaped", at_);
        mended_ += c == '\n' ? "\\n" : c == '\r' ? "\\r" : c == '\t' ? "\\t" : " ";
        ++at_;
      } else {
        mended_ += c;
        ++at_;
      }
    }
    note("missing closing quote added", begin);
    mended_ += '"';
  }

  std::size_t closing_length(bool is_plain, bool is_single) const {
    if (is_plain) return rest().starts_with('"') ? 1 : 0;
    return is_single
               ? quote_of(kSingleQuotes, rest()).size()
               : std::max<std::size_t>(quote_of(kDoubleQuotes, rest()).size(), rest().starts_with('"') ? 1 : 0);
  }

  // Whether what began at `begin` is a number and a quoted key follows: only a comma is missing then.
  bool ends_number(std::size_t begin) const {
    if (at_ == begin || !is_space(text_[at_])) return false;
    const auto next = text_.find_first_not_of(" \t\r", at_);
    if (next == std::string_view::npos || quote_of(kSingleQuotes, text_.substr(next)).empty()) return false;
    return json_number_length(text_.substr(begin, at_ - begin)) == at_ - begin;
  }

  // A number, a literal, or text somebody forgot to quote.
  void bare_token() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && std::string_view(",;:=}]{[\"\n").find(text_[at_]) == std::string_view::npos &&
           !ends_number(begin)) {
      ++at_;
    }
    if (at_ == begin) ++at_;  // whatever it is, the pass goes on
    const std::string_view word = trim(text_.substr(begin, at_ - begin));
    if (json_number_length(word) == word.size() || word == "true" || word == "false" || word == "null") {
      mended_ += word;
      return;
    }
    const std::string name = lower(word);
    static constexpr std::array<std::string_view, 8> kNothing{"nan",  "na",        "inf",      "-inf",
                                                              "none", "undefined", "infinity", "-infinity"};
    if (std::find(kNothing.begin(), kNothing.end(), name) != kNothing.end()) {
      note(std::string(word) + " made null", begin);
      mended_ += "null";
    } else if (name == "true" || name == "false" || name == "null") {
      note(std::string(word) + " made " + name, begin);
      mended_ += name;
    } else {
      note("quotes put around bare text", begin);  // not shown: it may be a secret
      mended_ += '"';
      for (const char c : word) {
        if (c == '\\') mended_ += '\\';
        if (static_cast<unsigned char>(c) >= 0x20) mended_ += c;
      }
      mended_ += '"';
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string mended_;
  std::string open_;  // brackets, outermost first
  bool ended_value_ = false;
  bool pending_comma_ = false;
  std::size_t comma_at_ = 0;
  std::vector<Repair> repairs_;
};

}  // namespace

Mended mend_alert(std::string_view text) { return Mender(text).run(); }

}  // namespace tvh::wire
