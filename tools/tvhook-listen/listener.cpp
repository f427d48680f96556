#include "tvhook-listen/listener.hpp"

#include <pthread.h>

#include <utility>

namespace tvh {

namespace {

constexpr std::chrono::milliseconds kRecordPatience{1000};
constexpr std::size_t kLogLines = 8192;

std::string describe(Unavailable why) {
  switch (why) {
    case Unavailable::queue_is_full:
      return "unavailable: too many are waiting";
    case Unavailable::waited_too_long:
      return "unavailable: waited too long for the journal";
    case Unavailable::commit_overdue:
      return "unavailable: the journal's commit takes too long";
    case Unavailable::not_stored:
      return "unavailable: not stored";
  }
  return "unavailable";
}

server::Sources sources_of(const IntakeSettings& intake, const server::AddressSet& trusted_proxies) {
  return {trusted_proxies, intake.unlimited};
}

}  // namespace

Listener::Listener(const ListenerSettings& settings, journal::AlertStore& store, const Clock& clock,
                   cli::Log& log)
    : log_(log, &metrics_, kLogLines, settings.intake.sampler),
      records_(settings.record_fd, log_),
      queue_(settings.queue, clock,
             [this](const journal::Arrival& arrival, Unavailable why) {
               // A journal that hangs says nothing; what waits for it in vain does. The next commit or probe
               // cures it.
               if (why == Unavailable::waited_too_long || why == Unavailable::commit_overdue)
                 health_.set_fails();
               log_.add({cli::LogLevel::error, 503, arrival.alert.source, describe(why), ""});
             }),
      intake_(settings.intake, {queue_, health_, clock, log_}),
      writer_({queue_, store, health_, records_, log_, clock, metrics_}),
      server_(settings.endpoint, settings.limits, intake_),
      scheme_(settings.tls ? "https" : "http"),
      path_(settings.intake.path) {
  server_.set_sources(sources_of(settings.intake, settings.trusted_proxies));
  server_.set_tls(settings.tls);
}

Listener::~Listener() { stop(); }

Result<void> Listener::start() {
  TVH_CHECK(server_.start());
  writer_thread_ = std::thread([this] {
    ::pthread_setname_np(::pthread_self(), "journal");
    writer_.run();
  });
  watch_thread_ = std::thread([this] {
    ::pthread_setname_np(::pthread_self(), "deadlines");
    queue_.watch_deadlines();
  });
  return {};
}

void Listener::replace(IntakeSettings intake, const server::AddressSet& trusted_proxies) {
  server_.set_sources(sources_of(intake, trusted_proxies));
  server_.post([this, intake = std::move(intake)]() mutable { intake_.replace(std::move(intake)); });
}

void Listener::use_certificate(std::shared_ptr<const server::TlsContext> tls) {
  server_.set_tls(std::move(tls));
}

std::string Listener::metrics(TimePoint certificate_end) const {
  return metrics_.text({health_.commits(), queue_.waiting(), records_.dropped(), certificate_end});
}

std::string Listener::url() const { return scheme_ + "://" + to_text(server_.endpoint()) + path_; }

void Listener::stop() {
  if (!writer_thread_.joinable()) return;
  server_.stop();
  queue_.close();
  writer_thread_.join();
  watch_thread_.join();
  records_.stop(kRecordPatience);
  log_.stop();
}

}  // namespace tvh
