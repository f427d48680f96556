// One HTTP/1.1 connection to a loopback port, from a plain blocking socket: good requests, and any bytes at
// all.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

namespace tvh::test {

struct HttpAnswer {
  int status = 0;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
};

class HttpConnection {
 public:
  explicit HttpConnection(int port);
  ~HttpConnection();
  HttpConnection(HttpConnection&& other) noexcept;
  HttpConnection& operator=(HttpConnection&&) = delete;

  // Sends a request and reads its answer; throws when the connection ends first.
  HttpAnswer post(const std::string& path, const std::string& body,
                  const std::string& content_type = "application/json; charset=utf-8");
  HttpAnswer get(const std::string& path);

  // False when the other side has closed.
  bool send(const std::string& bytes);
  void finish_sending();
  // Nothing when the other side closed (or reset) before a whole answer.
  std::optional<HttpAnswer> read_answer();

 private:
  bool fill();

  int fd_ = -1;
  std::string buffer_;
};

// Takes the next answer out of `buffer`, which `fill` extends until it says false; interim ones are skipped.
std::optional<HttpAnswer> take_answer(std::string& buffer, const std::function<bool()>& fill);

std::string post_request(const std::string& path, const std::string& body,
                         const std::string& content_type = "application/json; charset=utf-8");

}  // namespace tvh::test
