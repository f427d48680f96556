#include "engine/sizing.hpp"

#include "support/catch.hpp"

namespace {

using namespace tvh;
using engine::Refusal;
using engine::SizingBasis;
using model::SizeUnit;

Decimal d(const char* text) { return Decimal::from_trusted(text); }

model::Instrument btc() { return {"BTCUSDT", model::Market::spot, "BTC", "USDT", {}, {}, {}, {}, {}}; }

SizingBasis rich() {
  SizingBasis basis;
  basis.price = d("50000");
  basis.equity = d("20000");
  basis.free_balance = d("10000");
  basis.position = d("-0.4");
  return basis;
}

std::string sized(const char* amount, SizeUnit unit, const SizingBasis& basis,
                  const model::Instrument& instrument = btc()) {
  const auto result = engine::size_in_base(d(amount), unit, basis, instrument);
  if (const auto* refusal = std::get_if<Refusal>(&result)) return refusal->rule;
  return std::get<Decimal>(result).to_string();
}

}  // namespace

TEST_CASE("sizing: each unit is turned into base units") {
  CHECK(sized("0.25", SizeUnit::base, rich()) == "0.25");
  CHECK(sized("1000", SizeUnit::quote, rich()) == "0.02");
  CHECK(sized("50", SizeUnit::percent_equity, rich()) == "0.2");
  CHECK(sized("50", SizeUnit::percent_balance, rich()) == "0.1");
  CHECK(sized("25", SizeUnit::percent_position, rich()) == "0.1");
}

TEST_CASE("sizing: contracts are base units unless the instrument has a contract size") {
  CHECK(sized("3", SizeUnit::contracts, rich()) == "3");
  auto instrument = btc();
  instrument.contract_size = d("0.01");
  CHECK(sized("3", SizeUnit::contracts, rich(), instrument) == "0.03");
}

TEST_CASE("sizing: a percentage of money leaves room for the fee") {
  auto basis = rich();
  basis.fee_rate = d("0.001");
  const auto quantity =
      std::get<Decimal>(engine::size_in_base(d("100"), SizeUnit::percent_balance, basis, btc()));
  const Decimal cost = multiply(quantity, d("50000"), Rounding::half_even);
  CHECK(cost + multiply(cost, d("0.001"), Rounding::half_even) <= d("10000"));
  CHECK(cost > d("9990"));  // and not more than the fee
}

TEST_CASE("sizing: the loss at the stop is the risk asked for") {
  auto basis = rich();
  basis.stop_price = d("49000");
  CHECK(sized("1", SizeUnit::risk_percent, basis) == "0.2");  // 200 lost over a distance of 1000
  basis.stop_price = d("51000");
  CHECK(sized("1", SizeUnit::risk_percent, basis) == "0.2");  // a short's stop lies above
}

TEST_CASE("sizing: nothing is ever rounded up") {
  auto basis = rich();
  basis.price = d("3");
  const auto quantity = std::get<Decimal>(engine::size_in_base(d("1"), SizeUnit::quote, basis, btc()));
  CHECK(multiply(quantity, d("3"), Rounding::half_even) < d("1"));
}

TEST_CASE("sizing: what cannot be measured is refused by name") {
  auto basis = rich();
  basis.stop_price.reset();
  CHECK(sized("1", SizeUnit::risk_percent, basis) == "no_stop");
  basis.stop_price = basis.price;
  CHECK(sized("1", SizeUnit::risk_percent, basis) == "no_stop");
  basis.equity.reset();
  CHECK(sized("1", SizeUnit::percent_equity, basis) == "no_equity");
  basis.free_balance = d("0");
  CHECK(sized("1", SizeUnit::percent_balance, basis) == "no_balance");
  basis.free_balance.reset();
  CHECK(sized("1", SizeUnit::percent_balance, basis) == "no_balance");
  basis.position = d("0");
  CHECK(sized("1", SizeUnit::percent_position, basis) == "nothing_to_close");
  basis.price.reset();
  CHECK(sized("1", SizeUnit::quote, basis) == "no_price");
}
