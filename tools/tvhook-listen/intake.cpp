#include "tvhook-listen/intake.hpp"

#include <utility>

#include "base/hash.hpp"
#include "engine/identity.hpp"
#include "tvhook-listen/answers.hpp"

namespace tvh {

namespace {

constexpr std::string_view kHealthPath = "/health";

// At most `limit` bytes, cut between characters.
void truncate_text(std::string& text, std::size_t limit) {
  if (text.size() <= limit) return;
  while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xc0) == 0x80) --limit;
  text.resize(limit);
}

std::string first_error_name(const std::vector<wire::Finding>& findings) {
  for (const auto& finding : findings) {
    if (finding.severity == wire::Severity::error) return finding.name;
  }
  return "invalid";
}

}  // namespace

Intake::Intake(IntakeSettings settings, const Parts& parts)
    : settings_(std::move(settings)),
      decode_options_{settings_.exchanges, &settings_.secrets},
      parts_(parts),
      sampler_(settings_.sampler) {}

// Two requests never share a time of receipt: it tells equal alerts apart (identity's salt, rule 4).
model::Alert Intake::begin_alert(const server::RequestHead& head) {
  model::Alert alert;
  alert.received_at = parts_.clock.now();
  if (alert.received_at == last_received_) alert.received_at += Nanoseconds(1);
  last_received_ = alert.received_at;
  alert.source = head.source;
  return alert;
}

std::optional<server::Answer> Intake::judge(const server::RequestHead& head) {
  if (head.path == kHealthPath) {
    if (head.method == "GET" || head.method == "HEAD") return health_answer(parts_.health.commits());
    auto answer = refusal_answer(405, "wrong_method", "/health is asked with GET");
    answer.allow = "GET, HEAD";
    return answer;
  }
  if (head.path != settings_.path) {
    record({404, "wrong_path"}, begin_alert(head), "", nullptr);
    return refusal_answer(404, "wrong_path", "alerts are not received at this path; look at the webhook URL");
  }
  if (head.method != "POST") {
    record({405, "wrong_method"}, begin_alert(head), "", nullptr);
    auto answer = refusal_answer(405, "wrong_method", "alerts are sent with POST");
    answer.allow = "POST";
    return answer;
  }
  return std::nullopt;
}

server::Answer Intake::refuse(const server::RequestHead& head, const server::Fault& fault) {
  record({fault.status, std::string(fault.name)}, begin_alert(head), "", nullptr);
  return refusal_answer(fault.status, fault.name, fault.message);
}

void Intake::warn(std::string_view message) { parts_.log.note(cli::LogLevel::warning, std::string(message)); }

std::optional<Intake::Refused> Intake::check_secret(const wire::JsonValue& alert) const {
  if (settings_.authentication == Authentication::none) return std::nullopt;
  switch (wire::check_secret(alert, settings_.secrets).outcome) {
    case wire::SecretCheck::Outcome::right:
      return std::nullopt;
    case wire::SecretCheck::Outcome::wrong:
      return Refused{{401, "wrong_secret"},
                     refusal_answer(401, "wrong_secret", "the secret is not one of ours")};
    case wire::SecretCheck::Outcome::missing:
      break;
  }
  return Refused{{401, "missing_secret"},
                 refusal_answer(401, "missing_secret",
                                "no secret; put it in the field secret, token, passphrase or segredo")};
}

void Intake::receive(const server::RequestHead& head, std::string body, server::Responder responder) {
  model::Alert alert = begin_alert(head);
  const auto parsed = wire::parse_alert(body);
  if (const auto* finding = std::get_if<wire::Finding>(&parsed)) {
    responder.answer(invalid_answer({*finding}, body));
    return record({400, finding->name}, std::move(alert), body, nullptr);
  }
  const auto& json = std::get<wire::JsonValue>(parsed);
  if (auto refused = check_secret(json)) {
    responder.answer(std::move(refused->answer));
    return record(refused->refusal, std::move(alert), body, &json);
  }
  auto decoded = wire::decode_alert(json, decode_options_);
  if (!decoded.signal) {
    responder.answer(invalid_answer(decoded.findings, body));
    return record({400, first_error_name(decoded.findings), Standing::authenticated}, std::move(alert), body,
                  &json);
  }
  accept(std::move(alert), json, *std::move(decoded.signal), body, std::move(responder));
}

void Intake::accept(model::Alert alert, const wire::JsonValue& json, model::Signal signal,
                    std::string_view body, server::Responder responder) {
  alert.status = 200;
  alert.verdict = "accepted";
  alert.body = wire::redact_body(body, &json, settings_.secrets);
  alert.body_hash = sha256(alert.body);
  alert.original_hash = hmac_sha256(settings_.hash_key, body);

  journal::Arrival arrival;
  arrival.identity = engine::identity_of(signal, settings_.resend_window(signal.strategy));
  std::string salt = std::to_string(nanoseconds_since_epoch(alert.received_at));
  salt += to_hex(alert.original_hash);
  arrival.alternate_id = engine::signal_id(arrival.identity, salt);
  const bool has_own_key = arrival.identity.rule != model::Identity::Rule::content_window;
  signal.id = has_own_key ? engine::signal_id(arrival.identity, "") : arrival.alternate_id;
  signal.received_at = alert.received_at;
  arrival.alert = std::move(alert);
  arrival.signal = std::move(signal);
  parts_.queue.push(std::move(arrival), std::move(responder));
}

// The log always has its line; the journal a row, of strangers' requests only as many as the sampler lets
// through.
void Intake::record(const Refusal& refusal, model::Alert alert, std::string_view body,
                    const wire::JsonValue* json) {
  parts_.log.add({cli::LogLevel::warning, refusal.status, alert.source, refusal.verdict, ""});
  const bool stranger = refusal.standing == Standing::stranger;
  if (stranger && !sampler_.admit(parts_.clock.steady())) return;
  alert.status = refusal.status;
  alert.verdict = refusal.verdict;
  alert.body = wire::redact_body(body, json, settings_.secrets);
  if (stranger) truncate_text(alert.body, sampler_.limits().body_bytes);
  alert.body_hash = sha256(alert.body);
  alert.original_hash = hmac_sha256(settings_.hash_key, body);
  journal::Arrival arrival;
  arrival.alert = std::move(alert);
  parts_.queue.push(std::move(arrival), server::Responder());
}

}  // namespace tvh
