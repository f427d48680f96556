#include "support/http_connection.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <stdexcept>
#include <utility>

#include "support/process.hpp"

namespace tvh::test {

HttpConnection::HttpConnection(int port) {
  fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(std::uint16_t(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const timeval patience{kPatience.count(), 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  const int on = 1;
  ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ::close(fd_);
    throw std::runtime_error("cannot connect to port " + std::to_string(port));
  }
}

HttpConnection::HttpConnection(HttpConnection&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), buffer_(std::move(other.buffer_)) {}

HttpConnection::~HttpConnection() {
  if (fd_ >= 0) ::close(fd_);
}

bool HttpConnection::send(const std::string& bytes) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t count = ::send(fd_, bytes.data() + done, bytes.size() - done, MSG_NOSIGNAL);
    if (count > 0) done += std::size_t(count);
    if (count < 0 && errno != EINTR) return false;
  }
  return true;
}

void HttpConnection::finish_sending() { ::shutdown(fd_, SHUT_WR); }

bool HttpConnection::fill() {
  char bytes[16384];
  ssize_t count = -1;
  do {
    count = ::recv(fd_, bytes, sizeof bytes, 0);
  } while (count < 0 && errno == EINTR);  // a child of the test's may end meanwhile
  if (count > 0) buffer_.append(bytes, std::size_t(count));
  return count > 0;
}

static std::map<std::string, std::string> parse_headers(const std::string& head) {
  std::map<std::string, std::string> headers;
  std::size_t line = head.find("\r\n");
  while (line != std::string::npos && line + 2 < head.size()) {
    const std::size_t end = std::min(head.find("\r\n", line + 2), head.size());
    const std::string text = head.substr(line + 2, end - line - 2);
    const std::size_t colon = text.find(':');
    if (colon != std::string::npos) {
      std::string name = text.substr(0, colon);
      std::transform(name.begin(), name.end(), name.begin(),
                     [](unsigned char c) { return char(std::tolower(c)); });
      const std::size_t value = text.find_first_not_of(' ', colon + 1);
      headers[name] = value == std::string::npos ? "" : text.substr(value);
    }
    line = end < head.size() ? end : std::string::npos;
  }
  return headers;
}

std::optional<HttpAnswer> take_answer(std::string& buffer, const std::function<bool()>& fill) {
  for (;;) {
    std::size_t head_end = buffer.find("\r\n\r\n");
    while (head_end == std::string::npos) {
      if (!fill()) return std::nullopt;
      head_end = buffer.find("\r\n\r\n");
    }
    HttpAnswer answer;
    const std::string head = buffer.substr(0, head_end);
    if (head.size() < 12 || head.compare(0, 7, "HTTP/1.") != 0)
      throw std::runtime_error("no HTTP answer: " + head);
    answer.status = std::stoi(head.substr(9, 3));
    answer.headers = parse_headers(head);
    buffer.erase(0, head_end + 4);
    if (answer.status == 100) continue;
    const auto length = answer.headers.find("content-length");
    const std::size_t wanted = length == answer.headers.end() ? 0 : std::stoul(length->second);
    while (buffer.size() < wanted) {
      if (!fill()) return std::nullopt;
    }
    answer.body = buffer.substr(0, wanted);
    buffer.erase(0, wanted);
    return answer;
  }
}

std::optional<HttpAnswer> HttpConnection::read_answer() {
  return take_answer(buffer_, [this] { return fill(); });
}

std::string post_request(const std::string& path, const std::string& body, const std::string& content_type) {
  return "POST " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: Go-http-client/1.1\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\nContent-Type: " + content_type +
         "\r\nAccept-Encoding: gzip\r\n\r\n" + body;
}

static HttpAnswer expect(std::optional<HttpAnswer> answer) {
  if (!answer) throw std::runtime_error("the connection ended without an answer");
  return *std::move(answer);
}

HttpAnswer HttpConnection::post(const std::string& path, const std::string& body,
                                const std::string& content_type) {
  send(post_request(path, body, content_type));  // a refusal may arrive before all of it is sent
  return expect(read_answer());
}

HttpAnswer HttpConnection::get(const std::string& path) {
  send("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
  return expect(read_answer());
}

}  // namespace tvh::test
