// Command line options, defined once as data: parsing, --help, completions and the tests of the man pages all
// read the same definitions. Defining has no side effects. CLI11 does the parsing, behind this header.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace tvh::cli {

// One option as a person meets it.
struct OptionDescription {
  std::string name;        // "--address"; "FILE" for a positional
  std::string value_name;  // "HOST:PORT"; "" for a flag
  std::string help;
  std::string default_text;          // "" when there is none
  std::vector<std::string> choices;  // allowed values, when they are a fixed list
  bool takes_file = false;           // completions offer files
  bool value_is_optional = false;    // "--follow [-]"
  bool repeatable = false;
  bool positional = false;
  std::string short_name;  // "-q"; "" when there is none
  std::string group;       // heading in --help, "" for the tool's own
};

// An environment variable a tool reads, for --help and the man pages.
struct EnvironmentDescription {
  std::string name;
  std::string help;
};

class OptionSet {
 public:
  explicit OptionSet(std::string tool, std::string summary = "");
  OptionSet(OptionSet&&) noexcept;
  ~OptionSet();

  void set_summary(std::string one_line);  // first line of --help
  void set_examples(std::string text);     // last part of --help
  void begin_group(std::string heading);   // options defined from here on stand under it in --help
  void add_environment(std::string name, std::string help);
  // For a tool that opens no journal: run_tool then leaves Context::journal_path empty unless --journal names
  // one.
  void set_works_without_journal();
  bool works_without_journal() const;
  // For what must be done whatever is wrong in the configuration: when `asked` says so, run_tool gives the body
  // an empty one in place of one with errors, with a warning, if the journal can be told with certainty.
  void set_needs_journal_alone(std::function<bool()> asked);
  bool needs_journal_alone() const;

  // Targets must outlive the set. A target's value when it is defined is its default and shows in --help.
  void add_flag(const std::string& names, bool& target, const std::string& help);  // "--plan" or "-q,--quiet"
  void add_text(const std::string& name, std::string& target, const std::string& value_name,
                const std::string& help);
  void add_text(const std::string& name, std::optional<std::string>& target, const std::string& value_name,
                const std::string& help);
  void add_file(const std::string& name, std::optional<std::string>& target, const std::string& value_name,
                const std::string& help);
  // Completions offer files when `value_name` is FILE.
  void add_list(const std::string& name, std::vector<std::string>& target, const std::string& value_name,
                const std::string& help);
  void add_choice(const std::string& name, std::string& target, const std::vector<std::string>& choices,
                  const std::string& value_name, const std::string& help);
  void add_number(const std::string& name, std::optional<int>& target, int minimum, int maximum,
                  const std::string& value_name, const std::string& help);
  void add_duration(const std::string& name, std::optional<Nanoseconds>& target, const std::string& value_name,
                    const std::string& help);
  // "--follow" alone sets "", "--follow -" sets "-". Only the listed value is taken as its argument.
  void add_optional_value(const std::string& name, std::optional<std::string>& target,
                          const std::string& accepted_value, const std::string& help);
  void add_positionals(std::vector<std::string>& target, const std::string& value_name,
                       const std::string& help);

  const std::vector<OptionDescription>& descriptions() const;
  const std::vector<EnvironmentDescription>& environment() const;
  const std::string& tool() const;
  const std::string& summary() const;
  const std::string& examples() const;
  std::string help() const;  // 80 columns

  // usage on any mistake, naming the option, the nearest known one and --help. Flags that were given are set
  // even then, so that "--bogus --help" can still help.
  Result<void> parse(const std::vector<std::string>& arguments);

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace tvh::cli
