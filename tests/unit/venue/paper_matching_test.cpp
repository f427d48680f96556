// One order, one price: the table of what becomes of it.
#include "venue/paper_matching.hpp"

#include "support/catch.hpp"
#include "support/samples.hpp"

namespace {

using namespace tvh;
using namespace tvh::test;
using model::OrderRequest;
using model::OrderType;
using model::Side;
using model::TimeInForce;
using venue::PaperMatch;
using venue::Standing;
using What = PaperMatch::What;

struct Case {
  Side side = Side::buy;
  OrderType type = OrderType::limit;
  const char* limit = "";
  const char* stop = "";
  std::optional<TimeInForce> in_force{};
  Standing standing = Standing::arriving;
  bool triggered = false;
};

PaperMatch match(const Case& one, const char* price, const char* slippage = "0") {
  OrderRequest order;
  order.side = one.side;
  order.type = one.type;
  order.quantity = dec("1");
  if (*one.limit != '\0') order.limit_price = dec(one.limit);
  if (*one.stop != '\0') order.stop_price = dec(one.stop);
  order.time_in_force = one.in_force;
  const auto seen = *price == '\0' ? std::optional<Decimal>() : std::optional(dec(price));
  return venue::match_order(order, one.standing, one.triggered, seen, dec(slippage));
}

std::string text(const PaperMatch& match) {
  switch (match.what) {
    case What::rests:
      return match.triggered ? "rests triggered" : "rests";
    case What::trades:
      return "trades " + match.price.to_string();
    case What::expires:
      return "expires";
    case What::would_take:
      return "would take";
  }
  return "";
}

}  // namespace

TEST_CASE("paper matching: a limit order that arrives takes the price if that is no worse than its limit") {
  const Case buy{Side::buy, OrderType::limit, "100"};
  CHECK(text(match(buy, "99")) == "trades 99");
  CHECK(text(match(buy, "100")) == "trades 100");
  CHECK(text(match(buy, "100.01")) == "rests");
  CHECK(text(match(buy, "")) == "rests");
  const Case sell{Side::sell, OrderType::limit, "100"};
  CHECK(text(match(sell, "101")) == "trades 101");
  CHECK(text(match(sell, "100")) == "trades 100");
  CHECK(text(match(sell, "99.99")) == "rests");
}

TEST_CASE("paper matching: slippage goes to the limit and no further") {
  const Case buy{Side::buy, OrderType::limit, "100"};
  CHECK(text(match(buy, "90", "0.1")) == "trades 99");
  CHECK(text(match(buy, "95", "0.1")) == "trades 100");
  const Case sell{Side::sell, OrderType::limit, "100"};
  CHECK(text(match(sell, "120", "0.1")) == "trades 108");
  CHECK(text(match(sell, "105", "0.1")) == "trades 100");
  CHECK(text(match({Side::buy, OrderType::market}, "95", "0.1")) == "trades 104.5");
}

TEST_CASE("paper matching: a limit order that rested trades at its limit, without slippage") {
  Case buy{Side::buy, OrderType::limit, "100"};
  buy.standing = Standing::resting;
  CHECK(text(match(buy, "80", "0.1")) == "trades 100");
  CHECK(text(match(buy, "100")) == "trades 100");
  CHECK(text(match(buy, "100.01")) == "rests");
  buy.in_force = TimeInForce::post_only;
  CHECK(text(match(buy, "80")) == "trades 100");
}

TEST_CASE("paper matching: ioc and fok never rest, post_only never takes") {
  for (const auto in_force : {TimeInForce::ioc, TimeInForce::fok}) {
    const Case buy{Side::buy, OrderType::limit, "100", "", in_force};
    CHECK(text(match(buy, "99")) == "trades 99");
    CHECK(text(match(buy, "101")) == "expires");
    CHECK(text(match(buy, "")) == "expires");
  }
  const Case post_only{Side::sell, OrderType::limit, "100", "", TimeInForce::post_only};
  CHECK(text(match(post_only, "100")) == "would take");
  CHECK(text(match(post_only, "99")) == "rests");
  CHECK(text(match(post_only, "")) == "rests");
}

TEST_CASE("paper matching: a stop is passed at its price or beyond, and then is a market order") {
  for (const auto standing : {Standing::arriving, Standing::resting}) {
    Case buy{Side::buy, OrderType::stop, "", "100"};
    buy.standing = standing;
    CHECK(text(match(buy, "99.99")) == "rests");
    CHECK(text(match(buy, "100")) == "trades 100");
    CHECK(text(match(buy, "110", "0.1")) == "trades 121");
    CHECK(text(match(buy, "")) == "rests");
    Case sell{Side::sell, OrderType::stop, "", "100"};
    sell.standing = standing;
    CHECK(text(match(sell, "100.01")) == "rests");
    CHECK(text(match(sell, "100")) == "trades 100");
    CHECK(text(match(sell, "90", "0.1")) == "trades 81");
  }
}

TEST_CASE("paper matching: a stop_limit is an arriving limit order from the price that passes its stop") {
  Case buy{Side::buy, OrderType::stop_limit, "105", "100"};
  buy.standing = Standing::resting;
  CHECK(text(match(buy, "99")) == "rests");
  CHECK(text(match(buy, "102", "0.01")) == "trades 103.02");
  CHECK(text(match(buy, "104.9", "0.01")) == "trades 105");
  CHECK(text(match(buy, "106")) == "rests triggered");
  buy.triggered = true;
  CHECK(text(match(buy, "99")) == "trades 105");  // it rests at its limit now
  CHECK(text(match(buy, "106")) == "rests triggered");
}

TEST_CASE("paper matching: a stop's time in force counts from its trigger") {
  Case sell{Side::sell, OrderType::stop_limit, "95", "100", TimeInForce::ioc};
  CHECK(text(match(sell, "101")) == "rests");
  CHECK(text(match(sell, "96")) == "trades 96");
  CHECK(text(match(sell, "94")) == "expires");
  sell.in_force = TimeInForce::post_only;
  CHECK(text(match(sell, "96")) == "would take");
  CHECK(text(match(sell, "94")) == "rests triggered");
}
