// GET /health/deep and /metrics, for the operator's own monitoring: on an address of its own, loopback unless
// told otherwise.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "base/clock.hpp"
#include "server/server.hpp"
#include "tvhook-listen/alert_log.hpp"

namespace tvh {

// What there is to know; any thread.
class DeepHealth {
 public:
  DeepHealth(std::function<bool()> journal_commits, const Clock& clock)
      : journal_commits_(std::move(journal_commits)), clock_(clock) {}

  void set_certificate_end(TimePoint expires_at) { certificate_end_ = nanoseconds_since_epoch(expires_at); }
  TimePoint certificate_end() const { return from_nanoseconds(certificate_end_.load()); }  // the epoch: none

  // 200, or 503 when the journal does not commit or the certificate ends within 21 days.
  server::Answer answer() const;

 private:
  const std::function<bool()> journal_commits_;
  const Clock& clock_;
  std::atomic<std::int64_t> certificate_end_{0};  // 0: there is none
};

class AdminApplication final : public server::Application {
 public:
  AdminApplication(const DeepHealth& health, std::function<std::string()> metrics, cli::Log& log)
      : health_(health), metrics_(std::move(metrics)), log_(log) {}

  std::optional<server::Answer> judge(const server::RequestHead& head) override;
  void receive(const server::RequestHead& head, std::string body, server::Responder responder) override;
  server::Answer refuse(const server::RequestHead& head, const server::Fault& fault) override;
  void warn(std::string_view message) override;

 private:
  server::Answer metrics_answer() const;

  const DeepHealth& health_;
  const std::function<std::string()> metrics_;
  cli::Log& log_;
};

}  // namespace tvh
