// Who may send: source, certificate, path, secret, and how often.
#include <utility>

#include "tvhook-listen/answers.hpp"
#include "tvhook-listen/intake.hpp"

namespace tvh {

namespace {

constexpr std::chrono::milliseconds kStrangersHold{1000};
constexpr std::chrono::seconds kHandshakeNotePace{1};
constexpr std::size_t kMaxObserved = 256;

}  // namespace

std::optional<Intake::Refused> Intake::check_sender(const server::RequestHead& head) {
  if (!settings_.allowed.empty() && !settings_.allowed.contains(head.address)) {
    return Refused{{403, "wrong_source"},
                   refusal_answer(403, "wrong_source", "alerts are not taken from this address")};
  }
  if (settings_.client.check == ClientCheck::off) return std::nullopt;
  observe(head);
  if (settings_.client.check == ClientCheck::observe) return std::nullopt;
  const std::string problem = client_problem(settings_.client, head.certificate);
  if (problem.empty()) return std::nullopt;
  return Refused{{403, "wrong_certificate"}, refusal_answer(403, "wrong_certificate", problem)};
}

// Each certificate once: what an operator needs to know before he requires one.
void Intake::observe(const server::RequestHead& head) {
  const std::string fingerprint = head.certificate == nullptr ? "" : head.certificate->fingerprint;
  if (observed_.contains(fingerprint) || observed_.size() >= kMaxObserved) return;
  observed_.insert(fingerprint);
  const std::string problem = client_problem(settings_.client, head.certificate);
  std::string text = "client certificate of " + head.source + ": ";
  if (head.certificate != nullptr) {
    text += head.certificate->subject + ", issued by " + head.certificate->issuer + ", sha256 " + fingerprint;
    text += problem.empty() ? "; acceptable" : "; ";
  }
  parts_.log.note(cli::LogLevel::info, text + problem);
}

// What stands behind "PATH/" in the target, "" when that is not its form. A path that ends in '/' brings its
// own; the URL that joins them with a second one is taken as well.
std::string_view Intake::path_token(const server::RequestHead& head) const {
  std::string_view stem = settings_.path;
  const bool brings_slash = stem.ends_with('/');
  if (brings_slash) stem.remove_suffix(1);
  std::string_view rest = head.path;
  if (!rest.starts_with(stem)) return {};
  rest.remove_prefix(stem.size());
  if (!rest.starts_with('/')) return {};
  rest.remove_prefix(1);
  if (brings_slash && rest.starts_with('/')) rest.remove_prefix(1);
  return rest;
}

std::optional<Intake::Refused> Intake::check_path(const server::RequestHead& head) {
  const std::string_view token = path_token(head);
  const bool has_token = !token.empty() && !settings_.path_tokens.empty();
  if (!has_token && head.path != settings_.path) {
    return Refused{
        {404, "wrong_path"},
        refusal_answer(404, "wrong_path", "alerts are not received at this path; look at the webhook URL")};
  }
  if (head.method != "POST") {
    Refused refused{{405, "wrong_method"}, refusal_answer(405, "wrong_method", "alerts are sent with POST")};
    refused.answer.allow = "POST";
    return refused;
  }
  if (has_token && find_secret(settings_.path_tokens, token) == nullptr) return wrong_secret(head);
  return std::nullopt;
}

Intake::Authenticated Intake::authenticate(const server::RequestHead& head, const wire::ParsedAlert& alert) {
  if (settings_.authentication == Authentication::none) return std::string();
  const auto check = wire::check_secret(alert, settings_.secrets);
  if (check.outcome == wire::SecretCheck::Outcome::wrong) return wrong_secret(head);
  if (check.outcome == wire::SecretCheck::Outcome::right) {
    attempts_.note_right(head.address.owner());
    return check.name;
  }
  if (const std::string* name = find_secret(settings_.path_tokens, path_token(head))) {
    attempts_.note_right(head.address.owner());
    return *name;
  }
  return Refused{{401, "missing_secret"},
                 refusal_answer(401, "missing_secret",
                                "no secret; put it in the field secret, token, passphrase or segredo")};
}

// TradingView's users share four addresses: one who guesses there must not slow down the others.
Intake::Refused Intake::wrong_secret(const server::RequestHead& head) {
  Refused refused{{401, "wrong_secret"}, refusal_answer(401, "wrong_secret", "the secret is not one of ours")};
  if (settings_.unlimited.contains(head.address)) return refused;
  const auto judgement = attempts_.note_wrong(head.address.owner(), parts_.clock.steady());
  if (judgement.refused) {
    refused = {{403, "too_many_wrong_secrets"},
               refusal_answer(403, "too_many_wrong_secrets",
                              "too many wrong secrets came from this address; wait, or send the right one")};
  }
  if (judgement.newly_refused) {
    parts_.log.note(cli::LogLevel::warning,
                    "too many wrong secrets from " + to_text(head.address) + "; it is refused for a while");
  }
  refused.answer.hold = judgement.hold;
  return refused;
}

std::optional<Intake::Refused> Intake::check_strategy(const std::string& strategy, const std::string& secret) {
  if (!secret.empty() && settings_.secret_fits && !settings_.secret_fits(strategy, secret)) {
    return Refused{
        {401, "secret_of_another_strategy", Standing::authenticated},
        refusal_answer(401, "secret_of_another_strategy",
                       "the secret is right, but not for this strategy; see secrets in [strategy.NAME]")};
  }
  if (!strategies_.take(strategy, parts_.clock.steady())) {
    return Refused{{503, "too_many_alerts", Standing::authenticated}, unavailable_answer()};
  }
  return std::nullopt;
}

// Who is refused too often is not told why any more, and later.
server::Answer Intake::tempered(const server::RequestHead& head, server::Answer answer) {
  if (settings_.unlimited.contains(head.address)) return answer;
  const server::Address owner = head.address.owner();
  const std::string_view key(reinterpret_cast<const char*>(owner.bytes.data()), owner.bytes.size());
  if (strangers_.take(key, parts_.clock.steady())) return answer;
  server::Answer unavailable = unavailable_answer();
  unavailable.hold = std::max(answer.hold, kStrangersHold);
  return unavailable;
}

void Intake::note_failed_handshake(const server::RequestHead& head, std::string_view reason) {
  const auto now = parts_.clock.steady();
  if (now - last_handshake_note_ < kHandshakeNotePace) return;
  last_handshake_note_ = now;
  parts_.log.note(cli::LogLevel::info, "no TLS with " + head.source + ": " + std::string(reason));
}

}  // namespace tvh
