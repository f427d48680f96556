// What spot and USD-M share: routes, who may call them, what they cost, and what goes into headers.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>

#include "venue_sim/binance/json.hpp"
#include "venue_sim/binance/limits.hpp"
#include "venue_sim/binance/parameters.hpp"
#include "venue_sim/exchange.hpp"
#include "venue_sim/venue.hpp"

namespace tvh::venue_sim::binance {

enum class Security { open, key, signed_request };

struct Call {
  const Request& request;
  const Parameters& parameters;
  const Moment& moment;
};

class Product {
 public:
  virtual ~Product() = default;
  bool has_path(const std::string& path) const { return paths_.contains(path); }
  bool trades(const Request& request) const;
  Answer serve(const Request& request, const Moment& moment);
  Exchange& exchange() { return *exchange_; }
  int weight_limit() const { return limits_.table().weight; }
  // Made up as the exchange does where the client sends none: 22 letters and digits.
  std::string made_up_id();
  // "BOTH" or "" where orders have no position side.
  virtual std::string default_position_side(const Order& order) const = 0;
  virtual Answer outcome_unknown(std::uint64_t choice) const = 0;

 protected:
  struct Route {
    Security security = Security::open;
    std::function<int(const Parameters&)> weight;
    std::function<Json(const Call&)> handle;
    bool trades = false;
    int orders = 0;  // what it adds to the order count
  };

  Product(const VenueOptions& options, std::unique_ptr<Exchange> exchange, LimitTable limits);
  void add_route(const std::string& method, const std::string& path, Route route);
  const Instrument& need_instrument(const Parameters& parameters) const;  // -1102, -1100, -1121
  Side need_side(const Parameters& parameters) const;
  // The given name's value, checked against the legal characters, or a made-up one.
  std::string client_id_of(const Parameters& parameters, const char* name);
  Json rate_limits() const;
  // The order limits in force at `path`, and what the key may do.
  void add_account_rules_routes(const char* path, int weight);

  const VenueOptions options_;
  std::unique_ptr<Exchange> exchange_;
  Limits limits_;

 private:
  Json dispatch(const Route& route, const Request& request, const Moment& moment);
  void add_headers(Answer& answer, const Route& route, const Request& request, const Moment& moment) const;

  std::map<std::string, Route> routes_;  // "POST /api/v3/order"
  std::set<std::string> paths_;
  std::mt19937_64 random_;
};

// "NEW", "PARTIALLY_FILLED", …: the same in both products.
std::string status_word(const Order& order);

}  // namespace tvh::venue_sim::binance
