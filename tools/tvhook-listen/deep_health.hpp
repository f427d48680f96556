// GET /health/deep and /metrics, for the operator's own monitoring: on an address of its own, loopback unless
// told otherwise.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "base/clock.hpp"
#include "journal/traffic.hpp"
#include "server/server.hpp"
#include "tvhook-listen/alert_log.hpp"

namespace tvh {

// How long it may be quiet, and how long a signal may wait to be executed.
struct Patience {
  std::optional<Nanoseconds> silent_after;  // none: silence is well
  Nanoseconds backlog_after = std::chrono::minutes(5);
};

// What there is to know; any thread.
class DeepHealth {
 public:
  using ReadTraffic = std::function<Result<journal::Traffic>()>;

  DeepHealth(std::function<bool()> journal_commits, ReadTraffic read_traffic, const Clock& clock)
      : journal_commits_(std::move(journal_commits)),
        read_traffic_(std::move(read_traffic)),
        clock_(clock),
        started_at_(clock.now()) {}

  void set_patience(const Patience& patience);

  void set_certificate_end(TimePoint expires_at) { certificate_end_ = nanoseconds_since_epoch(expires_at); }
  TimePoint certificate_end() const { return from_nanoseconds(certificate_end_.load()); }  // the epoch: none

  // 200, or 503 when the journal does not commit or cannot be read, the certificate ends within 21 days, no
  // alert became a signal for too long, or one waits too long. Reads the journal.
  server::Answer answer() const;

 private:
  std::string describe_certificate(bool& well) const;
  std::string describe_traffic(bool& well) const;

  const std::function<bool()> journal_commits_;
  const ReadTraffic read_traffic_;
  const Clock& clock_;
  const TimePoint started_at_;
  mutable std::mutex mutex_;
  Patience patience_;
  std::atomic<std::int64_t> certificate_end_{0};  // 0: there is none
};

class AdminApplication final : public server::Application {
 public:
  AdminApplication(const DeepHealth& health, std::function<std::string()> metrics, AlertLog& log)
      : health_(health), metrics_(std::move(metrics)), log_(log) {}

  std::optional<server::Answer> judge(const server::RequestHead& head) override;
  void receive(const server::RequestHead& head, std::string body, server::Responder responder) override;
  server::Answer refuse(const server::RequestHead& head, const server::Fault& fault) override;
  void warn(std::string_view message) override;

 private:
  server::Answer metrics_answer() const;

  const DeepHealth& health_;
  const std::function<std::string()> metrics_;
  AlertLog& log_;
};

}  // namespace tvh
