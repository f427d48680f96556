#include "venue_sim/binance/product.hpp"

#include <algorithm>

#include "venue_sim/binance/signature.hpp"

namespace tvh::venue_sim::binance {

Product::Product(const VenueOptions& options, std::unique_ptr<Exchange> exchange, LimitTable limits)
    : options_(options),
      exchange_(std::move(exchange)),
      limits_(std::move(limits), options.limit_factor, options.ban_ms),
      random_(options.seed) {
  exchange_->on_end = [this](const Order& order) {
    if (order.status == Status::filled && order.cause == "client") limits_.give_back_order();
  };
}

void Product::add_route(const std::string& method, const std::string& path, Route route) {
  paths_.insert(path);
  routes_.insert_or_assign(method + " " + path, std::move(route));
}

bool Product::trades(const Request& request) const {
  const auto route = routes_.find(request.method + " " + request.path);
  return route != routes_.end() && route->second.trades;
}

Answer Product::serve(const Request& request, const Moment& moment) {
  const auto route = routes_.find(request.method + " " + request.path);
  if (route == routes_.end()) {
    return answer_of(ApiError{-1000, "Request method '" + request.method + "' is not supported.", 405});
  }
  Answer answer;
  try {
    answer = answer_of(dispatch(route->second, request, moment));
  } catch (const ApiError& error) {
    answer = answer_of(error);
  }
  add_headers(answer, route->second, request, moment);
  return answer;
}

Json Product::dispatch(const Route& route, const Request& request, const Moment& moment) {
  // The weight is charged before anything is looked at: a malformed request costs too.
  std::optional<Parameters> parameters;
  std::optional<ApiError> malformed;
  try {
    parameters = Parameters::read(request.query, request.body);
  } catch (const ApiError& error) {
    malformed = error;
  }
  limits_.charge(request.peer, parameters ? route.weight(*parameters) : 1, moment.now);
  if (malformed) throw *malformed;
  if (route.security != Security::open) check_key(request, options_.api_key);
  if (route.security == Security::signed_request) {
    check_timestamp(*parameters, moment);
    check_signature(request, *parameters, options_.api_secret);
  }
  if (route.orders > 0) limits_.check_orders(route.orders, moment.now);
  // Counted first, so that an order that fills at once gives back its own count.
  if (route.orders > 0) limits_.count_orders(route.orders, moment.now);
  try {
    return route.handle({request, *parameters, moment});
  } catch (const ApiError&) {
    for (int i = 0; i < route.orders; ++i) limits_.give_back_order();
    throw;
  }
}

void Product::add_headers(Answer& answer, const Route& route, const Request& request,
                          const Moment& moment) const {
  answer.headers.emplace_back("X-MBX-USED-WEIGHT-1M",
                              std::to_string(limits_.used_weight(request.peer, moment.now)));
  if (route.orders == 0 || answer.status != 200) return;
  for (const auto& limit : limits_.table().orders) {
    answer.headers.emplace_back("X-MBX-ORDER-COUNT-" + limit.header,
                                std::to_string(limits_.used_orders(limit, moment.now)));
  }
}

std::string Product::made_up_id() {
  static const std::string_view kLetters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  std::string id;
  for (int i = 0; i < 22; ++i) id += kLetters[random_() % kLetters.size()];
  return id;
}

const Instrument& Product::need_instrument(const Parameters& parameters) const {
  const std::string symbol = parameters.need("symbol");
  const bool legal =
      symbol.size() <= 20 && std::all_of(symbol.begin(), symbol.end(), [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
      });
  if (!legal) {
    throw ApiError{-1100,
                   "Illegal characters found in parameter 'symbol'; legal range is '^[A-Z0-9-_.]{1,20}$'."};
  }
  const Instrument* const instrument = exchange_->instrument(symbol);
  if (instrument == nullptr) throw ApiError{-1121, "Invalid symbol."};
  return *instrument;
}

Side Product::need_side(const Parameters& parameters) const {
  const std::string side = parameters.need("side");
  if (side == "BUY") return Side::buy;
  if (side == "SELL") return Side::sell;
  throw ApiError{-1117, "Invalid side."};
}

std::string Product::client_id_of(const Parameters& parameters, const char* name) {
  const auto given = parameters.find(name);
  if (!given) return made_up_id();
  const bool futures = exchange_->product() == "usdm";
  if (futures && given->size() > 36) {
    throw ApiError{-4015, "Client order id length should not be more than 36 chars"};
  }
  const std::string_view marks = futures ? ".:/_-" : "-_";
  const bool legal = given->size() <= 36 && std::all_of(given->begin(), given->end(), [&](char c) {
                       return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                              marks.find(c) != std::string_view::npos;
                     });
  if (legal) return *given;
  throw ApiError{-1100, "Illegal characters found in parameter '" + std::string(name) + "'; legal range is '" +
                            (futures ? "^[\\.A-Z\\:/a-z0-9_-]{1,36}$" : "^[a-zA-Z0-9-_]{1,36}$") + "'."};
}

Json Product::rate_limits() const {
  Json limits = Json::array();
  limits.push_back({{"rateLimitType", "REQUEST_WEIGHT"},
                    {"interval", "MINUTE"},
                    {"intervalNum", 1},
                    {"limit", limits_.table().weight}});
  for (const auto& limit : limits_.table().orders) {
    limits.push_back({{"rateLimitType", "ORDERS"},
                      {"interval", limit.interval},
                      {"intervalNum", limit.interval_count},
                      {"limit", limit.limit}});
  }
  if (limits_.table().raw_requests > 0) {
    limits.push_back({{"rateLimitType", "RAW_REQUESTS"},
                      {"interval", "MINUTE"},
                      {"intervalNum", 5},
                      {"limit", limits_.table().raw_requests}});
  }
  return limits;
}

void Product::add_account_rules_routes(const char* path, int weight) {
  const auto add = [&](const char* at, int cost, std::function<Json(const Call&)> handle) {
    add_route("GET", at,
              {Security::signed_request, [=](const Parameters&) { return cost; }, std::move(handle), false, 0});
  };
  add(path, weight, [this](const Call& call) {
    Json reply = Json::array();
    for (const auto& limit : limits_.table().orders) {
      reply.push_back({{"rateLimitType", "ORDERS"},
                       {"interval", limit.interval},
                       {"intervalNum", limit.interval_count},
                       {"limit", limit.limit},
                       {"count", limits_.used_orders(limit, call.moment.now)}});
    }
    return reply;
  });
  // The facts give no sample of this reply: the field names are the ones a client looks at.
  add("/sapi/v1/account/apiRestrictions", 1, [this](const Call& call) {
    return Json{{"ipRestrict", false},
                {"createTime", call.moment.now - 86'400'000},
                {"enableReading", true},
                {"enableSpotAndMarginTrading", true},
                {"enableFutures", true},
                {"enableMargin", false},
                {"enableWithdrawals", options_.may_withdraw},
                {"enableInternalTransfer", false},
                {"permitsUniversalTransfer", false}};
  });
}

std::string status_word(const Order& order) {
  switch (order.status) {
    case Status::open:
      return "NEW";
    case Status::partially_filled:
      return "PARTIALLY_FILLED";
    case Status::filled:
      return "FILLED";
    case Status::canceled:
      return "CANCELED";
    case Status::expired:
      return "EXPIRED";
  }
  return "";
}

}  // namespace tvh::venue_sim::binance
