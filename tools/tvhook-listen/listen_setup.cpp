#include "tvhook-listen/listen_setup.hpp"

#include <fcntl.h>

#include <algorithm>
#include <filesystem>

#include "tvhook-listen/tradingview.hpp"

namespace tvh {

namespace {

constexpr const char* kSecretVariable = "TVHOOK_SECRET";
constexpr const char* kUrlSafe = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~";

enum class Names { none, tradingview };  // words that stand for networks

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

Result<std::vector<NamedSecret>> gather_path_tokens(const std::vector<NamedSecret>& secrets,
                                                    const cli::Config& config,
                                                    const cli::GetEnvironment& environment) {
  // All of them under their names at once, so that no two share one; the tokens are what comes behind the
  // secrets.
  std::vector<NamedSecret> all = secrets;
  for (const auto& reference : config.listen.path_tokens) TVH_CHECK(add_secret(all, reference, environment));
  std::vector<NamedSecret> tokens(all.begin() + std::ptrdiff_t(secrets.size()), all.end());
  for (const auto& token : tokens) {
    if (token.secret.reveal().find_first_not_of(kUrlSafe) != std::string::npos) {
      return fail(Errc::configuration,
                  "path token \"" + token.name +
                      "\": a URL takes letters, digits, '-', '_', '.' and '~' as they are; "
                      "use those (openssl rand -hex 16 makes one)");
    }
  }
  return tokens;
}

Result<server::AddressSet> read_networks(const std::vector<std::string>& texts, Names names) {
  server::AddressSet networks;
  for (const auto& text : texts) {
    if (names == Names::tradingview && text == "tradingview") {
      networks.add(tradingview_addresses());
      continue;
    }
    TVH_TRY(const auto network, server::parse_network(text));
    networks.add(network);
  }
  return networks;
}

Result<std::string> normal_fingerprint(const std::string& text) {
  std::string digits;
  for (const char c : text) {
    if (c == ':' || c == ' ') continue;
    digits += c >= 'A' && c <= 'F' ? char(c - 'A' + 'a') : c;
  }
  if (digits.size() != 64 || digits.find_first_not_of("0123456789abcdef") != std::string::npos) {
    return fail(Errc::configuration, "client fingerprint \"" + text +
                                         "\" is no SHA-256, 64 hexadecimal digits (openssl x509 -noout "
                                         "-fingerprint -sha256 -in FILE prints one)");
  }
  return digits;
}

Result<void> resolve_client(ListenSetup& setup, const ListenOptions& options, const cli::Config& config) {
  const std::string& mode = options.client_cert.empty() ? config.listen.client_cert : options.client_cert;
  if (mode == "observe") setup.client.check = ClientCheck::observe;
  if (mode == "require") setup.client.check = ClientCheck::require;
  const auto& fingerprints =
      options.client_fingerprints.empty() ? config.listen.client_fingerprints : options.client_fingerprints;
  for (const auto& text : fingerprints) {
    TVH_TRY(setup.client.fingerprints.emplace_back(), normal_fingerprint(text));
  }
  const auto authority = options.client_ca ? options.client_ca : config.listen.client_ca;
  setup.client.has_authority = authority.has_value();
  if (setup.client.check == ClientCheck::off) return {};
  if (!setup.tls) {
    return fail(Errc::configuration,
                "client certificates come with TLS only; give --tls-cert and --tls-key, or "
                "--client-cert off behind a proxy");
  }
  if (setup.client.check == ClientCheck::require && !authority && fingerprints.empty()) {
    return fail(Errc::configuration,
                "--client-cert require needs something to know the certificate by: --client-ca FILE or "
                "--client-fingerprint HEX (observe logs what is presented)");
  }
  setup.tls->client = server::ClientCertificate::asked;
  setup.tls->client_ca_file = authority.value_or("");
  return {};
}

Result<void> resolve_tls(ListenSetup& setup, const ListenOptions& options, const cli::Config& config) {
  const auto certificate = options.tls_cert ? options.tls_cert : config.listen.tls_cert;
  const auto key = options.tls_key ? options.tls_key : config.listen.tls_key;
  if (certificate.has_value() != key.has_value()) {
    return fail(Errc::configuration, "TLS needs both --tls-cert FILE and --tls-key FILE");
  }
  if (certificate) setup.tls = {*certificate, *key};
  return resolve_client(setup, options, config);
}

Result<void> resolve_sources(ListenSetup& setup, const ListenOptions& options, const cli::Config& config) {
  const auto& allow = options.allow.empty() ? config.listen.allow : options.allow;
  const auto& proxies = options.trust_proxy.empty() ? config.listen.trust_proxy : options.trust_proxy;
  TVH_TRY(setup.allowed, read_networks(allow, Names::tradingview));
  TVH_TRY(setup.trusted_proxies, read_networks(proxies, Names::none));
  if (config.listen.connections) setup.limits.connections = std::size_t(*config.listen.connections);
  if (config.listen.connections_per_source) {
    setup.limits.connections_per_owner = std::size_t(*config.listen.connections_per_source);
  }
  if (config.listen.admin_address) {
    TVH_TRY(setup.admin, server::parse_endpoint(*config.listen.admin_address));
  }
  setup.patience.silent_after = config.listen.silent_after;
  if (config.listen.backlog_after) setup.patience.backlog_after = *config.listen.backlog_after;
  return {};
}

// One that is misspelt would refuse every alert of its strategy.
Result<void> check_strategy_secrets(const ListenSetup& setup, const cli::Config& config) {
  const auto is_known = [&setup](const std::string& name) {
    const auto has_name = [&name](const NamedSecret& secret) { return secret.name == name; };
    return std::any_of(setup.secrets.begin(), setup.secrets.end(), has_name) ||
           std::any_of(setup.path_tokens.begin(), setup.path_tokens.end(), has_name);
  };
  for (const auto& [strategy, rules] : config.strategies) {
    for (const auto& name : rules.secrets) {
      if (is_known(name)) continue;
      return fail(Errc::configuration, "secrets in [strategy." + strategy + "] names \"" + name +
                                           "\", and there is no such secret; add it to [auth.secrets]");
    }
  }
  return {};
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
  TVH_TRY(setup.path_tokens, gather_path_tokens(setup.secrets, config, environment));
  TVH_CHECK(check_strategy_secrets(setup, config));
  TVH_CHECK(resolve_sources(setup, options, config));
  TVH_CHECK(resolve_tls(setup, options, config));
  TVH_TRY(setup.dialects, wire::choose_dialects("", config.dialects()));
  if (options.no_auth) {
    setup.authentication = Authentication::none;
    if (!server::is_loopback(setup.endpoint)) {
      return fail(Errc::configuration, "--no-auth on " + to_text(setup.endpoint) +
                                           " would let anyone trade; give a secret, or listen on 127.0.0.1");
    }
  } else if (setup.secrets.empty() && setup.path_tokens.empty()) {
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

std::vector<std::string> short_secrets(const ListenSetup& setup) {
  constexpr std::size_t kShortest = 8;
  std::vector<std::string> names;
  for (const auto* all : {&setup.secrets, &setup.path_tokens}) {
    for (const auto& [name, secret] : *all) {
      if (secret.reveal().size() < kShortest) names.push_back(name);
    }
  }
  return names;
}

std::function<bool(const std::string&, const std::string&)> secret_rule(
    const std::shared_ptr<const cli::Config>& config) {
  const auto names = [](const cli::StrategyConfig& strategy, const std::string& secret) {
    return std::find(strategy.secrets.begin(), strategy.secrets.end(), secret) != strategy.secrets.end();
  };
  return [config, names](const std::string& strategy, const std::string& secret) {
    const cli::StrategyConfig& rules = config->strategy(strategy);
    if (!rules.secrets.empty()) return names(rules, secret);
    return std::none_of(config->strategies.begin(), config->strategies.end(),
                        [&](const auto& other) { return names(other.second, secret); });
  };
}

}  // namespace tvh
