// A bounded HTTP/1.1 server: one thread does all reading and writing, the program answers when it can.
// Boost.Asio waits, Boost.Beast parses; neither shows here.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "server/endpoint.hpp"
#include "server/message.hpp"
#include "server/tls_context.hpp"

namespace tvh::server {

// A limit on everything. The deadlines are for what the client does; how long the application may think is its
// own business, `answer` is only the net under it.
struct Limits {
  std::size_t header_bytes = 8 * 1024;
  std::size_t header_fields = 100;
  std::size_t body_bytes = 64 * 1024;
  // Of bodies that are there in part, of all who are not Sources::unlimited; over it 503. Theirs are bounded by
  // `connections` alone.
  std::size_t all_body_bytes = 64 * 1024 * 1024;
  // Over it somebody makes room (Seats says who). An eighth is kept for Sources::unlimited: a stranger for whom
  // nobody can leave is closed.
  std::size_t connections = 2048;
  std::size_t connections_per_owner = 64;       // of an address; the same among its own
  std::chrono::milliseconds handshake{10'000};  // from accepting to the end of the TLS handshake
  std::chrono::milliseconds header{10'000};     // from a request's first byte to the end of its header
  std::chrono::milliseconds body{10'000};       // from there to the end of its body
  std::chrono::milliseconds request{15'000};    // from its first byte to its last
  std::chrono::milliseconds answer{15'000};     // from its last byte to the answer's last
  std::chrono::milliseconds idle{60'000};       // between two requests, and before the first
  std::chrono::milliseconds linger{5'000};  // reading on after a refusal, so that the client gets to read it
  std::size_t linger_bytes = 32 * 1024 * 1024;
  std::chrono::milliseconds stop{5'000};  // for stop(): what is not answered by then is cut
};

struct Sources {
  AddressSet trusted_proxies;  // believed whom they speak for
  // May have as many connections as there are, never leave for a stranger, and always get their bodies in.
  AddressSet unlimited = loopback_addresses();
};

// The program behind the server. Every call comes from the server's thread and must not block.
class Application {
 public:
  virtual ~Application() = default;

  // A header is complete, its body (if any) not read. An answer here is final and the body is never read;
  // nothing lets the request through to receive(), or to refuse() where its body is over the bound.
  virtual std::optional<Answer> judge(const RequestHead& head) = 0;

  // A whole request. `head` is valid during the call only.
  virtual void receive(const RequestHead& head, std::string body, Responder responder) = 0;

  // The server refuses this request; what to tell the client. `head` is as complete as it was when the fault
  // was found.
  virtual Answer refuse(const RequestHead& head, const Fault& fault) = 0;

  // Something an operator should read: no file descriptors left, …. At most once per second.
  virtual void warn(std::string_view message) = 0;

  // A client did not get through the TLS handshake; nothing of `head` but its sender is known. As often as that
  // happens.
  virtual void note_failed_handshake(const RequestHead&, std::string_view) {}
};

class Server {
 public:
  Server(const Endpoint& endpoint, const Limits& limits, Application& application);
  ~Server();  // stops
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // For connections to come, those that are there go on as they are. From any thread, before start() or later.
  void set_tls(std::shared_ptr<const TlsContext> tls);  // nullptr: plain
  void set_sources(Sources sources);
  // Runs `call` on the server's thread, between the application's other calls; never after stop().
  void post(std::function<void()> call);

  // To accept from a socket that listens already instead of binding one; it is the server's from then on.
  // Before start().
  void adopt(int acceptor);
  // The socket that accepts. After start(), until stop().
  int acceptor() const;

  // Binds, listens and starts the thread. When it returns a value, connections are accepted. temporary: the
  // address is in use; configuration: it is not ours to bind.
  Result<void> start();

  // Where it listens, with the port that was picked. After start().
  const Endpoint& endpoint() const;

  // Accepts no more, answers what was received, closes, and returns when all connections are gone or
  // `limits.stop` has passed. The application must go on answering meanwhile.
  void stop();

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

// Whether start() would find its address free; changes nothing. The same errors.
Result<void> try_bind(const Endpoint& endpoint);

}  // namespace tvh::server
