#pragma once

#include "cli/options.hpp"

namespace tvh {

struct ExecOptions {};

void define_options(cli::OptionSet& set, ExecOptions& options);

}  // namespace tvh
