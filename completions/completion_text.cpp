#include "completion_text.hpp"

#include <algorithm>
#include <cctype>

#include "tool_options.hpp"

namespace tvh::completions {
namespace {

using cli::OptionDescription;
using cli::OptionSet;

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

std::string header(const OptionSet& set, const std::string& shell) {
  return "# " + shell + " completion for " + set.tool() +
         ". Made by completions/regenerate.sh from the option definitions.\n";
}

bool is_flag(const OptionDescription& option) { return option.value_name.empty(); }

// Every name an option goes by.
std::vector<std::string> names_of(const OptionDescription& option) {
  std::vector<std::string> names;
  if (!option.short_name.empty()) names.push_back(option.short_name);
  names.push_back(option.name);
  return names;
}

// One line is read while completing: the help up to its first stop, as a phrase.
std::string phrase(const std::string& help) {
  std::string text = help.substr(0, std::min({help.find("; "), help.find(". "), help.find(" (")}));
  if (!text.empty()) text[0] = char(std::toupper(static_cast<unsigned char>(text[0])));
  return text;
}

std::string escaped(const std::string& text, const std::string& special) {
  std::string result;
  for (const char c : text) {
    if (special.find(c) != std::string::npos) result += '\\';
    result += c;
  }
  return result;
}

// Inside '…' of bash and zsh.
std::string in_quotes(const std::string& text) {
  std::string result = "'";
  for (const char c : text) {
    if (c == '\'') {
      result += "'\\''";
    } else {
      result += c;
    }
  }
  return result + "'";
}

bool takes_files(const OptionSet& set) {
  return std::any_of(set.descriptions().begin(), set.descriptions().end(),
                     [](const auto& option) { return option.positional && option.takes_file; });
}

std::string zsh_option(const OptionDescription& option) {
  const std::string help = "[" + escaped(phrase(option.help), "[]\\") + "]";
  std::string action;
  if (option.value_is_optional) {
    action = "::value:(" + option.value_name + ")";
  } else if (!is_flag(option)) {
    action = ":" + option.value_name + ":";
    if (option.takes_file) action += "_files";
    if (!option.choices.empty()) action += "(" + joined(option.choices) + ")";
  }
  const std::string equals = is_flag(option) || option.value_is_optional ? "" : "=";
  if (!option.short_name.empty()) {
    return "'(" + joined(names_of(option)) + ")'{" + option.short_name + "," + option.name + "}" +
           in_quotes(help + action);
  }
  return in_quotes((option.repeatable ? "*" : "") + option.name + equals + help + action);
}

}  // namespace

std::string bash_text(const OptionSet& set) {
  std::string function = "_" + set.tool();
  std::replace(function.begin(), function.end(), '-', '_');
  std::vector<std::string> words;
  std::vector<std::string> file_options;
  std::vector<std::string> text_options;
  std::string cases;
  for (const auto& option : set.descriptions()) {
    if (option.positional) continue;
    for (const auto& name : names_of(option)) words.push_back(name);
    if (is_flag(option)) continue;
    if (!option.choices.empty()) {
      cases += "    " + option.name + ")\n      mapfile -t COMPREPLY < <(compgen -W '" +
               joined(option.choices) + "' -- \"$current\")\n      return\n      ;;\n";
    } else if (option.takes_file) {
      file_options.push_back(option.name);
    } else if (!option.value_is_optional) {
      text_options.push_back(option.name);
    }
  }
  const auto pattern = [](const std::vector<std::string>& names) {
    std::string text;
    for (const auto& name : names) text += (text.empty() ? "" : " | ") + name;
    return text;
  };
  const std::string files =
      "      mapfile -t COMPREPLY < <(compgen -f -- \"$current\")\n      compopt -o filenames 2>/dev/null\n";
  std::string text = header(set, "bash") + function + "() {\n";
  text += "  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}\n  COMPREPLY=()\n";
  text += "  # --name=value comes as three words.\n  if [[ $current == '=' ]]; then\n    current=''\n";
  text += "  elif [[ $previous == '=' ]]; then\n    previous=${COMP_WORDS[COMP_CWORD - 2]}\n  fi\n";
  text += "  case $previous in\n" + cases;
  if (!file_options.empty())
    text += "    " + pattern(file_options) + ")\n" + files + "      return\n      ;;\n";
  if (!text_options.empty()) text += "    " + pattern(text_options) + ")\n      return\n      ;;\n";
  text += "  esac\n  if [[ $current == -* ]]; then\n    mapfile -t COMPREPLY < <(compgen -W '" + joined(words) +
          "' -- \"$current\")\n";
  if (takes_files(set)) text += "  else\n" + files;
  return text + "  fi\n}\ncomplete -F " + function + " " + set.tool() + "\n";
}

std::string zsh_text(const OptionSet& set) {
  std::string text = "#compdef " + set.tool() + "\n" + header(set, "zsh") + "_arguments -s -S";
  for (const auto& option : set.descriptions()) {
    if (!option.positional) text += " \\\n  " + zsh_option(option);
  }
  for (const auto& option : set.descriptions()) {
    if (option.positional) text += " \\\n  '*:" + option.name + ":" + (option.takes_file ? "_files" : "") + "'";
  }
  return text + "\n";
}

std::string fish_text(const OptionSet& set) {
  const std::string start = "complete -c " + set.tool();
  std::string text = header(set, "fish");
  if (!takes_files(set)) text += start + " -f\n";
  for (const auto& option : set.descriptions()) {
    if (option.positional) continue;
    text += start;
    if (!option.short_name.empty()) text += " -s " + option.short_name.substr(1);
    text += " -l " + option.name.substr(2);
    if (option.value_is_optional) {
      text += " -a '" + option.value_name + "'";
    } else if (option.takes_file) {
      text += " -r -F";
    } else if (!is_flag(option)) {
      text += " -x";
      if (!option.choices.empty()) text += " -a '" + joined(option.choices) + "'";
    }
    text += " -d '" + escaped(phrase(option.help), "'\\") + "'\n";
  }
  return text;
}

std::string completion_text(const std::string& tool, const std::string& shell) {
  std::string text;
  with_options(tool, [&](const OptionSet& set) {
    text = shell == "bash" ? bash_text(set) : shell == "zsh" ? zsh_text(set) : fish_text(set);
  });
  return text;
}

}  // namespace tvh::completions
