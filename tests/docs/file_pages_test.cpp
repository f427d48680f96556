// The pages of section 5 and the whole set: the journal's tables, the records' fields, the configuration's
// keys.
#include <sys/wait.h>

#include <filesystem>
#include <regex>

#include "cli/config.hpp"
#include "journal/journal.hpp"
#include "page.hpp"
#include "support/catch.hpp"
#include "support/journal_query.hpp"
#include "support/temporary_folder.hpp"
#include "wire/records.hpp"

namespace {

using namespace tvh;
using tvh::test::Page;

const std::string kRoot = TVHOOK_SOURCE_FOLDER;

// The keys of a record, nested ones too, without those every record has.
std::set<std::string> keys_of(const std::string& record) {
  static const std::regex kKey(R"re("([a-z_]+)":)re");
  std::set<std::string> keys;
  for (std::sregex_iterator match(record.begin(), record.end(), kKey); match != std::sregex_iterator();
       ++match) {
    keys.insert((*match)[1]);
  }
  keys.erase("kind");
  keys.erase("v");
  return keys;
}

std::set<std::string> documented_words(const Page& page, const std::string& section) {
  std::string text;
  for (const auto& entry : page.entries(section)) text += entry.line + " " + entry.text + " ";
  return test::bold_words(text);
}

model::Signal full_signal() {
  model::Signal signal;
  signal.id = "mzxw6ytboi7aaaaaaaaaaaaaaa";
  signal.received_at = from_nanoseconds(1795169703'000000000);
  signal.exchange = "binance";
  signal.symbol = "BTCUSDT";
  signal.quantity = signal.price = signal.limit_price = signal.stop_price = signal.stop_loss =
      signal.take_profit = signal.leverage = Decimal(1);
  signal.trailing_json = signal.legs_json = signal.extra_json = "{}";
  signal.reduce_only = true;
  signal.time_in_force = model::TimeInForce::gtc;
  signal.order_id = signal.comment = signal.signal_id = signal.bare_id = "x";
  signal.bar_time = signal.fired_at = signal.received_at;
  signal.timeframe = "15";
  signal.max_age = std::chrono::seconds(120);
  signal.position =
      model::PositionChange{model::PositionSide::long_side, Decimal(1), model::PositionSide::flat, Decimal(1)};
  return signal;
}

wire::OrderRecord full_order() {
  wire::OrderRecord order;
  order.intent.signal_id = order.intent.strategy = order.intent.venue = order.intent.reason =
      order.intent.message = "x";
  order.intent.submitted_at = order.intent.settled_at = TimePoint();
  auto& request = order.intent.request;
  request.client_order_id = request.instrument = order.symbol = order.fee_asset = "x";
  request.limit_price = request.stop_price = request.reference_price = order.average_price = order.fee =
      order.clipped_from = Decimal(1);
  request.reduce_only = true;
  request.time_in_force = model::TimeInForce::gtc;
  order.took = Nanoseconds(1);
  order.rules = {"x"};
  return order;
}

model::StatusRecord full_status() {
  model::StatusRecord status;
  status.executor = status.journal = "x";
  status.halt = model::Halt{"x", {}};
  status.orders.emplace_back();
  status.positions.push_back({"v", "i", "s", {}, {}, {}});
  status.limits.push_back({"s", "l", "v", "u", "t"});
  model::BreakerStatus breaker;
  breaker.probes_at = TimePoint();
  status.breakers.push_back(breaker);
  status.pauses.push_back({"v", {}});
  status.requests.push_back({1, "flatten", "s", "v", "x", true, {}});
  return status;
}

}  // namespace

TEST_CASE(
    "tvhook-records(5): every field of a record is in the page, and every field of the page in a record") {
  const Page page("tvhook-records.5.scd");
  CHECK(documented_words(page, "signal") == keys_of(wire::format_signal(full_signal())));

  wire::OrderRecord order = full_order();
  auto order_keys = keys_of(wire::format_order(order));
  order.plan = true;
  order_keys.merge(keys_of(wire::format_order(order)));
  CHECK(documented_words(page, "order") == order_keys);

  wire::RefusalRecord refusal{"s", "s", "s", "a", "v", "r", "m", {}, false};
  auto refusal_keys = keys_of(wire::format_refusal(refusal));
  refusal.plan = true;
  refusal_keys.merge(keys_of(wire::format_refusal(refusal)));
  CHECK(documented_words(page, "refusal") == refusal_keys);

  CHECK(documented_words(page, "status") == keys_of(wire::format_status(full_status())));

  const wire::EventRecord event{{}, "e", "s", "c", "t", "b"};
  CHECK(documented_words(page, "event") == keys_of(wire::format_event(event)));

  wire::DriftRecord drift{"v", "i", "s", {}, {}, {}, "c", "e"};
  drift.client_order_id = "tvhx";
  drift.state = "unknown";
  drift.since = TimePoint();
  drift.advice = "look";
  CHECK(documented_words(page, "drift") == keys_of(wire::format_drift(drift)));

  wire::VerdictRecord verdict;
  verdict.source = "-";
  wire::Finding finding;
  finding.code = finding.name = finding.message = finding.field = finding.advice = "x";
  verdict.findings.push_back(finding);
  wire::SampleOutcome outcome;
  outcome.message = outcome.sample = outcome.refused = "x";
  verdict.becomes.push_back(outcome);
  auto verdict_keys = keys_of(wire::format_verdict(verdict));
  verdict_keys.insert({"signal", "earlier"});
  CHECK(documented_words(page, "verdict") == verdict_keys);
}

TEST_CASE("tvhook-journal(5): every table and column is in the page, and nothing else") {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("journal.db");
  REQUIRE(journal::Journal::open(path));
  std::map<std::string, std::set<std::string>> tables;
  for (const auto& row :
       test::query(path,
                   "SELECT s.name, c.name FROM sqlite_schema s JOIN pragma_table_info(s.name) c WHERE "
                   "s.type = 'table' AND s.name NOT LIKE 'sqlite_%'")) {
    tables[row[0]].insert(row[1]);
  }
  const Page page("tvhook-journal.5.scd");
  std::map<std::string, std::set<std::string>> documented;
  for (const auto& [name, lines] : page.subsections("TABLES")) {
    for (const auto& entry : test::entries_of(lines)) documented[name].merge(test::bold_words(entry.line));
  }
  for (const auto& [name, columns] : tables) {
    CAPTURE(name);
    CHECK(documented[name] == columns);
  }
  CHECK(documented.size() == tables.size());

  std::set<std::string> views;
  for (const auto& row : test::query(path, "SELECT name FROM sqlite_schema WHERE type = 'view'"))
    views.insert(row[0]);
  std::set<std::string> documented_views;
  for (const auto& entry : page.entries("VIEWS")) documented_views.merge(test::bold_words(entry.line));
  CHECK(documented_views == views);
}

TEST_CASE("tvhook.toml(5): every key is in the page, and every key of the page is taken") {
  const Page page("tvhook.toml.5.scd");
  for (const auto& [heading, section] :
       std::map<std::string, std::string>{{"[journal]", "[journal]"},
                                          {"[listen]", "[listen]"},
                                          {"[auth]", "[auth]"},
                                          {"[risk]", "[risk]"},
                                          {"[venue.NAME]", "[venue.x]"},
                                          {"[strategy.NAME]", "[strategy.x]"}}) {
    CAPTURE(heading);
    // An unknown key's error lists the known ones.
    const auto config = cli::parse_config(section + "\nzzzzzzzzzzzz = 1\n", "x");
    REQUIRE_FALSE(config);
    const std::string& message = config.error().message;
    const auto list = message.find("known here: ");
    REQUIRE(list != std::string::npos);
    std::set<std::string> known;
    const std::regex word("[a-z_]+");
    const std::string names = message.substr(list + 12);
    for (std::sregex_iterator match(names.begin(), names.end(), word); match != std::sregex_iterator();
         ++match) {
      known.insert(match->str());
    }
    std::set<std::string> documented;
    for (const auto& entry : page.entries(heading)) documented.merge(test::bold_words(entry.line));
    // The limits are described once, under [risk], with two groups of keys that stand in one more section only.
    const std::set<std::string> breaker{"failures", "window", "cool_down"};
    if (heading == "[venue.NAME]" || heading == "[strategy.NAME]") {
      for (const auto& entry : page.entries("[risk]")) documented.merge(test::bold_words(entry.line));
      if (heading == "[venue.NAME]") documented.erase("max_slippage");
      if (heading == "[strategy.NAME]")
        std::erase_if(documented, [&](const auto& key) { return breaker.contains(key); });
    }
    CHECK(documented == known);
  }
}

TEST_CASE("tvhook.toml(5): its example and those of examples/ are good configurations") {
  std::string example;
  bool inside = false;
  const Page page("tvhook.toml.5.scd");
  for (const auto& line : page.section("EXAMPLES")) {
    if (line == "```") {
      inside = !inside;
    } else if (inside) {
      example += line + "\n";
    }
  }
  const auto from_page = cli::parse_config(example, "page");
  INFO((from_page ? "" : from_page.error().message));
  CHECK(from_page);
  CHECK(example.size() > 100);
  for (const std::string name : {"tvhook.toml", "binance.toml"}) {
    const auto from_file = cli::parse_config(test::read_file(kRoot + "/examples/" + name), "examples/" + name);
    INFO((from_file ? "" : from_file.error().message));
    CHECK(from_file);
  }
}

TEST_CASE("man: every page refers to pages that exist, and none is left out") {
  std::set<std::string> pages;
  for (const auto& entry : std::filesystem::directory_iterator(kRoot + "/man")) {
    const std::string name = entry.path().filename().string();
    if (name.ends_with(".scd")) pages.insert(name);
  }
  CHECK(pages == std::set<std::string>{"tvhook-exec.1.scd", "tvhook-journal.5.scd", "tvhook-listen.1.scd",
                                       "tvhook-reconcile.1.scd", "tvhook-records.5.scd", "tvhook-replay.1.scd",
                                       "tvhook-validate.1.scd", "tvhook.7.scd", "tvhook.toml.5.scd"});
  static const std::regex kReference(R"(\*(tvhook[a-z.-]*)\*\(([157])\))");
  for (const auto& name : pages) {
    const std::string text = test::read_file(kRoot + "/man/" + name);
    for (std::sregex_iterator match(text.begin(), text.end(), kReference); match != std::sregex_iterator();
         ++match) {
      CAPTURE(name, match->str());
      CHECK(pages.contains((*match)[1].str() + "." + (*match)[2].str() + ".scd"));
    }
  }
}

TEST_CASE("man: scdoc takes every page, and its preamble names the page") {
  if (std::system("command -v scdoc >/dev/null") != 0) {
    WARN("skipped: scdoc is not installed");
    return;
  }
  for (const auto& entry : std::filesystem::directory_iterator(kRoot + "/man")) {
    const std::string name = entry.path().filename().string();
    if (!name.ends_with(".scd")) continue;
    CAPTURE(name);
    CHECK(std::system(("scdoc < '" + entry.path().string() + "' > /dev/null").c_str()) == 0);
    const std::string title = name.substr(0, name.size() - 6) + "(" + name.substr(name.size() - 5, 1) + ")";
    const std::string text = test::read_file(entry.path().string());
    CHECK(text.starts_with(title + " "));
    // scdoc loses a point at the start of a line.
    CHECK(text.find("\n.") == std::string::npos);
    CHECK(text.find("\n\t.") == std::string::npos);
  }
}
