#include "tvhook-listen/options.hpp"

namespace tvh {

void define_options(cli::OptionSet&, ListenOptions&) {}

}  // namespace tvh
