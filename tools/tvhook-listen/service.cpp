#include "tvhook-listen/service.hpp"

#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>
#include <utility>

#include "base/invariant.hpp"

namespace tvh {

namespace {

constexpr int kLookMilliseconds = 60'000;  // where inotify says nothing
constexpr int kSettleMilliseconds = 200;   // a certificate and its key are two files

}  // namespace

ReloadSignal::ReloadSignal() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGHUP);
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  fd_ = ::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
  TVH_INVARIANT(fd_ >= 0, "a signal descriptor can be made at start");
}

ReloadSignal::~ReloadSignal() { ::close(fd_); }

bool ReloadSignal::take() {
  signalfd_siginfo info{};
  bool taken = false;
  while (::read(fd_, &info, sizeof info) > 0) taken = true;
  return taken;
}

Service::Service(const Parts& parts, const Fresh& first, ReadAnew read_anew)
    : parts_(parts), read_anew_(std::move(read_anew)) {
  watch(first.setup.tls);
  if (first.tls) use_certificate(*first.tls);
}

void Service::watch(const std::optional<server::TlsSettings>& tls) {
  tls_ = tls;
  watch_.reset();
  if (tls_) watch_ = std::make_unique<FileWatch>(std::vector{tls_->certificate_file, tls_->key_file});
}

void Service::use_certificate(const server::TlsContext& tls) {
  notice_.set(tls.expires_at());
  parts_.health.set_certificate_end(tls.expires_at());
}

int Service::patience() const {
  if (settling_) return kSettleMilliseconds;
  return watch_ ? kLookMilliseconds : -1;
}

void Service::run() {
  for (;;) {
    if (const auto warning = notice_.due(parts_.context.clock.now()))
      parts_.listener.log().note(cli::LogLevel::warning, *warning);
    pollfd watched[] = {{parts_.context.stop.fd(), POLLIN, 0},
                        {parts_.reload.fd(), POLLIN, 0},
                        {watch_ ? watch_->fd() : -1, POLLIN, 0},
                        {parts_.handover.fd(), POLLIN, 0},
                        {parts_.handover.successor_fd(), POLLIN, 0}};
    ::poll(watched, std::size(watched), patience());
    if (parts_.context.stop.requested()) return;
    if (watched[4].revents != 0 && parts_.handover.took_over()) {
      parts_.listener.log().note(cli::LogLevel::info, "a newer listener serves now; this one ends");
      return;
    }
    if (watched[3].revents != 0) parts_.handover.on_request();
    if (parts_.reload.take()) {
      settling_ = false;
      reload_all();
    } else if (watch_ && watch_->changed()) {
      settling_ = true;
    } else if (std::exchange(settling_, false)) {
      reload_certificate();
    }
  }
}

// What cannot be read anew leaves everything as it is: a listener with yesterday's certificate is better than
// none.
void Service::reload_all() {
  auto fresh = read_anew_();
  if (!fresh) {
    parts_.listener.log().note(cli::LogLevel::error,
                               "not reloaded, everything stays as it was: " + fresh.error().message);
    return;
  }
  if (fresh->setup.tls.has_value() != tls_.has_value()) {
    parts_.listener.log().note(cli::LogLevel::error,
                               "not reloaded: to begin or end speaking TLS takes a restart");
    return;
  }
  watch(fresh->setup.tls);
  if (fresh->tls) {
    use_certificate(*fresh->tls);
    parts_.listener.use_certificate(fresh->tls);
  }
  parts_.health.set_patience(fresh->setup.patience);
  parts_.listener.replace(std::move(fresh->intake), fresh->setup.trusted_proxies);
  parts_.listener.log().note(cli::LogLevel::info, "reloaded: secrets, sources, certificates and rules");
}

void Service::reload_certificate() {
  auto loaded = server::TlsContext::load(*tls_);
  if (!loaded) {
    parts_.listener.log().note(cli::LogLevel::warning,
                               "the old TLS certificate stays in use: " + loaded.error().message);
    return;
  }
  use_certificate(**loaded);
  parts_.listener.use_certificate(*loaded);
  parts_.listener.log().note(cli::LogLevel::info, "new TLS certificate in use",
                             {{"subject", (*loaded)->subject()}});
}

}  // namespace tvh
