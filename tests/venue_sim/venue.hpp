// What a venue's folder implements: its REST surface over one or more exchanges. The world (world.hpp) owns
// time, faults and the log; the server (server.hpp) owns sockets. See README.md for how to add one.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "venue_sim/exchange.hpp"

namespace tvh::venue_sim {

// One HTTP request as it came: path, query and body are not decoded.
struct Request {
  std::string method;
  std::string path;
  std::string query;
  std::string body;
  std::string peer;                            // address, for limits per address
  std::map<std::string, std::string> headers;  // names in lower case
};

struct Answer {
  int status = 200;
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
};

// Venue time. `received_at`: when the request came in; `now`: when it reaches the matching engine; an order it
// makes is invisible to queries until `visible_at`.
struct Moment {
  Milliseconds received_at = 0;
  Milliseconds now = 0;
  Milliseconds visible_at = 0;
};

struct VenueOptions {
  std::string name;
  std::string api_key = "sim-key";
  std::string api_secret = "sim-secret";
  std::uint64_t seed = 1;
  std::map<std::string, Decimal> prices;    // over the built-in ones; unknown symbols become instruments
  std::map<std::string, Decimal> balances;  // none: 10000 USDT
  bool hedge_mode = false;
  bool may_withdraw = false;  // what the key may do
  int trades_per_fill = 1;
  int limit_factor = 1;  // multiplies every rate limit
  Milliseconds ban_ms = 2000;
};

class Venue {
 public:
  virtual ~Venue() = default;
  // A path that is not of this venue is answered 404.
  virtual Answer serve(const Request& request, const Moment& moment) = 0;
  // Whether it can make or cancel an order: what the late_accept fault applies to.
  virtual bool trades(const Request& request) const = 0;
  // The venue's words for: not executed, come back; executed or not, nobody knows; too many requests; banned.
  virtual Answer unavailable(const Request& request) const = 0;
  virtual Answer outcome_unknown(const Request& request, std::uint64_t choice) const = 0;
  virtual Answer throttled(const Request& request, int retry_after_seconds) const = 0;
  virtual Answer banned(const Request& request, Milliseconds until, int retry_after_seconds) const = 0;
  virtual std::vector<Exchange*> exchanges() = 0;
  // An order that did not come through this API: by hand, or the exchange's own (`cause`: manual, liquidation).
  virtual Result<std::int64_t> place_outside(Exchange& exchange, Order order, const std::string& cause,
                                             Milliseconds now) = 0;
};

// A usage error names the venues there are.
Result<std::unique_ptr<Venue>> make_venue(const VenueOptions& options);

}  // namespace tvh::venue_sim
