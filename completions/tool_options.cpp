#include "tool_options.hpp"

#include <map>

#include "cli/common_options.hpp"
#include "completion_text.hpp"
#include "tvhook-exec/options.hpp"
#include "tvhook-listen/options.hpp"
#include "tvhook-reconcile/options.hpp"
#include "tvhook-replay/options.hpp"
#include "tvhook-validate/options.hpp"

namespace tvh::completions {
namespace {

using Use = std::function<void(const cli::OptionSet&)>;

template <class Options>
void define_and_use(const std::string& tool, const Use& use) {
  cli::OptionSet set(tool);
  Options options;
  define_options(set, options);
  cli::CommonOptions common;
  cli::add_common_options(set, common);
  use(set);
}

const std::map<std::string, void (*)(const std::string&, const Use&)> kTools{
    {"tvhook-listen", define_and_use<ListenOptions>}, {"tvhook-validate", define_and_use<ValidateOptions>},
    {"tvhook-exec", define_and_use<ExecOptions>},     {"tvhook-reconcile", define_and_use<ReconcileOptions>},
    {"tvhook-replay", define_and_use<ReplayOptions>},
};

}  // namespace

std::vector<std::string> tool_names() {
  std::vector<std::string> names;
  for (const auto& [name, define] : kTools) names.push_back(name);
  return names;
}

void with_options(const std::string& tool, const Use& use) { kTools.at(tool)(tool, use); }

}  // namespace tvh::completions
