// What every store of the paper account owes the paper venue (model/paper_ledger.hpp).
#include <atomic>
#include <thread>
#include <tuple>

#include "contract/paper_stands.hpp"
#include "support/catch.hpp"
#include "support/journal_query.hpp"

namespace {

using namespace tvh;
using namespace tvh::test;
using model::PaperStore;

venue::PaperSettings without_money() {
  auto settings = venue::default_paper_settings();
  settings.starting_balances.clear();
  return settings;
}

std::unique_ptr<PaperStand> any_stand() {
  return std::make_unique<PaperStand>(GENERATE(StoreKind::sqlite, StoreKind::memory), without_money());
}

PaperStore::Effect effect(const std::string& id, const char* quantity, const char* usdt) {
  const auto order = make_order({id, "BTCUSDT", model::Side::buy, quantity, "50000"});
  model::Fill fill{id,           "paper",    "BTCUSDT", "paper-" + id, "1", model::Side::buy, dec(quantity),
                   dec("50000"), dec("0.5"), "USDT",    at_second(3)};
  return {{order, {"paper-" + id, model::OrderState::filled, dec(quantity), {fill}}, fill.at},
          {{"USDT", dec(usdt)}, {"BTC", dec(quantity)}},
          {"BTCUSDT", dec(quantity), dec("50000")},
          dec("50000.5"),
          fill.at};
}

}  // namespace

TEST_CASE("paper store: an account is opened once; what nobody has is 0, nothing and flat") {
  const auto stand = any_stand();
  PaperStore& store = stand->store();
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
  const auto stand = any_stand();
  REQUIRE(stand->store().open_account({{"USDT", dec("10")}}));
  REQUIRE(stand->store().append_effect(effect("tvha", "0.01", "0")));
  REQUIRE(stand->store().open_account({{"USDT", dec("10")}}));
  CHECK(stand->store().read_balance("USDT")->is_zero());
}

TEST_CASE("paper store: an effect is kept whole, exact, and comes back") {
  const auto stand = any_stand();
  const auto one = effect("tvha", "0.000000000000000001", "123456789012345.000000000000000001");
  REQUIRE(stand->store().append_effect(one));
  stand->restart();
  const auto order = *stand->store().read_order("tvha");
  REQUIRE(order);
  CHECK(order->report.fills == one.order.report.fills);
  CHECK(order->report.venue_order_id == "paper-tvha");
  CHECK(order->report.filled_quantity == one.order.report.filled_quantity);
  CHECK(order->report.state == model::OrderState::filled);
  CHECK(*stand->store().read_balance("USDT") == dec("123456789012345.000000000000000001"));
  CHECK(stand->store().read_position("BTCUSDT")->quantity == dec("0.000000000000000001"));
  CHECK(stand->store().read_position("BTCUSDT")->entry_price == dec("50000"));
  CHECK(**stand->store().read_last_price("BTCUSDT") == dec("50000.5"));
}

TEST_CASE("paper store: an effect whose order is there already is refused whole") {
  const auto stand = any_stand();
  REQUIRE(stand->store().append_effect(effect("tvha", "0.01", "500")));
  CHECK_FALSE(stand->store().append_effect(effect("tvha", "0.02", "100")));
  CHECK(*stand->store().read_balance("USDT") == dec("500"));
  CHECK(stand->store().read_position("BTCUSDT")->quantity == dec("0.01"));
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

namespace {

// An order that rests, with everything a request can carry.
PaperStore::Effect resting(const std::string& id, const std::string& instrument, std::int64_t second) {
  auto order = make_order({id, instrument, model::Side::sell, "0.25", "50000.1"});
  order.type = model::OrderType::stop_limit;
  order.limit_price = dec("49000.2");
  order.stop_price = dec("49500.3");
  order.time_in_force = model::TimeInForce::post_only;
  order.reduce_only = true;
  return {{order, {"paper-" + id, model::OrderState::accepted, {}, {}}, at_second(second)},
          {},
          {instrument, {}, {}},
          {}};
}

std::string ids(const Result<std::vector<model::PaperOrder>>& orders) {
  std::string text;
  for (const auto& order : *orders) text += order.request.client_order_id + " ";
  return text;
}

}  // namespace

TEST_CASE("paper store: what rests is read by instrument or all, by the time it was placed, then by id") {
  const auto stand = any_stand();
  CHECK(stand->store().read_resting_orders()->empty());
  for (const auto& [id, instrument, second] :
       {std::tuple{"tvhc", "BTCUSDT", 5}, std::tuple{"tvhb", "ETHUSDT", 5}, std::tuple{"tvhd", "BTCUSDT", 4},
        std::tuple{"tvha", "BTCUSDT", 5}})
    REQUIRE(stand->store().append_effect(resting(id, instrument, second)));
  REQUIRE(stand->store().append_effect(effect("tvhe", "0.01", "500")));
  stand->restart();
  CHECK(ids(stand->store().read_resting_orders()) == "tvhd tvha tvhb tvhc ");
  CHECK(ids(stand->store().read_resting_orders("BTCUSDT")) == "tvhd tvha tvhc ");
  CHECK(ids(stand->store().read_resting_orders("SOLUSDT")).empty());
}

TEST_CASE("paper store: an order that rests comes back as it was asked for") {
  const auto stand = any_stand();
  const auto one = resting("tvha", "BTCUSDT.P", 4);
  REQUIRE(stand->store().append_effect(one));
  stand->restart();
  for (const auto& order : {stand->store().read_resting_orders()->at(0), **stand->store().read_order("tvha")}) {
    CHECK(order.request == one.order.request);
    CHECK(order.report.state == model::OrderState::accepted);
    CHECK(order.report.venue_order_id == "paper-tvha");
    CHECK(order.report.fills.empty());
    CHECK(order.report.filled_quantity.is_zero());
    CHECK(order.at == at_second(4));
    CHECK_FALSE(order.triggered);
    CHECK(order.reason.empty());
  }
  CHECK_FALSE(*stand->store().read_last_price("BTCUSDT.P"));  // it saw none
}

TEST_CASE("paper store: what rests is triggered, filled, with money, position and price at one stroke") {
  const auto stand = any_stand();
  auto one = resting("tvha", "BTCUSDT", 4);
  REQUIRE(stand->store().append_effect(one));
  one.order.triggered = true;
  REQUIRE(stand->store().settle_resting(one));
  stand->restart();
  CHECK(stand->store().read_resting_orders()->at(0).triggered);
  const auto filled = effect("tvha", "0.25", "500");
  one.order.report = filled.order.report;
  one.balances = filled.balances;
  one.position = filled.position;
  one.price = dec("50001");
  one.at = at_second(9);
  REQUIRE(stand->store().settle_resting(one));
  stand->restart();
  CHECK(stand->store().read_resting_orders()->empty());
  const auto order = **stand->store().read_order("tvha");
  CHECK(order.request.limit_price == dec("49000.2"));
  CHECK(order.report.state == model::OrderState::filled);
  REQUIRE(order.report.fills.size() == 1);
  CHECK(order.report.fills[0].price == dec("50000"));
  CHECK(order.report.fills[0].at == at_second(3));
  CHECK(order.at == at_second(4));
  CHECK(*stand->store().read_balance("USDT") == dec("500"));
  CHECK(stand->store().read_position("BTCUSDT")->quantity == dec("0.25"));
  CHECK(**stand->store().read_last_price("BTCUSDT") == dec("50001"));
}

TEST_CASE("paper store: what does not rest cannot be settled, and nothing of it happens") {
  const auto stand = any_stand();
  auto late = effect("tvha", "0.5", "100");
  CHECK_FALSE(stand->store().settle_resting(late));
  REQUIRE(stand->store().append_effect(effect("tvha", "0.01", "500")));
  CHECK_FALSE(stand->store().settle_resting(late));
  CHECK(*stand->store().read_balance("USDT") == dec("500"));
  CHECK((*stand->store().read_order("tvha"))->report.filled_quantity == dec("0.01"));
  auto ended = resting("tvhb", "BTCUSDT", 4);
  REQUIRE(stand->store().append_effect(ended));
  ended.order.report.state = model::OrderState::refused;
  ended.order.reason = "insufficient_balance";
  REQUIRE(stand->store().settle_resting(ended));
  CHECK((*stand->store().read_order("tvhb"))->reason == "insufficient_balance");
  CHECK_FALSE(stand->store().settle_resting(ended));
}

TEST_CASE("paper store: a price that was seen is kept, exact") {
  const auto stand = any_stand();
  REQUIRE(stand->store().write_price("BTCUSDT", dec("0.000000000000000000000000000001"), at_second(1)));
  stand->restart();
  CHECK(**stand->store().read_last_price("BTCUSDT") == dec("0.000000000000000000000000000001"));
  CHECK_FALSE(*stand->store().read_last_price("BTCUSDT.P"));
}

TEST_CASE("paper store: orders of a journal of version 1 are read as the filled market orders they are") {
  const TemporaryFolder folder;
  const std::string path = folder.file("journal.db");
  // Of version 1, what the next ones change.
  change_by_hand(
      path,
      "CREATE TABLE signals (seq INTEGER PRIMARY KEY); CREATE TABLE controls (key TEXT, value TEXT, updated_at "
      "INTEGER);"
      "CREATE TABLE intents (client_order_id TEXT PRIMARY KEY, state TEXT); CREATE INDEX intents_open ON "
      "intents (state); CREATE TABLE positions (venue TEXT PRIMARY "
      "KEY);"
      "CREATE TABLE paper_orders (venue TEXT NOT NULL, client_order_id TEXT NOT NULL, venue_order_id TEXT NOT "
      "NULL, instrument TEXT NOT NULL, side TEXT NOT NULL, quantity TEXT NOT NULL, price TEXT NOT NULL, fee "
      "TEXT NOT NULL, fee_asset TEXT NOT NULL, state TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (venue, "
      "client_order_id)) WITHOUT ROWID;"
      "INSERT INTO paper_orders VALUES ('paper', 'tvha', 'paper-tvha', 'BTCUSDT.P', 'sell', '0.25', '50000.5', "
      "'12.500125', 'USDT', 'filled', 5000000000);"
      "PRAGMA application_id = 1953917035; PRAGMA user_version = 1");
  auto journal = journal::Journal::open(path);
  REQUIRE(journal);
  journal::SqlitePaperStore store(**journal, "paper");
  const auto order = *store.read_order("tvha");
  REQUIRE(order);
  CHECK(order->request.type == model::OrderType::market);
  CHECK(order->request.market == model::Market::perp);
  CHECK(order->request.side == model::Side::sell);
  CHECK(order->report.state == model::OrderState::filled);
  CHECK(order->report.filled_quantity == dec("0.25"));
  REQUIRE(order->report.fills.size() == 1);
  CHECK(order->report.fills[0].price == dec("50000.5"));
  CHECK(order->report.fills[0].fee == dec("12.500125"));
  CHECK(order->report.fills[0].at == from_nanoseconds(5'000'000'000));
  CHECK(store.read_resting_orders()->empty());
  CHECK_FALSE(store.settle_resting(effect("tvha", "0.01", "500")));
}
