#include "tvhook-listen/deep_health.hpp"

#include <string>

#include "tvhook-listen/answers.hpp"
#include "tvhook-listen/certificate_notice.hpp"

namespace tvh {

server::Answer DeepHealth::answer() const {
  const bool commits = journal_commits_();
  bool well = commits;
  std::string certificate;
  if (const std::int64_t end = certificate_end_.load(); end != 0) {
    const TimePoint expires_at = from_nanoseconds(end);
    const TimePoint now = clock_.now();
    const auto days = std::chrono::duration_cast<std::chrono::hours>(expires_at - now).count() / 24;
    const bool ends_soon = expiry_warning(expires_at, now).has_value();
    well = well && !ends_soon;
    certificate = R"(,"certificate":{"expires_at":")" +
                  format_time(std::chrono::floor<std::chrono::seconds>(expires_at)) + R"(","days_left":)" +
                  std::to_string(days) + R"(,"ends_soon":)" + (ends_soon ? "true" : "false") + "}";
  }
  server::Answer answer;
  answer.status = well ? 200 : 503;
  answer.body = std::string(R"({"status":")") + (well ? "ok" : "attention") + R"(","journal_commits":)" +
                (commits ? "true" : "false") + certificate + "}";
  return answer;
}

std::optional<server::Answer> AdminApplication::judge(const server::RequestHead& head) {
  const bool asks_metrics = head.path == "/metrics";
  if (!asks_metrics && head.path != "/health/deep") {
    return refusal_answer(404, "wrong_path", "there are /health/deep and /metrics here");
  }
  if (head.method == "GET" || head.method == "HEAD") return asks_metrics ? metrics_answer() : health_.answer();
  auto answer = refusal_answer(405, "wrong_method", "this is asked with GET");
  answer.allow = "GET, HEAD";
  return answer;
}

server::Answer AdminApplication::metrics_answer() const {
  server::Answer answer;
  answer.content_type = "text/plain; version=0.0.4; charset=utf-8";
  answer.body = metrics_();
  return answer;
}

void AdminApplication::receive(const server::RequestHead&, std::string, server::Responder responder) {
  responder.answer(unavailable_answer());
}

server::Answer AdminApplication::refuse(const server::RequestHead&, const server::Fault& fault) {
  return refusal_answer(fault.status, fault.name, fault.message);
}

void AdminApplication::warn(std::string_view message) { log_.warning(message); }

}  // namespace tvh
