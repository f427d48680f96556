// From options, configuration and environment to what the listener runs with. Reads secrets; changes nothing.
#pragma once

#include <string>
#include <vector>

#include "cli/run_tool.hpp"
#include "server/endpoint.hpp"
#include "tvhook-listen/intake.hpp"
#include "tvhook-listen/options.hpp"

namespace tvh {

struct ListenSetup {
  server::Endpoint endpoint;
  std::string path;
  std::vector<NamedSecret> secrets;
  Authentication authentication = Authentication::required;
};

// configuration: no secret and no --no-auth, --no-auth on an address others can reach, a bad address or path, a
// secret that cannot be read, two secrets of one name. usage: --ready-fd names no open descriptor.
Result<ListenSetup> resolve_setup(const ListenOptions& options, const cli::Config& config,
                                  const cli::GetEnvironment& environment);

}  // namespace tvh
