// What is the paper venue's own: prices, fees, slippage, balances, restarts and a store that fails.
#include "unit/venue/paper_desk.hpp"

namespace {

using namespace tvh;
using namespace tvh::test;
using model::Side;
using model::Unknown;
using Stand = PaperDesk;

}  // namespace

TEST_CASE("paper: the default account has 10,000 USDT and pays 0.1 % of the notional") {
  Stand stand;
  CHECK(stand.balance("USDT") == dec("10000"));
  const auto fill = only_fill(stand.submit("tvha", "BTCUSDT", Side::buy, "0.01", "65000.5"));
  CHECK(fill.price == dec("65000.5"));
  CHECK(fill.fee == dec("0.650005"));
  CHECK(fill.fee_asset == "USDT");
  CHECK(stand.balance("USDT") == dec("9349.344995"));
  CHECK(stand.balance("BTC") == dec("0.01"));
}

TEST_CASE("paper: a sell gives back the notional less the fee") {
  Stand stand;
  only_fill(stand.submit("tvha", "BTCUSDT", Side::buy, "0.1", "50000"));
  only_fill(stand.submit("tvhb", "BTCUSDT", Side::sell, "0.04", "60000"));
  CHECK(stand.balance("USDT") == dec("7392.6"));  // 10000 - 5005 + 2400 - 2.4
  CHECK(stand.balance("BTC") == dec("0.06"));
}

TEST_CASE("paper: slippage is against the order, both ways, and the fee is of the slipped price") {
  auto settings = venue::default_paper_settings();
  settings.slippage_rate = dec("0.01");
  Stand stand(settings);
  const auto bought = only_fill(stand.submit("tvha", "BTCUSDT", Side::buy, "0.1", "50000"));
  CHECK(bought.price == dec("50500"));
  CHECK(bought.fee == dec("5.05"));
  CHECK(only_fill(stand.submit("tvhb", "BTCUSDT", Side::sell, "0.1", "50000")).price == dec("49500"));
}

TEST_CASE("paper: the fill price is the order's, else the configured one, else the last seen, else a refusal") {
  auto settings = venue::default_paper_settings();
  settings.prices = {{"BTCUSDT", dec("42000")}};
  Stand stand(settings);
  CHECK(only_fill(stand.submit("tvha", "BTCUSDT", Side::buy, "0.01", "50000")).price == dec("50000"));
  CHECK(only_fill(stand.submit("tvhb", "BTCUSDT", Side::buy, "0.01")).price == dec("42000"));
  CHECK(code(stand.submit("tvhc", "ETHUSDT", Side::buy, "0.1")) == "no_price");
  CHECK(only_fill(stand.submit("tvhd", "ETHUSDT", Side::buy, "0.1", "3000")).price == dec("3000"));
  CHECK(only_fill(stand.submit("tvhe", "ETHUSDT", Side::buy, "0.1")).price == dec("3000"));
  only_fill(stand.submit("tvhf", "ETHUSDT", Side::buy, "0.1", "3100"));
  CHECK(only_fill(stand.submit("tvhg", "ETHUSDT", Side::buy, "0.1")).price == dec("3100"));
}

TEST_CASE("paper: the last price seen is the market's, before slippage, so that it does not drift away") {
  auto settings = venue::default_paper_settings();
  settings.slippage_rate = dec("0.01");
  Stand stand(settings);
  only_fill(stand.submit("tvha", "ETHUSDT", Side::buy, "0.1", "3000"));
  only_fill(stand.submit("tvhb", "ETHUSDT", Side::buy, "0.1"));
  CHECK(stand.price("ETHUSDT") == dec("3000"));
}

TEST_CASE("paper: the price that a refused order brought was seen all the same") {
  Stand stand;
  CHECK(code(stand.submit("tvha", "ETHUSDT", Side::buy, "1000", "3000")) == "insufficient_balance");
  CHECK(stand.price("ETHUSDT") == dec("3000"));
}

TEST_CASE("paper: a price of nothing or less is no price") {
  Stand stand;
  for (const char* price : {"0", "-1"}) {
    const auto outcome = stand.submit("tvha", "ETHUSDT", Side::buy, "1", price);
    CHECK_FALSE(code(outcome).empty());
  }
  CHECK(stand.balance("USDT") == dec("10000"));
}

TEST_CASE("paper: an order that costs exactly what is there with its fee is filled, one step more is not") {
  auto settings = venue::default_paper_settings();
  settings.starting_balances = {{"USDT", dec("1001")}};
  Stand exact(settings);
  only_fill(exact.submit("tvha", "BTCUSDT", Side::buy, "1", "1000"));
  CHECK(exact.balance("USDT").is_zero());

  settings.starting_balances = {{"USDT", dec("1000.999999")}};
  Stand short_of_it(settings);
  CHECK(code(short_of_it.submit("tvha", "BTCUSDT", Side::buy, "1", "1000")) == "insufficient_balance");
}

TEST_CASE("paper: spot sells only what the account has, whichever strategy bought it") {
  auto settings = venue::default_paper_settings();
  settings.starting_balances = {{"USDT", dec("1000")}, {"BTC", dec("0.5")}};
  Stand stand(settings);
  only_fill(stand.submit("tvha", "BTCUSDT", Side::sell, "0.5", "1000"));
  CHECK(code(stand.submit("tvhb", "BTCUSDT", Side::sell, "0.00000001", "1000")) == "insufficient_balance");
}

TEST_CASE("paper: a perpetual needs its notional as margin, goes short, and realises into the wallet") {
  auto settings = venue::default_paper_settings();
  settings.fee_rate = Decimal();
  Stand stand(settings);
  only_fill(stand.submit("tvha", "BTCUSDT.P", Side::sell, "0.1", "50000"));
  CHECK(stand.balance("USDT") == dec("10000"));  // margin is held, not paid
  CHECK(stand.store.read_position("BTCUSDT.P")->entry_price == dec("50000"));
  only_fill(stand.submit("tvhb", "BTCUSDT.P", Side::buy, "0.1", "45000"));
  CHECK(stand.balance("USDT") == dec("10500"));
  CHECK(stand.store.read_position("BTCUSDT.P")->quantity.is_zero());
  CHECK(code(stand.submit("tvhc", "BTCUSDT.P", Side::buy, "1", "50000")) == "insufficient_balance");
}

TEST_CASE("paper: margin in one perpetual is not there for another, and spot money is the same money") {
  Stand stand;
  only_fill(stand.submit("tvha", "BTCUSDT.P", Side::buy, "0.15", "50000"));  // 7,500 of margin
  CHECK(code(stand.submit("tvhb", "ETHUSDT.P", Side::buy, "1", "3000")) == "insufficient_balance");
  CHECK(code(stand.submit("tvhc", "ETHUSDT", Side::buy, "1", "3000")) == "insufficient_balance");
  only_fill(stand.submit("tvhd", "ETHUSDT.P", Side::buy, "0.5", "3000"));
}

TEST_CASE("paper: closing a perpetual at a loss is always possible") {
  Stand stand;
  only_fill(stand.submit("tvha", "BTCUSDT.P", Side::buy, "0.19", "50000"));
  only_fill(stand.submit("tvhb", "BTCUSDT.P", Side::sell, "0.19", "1"));
  CHECK(stand.store.read_position("BTCUSDT.P")->quantity.is_zero());
}

TEST_CASE("paper: crossing zero realises the old side and opens the new one at the fill's price") {
  auto settings = venue::default_paper_settings();
  settings.fee_rate = Decimal();
  Stand stand(settings);
  only_fill(stand.submit("tvha", "BTCUSDT.P", Side::buy, "0.1", "40000"));
  only_fill(stand.submit("tvhb", "BTCUSDT.P", Side::sell, "0.15", "50000"));
  CHECK(stand.balance("USDT") == dec("11000"));
  const auto position = *stand.store.read_position("BTCUSDT.P");
  CHECK(position.quantity == dec("-0.05"));
  CHECK(position.entry_price == dec("50000"));
}

TEST_CASE("paper: spot and perpetual of one symbol are two instruments") {
  Stand stand;
  only_fill(stand.submit("tvha", "BTCUSDT", Side::buy, "0.01", "50000"));
  only_fill(stand.submit("tvhb", "BTCUSDT.P", Side::sell, "0.02", "50000"));
  CHECK(stand.store.read_position("BTCUSDT")->quantity == dec("0.01"));
  CHECK(stand.store.read_position("BTCUSDT.P")->quantity == dec("-0.02"));
  CHECK(stand.balance("BTC") == dec("0.01"));
}

TEST_CASE("paper: a later start with other balances changes nothing of an account that exists") {
  Stand stand;
  only_fill(stand.submit("tvha", "BTCUSDT", Side::buy, "0.1", "50000"));
  auto richer = venue::default_paper_settings();
  richer.starting_balances = {{"USDT", dec("1000000")}};
  REQUIRE(venue::PaperVenue::open(richer, stand.store, stand.clock));
  CHECK(stand.balance("USDT") == dec("4995"));
}

TEST_CASE("paper: an account that is only looked at is not opened") {
  MemoryPaperStore store;
  TickingClock clock;
  REQUIRE(venue::PaperVenue::open(venue::default_paper_settings(), store, clock,
                                  venue::PaperVenue::Account::as_it_is));
  CHECK(store.read_balances()->empty());
}

TEST_CASE(
    "paper: a store that cannot write makes the outcome unknown, and the same id goes through once it can") {
  Stand stand;
  stand.store.health = MemoryPaperStore::Health::failing_writes;
  CHECK(std::holds_alternative<Unknown>(stand.submit("tvha", "BTCUSDT", Side::buy, "0.01", "50000")));
  CHECK(std::holds_alternative<model::NotFound>(stand.query("tvha")));
  stand.store.health = MemoryPaperStore::Health::working;
  only_fill(stand.submit("tvha", "BTCUSDT", Side::buy, "0.01", "50000"));
  CHECK(stand.balance("BTC") == dec("0.01"));
}

TEST_CASE("paper: a store that cannot read answers no query: unknown, never not found") {
  Stand stand;
  only_fill(stand.submit("tvha", "BTCUSDT", Side::buy, "0.01", "50000"));
  stand.store.health = MemoryPaperStore::Health::failing;
  CHECK(std::holds_alternative<Unknown>(stand.query("tvha")));
  CHECK(std::holds_alternative<Unknown>(stand.submit("tvhb", "BTCUSDT", Side::buy, "0.01", "50000")));
  stand.venue->read_positions([](const auto& positions) { CHECK_FALSE(positions); });
  stand.venue->read_balances([](const auto& balances) { CHECK_FALSE(balances); });
  CHECK(std::holds_alternative<Unknown>(stand.cancel("tvha")));
  CHECK(std::holds_alternative<model::Unreachable>(stand.look_up("BTCUSDT")));
}

TEST_CASE("paper: the account tells what is free, what is bound as margin, and what all of it is worth") {
  Stand stand;
  only_fill(stand.submit("tvha", "BTCUSDT", Side::buy, "0.01", "50000"));     // 500 + 0.5 of fee
  only_fill(stand.submit("tvhb", "ETHUSDT.P", Side::sell, "1", "3000"));      // 3,000 of margin, 3 of fee
  only_fill(stand.submit("tvhc", "ETHUSDT.P", Side::buy, "0.5", "2800"));     // earns 100, 1.4 of fee
  only_fill(stand.submit("tvhd", "BTCUSDT", Side::buy, "0.00001", "60000"));  // moves the last price
  const auto account = stand.account("BTCUSDT");
  const Decimal wallet = dec("9594.4994");  // 10000 - 500.5 - 3 + 100 - 1.4 - 0.6006
  CHECK(stand.balance("USDT") == wallet);
  CHECK(account.free_base == dec("0.01001"));
  CHECK(account.free_quote == wallet - dec("1500"));
  CHECK(account.equity ==
        wallet + dec("600.6") + dec("100"));  // spot at 60000, half an ETH short from 3000 at 2800
  CHECK(account.fee_rate == dec("0.001"));
}
