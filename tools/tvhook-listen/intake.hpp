// What the listener does with each request on the server's thread: the checks in the order of DESIGN 5.2,
// redaction, identity, and into the queue. Nothing here waits.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.hpp"
#include "base/secret.hpp"
#include "server/server.hpp"
#include "tvhook-listen/alert_log.hpp"
#include "tvhook-listen/arrival_queue.hpp"
#include "tvhook-listen/attempt_limiter.hpp"
#include "tvhook-listen/client_policy.hpp"
#include "tvhook-listen/journal_health.hpp"
#include "tvhook-listen/rate_limiter.hpp"
#include "tvhook-listen/refusal_sampler.hpp"
#include "wire/alert_reader.hpp"

namespace tvh {

enum class Authentication { required, none };

struct IntakeSettings {
  std::string path = "/webhook";
  std::vector<NamedSecret> secrets;
  std::vector<NamedSecret> path_tokens;  // PATH/TOKEN needs no secret in the body; names differ from secrets'
  Authentication authentication = Authentication::required;
  // Whether the secret of that name is right for the strategy; empty: every one is.
  std::function<bool(const std::string& strategy, const std::string& secret)> secret_fits;
  server::AddressSet allowed;  // empty: everybody
  server::AddressSet unlimited =
      server::loopback_addresses();  // never slowed down, nor refused for what they did
  ClientPolicy client;
  std::vector<std::string> exchanges;  // accepted beside the known venues
  wire::DialectChoice dialects;        // of strategies whose alerts are fixed to one
  std::function<Nanoseconds(const std::string& strategy)> resend_window;
  std::string hash_key;  // of the original bytes
  SamplerLimits sampler;
  // Not changed by Intake::replace().
  AttemptLimits attempts;
  Rate strangers{20, 100};  // requests of one source that end in a refusal
  Rate strategy{};          // accepted alerts of one strategy
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
  void note_failed_handshake(const server::RequestHead& head, std::string_view reason) override;

  // New secrets, sources and rules, from the next request on. On the server's thread.
  void replace(IntakeSettings settings);

 private:
  // What a request's sender has shown of himself.
  enum class Standing { stranger, authenticated };
  struct Refusal {
    int status = 400;
    std::string verdict;
    Standing standing = Standing::stranger;
  };

  // A refusal and its answer.
  struct Refused {
    Refusal refusal;
    server::Answer answer;
  };
  // Who authenticated: the secret's name, "" where none is needed.
  using Authenticated = std::variant<std::string, Refused>;

  std::optional<Refused> check_sender(const server::RequestHead& head);
  std::optional<Refused> check_path(const server::RequestHead& head);
  std::string_view path_token(const server::RequestHead& head) const;
  Authenticated authenticate(const server::RequestHead& head, const wire::ParsedAlert& alert);
  Refused wrong_secret(const server::RequestHead& head);
  std::optional<Refused> check_strategy(const std::string& strategy, const std::string& secret);
  server::Answer tempered(const server::RequestHead& head, server::Answer answer);
  void observe(const server::RequestHead& head);
  void accept(model::Alert alert, const wire::ParsedAlert& read, wire::Decoded decoded, std::string_view body,
              server::Responder responder);
  server::Answer meaningless_answer(const wire::ParsedAlert& read, const std::string& secret,
                                    std::string_view body) const;
  void record(const Refusal& refusal, model::Alert alert, std::string_view body, const wire::ParsedAlert* read);
  model::Alert begin_alert(const server::RequestHead& head);

  IntakeSettings settings_;
  std::vector<NamedSecret> redacted_;  // secrets and path tokens
  wire::DecodeOptions decode_options_;
  Parts parts_;
  RefusalSampler sampler_;
  AttemptLimiter attempts_;
  RateLimiter strangers_;
  RateLimiter strategies_;
  std::set<std::string> observed_;  // fingerprints told of
  std::chrono::steady_clock::time_point last_handshake_note_{};
  TimePoint last_received_{};
};

}  // namespace tvh
