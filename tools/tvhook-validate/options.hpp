#pragma once

#include "cli/options.hpp"

namespace tvh {

struct ValidateOptions {};

void define_options(cli::OptionSet& set, ValidateOptions& options);

}  // namespace tvh
