// The only file that knows CLI11. What CLI11 2.1 would do differently from what people expect of a Unix tool is
// settled before it sees the words: "--name=" with an empty value would take the next word, a flag would take
// "=false", an option with an optional value would swallow the option after it, and a file called "++" would
// vanish.
#include <CLI/CLI.hpp>
#include <algorithm>

#include "cli/nearest.hpp"
#include "cli/option_definition.hpp"
#include "cli/printable.hpp"

namespace tvh::cli {
namespace {

class Arranger {
 public:
  Arranger(const std::vector<OptionDefinition>& definitions, const std::vector<std::string>& arguments)
      : definitions_(definitions), arguments_(arguments) {}

  void arrange() {
    while (next_ < arguments_.size()) {
      const std::string& word = arguments_[next_++];
      if (word == "--") {
        positionals.insert(positionals.end(), arguments_.begin() + std::ptrdiff_t(next_), arguments_.end());
        return;
      }
      if (word.starts_with("--")) {
        arrange_long(word);
      } else if (word.size() > 1 && word.front() == '-') {
        arrange_short(word);
      } else {
        positionals.push_back(word);
      }
    }
  }

  std::vector<std::string>
      words;  // for CLI11: only known options, each followed by its one value if it takes one
  std::vector<std::string> positionals;
  std::optional<Error> mistake;

 private:
  void object(std::string message) {
    if (!mistake) mistake = fail(Errc::usage, std::move(message));
  }

  const OptionDefinition* find(const std::string& name) const {
    for (const auto& definition : definitions_) {
      const auto& description = definition.description;
      if (description.positional) continue;
      if (description.name == name || description.short_name == name) return &definition;
    }
    return nullptr;
  }

  void arrange_long(const std::string& word) {
    const auto equals = word.find('=');
    const std::string name = word.substr(0, equals);
    const OptionDefinition* const known = find(name);
    if (known == nullptr) {
      std::vector<std::string> names;
      for (const auto& definition : definitions_) names.push_back(definition.description.name);
      return object("unknown option \"" + printable(name) + "\"" + in_brackets(name, names));
    }
    std::optional<std::string> value;
    if (equals != std::string::npos) value = word.substr(equals + 1);
    if (known->is_flag) {
      if (value) return object(name + " takes no value");
      words.push_back(name);
      return;
    }
    if (known->description.value_is_optional) {
      if (!value && next_ < arguments_.size() && arguments_[next_] == known->accepted_value) {
        value = arguments_[next_++];
      }
      words.insert(words.end(), {name, value.value_or("")});
      return;
    }
    if (!value) {
      if (next_ == arguments_.size()) return object(name + " needs a value: " + known->description.value_name);
      value = arguments_[next_++];
    }
    words.insert(words.end(), {name, *value});
  }

  // "-qv": only flags have short names.
  void arrange_short(const std::string& word) {
    for (const char letter : word.substr(1)) {
      const std::string name{'-', letter};
      if (find(name) == nullptr) return object("unknown option \"" + printable(word) + "\"");
      words.push_back(name);
    }
  }

  const std::vector<OptionDefinition>& definitions_;
  const std::vector<std::string>& arguments_;
  std::size_t next_ = 0;
};

}  // namespace

static void judge_positionals(const std::vector<OptionDefinition>& definitions, Arranger& arranged,
                              ParsedArguments& parsed) {
  if (arranged.positionals.empty()) return;
  const auto target = std::find_if(definitions.begin(), definitions.end(),
                                   [](const auto& definition) { return definition.description.positional; });
  if (target != definitions.end()) {
    parsed.values[target->description.name] = arranged.positionals;
  } else if (!parsed.mistake) {
    parsed.mistake = fail(Errc::usage, "unexpected argument \"" + printable(arranged.positionals.front()) +
                                           "\"; it takes only options");
  }
}

ParsedArguments parse_arguments(const std::vector<OptionDefinition>& definitions,
                                const std::vector<std::string>& arguments) {
  Arranger arranged(definitions, arguments);
  arranged.arrange();
  ParsedArguments parsed;
  parsed.mistake = arranged.mistake;

  CLI::App app;
  app.set_help_flag();
  std::map<std::string, std::vector<std::string>> values;
  std::map<std::string, int> counts;
  for (const auto& definition : definitions) {
    const auto& description = definition.description;
    if (description.positional) continue;
    const std::string names =
        description.name + (description.short_name.empty() ? "" : "," + description.short_name);
    if (definition.is_flag) {
      app.add_flag(names, counts[description.name], "");
    } else {
      app.add_option(names, values[description.name])->allow_extra_args(false);
    }
  }
  try {
    std::reverse(arranged.words.begin(), arranged.words.end());  // CLI11 takes them from the back
    app.parse(arranged.words);
  } catch (const CLI::Error& error) {
    parsed.mistake = fail(Errc::usage, printable(error.what()));
    return parsed;
  }
  for (const auto& [name, count] : counts) {
    if (count > 0) parsed.values[name] = {""};
  }
  for (const auto& definition : definitions) {
    const auto& name = definition.description.name;
    const auto given = values.find(name);
    if (given == values.end() || given->second.empty()) continue;
    if (given->second.size() > 1 && !definition.description.repeatable && !parsed.mistake) {
      parsed.mistake = fail(Errc::usage, name + " is given " + std::to_string(given->second.size()) +
                                             " times; which one counts would be a guess, so give it once");
    }
    parsed.values[name] = given->second;
  }
  judge_positionals(definitions, arranged, parsed);
  return parsed;
}

}  // namespace tvh::cli
