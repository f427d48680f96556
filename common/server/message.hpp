// What passes between the HTTP server and the program it serves: a request's head, the answer, the promise to
// answer.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/address.hpp"
#include "server/peer_certificate.hpp"

namespace tvh::server {

// Who sends: the other side of the socket, or whom a trusted proxy says it speaks for.
struct Sender {
  std::string text;  // "127.0.0.1:51234"; "192.0.2.7" where a proxy told no port
  Address address;
};

struct RequestHead {
  std::string method;
  std::string path;    // the target up to its query
  std::string source;  // Sender's text
  Address address;
  const PeerCertificate* certificate = nullptr;  // what the client presented; for the call only
  std::optional<std::uint64_t> content_length;
};

// One answer; its body is JSON unless it says otherwise.
struct Answer {
  int status = 200;
  std::string body;
  std::string_view allow;                              // Allow's value (405); a literal
  std::string_view content_type = "application/json";  // a literal
  int retry_after_seconds = 0;                         // Retry-After's value (503); 0 leaves it out
  std::chrono::milliseconds hold{0};                   // is kept back for so long, to slow down who gets it
};

// What the server refuses by itself: HTTP that is malformed or over a bound.
struct Fault {
  int status = 0;
  std::string_view name;     // "malformed_request", "too_large", …: stable; a literal
  std::string_view message;  // for a person; a literal
};

// Where answers go. Safe from any thread; an answer for a request that is gone is dropped.
class AnswerSink {
 public:
  virtual ~AnswerSink() = default;
  virtual void deliver(std::uint64_t ticket, Answer answer) = 0;

  // Many at once, for one wake-up of whoever sends them.
  struct Letter {
    std::uint64_t ticket = 0;
    Answer answer;
  };
  virtual void deliver_all(std::vector<Letter> letters);
};

// The promise to answer one request, once, from any thread. One that is destroyed without having answered
// answers 503, so that no client is left waiting.
class Responder {
 public:
  Responder() = default;
  Responder(std::shared_ptr<AnswerSink> sink, std::uint64_t ticket) : sink_(std::move(sink)), ticket_(ticket) {}
  Responder(Responder&&) noexcept = default;
  Responder& operator=(Responder&& other) noexcept;
  ~Responder();

  explicit operator bool() const { return sink_ != nullptr; }  // still owes its answer
  void answer(Answer answer);

 private:
  friend class AnswerBatch;
  std::shared_ptr<AnswerSink> sink_;
  std::uint64_t ticket_ = 0;
};

// Answers many requests together.
class AnswerBatch {
 public:
  void add(Responder& responder, Answer answer);  // takes over what the responder owes
  void send();

 private:
  std::shared_ptr<AnswerSink> sink_;
  std::vector<AnswerSink::Letter> letters_;
};

}  // namespace tvh::server
