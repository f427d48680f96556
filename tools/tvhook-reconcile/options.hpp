// Options of tvhook-reconcile.
#pragma once

#include <optional>
#include <string>

#include "cli/options.hpp"

namespace tvh {

struct ReconcileOptions {
  std::optional<std::string> venue;
  std::string format = "table";
  std::optional<std::string> tolerance;
  std::optional<std::string> explain;
};

void define_options(cli::OptionSet& set, ReconcileOptions& options);

}  // namespace tvh
