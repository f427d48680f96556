// The sockets: HTTP/1.1 with keep-alive on one thread, any number of connections, and the faults that are made
// of connections.
#pragma once

#include <memory>
#include <string>

#include "venue_sim/world.hpp"

namespace tvh::venue_sim {

class Server {
 public:
  // Listens on `address` ("127.0.0.1:0"; loopback only). A usage error for an address of another kind.
  static Result<std::unique_ptr<Server>> listen(const std::string& address, World& world);
  virtual ~Server() = default;

  virtual std::string base_url() const = 0;
  virtual int port() const = 0;
  virtual void run() = 0;  // until stop(), from any thread, or SIGTERM or SIGINT when `on_signals` was called
  virtual void stop() = 0;
  virtual void on_signals() = 0;
};

}  // namespace tvh::venue_sim
