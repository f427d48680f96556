// From options, configuration and environment to what the listener runs with. Reads secrets; changes nothing.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/run_tool.hpp"
#include "server/server.hpp"
#include "tvhook-listen/deep_health.hpp"
#include "tvhook-listen/intake.hpp"
#include "tvhook-listen/options.hpp"

namespace tvh {

struct ListenSetup {
  server::Endpoint endpoint;
  std::string path;
  std::vector<NamedSecret> secrets;
  std::vector<NamedSecret> path_tokens;
  Authentication authentication = Authentication::required;
  server::AddressSet allowed;  // empty: everybody
  server::AddressSet trusted_proxies;
  std::optional<server::TlsSettings> tls;  // nothing: plain HTTP
  ClientPolicy client;
  server::Limits limits;
  std::optional<server::Endpoint> admin;
  Patience patience;
  wire::DialectChoice dialects;
};

// configuration: no secret and no --no-auth, --no-auth on an address others can reach, a bad address or path, a
// secret that cannot be read, two secrets of one name, a network that is none, half a TLS pair, a client
// certificate that is asked for without TLS or required without anything to know it by. usage: --ready-fd names
// no open descriptor.
Result<ListenSetup> resolve_setup(const ListenOptions& options, const cli::Config& config,
                                  const cli::GetEnvironment& environment);

// The names of secrets and path tokens that are short enough to be guessed: fewer than 8 characters.
std::vector<std::string> short_secrets(const ListenSetup& setup);

// Whether a secret is right for a strategy: one that strategies name is for those only, and a strategy that
// names some takes no other. `config` is kept.
std::function<bool(const std::string&, const std::string&)> secret_rule(
    const std::shared_ptr<const cli::Config>& config);

}  // namespace tvh
