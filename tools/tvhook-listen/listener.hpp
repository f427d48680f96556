// The listener, whole: server, intake, queue, writer, stdout and log wired together over a journal's port. The
// binary, the tests and the bench run this.
#pragma once

#include <memory>
#include <string>
#include <thread>

#include "base/clock.hpp"
#include "cli/log.hpp"
#include "journal/alert_store.hpp"
#include "server/server.hpp"
#include "tvhook-listen/arrival_queue.hpp"
#include "tvhook-listen/intake.hpp"
#include "tvhook-listen/journal_health.hpp"
#include "tvhook-listen/journal_writer.hpp"
#include "tvhook-listen/record_output.hpp"

namespace tvh {

struct ListenerSettings {
  server::Endpoint endpoint{"127.0.0.1", 0};
  server::Limits limits;
  QueueLimits queue;
  IntakeSettings intake;
  server::AddressSet trusted_proxies;
  std::shared_ptr<const server::TlsContext> tls;  // nullptr: plain HTTP
  int record_fd = -1;                             // where accepted signals go, -1: nowhere
};

class Listener {
 public:
  // What is passed by reference must outlive the listener.
  Listener(const ListenerSettings& settings, journal::AlertStore& store, const Clock& clock, cli::Log& log);
  ~Listener();

  // When it returns a value, alerts are accepted at url().
  // A socket that listens already, to be used instead of binding one. Before start().
  void adopt(int acceptor) { server_.adopt(acceptor); }
  int acceptor() const { return server_.acceptor(); }
  Result<void> start();
  std::string url() const;

  // While it runs, from any thread; what is under way goes on as it began.
  void replace(IntakeSettings intake, const server::AddressSet& trusted_proxies);
  void use_certificate(std::shared_ptr<const server::TlsContext> tls);
  bool journal_commits() const { return health_.commits(); }
  // For whoever serves it, so that no reader of stderr can hold him up.
  AlertLog& log() { return log_; }
  // What /metrics says; the epoch: there is no certificate.
  std::string metrics(TimePoint certificate_end) const;

  // Accepts no more, answers what was received, stores what is queued, gives stdout's reader a moment. Returns
  // within seconds unless the journal's disk hangs.
  void stop();

 private:
  ListenMetrics metrics_;
  AlertLog log_;
  RecordOutput records_;
  JournalHealth health_;
  ArrivalQueue queue_;
  Intake intake_;
  JournalWriter writer_;
  server::Server server_;
  const std::string scheme_;
  const std::string path_;
  std::thread writer_thread_;
  std::thread watch_thread_;
};

}  // namespace tvh
