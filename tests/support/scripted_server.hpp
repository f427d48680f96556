// A server on a loopback port that does to its clients what a test says: answers, half answers, none. Every
// connection has a thread of its own.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "support/test_authority.hpp"

struct ssl_st;
struct ssl_ctx_st;

namespace tvh::test {

// One connection, in its script.
class Peer {
 public:
  Peer(int fd, ssl_st* tls, std::function<void(const std::string&)> on_request)
      : fd_(fd), tls_(tls), on_request_(std::move(on_request)) {}
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  // Head and body (by its Content-Length); nothing when the client closed.
  std::optional<std::string> read_request();
  void write(const std::string& bytes);
  void answer(const std::string& body, const std::string& head = "HTTP/1.1 200 OK\r\n");
  void reset();  // the connection, instead of an orderly end

 private:
  bool fill();

  int fd_;
  ssl_st* tls_;
  std::function<void(const std::string&)> on_request_;
  std::string buffer_;
};

class ScriptedServer {
 public:
  // The script of each connection, with its number from 0; it is closed when the script returns.
  using Script = std::function<void(Peer&, int number)>;

  explicit ScriptedServer(Script script, const std::optional<IssuedPair>& certificate = std::nullopt);
  ~ScriptedServer();
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  int port() const { return port_; }
  std::string url(const std::string& path) const;  // http, or https with a certificate

  // Waits until that many connections came and their scripts returned.
  void wait_until_ended(int connections);
  // Every whole request that was read, over all connections.
  std::vector<std::string> requests();

 private:
  void accept_all();
  void serve(int fd, int number);

  Script script_;
  ssl_ctx_st* tls_ = nullptr;
  int listener_ = -1;
  int port_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  int ended_ = 0;
  bool closing_ = false;
  std::vector<int> open_;
  std::vector<std::string> requests_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

}  // namespace tvh::test
