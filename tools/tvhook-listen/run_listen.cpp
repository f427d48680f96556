#include "tvhook-listen/run_listen.hpp"

#include <poll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "engine/identity.hpp"
#include "journal/journal.hpp"
#include "journal/open.hpp"
#include "tvhook-listen/journal_key.hpp"
#include "tvhook-listen/listen_setup.hpp"
#include "tvhook-listen/listener.hpp"

namespace tvh {

namespace {

Nanoseconds resend_window_of(const cli::Config& config, const std::string& strategy) {
  const auto& own = config.strategy(strategy).resend_window;
  return own.value_or(config.listen.resend_window.value_or(engine::kDefaultResendWindow));
}

// Descriptors for every connection the limits allow, as far as the system lets us; beyond it connections wait.
void raise_descriptor_limit(std::size_t connections) {
  rlimit limit{};
  const rlim_t wanted = connections + 64;
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted) return;
  limit.rlim_cur = std::min(wanted, limit.rlim_max);
  (void)::setrlimit(RLIMIT_NOFILE, &limit);
}

Result<void> announce(int fd, const std::string& url) {
  const std::string line = url + "\n";
  ssize_t written = -1;
  do {
    written = ::write(fd, line.data(), line.size());
  } while (written < 0 && errno == EINTR);
  if (written != ssize_t(line.size())) {
    return fail(Errc::storage,
                "cannot write to --ready-fd " + std::to_string(fd) + ": " + std::strerror(errno));
  }
  if (fd > STDERR_FILENO) ::close(fd);  // whoever waits for the end of it need not wait for ours
  return {};
}

// Everything start would need, tested without changing it.
Result<void> check_environment(const ListenSetup& setup, const std::string& journal_path) {
  TVH_CHECK(check_journal_key(journal_path));
  std::error_code ignored;
  if (std::filesystem::exists(journal_path, ignored)) {
    TVH_CHECK(journal::Journal::open_read_only(journal_path));
  }
  const std::filesystem::path parent = std::filesystem::absolute(journal_path, ignored).parent_path();
  const std::string what = std::filesystem::exists(journal_path, ignored) ? journal_path : parent.string();
  if (std::filesystem::exists(what, ignored) && ::access(what.c_str(), R_OK | W_OK) != 0) {
    return fail(Errc::storage,
                "cannot write " + what + ": " + std::strerror(errno) + "; choose another --journal");
  }
  return server::try_bind(setup.endpoint);
}

ListenerSettings settings_of(const ListenSetup& setup, const ListenOptions& options,
                             const cli::Context& context) {
  ListenerSettings settings;
  settings.endpoint = setup.endpoint;
  settings.intake.path = setup.path;
  settings.intake.secrets = setup.secrets;
  settings.intake.authentication = setup.authentication;
  settings.intake.exchanges = context.config.listen.exchanges;
  settings.intake.resend_window = [&config = context.config](const std::string& strategy) {
    return resend_window_of(config, strategy);
  };
  settings.record_fd = options.no_stdout ? -1 : context.output.fd();
  return settings;
}

void wait_until_asked_to_stop(const cli::StopSignal& stop) {
  while (!stop.requested()) {
    pollfd watched{stop.fd(), POLLIN, 0};
    ::poll(&watched, 1, -1);
  }
}

}  // namespace

Result<ExitCode> run_listen(const ListenOptions& options, cli::Context& context) {
  TVH_TRY(const auto setup, resolve_setup(options, context.config, context.environment));
  if (context.check) {
    TVH_CHECK(check_environment(setup, context.journal_path));
    return ExitCode::ok;
  }
  ListenerSettings settings = settings_of(setup, options, context);
  raise_descriptor_limit(settings.limits.connections);
  TVH_TRY(const auto store, journal::open_alert_store(context.journal_path));
  TVH_TRY(settings.intake.hash_key, read_or_make_journal_key(context.journal_path));
  Listener listener(settings, *store, context.clock, context.log);
  TVH_CHECK(listener.start());
  context.log.info("listening", {{"url", listener.url()}, {"journal", context.journal_path}});
  if (setup.authentication == Authentication::none) {
    context.log.warning("alerts need no secret (--no-auth); whoever reaches this address can trade");
  }
  if (options.ready_fd) TVH_CHECK(announce(*options.ready_fd, listener.url()));
  wait_until_asked_to_stop(context.stop);
  listener.stop();
  context.log.info("stopped");
  return ExitCode::ok;
}

}  // namespace tvh
