#include "model/position.hpp"

#include <random>

#include "support/catch.hpp"

using namespace tvh;
using namespace tvh::model;

namespace {

Instrument bitcoin(const std::string& name, Market market) {
  Instrument instrument;
  instrument.name = name;
  instrument.market = market;
  instrument.base_asset = "BTC";
  instrument.quote_asset = "USDT";
  return instrument;
}
const Instrument kSpot = bitcoin("BTCUSDT", Market::spot);
const Instrument kPerp = bitcoin("BTCUSDT.P", Market::perp);

Decimal decimal(const std::string& text) { return Decimal::from_trusted(text); }

Fill fill(Side side, const std::string& quantity, const std::string& price) {
  Fill one;
  one.side = side;
  one.quantity = decimal(quantity);
  one.price = decimal(price);
  one.fee_asset = "USDT";
  one.fee = decimal("0.5");
  return one;
}

Position after(const std::vector<Fill>& fills, const Instrument& instrument = kPerp) {
  Position position;
  for (const auto& one : fills) position = apply_fill(position, one, instrument);
  return position;
}

// "quantity @ average, realised profit"
std::string text_of(const Position& position) {
  return position.quantity.to_string() + " @ " + position.average_price.to_string() + ", " +
         position.realised_profit.to_string();
}

}  // namespace

TEST_CASE("position: opening and adding averages the price") {
  CHECK(text_of(after({fill(Side::buy, "1", "100")})) == "1 @ 100, 0");
  CHECK(text_of(after({fill(Side::buy, "1", "100"), fill(Side::buy, "3", "200")})) == "4 @ 175, 0");
  CHECK(text_of(after({fill(Side::sell, "1", "100"), fill(Side::sell, "1", "101")})) == "-2 @ 100.5, 0");
}

TEST_CASE("position: reducing realises profit and keeps the average") {
  CHECK(text_of(after({fill(Side::buy, "2", "100"), fill(Side::sell, "1", "110")})) == "1 @ 100, 10");
  CHECK(text_of(after({fill(Side::sell, "2", "100"), fill(Side::buy, "1", "110")})) == "-1 @ 100, -10");
}

TEST_CASE("position: closing leaves nothing, not even an average") {
  CHECK(text_of(after({fill(Side::buy, "2", "100"), fill(Side::sell, "2", "90")})) == "0 @ 0, -20");
  CHECK(text_of(after({fill(Side::buy, "0.1", "100"), fill(Side::buy, "0.2", "100"),
                       fill(Side::sell, "0.3", "100")})) == "0 @ 0, 0");
}

TEST_CASE("position: crossing zero realises the closed part and opens the rest at the fill's price") {
  CHECK(text_of(after({fill(Side::buy, "1", "100"), fill(Side::sell, "3", "120")})) == "-2 @ 120, 20");
  CHECK(text_of(after({fill(Side::sell, "1", "100"), fill(Side::buy, "3", "120")})) == "2 @ 120, -20");
}

TEST_CASE("position: a fee in the base asset reduces a spot position and no other") {
  Fill one = fill(Side::buy, "1", "100");
  one.fee_asset = "BTC";
  one.fee = decimal("0.001");
  CHECK(after({one}, kSpot).quantity.to_string() == "0.999");
  CHECK(after({one}, kPerp).quantity.to_string() == "1");
  one.fee_asset = "USDT";
  CHECK(after({one}, kSpot).quantity.to_string() == "1");
  one.fee_asset = "BNB";
  CHECK(after({one}, kSpot).quantity.to_string() == "1");
}

TEST_CASE("position: a fee in base is worth what its trade paid, one in a third asset is not guessed") {
  Fill one = fill(Side::buy, "1", "250");
  CHECK(fee_in_quote(one, "BTC", "USDT").to_string() == "0.5");
  one.fee_asset = "BTC";
  CHECK(fee_in_quote(one, "BTC", "USDT").to_string() == "125");
  one.fee_asset = "BNB";
  CHECK(fee_in_quote(one, "BTC", "USDT").is_zero());
}

TEST_CASE("position: what a fee left over is no entry") {
  Fill bought = fill(Side::buy, "1", "100");
  bought.fee_asset = "BTC";
  bought.fee = decimal("0.001");
  const Fill sold = fill(Side::sell, "0.99", "100");
  Fill again = bought;
  again.client_order_id = "tvhb";
  const Position position = after({bought, sold, again, again}, kSpot);  // one order in two fills
  CHECK(position.quantity.to_string() == "2.007");
  CHECK(position.entries == 1);
}

TEST_CASE("position: an average that does not end is rounded to 18 places, the quantity stays exact") {
  const Position position = after({fill(Side::buy, "1", "1"), fill(Side::buy, "2", "2")});
  CHECK(position.average_price.to_string() == "1.666666666666666667");
  CHECK(position.quantity.to_string() == "3");
}

TEST_CASE("position property: quantity is the sum of fills, cash and profit agree") {
  // Independent of averages: profit of a closed position is what came in minus what went out.
  std::mt19937 random(20261120);
  const auto below = [&random](int bound) { return std::uniform_int_distribution<int>(0, bound - 1)(random); };
  for (int round = 0; round < 300; ++round) {
    Position position;
    Decimal quantity;
    Decimal cash;
    const auto trade = [&](Side side, const Decimal& amount, const Decimal& price) {
      Fill one = fill(side, amount.to_string(), price.to_string());
      position = apply_fill(position, one, kPerp);
      const Decimal value = multiply(amount, price, Rounding::half_even);
      quantity += side == Side::buy ? amount : -amount;
      cash += side == Side::buy ? -value : value;
    };
    for (int i = 0; i < 20; ++i) {
      trade(below(2) == 0 ? Side::buy : Side::sell,
            multiply(Decimal(1 + below(500)), decimal("0.001"), Rounding::toward_zero),
            multiply(Decimal(1 + below(100000)), decimal("0.01"), Rounding::toward_zero));
      REQUIRE(position.quantity == quantity);
      REQUIRE(position.quantity.is_zero() == position.average_price.is_zero());
      REQUIRE_FALSE(position.average_price.is_negative());
    }
    if (!quantity.is_zero()) {
      trade(quantity.is_negative() ? Side::buy : Side::sell, quantity.absolute(), Decimal(50));
    }
    REQUIRE(position.quantity.is_zero());
    // Averages are rounded at 18 places, so the sums may differ far below any price's last place.
    REQUIRE((position.realised_profit - cash).absolute() < decimal("0.000000000001"));
  }
}

TEST_CASE("position property: without rounding, fills of one side may come in any order") {
  const std::vector<Fill> fills{fill(Side::buy, "1", "100"), fill(Side::buy, "2", "400"),
                                fill(Side::buy, "1", "300")};
  CHECK(after({fills[0], fills[1], fills[2]}) == after({fills[2], fills[1], fills[0]}));
}
