#include "code_text.hpp"

#include <cctype>

namespace tvh::lint {
namespace {

class Blanker {
 public:
  explicit Blanker(const std::string& source) : source_(source), result_(source) {}

  std::string run() {
    while (at_ < source_.size()) {
      if (at_line_start() && starts("#include")) {
        skip_past("\n");
      } else if (starts("//")) {
        blank_to("\n");
      } else if (starts("/*")) {
        blank_past("*/");
      } else if (starts("R\"") && !(at_ > 0 && is_name(source_[at_ - 1]))) {
        const auto open = source_.find('(', at_);
        blank_past(")" + source_.substr(at_ + 2, open - at_ - 2) + "\"");
      } else if (source_[at_] == '"') {
        blank_literal('"');
      } else if (source_[at_] == '\'' &&
                 !(at_ > 0 && std::isdigit(static_cast<unsigned char>(source_[at_ - 1])))) {
        blank_literal('\'');
      } else {
        ++at_;
      }
    }
    return result_;
  }

 private:
  static bool is_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

  bool starts(const char* text) const { return source_.compare(at_, std::string(text).size(), text) == 0; }
  bool at_line_start() const { return at_ == 0 || source_[at_ - 1] == '\n'; }

  void blank(std::size_t end) {
    for (; at_ < end && at_ < source_.size(); ++at_) {
      if (source_[at_] != '\n') result_[at_] = ' ';
    }
  }
  std::size_t position_of(const std::string& text) const {
    const auto found = source_.find(text, at_);
    return found == std::string::npos ? source_.size() : found;
  }
  void skip_past(const std::string& text) { at_ = position_of(text) + text.size(); }
  void blank_to(const std::string& text) { blank(position_of(text)); }
  void blank_past(const std::string& text) { blank(position_of(text) + text.size()); }

  void blank_literal(char quote) {
    std::size_t end = at_ + 1;
    while (end < source_.size() && source_[end] != quote && source_[end] != '\n')
      end += source_[end] == '\\' ? 2u : 1u;
    blank(end + 1);
  }

  const std::string& source_;
  std::string result_;
  std::size_t at_ = 0;
};

bool is_name_character(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

}  // namespace

std::string code_only(const std::string& source) { return Blanker(source).run(); }

std::size_t find_word(const std::string& text, const std::string& word, std::size_t from) {
  for (auto at = text.find(word, from); at != std::string::npos; at = text.find(word, at + 1)) {
    const bool starts = at == 0 || !is_name_character(text[at - 1]) || !is_name_character(word.front());
    const std::size_t end = at + word.size();
    const bool ends = word.back() == '_' || end == text.size() || !is_name_character(text[end]) ||
                      !is_name_character(word.back());
    if (starts && ends) return at;
  }
  return std::string::npos;
}

}  // namespace tvh::lint
