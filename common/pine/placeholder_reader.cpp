#include "pine/placeholder_reader.hpp"

#include <algorithm>

#include "pine/characters.hpp"
#include "pine/placeholder.hpp"

namespace tvh::pine {
namespace {

// Longer than any placeholder with a title; what has no "}}" within is no placeholder.
constexpr std::size_t kLongest = 256;

std::string braced(std::string_view name) { return "{{" + std::string(name) + "}}"; }

// plot("Title") exactly as TradingView wants it.
bool is_titled_plot(std::string_view content) {
  if (!content.starts_with("plot(\"") || !content.ends_with("\")")) return false;
  if (content.size() < std::string_view("plot(\"x\")").size()) return false;
  const std::string_view title = content.substr(6, content.size() - 8);
  return title.find_first_of("\"\\") == std::string_view::npos;
}

bool is_plot_call(std::string_view content) {
  std::string word;
  for (const char c : content.substr(0, 16)) {
    if (!is_blank(c)) word += c;
  }
  return lower(word).starts_with("plot(");
}

std::string title_of(std::string_view content) {
  std::string title;
  content.remove_prefix(std::min(content.find('(') + 1, content.size()));
  for (const char c : content) {
    if (is_letter(c) || is_digit(c) || c == ' ' || c == '_' || c == '-' || c == '.') title += c;
  }
  return std::string(trim(title));
}

bool has_known_name(std::string_view content) {
  for (std::size_t i = 0; i < content.size();) {
    if (!begins_name(content[i])) {
      ++i;
      continue;
    }
    const std::size_t begin = i;
    while (i < content.size() && (continues_name(content[i]) || content[i] == '.')) ++i;
    if (find_placeholder(content.substr(begin, i - begin)) != nullptr) return true;
  }
  return false;
}

bool is_expression(std::string_view content) {
  const bool calculates = content.find_first_of("+*/?<>=()%&|") != std::string_view::npos ||
                          content.find(" - ") != std::string_view::npos ||
                          (content.find('-') != std::string_view::npos && has_known_name(content));
  return calculates && (has_known_name(content) ||
                        std::any_of(content.begin(), content.end(), [](char c) { return is_digit(c); }));
}

class Reader {
 public:
  Reader(std::string_view text, Use use, const std::vector<Slot>& values, Findings& findings)
      : text_(text), use_(use), values_(values), findings_(findings) {}

  std::vector<Slot> read() {
    for (std::size_t at = text_.find('{'); at != std::string_view::npos; at = text_.find('{', at)) {
      while (value_ < values_.size() && values_[value_].end <= at) ++value_;
      if (value_ < values_.size() && values_[value_].begin <= at) {
        at = values_[value_].end;
        continue;
      }
      at = read_braces(at);
    }
    return std::move(slots_);
  }

 private:
  // At a '{'; returns where to go on.
  std::size_t read_braces(std::size_t at) {
    std::size_t after = at;
    while (after < text_.size() && text_[after] == '{') ++after;
    const std::size_t opening = after - at;
    if (opening >= 2) {
      const std::string_view window = text_.substr(after, kLongest);
      // A line break ends it: that is JSON, not a placeholder.
      const auto line_end = std::min(window.find('\n'), window.size());
      const auto close = window.substr(0, line_end).find("}}");
      if (close != std::string_view::npos && looks_meant(window.substr(0, close))) {
        read_content(after - 2, window.substr(0, close));
        return after + close + 2;
      }
    }
    look_for_lost_brace(at, after);
    return after;
  }

  // {{"a":1}} and {{}} are broken JSON, no placeholders.
  static bool looks_meant(std::string_view content) {
    const std::string_view word = trim(content);
    return !word.empty() && word.front() != '"' && word.front() != '\'' && word.front() != '}' &&
           word.find('{') == std::string_view::npos;
  }

  // {close} and {{close}.
  void look_for_lost_brace(std::size_t at, std::size_t after) {
    if (use_ == Use::never_filled) return;
    std::size_t end = after;
    while (end < text_.size() && end - after < kLongest && (continues_name(text_[end]) || text_[end] == '.'))
      ++end;
    const std::string_view name = text_.substr(after, end - after);
    if (end >= text_.size() || text_[end] != '}' || findings_.full()) return;
    const auto* known = find_placeholder(name);
    if (known == nullptr) return;
    findings_.add(FindingId::placeholder_braces, at, shown(name) + " is not in two braces on each side",
                  "write " + braced(name));
  }

  void read_content(std::size_t begin, std::string_view content) {
    Slot slot{begin, begin + content.size() + 4, ValueKind::unfilled, std::string(content), true};
    const Placeholder* known = is_titled_plot(content) ? &titled_plot() : find_placeholder(content);
    if (known == nullptr && use_ != Use::never_filled) {
      tell_unknown(begin, content);
    } else if (known == nullptr) {
      // Whatever it is, it stays.
    } else if (use_ == Use::indicator_box && known->strategy_only) {
      findings_.add(FindingId::strategy_placeholder, begin,
                    braced(content) + " is filled only in the order alerts of a strategy, not here");
    } else if (use_ != Use::never_filled) {
      slot.kind = known->kind;
    }
    slots_.push_back(std::move(slot));
  }

  void tell_unknown(std::size_t begin, std::string_view content) {
    if (findings_.full()) return;
    const std::string_view word = trim(content);
    const std::string small = lower(word);
    if (is_plot_call(word)) {
      const std::string title = title_of(word);
      findings_.add(FindingId::plot_quotes, begin, "the title in {{plot(…)}} is not in plain double quotes",
                    title.empty() ? "" : "write {{plot(\"" + title + "\")}}");
    } else if (find_placeholder(word) != nullptr) {
      findings_.add(FindingId::placeholder_spaces, begin, "spaces inside the braces of " + shown(word),
                    "write " + braced(word));
    } else if (find_placeholder(small) != nullptr) {
      findings_.add(FindingId::placeholder_case, begin, shown(word) + " is not written as TradingView knows it",
                    "write " + braced(small));
    } else if (is_plot_number(small)) {
      findings_.add(FindingId::plot_number, begin, shown(word) + " does not exist, only plot_0 to plot_19");
    } else if (is_expression(word)) {
      findings_.add(FindingId::placeholder_expression, begin,
                    shown(word) + " is an expression; it is sent as text");
    } else {
      const auto nearest = nearest_placeholder(word);
      findings_.add(FindingId::placeholder_unknown, begin, "there is no placeholder " + shown(word),
                    nearest ? "did you mean " + braced(*nearest) + "?" : "");
    }
  }

  static bool is_plot_number(std::string_view word) {
    if (!word.starts_with("plot_") || word.size() == 5) return false;
    return std::all_of(word.begin() + 5, word.end(), [](char c) { return is_digit(c); });
  }

  std::string_view text_;
  Use use_;
  const std::vector<Slot>& values_;
  Findings& findings_;
  std::size_t value_ = 0;
  std::vector<Slot> slots_;
};

}  // namespace

std::vector<Slot> read_placeholders(std::string_view text, Use use, const std::vector<Slot>& values,
                                    Findings& findings) {
  return Reader(text, use, values, findings).read();
}

bool has_placeholder(std::string_view text) {
  Findings nobody;
  return !read_placeholders(text, Use::message_box, {}, nobody).empty();
}

}  // namespace tvh::pine
