#include "tvhook-listen/listen_setup.hpp"

#include <fcntl.h>

#include <filesystem>

namespace tvh {

namespace {

constexpr const char* kSecretVariable = "TVHOOK_SECRET";

Result<void> add_secret(std::vector<NamedSecret>& secrets, const cli::SecretReference& reference,
                        const cli::GetEnvironment& environment) {
  for (const auto& known : secrets) {
    if (known.name != reference.name) continue;
    return fail(Errc::configuration, "two secrets are named \"" + reference.name +
                                         "\"; rename one, so that the journal can tell which was used");
  }
  TVH_TRY(auto secret, cli::resolve_secret(reference, environment));
  secrets.push_back(std::move(secret));
  return {};
}

// All that are given count: one that an operator set and that is silently left out would refuse real alerts.
Result<std::vector<NamedSecret>> gather_secrets(const ListenOptions& options, const cli::Config& config,
                                                const cli::GetEnvironment& environment) {
  std::vector<NamedSecret> secrets;
  for (const auto& file : options.secret_files) {
    TVH_CHECK(add_secret(secrets, {std::filesystem::path(file).stem().string(), "file:" + file}, environment));
  }
  if (environment(kSecretVariable)) {
    TVH_CHECK(add_secret(secrets, {"env", std::string("env:") + kSecretVariable}, environment));
  }
  for (const auto& reference : config.secrets) TVH_CHECK(add_secret(secrets, reference, environment));
  return secrets;
}

Result<void> check_path(const std::string& path) {
  if (!path.starts_with('/') || path.find_first_of("?# \t\r\n") != std::string::npos) {
    return fail(Errc::configuration, "path \"" + path + "\": write it as /webhook, without ? or # or spaces");
  }
  if (path == "/health") return fail(Errc::configuration, "path /health is taken; choose another --path");
  return {};
}

}  // namespace

Result<ListenSetup> resolve_setup(const ListenOptions& options, const cli::Config& config,
                                  const cli::GetEnvironment& environment) {
  ListenSetup setup;
  TVH_TRY(setup.endpoint,
          server::parse_endpoint(options.address.value_or(config.listen.address.value_or(kDefaultAddress))));
  setup.path = options.path.value_or(config.listen.path.value_or(kDefaultPath));
  TVH_CHECK(check_path(setup.path));
  TVH_TRY(setup.secrets, gather_secrets(options, config, environment));
  if (options.no_auth) {
    setup.authentication = Authentication::none;
    if (!server::is_loopback(setup.endpoint)) {
      return fail(Errc::configuration, "--no-auth on " + to_text(setup.endpoint) +
                                           " would let anyone trade; give a secret, or listen on 127.0.0.1");
    }
  } else if (setup.secrets.empty()) {
    return fail(
        Errc::configuration,
        "no secret: anyone could send alerts; set $TVHOOK_SECRET, give --secret-file FILE, or add one to "
        "[auth.secrets] (openssl rand -hex 16 makes one)");
  }
  if (options.ready_fd && ::fcntl(*options.ready_fd, F_GETFD) < 0) {
    return fail(Errc::usage, "--ready-fd " + std::to_string(*options.ready_fd) + " is not an open descriptor");
  }
  return setup;
}

}  // namespace tvh
