// The option definitions of all five tools in one program: for completions and for the tests of the man pages.
#pragma once

#include <functional>
#include <string>

#include "cli/options.hpp"

namespace tvh::completions {

// Calls `use` with the whole option set of `tool`, common options included. The set lives as long as the call.
void with_options(const std::string& tool, const std::function<void(const cli::OptionSet&)>& use);

}  // namespace tvh::completions
