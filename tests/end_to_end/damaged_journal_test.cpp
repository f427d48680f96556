// A value in the journal that somebody spoiled by hand: said with its place, and nothing is decided on it.
#include "support/catch.hpp"
#include "support/site.hpp"

using namespace tvh::test;

namespace {

struct Damaged {
  std::string sql;
  std::string said;
  std::vector<std::string> tools;  // that read it
};

const std::vector<Damaged>& damages() {
  static const std::vector<Damaged> all{
      {"UPDATE positions SET quantity = 'abc'",
       "positions.quantity is 'abc', which is no number",
       {"status", "run", "plan", "reconcile"}},
      {"UPDATE positions SET average_price = '1e99'",
       "positions.average_price is '1e99'",
       {"status", "run", "plan", "reconcile"}},
      {"UPDATE intents SET quantity = ''", "intents.quantity is ''", {"status", "run", "plan", "reconcile"}},
      {"UPDATE intents SET limit_price = 'cheap'", "is 'cheap'", {"status", "run", "plan", "reconcile"}},
      {"UPDATE intents SET side = 'both'",
       "intents.side is 'both', which is a word that no tool writes there",
       {"status", "run", "plan", "reconcile"}},
      {"UPDATE intents SET order_type = 'LIMIT'", "is 'LIMIT'", {"status", "run", "plan", "reconcile"}},
      {"UPDATE intents SET market = ''", "intents.market is ''", {"status", "run", "plan", "reconcile"}},
      {"UPDATE intents SET time_in_force = 'day'", "is 'day'", {"status", "run", "plan", "reconcile"}},
      {"UPDATE intents SET state = 'open'", "intents.state is 'open'", {"status", "run"}},
      {"UPDATE fills SET realised = '--1'", "fills.realised is '--1'", {"status", "run", "plan"}},
      {"UPDATE controls SET value = 'x' WHERE key LIKE 'price:%'",
       "controls.value is 'price:paper:BTCUSDT x'",
       {"status", "run", "plan"}},
      {"UPDATE paper_balances SET amount = 'much'", "paper_balances.amount is 'much'", {"run", "plan"}},
      {"UPDATE paper_positions SET quantity = 'some'",
       "paper_positions.quantity is 'some'",
       {"run", "plan", "reconcile"}},
      {"UPDATE paper_prices SET price = '0x10'", "paper_prices.price is '0x10'", {"run", "plan"}},
      {"UPDATE paper_orders SET quantity = '1,5' WHERE state = 'accepted'",
       "paper_orders.quantity is '1,5'",
       {"run", "plan"}},
      {"UPDATE signals SET record = '{\"kind\":\"signal\"}'",
       "is '{\"kind\":\"signal\"}'",
       {"status", "run", "replay"}},
      {"UPDATE signals SET record = 'x'", "which is no record of a signal", {"status", "run", "replay"}},
      {"INSERT INTO requests (at, kind, arguments) VALUES (1, 'flatten', '{')",
       "which is no JSON",
       {"status", "run"}},
  };
  return all;
}

std::string signals_of(const Site& site, const std::string& alerts) {
  const Finished validated = site.run_tool("tvhook-validate", {"--quiet"}, alerts);
  REQUIRE(validated.code == 0);
  return validated.output;
}

// A position, and an order that rests.
void trade(const Site& site) {
  const std::string signals = signals_of(
      site,
      R"({"secret":"correct-horse-battery","action":"buy","symbol":"BTCUSDT","quantity":0.02,"price":65000.5,"strategy":"ma","signal_id":"1"})"
      "\n"
      R"({"secret":"correct-horse-battery","action":"buy","symbol":"BTCUSDT","quantity":0.01,"price":65000.5,"limit_price":60000,"strategy":"ma","signal_id":"2"})"
      "\n");
  const Finished exec = site.run_tool("tvhook-exec", {}, signals);
  CAPTURE(exec.errors);
  REQUIRE(exec.code == 0);
}

Finished run_one(const Site& site, const std::string& what, const std::string& signals) {
  if (what == "status") return site.run_tool("tvhook-exec", {"--status"});
  if (what == "run") return site.run_tool("tvhook-exec", {}, signals);
  if (what == "plan") return site.run_tool("tvhook-exec", {"--plan"}, signals);
  if (what == "replay") return site.run_tool("tvhook-replay");
  return site.run_tool("tvhook-reconcile");
}

}  // namespace

TEST_CASE("damaged journal: a spoiled value is told with its place and exit 65, and nothing is traded on it") {
  const Site whole;
  trade(whole);
  // One that comes to its price, and one that sells what is held.
  const std::string signals = signals_of(
      whole,
      R"({"secret":"correct-horse-battery","action":"sell","symbol":"BTCUSDT","quantity":0.02,"price":59000,"strategy":"ma","signal_id":"3"})"
      "\n");
  REQUIRE(whole.run_tool("tvhook-exec", {"--plan"}, signals).code == 0);
  const std::string before = whole.one("SELECT count(*) FROM intents");
  for (const Damaged& damage : damages()) {
    CAPTURE(damage.sql);
    for (const std::string& what : damage.tools) {
      const Site copy;
      change_by_hand(whole.journal(), "VACUUM INTO '" + copy.journal() + "'");
      change_by_hand(copy.journal(), damage.sql);
      const Finished finished = run_one(copy, what, signals);
      CAPTURE(what, finished.output, finished.errors);
      CHECK(finished.code == 65);
      // What reconcile can still compare, it shows.
      if (what != "reconcile") CHECK(finished.output.empty());
      CHECK(finished.errors.find(damage.said) != std::string::npos);
      CHECK(finished.errors.find("put the row right") != std::string::npos);
      CHECK(copy.one("SELECT count(*) FROM intents") == before);
    }
  }
}

TEST_CASE(
    "damaged journal: a follower ends with 65 rather than go round in circles, and a repaired row is enough") {
  const Site site;
  trade(site);
  change_by_hand(site.journal(), "UPDATE positions SET quantity = 'abc'");
  const Finished followed = site.run_tool("tvhook-exec", {"--follow"});
  CHECK(followed.code == 65);
  change_by_hand(site.journal(), "UPDATE positions SET quantity = '0.02'");
  CHECK(site.run_tool("tvhook-exec", {"--status"}).code == 0);
  CHECK(site.run_tool("tvhook-reconcile").code == 0);
}
