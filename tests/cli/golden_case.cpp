#include "golden_case.hpp"

#include "support/process.hpp"

namespace tvh::golden {

std::string Section::rest() const {
  const std::size_t space = head.find(' ');
  return space == std::string::npos ? "" : head.substr(space + 1);
}

Case parse_case(const std::string& text) {
  Case golden;
  for (const std::string& line : test::lines_of(text)) {
    if (line.rfind("== ", 0) == 0) {
      golden.sections.push_back({line.substr(3), ""});
    } else {
      (golden.sections.empty() ? golden.preamble : golden.sections.back().body) += line + "\n";
    }
  }
  return golden;
}

std::string format_case(const Case& golden) {
  std::string text = golden.preamble;
  for (const Section& section : golden.sections) text += "== " + section.head + "\n" + section.body;
  return text;
}

std::vector<std::string> split_command(const std::string& command) {
  std::vector<std::string> words;
  char quote = '\0';
  bool in_word = false;
  for (const char c : command) {
    if (quote != '\0') {
      if (c == quote) {
        quote = '\0';
      } else {
        words.back() += c;
      }
      continue;
    }
    if (c == ' ') {
      in_word = false;
      continue;
    }
    if (!in_word) words.emplace_back();
    in_word = true;
    if (c == '\'' || c == '"') {
      quote = c;
    } else {
      words.back() += c;
    }
  }
  return words;
}

}  // namespace tvh::golden
