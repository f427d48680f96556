#pragma once

#include "cli/options.hpp"

namespace tvh {

struct ReconcileOptions {};

void define_options(cli::OptionSet& set, ReconcileOptions& options);

}  // namespace tvh
