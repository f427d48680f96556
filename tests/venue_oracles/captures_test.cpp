// Our requests beside those of a client that trades there every day. What differs, differs on purpose: each
// row says what and why.
#include <algorithm>
#include <map>

#include "support/catch.hpp"
#include "support/samples.hpp"
#include "venue_oracles/oracles.hpp"
#include "venues/binance/spot.hpp"
#include "venues/binance/usdm.hpp"
#include "venues/registry.hpp"

using namespace tvh;
using namespace tvh::test;
using namespace tvh::venues;
using model::OrderType;
using model::TimeInForce;

namespace {

using Parameters = std::map<std::string, std::string>;

struct Row {
  std::string label;
  venue::Ask ask;
  Parameters ours_alone{};    // sent by us, not by them
  Parameters theirs_alone{};  // sent by them, not by us
  std::string reason{};
};

Parameters parameters_of(const std::string& text) {
  Parameters all;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('&', at), text.size());
    const auto equals = text.find('=', at);
    all[text.substr(at, equals - at)] = text.substr(equals + 1, end - equals - 1);
    at = end + 1;
  }
  return all;
}

model::OrderRequest order(const std::string& id, const std::string& instrument, model::Side side,
                          OrderType type) {
  model::OrderRequest request;
  request.client_order_id = id;
  request.instrument = instrument;
  request.market = instrument.ends_with(".P") ? model::Market::perp : model::Market::spot;
  request.side = side;
  request.type = type;
  request.quantity = dec("0.01");
  return request;
}

const Json* captured(const Json& file, const Row& row) {
  for (const Json& request : file["requests"]) {
    if (request["label"] == row.label && request["path"] == row.ask.path) return &request;
  }
  return nullptr;
}

void compare(const Json& file, const venue::Exchange& exchange, const std::string& host, const Row& row) {
  INFO(row.label);
  const Json* const theirs = captured(file, row);
  REQUIRE(theirs != nullptr);
  const venue::Stamp stamp{std::chrono::milliseconds(file["fixed_timestamp_ms"].get<std::int64_t>()),
                           std::chrono::milliseconds(10000)};
  const client::Request ours = exchange.write(row.ask, stamp);
  CHECK("https://" + (*theirs)["target_host"].get<std::string>() == host);
  CHECK((*theirs)["method"] == client::to_text(ours.method));
  const auto mark = std::min(ours.url.find('?'), ours.url.size());
  CHECK((*theirs)["path"] == ours.url.substr(0, mark));
  // Parameters of a POST in the body, of the others in the query, on both sides.
  const auto query = parameters_of(ours.url.substr(std::min(mark + 1, ours.url.size())));
  const auto body = parameters_of(ours.body);
  auto their_query = parameters_of((*theirs)["query"]);
  auto their_body = parameters_of((*theirs)["body"]);
  const bool posts = ours.method == client::Method::post;
  CHECK((posts ? query : body).empty());
  CHECK((posts ? their_query : their_body).empty());
  auto all = query;
  all.insert(body.begin(), body.end());
  auto expected = their_query;
  expected.insert(their_body.begin(), their_body.end());
  // The signature follows from the order of the parameters, which is free.
  CHECK(all.contains("signature") == expected.contains("signature"));
  all.erase("signature");
  expected.erase("signature");
  for (const auto& [name, value] : row.theirs_alone) {
    CHECK(expected[name] == value);
    expected.erase(name);
  }
  for (const auto& [name, value] : row.ours_alone) CHECK(expected.emplace(name, value).second);
  CHECK(all == expected);
  CHECK((row.ours_alone.empty() && row.theirs_alone.empty()) == row.reason.empty());
  // user-agent, accept-encoding and content-length are the HTTP library's.
  std::map<std::string, std::string> headers;
  for (const auto& [name, value] : ours.headers) {
    std::string lower = name;
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return char(std::tolower(c)); });
    headers[lower] = value;
  }
  for (const char* name : {"x-mbx-apikey", "content-type"}) {
    const auto& their_headers = (*theirs)["headers"];
    CHECK(headers.contains(name) == their_headers.contains(name));
    if (their_headers.contains(name)) CHECK(headers[name] == their_headers[name]);
    headers.erase(name);
  }
  CHECK(headers.empty());
}

binance::Keys keys_of(const Json& file) {
  return {Secret(file["apiKey"].get<std::string>()), Secret(file["secret"].get<std::string>())};
}

std::vector<Row> spot_rows(const binance::Spot& spot) {
  const auto buy = model::Side::buy;
  const auto sell = model::Side::sell;
  auto limit = order("tv-sig_00004", "BTCUSDT", buy, OrderType::limit);
  limit.limit_price = dec("26000.5");
  auto post_only = limit;
  post_only.client_order_id = "tv-sig_00005";
  post_only.time_in_force = TimeInForce::post_only;
  auto stop = order("tv-sig_00006", "BTCUSDT", sell, OrderType::stop);
  stop.stop_price = dec("25000");
  const model::OrderKey key{"tv-sig_00004", "", "BTCUSDT", model::Market::spot, OrderType::limit};
  return {
      {"fetchTime", spot.server_time()},
      {"loadMarkets",
       spot.instruments("BTCUSDT"),
       {{"symbol", "BTCUSDT"}},
       {},
       "one instrument is enough for us"},
      {"spot.market.buy.base", spot.place(order("tv-sig_00001", "BTCUSDT", buy, OrderType::market))},
      {"spot.market.sell.base", spot.place(order("tv-sig_00003", "BTCUSDT", sell, OrderType::market))},
      {"spot.limit.buy", spot.place(limit)},
      {"spot.limit.postonly", spot.place(post_only)},
      {"spot.stoploss.market.sell(trigger=25000)",
       spot.place(stop),
       {{"stopPrice", "25000"}},
       {{"triggerPrice", "25000"}},
       "the documentation's name is stopPrice (facts sheet, section 7)"},
      {"spot.fetchOrder.byClientId", spot.find_order(key)},
      {"spot.cancelOrder.byClientId", spot.cancel(key)},
      {"spot.fetchBalance", spot.account(), {{"omitZeroBalances", "true"}}, {}, "a shorter answer"},
  };
}

std::vector<Row> usdm_rows(const binance::Usdm& usdm) {
  const auto buy = model::Side::buy;
  const auto sell = model::Side::sell;
  auto limit = order("tv-sig_000012", "BTCUSDT.P", sell, OrderType::limit);
  limit.limit_price = dec("27000.1");
  auto reducing = order("tv-sig_000013", "BTCUSDT.P", sell, OrderType::market);
  reducing.reduce_only = true;
  auto stop = order("tv-sig_000016", "BTCUSDT.P", sell, OrderType::stop);
  stop.stop_price = dec("25000");
  stop.reduce_only = true;
  auto entry = order("tv-sig_000020", "BTCUSDT.P", buy, OrderType::stop);
  entry.stop_price = dec("28000");
  const model::OrderKey key{"tv-sig_000012", "", "BTCUSDT.P", model::Market::perp, OrderType::limit};
  return {
      {"fetchTime", usdm.server_time()},
      {"loadMarkets", usdm.instruments("BTCUSDT.P")},
      {"swap.market.buy", usdm.place(order("tv-sig_000011", "BTCUSDT.P", buy, OrderType::market))},
      {"swap.limit.sell", usdm.place(limit)},
      {"swap.market.sell.reduceOnly", usdm.place(reducing)},
      {"swap.stoploss.market(trigger=25000)", usdm.place(stop)},
      {"swap.trigger.entry.market(trigger=28000)",
       usdm.place(entry),
       {},
       {{"triggerDirection", "ascending"}},
       "a parameter of that client's own, passed through (facts sheet, section 7)"},
      {"swap.fetchOrder.byClientId", usdm.find_order(key)},
      {"swap.cancelOrder.byClientId", usdm.cancel(key)},
      {"swap.fetchPositions", *usdm.positions()},
      {"swap.fetchBalance", usdm.account()},
  };
}

}  // namespace

TEST_CASE("oracles: our requests to Binance spot are those of another client, up to what is listed") {
  for (const std::string mode : {"live", "demo"}) {
    const Json file = oracle(mode == "live" ? "captures/binance.json" : "captures/binance.demo.json");
    REQUIRE(file["mode"] == mode);
    const binance::Spot spot(keys_of(file), std::chrono::milliseconds(10000), true);
    for (const Row& row : spot_rows(spot)) compare(file, spot, host_url("binance_spot", mode), row);
  }
}

TEST_CASE("oracles: our requests to Binance USD-M are those of another client, up to what is listed") {
  const Json file = oracle("captures/binanceusdm.json");
  const binance::Usdm usdm(keys_of(file), std::chrono::milliseconds(10000));
  for (const Row& row : usdm_rows(usdm)) compare(file, usdm, host_url("binance_usdm", "live"), row);
}
