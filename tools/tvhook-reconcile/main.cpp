#include <memory>

#include "cli/run_tool.hpp"
#include "tvhook-reconcile/options.hpp"
#include "tvhook-reconcile/run_reconcile.hpp"

int main(int argc, char** argv) {
  return tvh::cli::run_tool("tvhook-reconcile", argc, argv, [](tvh::cli::OptionSet& set) {
    auto options = std::make_shared<tvh::ReconcileOptions>();
    tvh::define_options(set, *options);  // no side effects
    return [options](tvh::cli::Context& context) { return tvh::run_reconcile(*options, context); };
  });
}
