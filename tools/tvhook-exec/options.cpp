#include "tvhook-exec/options.hpp"

namespace tvh {

void define_options(cli::OptionSet&, ExecOptions&) {}

}  // namespace tvh
