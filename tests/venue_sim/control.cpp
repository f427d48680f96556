// POST /_sim/…: what a test does to the venue. Bodies are JSON objects; a wrong one is answered 400 with the
// reason.
#include <nlohmann/json.hpp>

#include "venue_sim/world.hpp"

namespace tvh::venue_sim {
namespace {

using nlohmann::json;

Result<json> parse_object(const std::string& body) {
  json parsed = json::parse(body.empty() ? "{}" : body, nullptr, false);
  if (!parsed.is_object()) return fail(Errc::bad_data, "the body must be a JSON object");
  return parsed;
}

// A string, or a number as it was written.
std::string text_of(const json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || found->is_null()) return "";
  return found->is_string() ? found->get<std::string>() : found->dump();
}

Result<std::optional<Decimal>> number_of(const json& object, const char* name) {
  const std::string text = text_of(object, name);
  if (text.empty()) return std::optional<Decimal>();
  auto number = Decimal::parse(text);
  if (!number) return std::move(number).error().with_context(name);
  return std::optional<Decimal>(*number);
}

}  // namespace

Answer World::control(const Request& request) {
  const std::string what = request.path.substr(std::string("/_sim/").size());
  if (request.method == "GET") {
    const auto state = state_of(what);
    if (!state) return {404, json{{"error", state.error().message}}.dump(), {}};
    return {200, *state, {}};
  }
  return control_post(what, request.body);
}

Answer World::control_post(const std::string& what, const std::string& body) {
  Result<std::string> answer = std::string("{}");
  const auto run = [&](Result<void> done) {
    if (!done) answer = std::move(done).error();
  };
  if (what == "price") {
    run(set_price(body));
  } else if (what == "fault") {
    run(set_fault(body));
  } else if (what == "clock") {
    run(move_clock(body));
  } else if (what == "order") {
    answer = place_outside(body);
  } else {
    return {404, json{{"error", "POST price, fault, clock or order"}}.dump(), {}};
  }
  if (answer) return {200, *answer, {}};
  return {400, json{{"error", answer.error().message}}.dump(), {}};
}

// {"symbol":"BTCUSDT","price":"65000","quantity":"0.5"}: the price, and what can be had at it (any amount when
// absent). The product may be named where a venue has several.
Result<void> World::set_price(const std::string& body) {
  TVH_TRY(const auto object, parse_object(body));
  const std::string symbol = text_of(object, "symbol");
  const std::string product = text_of(object, "product");
  TVH_TRY(const auto price, number_of(object, "price"));
  TVH_TRY(const auto quantity, number_of(object, "quantity"));
  if (!price || !price->is_positive()) return fail(Errc::bad_data, "price: a number above zero");
  bool known = false;
  for (Exchange* exchange : venue_->exchanges()) {
    if (!product.empty() && exchange->product() != product) continue;
    if (exchange->instrument(symbol) == nullptr) continue;
    exchange->set_price(symbol, *price, quantity, now());
    known = true;
  }
  if (!known) return fail(Errc::bad_data, "symbol: there is no " + symbol);
  return {};
}

// {"name":"reply_lost","probability":0.05} or
// {"name":"reply_lost","next":1,"method":"POST","path":"/api/v3/order"}.
Result<void> World::set_fault(const std::string& body) {
  TVH_TRY(const auto object, parse_object(body));
  const std::string name = text_of(object, "name");
  if (object.contains("next")) {
    if (!object["next"].is_number_integer() || object["next"].get<int>() < 1) {
      return fail(Errc::bad_data, "next: how many requests, 1 or more");
    }
    return faults_.order(name, object["next"].get<int>(), text_of(object, "method"), text_of(object, "path"));
  }
  if (!object.contains("probability") || !object["probability"].is_number()) {
    return fail(Errc::bad_data, "probability: a number from 0 to 1, or next: a count");
  }
  return faults_.set(name, object["probability"].get<double>());
}

// {"advance_ms":300}: the venue's time goes on by that much (the only way it does with a fixed time).
Result<void> World::move_clock(const std::string& body) {
  TVH_TRY(const auto object, parse_object(body));
  if (!object.contains("advance_ms") || !object["advance_ms"].is_number_integer()) {
    return fail(Errc::bad_data, "advance_ms: a whole number");
  }
  moved_ += object["advance_ms"].get<Milliseconds>();
  run_due();
  return {};
}

// {"symbol":…,"side":"SELL","quantity":"0.1","price":"66000"} a manual order (market without a price);
// {"symbol":…,"liquidation":true} the exchange closes the position; {"cancel":ORDER_ID} a hand cancels.
Result<std::string> World::place_outside(const std::string& body) {
  TVH_TRY(const auto object, parse_object(body));
  const std::string product = text_of(object, "product");
  const std::string symbol = text_of(object, "symbol");
  for (Exchange* exchange : venue_->exchanges()) {
    if (!product.empty() && exchange->product() != product) continue;
    if (object.contains("cancel")) {
      if (exchange->cancel(std::int64_t(std::stoll(text_of(object, "cancel"))), now()))
        return std::string("{}");
      continue;
    }
    if (exchange->instrument(symbol) == nullptr) continue;
    Order order;
    order.symbol = symbol;
    order.position_side = text_of(object, "position_side");
    order.side = text_of(object, "side") == "SELL" ? Side::sell : Side::buy;
    TVH_TRY(const auto quantity, number_of(object, "quantity"));
    TVH_TRY(order.limit_price, number_of(object, "price"));
    order.quantity = quantity.value_or(Decimal());
    const bool liquidation = object.value("liquidation", false);
    TVH_TRY(const auto id,
            venue_->place_outside(*exchange, std::move(order), liquidation ? "liquidation" : "manual", now()));
    return json{{"order_id", id}}.dump();
  }
  return fail(Errc::bad_data, object.contains("cancel") ? "cancel: no open order has that id"
                                                        : "symbol: there is no " + symbol);
}

}  // namespace tvh::venue_sim
