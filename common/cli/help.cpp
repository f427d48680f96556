#include <sstream>

#include "cli/common_options.hpp"
#include "cli/option_definition.hpp"
#include "cli/printable.hpp"

namespace tvh::cli {
namespace {

constexpr std::size_t kWidth = 80;
constexpr std::size_t kWidestLine = 100;
constexpr std::size_t kIndent = 2;
constexpr std::size_t kTextColumn = 26;

// "  --name VALUE   text", the text wrapped in its own column; a long left part gets a line of its own.
void append_entry(std::string& out, const std::string& left, const std::string& text) {
  std::string line = std::string(kIndent, ' ') + left;
  if (display_width(line) + 2 > kTextColumn) {
    out += line + "\n";
    line.clear();
  }
  std::istringstream words(text);
  std::string word;
  bool at_start = true;
  while (words >> word) {
    if (!at_start && display_width(line) + 1 + display_width(word) > kWidth) {
      out += line + "\n";
      line.clear();
      at_start = true;
    }
    if (at_start) {
      line.resize(line.size() + kTextColumn - display_width(line), ' ');
    } else {
      line += ' ';
    }
    line += word;
    at_start = false;
  }
  out += line + "\n";
}

std::string left_part(const OptionDescription& option) {
  if (option.positional) return option.name + "...";
  std::string text = option.short_name.empty() ? option.name : option.short_name + ", " + option.name;
  if (option.value_is_optional) {
    text += " [" + option.value_name + "]";
  } else if (!option.value_name.empty()) {
    text += " " + option.value_name;
  }
  return text;
}

std::string right_part(const OptionDescription& option) {
  std::string text = option.help;
  const auto sentence = [&text](const std::string& addition) {
    text += text.empty() || text.back() == '.' ? " " : ". ";
    text += addition;
  };
  if (!option.choices.empty()) {
    std::string list;
    for (const auto& choice : option.choices) list += (list.empty() ? "" : ", ") + choice;
    sentence("One of: " + list);
  }
  if (option.repeatable && !option.positional) sentence("Can be given more than once");
  if (!option.default_text.empty()) sentence("Default: " + option.default_text);
  return text;
}

// "TOOL - SUMMARY"; one that no terminal shows whole is broken.
std::string first_line(const OptionSet& set) {
  if (set.summary().empty()) return set.tool() + "\n";
  std::string line = set.tool() + " - " + set.summary();
  if (display_width(line) > kWidestLine) line.replace(line.rfind(' ', kWidth), 1, "\n  ");
  return line + "\n";
}

std::string usage_line(const OptionSet& set) {
  std::string line = "usage: " + set.tool() + " [OPTION...]";
  for (const auto& option : set.descriptions()) {
    if (option.positional) line += " [" + option.name + "...]";
  }
  return line + "\n";
}

}  // namespace

std::string render_help(const OptionSet& set) {
  std::string out = first_line(set) + usage_line(set);
  std::string heading;
  bool is_first = true;
  for (const auto& option : set.descriptions()) {
    if (is_first || option.group != heading)
      out += "\n" + (option.group.empty() ? "Options" : option.group) + "\n";
    is_first = false;
    heading = option.group;
    append_entry(out, left_part(option), right_part(option));
  }
  if (!set.environment().empty()) {
    out += "\nEnvironment\n";
    for (const auto& variable : set.environment()) append_entry(out, variable.name, variable.help);
  }
  out += "\nExit codes\n";
  for (const auto& [code, meaning] : exit_code_meanings()) {
    std::string number = std::to_string(int(code));
    number.insert(0, 3 - number.size(), ' ');
    out += std::string(kIndent, ' ') + number + "  " + std::string(meaning) + "\n";
  }
  if (!set.examples().empty()) {
    out += "\nExamples\n" + set.examples();
    if (out.back() != '\n') out += '\n';
  }
  return out;
}

}  // namespace tvh::cli
