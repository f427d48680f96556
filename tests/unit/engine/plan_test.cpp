#include "engine/plan.hpp"

#include <set>

#include "engine/age.hpp"
#include "engine/order_shape.hpp"
#include "support/catch.hpp"
#include "support/samples.hpp"

namespace {

using namespace tvh;
using namespace tvh::engine;
using model::Action;
using model::Market;
using model::PositionSide;
using model::Side;
using model::Signal;
using model::SizeUnit;
using test::dec;
using test::make_signal;

// A strategy's situation, changed by each test where it matters.
struct Situation {
  Signal signal = make_signal({});
  StrategyRules rules;
  model::Instrument instrument = test::make_instrument("BTCUSDT");
  Decimal held;
  std::optional<Decimal> price = dec("65000.5");
  std::optional<Decimal> free_balance;
  std::optional<Decimal> free_quote;
  std::optional<Decimal> equity;
  int entries = 0;
  OthersHold others;
  Decimal bound;
  TimePoint now = test::at_second(1);

  Plan plan() const {
    if (auto early = plan_without_market(signal, rules)) return *early;
    PlanInput input{
        signal,
        rules,
        instrument,
        {rules.venue, instrument.name, signal.strategy, held, held.is_zero() ? Decimal() : dec("60000"), {}},
        price,
        free_balance,
        free_quote,
        equity,
        {}};
    input.position.entries = entries;
    input.others = others;
    input.bound = bound;
    return plan_orders(input);
  }
  PlannedOrder order() const {
    const Plan planned = plan();
    if (const auto* refusal = std::get_if<Refusal>(&planned)) INFO(refusal->rule << ": " << refusal->message);
    REQUIRE(std::holds_alternative<std::vector<PlannedOrder>>(planned));
    const auto& orders = std::get<std::vector<PlannedOrder>>(planned);
    REQUIRE(orders.size() == 1);
    return orders.front();
  }
  Refusal refusal() const {
    const Plan planned = plan();
    REQUIRE(std::holds_alternative<Refusal>(planned));
    return std::get<Refusal>(planned);
  }
  std::string rule() const { return refusal().rule; }
};

Situation perpetual() {
  Situation situation;
  situation.signal.market = Market::perp;
  situation.instrument.name = "BTCUSDT.P";
  situation.instrument.market = Market::perp;
  return situation;
}

Situation closing(Action action, const char* held) {
  Situation situation = perpetual();
  situation.signal.action = action;
  situation.signal.quantity.reset();
  situation.held = dec(held);
  return situation;
}

}  // namespace

TEST_CASE("plan: a buy becomes the order it names") {
  const PlannedOrder order = Situation().order();
  CHECK(order.request.instrument == "BTCUSDT");
  CHECK(order.request.market == Market::spot);
  CHECK(order.request.side == Side::buy);
  CHECK(order.request.type == model::OrderType::market);
  CHECK(order.request.quantity == dec("0.01"));
  CHECK(order.request.reference_price == dec("65000.5"));
  CHECK_FALSE(order.request.reduce_only);
  CHECK_FALSE(order.clipped_from);
}

TEST_CASE(
    "plan: a buy while short on a perpetual is not limited to the short: delta mode trades what the alert "
    "names") {
  Situation situation = perpetual();
  situation.held = dec("-0.005");
  CHECK(situation.order().request.quantity == dec("0.01"));
  CHECK_FALSE(situation.order().request.reduce_only);
}

TEST_CASE("plan: a perpetual sells short, spot does not") {
  Situation perp = perpetual();
  perp.signal.action = Action::sell;
  CHECK(perp.order().request.side == Side::sell);

  Situation spot;
  spot.signal.action = Action::sell;
  CHECK(spot.rule() == "nothing_to_sell");
  CHECK(spot.refusal().message.find("untracked") != std::string::npos);
}

TEST_CASE("plan: a spot sell is clipped to what the strategy holds, and says so") {
  Situation situation;
  situation.signal.action = Action::sell;
  situation.held = dec("0.004");
  const PlannedOrder order = situation.order();
  CHECK(order.request.quantity == dec("0.004"));
  CHECK(order.clipped_from == dec("0.01"));

  situation.held = dec("0.01");
  CHECK_FALSE(situation.order().clipped_from);
  situation.held = dec("5");
  CHECK(situation.order().request.quantity == dec("0.01"));
}

TEST_CASE("plan: untracked lets a strategy sell the account's free balance instead") {
  Situation situation;
  situation.signal.action = Action::sell;
  situation.rules.untracked = true;
  situation.free_balance = dec("0.5");
  CHECK(situation.order().request.quantity == dec("0.01"));
  situation.free_balance = dec("0.002");
  CHECK(situation.order().request.quantity == dec("0.002"));
  situation.free_balance = Decimal();
  CHECK(situation.rule() == "nothing_to_sell");
}

TEST_CASE("plan: close_long, close_short and close_all take their own side, and no more than is held") {
  CHECK(closing(Action::close_long, "0.3").order().request.side == Side::sell);
  CHECK(closing(Action::close_long, "0.3").order().request.quantity == dec("0.3"));
  CHECK(closing(Action::close_short, "-0.3").order().request.side == Side::buy);
  CHECK(closing(Action::close_short, "-0.3").order().request.quantity == dec("0.3"));
  CHECK(closing(Action::close_all, "0.3").order().request.side == Side::sell);
  CHECK(closing(Action::close_all, "-0.3").order().request.side == Side::buy);

  CHECK(closing(Action::close_long, "-0.3").rule() == "nothing_to_close");
  CHECK(closing(Action::close_short, "0.3").rule() == "nothing_to_close");
  CHECK(closing(Action::close_long, "0").rule() == "nothing_to_close");
  CHECK(closing(Action::close_all, "0").rule() == "nothing_to_close");

  Situation part = closing(Action::close_long, "0.3");
  part.signal.quantity = dec("0.1");
  CHECK(part.order().request.quantity == dec("0.1"));
  CHECK_FALSE(part.order().clipped_from);
  part.signal.quantity = dec("0.9");
  CHECK(part.order().request.quantity == dec("0.3"));
  CHECK(part.order().clipped_from == dec("0.9"));
}

TEST_CASE("plan: a close on a perpetual is reduce-only, on spot it cannot be") {
  CHECK(closing(Action::close_long, "0.3").order().request.reduce_only);
  Situation spot;
  spot.signal.action = Action::close_long;
  spot.held = dec("0.3");
  CHECK_FALSE(spot.order().request.reduce_only);
}

TEST_CASE("plan: a close without a size takes the whole position, never the configured default size") {
  Situation situation = closing(Action::close_all, "0.3");
  situation.rules.size = dec("0.001");
  CHECK(situation.order().request.quantity == dec("0.3"));
}

TEST_CASE("plan: reduce_only sells no more than is held and opens nothing") {
  Situation situation = perpetual();
  situation.signal.action = Action::sell;
  situation.signal.reduce_only = true;
  situation.held = dec("0.004");
  CHECK(situation.order().request.quantity == dec("0.004"));
  CHECK(situation.order().request.reduce_only);
  CHECK(situation.order().clipped_from == dec("0.01"));
  situation.held = Decimal();
  CHECK(situation.rule() == "nothing_to_reduce");
  situation.held = dec("-1");
  CHECK(situation.rule() == "nothing_to_reduce");
  situation.signal.action = Action::buy;
  CHECK(situation.order().request.side == Side::buy);
}

TEST_CASE("plan: the default size is used only by a signal without one, in its own unit") {
  Situation situation;
  situation.rules.size = dec("130.001");
  situation.rules.size_unit = SizeUnit::quote;
  CHECK(situation.order().request.quantity == dec("0.01"));
  situation.signal.quantity.reset();
  CHECK(situation.order().request.quantity == dec("0.002"));
  situation.rules.size.reset();
  CHECK(situation.rule() == "no_size");
  CHECK(situation.refusal().message.find("[strategy.ma_cross_v1]") != std::string::npos);
}

TEST_CASE("plan: a size in quote is divided by the price and rounded down") {
  Situation situation;
  situation.signal.size_unit = SizeUnit::quote;
  situation.signal.quantity = dec("100");
  situation.price = dec("3");
  const Decimal quantity = situation.order().request.quantity;
  CHECK(quantity == dec("33.33333333"));
  situation.price.reset();
  CHECK(situation.rule() == "no_price");
}

TEST_CASE("plan: a size in money is divided by the order's own price, and never comes to more than was asked") {
  struct Row {
    Action action;
    model::OrderType type;
    const char* limit;
    const char* stop;
    const char* quantity;
  };
  using T = model::OrderType;
  // 100 quote, the market stands at 1000.
  const std::vector<Row> rows{
      {Action::buy, T::market, "500", "500", "0.1"},  // prices that its type has no use for
      {Action::buy, T::limit, "500", "", "0.2"},
      {Action::buy, T::limit, "2000", "", "0.05"},
      {Action::buy, T::stop, "", "2000", "0.05"},
      {Action::buy, T::stop, "", "500", "0.1"},  // past it: it costs what the market asks
      {Action::buy, T::stop_limit, "2500", "2000", "0.04"},
      {Action::buy, T::stop_limit, "1600", "2000", "0.0625"},
      {Action::sell, T::limit, "2000", "", "0.05"},
      {Action::sell, T::limit, "500", "", "0.1"},  // it brings what the market pays
      {Action::sell, T::stop, "", "500", "0.2"},
      {Action::sell, T::stop_limit, "400", "500", "0.2"},
      {Action::sell, T::stop_limit, "625", "500", "0.16"},
  };
  for (const Row& row : rows) {
    Situation situation = perpetual();
    situation.price = dec("1000");
    situation.signal.action = row.action;
    situation.signal.size_unit = SizeUnit::quote;
    situation.signal.quantity = dec("100");
    situation.signal.order_type = row.type;
    if (*row.limit != 0) situation.signal.limit_price = dec(row.limit);
    if (*row.stop != 0) situation.signal.stop_price = dec(row.stop);
    CAPTURE(to_text(row.action), to_text(row.type), row.limit, row.stop);
    CHECK(situation.order().request.quantity == dec(row.quantity));
  }
}

TEST_CASE("plan: a sale's limit that moves up to its tick sells no more money's worth for it") {
  Situation situation = perpetual();
  situation.price = dec("1");
  situation.signal.action = Action::sell;
  situation.signal.size_unit = SizeUnit::quote;
  situation.signal.quantity = dec("100");
  situation.signal.order_type = model::OrderType::limit;
  situation.signal.limit_price = dec("1.2");
  situation.instrument.price_tick = dec("0.5");
  const auto request = situation.order().request;
  CHECK(*request.limit_price == dec("1.5"));
  CHECK(multiply(request.quantity, *request.limit_price, Rounding::away_from_zero) <= dec("100"));
}

TEST_CASE("plan: percent of the balance at a limit takes that part of it, not what the market would") {
  Situation situation;
  situation.price = dec("1000");
  situation.free_quote = dec("1000");
  situation.signal.size_unit = SizeUnit::percent_balance;
  situation.signal.quantity = dec("50");
  situation.signal.order_type = model::OrderType::limit;
  situation.signal.limit_price = dec("500");
  CHECK(situation.order().request.quantity == dec("1"));
  situation.signal.quantity = dec("100");
  situation.signal.order_type = model::OrderType::stop;
  situation.signal.stop_price = dec("2000");
  CHECK(situation.order().request.quantity == dec("0.5"));
}

TEST_CASE(
    "plan: all of the money is bought with at the worst price that max_slippage allows, a part of it is not") {
  for (const auto unit : {SizeUnit::percent_balance, SizeUnit::percent_equity}) {
    Situation situation;
    situation.price = situation.signal.price = dec("1000");
    situation.free_quote = situation.equity = dec("1010");
    situation.signal.size_unit = unit;
    situation.signal.quantity = dec("100");
    situation.rules.max_slippage = dec("1");
    CHECK(situation.order().request.quantity == dec("1"));
    CHECK(situation.order().request.limit_price == dec("1010"));
    situation.signal.quantity = dec("50");
    CHECK(situation.order().request.quantity == dec("0.505"));
    situation.signal.quantity = dec("100");
    CHECK(situation.order().clipped_from == dec("1.01"));
    situation.free_quote = dec("1004");  // a little is dust
    CHECK(situation.order().request.quantity == dec("0.9940594"));
    CHECK(situation.order().rules.back() == "max_slippage 1 %: at 1010 or better, at once or not at all");
    CHECK(situation.order().rules[1] ==
          "no more than the free balance pays at max_slippage's worst price: 0.9940594");
    situation.free_quote = dec("202");  // the rest is held in coins, or bound: for the venue to say
    if (unit == SizeUnit::percent_equity) CHECK(situation.order().request.quantity == dec("1.01"));
  }
}

TEST_CASE(
    "plan: percent of the balance of a spot sale is of what is held, or of the free base where that is sold") {
  Situation situation;
  situation.signal.action = Action::sell;
  situation.signal.size_unit = SizeUnit::percent_balance;
  situation.signal.quantity = dec("100");
  situation.free_quote = dec("50");  // what buying it has left over
  situation.held = dec("9.4905094905");
  CHECK(situation.order().request.quantity == dec("9.4905094905"));  // nothing stays behind
  situation.signal.quantity = dec("50");
  CHECK(situation.order().request.quantity == dec("4.74525474"));
  situation.bound = dec("4.4905094905");  // an open order sells it already
  CHECK(situation.order().request.quantity == dec("2.5"));
  situation.free_quote.reset();  // no figure of the account is needed for it
  situation.price.reset();
  CHECK(situation.order().request.quantity == dec("2.5"));
  situation.free_balance = dec("20");
  CHECK(situation.order().request.quantity == dec("10"));
  situation.signal.quantity = dec("150");
  CHECK(situation.order().request.quantity == dec("20"));
  situation.free_balance.reset();
  situation.held = Decimal();
  CHECK(situation.rule() == "nothing_to_sell");
}

TEST_CASE("plan: percent of the balance closes that part of a perpetual's position, and opens from flat only") {
  Situation situation = perpetual();
  situation.price = dec("1000");
  situation.free_quote = dec("500");
  situation.signal.size_unit = SizeUnit::percent_balance;
  situation.signal.quantity = dec("100");
  for (const auto& [action, held] : {std::pair{Action::sell, "2"}, {Action::buy, "-2"}}) {
    situation.signal.action = action;
    situation.held = dec(held);
    situation.bound = Decimal();
    CHECK(situation.order().request.quantity == dec("2"));
    CHECK(situation.order().request.reduce_only);
    situation.bound = dec("2");
    CHECK(situation.rule() == "bound_by_orders");
    situation.bound = Decimal();
    situation.held = Decimal();
    CHECK(situation.order().request.quantity == dec("0.5"));
    situation.held = dec(action == Action::sell ? "-2" : "2");  // adds to it
    CHECK(situation.order().request.quantity == dec("0.5"));
  }
  Situation close = closing(Action::close_long, "2");
  close.signal.size_unit = SizeUnit::percent_balance;
  close.signal.quantity = dec("25");
  CHECK(close.order().request.quantity == dec("0.5"));
}

TEST_CASE("plan: percent of equity is of the account's worth for either side, and sells no more than is held") {
  Situation situation;
  situation.price = dec("1000");
  situation.equity = dec("10000");
  situation.signal.size_unit = SizeUnit::percent_equity;
  situation.signal.quantity = dec("50");
  CHECK(situation.order().request.quantity == dec("5"));
  situation.signal.action = Action::sell;
  situation.held = dec("9");
  CHECK(situation.order().request.quantity == dec("5"));
  situation.held = dec("3");
  CHECK(situation.order().request.quantity == dec("3"));
}

TEST_CASE("plan: a size by risk is measured from the entry that is furthest from its stop loss") {
  Situation situation = perpetual();
  situation.price = dec("1000");
  const auto entry = [&](Action action, model::OrderType type, const char* limit, const char* stop) {
    situation.signal.action = action;
    situation.signal.order_type = type;
    situation.signal.limit_price = dec(limit);
    situation.signal.stop_price = dec(stop);
    const PlanInput input{
        situation.signal, situation.rules, situation.instrument, {}, situation.price, {}, {}, {}, {}};
    return *price_to_size_at(input, action == Action::buy ? Side::buy : Side::sell, SizeUnit::risk_percent);
  };
  using T = model::OrderType;
  CHECK(entry(Action::buy, T::stop, "1", "500") == dec("1000"));
  CHECK(entry(Action::buy, T::limit, "900", "1") == dec("900"));
  CHECK(entry(Action::sell, T::limit, "900", "1") == dec("900"));
  CHECK(entry(Action::sell, T::stop, "1", "1200") == dec("1000"));
  CHECK(entry(Action::sell, T::stop_limit, "880", "900") == dec("880"));
}

TEST_CASE("plan: a size in parts of the account needs figures of it, and says so") {
  Situation situation;
  situation.signal.size_unit = SizeUnit::percent_equity;
  CHECK(situation.rule() == "no_equity");
  situation.signal.size_unit = SizeUnit::percent_balance;
  CHECK(situation.rule() == "no_balance");
}

TEST_CASE("plan: quantities step down to the instrument's step, and what is left must pass its minimums") {
  Situation situation;
  situation.instrument.quantity_step = dec("0.001");
  situation.signal.quantity = dec("0.0109");
  CHECK(situation.order().request.quantity == dec("0.01"));

  situation.signal.quantity = dec("0.0009");
  CHECK(situation.rule() == "below_step");
  CHECK(situation.refusal().message.find("0.001") != std::string::npos);

  situation.signal.quantity = dec("0.0109");
  situation.instrument.minimum_quantity =
      dec("0.0105");  // the asked quantity would pass, the stepped one does not
  CHECK(situation.rule() == "below_minimum_quantity");
  CHECK(situation.refusal().message.find("0.0105") != std::string::npos);
  situation.instrument.minimum_quantity = dec("0.01");
  CHECK(situation.order().request.quantity == dec("0.01"));

  situation.instrument.minimum_notional = dec("650.006");
  CHECK(situation.rule() == "below_minimum_notional");
  situation.instrument.minimum_notional = dec("650.005");
  CHECK(situation.order().request.quantity == dec("0.01"));
}

TEST_CASE("plan: what only closes a perpetual's position is reduce-only, whatever word the alert has for it") {
  Situation situation;
  situation.instrument = test::make_instrument("BTCUSDT.P");
  situation.held = dec("0.02");
  situation.signal.action = Action::sell;
  situation.signal.quantity = dec("0.02");
  CHECK(situation.order().request.reduce_only);
  CHECK(situation.order().request.quantity == dec("0.02"));
  // The lower the price fell, the more it must get out.
  situation.instrument.minimum_notional = dec("100000");
  CHECK(situation.order().request.reduce_only);
  situation.instrument.minimum_notional.reset();

  situation.signal.quantity = dec("0.03");  // turns it
  CHECK_FALSE(situation.order().request.reduce_only);
  situation.signal.quantity = dec("0.02");
  situation.signal.action = Action::buy;
  CHECK_FALSE(situation.order().request.reduce_only);
  situation.held = dec("-0.02");
  CHECK(situation.order().request.reduce_only);
  situation.held = {};
  CHECK_FALSE(situation.order().request.reduce_only);
}

TEST_CASE("plan: an exit the venue would refuse as reduce-only is sent without") {
  Situation situation;
  situation.instrument = test::make_instrument("BTCUSDT.P");
  situation.held = dec("0.02");
  situation.signal.action = Action::close_long;
  situation.signal.quantity.reset();
  situation.others = {dec("-0.02"), dec("0")};  // another strategy sells as much
  CHECK(situation.order().request.quantity == dec("0.02"));
  CHECK_FALSE(situation.order().request.reduce_only);
  situation.others = {dec("0"), dec("0.02")};  // or is long beside it
  CHECK(situation.order().request.reduce_only);
  situation.rules.allow_opposing = true;  // where others come before it, it is decided on again
  CHECK(situation.order().request.reduce_only);

  situation.signal.action = Action::sell;
  situation.signal.quantity = dec("0.02");
  situation.bound = dec("0.01");  // an order that rests reserves a part
  CHECK_FALSE(situation.order().request.reduce_only);
  situation.signal.reduce_only = true;  // said so
  CHECK(situation.order().request.reduce_only);
  CHECK(situation.order().request.quantity == dec("0.01"));
}

TEST_CASE(
    "plan: what opens keeps to the largest order, a market order to its own; what closes is not held up") {
  Situation situation;
  situation.instrument.maximum_quantity = dec("10");
  situation.instrument.maximum_market_quantity = dec("5");
  situation.signal.quantity = dec("5");
  CHECK(situation.order().request.quantity == dec("5"));
  situation.signal.quantity = dec("5.1");
  CHECK(situation.rule() == "above_maximum_quantity");
  CHECK(situation.refusal().message.find(", 5") != std::string::npos);
  situation.signal.order_type = model::OrderType::limit;
  situation.signal.limit_price = dec("60000");
  CHECK(situation.order().request.quantity == dec("5.1"));
  situation.signal.quantity = dec("10.1");
  CHECK(situation.rule() == "above_maximum_quantity");
  situation.instrument.maximum_quantity.reset();
  CHECK(situation.order().request.quantity == dec("10.1"));

  situation.signal = Situation().signal;
  situation.signal.action = Action::close_all;
  situation.signal.quantity.reset();
  situation.held = dec("50");
  CHECK(situation.order().request.quantity == dec("50"));
}

TEST_CASE(
    "plan: a minimum notional that market orders are free of holds for all others, and holds up no exit") {
  Situation situation;
  situation.held = dec("0.01");
  situation.signal.action = Action::close_long;
  situation.signal.quantity.reset();
  situation.instrument.quantity_step = dec("0.00001");
  situation.instrument.minimum_notional = dec("1000");
  CHECK(situation.rule() == "below_minimum_notional");
  situation.instrument.minimum_market_notional = dec("0");
  CHECK(situation.order().request.quantity == dec("0.01"));
  situation.instrument.minimum_market_notional = dec("651");
  CHECK(situation.rule() == "below_minimum_notional");
  CHECK(situation.refusal().message.find("the minimum is 651") != std::string::npos);
  situation.instrument.minimum_market_notional = dec("0");
  situation.signal.order_type = model::OrderType::limit;
  situation.signal.limit_price = dec("65000");
  CHECK(situation.rule() == "below_minimum_notional");

  Situation entry;
  entry.instrument.minimum_notional = dec("1000");
  entry.instrument.minimum_market_notional = dec("0");
  CHECK(entry.order().request.quantity == dec("0.01"));
  entry.rules.max_slippage = dec("1");  // a limit order for the venue
  CHECK(entry.rule() == "below_minimum_notional");
}

TEST_CASE("plan: a quote size too small for any quantity is refused, not sent as zero") {
  Situation situation;
  situation.signal.size_unit = SizeUnit::quote;
  situation.signal.quantity = dec("0.0000001");
  CHECK(situation.rule() == "below_step");
}

TEST_CASE("plan: an entry with a stop, a target or legs is refused; a close with them is not") {
  const auto with = [](Action action, const std::function<void(Signal&)>& change) {
    Situation situation = action == Action::buy ? perpetual() : closing(action, "0.3");
    change(situation.signal);
    return situation;
  };
  const std::vector<std::function<void(Signal&)>> brackets{
      [](Signal& signal) { signal.stop_loss = dec("60000"); },
      [](Signal& signal) { signal.take_profit = dec("70000"); },
      [](Signal& signal) { signal.trailing_json = R"({"percent":"1"})"; },
      [](Signal& signal) { signal.legs_json = "[]"; },
  };
  for (const auto& bracket : brackets) {
    CHECK(with(Action::buy, bracket).rule() == "brackets_unsupported");
    CHECK(with(Action::close_long, bracket).order().request.quantity == dec("0.3"));
    CHECK(with(Action::close_all, bracket).order().request.quantity == dec("0.3"));
  }
}

TEST_CASE("plan: what this version cannot do is refused by name before any market is looked up") {
  Situation situation;
  situation.signal.action = Action::target;
  CHECK(situation.rule() == "no_target");
}

TEST_CASE("plan: an order type without the price it needs, and a time in force that needs more, are refused") {
  Situation situation;
  situation.signal.order_type = model::OrderType::limit;
  CHECK(situation.rule() == "no_limit_price");
  situation.signal.order_type = model::OrderType::stop;
  CHECK(situation.rule() == "no_stop_price");
  situation.signal.order_type = model::OrderType::stop_limit;
  situation.signal.stop_price = dec("66000");
  CHECK(situation.rule() == "no_limit_price");
  situation.signal.limit_price = dec("66100");
  situation.signal.time_in_force = model::TimeInForce::gtd;
  CHECK(situation.rule() == "time_in_force_unsupported");
  situation.signal.time_in_force = model::TimeInForce::post_only;
  CHECK(situation.rule() == "time_in_force_unsupported");
}

TEST_CASE("plan: a heartbeat ends well and sends nothing") {
  Situation situation;
  situation.signal.action = Action::heartbeat;
  situation.signal.symbol.clear();
  const Plan plan = situation.plan();
  REQUIRE(std::holds_alternative<NothingToSend>(plan));
  CHECK_FALSE(std::get<NothingToSend>(plan).reason.empty());
}

TEST_CASE("plan: the position the strategy says it had must be the journal's, else the raw delta is wrong") {
  Situation situation = perpetual();
  situation.signal.action = Action::sell;
  situation.signal.position =
      model::PositionChange{PositionSide::short_side, dec("0.01"), PositionSide::long_side, dec("0.01")};
  situation.signal.quantity = dec("0.02");
  CHECK(situation.rule() == "previous_position_differs");  // the journal is flat
  situation.held = dec("0.015");                           // the right side, another size: closed, not turned
  CHECK(situation.order().request.quantity == dec("0.015"));
  CHECK(situation.order().request.reduce_only);
  REQUIRE(situation.order().not_turned.has_value());
  CHECK(situation.order().not_turned->rule == "previous_position_differs");
  situation.bound = dec("0.015");  // an open order closes it already
  CHECK(situation.rule() == "previous_position_differs");
  situation.bound = Decimal();
  situation.signal.position->side =
      PositionSide::long_side;  // it is where we are: too little, not the wrong side
  CHECK(situation.rule() == "previous_position_differs");
  situation.signal.position->side = PositionSide::short_side;
  situation.held = dec("0.02");
  CHECK(situation.order().request.quantity == dec("0.02"));  // opens nothing: whatever was missed, it gets out
  situation.held = dec("-0.01");
  CHECK(situation.rule() == "previous_position_differs");
  situation.held = dec("0.01");
  CHECK(situation.order().request.quantity == dec("0.02"));
}

TEST_CASE("plan: what was rounded down, or taken as a fee, is no other position than the strategy's") {
  Situation situation = perpetual();
  situation.instrument.quantity_step = dec("0.001");
  situation.signal.position =
      model::PositionChange{PositionSide::long_side, dec("0.0246"), PositionSide::long_side, dec("0.0123")};
  situation.held = dec("0.012");
  CHECK(situation.order().request.quantity == dec("0.01"));
  situation.held = dec("0.011");
  CHECK(situation.rule() == "previous_position_differs");
  situation.held = dec("0.013");
  CHECK(situation.rule() == "previous_position_differs");

  Situation spot;  // 0.1 % was taken of what was bought
  spot.instrument.quantity_step = dec("0.00001");
  spot.signal.position =
      model::PositionChange{PositionSide::long_side, dec("0.02"), PositionSide::long_side, dec("0.01")};
  spot.held = dec("0.00999");
  CHECK(spot.order().request.quantity == dec("0.01"));
  spot.held = dec("0.0098");
  CHECK(spot.rule() == "previous_position_differs");
}

TEST_CASE("plan: dust that a fee left on spot counts as flat") {
  Situation situation;
  situation.instrument.quantity_step = dec("0.00001");
  situation.signal.position =
      model::PositionChange{PositionSide::long_side, dec("0.01"), PositionSide::flat, dec("0")};
  situation.held = dec("0.000009");
  situation.rules.pyramiding = 1;
  situation.entries = 1;
  CHECK(situation.order().request.quantity == dec("0.01"));
  situation.held = dec("0.00002");
  CHECK(situation.rule() == "previous_position_differs");
  situation.instrument.minimum_notional = dec("5");  // 0.00002 is worth less
  CHECK(situation.order().request.quantity == dec("0.01"));
}

TEST_CASE("plan: what only reduces a perpetual's position needs no minimum value") {
  Situation situation = closing(Action::close_all, "0.001");
  situation.instrument.minimum_notional = dec("100");
  CHECK(situation.order().request.quantity == dec("0.001"));
  Situation spot = closing(Action::close_all, "0.001");
  spot.instrument = test::make_instrument("BTCUSDT");
  spot.instrument.minimum_notional = dec("100");
  CHECK(spot.rule() == "below_minimum_notional");
}

TEST_CASE("plan: a strategy that says it was flat is believed only while the journal is flat too") {
  Situation situation = perpetual();
  situation.signal.position =
      model::PositionChange{PositionSide::long_side, dec("0.01"), PositionSide::flat, dec("0")};
  CHECK(situation.order().request.quantity == dec("0.01"));
  situation.held = dec("0.01");
  CHECK(situation.rule() == "previous_position_differs");
}

TEST_CASE(
    "plan: a position change without the previous side says nothing, and closes are never held up by it") {
  Situation situation = perpetual();
  situation.signal.position = model::PositionChange{PositionSide::long_side, dec("0.01"), {}, {}};
  situation.held = dec("0.7");
  CHECK(situation.order().request.quantity == dec("0.01"));

  Situation close = closing(Action::close_all, "0.3");
  close.signal.position = model::PositionChange{PositionSide::flat, {}, PositionSide::long_side, dec("9")};
  CHECK(close.order().request.quantity == dec("0.3"));
}

TEST_CASE("plan: age counts from fired_at, else from the end of the bar, else from the receipt") {
  Signal signal = make_signal({});
  CHECK(happened_at(signal) == test::at_second(0));
  signal.bar_time = test::at_second(-1800);
  CHECK(happened_at(signal) == test::at_second(-1800));  // no timeframe: the bar's time is all there is
  signal.timeframe = "15";
  CHECK(happened_at(signal) == test::at_second(-900));
  signal.fired_at = test::at_second(-5);
  CHECK(happened_at(signal) == test::at_second(-5));
}

TEST_CASE("plan: what was received before its bar ended fired inside the bar, and counts from its receipt") {
  Signal signal = make_signal({});
  signal.timeframe = "240";
  signal.bar_time = test::at_second(-7200);
  CHECK(happened_at(signal) == test::at_second(0));
  signal.timeframe = "1M";
  signal.bar_time = *parse_time("2026-11-01T00:00:00Z");
  CHECK(happened_at(signal) == test::at_second(0));
  signal.bar_time = *parse_time("2026-10-01T00:00:00Z");  // over: it tells of the month's end
  CHECK(happened_at(signal) == *parse_time("2026-11-01T00:00:00Z"));
  signal.bar_time = test::at_second(300);  // no alert is older than its bar
  CHECK(happened_at(signal) == test::at_second(300));
}

TEST_CASE("plan: client order ids are [a-z0-9]{1,32}, begin with tvh, and differ by signal, venue and leg") {
  std::set<std::string> ids;
  for (const char* name : {"one", "two", "three"}) {
    for (const char* venue : {"paper", "binance-spot"}) {
      for (const Action action : {Action::sell, Action::close_long}) {
        Situation situation = perpetual();
        situation.held = dec("0.3");
        situation.signal.id = test::sample_id(name);
        situation.signal.action = action;
        situation.rules.venue = venue;
        const std::string id = situation.order().request.client_order_id;
        CHECK(id.starts_with("tvh"));
        CHECK(id.size() <= 32);
        CHECK(id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789") == std::string::npos);
        CHECK(situation.order().request.client_order_id == id);  // the same again, whenever it is asked
        ids.insert(id);
      }
    }
  }
  CHECK(ids.size() == 12);
}

TEST_CASE("plan: a close_all without a symbol gives each instrument an order id of its own") {
  Situation situation = closing(Action::close_all, "0.3");
  situation.signal.symbol.clear();
  const std::string first = situation.order().request.client_order_id;
  situation.instrument.name = "ETHUSDT.P";
  CHECK(situation.order().request.client_order_id != first);
}

TEST_CASE("plan: the time of planning changes no order: same inputs, same bytes") {
  Situation situation;
  const PlannedOrder early = situation.order();
  situation.now = test::at_second(1'000'000);
  CHECK(situation.order().request == early.request);
  CHECK(situation.order().leg == early.leg);
}
