#include <memory>

#include "cli/run_tool.hpp"
#include "tvhook-exec/options.hpp"
#include "tvhook-exec/run_exec.hpp"

int main(int argc, char** argv) {
  return tvh::cli::run_tool("tvhook-exec", argc, argv, [](tvh::cli::OptionSet& set) {
    auto options = std::make_shared<tvh::ExecOptions>();
    tvh::define_options(set, *options);  // no side effects
    return [options](tvh::cli::Context& context) { return tvh::run_exec(*options, context); };
  });
}
