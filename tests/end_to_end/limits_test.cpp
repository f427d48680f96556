// Limits refuse what opens, by name and with their value; what gets out always gets out. And target mode.
#include <algorithm>

#include "base/clock.hpp"
#include "support/catch.hpp"
#include "support/record_fields.hpp"
#include "support/site.hpp"

using namespace tvh::test;

namespace {

// Posts the alerts, all of which must be accepted, runs exec, and tells how each ended: "filled", or the
// refusal's name.
std::string outcomes(const Site& site, const std::vector<std::string>& bodies) {
  Listener listener = site.listen();
  for (const std::string& body : bodies) {
    const HttpAnswer answer = listener.post(body);
    if (answer.status != 200) throw std::runtime_error("not accepted: " + answer.body);
  }
  if (listener.stop() != 0) throw std::runtime_error("the listener did not stop well");
  const Finished exec = site.run_tool("tvhook-exec", {}, listener.process().output());
  if (exec.code > 1) throw std::runtime_error("exec failed: " + exec.errors);
  std::string text;
  for (const auto& record : records_of(exec.output)) {
    if (!text.empty()) text += ' ';
    text += record.at("kind") == "order" ? record.at("state") : record.at("reason");
  }
  return text;
}

std::string order(const std::string& id, const std::string& action, const std::string& quantity,
                  const std::string& price = "1000") {
  return alert_body({.id = id, .action = action, .quantity = quantity, .price = price});
}

// A strategy's alert: the order it made, and its position before and after, as TradingView's placeholders
// render them.
struct Step {
  std::string action;
  std::string contracts;
  std::string before;  // signed
  std::string after;
  int bar = 0;  // minutes back
};

std::string side_of(const std::string& size) {
  return size == "0" ? "flat" : size[0] == '-' ? "short" : "long";
}
std::string absolute(const std::string& size) { return size[0] == '-' ? size.substr(1) : size; }

std::string step_alert(const Step& step) {
  static const tvh::TimePoint start =
      tvh::SystemClock().now();  // one for all: a minute may end between two calls
  const auto bar = std::chrono::floor<std::chrono::minutes>(start) - std::chrono::minutes(step.bar);
  return std::string("{\"secret\":\"") + kSecret +
         R"(","strategy":"flip","symbol":"BTCUSDT.P","price":1000,"action":")" + step.action +
         R"(","contracts":")" + step.contracts + R"(","market_position":")" + side_of(step.after) +
         R"(","market_position_size":")" + absolute(step.after) + R"(","prev_market_position":")" +
         side_of(step.before) + R"(","prev_market_position_size":")" + absolute(step.before) +
         R"(","timeframe":"1","time":")" + tvh::format_time(bar) + "\"}";
}

}  // namespace

TEST_CASE("limits: an order over max_order_notional is refused with limit and value, an exit over it passes") {
  const Site site("[venue.paper]\nfee_percent = \"0\"\n[strategy.default]\nmax_order_notional = \"500\"\n");
  CHECK(outcomes(site, {order("1", "buy", "0.4"), order("2", "buy", "0.6"),
                        order("3", "sell", "0.4", "9000")}) == "filled max_order_notional filled");
  const std::string message = site.one("SELECT message FROM signals WHERE state = 'refused'");
  CHECK(message.find("500") != std::string::npos);
  CHECK(message.find("600") != std::string::npos);
}

TEST_CASE("limits: max_position counts what is held") {
  const Site site("[risk]\nmax_position = \"500\"\n");
  CHECK(outcomes(site, {order("1", "buy", "0.3"), order("2", "buy", "0.3"), order("3", "buy", "0.1")}) ==
        "filled max_position filled");
}

TEST_CASE("limits: max_orders_per_minute stops a runaway alert, and survives a restart") {
  const Site site("[risk]\nmax_orders_per_minute = 3\n");
  CHECK(outcomes(site, {order("1", "buy", "0.1"), order("2", "buy", "0.1")}) == "filled filled");
  CHECK(outcomes(site, {order("3", "buy", "0.1"), order("4", "buy", "0.1"), order("5", "sell", "0.1")}) ==
        "filled max_orders_per_minute filled");
}

TEST_CASE("limits: daily_loss stops opening after a bad day, not closing") {
  const Site site("[venue.paper]\nfee_percent = \"0\"\n[risk]\ndaily_loss = \"50\"\n");
  CHECK(outcomes(site, {order("1", "buy", "1"), order("2", "sell", "0.5", "800"),
                        order("3", "buy", "0.1", "800"), order("4", "sell", "0.5", "800")}) ==
        "filled filled daily_loss filled");
}

TEST_CASE("limits: a plan counts what the journal says was sent and lost") {
  const Site site("[venue.paper]\nfee_percent = \"0\"\n[risk]\nmax_orders_per_minute = 1\n");
  CHECK(outcomes(site, {order("1", "buy", "1")}) == "filled");
  const std::string next =
      R"({"kind":"signal","v":1,"id":"aaaaaaaaaaaaaaaaaaaaaaaaaa","received_at":"2026-11-20T10:15:03Z","strategy":"ma",)"
      R"("symbol":"BTCUSDT","market":"spot","action":"buy","quantity":"1","size_unit":"base","price":"1000"})";
  const Finished plan = site.run_tool("tvhook-exec", {"--plan"}, next + "\n");
  INFO(plan.errors);
  REQUIRE(plan.code == 1);
  CHECK(records_of(plan.output).front().at("reason") == "max_orders_per_minute");
}

TEST_CASE("limits: actions that are not listed are refused") {
  const Site site("[strategy.default]\nactions = [\"buy\"]\n");
  CHECK(outcomes(site,
                 {order("1", "buy", "1"), alert_body({.id = "2", .action = "sell", .symbol = "ETHUSDT.P"})}) ==
        "filled action_not_allowed");
}

TEST_CASE("target mode: the position ends where the strategy says, in any order of arrival, with duplicates") {
  std::vector<Step> steps = {
      {"buy", "0.2", "0", "0.2", 1}, {"sell", "0.5", "0.2", "-0.3", 1}, {"buy", "0.1", "-0.3", "-0.2", 1}};
  std::sort(steps.begin(), steps.end(), [](const Step& a, const Step& b) { return a.before < b.before; });
  do {
    const Site site("[venue.paper]\nfee_percent = \"0\"\n[strategy.flip]\nfollow = \"position\"\n");
    std::vector<std::string> bodies;
    for (const Step& step : steps) bodies.push_back(step_alert(step));
    bodies.push_back(bodies.front());
    const std::string ended = outcomes(site, bodies);
    CAPTURE(steps[0].after, steps[1].after, steps[2].after, ended);
    CHECK(site.one("SELECT quantity FROM positions") == "-0.2");
  } while (std::next_permutation(steps.begin(), steps.end(),
                                 [](const Step& a, const Step& b) { return a.before < b.before; }));
}

TEST_CASE("target mode: an older bar never overrides a newer one") {
  const Site site("[strategy.flip]\nfollow = \"position\"\n");
  outcomes(site, {step_alert({"buy", "0.3", "0.2", "0.5", 1}), step_alert({"buy", "0.2", "0", "0.2", 3})});
  CHECK(site.one("SELECT quantity FROM positions") == "0.5");
}

TEST_CASE(
    "delta mode: after a missed alert a reversal still leaves the old side, and opens nothing by a wrong sum") {
  const Site site;
  CHECK(outcomes(site, {step_alert({"buy", "0.1", "0", "0.1", 1})}) == "filled");
  CHECK(outcomes(site, {step_alert({"sell", "0.5", "0.2", "-0.3", 2})}) == "previous_position_differs filled");
  CHECK(site.one("SELECT quantity FROM positions") == "0");
  CHECK(site.one("SELECT reason FROM signals ORDER BY seq DESC LIMIT 1") == "previous_position_differs");
}

TEST_CASE("delta mode: an order whose previous position is not ours is refused, never sent as it stands") {
  const Site site;
  CHECK(outcomes(site, {step_alert({"sell", "0.5", "0.2", "-0.3", 1})}) == "previous_position_differs");
  CHECK(site.one("SELECT count(*) FROM intents") == "0");
}
