#pragma once

#include "cli/options.hpp"

namespace tvh {

struct ListenOptions {};

void define_options(cli::OptionSet& set, ListenOptions& options);

}  // namespace tvh
