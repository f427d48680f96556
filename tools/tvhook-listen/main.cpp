#include <memory>

#include "cli/run_tool.hpp"
#include "tvhook-listen/options.hpp"
#include "tvhook-listen/run_listen.hpp"

int main(int argc, char** argv) {
  return tvh::cli::run_tool("tvhook-listen", argc, argv, [](tvh::cli::OptionSet& set) {
    auto options = std::make_shared<tvh::ListenOptions>();
    tvh::define_options(set, *options);  // no side effects
    return [options](tvh::cli::Context& context) { return tvh::run_listen(*options, context); };
  });
}
