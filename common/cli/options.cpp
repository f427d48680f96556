#include "cli/options.hpp"

#include <algorithm>
#include <charconv>

#include "cli/nearest.hpp"
#include "cli/option_definition.hpp"
#include "cli/printable.hpp"

namespace tvh::cli {

static std::string in_quotes(const std::string& text) { return "\"" + printable(text) + "\""; }

static std::string format_duration(Nanoseconds duration) {
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
  return milliseconds % 1000 == 0 ? std::to_string(milliseconds / 1000) + "s"
                                  : std::to_string(milliseconds) + "ms";
}

static OptionDescription describe(const std::string& name, const std::string& value_name,
                                  const std::string& help, const std::string& default_text) {
  OptionDescription description;
  description.name = name;
  description.value_name = value_name;
  description.help = help;
  description.default_text = default_text;
  return description;
}

OptionSet::OptionSet(std::string tool, std::string summary)
    : implementation_(std::make_unique<Implementation>()) {
  implementation_->tool = std::move(tool);
  implementation_->summary = std::move(summary);
}
OptionSet::OptionSet(OptionSet&&) noexcept = default;
OptionSet::~OptionSet() = default;

void OptionSet::set_summary(std::string one_line) { implementation_->summary = std::move(one_line); }
void OptionSet::set_examples(std::string text) { implementation_->examples = std::move(text); }
void OptionSet::begin_group(std::string heading) { implementation_->group = std::move(heading); }
void OptionSet::add_environment(std::string name, std::string help) {
  implementation_->environment.push_back({std::move(name), std::move(help)});
}
void OptionSet::set_works_without_journal() { implementation_->works_without_journal = true; }
bool OptionSet::works_without_journal() const { return implementation_->works_without_journal; }
void OptionSet::set_needs_journal_alone(std::function<bool()> asked) {
  implementation_->needs_journal_alone = std::move(asked);
}
bool OptionSet::needs_journal_alone() const {
  return implementation_->needs_journal_alone && implementation_->needs_journal_alone();
}

const std::vector<OptionDescription>& OptionSet::descriptions() const { return implementation_->descriptions; }
const std::vector<EnvironmentDescription>& OptionSet::environment() const {
  return implementation_->environment;
}
const std::string& OptionSet::tool() const { return implementation_->tool; }
const std::string& OptionSet::summary() const { return implementation_->summary; }
const std::string& OptionSet::examples() const { return implementation_->examples; }
std::string OptionSet::help() const { return render_help(*this); }

void OptionSet::Implementation::add(OptionDefinition definition) {
  const auto& name = definition.description.name;
  const bool is_known =
      std::any_of(descriptions.begin(), descriptions.end(), [&](const OptionDescription& known) {
        return known.name == name ||
               (!known.short_name.empty() && known.short_name == definition.description.short_name);
      });
  TVH_INVARIANT(!is_known, "an option is defined once");
  TVH_INVARIANT(definition.description.positional || name.starts_with("--"), "an option's name starts with --");
  definition.description.group = group;
  descriptions.push_back(definition.description);
  definitions.push_back(std::move(definition));
}

void OptionSet::add_flag(const std::string& names, bool& target, const std::string& help) {
  OptionDescription description = describe(names, "", help, "");
  if (const auto comma = names.find(','); comma != std::string::npos) {
    description.short_name = names.substr(0, comma);
    description.name = names.substr(comma + 1);
  }
  const auto assign = [&target](const std::vector<std::string>&) -> Result<void> {
    target = true;
    return {};
  };
  implementation_->add({description, true, "", assign});
}

void OptionSet::add_text(const std::string& name, std::string& target, const std::string& value_name,
                         const std::string& help) {
  OptionDescription description = describe(name, value_name, help, target);
  const auto assign = [&target](const std::vector<std::string>& values) -> Result<void> {
    target = values.front();
    return {};
  };
  implementation_->add({description, false, "", assign});
}

void OptionSet::add_text(const std::string& name, std::optional<std::string>& target,
                         const std::string& value_name, const std::string& help) {
  OptionDescription description = describe(name, value_name, help, target.value_or(""));
  const auto assign = [&target](const std::vector<std::string>& values) -> Result<void> {
    target = values.front();
    return {};
  };
  implementation_->add({description, false, "", assign});
}

void OptionSet::add_file(const std::string& name, std::optional<std::string>& target,
                         const std::string& value_name, const std::string& help) {
  OptionDescription description = describe(name, value_name, help, target.value_or(""));
  description.takes_file = true;
  const auto assign = [&target](const std::vector<std::string>& values) -> Result<void> {
    if (values.front().empty()) return fail(Errc::usage, "the file name is empty");
    target = values.front();
    return {};
  };
  implementation_->add({description, false, "", assign});
}

void OptionSet::add_list(const std::string& name, std::vector<std::string>& target,
                         const std::string& value_name, const std::string& help) {
  OptionDescription description = describe(name, value_name, help, "");
  description.repeatable = true;
  description.takes_file = value_name == "FILE";
  const auto assign = [&target](const std::vector<std::string>& values) -> Result<void> {
    target = values;
    return {};
  };
  implementation_->add({description, false, "", assign});
}

void OptionSet::add_choice(const std::string& name, std::string& target,
                           const std::vector<std::string>& choices, const std::string& value_name,
                           const std::string& help) {
  OptionDescription description = describe(name, value_name, help, target);
  description.choices = choices;
  const auto assign = [&target, choices](const std::vector<std::string>& values) -> Result<void> {
    const auto& value = values.front();
    if (std::find(choices.begin(), choices.end(), value) == choices.end()) {
      std::string list;
      for (const auto& choice : choices) list += (list.empty() ? "" : ", ") + choice;
      return fail(Errc::usage, in_quotes(value) + " is none of " + list + in_brackets(value, choices));
    }
    target = value;
    return {};
  };
  implementation_->add({description, false, "", assign});
}

void OptionSet::add_number(const std::string& name, std::optional<int>& target, int minimum, int maximum,
                           const std::string& value_name, const std::string& help) {
  OptionDescription description = describe(name, value_name, help, "");
  if (target) description.default_text = std::to_string(*target);
  const auto assign = [&target, minimum, maximum](const std::vector<std::string>& values) -> Result<void> {
    const auto& text = values.front();
    int number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || number < minimum || number > maximum) {
      return fail(Errc::usage, in_quotes(text) + " is not a whole number from " + std::to_string(minimum) +
                                   " to " + std::to_string(maximum));
    }
    target = number;
    return {};
  };
  implementation_->add({description, false, "", assign});
}

void OptionSet::add_duration(const std::string& name, std::optional<Nanoseconds>& target,
                             const std::string& value_name, const std::string& help) {
  OptionDescription description = describe(name, value_name, help, "");
  if (target) description.default_text = format_duration(*target);
  const auto assign = [&target](const std::vector<std::string>& values) -> Result<void> {
    const auto duration = parse_duration(values.front());
    if (!duration) {
      return fail(Errc::usage,
                  in_quotes(values.front()) + " is not a duration; write 30s, 5m, 2h, 7d or 250ms");
    }
    target = *duration;
    return {};
  };
  implementation_->add({description, false, "", assign});
}

void OptionSet::add_optional_value(const std::string& name, std::optional<std::string>& target,
                                   const std::string& accepted_value, const std::string& help) {
  OptionDescription description = describe(name, accepted_value, help, "");
  description.value_is_optional = true;
  const auto assign = [&target, accepted_value](const std::vector<std::string>& values) -> Result<void> {
    const auto& value = values.front();
    if (!value.empty() && value != accepted_value) {
      return fail(Errc::usage,
                  in_quotes(value) + " is not possible; it stands alone or takes " + in_quotes(accepted_value));
    }
    target = value;
    return {};
  };
  implementation_->add({description, false, accepted_value, assign});
}

void OptionSet::add_positionals(std::vector<std::string>& target, const std::string& value_name,
                                const std::string& help) {
  OptionDescription description = describe(value_name, value_name, help, "");
  description.positional = true;
  description.repeatable = true;
  description.takes_file = true;
  const auto assign = [&target](const std::vector<std::string>& values) -> Result<void> {
    target = values;
    return {};
  };
  implementation_->add({description, false, "", assign});
}

Result<void> OptionSet::parse(const std::vector<std::string>& arguments) {
  const std::string hint = "; try '" + implementation_->tool + " --help'";
  const auto parsed = parse_arguments(implementation_->definitions, arguments);
  std::optional<Error> mistake = parsed.mistake;
  for (const auto& definition : implementation_->definitions) {
    const auto given = parsed.values.find(definition.description.name);
    if (given == parsed.values.end() || (mistake && !definition.is_flag)) continue;
    const auto assigned = definition.assign(given->second);
    if (!assigned && !mistake) {
      mistake = fail(Errc::usage, definition.description.name + ": " + assigned.error().message);
    }
  }
  if (mistake) return fail(Errc::usage, mistake->message + hint);
  return {};
}

}  // namespace tvh::cli
