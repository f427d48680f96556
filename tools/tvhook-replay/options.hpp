#pragma once

#include "cli/options.hpp"

namespace tvh {

struct ReplayOptions {};

void define_options(cli::OptionSet& set, ReplayOptions& options);

}  // namespace tvh
