// A pipe whose stdin has ended: what it was given is executed all the same, or told.
#include "support/catch.hpp"
#include "support/record_fields.hpp"
#include "support/site.hpp"
#include "support/venue_simulator.hpp"

using namespace tvh::test;

namespace {

struct Desk {
  Desk(const std::string& venue_kind, const std::vector<std::string>& more)
      : kind(venue_kind),
        simulator(with(more)),
        site("[venue.exchange]\nkind = \"" + kind + "\"\nbase_url = \"" + simulator.url() +
             "\"\napi_key = \"env:SIM_KEY\"\napi_secret = \"env:SIM_SECRET\"\n"
             "[strategy.default]\nvenue = \"exchange\"\n") {}

  std::vector<std::string> with(const std::vector<std::string>& more) const {
    std::vector<std::string> all{"--venue", kind, "--price", "BTCUSDT=65000", "--balance", "USDT=100000000"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  // Signals, each of a strategy of its own or all of one.
  std::string signals(int count, bool of_one_strategy, const std::string& action = "buy") const {
    std::string alerts;
    for (int i = 0; i < count; ++i) {
      const std::string number = std::to_string(i);
      alerts += alert_body({.id = number,
                            .action = action,
                            .symbol = kind == "binance_spot" ? "BTCUSDT" : "BTCUSDT.P",
                            .strategy = of_one_strategy ? "a" : "s" + number}) +
                "\n";
    }
    return run(tool("tvhook-validate"), site.options(), alerts).output;
  }
  std::unique_ptr<Process> start() const {
    ProcessOptions options = site.options();
    options.environment["SIM_KEY"] = "sim-key";
    options.environment["SIM_SECRET"] = "sim-secret";
    options.input = Input::pipe;
    return site.start("tvhook-exec", options);
  }
  std::string states() const {
    return site.one(
        "SELECT group_concat(n, ', ') FROM (SELECT state || ' ' || count(*) AS n FROM signals "
        "GROUP BY state ORDER BY state)");
  }

  std::string kind;
  VenueSimulator simulator;
  Site site;
};

}  // namespace

// Both take longer than what is unknown is given; they run side by side.
TEST_CASE("end of stdin: a slow venue and our own request window are waited for until every signal is over") {
  const Desk slow("binance_usdm", {"--latency-ms", "900"});
  const Desk many("binance_spot", {});
  auto one_lane = slow.start();
  auto many_lanes = many.start();
  one_lane->write_input(slow.signals(8, true));
  one_lane->close_input();
  many_lanes->write_input(many.signals(230, false));
  many_lanes->close_input();
  CHECK(one_lane->wait() == 0);
  CHECK(one_lane->errors().empty());
  CHECK(slow.states() == "done 8");
  CHECK(many_lanes->wait() == 0);
  CHECK(many_lanes->errors().empty());
  CHECK(many.states() == "done 230");
  CHECK(many.site.one("SELECT count(*) FROM intents WHERE state = 'filled'") == "230");
}

TEST_CASE("open stdin: what closes waits for a venue that is away, and is not refused after a few tries") {
  Desk desk("binance_usdm", {});
  auto exec = desk.start();
  exec->write_input(desk.signals(1, true));
  REQUIRE(exec->wait_for_lines(2));  // accepted and filled
  desk.simulator.post("fault", R"({"name":"unavailable","probability":1})");
  const AlertText close{.id = "close", .action = "close_all", .symbol = "BTCUSDT.P", .strategy = "a"};
  exec->write_input(run(tool("tvhook-validate"), desk.site.options(), alert_body(close)).output);
  // The sixth try would be the last one of a run that ends by itself.
  desk.site.wait_for("SELECT count(*) >= 6 FROM order_events WHERE event = 'retry'", "1");
  desk.simulator.post("fault", R"({"name":"unavailable","probability":0})");
  desk.site.wait_for("SELECT count(*) FROM signals WHERE state = 'done'", "2");
  exec->close_input();
  CHECK(exec->wait() == 0);
  CHECK(desk.site.one("SELECT quantity FROM positions") == "0");
}
