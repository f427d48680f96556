#include "tvhook-validate/options.hpp"

namespace tvh {

void define_options(cli::OptionSet&, ValidateOptions&) {}

}  // namespace tvh
