#include "tvhook-listen/listen_setup.hpp"

#include <sys/stat.h>

#include <map>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

using namespace tvh;
using namespace tvh::test;

namespace {

cli::GetEnvironment environment_of(std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
}

const cli::GetEnvironment kWithSecret = environment_of({{"TVHOOK_SECRET", "from-the-environment"}});
const cli::GetEnvironment kBare = environment_of({});

Errc refusal(const ListenOptions& options, const cli::GetEnvironment& environment = kWithSecret) {
  const auto setup = resolve_setup(options, {}, environment);
  REQUIRE_FALSE(setup.has_value());
  return setup.error().code;
}

}  // namespace

TEST_CASE("listen setup: the command line wins over the configuration, and that over the defaults") {
  cli::Config config;
  const auto defaults = resolve_setup({}, config, kWithSecret);
  REQUIRE(defaults.has_value());
  CHECK(to_text(defaults->endpoint) == "127.0.0.1:8080");
  CHECK(defaults->path == "/webhook");
  config.listen.address = "127.0.0.2:1";
  config.listen.path = "/configured";
  const auto configured = resolve_setup({}, config, kWithSecret);
  CHECK(to_text(configured->endpoint) == "127.0.0.2:1");
  CHECK(configured->path == "/configured");
  ListenOptions options;
  options.address = "[::1]:2";
  options.path = "/given";
  const auto given = resolve_setup(options, config, kWithSecret);
  CHECK(to_text(given->endpoint) == "[::1]:2");
  CHECK(given->path == "/given");
}

TEST_CASE("listen setup: secrets come from files, the environment and the configuration, each under its name") {
  const TemporaryFolder folder;
  write_file(folder.file("main.secret"), "from-a-file\n");
  REQUIRE(::chmod(folder.file("main.secret").c_str(), 0600) == 0);
  ListenOptions options;
  options.secret_files = {folder.file("main.secret")};
  cli::Config config;
  config.secrets = {{"desk", "env:DESK"}};
  const auto setup = resolve_setup(options, config, environment_of({{"TVHOOK_SECRET", "e"}, {"DESK", "d"}}));
  REQUIRE(setup.has_value());
  REQUIRE(setup->secrets.size() == 3);
  CHECK(*find_secret(setup->secrets, "from-a-file") == "main");
  CHECK(*find_secret(setup->secrets, "e") == "env");
  CHECK(*find_secret(setup->secrets, "d") == "desk");

  config.secrets = {{"main", "env:DESK"}};
  const auto twice = resolve_setup(options, config, environment_of({{"DESK", "d"}}));
  REQUIRE_FALSE(twice.has_value());
  CHECK(twice.error().message.find("\"main\"") != std::string::npos);
  REQUIRE(::chmod(folder.file("main.secret").c_str(), 0644) == 0);
  CHECK(refusal(options) == Errc::configuration);
}

TEST_CASE("listen setup: without a secret it refuses, unless told so on a loopback address") {
  CHECK(refusal({}, kBare) == Errc::configuration);
  ListenOptions options;
  options.no_auth = true;
  const auto open = resolve_setup(options, {}, kBare);
  REQUIRE(open.has_value());
  CHECK(open->authentication == Authentication::none);
  for (const char* address : {"0.0.0.0:1", "[::]:1", "10.1.2.3:1"}) {
    options.address = address;
    CHECK(refusal(options) == Errc::configuration);
  }
}

TEST_CASE("listen setup: a path that no webhook can have is refused") {
  for (const char* path : {"", "webhook", "/a b", "/a?b", "/a#b", "/health"}) {
    ListenOptions options;
    options.path = path;
    CAPTURE(path);
    CHECK(refusal(options) == Errc::configuration);
  }
}

TEST_CASE("listen setup: a ready descriptor that is not open is a usage error") {
  ListenOptions options;
  options.ready_fd = 999'999;
  CHECK(refusal(options) == Errc::usage);
}
