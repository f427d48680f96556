#include "tvhook-reconcile/options.hpp"

namespace tvh {

void define_options(cli::OptionSet&, ReconcileOptions&) {}

}  // namespace tvh
