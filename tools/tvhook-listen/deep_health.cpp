#include "tvhook-listen/deep_health.hpp"

#include <string>

#include "tvhook-listen/answers.hpp"
#include "tvhook-listen/certificate_notice.hpp"

namespace tvh {

namespace {

const char* text_of(bool value) { return value ? "true" : "false"; }

std::string time_or_null(const std::optional<TimePoint>& at) {
  return at ? "\"" + format_time(*at) + "\"" : "null";
}

}  // namespace

void DeepHealth::set_patience(const Patience& patience) {
  const std::lock_guard lock(mutex_);
  patience_ = patience;
}

server::Answer DeepHealth::answer() const {
  const bool commits = journal_commits_();
  bool well = commits;
  const std::string certificate = describe_certificate(well);
  const std::string traffic = describe_traffic(well);
  server::Answer answer;
  answer.status = well ? 200 : 503;
  answer.body = std::string(R"({"status":")") + (well ? "ok" : "attention") + R"(","journal_commits":)" +
                text_of(commits) + certificate + traffic + "}";
  return answer;
}

std::string DeepHealth::describe_certificate(bool& well) const {
  const std::int64_t end = certificate_end_.load();
  if (end == 0) return "";
  const TimePoint expires_at = from_nanoseconds(end);
  const TimePoint now = clock_.now();
  const auto days = std::chrono::duration_cast<std::chrono::hours>(expires_at - now).count() / 24;
  const bool ends_soon = expiry_warning(expires_at, now).has_value();
  well = well && !ends_soon;
  return R"(,"certificate":{"expires_at":")" +
         format_time(std::chrono::floor<std::chrono::seconds>(expires_at)) + R"(","days_left":)" +
         std::to_string(days) + R"(,"ends_soon":)" + text_of(ends_soon) + "}";
}

std::string DeepHealth::describe_traffic(bool& well) const {
  const auto traffic = read_traffic_();
  if (!traffic) {
    well = false;
    return R"(,"journal_readable":false)";
  }
  Patience patience;
  {
    const std::lock_guard lock(mutex_);
    patience = patience_;
  }
  const TimePoint now = clock_.now();
  const bool silent =
      patience.silent_after && now - traffic->last_signal.value_or(started_at_) > *patience.silent_after;
  const bool backlog = traffic->oldest_pending && now - *traffic->oldest_pending > patience.backlog_after;
  well = well && !silent && !backlog;
  return R"(,"last_signal_at":)" + time_or_null(traffic->last_signal) + R"(,"silent":)" + text_of(silent) +
         R"(,"pending":)" + std::to_string(traffic->pending) + R"(,"oldest_pending_at":)" +
         time_or_null(traffic->oldest_pending) + R"(,"backlog":)" + text_of(backlog);
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

void AdminApplication::warn(std::string_view message) {
  log_.note(cli::LogLevel::warning, std::string(message));
}

}  // namespace tvh
