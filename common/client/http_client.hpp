// HTTPS requests side by side on one thread (libcurl's multi interface), over connections that are kept warm.
// TLS is always verified, redirects are never followed, plain http goes to loopback only.
//
// A request leaves at most once: libcurl by itself sends again, without a word, when a kept connection turns
// out to be closed before an answer, and an order must not be sent twice behind our back.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/clock.hpp"

namespace tvh::client {

enum class Method { get, post, put, remove };
std::string_view to_text(Method method);  // "GET"

struct Request {
  Method method = Method::get;
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;                                // sent as it is
  Nanoseconds timeout = std::chrono::seconds(10);  // from send() to the last byte of the answer
};

struct Response {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  std::string body;

  // The first of that name (lower case), or nullptr.
  const std::string* header(std::string_view name) const;
};

// No answer, and how far the request came. Messages name the host and what happened, never path, query,
// headers or body: those carry keys and signatures.
struct Failure {
  enum class Reach {
    not_sent,   // no connection came about: not a byte of the request left
    may_stand,  // it left, at least in part; what the server did with it is not known
  };
  Reach reach = Reach::not_sent;
  std::string message;
};

using Outcome = std::variant<Response, Failure>;

struct ClientSettings {
  std::size_t max_body = 16u << 20;  // bytes of an answer, decompressed; more is a Failure
  std::size_t max_waiting = 4096;    // requests under way; more are not sent
  std::string ca_file;               // "": the system's
};

// "http" is for loopback only: 127.0.0.0/8, [::1], localhost.
bool is_loopback_url(std::string_view url);

class HttpClient {
 public:
  explicit HttpClient(const Clock& clock, ClientSettings settings = {});
  ~HttpClient();  // what is under way is let go without a word
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // `done` is called exactly once, from a later run_due(); it may send again.
  void send(Request request, std::function<void(Outcome)> done);

  // Ends what has no connection yet, of that method; its `done` is called from within, with not_sent.
  void drop_unsent(Method method);

  // Readable when run_due() has something to do; or when next_due() has come.
  int wait_fd() const;
  std::optional<std::chrono::steady_clock::time_point> next_due() const;
  void run_due();

 private:
  class Transfer;
  class Multi;
  std::unique_ptr<Multi> multi_;
};

}  // namespace tvh::client
