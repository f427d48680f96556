// Random trading against a model that knows nothing of decimals: whole cents and whole thousandths in 64 bits.
#include <map>
#include <random>

#include "support/catch.hpp"
#include "support/memory_paper_store.hpp"
#include "support/samples.hpp"
#include "support/seed.hpp"
#include "venue/paper_venue.hpp"

namespace {

using namespace tvh;
using namespace tvh::test;
using model::Side;

// Quantities in thousandths, prices in whole quote units, money in thousandths of thousandths (fee is 0.1 %).
struct IntegerAccount {
  static constexpr std::int64_t kMoney = 1'000'000;  // of one quote unit
  struct Perp {
    std::int64_t quantity = 0;  // thousandths, signed
    std::int64_t cost = 0;      // of the open quantity, in money, unsigned
  };
  std::int64_t quote = 10'000 * kMoney;
  std::map<std::string, std::int64_t> spot;
  std::map<std::string, Perp> perps;

  static std::int64_t notional(std::int64_t quantity, std::int64_t price) {
    return quantity * price * (kMoney / 1000);
  }

  bool trade_spot(const std::string& base, Side side, std::int64_t quantity, std::int64_t price) {
    const std::int64_t value = notional(quantity, price);
    const std::int64_t fee = value / 1000;
    if (side == Side::buy) {
      if (quote < value + fee) return false;
      quote -= value + fee;
      spot[base] += quantity;
    } else {
      if (spot[base] < quantity) return false;
      spot[base] -= quantity;
      quote += value - fee;
    }
    return true;
  }
};

std::string thousandths(std::int64_t value, int places) {
  const bool negative = value < 0;
  std::string digits = std::to_string(negative ? -value : value);
  while (digits.size() <= std::size_t(places)) digits.insert(0, "0");
  digits.insert(digits.size() - std::size_t(places), ".");
  return (negative ? "-" : "") + digits;
}

}  // namespace

TEST_CASE("paper: random spot trading keeps to the cent what integers say (property)") {
  const unsigned seed = tvh::test::test_seed();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  const auto pick = [&](std::int64_t least, std::int64_t most) {
    return std::uniform_int_distribution<std::int64_t>(least, most)(random);
  };
  MemoryPaperStore store;
  TickingClock clock;
  auto venue = std::move(*venue::PaperVenue::open(venue::default_paper_settings(), store, clock));
  IntegerAccount model;
  int filled = 0;
  for (int step = 0; step < 3000; ++step) {
    const std::string base = pick(0, 1) == 0 ? "BTC" : "ETH";
    const Side side = pick(0, 2) == 0 ? Side::sell : Side::buy;
    const std::int64_t quantity = pick(1, 2000);
    const std::int64_t price = pick(1, 3000);
    model::OrderRequest order;
    order.client_order_id = "tvh" + std::to_string(step);
    order.instrument = base + "USDT";
    order.side = side;
    order.quantity = dec(thousandths(quantity, 3));
    order.reference_price = Decimal(price);
    INFO("step " << step << " " << to_text(side) << " " << order.quantity.to_string() << " @ " << price);
    const bool expected = model.trade_spot(base, side, quantity, price);
    const auto outcome = venue->submit(order);
    REQUIRE(std::holds_alternative<model::Accepted>(outcome) == expected);
    if (!expected) REQUIRE(std::get<model::Refused>(outcome).code == "insufficient_balance");
    filled += expected ? 1 : 0;
    REQUIRE(*store.read_balance("USDT") == dec(thousandths(model.quote, 6)));
    REQUIRE(*store.read_balance(base) == dec(thousandths(model.spot[base], 3)));
    REQUIRE(store.read_position(order.instrument)->quantity == dec(thousandths(model.spot[base], 3)));
  }
  CHECK(filled > 300);
}

TEST_CASE(
    "paper: over random perpetual trading no money is made or lost: wallet + open profit = cash flows "
    "(property)") {
  const unsigned seed = tvh::test::test_seed();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  const auto pick = [&](std::int64_t least, std::int64_t most) {
    return std::uniform_int_distribution<std::int64_t>(least, most)(random);
  };
  MemoryPaperStore store;
  TickingClock clock;
  auto venue = std::move(*venue::PaperVenue::open(venue::default_paper_settings(), store, clock));
  std::int64_t cash = 10'000 * IntegerAccount::kMoney;  // had everything been paid in full, as spot is
  std::int64_t quantity = 0;
  int filled = 0;
  for (int step = 0; step < 3000; ++step) {
    const Side side = pick(0, 1) == 0 ? Side::sell : Side::buy;
    const std::int64_t size = pick(1, 900);
    const std::int64_t price = pick(900, 1100);
    model::OrderRequest order;
    order.client_order_id = "tvh" + std::to_string(step);
    order.instrument = "BTCUSDT.P";
    order.market = model::Market::perp;
    order.side = side;
    order.quantity = dec(thousandths(size, 3));
    order.reference_price = Decimal(price);
    INFO("step " << step << " " << to_text(side) << " " << order.quantity.to_string() << " @ " << price);
    if (!std::holds_alternative<model::Accepted>(venue->submit(order))) continue;
    ++filled;
    const std::int64_t value = IntegerAccount::notional(size, price);
    cash -= value / 1000;
    cash += side == Side::buy ? -value : value;
    quantity += side == Side::buy ? size : -size;
    const auto position = *store.read_position("BTCUSDT.P");
    REQUIRE(position.quantity == dec(thousandths(quantity, 3)));
    // Wallet less what the position cost is what paying in full would have left; averages round at the 18th
    // place.
    const Decimal paid_in_full =
        *store.read_balance("USDT") - multiply(position.quantity, position.entry_price, Rounding::half_even);
    const Decimal difference = (paid_in_full - dec(thousandths(cash, 6))).absolute();
    REQUIRE(difference < dec("0.000000001"));
    if (quantity == 0) REQUIRE(position.entry_price.is_zero());
  }
  CHECK(filled > 300);
}
