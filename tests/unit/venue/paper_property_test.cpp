// Random trading against a model that knows nothing of decimals: whole quote units and whole thousandths in 64
// bits.
#include <map>
#include <random>

#include "support/seed.hpp"
#include "unit/venue/paper_desk.hpp"

namespace {

using namespace tvh;
using namespace tvh::test;
using model::OrderState;
using model::OrderType;
using model::Side;
using model::TimeInForce;

constexpr std::int64_t kMoney = 1'000'000;  // of one quote unit

std::string thousandths(std::int64_t value, int places) {
  const bool negative = value < 0;
  std::string digits = std::to_string(negative ? -value : value);
  while (digits.size() <= std::size_t(places)) digits.insert(0, "0");
  digits.insert(digits.size() - std::size_t(places), ".");
  return (negative ? "-" : "") + digits;
}
Decimal money(std::int64_t amount) { return dec(thousandths(amount, 6)); }
Decimal amount(std::int64_t quantity) { return dec(thousandths(quantity, 3)); }

// Quantities in thousandths, prices in whole quote units.
std::int64_t notional(std::int64_t quantity, std::int64_t price) { return quantity * price * (kMoney / 1000); }
std::int64_t with_fee(std::int64_t value) { return value + value / 1000; }  // the fee is 0.1 %: always exact

class Dice {
 public:
  explicit Dice(unsigned seed) : random_(seed) {}
  std::int64_t pick(std::int64_t least, std::int64_t most) {
    return std::uniform_int_distribution<std::int64_t>(least, most)(random_);
  }
  Side side() { return pick(0, 1) == 0 ? Side::sell : Side::buy; }

 private:
  std::mt19937 random_;
};

struct IntegerOrder {
  std::string id;
  std::string base;
  bool buys = true;
  std::int64_t quantity = 0;
  std::int64_t limit = 0;  // 0: none
  std::int64_t stop = 0;   // 0: none, or passed
  bool ioc = false;
  std::string state = "new";
};

// A spot account as one would keep it on paper.
struct IntegerAccount {
  std::int64_t quote = 10'000 * kMoney;
  std::map<std::string, std::int64_t> held;
  std::vector<IntegerOrder> orders;  // all there ever were, by the time they were placed

  static bool reaches(bool up, std::int64_t price, std::int64_t mark) {
    return up ? price >= mark : price <= mark;
  }
  std::int64_t bound_quote() const {
    std::int64_t bound = 0;
    for (const auto& order : orders) {
      if (order.state == "accepted" && order.buys)
        bound += with_fee(notional(order.quantity, order.limit != 0 ? order.limit : order.stop));
    }
    return bound;
  }
  std::int64_t bound_base(const std::string& base) const {
    std::int64_t bound = 0;
    for (const auto& order : orders) {
      if (order.state == "accepted" && !order.buys && order.base == base) bound += order.quantity;
    }
    return bound;
  }
  void trade(IntegerOrder& order, std::int64_t price) {
    order.state = "refused";  // binds nothing any more
    const std::int64_t value = notional(order.quantity, price);
    if (order.buys) {
      if (quote - bound_quote() < with_fee(value)) return;
      quote -= with_fee(value);
      held[order.base] += order.quantity;
    } else {
      if (held[order.base] - bound_base(order.base) < order.quantity) return;
      held[order.base] -= order.quantity;
      quote += value - value / 1000;
    }
    order.state = "filled";
  }
  // Nothing left to do but wait: "accepted" then.
  void meet(IntegerOrder& order, std::int64_t price, bool arrives) {
    if (order.stop != 0) {
      if (!reaches(order.buys, price, order.stop)) return;
      order.stop = 0;
      arrives = true;
    }
    if (order.limit == 0) {
      trade(order, price);
    } else if (reaches(!order.buys, price, order.limit)) {
      trade(order, arrives ? price : order.limit);
    } else if (order.ioc) {
      order.state = "expired";
    }
  }
  void see(const std::string& base, std::int64_t price) {
    for (auto& order : orders) {
      if (order.state == "accepted" && order.base == base) meet(order, price, false);
    }
  }
  std::string place(IntegerOrder order, std::int64_t price) {
    see(order.base, price);
    meet(order, price, true);
    if (order.state == "new") {
      const std::int64_t least = order.limit != 0 ? order.limit : order.stop;
      const bool affords = order.buys ? quote - bound_quote() >= with_fee(notional(order.quantity, least))
                                      : held[order.base] - bound_base(order.base) >= order.quantity;
      order.state = affords ? "accepted" : "refused";
    }
    if (order.state != "refused") orders.push_back(order);
    return order.state;
  }
};

IntegerOrder random_order(Dice& dice, int step) {
  IntegerOrder order;
  order.id = "tvh" + std::to_string(step);
  order.base = dice.pick(0, 1) == 0 ? "BTC" : "ETH";
  order.buys = dice.pick(0, 2) != 0;
  order.quantity = dice.pick(1, 5000);
  const auto kind = dice.pick(0, 3);
  if (kind == 1 || kind == 3) order.limit = dice.pick(500, 1500);
  if (kind == 2 || kind == 3) order.stop = dice.pick(500, 1500);
  order.ioc = dice.pick(0, 4) == 0;
  return order;
}

model::OrderRequest request_for(const IntegerOrder& order) {
  model::OrderRequest request;
  request.client_order_id = order.id;
  request.instrument = order.base + "USDT";
  request.side = order.buys ? Side::buy : Side::sell;
  request.quantity = amount(order.quantity);
  if (order.limit != 0) request.limit_price = Decimal(order.limit);
  if (order.stop != 0) request.stop_price = Decimal(order.stop);
  request.type = order.limit != 0 ? (order.stop != 0 ? OrderType::stop_limit : OrderType::limit)
                                  : (order.stop != 0 ? OrderType::stop : OrderType::market);
  if (order.ioc) request.time_in_force = TimeInForce::ioc;
  return request;
}

}  // namespace

TEST_CASE(
    "paper: random spot trading with orders that rest keeps to the last digit what integers say (property)") {
  const unsigned seed = test_seed();
  INFO("seed " << seed);
  Dice dice(seed);
  PaperDesk desk;
  IntegerAccount model;
  std::map<std::string, int> ends;
  bool rested = false;
  for (int step = 0; step < 3000; ++step) {
    INFO("step " << step);
    const auto kind = dice.pick(0, 9);
    if (kind < 6) {
      const auto order = random_order(dice, step);
      const auto price = dice.pick(500, 1500);
      auto request = request_for(order);
      request.reference_price = Decimal(price);
      const auto expected = model.place(order, price);
      const auto outcome = desk.submit(request);
      if (expected == "refused") {
        REQUIRE(code(outcome) == "insufficient_balance");
      } else {
        REQUIRE(to_text(accepted(outcome).state) == expected);
      }
    } else if (kind < 8) {
      const std::string base = dice.pick(0, 1) == 0 ? "BTC" : "ETH";
      const auto price = dice.pick(500, 1500);
      model.see(base, price);
      desk.venue->observe_price(base + "USDT", Decimal(price));
    } else if (!model.orders.empty()) {
      auto& order = model.orders[std::size_t(dice.pick(0, std::int64_t(model.orders.size()) - 1))];
      if (order.state == "accepted") order.state = "cancelled";
      REQUIRE(to_text(std::get<model::OrderReport>(desk.cancel(order.id)).state) == order.state);
    }
    for (const auto& order : model.orders) rested |= order.state == "accepted";
    if (step % 500 == 0) desk.start();
    REQUIRE(desk.balance("USDT") == money(model.quote));
    for (const char* base : {"BTC", "ETH"}) {
      const std::string instrument = std::string(base) + "USDT";
      REQUIRE(desk.balance(base) == amount(model.held[base]));
      REQUIRE(desk.position(instrument.c_str()) == amount(model.held[base]));
      const auto account = desk.account(instrument);
      REQUIRE(account.free_base == amount(model.held[base] - model.bound_base(base)));
      REQUIRE(account.free_quote == money(model.quote - model.bound_quote()));
    }
    // Only a stop that a price jumped over is not paid for in advance.
    REQUIRE(model.quote >= 0);
  }
  for (const auto& order : model.orders) {
    ++ends[order.state];
    REQUIRE(to_text(desk.state(order.id)) == order.state);
  }
  for (const char* state : {"filled", "cancelled", "expired", "refused"}) {
    INFO(state);
    CHECK(ends[state] > 0);
  }
  CHECK(rested);
  CHECK(ends["filled"] > 300);
}

namespace {

// Everything that fills said, as if it had been paid in full.
struct PerpModel {
  std::int64_t cash = 10'000 * kMoney;
  std::int64_t quantity = 0;
  int fills = 0;

  void book(const model::OrderReport& report) {
    for (const auto& fill : report.fills) {
      ++fills;
      const std::int64_t size = whole(fill.quantity, 3);
      const std::int64_t value = notional(size, whole(fill.price, 0));
      REQUIRE(fill.fee == money(value / 1000));
      cash -= value / 1000;
      cash += fill.side == Side::buy ? -value : value;
      quantity += fill.side == Side::buy ? size : -size;
    }
  }
  static std::int64_t whole(const Decimal& value, int places) {
    Decimal scaled = value;
    for (int place = 0; place < places; ++place) scaled = multiply(scaled, Decimal(10), Rounding::half_even);
    return std::stoll(scaled.to_string());
  }
};

model::OrderRequest random_perp_order(Dice& dice, int step) {
  model::OrderRequest order;
  order.client_order_id = "tvh" + std::to_string(step);
  order.instrument = "BTCUSDT.P";
  order.market = model::Market::perp;
  order.side = dice.side();
  order.quantity = amount(dice.pick(1, 4000));
  order.type = std::array{OrderType::market, OrderType::limit, OrderType::stop,
                          OrderType::stop_limit}[std::size_t(dice.pick(0, 3))];
  if (venue::has_limit(order.type)) order.limit_price = Decimal(dice.pick(900, 1100));
  if (venue::has_stop(order.type)) order.stop_price = Decimal(dice.pick(900, 1100));
  order.reference_price = Decimal(dice.pick(900, 1100));
  order.reduce_only = dice.pick(0, 3) == 0;
  return order;
}

}  // namespace

TEST_CASE(
    "paper: over random perpetual trading no money is made or lost: wallet + open profit = cash flows "
    "(property)") {
  const unsigned seed = test_seed();
  INFO("seed " << seed);
  Dice dice(seed);
  PaperDesk desk;
  PerpModel model;
  std::map<OrderState, int> seen;
  for (int step = 0; step < 3000; ++step) {
    INFO("step " << step);
    desk.updates.clear();
    const auto before = desk.position("BTCUSDT.P");
    const auto kind = dice.pick(0, 9);
    if (kind < 6) {
      const auto order = random_perp_order(dice, step);
      const auto outcome = desk.submit(order);
      for (const auto& update : desk.updates) model.book(update.report);
      const bool reduces = (order.side == Side::buy ? before.is_negative() : before.is_positive()) &&
                           order.quantity <= before.absolute();
      if (const auto* taken = std::get_if<model::Accepted>(&outcome)) {
        model.book(taken->report);
        ++seen[taken->report.state];
      } else if (desk.updates.empty()) {
        CHECK_FALSE(reduces);  // a reducing order always gets out
      }
    } else if (kind < 9) {
      desk.venue->observe_price("BTCUSDT.P", Decimal(dice.pick(900, 1100)));
      for (const auto& update : desk.updates) model.book(update.report);
    } else {
      desk.cancel("tvh" + std::to_string(dice.pick(std::max(0, step - 20), step)));
    }
    for (const auto& update : desk.updates) ++seen[update.report.state];
    const auto position = *desk.store.read_position("BTCUSDT.P");
    REQUIRE(position.quantity == amount(model.quantity));
    // Wallet less what the position cost is what paying in full would have left; averages round at the 18th
    // place.
    const Decimal paid_in_full =
        desk.balance("USDT") - multiply(position.quantity, position.entry_price, Rounding::half_even);
    REQUIRE((paid_in_full - money(model.cash)).absolute() < dec("0.000000001"));
    if (model.quantity == 0) REQUIRE(position.entry_price.is_zero());
  }
  CHECK(model.fills > 300);
  for (const auto state :
       {OrderState::accepted, OrderState::filled, OrderState::cancelled, OrderState::refused})
    CHECK(seen[state] > 0);
}
