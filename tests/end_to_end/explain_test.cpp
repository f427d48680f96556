// tvhook-reconcile --explain: what the journal can prove of one signal or order.
#include "support/catch.hpp"
#include "support/record_fields.hpp"
#include "support/site.hpp"

using namespace tvh::test;

namespace {

// An alert that came twice and was executed on paper, and one of another strategy that a limit refused.
class ExplainSite {
 public:
  ExplainSite() {
    Listener listener = site.listen();
    for (const char* strategy : {"ma", "ma", "small"}) {
      listener.post(alert_body({.id = "once", .strategy = strategy}));
    }
    REQUIRE(listener.process().wait_for_lines(2));
    signals = listener.process().output();
    REQUIRE(listener.stop() == 0);
  }
  std::string id_of(const std::string& strategy) const {
    return site.one("SELECT id FROM signals WHERE strategy = '" + strategy + "'");
  }
  std::string order() const { return site.one("SELECT client_order_id FROM intents"); }
  Finished explain(const std::string& id, const std::string& format = "table") const {
    return site.run_tool("tvhook-reconcile", {"--explain", id, "--format", format});
  }

  const Site site{"[strategy.small]\nmax_order_notional = \"1\"\n"};
  std::string signals;
};

// What happened, in order.
std::string events_of(const std::string& json) {
  std::string events;
  for (const auto& record : records_of(json)) events += (events.empty() ? "" : " ") + record.at("event");
  return events;
}

bool contains(const std::string& text, const std::string& piece) {
  return text.find(piece) != std::string::npos;
}

}  // namespace

TEST_CASE("explain: a signal's life, from the alert that brought it to its last fill") {
  const ExplainSite with;
  const std::string id = with.id_of("ma");
  CHECK(events_of(with.explain(id, "json").output) == "alert signal alert");
  REQUIRE(with.site.run_tool("tvhook-exec", {}, with.signals).code == 1);
  const Finished told = with.explain(id);
  CAPTURE(told.output, told.errors);
  CHECK(told.code == 0);
  CHECK(events_of(with.explain(id, "json").output) ==
        "alert signal alert claimed order submit fill fill_all ended");
  CHECK(contains(told.output, "answered 200 accepted"));
  CHECK(contains(told.output, "answered 200 duplicate: nothing was done for it"));
  CHECK(contains(told.output, R"({"secret":"[secret:)"));
  CHECK_FALSE(contains(told.output, kSecret));
  CHECK(contains(told.output, "ma buy 0.01 BTCUSDT market, price 65000.5"));
  CHECK(contains(told.output, with.order() + " buy 0.01 BTCUSDT market at venue paper, leg entry"));
  CHECK(contains(told.output, "buy 0.01 at 65000.5, fee"));
  // By the beginning of the id, and by the order's, the same.
  CHECK(with.explain(id.substr(0, id.size() - 2)).output == told.output);
  CHECK(with.explain(with.order()).output == told.output);
}

TEST_CASE("explain: why a signal was refused is told with the limit that did it") {
  const ExplainSite with;
  REQUIRE(with.site.run_tool("tvhook-exec", {}, with.signals).code == 1);
  const Finished told = with.explain(with.id_of("small"));
  CHECK(told.code == 0);
  CHECK(contains(told.output, "refused: max_order_notional, "));
}

TEST_CASE("explain: what was changed on its way is told beside what came") {
  const ExplainSite with;
  std::string edited = lines_of(with.signals).front() + "\n";
  edited.replace(edited.find("\"0.01\""), 6, "\"0.002\"");
  REQUIRE(with.site.run_tool("tvhook-exec", {}, edited).code == 0);
  const Finished told = with.explain(with.id_of("ma"));
  CHECK(contains(told.output, "ma buy 0.01 BTCUSDT"));
  CHECK(contains(told.output, "executed as: ma buy 0.002 BTCUSDT"));
}

TEST_CASE("explain: a signal that no alert brought says so") {
  const Site site;
  const std::string signal = site.run_tool("tvhook-validate", {"-q"}, alert_body({})).output;
  REQUIRE(site.run_tool("tvhook-exec", {}, signal).code == 0);
  REQUIRE(site.run_tool("tvhook-exec", {"--flatten"}).code == 0);
  const Finished told = site.run_tool(
      "tvhook-reconcile", {"--explain", site.one("SELECT id FROM signals WHERE action = 'close_all'")});
  CHECK(told.code == 0);
  CHECK(contains(told.output, "no alert brought it"));
  CHECK(contains(told.output, "sell 0.01 BTCUSDT market"));
}

TEST_CASE("explain: an id that is none, or several, is answered with what there is") {
  const ExplainSite with;
  const Finished none = with.explain("zzzz");
  CHECK(none.code == 1);
  CHECK(none.output.empty());
  CHECK(contains(none.errors, "no signal and no order of " + with.site.journal()));
  // An underscore is a character, not a pattern.
  CHECK(with.explain("____").code == 1);
  with.site.run_tool("tvhook-exec", {}, with.signals);
  const Finished all = with.site.run_tool("tvhook-reconcile", {"--explain", ""});
  CHECK(all.code == 64);
  CHECK(with.site.run_tool("tvhook-reconcile", {"--explain", "x", "--venue", "paper"}).code == 64);
  const Site empty;
  CHECK(empty.run_tool("tvhook-reconcile", {"--explain", "x"}).code != 0);
}

TEST_CASE("explain: what several ids begin with is answered with them, and nothing is told twice") {
  const Site site;
  {
    Listener listener = site.listen({"--no-stdout"});
    for (int number = 0; number < 40; ++number) {
      REQUIRE(listener.post(alert_body({.id = std::to_string(number)})).status == 200);
    }
    REQUIRE(listener.stop() == 0);
  }
  // Of 40 ids in 32 letters two begin alike.
  const std::string letter =
      site.one("SELECT substr(id, 1, 1) FROM signals GROUP BY 1 HAVING count(*) > 1 LIMIT 1");
  const Finished several = site.run_tool("tvhook-reconcile", {"--explain", letter});
  CHECK(several.code == 1);
  CHECK(several.output.empty());
  CHECK(contains(several.errors, "several ids begin with " + letter));
  CHECK(contains(several.errors, "signal " + letter));
}

TEST_CASE("explain: each of several signals that came with one alert knows the alert, and what repeated it") {
  const Site site;
  {
    ProcessOptions options = site.options({"--address", "127.0.0.1:0", "--no-stdout", "--no-auth"});
    options.environment.erase("TVHOOK_SECRET");
    Listener listener(options);
    std::string body;
    for (const char* direction : {"long", "short", "long", "short", "close"}) {
      body += (body.empty() ? "[" : ",") +
              std::string(R"({"stub":"s","symbol":"BTCUSDT","size":"1","direction":")") + direction + "\"}";
    }
    for (int time = 0; time < 2; ++time) REQUIRE(listener.post(body + "]").status == 200);
    REQUIRE(listener.stop() == 0);
  }
  REQUIRE(site.one("SELECT count(*) FROM signals") == "5");
  for (const char* seq : {"1", "2", "3", "4", "5"}) {
    const std::string id = site.one(std::string("SELECT id FROM signals WHERE seq = ") + seq);
    CAPTURE(seq);
    CHECK(events_of(site.run_tool("tvhook-reconcile", {"--explain", id, "--format", "json"}).output) ==
          "alert signal alert");
  }
}
