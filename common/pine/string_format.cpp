#include "pine/string_format.hpp"

#include <algorithm>

#include "pine/characters.hpp"
#include "pine/message_template.hpp"
#include "pine/number_text.hpp"

namespace tvh::pine {
namespace {

class Formatter {
 public:
  Formatter(const Text& pattern, std::size_t count,
            const std::function<Text(std::size_t, const FormatStyle&)>& write,
            const std::function<bool(std::size_t, const FormatStyle&)>& is_grouped, Findings& findings)
      : pattern_(pattern), count_(count), write_(write), is_grouped_(is_grouped), findings_(findings) {}

  Text run() {
    while (at_ < pattern_.bytes.size() && result_.bytes.size() <= Template::kMostBytes) step();
    if (quote_at_ != std::string::npos) finish_quote(pattern_.bytes.size());
    return std::move(result_);
  }

 private:
  std::size_t origin(std::size_t at) const { return at < pattern_.origins.size() ? pattern_.origins[at] : 0; }

  void step() {
    const char c = pattern_.bytes[at_];
    if (c == '\'') return read_apostrophe();
    if (quote_at_ == std::string::npos && c == '{') return read_argument();
    if (quote_at_ == std::string::npos && c == '}') {
      findings_.add(FindingId::format_braces, origin(at_), "a closing brace without an opening one");
    }
    copy(at_, at_ + 1);
    ++at_;
  }

  void copy(std::size_t begin, std::size_t end) { result_.append(pattern_, begin, end); }

  void read_apostrophe() {
    const bool is_doubled = at_ + 1 < pattern_.bytes.size() && pattern_.bytes[at_ + 1] == '\'';
    if (is_doubled) {
      copy(at_, at_ + 1);
      at_ += 2;
      return;
    }
    if (quote_at_ == std::string::npos) {
      quote_at_ = at_;
    } else {
      finish_quote(at_);
    }
    ++at_;
  }

  // '{' and '}' are how braces are written; anything else quoted was hardly meant.
  void finish_quote(std::size_t end) {
    const std::string_view quoted = std::string_view(pattern_.bytes).substr(quote_at_ + 1, end - quote_at_ - 1);
    const bool are_braces = !quoted.empty() && end < pattern_.bytes.size() &&
                            quoted.find_first_of("{}") != std::string_view::npos && !holds_argument(quoted);
    if (!are_braces) {
      const std::string what = holds_argument(quoted) ? "an argument in apostrophes is sent as it is written"
                                                      : "the apostrophe vanishes from the text";
      findings_.add(FindingId::format_apostrophe, origin(quote_at_), what);
    }
    quote_at_ = std::string::npos;
  }

  static bool holds_argument(std::string_view text) {
    for (auto at = text.find('{'); at != std::string_view::npos; at = text.find('{', at + 1)) {
      if (at + 1 < text.size() && is_digit(text[at + 1])) return true;
    }
    return false;
  }

  void read_argument() {
    constexpr std::size_t kLongest = 200;
    const std::string_view rest = std::string_view(pattern_.bytes).substr(at_ + 1, kLongest);
    const auto end = rest.find_first_of("{}");
    if (end == std::string_view::npos || rest[end] == '{') {
      findings_.add(FindingId::format_braces, origin(at_), "this brace is not closed");
      copy(at_, at_ + 1);
      ++at_;
      return;
    }
    const std::string_view inside = rest.substr(0, end);
    const std::size_t after = at_ + 1 + end + 1;
    const auto comma = inside.find(',');
    const std::string_view index_text = trim(inside.substr(0, comma));
    const bool is_index = !index_text.empty() && index_text.size() <= 4 &&
                          std::all_of(index_text.begin(), index_text.end(), [](char c) { return is_digit(c); });
    if (!is_index) {
      findings_.add(FindingId::format_braces, origin(at_), shown(inside) + " in braces is no argument number");
      copy(at_, after);
    } else {
      write_argument(index_text, comma == std::string_view::npos ? "" : inside.substr(comma + 1), after);
    }
    at_ = after;
  }

  void write_argument(std::string_view index_text, std::string_view style_text, std::size_t after) {
    std::size_t index = 0;
    for (const char c : index_text) index = index * 10 + static_cast<std::size_t>(c - '0');
    if (index >= count_) {
      findings_.add(FindingId::format_argument, origin(at_),
                    "there is no argument {" + std::string(index_text) + "}");
      return copy(at_, after);
    }
    const auto comma = style_text.find(',');
    FormatStyle style;
    style.type = lower(trim(style_text.substr(0, comma)));
    if (comma != std::string_view::npos) style.pattern = std::string(trim(style_text.substr(comma + 1)));
    const bool groups = is_grouped_(index, style) || (style.type == "number" && style.pattern.empty()) ||
                        style.pattern.find(',') != std::string::npos || style.pattern == "integer" ||
                        style.pattern == "currency";
    if (groups && style.type != "date" && style.type != "time") {
      findings_.add(FindingId::format_grouping, origin(at_),
                    "thousands get commas, and decimals are cut to three",
                    "write {" + std::string(index_text) + ",number,#.########}");
    }
    result_.append(write_(index, style));
  }

  const Text& pattern_;
  std::size_t count_;
  const std::function<Text(std::size_t, const FormatStyle&)>& write_;
  const std::function<bool(std::size_t, const FormatStyle&)>& is_grouped_;
  Findings& findings_;
  Text result_;
  std::size_t at_ = 0;
  std::size_t quote_at_ = std::string::npos;
};

}  // namespace

std::string format_number(const Decimal& value, const FormatStyle& style) {
  if (style.pattern == "integer") return number_text(value, "#,###");
  if (style.pattern == "percent") return number_text(value, "#,###%");
  if (style.pattern == "currency") return number_text(value, "$#,##0.00");
  return number_text(value, style.pattern.empty() ? "#,###.###" : style.pattern);
}

Text format_message(const Text& pattern, std::size_t argument_count,
                    const std::function<Text(std::size_t, const FormatStyle&)>& write,
                    const std::function<bool(std::size_t, const FormatStyle&)>& is_grouped,
                    Findings& findings) {
  return Formatter(pattern, argument_count, write, is_grouped, findings).run();
}

}  // namespace tvh::pine
