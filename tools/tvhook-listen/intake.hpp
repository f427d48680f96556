// What the listener does with each request on the server's thread: the checks in the order of DESIGN 5.2,
// redaction, identity, and into the queue. Nothing here waits.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/secret.hpp"
#include "server/server.hpp"
#include "tvhook-listen/alert_log.hpp"
#include "tvhook-listen/arrival_queue.hpp"
#include "tvhook-listen/journal_health.hpp"
#include "tvhook-listen/refusal_sampler.hpp"
#include "wire/alert_reader.hpp"

namespace tvh {

enum class Authentication { required, none };

struct IntakeSettings {
  std::string path = "/webhook";
  std::vector<NamedSecret> secrets;
  Authentication authentication = Authentication::required;
  std::vector<std::string> exchanges;  // accepted beside the known venues
  std::function<Nanoseconds(const std::string& strategy)> resend_window;
  std::string hash_key;  // of the original bytes
  SamplerLimits sampler;
};

class Intake final : public server::Application {
 public:
  struct Parts {
    ArrivalQueue& queue;
    const JournalHealth& health;
    const Clock& clock;
    AlertLog& log;
  };
  Intake(IntakeSettings settings, const Parts& parts);

  std::optional<server::Answer> judge(const server::RequestHead& head) override;
  void receive(const server::RequestHead& head, std::string body, server::Responder responder) override;
  server::Answer refuse(const server::RequestHead& head, const server::Fault& fault) override;
  void warn(std::string_view message) override;

 private:
  // What a request's sender has shown of himself.
  enum class Standing { stranger, authenticated };
  struct Refusal {
    int status = 400;
    std::string verdict;
    Standing standing = Standing::stranger;
  };

  // The refusal and its answer, or nothing when the alert went into the queue.
  struct Refused {
    Refusal refusal;
    server::Answer answer;
  };
  std::optional<Refused> check_secret(const wire::JsonValue& alert) const;
  void accept(model::Alert alert, const wire::JsonValue& json, model::Signal signal, std::string_view body,
              server::Responder responder);
  void record(const Refusal& refusal, model::Alert alert, std::string_view body, const wire::JsonValue* json);
  model::Alert begin_alert(const server::RequestHead& head);

  const IntakeSettings settings_;
  const wire::DecodeOptions decode_options_;
  Parts parts_;
  RefusalSampler sampler_;
  TimePoint last_received_{};
};

}  // namespace tvh
