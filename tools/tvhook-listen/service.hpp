// A running listener and what an operator does to it meanwhile: SIGHUP, new certificate files, the stop.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "cli/run_tool.hpp"
#include "server/tls_context.hpp"
#include "tvhook-listen/certificate_notice.hpp"
#include "tvhook-listen/deep_health.hpp"
#include "tvhook-listen/file_watch.hpp"
#include "tvhook-listen/listen_setup.hpp"
#include "tvhook-listen/listener.hpp"
#include "tvhook-listen/takeover.hpp"

namespace tvh {

// SIGHUP as something to poll. To be made before any other thread: they all leave the signal to it.
class ReloadSignal {
 public:
  ReloadSignal();
  ~ReloadSignal();
  ReloadSignal(const ReloadSignal&) = delete;
  ReloadSignal& operator=(const ReloadSignal&) = delete;

  int fd() const { return fd_; }
  bool take();  // whether one came since last asked

 private:
  int fd_ = -1;
};

class Service {
 public:
  struct Parts {
    cli::Context& context;
    Listener& listener;
    DeepHealth& health;
    ReloadSignal& reload;
    Handover& handover;
  };
  // Everything that can be read anew; changes nothing.
  struct Fresh {
    ListenSetup setup;
    IntakeSettings intake;
    std::shared_ptr<const server::TlsContext> tls;
  };
  using ReadAnew = std::function<Result<Fresh>()>;

  Service(const Parts& parts, const Fresh& first, ReadAnew read_anew);

  // Until asked to stop, or a newer listener serves in our place.
  void run();

 private:
  void use_certificate(const server::TlsContext& tls);
  void reload_all();
  void reload_certificate();
  void watch(const std::optional<server::TlsSettings>& tls);
  int patience() const;

  Parts parts_;
  ReadAnew read_anew_;
  std::optional<server::TlsSettings> tls_;
  std::unique_ptr<FileWatch> watch_;
  CertificateNotice notice_;
  bool settling_ = false;  // files changed a moment ago; another may follow
};

}  // namespace tvh
