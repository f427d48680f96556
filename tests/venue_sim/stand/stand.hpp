// A simulated exchange in this process, on a real socket, with time standing still; and a client of it that
// signs.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <ostream>
#include <string>
#include <thread>

#include "support/http_connection.hpp"
#include "venue_sim/server.hpp"
#include "venue_sim/world.hpp"

namespace tvh::venue_sim {

inline constexpr Milliseconds kStart = 1'800'000'000'000;

// Options of a stand: time stands still at kStart.
WorldOptions stand_options(const std::string& venue);

class Stand {
 public:
  explicit Stand(WorldOptions options);
  explicit Stand(const std::string& venue) : Stand(stand_options(venue)) {}
  ~Stand();
  int port() const { return server_->port(); }
  std::string base_url() const { return server_->base_url(); }
  const WorldOptions& options() const { return options_; }

 private:
  WorldOptions options_;
  SystemClock clock_;
  std::unique_ptr<World> world_;
  std::unique_ptr<Server> server_;
  std::thread thread_;
};

struct Reply {
  int status = 0;
  nlohmann::json body;
  std::map<std::string, std::string> headers;
  int code() const { return body.is_object() ? body.value("code", 0) : 0; }
  std::string message() const { return body.is_object() ? body.value("msg", "") : ""; }
};

class Client {
 public:
  explicit Client(const Stand& stand);

  // Signed, at `timestamp_` with `window`; the connection is kept. Throws when there is no answer.
  Reply call(const std::string& method, const std::string& path, const std::string& parameters = "");
  // The same, for requests that may find no answer.
  std::optional<Reply> attempt(const std::string& method, const std::string& path,
                               const std::string& parameters);
  // Sends it and does not wait; read() does.
  void send(const std::string& method, const std::string& path, const std::string& parameters);
  std::optional<Reply> read();
  // As given, without key or signature.
  Reply plain(const std::string& method, const std::string& path, const std::string& query = "",
              const std::string& body = "", const std::string& headers = "");

  nlohmann::json state(const std::string& what);
  // Until the venue has taken that many; throws when it never does.
  void wait_for_requests(std::size_t count);
  void control(const std::string& what, const std::string& body);
  void advance(Milliseconds by);
  void price(const std::string& symbol, const std::string& price, const std::string& liquidity = "");
  void fault(const std::string& name, const std::string& method = "", const std::string& path = "");

  Milliseconds timestamp = kStart;
  std::string window = "5000";

 private:
  std::string request(const std::string& method, const std::string& path, const std::string& parameters) const;

  int port_;
  std::string key_;
  std::string secret_;
  test::HttpConnection connection_;
};

}  // namespace tvh::venue_sim
