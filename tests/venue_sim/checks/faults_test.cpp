// What the client sees, and what is true behind it. Time stands still here; what is late becomes due when the
// test moves the clock.
#include "support/catch.hpp"
#include "venue_sim/stand/stand.hpp"

namespace tvh::venue_sim {
namespace {

const std::string kOrder = "/api/v3/order";
const std::string kBuy = "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.01&newClientOrderId=a";
const std::string kQuery = "symbol=BTCUSDT&origClientOrderId=a";

std::optional<Reply> buy_with(const Stand& stand, const std::string& fault) {
  Client client(stand);
  client.fault(fault, "POST", kOrder);
  return client.attempt("POST", kOrder, kBuy);
}

std::size_t orders_at(const Stand& stand) { return Client(stand).state("orders").size(); }

}  // namespace

TEST_CASE("fault reply_lost: no answer, and the order is there") {
  Stand stand("binance_spot");
  CHECK_FALSE(buy_with(stand, "reply_lost"));
  CHECK(orders_at(stand) == 1);
  CHECK(Client(stand).call("GET", kOrder, kQuery).body["status"] == "FILLED");
}

TEST_CASE("fault request_lost: no answer, and no order") {
  Stand stand("binance_spot");
  CHECK_FALSE(buy_with(stand, "request_lost"));
  CHECK(orders_at(stand) == 0);
}

TEST_CASE("fault late_accept: unknown now, an order later") {
  Stand stand("binance_spot");
  const auto reply = buy_with(stand, "late_accept");
  REQUIRE(reply);
  CHECK(reply->status >= 500);
  Client client(stand);
  CHECK(client.call("GET", kOrder, kQuery).code() == -2013);
  CHECK(orders_at(stand) == 0);
  client.advance(2 * stand.options().late_ms);
  CHECK(orders_at(stand) == 1);
  client.timestamp += 2 * stand.options().late_ms;
  CHECK(client.call("GET", kOrder, kQuery).body["status"] == "FILLED");
}

TEST_CASE("fault late_accept: what comes after its window is refused by the matching engine, for good") {
  Stand stand("binance_spot");
  Client client(stand);
  client.fault("late_accept", "POST", kOrder);
  client.window = "200";  // late is 300 at least
  REQUIRE(client.attempt("POST", kOrder, kBuy));
  client.advance(10'000);
  CHECK(orders_at(stand) == 0);
  const auto log = client.state("requests");
  CHECK(log[0]["executed"] == true);
  CHECK(log[0]["refusal"].get<std::string>().find("-1021") != std::string::npos);
}

TEST_CASE("fault late_accept: two attempts of one id, both late, make one order") {
  Stand stand("binance_spot");
  const std::string limit =
      "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&price=60000&quantity=0.01&newClientOrderId=a";
  Client client(stand);
  client.fault("late_accept", "POST", kOrder);
  client.fault("late_accept", "POST", kOrder);
  client.call("POST", kOrder, limit);
  client.call("POST", kOrder, limit);
  client.advance(10'00);
  CHECK(orders_at(stand) == 1);
}

TEST_CASE("fault error_after_accept: a server error, and the order is there") {
  for (const std::string venue : {"binance_spot", "binance_usdm"}) {
    Stand stand(venue);
    Client client(stand);
    const std::string path = venue == "binance_spot" ? kOrder : "/fapi/v1/order";
    client.fault("error_after_accept", "POST", path);
    const int status = client.call("POST", path, kBuy).status;
    CHECK((status >= 500 || status == 408));
    CHECK(orders_at(stand) == 1);
  }
}

TEST_CASE("fault unavailable: 503 in the words that mean not executed") {
  Stand stand("binance_usdm");
  Client client(stand);
  client.fault("unavailable");
  const auto reply = client.call("POST", "/fapi/v1/order", kBuy);
  CHECK(reply.status == 503);
  CHECK(reply.message() == "Service Unavailable.");
  CHECK(orders_at(stand) == 0);
}

TEST_CASE("fault truncated: half an answer, and the order is there") {
  Stand stand("binance_spot");
  CHECK_FALSE(buy_with(stand, "truncated"));
  CHECK(orders_at(stand) == 1);
}

TEST_CASE("fault malformed: 200 nobody can parse, and the order is there") {
  for (std::uint64_t seed = 1; seed < 6; ++seed) {
    auto options = stand_options("binance_spot");
    options.venue.seed = seed;
    Stand stand(options);
    const auto reply = buy_with(stand, "malformed");
    REQUIRE(reply);
    CHECK(reply->status == 200);
    CHECK(reply->body.is_discarded());
    CHECK(orders_at(stand) == 1);
  }
}

TEST_CASE("fault reset: no answer, and the order is there or not, as the log says") {
  bool executed[2] = {false, false};
  for (std::uint64_t seed = 1; seed < 12; ++seed) {
    auto options = stand_options("binance_spot");
    options.venue.seed = seed;
    Stand stand(options);
    CHECK_FALSE(buy_with(stand, "reset"));
    const bool there = orders_at(stand) == 1;
    executed[there ? 1 : 0] = true;
    CHECK(Client(stand).state("requests")[0]["executed"] == there);
  }
  CHECK(executed[0]);
  CHECK(executed[1]);
}

TEST_CASE("fault slow: the order is there before its answer") {
  auto options = stand_options("binance_spot");
  options.slow_ms = 60'000;
  Stand stand(options);
  Client slow(stand);
  slow.fault("slow", "POST", kOrder);
  slow.send("POST", kOrder, kBuy);
  Client other(stand);
  other.wait_for_requests(1);
  CHECK(orders_at(stand) == 1);
}

TEST_CASE("fault reordered: its answer follows the answer of a later request") {
  Stand stand("binance_spot");
  Client held(stand);
  Client other(stand);
  held.fault("reordered", "POST", kOrder);
  held.send("POST", kOrder, kBuy);
  other.wait_for_requests(1);
  CHECK(other.call("GET", kOrder, kQuery).body["status"] == "FILLED");
  const auto reply = held.read();
  REQUIRE(reply);
  CHECK(reply->body["clientOrderId"] == "a");
}

TEST_CASE("fault invisible: queries do not see the order for a while; cancels and the truth do") {
  Stand stand("binance_spot");
  Client client(stand);
  client.fault("invisible", "POST", kOrder);
  CHECK(client.call("POST", kOrder, kBuy).status == 200);
  CHECK(client.call("GET", kOrder, kQuery).code() == -2013);
  CHECK(client.call("GET", "/api/v3/myTrades", "symbol=BTCUSDT").body.empty());
  CHECK(orders_at(stand) == 1);
  client.advance(stand.options().invisible_ms);
  CHECK(client.call("GET", kOrder, kQuery).body["status"] == "FILLED");
}

TEST_CASE("fault clock: server time jumps, and what was signed before may be out of it") {
  auto options = stand_options("binance_spot");
  options.clock_jump_ms = 100'000;
  Stand stand(options);
  Client client(stand);
  client.fault("clock", "POST", kOrder);
  CHECK(client.call("POST", kOrder, kBuy).code() == -1021);
  const auto time = client.plain("GET", "/api/v3/time").body["serverTime"].get<Milliseconds>();
  CHECK(time != kStart);
  client.timestamp = time;
  CHECK(client.call("POST", kOrder, kBuy).status == 200);
}

TEST_CASE("fault throttled: 429 with Retry-After, not executed") {
  Stand stand("binance_spot");
  const auto reply = buy_with(stand, "throttled");
  REQUIRE(reply);
  CHECK(reply->status == 429);
  CHECK(reply->headers.at("retry-after") == "1");
  CHECK(reply->code() == -1003);
  CHECK(orders_at(stand) == 0);
}

TEST_CASE("fault ban: 418 for everything until it is over, two seconds at most") {
  Stand stand("binance_spot");
  const auto reply = buy_with(stand, "ban");
  REQUIRE(reply);
  CHECK(reply->status == 418);
  CHECK(reply->headers.at("retry-after") == "2");
  Client client(stand);
  CHECK(client.plain("GET", "/api/v3/time").status == 418);
  CHECK(client.state("requests")[1]["fault"] == "ban");
  client.advance(1999);
  CHECK(client.plain("GET", "/api/v3/time").status == 418);
  client.advance(1);
  CHECK(client.plain("GET", "/api/v3/time").status == 200);
  CHECK(orders_at(stand) == 0);
}

TEST_CASE("faults: the same seed and the same requests give the same faults, another seed others") {
  const auto drawn = [](std::uint64_t seed) {
    Faults faults(seed);
    for (const auto name : kFaultNames) {
      if (name != "none") REQUIRE(faults.set(name, 0.05));
    }
    std::string names;
    for (std::uint64_t i = 1; i <= 200; ++i) {
      names += std::string(name_of(faults.draw({i, true, "POST", kOrder}))) + " ";
    }
    return names;
  };
  CHECK(drawn(1) == drawn(1));
  CHECK(drawn(1) != drawn(2));
}

TEST_CASE("faults: a probability is kept, and reads are never accepted late") {
  Faults faults(7);
  REQUIRE(faults.set("late_accept", 0.05));
  int hits = 0;
  for (std::uint64_t i = 1; i <= 10'000; ++i) {
    if (faults.draw({i, true, "POST", kOrder}) == Fault::late_accept) ++hits;
    CHECK(faults.draw({i, false, "GET", kOrder}) == Fault::none);
  }
  CHECK(hits > 400);
  CHECK(hits < 600);
}

TEST_CASE("faults: an unknown name is answered with the names there are") {
  Faults faults(1);
  const auto wrong = faults.set("replylost", 0.5);
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().message.find("reply_lost") != std::string::npos);
  CHECK_FALSE(faults.set("slow", 1.5));
}

TEST_CASE("requests: the log has no signature and no key, and control requests are not in it") {
  Stand stand("binance_spot");
  Client client(stand);
  client.call("POST", kOrder, kBuy);
  const auto log = client.state("requests");
  REQUIRE(log.size() == 1);
  CHECK(log[0]["params"] == kBuy + "&recvWindow=5000&timestamp=" + std::to_string(kStart));
  CHECK(log.dump().find("sim-key") == std::string::npos);
  CHECK(log.dump().find("signature") == std::string::npos);
}

}  // namespace tvh::venue_sim
