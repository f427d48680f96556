// The tools at an exchange that is well: what is traded, planned, compared and checked there. The exchange is
// venue-sim.
#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "support/catch.hpp"
#include "support/record_fields.hpp"
#include "support/site.hpp"
#include "support/venue_simulator.hpp"

using namespace tvh::test;

namespace {

struct Desk {
  explicit Desk(const std::string& venue_kind, const std::vector<std::string>& more = {})
      : kind(venue_kind),
        simulator([&] {
          std::vector<std::string> all{"--venue", kind, "--price", "BTCUSDT=65000", "--balance", "USDT=10000"};
          all.insert(all.end(), more.begin(), more.end());
          return all;
        }()),
        site("[venue.exchange]\nkind = \"" + kind + "\"\nbase_url = \"" + simulator.url() +
             "\"\napi_key = \"env:SIM_KEY\"\napi_secret = \"env:SIM_SECRET\"\n") {}

  std::string instrument() const { return kind == "binance_spot" ? "BTCUSDT" : "BTCUSDT.P"; }
  std::string alert(const std::string& id, const std::string& quantity) const {
    return alert_body({.id = id, .symbol = instrument(), .quantity = quantity, .price = "65000"});
  }
  ProcessOptions options(const std::vector<std::string>& arguments) const {
    ProcessOptions options = site.options(arguments);
    options.environment["SIM_KEY"] = "sim-key";
    options.environment["SIM_SECRET"] = "sim-secret";
    return options;
  }
  Finished run(const std::string& name, const std::vector<std::string>& arguments,
               const std::string& input = "") const {
    return tvh::test::run(tool(name), options(arguments), input);
  }
  Finished trade(const std::string& alert) const {
    return run("tvhook-exec", {"--venue", "exchange"}, run("tvhook-validate", {}, alert).output);
  }

  std::ptrdiff_t turned_away() {
    const auto requests = nlohmann::json::parse(simulator.get("requests"));
    return std::count_if(requests.begin(), requests.end(),
                         [](const auto& one) { return one.at("status") == 418; });
  }

  std::string kind;
  VenueSimulator simulator;
  Site site;
};

}  // namespace

TEST_CASE("exchange: an alert is filled there, and what is held is compared with what is held there") {
  Desk desk(GENERATE(as<std::string>{}, "binance_spot", "binance_usdm"));
  CAPTURE(desk.kind);
  const auto traded = desk.trade(desk.alert("1", "0.01"));
  CAPTURE(traded.errors);
  CHECK(traded.code == 0);
  REQUIRE_FALSE(traded.output.empty());
  CHECK(records_of(traded.output).back().at("state") == "filled");
  const auto agreed = desk.run("tvhook-reconcile", {"--venue", "exchange"});
  CAPTURE(agreed.output, agreed.errors);
  CHECK(agreed.code == 0);

  desk.simulator.post("order", R"({"symbol":"BTCUSDT","side":"BUY","quantity":"0.02"})");
  const auto differs = desk.run("tvhook-reconcile", {"--venue", "exchange", "--format", "json"});
  CHECK(differs.code == 1);
  REQUIRE(records_of(differs.output).size() == 1);
  const auto drift = records_of(differs.output)[0];
  CHECK(drift.at("instrument") == desk.instrument());
  const bool spot = desk.kind == "binance_spot";  // where the fee of a purchase is taken from what was bought
  CHECK(drift.at("journal") == (spot ? "0.00999" : "0.01"));
  CHECK(drift.at("drift") == (spot ? "0.01998" : "0.02"));
}

TEST_CASE(
    "exchange: an executor that is started within a ban asks for nothing before its end, and then trades") {
  Desk desk(GENERATE(as<std::string>{}, "binance_spot", "binance_usdm"), {"--ban-ms", "2000"});
  CAPTURE(desk.kind);
  const std::string signal = desk.run("tvhook-validate", {}, desk.alert("1", "0.01")).output;
  desk.run("tvhook-exec", {});  // there is a journal to look at
  desk.simulator.fail_next("ban", "GET", "");
  ProcessOptions options = desk.options({"--venue", "exchange"});
  options.input = Input::pipe;
  const auto first = desk.site.start("tvhook-exec", options);
  first->write_input(signal);
  CHECK(desk.site.wait_for("SELECT count(*) FROM controls WHERE key = 'pause:exchange'", "1") == "1");
  first->send(SIGKILL);
  first->wait();

  const auto before = desk.turned_away();  // all that was on its way when the ban began
  CHECK(before > 0);
  const auto second = desk.run("tvhook-exec", {"--venue", "exchange"}, signal);
  CAPTURE(second.output, second.errors);
  CHECK(second.code == 0);
  REQUIRE_FALSE(second.output.empty());
  CHECK(records_of(second.output).back().at("state") == "filled");
  CHECK(desk.turned_away() == before);
}

TEST_CASE("exchange: what an alert would become is told offline, by the filters learnt there") {
  Desk desk(GENERATE(as<std::string>{}, "binance_spot", "binance_usdm"));
  CAPTURE(desk.kind);
  const auto unknown = desk.run("tvhook-validate", {"--venue", "exchange"}, desk.alert("1", "0.0123456789"));
  CHECK(unknown.code == 0);
  CHECK(unknown.errors.find("the filters of " + desk.instrument() +
                            " at venue exchange are not in the journal") != std::string::npos);
  REQUIRE(desk.trade(desk.alert("2", "0.01")).code == 0);

  const auto before = desk.simulator.get("requests");
  const auto planned = desk.run("tvhook-validate", {"--venue", "exchange", "--format", "json"},
                                desk.alert("3", "0.0123456789") + "\n" + desk.alert("4", "0.00000001") + "\n");
  CAPTURE(planned.output, planned.errors);
  CHECK(planned.code == 1);
  CHECK(planned.errors.empty());
  const auto records = records_of(planned.output);
  REQUIRE(records.size() == 2);
  CHECK(records[0].at("state") == "planned");
  CHECK(records[0].at("quantity") == (desk.kind == "binance_spot" ? "0.01234" : "0.012"));
  CHECK(records[1].at("kind") == "refusal");
  CHECK(records[1].at("message").find("the smallest is") != std::string::npos);
  CHECK(desk.simulator.get("requests") == before);  // nobody was asked
}

TEST_CASE("exchange: --check says what is well, and a wrong key is told with its exit code") {
  Desk desk(GENERATE(as<std::string>{}, "binance_spot", "binance_usdm"));
  CAPTURE(desk.kind);
  const auto well = desk.run("tvhook-exec", {"--check"});
  CAPTURE(well.errors);
  CHECK(well.code == 0);
  CHECK(well.errors.find("10000 USDT") != std::string::npos);
  CHECK_FALSE(std::filesystem::exists(desk.site.journal()));

  ProcessOptions options = desk.site.options({"--check"});
  options.environment["SIM_KEY"] = "other-key";
  options.environment["SIM_SECRET"] = "other-secret";
  const auto wrong = run(tool("tvhook-exec"), options);
  CHECK(wrong.code == 77);
  CHECK(wrong.errors.find("other-") == std::string::npos);
}
