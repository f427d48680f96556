#include "tvhook-listen/run_listen.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include "engine/identity.hpp"
#include "journal/journal.hpp"
#include "journal/open.hpp"
#include "journal/place.hpp"
#include "tvhook-listen/journal_key.hpp"
#include "tvhook-listen/listen_setup.hpp"
#include "tvhook-listen/listener.hpp"
#include "tvhook-listen/service.hpp"
#include "tvhook-listen/takeover.hpp"
#include "tvhook-listen/tradingview.hpp"

namespace tvh {

namespace {

constexpr std::chrono::milliseconds kLogPatience{1000};  // of lines that do not go through the listener's log

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

// Everything start would need but its addresses, tested without changing it.
Result<void> check_environment(const cli::Context& context) {
  TVH_CHECK(journal::check_place(context.journal_path, context.makes_journal_folder
                                                           ? journal::MissingFolder::is_made
                                                           : journal::MissingFolder::is_an_error));
  return check_journal_key(context.journal_path);
}

// What the listener takes from setup and configuration, at the start and at every reload.
IntakeSettings intake_settings(const ListenSetup& setup, const std::shared_ptr<const cli::Config>& config,
                               const std::string& hash_key) {
  IntakeSettings intake;
  intake.path = setup.path;
  intake.secrets = setup.secrets;
  intake.path_tokens = setup.path_tokens;
  intake.authentication = setup.authentication;
  intake.secret_fits = secret_rule(config);
  intake.allowed = setup.allowed;
  intake.unlimited.add(setup.trusted_proxies);
  intake.unlimited.add(tradingview_addresses());
  intake.client = setup.client;
  intake.exchanges = config->listen.exchanges;
  intake.dialects = setup.dialects;
  intake.resend_window = [config](const std::string& strategy) { return resend_window_of(*config, strategy); };
  intake.hash_key = hash_key;
  if (const auto& rate = config->listen.requests_per_second) intake.strangers = {double(*rate), 5.0 * *rate};
  if (const auto& rate = config->listen.strategy_alerts_per_second) {
    intake.strategy = {double(*rate), 5.0 * *rate};
  }
  return intake;
}

Result<Service::Fresh> read_fresh(const ListenOptions& options,
                                  const std::shared_ptr<const cli::Config>& config, const cli::Context& context,
                                  const std::string& hash_key) {
  Service::Fresh fresh;
  TVH_TRY(fresh.setup, resolve_setup(options, *config, context.environment));
  if (fresh.setup.tls) {
    TVH_TRY(fresh.tls, server::TlsContext::load(*fresh.setup.tls));
  }
  fresh.intake = intake_settings(fresh.setup, config, hash_key);
  return fresh;
}

// Who may try a few a second finds such a one; tutorials print some, so they are taken.
void tell_of_short_secrets(const ListenSetup& setup, const cli::Context& context) {
  for (const auto& name : short_secrets(setup)) {
    context.log.warning(
        "secret \"" + name +
        "\" has fewer than 8 characters and can be guessed; openssl rand -hex 16 makes a better one");
  }
}

// Address and path are what the first start said; everything else may have changed.
Service::ReadAnew reader_of(const ListenOptions& options, const cli::Context& context,
                            const Service::Fresh& first) {
  ListenOptions again = options;
  again.ready_fd.reset();  // told, and closed
  return
      [again, &context, path = first.setup.path, hash_key = first.intake.hash_key]() -> Result<Service::Fresh> {
        cli::Config config;
        if (!context.config.file.empty()) {
          TVH_TRY(config, cli::load_config(context.config.file, context.environment));
        }
        TVH_TRY(auto fresh,
                read_fresh(again, std::make_shared<const cli::Config>(std::move(config)), context, hash_key));
        fresh.intake.path = path;
        tell_of_short_secrets(fresh.setup, context);
        return fresh;
      };
}

ListenerSettings settings_of(const Service::Fresh& fresh, const ListenOptions& options,
                             const cli::Context& context) {
  ListenerSettings settings;
  settings.endpoint = fresh.setup.endpoint;
  settings.limits = fresh.setup.limits;
  settings.intake = fresh.intake;
  settings.trusted_proxies = fresh.setup.trusted_proxies;
  settings.tls = fresh.tls;
  settings.record_fd = options.no_stdout ? -1 : context.output.fd();
  return settings;
}

server::Limits admin_limits() {
  server::Limits limits;
  limits.connections = 32;
  limits.body_bytes = 1024;
  return limits;
}

// Port 0 is whatever port there is.
bool is_at(const server::Endpoint& there, const server::Endpoint& wanted) {
  return address_of(there) == address_of(wanted) && (wanted.port == 0 || wanted.port == there.port);
}

// Whether the running listener's socket may be served as `setup` says. It is the socket that others reach or do
// not, whoever bound it, so --no-auth is asked of it again.
Result<void> check_taken(const ListenSetup& setup, const server::Endpoint& there) {
  if (!is_at(there, setup.endpoint)) {
    return fail(Errc::configuration, "the running listener is at " + to_text(there) + ", not at " +
                                         to_text(setup.endpoint) + "; --takeover changes no address");
  }
  if (setup.authentication == Authentication::none && !server::is_loopback(there)) {
    return fail(Errc::configuration, "the running listener is at " + to_text(there) +
                                         ", where --no-auth would let anyone trade; give a secret");
  }
  return {};
}

// Whether start would find the address free, or taken by the running listener of this journal alone, which is
// there to be replaced.
Result<void> check_address(const server::Endpoint& wanted, const std::vector<server::Endpoint>& running) {
  auto bound = server::try_bind(wanted);
  if (bound || bound.error().code != Errc::temporary) return bound;
  const auto is_any = [](const server::Endpoint& one) { return one.host == "0.0.0.0" || one.host == "::"; };
  const bool is_ours = std::any_of(running.begin(), running.end(), [&](const server::Endpoint& there) {
    return there.port == wanted.port && (is_at(there, wanted) || is_any(there) || is_any(wanted));
  });
  if (is_ours) return {};
  return bound;
}

// For --check, which is asked before a reload or a restart: while the service runs.
Result<void> check_addresses(const ListenOptions& options, const ListenSetup& setup,
                             const std::string& journal_path) {
  const auto running = addresses_of_running(journal_path);
  if (options.takeover && !running.empty()) {
    TVH_CHECK(check_taken(setup, running.front()));
  } else {
    TVH_CHECK(check_address(setup.endpoint, running));
  }
  if (setup.admin) return check_address(*setup.admin, running);
  return {};
}

Result<void> adopt(Listener& listener, Taken& taken, const ListenSetup& setup) {
  const int acceptor = taken.take_alerts();
  TVH_TRY(const auto there, server::endpoint_of(acceptor));
  if (auto may = check_taken(setup, there); !may) {
    ::close(acceptor);
    return may;
  }
  listener.adopt(acceptor);
  return {};
}

// The former one's socket of the admin address, if that is the one that is configured now; -1: it is not.
int adopted_admin(Taken& taken, const server::Endpoint& wanted) {
  const int acceptor = taken.take_administration();
  if (acceptor < 0) return -1;
  const auto there = server::endpoint_of(acceptor);
  if (there && is_at(*there, wanted)) return acceptor;
  ::close(acceptor);  // the former one has its own until it ends
  return -1;
}

void tell_of_start(const ListenSetup& setup, Listener& listener, const cli::Context& context) {
  listener.log().note(cli::LogLevel::info, "listening",
                      {{"url", listener.url()}, {"journal", context.journal_path}});
  if (setup.authentication == Authentication::none) {
    listener.log().note(cli::LogLevel::warning,
                        "alerts need no secret (--no-auth); whoever reaches this address can trade");
  }
}

}  // namespace

Result<ExitCode> run_listen(const ListenOptions& options, cli::Context& context) {
  const auto config = std::make_shared<const cli::Config>(context.config);
  TVH_TRY(auto fresh, read_fresh(options, config, context, ""));
  tell_of_short_secrets(fresh.setup, context);
  if (context.check) {
    TVH_CHECK(check_environment(context));
    TVH_CHECK(check_addresses(options, fresh.setup, context.journal_path));
    if (fresh.tls) {
      if (const auto warning = expiry_warning(fresh.tls->expires_at(), context.clock.now())) {
        context.log.warning(*warning);
      }
    }
    return ExitCode::ok;
  }
  context.log.limit_wait(kLogPatience);
  ReloadSignal reload;
  raise_descriptor_limit(fresh.setup.limits.connections);
  TVH_TRY(const auto store, journal::open_alert_store(context.journal_path));
  TVH_TRY(fresh.intake.hash_key, read_or_make_journal_key(context.journal_path));
  Listener listener(settings_of(fresh, options, context), *store, context.clock, context.log);
  std::optional<Taken> taken;
  if (options.takeover) {
    TVH_TRY(auto found, take_over(context.journal_path));
    if (found) taken.emplace(std::move(*found));
    if (!taken)
      listener.log().note(cli::LogLevel::info, "no listener of this journal runs; nothing is taken over");
  }
  if (taken) TVH_CHECK(adopt(listener, *taken, fresh.setup));
  TVH_CHECK(listener.start());
  DeepHealth health([&listener] { return listener.journal_commits(); },
                    [&context]() -> Result<journal::Traffic> {
                      TVH_TRY(const auto journal, journal::Journal::open_read_only(context.journal_path));
                      return journal::read_traffic(*journal);
                    },
                    context.clock);
  health.set_patience(fresh.setup.patience);
  AdminApplication admin_application(
      health, [&] { return listener.metrics(health.certificate_end()); }, listener.log());
  std::optional<server::Server> admin;
  if (fresh.setup.admin) {
    admin.emplace(*fresh.setup.admin, admin_limits(), admin_application);
    if (const int acceptor = taken ? adopted_admin(*taken, *fresh.setup.admin) : -1; acceptor >= 0) {
      admin->adopt(acceptor);
    }
    TVH_CHECK(admin->start());
    listener.log().note(cli::LogLevel::info, "deep health",
                        {{"url", "http://" + to_text(admin->endpoint()) + "/health/deep"}});
  }
  Acceptors acceptors{listener.acceptor()};
  if (admin) acceptors.push_back(admin->acceptor());
  Handover handover(context.journal_path, std::move(acceptors),
                    taken ? Handover::Place::taken : Handover::Place::anew, listener.log());
  Service service({context, listener, health, reload, handover}, fresh, reader_of(options, context, fresh));
  tell_of_start(fresh.setup, listener, context);
  if (options.ready_fd) TVH_CHECK(announce(*options.ready_fd, listener.url()));
  if (taken) taken->confirm();
  taken.reset();  // and with it a socket of the former one that we have no use for
  service.run();
  if (admin) admin->stop();
  listener.stop();
  context.log.info("stopped");
  return ExitCode::ok;
}

}  // namespace tvh
