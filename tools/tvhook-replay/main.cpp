#include <memory>

#include "cli/run_tool.hpp"
#include "tvhook-replay/options.hpp"
#include "tvhook-replay/run_replay.hpp"

int main(int argc, char** argv) {
  return tvh::cli::run_tool("tvhook-replay", argc, argv, [](tvh::cli::OptionSet& set) {
    auto options = std::make_shared<tvh::ReplayOptions>();
    tvh::define_options(set, *options);  // no side effects
    return [options](tvh::cli::Context& context) { return tvh::run_replay(*options, context); };
  });
}
