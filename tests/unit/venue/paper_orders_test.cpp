// Orders that rest: when they trade, what they bind, how they end.
#include "unit/venue/paper_desk.hpp"

namespace {

using namespace tvh;
using namespace tvh::test;
using model::NotFound;
using model::OrderReport;
using model::OrderState;
using model::Refused;
using model::Side;
using model::TimeInForce;

venue::PaperSettings without_fees(const char* usdt = "10000") {
  auto settings = venue::default_paper_settings();
  settings.fee_rate = Decimal();
  settings.starting_balances = {{"USDT", dec(usdt)}};
  return settings;
}

model::OrderRequest order(const char* id, const char* instrument, Side side, const char* quantity,
                          const char* reference = "") {
  return PaperDesk::make_request(id, instrument, side, quantity, reference);
}

}  // namespace

TEST_CASE("paper: a limit order rests until a price meets it, and its watcher is told") {
  PaperDesk desk;
  const auto report = accepted(desk.submit(limit(order("tvha", "BTCUSDT", Side::buy, "1", "110"), "100")));
  CHECK(report.state == OrderState::accepted);
  CHECK(report.venue_order_id == "paper-tvha");
  CHECK(report.fills.empty());
  desk.see("BTCUSDT", "101");
  CHECK(desk.updates.empty());
  CHECK(desk.state("tvha") == OrderState::accepted);
  desk.see("BTCUSDT", "99");
  REQUIRE(desk.updates.size() == 1);
  CHECK(desk.updates[0].client_order_id == "tvha");
  CHECK(desk.updates[0].report.state == OrderState::filled);
  CHECK(only_fill(desk.updates[0].report).price == dec("100"));
  CHECK(desk.report("tvha").fills == desk.updates[0].report.fills);
  CHECK(desk.balance("USDT") == dec("9899.9"));
  CHECK(desk.balance("BTC") == dec("1"));
  desk.see("BTCUSDT", "98");
  CHECK(desk.updates.size() == 1);
}

TEST_CASE("paper: a price is seen by its own instrument alone") {
  PaperDesk desk;
  accepted(desk.submit(limit(order("tvha", "BTCUSDT", Side::buy, "1"), "100")));
  desk.see("BTCUSDT.P", "50");
  desk.see("ETHUSDT", "50");
  CHECK(desk.state("tvha") == OrderState::accepted);
}

TEST_CASE("paper: limit and stop orders rest where nobody knows a price; a price of nothing is none") {
  PaperDesk desk;
  CHECK(accepted(desk.submit(limit(order("tvha", "BTCUSDT", Side::buy, "1"), "100"))).state ==
        OrderState::accepted);
  CHECK(accepted(desk.submit(stop(order("tvhb", "BTCUSDT", Side::buy, "1"), "100"))).state ==
        OrderState::accepted);
  CHECK(accepted(desk.submit(limit(order("tvhc", "BTCUSDT", Side::buy, "1", "0"), "100"))).state ==
        OrderState::accepted);
  desk.see("BTCUSDT", "0");
  desk.see("BTCUSDT", "-1");
  CHECK(desk.updates.empty());
  CHECK_FALSE(desk.price("BTCUSDT"));
}

TEST_CASE("paper: the price that an order brings meets what rests first, then the order itself") {
  PaperDesk desk(without_fees("100"));
  accepted(desk.submit(limit(order("tvha", "BTCUSDT", Side::buy, "1", "110"), "100")));
  // Before tvha was filled there was nothing to sell.
  CHECK(only_fill(desk.submit("tvhb", "BTCUSDT", Side::sell, "1", "95")).price == dec("95"));
  CHECK(desk.state("tvha") == OrderState::filled);
  CHECK(desk.updates.size() == 1);
  CHECK(desk.balance("USDT") == dec("95"));
}

TEST_CASE("paper: what one price meets trades by the time it was placed, then by id") {
  PaperDesk desk(without_fees());
  for (const char* id : {"tvhc", "tvha", "tvhb"})
    accepted(desk.submit(limit(order(id, "BTCUSDT", Side::buy, "1"), "100")));
  desk.see("BTCUSDT", "100");
  REQUIRE(desk.updates.size() == 3);
  CHECK(desk.updates[0].client_order_id == "tvhc");
  CHECK(desk.updates[1].client_order_id == "tvha");
  CHECK(desk.updates[2].client_order_id == "tvhb");

  MemoryPaperStore store;
  const ManualClock standing_still(at_second(0));
  auto venue = std::move(*venue::PaperVenue::open(without_fees(), store, standing_still));
  std::string told;
  venue->watch_orders([&](const venue::OrderUpdate& update) { told += update.client_order_id + " "; });
  for (const char* id : {"tvhc", "tvha", "tvhb"})
    venue->submit(limit(order(id, "BTCUSDT", Side::buy, "1"), "100"), [](const auto&) {});
  venue->observe_price("BTCUSDT", dec("100"));
  CHECK(told == "tvha tvhb tvhc ");
}

TEST_CASE("paper: a stop waits for its price and trades at the price that passed it") {
  PaperDesk desk(without_fees());
  only_fill(desk.submit("tvha", "BTCUSDT", Side::buy, "1", "100"));
  accepted(desk.submit(stop(order("tvhb", "BTCUSDT", Side::sell, "1"), "90")));
  desk.see("BTCUSDT", "90.01");
  CHECK(desk.updates.empty());
  desk.see("BTCUSDT", "85");
  CHECK(only_fill(desk.report("tvhb")).price == dec("85"));
  // One that is through already trades at once.
  CHECK(only_fill(desk.submit(stop(order("tvhc", "BTCUSDT", Side::buy, "1"), "80"))).price == dec("85"));
}

TEST_CASE("paper: a stop_limit that was triggered stays triggered, over a restart too") {
  PaperDesk desk(without_fees());
  accepted(desk.submit(stop(limit(order("tvha", "BTCUSDT", Side::buy, "1", "90"), "105"), "100")));
  desk.see("BTCUSDT", "110");
  CHECK(desk.updates.empty());
  CHECK(desk.state("tvha") == OrderState::accepted);
  desk.start();
  desk.see("BTCUSDT", "99");  // below the stop, but that is behind it
  CHECK(only_fill(desk.report("tvha")).price == dec("105"));
}

TEST_CASE("paper: ioc and fok end expired when they cannot trade at once, and their id is known") {
  PaperDesk desk;
  for (const auto time_in_force : {TimeInForce::ioc, TimeInForce::fok}) {
    const std::string id = "tvh" + std::string(to_text(time_in_force));
    const auto request =
        in_force(limit(order(id.c_str(), "BTCUSDT", Side::buy, "1", "110"), "100"), time_in_force);
    const auto report = accepted(desk.submit(request));
    CHECK(report.state == OrderState::expired);
    CHECK(report.filled_quantity.is_zero());
    CHECK(accepted(desk.submit(in_force(request, TimeInForce::gtc))).state == OrderState::expired);
  }
  desk.see("BTCUSDT", "90");
  CHECK(desk.updates.empty());
}

TEST_CASE("paper: post_only is refused when it would trade, and expires when its stop leads it there") {
  PaperDesk desk(without_fees());
  const auto post_only = [](model::OrderRequest request) {
    return in_force(std::move(request), TimeInForce::post_only);
  };
  CHECK(code(desk.submit(post_only(limit(order("tvha", "BTCUSDT", Side::buy, "1", "100"), "100")))) ==
        "post_only_would_trade");
  CHECK(code(desk.submit(post_only(order("tvha", "BTCUSDT", Side::buy, "1", "100")))) ==
        "post_only_would_trade");
  CHECK(code(desk.submit(post_only(stop(order("tvha", "BTCUSDT", Side::buy, "1", "100"), "110")))) ==
        "post_only_would_trade");
  CHECK(std::holds_alternative<NotFound>(desk.query("tvha")));
  accepted(desk.submit(post_only(limit(order("tvha", "BTCUSDT", Side::buy, "1", "101"), "100"))));
  accepted(desk.submit(post_only(stop(limit(order("tvhb", "BTCUSDT", Side::buy, "1"), "120"), "110"))));
  desk.see("BTCUSDT", "111");
  CHECK(desk.state("tvhb") == OrderState::expired);
  REQUIRE(desk.updates.size() == 1);
  CHECK(desk.updates[0].report.state == OrderState::expired);
  desk.see("BTCUSDT", "100");
  CHECK(desk.state("tvha") == OrderState::filled);
}

TEST_CASE("paper: an order that is not well formed is refused with the reason, and no price is seen by it") {
  PaperDesk desk;
  const auto buy = order("tvha", "BTCUSDT", Side::buy, "1", "100");
  CHECK(code(desk.submit(in_force(buy, TimeInForce::gtd))) == "time_in_force_unsupported");
  auto no_limit = buy;
  no_limit.type = model::OrderType::limit;
  CHECK(code(desk.submit(no_limit)) == "invalid_price");
  CHECK(code(desk.submit(limit(buy, "0"))) == "invalid_price");
  CHECK(code(desk.submit(stop(buy, "-1"))) == "invalid_price");
  CHECK(code(desk.submit(order("tvha", "BTCUSDT", Side::buy, "0", "100"))) == "invalid_quantity");
  CHECK(code(desk.submit(order("tvha", "NONSENSE", Side::buy, "1", "100"))) == "unknown_instrument");
  CHECK_FALSE(desk.price("BTCUSDT"));
}

TEST_CASE("paper: what rests binds its money: free figures and later orders count it, cancelling frees it") {
  auto settings = venue::default_paper_settings();
  settings.starting_balances = {{"USDT", dec("1000")}, {"BTC", dec("2")}};
  PaperDesk desk(settings);
  desk.see("BTCUSDT", "200");
  accepted(desk.submit(limit(order("tvha", "BTCUSDT", Side::buy, "4"), "100")));
  CHECK(desk.account("BTCUSDT").free_quote == dec("599.6"));  // the notional and its fee
  CHECK(desk.balance("USDT") == dec("1000"));
  CHECK(code(desk.submit("tvhb", "ETHUSDT", Side::buy, "1", "600")) == "insufficient_balance");
  CHECK(code(desk.submit(limit(order("tvhb", "ETHUSDT", Side::buy, "1"), "600"))) == "insufficient_balance");
  accepted(desk.submit(limit(order("tvhc", "BTCUSDT", Side::sell, "1.5"), "300")));
  CHECK(desk.account("BTCUSDT").free_base == dec("0.5"));
  CHECK(desk.account("BTCUSDT").equity == dec("1000"));  // bound is not lost
  CHECK(code(desk.submit("tvhd", "BTCUSDT", Side::sell, "0.6")) == "insufficient_balance");
  CHECK(code(desk.submit(stop(order("tvhd", "BTCUSDT", Side::sell, "0.6"), "50"))) == "insufficient_balance");
  CHECK(std::get<OrderReport>(desk.cancel("tvha")).state == OrderState::cancelled);
  CHECK(std::get<OrderReport>(desk.cancel("tvhc")).state == OrderState::cancelled);
  CHECK(desk.account("BTCUSDT").free_quote == dec("1000"));
  CHECK(desk.account("BTCUSDT").free_base == dec("2"));
  only_fill(desk.submit("tvhd", "BTCUSDT", Side::sell, "2"));
}

TEST_CASE("paper: an order may bind everything to the last cent, and then trades with exactly that") {
  auto settings = venue::default_paper_settings();
  settings.starting_balances = {{"USDT", dec("1001")}};
  PaperDesk desk(settings);
  CHECK(code(desk.submit(limit(order("tvha", "BTCUSDT", Side::buy, "1.000001"), "1000"))) ==
        "insufficient_balance");
  accepted(desk.submit(limit(order("tvha", "BTCUSDT", Side::buy, "1"), "1000")));
  desk.see("BTCUSDT", "900");
  CHECK(desk.state("tvha") == OrderState::filled);
  CHECK(desk.balance("USDT").is_zero());
}

TEST_CASE("paper: an order that cannot be paid for when it is met ends refused, and that is told and kept") {
  PaperDesk desk(without_fees("100"));
  accepted(desk.submit(stop(order("tvha", "BTCUSDT", Side::buy, "1"), "100")));
  desk.see("BTCUSDT", "101");  // jumped over the stop: a cent more than there is
  REQUIRE(desk.updates.size() == 1);
  CHECK(desk.updates[0].report.state == OrderState::refused);
  CHECK(desk.state("tvha") == OrderState::refused);
  CHECK((*desk.store.read_order("tvha"))->reason == "insufficient_balance");
  CHECK(desk.account("BTCUSDT").free_quote == dec("100"));
  desk.see("BTCUSDT", "100");
  CHECK(desk.updates.size() == 1);
  CHECK(accepted(desk.submit("tvha", "BTCUSDT", Side::buy, "1")).state == OrderState::refused);
}

TEST_CASE("paper: a perpetual's resting order binds the margin of what it opens, not of what it closes") {
  PaperDesk desk(without_fees("1000"));
  accepted(desk.submit(limit(order("tvha", "BTCUSDT.P", Side::buy, "5", "110"), "100")));
  CHECK(desk.account("BTCUSDT.P").free_quote == dec("500"));
  CHECK(code(desk.submit("tvhb", "ETHUSDT.P", Side::sell, "1", "600")) == "insufficient_balance");
  CHECK(code(desk.submit(limit(order("tvhb", "ETHUSDT.P", Side::sell, "1"), "600"))) == "insufficient_balance");
  desk.see("BTCUSDT.P", "100");
  CHECK(desk.account("BTCUSDT.P").free_quote == dec("500"));  // margin now
  accepted(desk.submit(limit(order("tvhc", "BTCUSDT.P", Side::sell, "5"), "120")));
  CHECK(desk.account("BTCUSDT.P").free_quote == dec("500"));
  // It would close 0 of what tvhc closes already: it opens.
  accepted(desk.submit(limit(order("tvhd", "BTCUSDT.P", Side::sell, "2"), "130")));
  CHECK(desk.account("BTCUSDT.P").free_quote == dec("240"));
  desk.cancel("tvhc");
  CHECK(desk.account("BTCUSDT.P").free_quote == dec("500"));
}

TEST_CASE("paper: with all money in one position, it may be closed and turned by orders that rest") {
  PaperDesk desk(without_fees("1000"));
  only_fill(desk.submit("tvha", "BTCUSDT.P", Side::buy, "10", "100"));
  CHECK(desk.account("BTCUSDT.P").free_quote == dec("0"));
  // Closing 10 frees 1,000; the new side needs 10 times 110: 100 more than there is now.
  CHECK(code(desk.submit(limit(order("tvhb", "BTCUSDT.P", Side::sell, "20"), "110"))) ==
        "insufficient_balance");
  accepted(desk.submit(limit(order("tvhb", "BTCUSDT.P", Side::sell, "19"), "110")));
  desk.see("BTCUSDT.P", "110");
  CHECK(desk.position("BTCUSDT.P") == dec("-9"));
  CHECK(desk.balance("USDT") == dec("1100"));
}

TEST_CASE("paper: a reducing order always gets out, however little money is left") {
  PaperDesk desk(without_fees("1000"));
  desk.settings.fee_rate = dec("0.5");
  only_fill(desk.submit("tvha", "BTCUSDT.P", Side::buy, "10", "100"));
  desk.start();  // with an absurd fee: the account is worth nothing
  accepted(desk.submit(limit(order("tvhb", "BTCUSDT.P", Side::sell, "4", "100"), "110")));
  accepted(desk.submit(stop(order("tvhc", "BTCUSDT.P", Side::sell, "10"), "50")));
  desk.see("BTCUSDT.P", "110");
  CHECK(desk.position("BTCUSDT.P") == dec("6"));
  only_fill(desk.submit("tvhd", "BTCUSDT.P", Side::sell, "3", "60"));
  CHECK(desk.position("BTCUSDT.P") == dec("3"));
  only_fill(desk.submit(reduce_only(order("tvhe", "BTCUSDT.P", Side::sell, "3", "60"))));
  CHECK(desk.position("BTCUSDT.P").is_zero());
}

TEST_CASE("paper: reduce_only is clipped to the position when it trades; the rest is given up") {
  PaperDesk desk(without_fees());
  only_fill(desk.submit("tvha", "BTCUSDT.P", Side::buy, "2", "100"));
  const auto report = accepted(desk.submit(reduce_only(order("tvhb", "BTCUSDT.P", Side::sell, "5", "110"))));
  CHECK(report.state == OrderState::cancelled);
  CHECK(only_fill(report).quantity == dec("2"));
  CHECK(desk.position("BTCUSDT.P").is_zero());

  only_fill(desk.submit("tvhc", "BTCUSDT.P", Side::sell, "2", "100"));
  accepted(desk.submit(reduce_only(limit(order("tvhd", "BTCUSDT.P", Side::buy, "2"), "90"))));
  only_fill(desk.submit("tvhe", "BTCUSDT.P", Side::buy, "1.5", "100"));
  desk.see("BTCUSDT.P", "90");
  CHECK(only_fill(desk.report("tvhd")).quantity == dec("0.5"));
  CHECK(desk.state("tvhd") == OrderState::cancelled);
  CHECK(desk.position("BTCUSDT.P").is_zero());
}

TEST_CASE("paper: reduce_only with nothing to reduce is refused, and cancelled when it rested") {
  PaperDesk desk(without_fees());
  CHECK(code(desk.submit(reduce_only(order("tvha", "BTCUSDT.P", Side::sell, "1", "100")))) ==
        "reduce_only_rejected");
  CHECK(code(desk.submit(reduce_only(limit(order("tvha", "BTCUSDT.P", Side::sell, "1"), "110")))) ==
        "reduce_only_rejected");
  only_fill(desk.submit("tvha", "BTCUSDT.P", Side::buy, "1", "100"));
  CHECK(code(desk.submit(reduce_only(order("tvhb", "BTCUSDT.P", Side::buy, "1")))) == "reduce_only_rejected");
  accepted(desk.submit(reduce_only(stop(order("tvhb", "BTCUSDT.P", Side::sell, "1"), "90"))));
  CHECK(desk.account("BTCUSDT.P").free_quote == dec("9900"));  // it binds nothing
  only_fill(desk.submit("tvhc", "BTCUSDT.P", Side::sell, "1", "100"));
  desk.see("BTCUSDT.P", "80");
  REQUIRE(desk.updates.size() == 1);
  CHECK(desk.updates[0].report.state == OrderState::cancelled);
  CHECK(desk.updates[0].report.filled_quantity.is_zero());
  CHECK(desk.position("BTCUSDT.P").is_zero());
}

TEST_CASE(
    "paper: cancelling tells how the order stands, the watcher nothing; an id nobody knows is not found") {
  PaperDesk desk(without_fees());
  accepted(desk.submit(limit(order("tvha", "BTCUSDT", Side::buy, "1", "110"), "100")));
  CHECK(std::get<OrderReport>(desk.cancel("tvha")).state == OrderState::cancelled);
  CHECK(std::get<OrderReport>(desk.cancel("tvha")).state == OrderState::cancelled);
  desk.see("BTCUSDT", "90");
  CHECK(desk.state("tvha") == OrderState::cancelled);
  CHECK(accepted(desk.submit("tvha", "BTCUSDT", Side::buy, "1", "90")).state == OrderState::cancelled);
  only_fill(desk.submit("tvhb", "BTCUSDT", Side::buy, "1", "90"));
  CHECK(only_fill(std::get<OrderReport>(desk.cancel("tvhb"))).price == dec("90"));
  CHECK(std::holds_alternative<NotFound>(desk.cancel("tvhc")));
  CHECK(desk.updates.empty());
}

TEST_CASE("paper: killed at every write of one price, the next start ends where nothing had happened") {
  const auto trade_until = [](int writes) {
    PaperDesk desk(without_fees("1000"));
    for (const char* id : {"tvha", "tvhb", "tvhc"})
      accepted(desk.submit(limit(order(id, "BTCUSDT", Side::buy, "1", "110"), "100")));
    desk.store.writes_left = writes;
    desk.see("BTCUSDT", "90");
    const bool seen = *desk.store.read_last_price("BTCUSDT") == dec("90");
    desk.store.writes_left = -1;
    desk.start();
    // A price that was not kept was not seen; kept once, all that it meets trades.
    CHECK(desk.position("BTCUSDT") == (seen ? dec("3") : dec("0")));
    return seen;
  };
  CHECK_FALSE(trade_until(0));
  for (int writes = 1; writes <= 3; ++writes) CHECK(trade_until(writes));
}

TEST_CASE("paper: a price that changes nothing costs no write the second time") {
  PaperDesk desk;
  desk.see("BTCUSDT", "100");
  const int writes = desk.store.writes;
  desk.see("BTCUSDT", "100");
  CHECK(desk.store.writes == writes);
  CHECK(writes == 1);
  // An order with a price of its own is one write, price and all.
  only_fill(desk.submit("tvha", "BTCUSDT", Side::buy, "1", "101"));
  CHECK(desk.store.writes == writes + 1);
}

TEST_CASE("paper: a store that fails while a price is observed leaves what rests to the next price") {
  PaperDesk desk(without_fees());
  accepted(desk.submit(limit(order("tvha", "BTCUSDT", Side::buy, "1", "110"), "100")));
  desk.store.health = MemoryPaperStore::Health::failing_writes;
  desk.see("BTCUSDT", "90");
  CHECK(desk.updates.empty());
  CHECK(desk.state("tvha") == OrderState::accepted);
  CHECK(std::holds_alternative<model::Unknown>(desk.cancel("tvha")));
  desk.store.health = MemoryPaperStore::Health::working;
  desk.see("BTCUSDT", "90");
  CHECK(desk.state("tvha") == OrderState::filled);
}

TEST_CASE("paper: a look tells the instrument, the price apart from any alert's, and what is not traded") {
  auto settings = venue::default_paper_settings();
  settings.prices = {{"BTCUSDT", dec("42000")}};
  PaperDesk desk(settings);
  only_fill(desk.submit("tvha", "BTCUSDT.P", Side::buy, "0.01", "50000"));
  CHECK(desk.price("BTCUSDT") == dec("42000"));
  CHECK(desk.price("BTCUSDT.P") == dec("42000"));  // its spot market's
  desk.see("ETHUSDT", "3000");
  CHECK(desk.price("ETHUSDT") == dec("3000"));
  CHECK(std::get<model::NotTraded>(desk.look_up("NONSENSE")).message ==
        "cannot tell the quote asset of NONSENSE; the paper venue knows pairs such as BTCUSDT");
}

TEST_CASE("paper: it says what it can") {
  auto settings = venue::default_paper_settings();
  settings.order_rate = model::Rate{10, std::chrono::seconds(1)};
  PaperDesk desk(settings);
  const auto& can = desk.venue->capabilities();
  CHECK(can.fills_at_reference);
  CHECK((can.spot && can.perp && can.reduce_only && can.nets_reversals));
  CHECK(can.order_types.size() == 4);
  CHECK(can.times_in_force.size() == 4);
  CHECK_FALSE(can.times_in_force.contains(TimeInForce::gtd));
  CHECK(can.fence == Nanoseconds::zero());
  CHECK(can.visibility_lag == Nanoseconds::zero());
  CHECK_FALSE(can.id_memory);
  CHECK(can.order_rate->calls == 10);
  CHECK_FALSE(can.query_rate);
}
