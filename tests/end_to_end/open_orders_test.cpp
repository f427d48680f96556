// tvhook-reconcile and the orders that are open by the journal: not settled, gone at the venue, or well.
#include "support/catch.hpp"
#include "support/record_fields.hpp"
#include "support/site.hpp"
#include "support/venue_simulator.hpp"

using namespace tvh::test;

namespace {

constexpr int kKilled = 128 + SIGKILL;
std::string limit_order() {
  return R"({"action":"buy","symbol":"BTCUSDT","quantity":0.003,"price":65000,"limit_price":60000,)"
         R"("signal_id":"1","secret":")" +
         std::string(kSecret) + "\"}";
}

struct Desk {
  explicit Desk(const std::string& config = "") : site(config) {}
  Finished run(const std::string& name, const std::vector<std::string>& arguments = {},
               const std::string& input = "", const std::string& crash_at = "") const {
    ProcessOptions options = site.options(arguments);
    options.environment["SIM_KEY"] = "sim-key";
    options.environment["SIM_SECRET"] = "sim-secret";
    if (!crash_at.empty()) options.environment["TVHOOK_CRASH_AT"] = crash_at;
    return tvh::test::run(tool(name), options, input);
  }
  std::string signal() const { return run("tvhook-validate", {}, limit_order()).output; }
  Site site;
};

}  // namespace

TEST_CASE(
    "reconcile: an executor that died in the middle of an order left a finding, until one has settled it") {
  const Desk desk;
  REQUIRE(desk.run("tvhook-exec", {}, desk.signal(), "submitted").code == kKilled);
  REQUIRE(desk.site.one("SELECT state FROM intents") == "submitting");
  const auto json = desk.run("tvhook-reconcile", {"--format", "json"});
  CAPTURE(json.output, json.errors);
  CHECK(json.code == 1);
  REQUIRE(records_of(json.output).size() == 1);
  const auto drift = records_of(json.output)[0];
  CHECK(drift.at("cause") == "order_unsettled");
  CHECK(drift.at("client_order_id") == desk.site.one("SELECT client_order_id FROM intents"));
  CHECK(drift.at("state") == "submitting");
  CHECK(drift.at("evidence") == "the venue has it: accepted, 0 filled");
  CHECK(drift.at("advice").find("tvhook-exec < /dev/null") != std::string::npos);
  CHECK(desk.run("tvhook-reconcile").output.find("no drift") == std::string::npos);

  desk.run("tvhook-exec");  // as it was told
  CHECK(desk.site.one("SELECT state FROM intents") == "accepted");
  CHECK(desk.run("tvhook-reconcile").code == 0);
}

TEST_CASE("reconcile: an order whose answer was lost is told with what the exchange says of it, or without") {
  VenueSimulator simulator({"--venue", "binance_spot", "--price", "BTCUSDT=65000", "--balance", "USDT=10000"});
  const Desk desk("[venue.exchange]\nkind = \"binance_spot\"\nbase_url = \"" + simulator.url() +
                  "\"\napi_key = \"env:SIM_KEY\"\napi_secret = \"env:SIM_SECRET\"\n");
  simulator.fail_next("reply_lost", "POST", "/api/v3/order");
  REQUIRE(desk.run("tvhook-exec", {"--venue", "exchange"}, desk.signal(), "queried").code == kKilled);
  const auto told = desk.run("tvhook-reconcile", {"--venue", "exchange", "--format", "json"});
  CAPTURE(told.output, told.errors);
  CHECK(told.code == 1);
  REQUIRE(records_of(told.output).size() == 1);
  CHECK(records_of(told.output)[0].at("evidence") == "the venue has it: accepted, 0 filled");

  // What the journal knows by itself is told of a venue that is silent too.
  simulator.fail_next("unavailable", "GET", "", 100);
  const auto alone = desk.run("tvhook-reconcile", {"--venue", "exchange", "--format", "json"});
  CAPTURE(alone.output, alone.errors);
  CHECK(alone.code == 69);
  REQUIRE(records_of(alone.output).size() == 1);
  CHECK(records_of(alone.output)[0].at("cause") == "order_unsettled");
}

TEST_CASE("reconcile: an order that rests is no drift; cancelled there by hand, or forgotten there, it is") {
  const Desk desk;
  desk.run("tvhook-exec", {}, desk.signal());
  REQUIRE(desk.site.one("SELECT state FROM intents") == "accepted");
  CHECK(desk.run("tvhook-reconcile").code == 0);
  change_by_hand(desk.site.journal(), "UPDATE paper_orders SET state = 'cancelled'");
  const auto moved = desk.run("tvhook-reconcile", {"--format", "json"});
  CHECK(moved.code == 1);
  REQUIRE(records_of(moved.output).size() == 1);
  CHECK(records_of(moved.output)[0].at("cause") == "order_moved");
  change_by_hand(desk.site.journal(), "DELETE FROM paper_orders");
  const auto gone = desk.run("tvhook-reconcile", {"--format", "json"});
  CHECK(gone.code == 1);
  REQUIRE(records_of(gone.output).size() == 1);
  CHECK(records_of(gone.output)[0].at("cause") == "order_gone");
  CHECK(records_of(gone.output)[0].at("evidence") == "the venue knows no such order");
}

TEST_CASE("reconcile: a venue that is down is said, and the drift of the others is told") {
  VenueSimulator simulator({"--venue", "binance_spot", "--price", "BTCUSDT=65000", "--balance", "USDT=10000"});
  const Desk desk(
      "[venue.a]\nkind = \"binance_spot\"\nbase_url = \"" + simulator.url() +
      "\"\napi_key = \"env:SIM_KEY\"\napi_secret = \"env:SIM_SECRET\"\n[venue.b]\nkind = \"paper\"\n");
  const std::string alert = alert_body({.id = "1", .quantity = "0.01"});
  REQUIRE(desk.run("tvhook-exec", {"--venue", "b"}, desk.run("tvhook-validate", {}, alert).output).code == 0);
  change_by_hand(desk.site.journal(), "UPDATE positions SET quantity = '0.51'");
  simulator.fail_next("unavailable", "GET", "", 100);
  const auto json = desk.run("tvhook-reconcile", {"--format", "json"});
  CAPTURE(json.output, json.errors);
  CHECK(json.code == 69);
  REQUIRE(records_of(json.output).size() == 1);
  CHECK(records_of(json.output)[0].at("drift") == "-0.5");
  CHECK(json.errors.find("venue a: ") != std::string::npos);
}

TEST_CASE("reconcile: on spot only what was traded counts; two that share an asset share a row") {
  VenueSimulator simulator({"--venue", "binance_spot", "--price", "BTCUSDT=65000", "--price", "BTCUSDC=65000",
                            "--price", "BTCEUR=60000", "--price", "ETHUSDT=3000", "--balance", "USDT=10000",
                            "--balance", "USDC=10000"});
  const Desk desk("[venue.exchange]\nkind = \"binance_spot\"\nbase_url = \"" + simulator.url() +
                  "\"\napi_key = \"env:SIM_KEY\"\napi_secret = \"env:SIM_SECRET\"\n");
  const auto trade = [&](const AlertText& text) {
    return desk.run("tvhook-exec", {"--venue", "exchange"},
                    desk.run("tvhook-validate", {}, alert_body(text)).output);
  };
  REQUIRE(trade({.id = "1", .symbol = "BTCUSDT", .price = "65000"}).code == 0);
  REQUIRE(trade({.id = "2", .symbol = "ETHUSDT", .quantity = "0.1", .price = "3000"}).code == 0);
  // Nothing of it is held: refused, and its filters are known from now on.
  REQUIRE(trade({.id = "3", .action = "close_long", .symbol = "BTCEUR", .price = "60000"}).code == 1);
  REQUIRE(desk.site.one("SELECT count(*) FROM instruments WHERE name = 'BTCEUR'") == "1");
  const auto agreed = desk.run("tvhook-reconcile", {"--venue", "exchange"});
  CAPTURE(agreed.output, agreed.errors);
  CHECK(agreed.code == 0);
  CHECK(agreed.output.find("BTCEUR") == std::string::npos);

  simulator.post("order", R"({"symbol":"ETHUSDT","side":"BUY","quantity":"0.2"})");
  REQUIRE(trade({.id = "4", .symbol = "BTCUSDC", .price = "65000"}).code == 0);
  const auto differs = desk.run("tvhook-reconcile", {"--venue", "exchange", "--format", "json"});
  CAPTURE(differs.output, differs.errors);
  CHECK(differs.code == 1);
  REQUIRE(records_of(differs.output).size() == 1);
  CHECK(records_of(differs.output)[0].at("instrument") == "ETHUSDT");
  const std::string advice = records_of(differs.output)[0].at("advice");
  CHECK(
      advice.starts_with("if these coins are your own, leave them (--tolerance); else sell 0.1998 ETHUSDT at "
                         "exchange by hand"));  // 0.2 less the fee
  CHECK(desk.run("tvhook-reconcile", {"--venue", "exchange"}).output.find("BTCUSDC+BTCUSDT") !=
        std::string::npos);
}

TEST_CASE("reconcile: a position that was liquidated at the venue is brought to an end as the page says") {
  VenueSimulator simulator({"--venue", "binance_usdm", "--price", "BTCUSDT=65000", "--balance", "USDT=10000"});
  const Desk desk("[venue.exchange]\nkind = \"binance_usdm\"\nbase_url = \"" + simulator.url() +
                  "\"\napi_key = \"env:SIM_KEY\"\napi_secret = \"env:SIM_SECRET\"\n");
  const std::string alert = alert_body({.id = "1", .symbol = "BTCUSDT.P", .price = "65000"});
  REQUIRE(
      desk.run("tvhook-exec", {"--venue", "exchange"}, desk.run("tvhook-validate", {}, alert).output).code ==
      0);
  simulator.post("order", R"({"symbol":"BTCUSDT","side":"SELL","quantity":"0.01"})");
  const auto gone = desk.run("tvhook-reconcile", {"--format", "json"});
  CHECK(gone.code == 1);
  REQUIRE(records_of(gone.output).size() == 1);
  const std::string advice = records_of(gone.output)[0].at("advice");
  CHECK(advice.starts_with("buy 0.01 BTCUSDT.P at exchange by hand"));

  REQUIRE(desk.run("tvhook-exec", {"--halt", "drift"}).code == 0);
  simulator.post("order", R"({"symbol":"BTCUSDT","side":"BUY","quantity":"0.01"})");
  CHECK(desk.run("tvhook-reconcile").code == 0);
  const auto flat = desk.run(
      "tvhook-exec", {"--flatten", "--venue", "exchange", "--strategy", "ma_cross_v1", "--symbol", "BTCUSDT"});
  CAPTURE(flat.output, flat.errors);
  CHECK(flat.code == 0);
  CHECK(desk.run("tvhook-exec", {"--resume"}).code == 0);
  CHECK(desk.run("tvhook-reconcile").code == 0);
  CHECK(desk.site.one("SELECT quantity FROM positions") == "0");
}
