// What every venue owes the executor (venue/venue.hpp), asked of each one there is, as far as it says it can.
#include <algorithm>

#include "contract/exchange_stand.hpp"
#include "contract/paper_stands.hpp"
#include "support/catch.hpp"

namespace {

using namespace tvh;
using namespace tvh::test;
using model::Accepted;
using model::NotFound;
using model::OrderReport;
using model::OrderState;
using model::OrderType;
using model::Refused;
using model::Side;
using model::TimeInForce;

std::unique_ptr<VenueStand> any_stand() {
  auto far = venue::default_paper_settings();
  far.latency = std::chrono::milliseconds(800);
  switch (GENERATE(0, 1, 2, 3, 4)) {
    case 0:
      return std::make_unique<PaperStand>(StoreKind::sqlite, venue::default_paper_settings());
    case 1:
      return std::make_unique<PaperStand>(StoreKind::memory, venue::default_paper_settings());
    case 2:
      return std::make_unique<PaperStand>(StoreKind::memory, far);
    case 3:
      return std::make_unique<ExchangeStand>("binance_spot");
    default:
      return std::make_unique<ExchangeStand>("binance_usdm");
  }
}

OrderReport accepted(const model::SubmitOutcome& outcome) {
  if (const auto* refused = std::get_if<Refused>(&outcome))
    UNSCOPED_INFO(refused->code << ": " << refused->message);
  REQUIRE(std::holds_alternative<Accepted>(outcome));
  return std::get<Accepted>(outcome).report;
}

std::string refused(const model::SubmitOutcome& outcome) {
  REQUIRE(std::holds_alternative<Refused>(outcome));
  CHECK_FALSE(std::get<Refused>(outcome).message.empty());
  return std::get<Refused>(outcome).code;
}

OrderReport found(const model::QueryOutcome& outcome) {
  REQUIRE(std::holds_alternative<OrderReport>(outcome));
  return std::get<OrderReport>(outcome);
}

// A submit's answer may carry fewer fills than a query's, but no others.
void check_same_but_for_fills(const OrderReport& queried, const OrderReport& submitted) {
  CHECK(queried.venue_order_id == submitted.venue_order_id);
  CHECK(queried.state == submitted.state);
  CHECK(queried.filled_quantity == submitted.filled_quantity);
  for (const auto& fill : submitted.fills)
    CHECK(std::find(queried.fills.begin(), queried.fills.end(), fill) != queried.fills.end());
}

void check_same(const OrderReport& one, const OrderReport& other) {
  check_same_but_for_fills(one, other);
  CHECK(one.fills == other.fills);
}

// Of what the stand trades most.
model::OrderRequest home_order(VenueStand& stand, const std::string& id = "tvha", Side side = Side::buy,
                               const std::string& quantity = "0.01") {
  return make_order({id, stand.home(), side, quantity, "50000"});
}
bool is_flat(VenueStand& stand) { return stand.position(stand.home()).is_zero(); }

bool can(VenueStand& stand, OrderType type) { return stand.venue().capabilities().order_types.contains(type); }
bool can(VenueStand& stand, TimeInForce in_force) {
  return stand.venue().capabilities().times_in_force.contains(in_force);
}

// A buy that rests at 50000 in a market of 51000.
model::OrderRequest resting_buy(VenueStand& stand, const std::string& id = "tvha") {
  auto order = home_order(stand, id);
  order.type = OrderType::limit;
  order.limit_price = dec("50000");
  order.reference_price.reset();
  stand.move_market(stand.home(), dec("51000"));
  return order;
}

}  // namespace

TEST_CASE("venue contract: an accepted order is reported with fills that are its own and add up") {
  const auto stand = any_stand();
  const auto order = home_order(*stand);
  const OrderReport report = accepted(stand->submit(order));
  CHECK_FALSE(report.venue_order_id.empty());
  CHECK(report.state == OrderState::filled);
  Decimal filled;
  for (const auto& fill : found(stand->query(order)).fills) {
    CHECK(fill.client_order_id == order.client_order_id);
    CHECK(fill.venue == stand->venue().name());
    CHECK(fill.instrument == order.instrument);
    CHECK(fill.venue_order_id == report.venue_order_id);
    CHECK_FALSE(fill.trade_id.empty());
    CHECK(fill.side == order.side);
    CHECK(fill.quantity.is_positive());
    CHECK(fill.price.is_positive());
    CHECK_FALSE(fill.fee_asset.empty());
    filled += fill.quantity;
  }
  CHECK(filled == report.filled_quantity);
  CHECK(filled == order.quantity);
}

TEST_CASE("venue contract: a query tells what the submit told, an order nobody sent is not found") {
  const auto stand = any_stand();
  const OrderReport report = accepted(stand->submit(home_order(*stand)));
  check_same_but_for_fills(found(stand->query(home_order(*stand))), report);
  CHECK(std::holds_alternative<NotFound>(stand->query(home_order(*stand, "tvhb"))));
  CHECK(std::holds_alternative<NotFound>(stand->cancel(home_order(*stand, "tvhb"))));
}

TEST_CASE("venue contract: an open order's id sent again is one order, and the answer is about the first") {
  const auto stand = any_stand();
  if (!can(*stand, OrderType::limit)) return;
  auto order = resting_buy(*stand);
  const OrderReport first = accepted(stand->submit(order));
  order.quantity = dec("0.02");
  order.limit_price = dec("49500");
  check_same(accepted(stand->submit(order)), first);
  stand->move_market(stand->home(), dec("49900"));
  CHECK(stand->position(stand->home()) == dec("0.01"));
}

TEST_CASE("venue contract: where ids are for ever, one that filled is answered with its order") {
  const auto stand = any_stand();
  if (!stand->venue().capabilities().ids_for_ever) return;
  const OrderReport first = accepted(stand->submit(home_order(*stand)));
  auto other = home_order(*stand, "tvha", Side::buy, "0.02");
  other.reference_price = dec("40000");
  check_same(accepted(stand->submit(other)), first);
  CHECK(stand->position(stand->home()) == dec("0.01"));
}

TEST_CASE("venue contract: a refused order exists nowhere, changes nothing, and its id is free") {
  const auto stand = any_stand();
  const auto too_big = home_order(*stand, "tvha", Side::buy, "1000");
  const auto before = stand->balances();
  CHECK_FALSE(refused(stand->submit(too_big)).empty());
  CHECK(std::holds_alternative<NotFound>(stand->query(home_order(*stand))));
  CHECK(is_flat(*stand));
  REQUIRE(stand->balances().size() == before.size());
  CHECK(stand->balances().front().amount == before.front().amount);
  accepted(stand->submit(home_order(*stand)));
}

TEST_CASE("venue contract: an instrument the venue does not trade is told at a look and refused as an order") {
  const auto stand = any_stand();
  SampleOrder order;
  order.instrument = stand->home().ends_with(".P") ? "NONSENSE.P" : "NONSENSE";
  const auto looked = stand->look_up({order.instrument, make_order(order).market});
  REQUIRE(std::holds_alternative<model::NotTraded>(looked));
  CHECK_FALSE(std::get<model::NotTraded>(looked).message.empty());
  CHECK_FALSE(refused(stand->submit(make_order(order))).empty());
}

TEST_CASE("venue contract: what the venue does not say it can is refused, never done as something else") {
  const auto stand = any_stand();
  for (const auto type : {OrderType::limit, OrderType::stop, OrderType::stop_limit}) {
    if (can(*stand, type)) continue;
    auto order = home_order(*stand);
    order.type = type;
    order.limit_price = dec("1");
    order.stop_price = dec("1");
    CHECK_FALSE(refused(stand->submit(order)).empty());
  }
  for (const auto in_force : {TimeInForce::ioc, TimeInForce::fok, TimeInForce::gtd, TimeInForce::post_only}) {
    if (can(*stand, in_force)) continue;
    auto order = home_order(*stand);
    order.time_in_force = in_force;
    CHECK_FALSE(refused(stand->submit(order)).empty());
  }
  if (!stand->venue().capabilities().reduce_only) {
    auto order = home_order(*stand);
    order.reduce_only = true;
    CHECK_FALSE(refused(stand->submit(order)).empty());
  }
  CHECK(is_flat(*stand));
}

TEST_CASE("venue contract: a quantity of nothing, or less, is refused") {
  const auto stand = any_stand();
  for (const char* quantity : {"0", "-0.01"}) {
    CHECK_FALSE(refused(stand->submit(home_order(*stand, "tvha", Side::buy, quantity))).empty());
  }
  CHECK(is_flat(*stand));
}

TEST_CASE("venue contract: positions are net over all orders; what is flat is not told") {
  const auto stand = any_stand();
  if (!stand->venue().capabilities().perp) return;
  accepted(stand->submit(make_order({"tvha", "BTCUSDT.P", Side::buy, "0.05", "50000"})));
  if (stand->venue().capabilities().nets_reversals) {
    accepted(stand->submit(make_order({"tvhb", "BTCUSDT.P", Side::sell, "0.08", "50000"})));
  } else {
    accepted(stand->submit(make_order({"tvhb", "BTCUSDT.P", Side::sell, "0.05", "50000"})));
    accepted(stand->submit(make_order({"tvhb2", "BTCUSDT.P", Side::sell, "0.03", "50000"})));
  }
  CHECK(stand->position("BTCUSDT.P") == dec("-0.03"));
  REQUIRE(stand->positions().size() == 1);
  CHECK(stand->positions()[0].instrument == "BTCUSDT.P");
  CHECK(stand->positions()[0].quantity == dec("-0.03"));
  accepted(stand->submit(make_order({"tvhd", "BTCUSDT.P", Side::buy, "0.03", "50000"})));
  CHECK(stand->positions().empty());
}

TEST_CASE("venue contract: a limit order rests, is found resting, and trades when the market comes to it") {
  const auto stand = any_stand();
  if (!can(*stand, OrderType::limit)) return;
  const auto order = resting_buy(*stand);
  const auto report = accepted(stand->submit(order));
  CHECK(report.state == OrderState::accepted);
  check_same(found(stand->query(order)), report);
  CHECK(is_flat(*stand));
  stand->move_market(stand->home(), dec("49000"));
  const auto filled = found(stand->query(order));
  CHECK(filled.state == OrderState::filled);
  CHECK(filled.venue_order_id == report.venue_order_id);
  REQUIRE(filled.fills.size() == 1);
  CHECK(filled.fills[0].price <= dec("50000"));
  CHECK(stand->position(stand->home()) == dec("0.01"));
  // Updates may be lost, but the ones that come are true.
  for (const auto& update : stand->updates) {
    CHECK(update.client_order_id == "tvha");
    check_same(update.report, filled);
  }
}

TEST_CASE("venue contract: a limit order never trades at a worse price than its limit") {
  const auto stand = any_stand();
  if (!can(*stand, OrderType::limit)) return;
  auto order = resting_buy(*stand);
  order.limit_price = dec("52000");
  const auto report = accepted(stand->submit(order));
  CHECK(report.state == OrderState::filled);
  for (const auto& fill : found(stand->query(order)).fills) CHECK(fill.price <= dec("52000"));
}

TEST_CASE("venue contract: a cancelled order never trades, and cancelling again says how it ended") {
  const auto stand = any_stand();
  if (!can(*stand, OrderType::limit)) return;
  const auto order = resting_buy(*stand);
  accepted(stand->submit(order));
  for (int time = 0; time < 2; ++time) {
    const auto cancelled = stand->cancel(order);
    REQUIRE(std::holds_alternative<OrderReport>(cancelled));
    CHECK(std::get<OrderReport>(cancelled).state == OrderState::cancelled);
  }
  stand->move_market(stand->home(), dec("40000"));
  CHECK(found(stand->query(order)).state == OrderState::cancelled);
  if (stand->venue().capabilities().ids_for_ever)
    CHECK(accepted(stand->submit(order)).state == OrderState::cancelled);
  CHECK(is_flat(*stand));
  accepted(stand->submit(home_order(*stand, "tvhb")));
  CHECK(std::get<OrderReport>(stand->cancel(home_order(*stand, "tvhb"))).state == OrderState::filled);
}

TEST_CASE("venue contract: ioc and fok leave nothing resting, post_only takes nothing") {
  const auto stand = any_stand();
  if (!can(*stand, OrderType::limit)) return;
  for (const auto in_force : {TimeInForce::ioc, TimeInForce::fok}) {
    if (!can(*stand, in_force)) continue;
    auto order = resting_buy(*stand, "tvh" + std::string(to_text(in_force)));
    order.time_in_force = in_force;
    const auto outcome = stand->submit(order);
    if (std::holds_alternative<Refused>(outcome)) continue;  // some venues do not even write it down
    const auto report = accepted(outcome);
    CHECK((report.state == OrderState::expired || report.state == OrderState::cancelled));
    CHECK(report.filled_quantity.is_zero());
  }
  if (can(*stand, TimeInForce::post_only)) {
    auto order = resting_buy(*stand);
    order.time_in_force = TimeInForce::post_only;
    order.limit_price = dec("52000");
    CHECK_FALSE(refused(stand->submit(order)).empty());
  }
  CHECK(is_flat(*stand));
}

TEST_CASE("venue contract: a stop does nothing before its price and trades after it") {
  const auto stand = any_stand();
  if (!can(*stand, OrderType::stop)) return;
  stand->move_market(stand->home(), dec("50000"));
  accepted(stand->submit(home_order(*stand)));
  auto order = home_order(*stand, "tvhb", Side::sell);
  order.type = OrderType::stop;
  order.reference_price.reset();
  order.stop_price = dec("45000");
  CHECK(accepted(stand->submit(order)).state == OrderState::accepted);
  stand->move_market(stand->home(), dec("46000"));
  CHECK(found(stand->query(order)).state == OrderState::accepted);
  stand->move_market(stand->home(), dec("44000"));
  CHECK(found(stand->query(order)).state == OrderState::filled);
  CHECK(is_flat(*stand));
}

TEST_CASE("venue contract: a stop that was cancelled does nothing, and cancelling again says how it ended") {
  const auto stand = any_stand();
  for (const auto type : {OrderType::stop, OrderType::stop_limit}) {
    if (!can(*stand, type)) continue;
    stand->move_market(stand->home(), dec("50000"));
    auto order = home_order(*stand, "tvh" + std::to_string(int(type)));
    order.type = type;
    order.reference_price.reset();
    order.stop_price = dec("51000");
    if (type == OrderType::stop_limit) order.limit_price = dec("51500");
    accepted(stand->submit(order));
    for (int time = 0; time < 2; ++time) {
      const auto cancelled = stand->cancel(order);
      REQUIRE(std::holds_alternative<OrderReport>(cancelled));
      CHECK(std::get<OrderReport>(cancelled).state == OrderState::cancelled);
    }
    stand->move_market(stand->home(), dec("51200"));
    CHECK(is_flat(*stand));
  }
}

TEST_CASE("venue contract: a stop-limit trades after its price, and never at a worse one than its limit") {
  const auto stand = any_stand();
  if (!can(*stand, OrderType::stop_limit)) return;
  stand->move_market(stand->home(), dec("50000"));
  auto order = home_order(*stand);
  order.type = OrderType::stop_limit;
  order.reference_price.reset();
  order.stop_price = dec("51000");
  order.limit_price = dec("51500");
  accepted(stand->submit(order));
  CHECK(found(stand->query(order)).state == OrderState::accepted);
  stand->move_market(stand->home(), dec("51200"));
  const auto report = found(stand->query(order));
  CHECK(report.state == OrderState::filled);
  for (const auto& fill : report.fills) CHECK(fill.price <= dec("51500"));
  CHECK(stand->position(stand->home()) == dec("0.01"));
}

TEST_CASE("venue contract: reduce_only never opens a position") {
  const auto stand = any_stand();
  const auto& capabilities = stand->venue().capabilities();
  if (!capabilities.perp || !capabilities.reduce_only) return;
  auto close = make_order({"tvha", "BTCUSDT.P", Side::sell, "0.05", "50000"});
  close.reduce_only = true;
  CHECK_FALSE(refused(stand->submit(close)).empty());
  accepted(stand->submit(make_order({"tvhb", "BTCUSDT.P", Side::buy, "0.03", "50000"})));
  const auto outcome = stand->submit(close);  // more than there is: refused or clipped
  if (std::holds_alternative<Accepted>(outcome)) {
    CHECK(is_flat(*stand));
  } else {
    CHECK(stand->position("BTCUSDT.P") == dec("0.03"));
  }
}

TEST_CASE("venue contract: orders, also resting ones, positions, balances and prices survive a restart") {
  const auto stand = any_stand();
  accepted(stand->submit(home_order(*stand)));
  const OrderReport report = found(stand->query(home_order(*stand)));
  const bool rests = can(*stand, OrderType::limit);
  const auto resting = resting_buy(*stand, "tvhb");
  if (rests) accepted(stand->submit(resting));
  const auto balances = stand->balances();
  stand->restart();
  check_same(found(stand->query(home_order(*stand))), report);
  CHECK(stand->position(stand->home()) == dec("0.01"));
  const auto again = stand->balances();
  REQUIRE(again.size() == balances.size());
  for (std::size_t each = 0; each < balances.size(); ++each) CHECK(again[each].amount == balances[each].amount);
  const auto facts = stand->look_up({stand->home(), home_order(*stand).market, true, false});
  CHECK(std::get<model::MarketFacts>(facts).price == dec("51000"));
  if (stand->venue().capabilities().ids_for_ever) accepted(stand->submit(home_order(*stand)));
  CHECK(stand->position(stand->home()) == dec("0.01"));
  if (!rests) return;
  CHECK(found(stand->query(resting)).state == OrderState::accepted);
  stand->move_market(stand->home(), dec("49000"));
  CHECK(found(stand->query(resting)).state == OrderState::filled);
}

TEST_CASE("venue contract: an instrument is described with its two assets, its market and its own name") {
  const auto stand = any_stand();
  if (stand->venue().capabilities().spot) {
    const auto spot = stand->look_up({"ETHBTC", model::Market::spot});
    REQUIRE(std::holds_alternative<model::MarketFacts>(spot));
    const auto& facts = std::get<model::MarketFacts>(spot);
    CHECK(facts.instrument.name == "ETHBTC");
    CHECK(facts.instrument.base_asset == "ETH");
    CHECK(facts.instrument.quote_asset == "BTC");
    CHECK_FALSE(facts.price);  // nobody asked
    CHECK_FALSE(facts.account);
  }
  if (!stand->venue().capabilities().perp) return;
  const auto perp = stand->look_up({"BTCUSDT.P", model::Market::perp, false, true});
  REQUIRE(std::holds_alternative<model::MarketFacts>(perp));
  const auto& perp_facts = std::get<model::MarketFacts>(perp);
  CHECK(perp_facts.instrument.name == "BTCUSDT.P");
  CHECK(perp_facts.instrument.market == model::Market::perp);
  CHECK(perp_facts.instrument.base_asset == "BTC");
  REQUIRE(perp_facts.account);
  if (perp_facts.account->free_quote) CHECK(*perp_facts.account->free_quote == dec("10000"));
}

TEST_CASE("venue contract: money that a resting order binds is not free") {
  const auto stand = any_stand();
  if (!can(*stand, OrderType::limit)) return;
  const auto free_quote = [&] {
    const auto facts = stand->look_up({stand->home(), home_order(*stand).market, false, true});
    return std::get<model::MarketFacts>(facts).account->free_quote;
  };
  const auto order = resting_buy(*stand);
  const auto before = free_quote();
  if (!before) return;
  accepted(stand->submit(order));
  const bool borrows = stand->home().ends_with(".P");  // a part of it is bound, as margin
  CHECK(*free_quote() <= *before - dec(borrows ? "0.01" : "500"));
  stand->cancel(order);
  CHECK(*free_quote() == *before);
}
