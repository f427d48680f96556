// What the orders are: sizes, sides, money to the last digit, and the refusals a trader meets.
#include "base/clock.hpp"
#include "support/catch.hpp"
#include "support/record_fields.hpp"
#include "support/site.hpp"

using namespace tvh::test;

namespace {

// Posts the alerts, all of which must be accepted, and runs exec over them.
Finished trade(const Site& site, const std::vector<std::string>& bodies,
               const std::vector<std::string>& arguments = {}) {
  Listener listener = site.listen();
  for (const std::string& body : bodies) {
    const HttpAnswer answer = listener.post(body);
    if (answer.status != 200) throw std::runtime_error("not accepted: " + answer.body);
  }
  if (listener.stop() != 0) throw std::runtime_error("the listener did not stop well");
  return site.run_tool("tvhook-exec", arguments, listener.process().output());
}

std::string with_secret(const std::string& rest) {
  return std::string("{\"secret\":\"") + kSecret + "\"," + rest + "}";
}

std::string position(const Site& site, const std::string& instrument) {
  std::string text;
  for (const Row& row : query(site.journal(),
                              "SELECT quantity, average_price, realised_profit FROM positions "
                              "WHERE instrument = '" +
                                  instrument + "'")) {
    text += row[0] + " at " + row[1] + ", realised " + row[2];
  }
  return text;
}

std::string reasons(const Finished& exec) {
  std::string text;
  for (const auto& record : records_of(exec.output)) {
    if (!text.empty()) text += ' ';
    text += record.at("kind") == "order" ? record.at("state") : record.at("reason");
  }
  return text;
}

std::string text_of(tvh::TimePoint at) {
  return tvh::format_time(std::chrono::floor<std::chrono::seconds>(at));
}

}  // namespace

TEST_CASE("money: cost and fee leave the paper account to the last digit") {
  const Site site;
  REQUIRE(trade(site, {alert_body({.id = "1"})}).code == 0);
  CHECK(site.one("SELECT amount FROM paper_balances WHERE asset = 'USDT'") == "9349.344995");
  CHECK(site.one("SELECT amount FROM paper_balances WHERE asset = 'BTC'") == "0.01");
  CHECK(site.one("SELECT fee || ' ' || fee_asset FROM fills") == "0.650005 USDT");
}

TEST_CASE("money: configured balances, fee and slippage are what paper trades with") {
  const Site site(R"(
[venue.paper]
fee_percent = "0.2"
slippage_percent = "1"
[venue.paper.balances]
USDT = "500"
)");
  const Finished exec = trade(site, {alert_body({.id = "1", .quantity = "1", .price = "100"}),
                                     alert_body({.id = "2", .quantity = "4", .price = "100"})});
  CHECK(reasons(exec) == "filled refused insufficient_balance");
  CHECK(exec.code == 1);
  CHECK(site.one("SELECT price FROM fills") == "101");
  CHECK(site.one("SELECT amount FROM paper_balances WHERE asset = 'USDT'") == "398.798");
  CHECK(site.one("SELECT count(*) FROM fills") == "1");
}

TEST_CASE("spot: a sell is clipped to what the strategy holds, and never sells another's") {
  const Site site("[venue.paper]\nfee_percent = \"0\"\n");
  const Finished exec = trade(
      site, {alert_body({.id = "1", .quantity = "0.02", .price = "50000", .strategy = "a"}),
             alert_body({.id = "2", .quantity = "0.01", .price = "50000", .strategy = "b"}),
             alert_body({.id = "3", .action = "sell", .quantity = "5", .price = "60000", .strategy = "a"}),
             alert_body({.id = "4", .action = "sell", .quantity = "5", .price = "60000", .strategy = "a"}),
             alert_body({.id = "5", .action = "sell", .quantity = "5", .price = "60000", .strategy = "c"})});
  CHECK(reasons(exec) == "filled filled filled nothing_to_sell nothing_to_sell");
  CHECK(records_of(exec.output).at(2).at("clipped_from") == "5");
  CHECK(site.one("SELECT quantity || ' ' || realised_profit FROM positions WHERE strategy = 'a'") == "0 200");
  CHECK(site.one("SELECT quantity || ' ' || realised_profit FROM positions WHERE strategy = 'b'") == "0.01 0");
}

TEST_CASE("perp: a sell opens a short, a bigger buy turns it, close_all ends flat") {
  const Site site("[venue.paper]\nfee_percent = \"0\"\n");
  const auto alert = [](const std::string& id, const std::string& action, const std::string& quantity,
                        const std::string& price) {
    return alert_body(
        {.id = id, .action = action, .symbol = "BTCUSDT.P", .quantity = quantity, .price = price});
  };
  const Finished exec = trade(site, {alert("1", "sell", "0.02", "50000"), alert("2", "buy", "0.03", "40000")});
  CHECK(reasons(exec) == "filled filled");
  CHECK(position(site, "BTCUSDT.P") == "0.01 at 40000, realised 200");
  const Finished closing =
      trade(site, {with_secret(R"("action":"close_all","strategy":"ma_cross_v1","signal_id":"3")")});
  CHECK(reasons(closing) == "filled");
  // A price without a symbol is some chart's: the close fills at the last price the venue saw.
  CHECK(position(site, "BTCUSDT.P") == "0 at 0, realised 200");
}

TEST_CASE("close_long takes no more than there is, and nothing when there is nothing") {
  const Site site("[venue.paper]\nfee_percent = \"0\"\n");
  const auto alert = [](const std::string& id, const std::string& action, const std::string& quantity) {
    return alert_body(
        {.id = id, .action = action, .symbol = "ETHUSDT.P", .quantity = quantity, .price = "2000"});
  };
  const Finished exec = trade(site, {alert("1", "buy", "1"), alert("2", "close_short", "1"),
                                     alert("3", "close_long", "5"), alert("4", "close_long", "1")});
  CHECK(reasons(exec) == "filled nothing_to_close filled nothing_to_close");
  CHECK(position(site, "ETHUSDT.P") == "0 at 0, realised 0");
}

TEST_CASE("sizes: a default in quote is turned into base and rounded down, never up") {
  const Site site("[strategy.default]\nsize = \"100\"\nsize_unit = \"quote\"\n");
  REQUIRE(reasons(trade(site,
                        {with_secret(R"("action":"buy","symbol":"ETHUSDT","price":3000,"signal_id":"1")")})) ==
          "filled");
  CHECK(site.one("SELECT quantity FROM fills") == "0.03333333");
}

TEST_CASE("sizes: an order with a price of its own is sized at that price") {
  const Site site;
  const auto alert = [](const std::string& id, const std::string& order) {
    return with_secret(R"("action":"buy","symbol":"ETHUSDT","price":1000,"quantity":100,"size_unit":"quote",)"
                       R"("signal_id":")" +
                       id + "\"," + order);
  };
  const Finished exec = trade(site, {alert("1", R"("stop_price":2000)"), alert("2", R"("limit_price":500)")});
  const auto records = records_of(exec.output);
  REQUIRE(records.size() == 2);
  CHECK(records[0].at("quantity") == "0.05");
  CHECK(records[1].at("quantity") == "0.2");
}

TEST_CASE("sizes: what part of the balance bought, all of the balance sells") {
  const Site site;
  const auto alert = [](const std::string& action, const std::string& percent) {
    return with_secret("\"action\":\"" + action + R"(","symbol":"ETHUSDT","price":1000,"quantity":)" + percent +
                       R"(,"size_unit":"percent_balance","signal_id":")" + action + "\"");
  };
  CHECK(reasons(trade(site, {alert("buy", "95"), alert("sell", "100")})) == "filled filled");
  CHECK(site.one("SELECT quantity FROM positions") == "0");
}

TEST_CASE("sizes: an exact quantity of many digits survives from the alert to the position") {
  const Site site;
  const std::string quantity = "0.012345678901234567";
  REQUIRE(reasons(trade(site, {alert_body({.id = "1", .quantity = quantity, .price = "3"})})) == "filled");
  CHECK(site.one("SELECT quantity FROM positions") == quantity);
}

TEST_CASE("limits: an entry older than max_age and a symbol outside the list are refused by name") {
  const Site site("[strategy.default]\nmax_age = \"5m\"\nsymbols = [\"BTCUSDT\"]\n");
  const std::string old_time = text_of(tvh::SystemClock().now() - std::chrono::hours(2));
  const auto alert = [&](const std::string& action, const std::string& symbol, const std::string& extra) {
    return with_secret("\"action\":\"" + action + "\",\"symbol\":\"" + symbol +
                       "\",\"quantity\":0.001,\"price\":65000" + extra);
  };
  const Finished exec =
      trade(site, {alert("buy", "BTCUSDT", ",\"signal_id\":\"1\""),
                   alert("buy", "BTCUSDT", ",\"timeframe\":\"1\",\"time\":\"" + old_time + "\""),
                   alert("buy", "ETHUSDT", ",\"signal_id\":\"2\""),
                   alert("close_long", "BTCUSDT", ",\"timeframe\":\"1\",\"time\":\"" + old_time + "\"")});
  CAPTURE(exec.output);
  const auto records = records_of(exec.output);
  REQUIRE(records.size() == 4);
  CHECK(records[0].at("kind") == "order");
  CHECK(records[1].at("reason") == "max_age");
  CHECK(records[2].at("kind") == "refusal");
  CHECK(records[2].at("message").find("ETHUSDT") != std::string::npos);
  CHECK(records[3].at("kind") == "order");  // getting out is never too late
}

TEST_CASE("limits: an alert from inside a bar that is still open is not refused for a date in the future") {
  const Site site("[strategy.default]\nmax_age = \"5m\"\n");
  const auto today = std::chrono::floor<std::chrono::days>(tvh::SystemClock().now());
  const auto alert = [](const std::string& id, const std::string& time) {
    return with_secret(R"("action":"buy","symbol":"BTCUSDT","quantity":0.001,"price":65000,"timeframe":"1D",)"
                       R"("signal_id":")" +
                       id + R"(","time":")" + time + "\"");
  };
  const Finished exec =
      trade(site, {alert("1", text_of(today)), alert("2", text_of(today + std::chrono::days(2)))});
  CHECK(reasons(exec) == "filled max_age");
}

TEST_CASE(
    "limits: a perpetual's name among the symbols allows the perpetual, and no symbols at all is an error") {
  const Site site("[risk]\nsymbols = [\"BTCUSDT.P\"]\n");
  CHECK(reasons(trade(site, {alert_body({.id = "1", .symbol = "BTCUSDT.P"}), alert_body({.id = "2"})})) ==
        "filled symbol_not_allowed");
  const Site empty("[risk]\nactions = []\n");
  const Finished exec = empty.run_tool("tvhook-exec");
  CHECK(exec.code == 78);
  CHECK(exec.errors.find("actions in [risk] is empty") != std::string::npos);
}

TEST_CASE("--symbol narrows a close_all without a symbol to what it allows") {
  const Site site;
  REQUIRE(reasons(trade(site, {alert_body({.id = "1"}), alert_body({.id = "2", .symbol = "ETHUSDT"})})) ==
          "filled filled");
  const std::string close = R"("action":"close_all","strategy":"ma_cross_v1","signal_id":"3")";
  const Finished exec = trade(site, {with_secret(close)}, {"--symbol", "BTCUSDT"});
  CAPTURE(exec.output);
  CHECK(exec.code == 1);
  CHECK(site.one("SELECT quantity FROM positions WHERE instrument = 'BTCUSDT'") == "0");
  CHECK(site.one("SELECT quantity FROM positions WHERE instrument = 'ETHUSDT'") == "0.01");
  CHECK(site.one("SELECT reason FROM signals ORDER BY received_at DESC LIMIT 1") == "filtered");
}

TEST_CASE("duplicates: a resend whose {{timenow}} was rendered anew is still one trade") {
  const Site site;
  Listener listener = site.listen();
  const auto fired = [&](int seconds) {
    const auto at = text_of(tvh::SystemClock().now() + std::chrono::seconds(seconds));
    return with_secret(R"("action":"buy","symbol":"BTCUSDT","qty":1,"price":65000,"time":")" + at + "\"");
  };
  CHECK(fields_of(listener.post(fired(0)).body).at("status") == "accepted");
  CHECK(fields_of(listener.post(fired(5)).body).at("status") == "duplicate");
}

TEST_CASE("duplicates: a condition that flickers within one bar is one trade, the next bar is another") {
  const Site site("[listen]\nresend_window = \"0s\"\n");
  Listener listener = site.listen();
  const auto at = [](const std::string& time, const std::string& price) {
    return with_secret(R"("action":"buy","symbol":"BTCUSDT","qty":1,"timeframe":"15","price":)" + price +
                       R"(,"time":")" + time + "\"");
  };
  CHECK(fields_of(listener.post(at("2026-11-20T10:15:00Z", "1")).body).at("status") == "accepted");
  CHECK(fields_of(listener.post(at("2026-11-20T10:21:07Z", "2")).body).at("status") == "duplicate");
  CHECK(fields_of(listener.post(at("2026-11-20T10:30:00Z", "1")).body).at("status") == "accepted");
}

TEST_CASE("duplicates: bars begin anew each day, so that no day's last one is taken for the next day's first") {
  const Site site("[listen]\nresend_window = \"0s\"\n");
  Listener listener = site.listen();
  const auto at = [&listener](const std::string& timeframe, const std::string& time) {
    const std::string body =
        with_secret(R"("action":"buy","symbol":"BTCUSDT","qty":1,"timeframe":")" + timeframe +
                    R"(","strategy":"m)" + timeframe + R"(","time":")" + time + "\"");
    return fields_of(listener.post(body).body).at("status");
  };
  for (const std::string timeframe : {"7", "25", "50", "100"}) {
    CAPTURE(timeframe);
    CHECK(at(timeframe, timeframe == "7" ? "2026-11-20T23:55:00Z" : "2026-11-20T23:45:00Z") == "accepted");
    CHECK(at(timeframe, "2026-11-21T00:00:00Z") == "accepted");
    CHECK(at(timeframe, "2026-11-21T00:00:00Z") == "duplicate");
  }
}

TEST_CASE("duplicates: two listeners on one journal take one alert once between them") {
  const Site site;
  Listener first = site.listen({"--no-stdout"});
  Listener second = site.listen({"--no-stdout"});
  const std::string body = alert_body({.id = "shared"});
  CHECK(fields_of(first.post(body).body).at("status") == "accepted");
  CHECK(fields_of(second.post(body).body).at("status") == "duplicate");
}

TEST_CASE("follow and pipe at once: a signal that comes both ways is one order") {
  const Site site;
  Listener listener = site.listen();
  for (int i = 0; i < 20; ++i)
    REQUIRE(listener.post(alert_body({.id = std::to_string(i), .quantity = "0.001"})).status == 200);
  REQUIRE(listener.stop() == 0);
  ProcessOptions options = site.options({"--follow", "-"});
  options.input = Input::pipe;
  auto exec = site.start("tvhook-exec", options);
  exec->write_input(listener.process().output() + listener.process().output());
  CHECK(site.wait_for("SELECT count(*) FROM signals WHERE state = 'done'", "20") == "20");
  exec->close_input();
  exec->send(SIGTERM);
  CHECK(exec->wait() == 0);
  CHECK(site.one("SELECT count(*) FROM fills") == "20");
  CHECK(site.one("SELECT quantity FROM positions") == "0.02");
}
