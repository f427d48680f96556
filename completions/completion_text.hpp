// Shell completions as text, made from the option definitions.
#pragma once

#include <string>
#include <vector>

#include "cli/options.hpp"

namespace tvh::completions {

// Every tool, its options and the common ones.
std::vector<std::string> tool_names();

// What completions/TOOL.bash, .zsh and .fish hold.
std::string bash_text(const cli::OptionSet& set);
std::string zsh_text(const cli::OptionSet& set);
std::string fish_text(const cli::OptionSet& set);

// shell: "bash", "zsh" or "fish".
std::string completion_text(const std::string& tool, const std::string& shell);

}  // namespace tvh::completions
