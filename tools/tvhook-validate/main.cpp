#include <memory>

#include "cli/run_tool.hpp"
#include "tvhook-validate/options.hpp"
#include "tvhook-validate/run_validate.hpp"

int main(int argc, char** argv) {
  return tvh::cli::run_tool("tvhook-validate", argc, argv, [](tvh::cli::OptionSet& set) {
    auto options = std::make_shared<tvh::ValidateOptions>();
    tvh::define_options(set, *options);  // no side effects
    return [options](tvh::cli::Context& context) { return tvh::run_validate(*options, context); };
  });
}
