#include "tvhook-listen/answers.hpp"

#include "wire/json_value.hpp"

namespace tvh {

namespace {

constexpr int kRetryAfterSeconds = 5;  // TradingView's own pace

// Ids are [a-z2-7]: nothing in them needs escaping.
server::Answer ok_answer(std::string_view status, std::string_view signal_id) {
  server::Answer answer;
  answer.body.reserve(64);
  answer.body += "{\"status\":\"";
  answer.body += status;
  answer.body += "\",\"id\":\"";
  answer.body += signal_id;
  answer.body += "\"}";
  return answer;
}

void append_text_member(std::string& out, std::string_view key, std::string_view value) {
  out += ",\"";
  out += key;
  out += "\":";
  wire::append_json_string(out, value);
}

void append_error(std::string& out, const wire::Finding& finding, std::string_view body) {
  out += "{\"name\":";
  wire::append_json_string(out, finding.name);
  if (!finding.code.empty()) append_text_member(out, "code", finding.code);
  const auto position = wire::position_at(body, finding.offset);
  const std::string line = std::to_string(position.line);
  const std::string column = std::to_string(position.column);
  if (finding.field.empty()) {
    append_text_member(out, "message", "line " + line + " column " + column + ": " + finding.message);
  } else {
    append_text_member(out, "message", finding.message);
    append_text_member(out, "field", finding.field);
  }
  out += ",\"line\":" + line + ",\"column\":" + column + "}";
}

}  // namespace

server::Answer accepted_answer(std::string_view signal_id) { return ok_answer("accepted", signal_id); }
server::Answer duplicate_answer(std::string_view signal_id) { return ok_answer("duplicate", signal_id); }

server::Answer unavailable_answer() {
  server::Answer answer;
  answer.status = 503;
  answer.body = R"({"status":"unavailable"})";
  answer.retry_after_seconds = kRetryAfterSeconds;
  return answer;
}

server::Answer refusal_answer(int status, std::string_view name, std::string_view message) {
  server::Answer answer;
  answer.status = status;
  answer.body = R"({"status":"refused","errors":[{"name":)";
  wire::append_json_string(answer.body, name);
  append_text_member(answer.body, "message", message);
  answer.body += "}]}";
  return answer;
}

server::Answer invalid_answer(const std::vector<wire::Finding>& findings, std::string_view body) {
  server::Answer answer;
  answer.status = 400;
  answer.body = R"({"status":"refused","errors":[)";
  bool first = true;
  for (const auto& finding : findings) {
    if (finding.severity != wire::Severity::error) continue;
    if (!first) answer.body += ',';
    first = false;
    append_error(answer.body, finding, body);
  }
  answer.body += "]}";
  return answer;
}

server::Answer health_answer(bool journal_commits) {
  if (!journal_commits) return unavailable_answer();
  server::Answer answer;
  answer.body = R"({"status":"ok"})";
  return answer;
}

}  // namespace tvh
