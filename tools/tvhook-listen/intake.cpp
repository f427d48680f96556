#include "tvhook-listen/intake.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/hash.hpp"
#include "engine/identity.hpp"
#include "tvhook-listen/answers.hpp"

namespace tvh {

namespace {

constexpr std::string_view kHealthPath = "/health";
constexpr std::size_t kMaxStrategies = 4096;

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
    : parts_(parts),
      sampler_(settings.sampler),
      attempts_(settings.attempts),
      strangers_(settings.strangers),
      strategies_(settings.strategy, kMaxStrategies) {
  replace(std::move(settings));
}

void Intake::replace(IntakeSettings settings) {
  settings_ = std::move(settings);
  redacted_ = settings_.secrets;
  redacted_.insert(redacted_.end(), settings_.path_tokens.begin(), settings_.path_tokens.end());
  decode_options_ = {settings_.exchanges, &redacted_};
}

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
  auto refused = check_sender(head);
  if (!refused) refused = check_path(head);
  if (!refused) return std::nullopt;
  record(refused->refusal, begin_alert(head), "", nullptr);
  return tempered(head, std::move(refused->answer));
}

server::Answer Intake::refuse(const server::RequestHead& head, const server::Fault& fault) {
  record({fault.status, std::string(fault.name)}, begin_alert(head), "", nullptr);
  if (fault.status == 503) return unavailable_answer();
  return tempered(head, refusal_answer(fault.status, fault.name, fault.message));
}

void Intake::warn(std::string_view message) { parts_.log.note(cli::LogLevel::warning, std::string(message)); }

void Intake::receive(const server::RequestHead& head, std::string body, server::Responder responder) {
  model::Alert alert = begin_alert(head);
  auto parsed = wire::parse_alert(body, settings_.dialects);
  if (auto* finding = std::get_if<wire::Finding>(&parsed)) {
    wire::withhold_quotations(*finding);
    responder.answer(tempered(head, invalid_answer({*finding}, body)));
    return record({400, finding->name}, std::move(alert), body, nullptr);
  }
  const auto& read = std::get<wire::ParsedAlert>(parsed);
  auto authenticated = authenticate(head, read);
  if (auto* refused = std::get_if<Refused>(&authenticated)) {
    responder.answer(tempered(head, std::move(refused->answer)));
    return record(refused->refusal, std::move(alert), body, &read);
  }
  auto decoded = wire::decode_alert(read, decode_options_);
  const std::string& secret = std::get<std::string>(authenticated);
  if (!decoded.signal) {
    responder.answer(meaningless_answer(read, secret, body));
    return record({400, first_error_name(decoded.findings), Standing::authenticated}, std::move(alert), body,
                  &read);
  }
  auto refused = check_strategy(decoded.signal->strategy, secret);
  for (const auto& earlier : decoded.earlier) {
    if (!refused) refused = check_strategy(earlier.strategy, secret);
  }
  if (refused) {
    responder.answer(std::move(refused->answer));
    return record(refused->refusal, std::move(alert), body, &read);
  }
  accept(std::move(alert), read, std::move(decoded), body, std::move(responder));
}

// Only the sender's own secret is taken out of what it shows of the alert: were others, he could guess at them.
server::Answer Intake::meaningless_answer(const wire::ParsedAlert& read, const std::string& secret,
                                          std::string_view body) const {
  std::vector<NamedSecret> own;
  std::copy_if(redacted_.begin(), redacted_.end(), std::back_inserter(own),
               [&](const NamedSecret& named) { return named.name == secret; });
  return invalid_answer(wire::decode_alert(read, {settings_.exchanges, &own}).findings, body);
}

void Intake::accept(model::Alert alert, const wire::ParsedAlert& read, wire::Decoded decoded,
                    std::string_view body, server::Responder responder) {
  alert.status = 200;
  alert.verdict = "accepted";
  alert.body = wire::redact_body(body, &read, redacted_);
  alert.body_hash = sha256(alert.body);
  alert.original_hash = hmac_sha256(settings_.hash_key, body);

  journal::Arrival arrival;
  model::Signal& signal = *decoded.signal;
  arrival.earlier = std::move(decoded.earlier);
  for (auto& earlier : arrival.earlier) earlier.received_at = alert.received_at;
  arrival.identity = engine::identity_of(signal, arrival.earlier, settings_.resend_window(signal.strategy));
  std::string salt = std::to_string(nanoseconds_since_epoch(alert.received_at));
  salt += to_hex(alert.original_hash);
  arrival.alternate_id = engine::signal_id(arrival.identity, salt, alert.received_at);
  const bool has_own_key = arrival.identity.rule != model::Identity::Rule::content_window;
  signal.id = has_own_key ? engine::signal_id(arrival.identity, "") : arrival.alternate_id;
  if (has_own_key) arrival.former_id = engine::former_signal_id(arrival.identity);
  signal.received_at = alert.received_at;
  arrival.alert = std::move(alert);
  arrival.signal = std::move(signal);
  parts_.queue.push(std::move(arrival), std::move(responder));
}

// A line in the log and a row in the journal, of strangers' requests only as many as the samplers let through.
void Intake::record(const Refusal& refusal, model::Alert alert, std::string_view body,
                    const wire::ParsedAlert* read) {
  const bool stranger = refusal.standing == Standing::stranger;
  parts_.log.add({cli::LogLevel::warning, refusal.status, alert.source, refusal.verdict, "", {}, stranger});
  if (stranger && !sampler_.admit(parts_.clock.steady())) return;
  alert.status = refusal.status;
  alert.verdict = refusal.verdict;
  // With NULs between its letters, as UTF-16 has them, a secret is not seen.
  if (body.find('\0') == std::string_view::npos) alert.body = wire::redact_body(body, read, redacted_);
  if (stranger) truncate_text(alert.body, sampler_.limits().body_bytes);
  alert.body_hash = sha256(alert.body);
  alert.original_hash = hmac_sha256(settings_.hash_key, body);
  journal::Arrival arrival;
  arrival.alert = std::move(alert);
  parts_.queue.push(std::move(arrival), server::Responder());
}

}  // namespace tvh
