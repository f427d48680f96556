// What every venue owes the executor (venue/venue.hpp), asked of each one there is.
#include "contract/paper_stands.hpp"
#include "support/catch.hpp"

namespace {

using namespace tvh;
using namespace tvh::test;
using model::Accepted;
using model::OrderReport;
using model::Refused;
using model::Side;
using venue::NotFound;

PaperStand any_stand() {
  return PaperStand(GENERATE(StoreKind::sqlite, StoreKind::memory), venue::default_paper_settings());
}

OrderReport accepted(const model::SubmitOutcome& outcome) {
  if (const auto* refused = std::get_if<Refused>(&outcome)) INFO(refused->code << ": " << refused->message);
  REQUIRE(std::holds_alternative<Accepted>(outcome));
  return std::get<Accepted>(outcome).report;
}

std::string refused(const model::SubmitOutcome& outcome) {
  REQUIRE(std::holds_alternative<Refused>(outcome));
  CHECK_FALSE(std::get<Refused>(outcome).message.empty());
  return std::get<Refused>(outcome).code;
}

Decimal position(venue::Venue& venue, const std::string& instrument) {
  const auto positions = *venue.read_positions();
  for (const auto& held : positions) {
    if (held.instrument == instrument) return held.quantity;
  }
  return {};
}

}  // namespace

TEST_CASE("venue contract: an accepted order is reported with fills that are its own and add up") {
  auto stand = any_stand();
  const auto order = make_order({});
  const OrderReport report = accepted(stand.venue().submit(order));
  CHECK_FALSE(report.venue_order_id.empty());
  CHECK(report.state == model::OrderState::filled);
  Decimal filled;
  for (const auto& fill : report.fills) {
    CHECK(fill.client_order_id == order.client_order_id);
    CHECK(fill.venue == stand.venue().name());
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
  auto stand = any_stand();
  const OrderReport report = accepted(stand.venue().submit(make_order({})));
  const auto found = stand.venue().query_order("tvha");
  REQUIRE(std::holds_alternative<OrderReport>(found));
  const auto& queried = std::get<OrderReport>(found);
  CHECK(queried.venue_order_id == report.venue_order_id);
  CHECK(queried.state == report.state);
  CHECK(queried.filled_quantity == report.filled_quantity);
  CHECK(queried.fills == report.fills);
  CHECK(std::holds_alternative<NotFound>(stand.venue().query_order("tvhb")));
}

TEST_CASE("venue contract: the same id sent twice is one order, and the second answer is about the first") {
  auto stand = any_stand();
  const OrderReport first = accepted(stand.venue().submit(make_order({})));
  SampleOrder other;
  other.quantity = "0.02";
  other.price = "40000";
  const OrderReport second = accepted(stand.venue().submit(make_order(other)));
  CHECK(second.fills == first.fills);
  CHECK(position(stand.venue(), "BTCUSDT") == dec("0.01"));
}

TEST_CASE("venue contract: a refused order exists nowhere, changes nothing, and its id is free") {
  auto stand = any_stand();
  SampleOrder too_big;
  too_big.quantity = "1000";
  const auto before = *stand.venue().read_balances();
  CHECK(refused(stand.venue().submit(make_order(too_big))) == "insufficient_balance");
  CHECK(std::holds_alternative<NotFound>(stand.venue().query_order("tvha")));
  CHECK(stand.venue().read_positions()->empty());
  REQUIRE(stand.venue().read_balances()->size() == before.size());
  CHECK(stand.venue().read_balances()->front().amount == before.front().amount);
  accepted(stand.venue().submit(make_order({})));
}

TEST_CASE(
    "venue contract: an instrument the venue does not trade is bad data to ask for and a refusal to order") {
  auto stand = any_stand();
  auto instrument = stand.venue().find_instrument("NONSENSE", model::Market::spot);
  REQUIRE_FALSE(instrument);
  CHECK(instrument.error().code == Errc::bad_data);
  SampleOrder order;
  order.instrument = "NONSENSE";
  CHECK_FALSE(refused(stand.venue().submit(make_order(order))).empty());
}

TEST_CASE("venue contract: an order type the venue cannot do is refused, never filled as another") {
  auto stand = any_stand();
  for (const auto type : {model::OrderType::limit, model::OrderType::stop, model::OrderType::stop_limit}) {
    auto order = make_order({});
    order.type = type;
    order.limit_price = dec("1");
    order.stop_price = dec("1");
    CHECK_FALSE(refused(stand.venue().submit(order)).empty());
  }
  CHECK(stand.venue().read_positions()->empty());
}

TEST_CASE("venue contract: a quantity of nothing, or less, is refused") {
  auto stand = any_stand();
  for (const char* quantity : {"0", "-0.01"}) {
    SampleOrder order;
    order.quantity = quantity;
    CHECK_FALSE(refused(stand.venue().submit(make_order(order))).empty());
  }
  CHECK(stand.venue().read_positions()->empty());
}

TEST_CASE("venue contract: positions are net over all orders; what is flat is not told") {
  auto stand = any_stand();
  accepted(stand.venue().submit(make_order({"tvha", "BTCUSDT.P", Side::buy, "0.05", "50000"})));
  accepted(stand.venue().submit(make_order({"tvhb", "BTCUSDT.P", Side::sell, "0.08", "50000"})));
  accepted(stand.venue().submit(make_order({"tvhc", "ETHUSDT", Side::buy, "0.5", "3000"})));
  CHECK(position(stand.venue(), "BTCUSDT.P") == dec("-0.03"));
  CHECK(position(stand.venue(), "ETHUSDT") == dec("0.5"));
  accepted(stand.venue().submit(make_order({"tvhd", "BTCUSDT.P", Side::buy, "0.03", "50000"})));
  accepted(stand.venue().submit(make_order({"tvhe", "ETHUSDT", Side::sell, "0.5", "3000"})));
  CHECK(stand.venue().read_positions()->empty());
}

TEST_CASE("venue contract: orders, positions, balances and prices survive a restart") {
  auto stand = any_stand();
  const OrderReport report = accepted(stand.venue().submit(make_order({})));
  const auto balances = *stand.venue().read_balances();
  stand.restart();
  const auto found = stand.venue().query_order("tvha");
  REQUIRE(std::holds_alternative<OrderReport>(found));
  CHECK(std::get<OrderReport>(found).fills == report.fills);
  CHECK(position(stand.venue(), "BTCUSDT") == dec("0.01"));
  REQUIRE(stand.venue().read_balances()->size() == balances.size());
  for (std::size_t each = 0; each < balances.size(); ++each) {
    CHECK((*stand.venue().read_balances())[each].amount == balances[each].amount);
  }
  CHECK(*stand.venue().find_price("BTCUSDT", {}) == dec("50000"));
  accepted(stand.venue().submit(make_order({})));  // the same id is still the same order
  CHECK(position(stand.venue(), "BTCUSDT") == dec("0.01"));
}

TEST_CASE("venue contract: an instrument is described with its two assets, its market and its own name") {
  auto stand = any_stand();
  const auto spot = stand.venue().find_instrument("ETHBTC", model::Market::spot);
  REQUIRE(spot);
  CHECK(spot->name == "ETHBTC");
  CHECK(spot->base_asset == "ETH");
  CHECK(spot->quote_asset == "BTC");
  const auto perp = stand.venue().find_instrument("BTCUSDT.P", model::Market::perp);
  REQUIRE(perp);
  CHECK(perp->name == "BTCUSDT.P");
  CHECK(perp->market == model::Market::perp);
  CHECK(perp->base_asset == "BTC");
}
