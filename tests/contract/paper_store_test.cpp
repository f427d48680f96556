// What every store of the paper account owes the paper venue (model/paper_ledger.hpp).
#include <atomic>
#include <thread>

#include "contract/paper_stands.hpp"
#include "support/catch.hpp"

namespace {

using namespace tvh;
using namespace tvh::test;
using model::PaperStore;

venue::PaperSettings without_money() {
  auto settings = venue::default_paper_settings();
  settings.starting_balances.clear();
  return settings;
}

PaperStand any_stand() { return PaperStand(GENERATE(StoreKind::sqlite, StoreKind::memory), without_money()); }

PaperStore::Effect effect(const std::string& id, const char* quantity, const char* usdt) {
  const auto order = make_order({id, "BTCUSDT", model::Side::buy, quantity, "50000"});
  model::Fill fill{id,           "paper",    "BTCUSDT", "paper-" + id, "1", model::Side::buy, dec(quantity),
                   dec("50000"), dec("0.5"), "USDT",    at_second(3)};
  return {{order, {"paper-" + id, model::OrderState::filled, dec(quantity), {fill}}, fill.at},
          {{"USDT", dec(usdt)}, {"BTC", dec(quantity)}},
          {"BTCUSDT", dec(quantity), dec("50000")},
          dec("50000.5")};
}

}  // namespace

TEST_CASE("paper store: an account is opened once; what nobody has is 0, nothing and flat") {
  auto stand = any_stand();
  PaperStore& store = stand.store();
  CHECK(store.read_balance("USDT")->is_zero());
  CHECK(store.read_balances()->empty());
  CHECK_FALSE(*store.read_order("tvha"));
  CHECK_FALSE(*store.read_last_price("BTCUSDT"));
  CHECK(store.read_position("BTCUSDT")->quantity.is_zero());
  CHECK(store.read_position("BTCUSDT")->instrument == "BTCUSDT");
  REQUIRE(store.open_account({{"USDT", dec("10")}, {"BTC", dec("0.1")}}));
  REQUIRE(store.open_account({{"USDT", dec("99")}, {"ETH", dec("5")}}));
  CHECK(*store.read_balance("USDT") == dec("10"));
  CHECK(store.read_balance("ETH")->is_zero());
  CHECK(store.read_balances()->size() == 2);
}

TEST_CASE("paper store: an account that was traded down to nothing is not opened again") {
  auto stand = any_stand();
  REQUIRE(stand.store().open_account({{"USDT", dec("10")}}));
  REQUIRE(stand.store().append_effect(effect("tvha", "0.01", "0")));
  REQUIRE(stand.store().open_account({{"USDT", dec("10")}}));
  CHECK(stand.store().read_balance("USDT")->is_zero());
}

TEST_CASE("paper store: an effect is kept whole, exact, and comes back") {
  auto stand = any_stand();
  const auto one = effect("tvha", "0.000000000000000001", "123456789012345.000000000000000001");
  REQUIRE(stand.store().append_effect(one));
  stand.restart();
  const auto order = *stand.store().read_order("tvha");
  REQUIRE(order);
  CHECK(order->report.fills == one.order.report.fills);
  CHECK(order->report.venue_order_id == "paper-tvha");
  CHECK(order->report.filled_quantity == one.order.report.filled_quantity);
  CHECK(order->report.state == model::OrderState::filled);
  CHECK(*stand.store().read_balance("USDT") == dec("123456789012345.000000000000000001"));
  CHECK(stand.store().read_position("BTCUSDT")->quantity == dec("0.000000000000000001"));
  CHECK(stand.store().read_position("BTCUSDT")->entry_price == dec("50000"));
  CHECK(**stand.store().read_last_price("BTCUSDT") == dec("50000.5"));
}

TEST_CASE("paper store: an effect whose order is there already is refused whole") {
  auto stand = any_stand();
  REQUIRE(stand.store().append_effect(effect("tvha", "0.01", "500")));
  CHECK_FALSE(stand.store().append_effect(effect("tvha", "0.02", "100")));
  CHECK(*stand.store().read_balance("USDT") == dec("500"));
  CHECK(stand.store().read_position("BTCUSDT")->quantity == dec("0.01"));
}

TEST_CASE("paper store: two venues of one journal are two accounts") {
  auto journal = std::move(*journal::Journal::open_in_memory());
  journal::SqlitePaperStore one(*journal, "one");
  journal::SqlitePaperStore two(*journal, "two");
  REQUIRE(one.open_account({{"USDT", dec("1")}}));
  REQUIRE(two.open_account({{"USDT", dec("2")}}));
  REQUIRE(one.append_effect(effect("tvha", "0.01", "0.5")));
  CHECK(*two.read_balance("USDT") == dec("2"));
  CHECK_FALSE(*two.read_order("tvha"));
  CHECK_FALSE(*two.read_last_price("BTCUSDT"));
  REQUIRE(two.append_effect(effect("tvha", "0.02", "1")));
  CHECK(one.read_position("BTCUSDT")->quantity == dec("0.01"));
}

TEST_CASE("paper store: two tools that open one account at the same moment agree on what was in it") {
  for (int round = 0; round < 20; ++round) {
    const TemporaryFolder folder;
    const std::string path = folder.file("journal.db");
    REQUIRE(journal::Journal::open(path));
    std::atomic<int> ready = 0;
    Decimal seen[2];
    const auto open = [&](int which) {
      const auto journal = std::move(*journal::Journal::open(path));
      journal::SqlitePaperStore store(*journal, "paper");
      ++ready;
      while (ready < 2) std::this_thread::yield();
      if (store.open_account({{"USDT", Decimal(1000 + which)}})) seen[which] = *store.read_balance("USDT");
    };
    std::thread first(open, 0);
    std::thread second(open, 1);
    first.join();
    second.join();
    INFO("round " << round);
    REQUIRE(seen[0] == seen[1]);
  }
}
