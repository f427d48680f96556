#include "tvhook-replay/options.hpp"

namespace tvh {

void define_options(cli::OptionSet&, ReplayOptions&) {}

}  // namespace tvh
