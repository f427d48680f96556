#include "server/answer_text.hpp"

namespace tvh::server {

namespace {

std::string_view status_line_of(int status) {
  switch (status) {
    case 200:
      return "200 OK\r\n";
    case 400:
      return "400 Bad Request\r\n";
    case 401:
      return "401 Unauthorized\r\n";
    case 403:
      return "403 Forbidden\r\n";
    case 404:
      return "404 Not Found\r\n";
    case 405:
      return "405 Method Not Allowed\r\n";
    case 408:
      return "408 Request Timeout\r\n";
    case 411:
      return "411 Length Required\r\n";
    case 413:
      return "413 Content Too Large\r\n";
    case 415:
      return "415 Unsupported Media Type\r\n";
    case 417:
      return "417 Expectation Failed\r\n";
    case 431:
      return "431 Request Header Fields Too Large\r\n";
    case 501:
      return "501 Not Implemented\r\n";
    default:
      return "503 Service Unavailable\r\n";
  }
}

}  // namespace

void append_answer(std::string& out, const Answer& answer, const AnswerForm& form, std::string_view date_line) {
  out += form.version == Version::http_1_0 ? "HTTP/1.0 " : "HTTP/1.1 ";
  out += status_line_of(answer.status);
  out += date_line;
  if (!answer.allow.empty()) {
    out += "Allow: ";
    out += answer.allow;
    out += "\r\n";
  }
  if (answer.retry_after_seconds > 0) {
    out += "Retry-After: ";
    out += std::to_string(answer.retry_after_seconds);
    out += "\r\n";
  }
  // Keeping is the default of 1.1 and has to be said in 1.0; closing the other way round.
  if (form.persistence == Persistence::close) {
    out += "Connection: close\r\n";
  } else if (form.version == Version::http_1_0) {
    out += "Connection: keep-alive\r\n";
  }
  out += "Content-Type: ";
  out += answer.content_type;
  out += "\r\nContent-Length: ";
  out += std::to_string(answer.body.size());
  out += "\r\n\r\n";
  if (form.content == Content::whole) out += answer.body;
}

}  // namespace tvh::server
