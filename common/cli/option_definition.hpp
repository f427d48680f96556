// What an OptionSet keeps of each option: the description people see and what to do with the values given.
// Private to the cli room.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "cli/options.hpp"

namespace tvh::cli {

struct OptionDefinition {
  OptionDescription description;
  bool is_flag = false;
  std::string accepted_value;  // of an option whose value is optional
  // Stores the values given on the command line, at least one. The error is the part after "--name: ".
  std::function<Result<void>(const std::vector<std::string>&)> assign;
};

struct OptionSet::Implementation {
  std::string tool;
  std::string summary;
  std::string examples;
  std::string group;
  bool works_without_journal = false;
  std::function<bool()> needs_journal_alone;
  std::vector<OptionDescription> descriptions;
  std::vector<OptionDefinition> definitions;  // same order as descriptions
  std::vector<EnvironmentDescription> environment;

  void add(OptionDefinition definition);
};

// Values by option name, in the order given; positionals under their value name.
using ParsedValues = std::map<std::string, std::vector<std::string>>;

struct ParsedArguments {
  ParsedValues values;
  std::optional<Error> mistake;  // the first one
};

// Takes the command line apart; judges names and the number of values, not what is in them.
ParsedArguments parse_arguments(const std::vector<OptionDefinition>& definitions,
                                const std::vector<std::string>& arguments);

// The whole of --help.
std::string render_help(const OptionSet& set);

}  // namespace tvh::cli
