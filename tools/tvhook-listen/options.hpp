#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/options.hpp"

namespace tvh {

inline constexpr const char* kDefaultAddress = "127.0.0.1:8080";
inline constexpr const char* kDefaultPath = "/webhook";

// As given on the command line; what is absent comes from the configuration, then from the defaults.
struct ListenOptions {
  std::optional<std::string> address;
  std::optional<std::string> path;
  std::vector<std::string> secret_files;
  bool no_auth = false;
  std::vector<std::string> allow;
  std::vector<std::string> trust_proxy;
  std::optional<std::string> tls_cert;
  std::optional<std::string> tls_key;
  std::string client_cert;  // "" when not given
  std::optional<std::string> client_ca;
  std::vector<std::string> client_fingerprints;
  std::optional<int> ready_fd;
  bool no_stdout = false;
  bool takeover = false;
};

void define_options(cli::OptionSet& set, ListenOptions& options);

}  // namespace tvh
