#include "tvhook-reconcile/run_reconcile.hpp"

#include "journal/execution.hpp"
#include "journal/paper_store.hpp"
#include "support/catch.hpp"
#include "support/record_fields.hpp"
#include "support/samples.hpp"
#include "support/tool_run.hpp"

namespace {

using namespace tvh;
using namespace tvh::test;

ToolResult reconcile(ToolStand& stand, const ReconcileOptions& options = {}) {
  return stand.run<ReconcileOptions>(run_reconcile, options);
}

// A journal where a strategy holds 0.1 BTCUSDT and the paper venue holds `at_venue`.
void hold(ToolStand& stand, const char* at_venue, const char* venue = "paper") {
  auto journal = journal::Journal::open(stand.journal());
  REQUIRE(journal);
  journal::SqlitePaperStore store(**journal, venue);
  model::OrderRequest request;
  request.client_order_id = "tvhx";
  request.instrument = "BTCUSDT";
  request.quantity = dec(at_venue);
  const model::Fill fill{"tvhx",     venue,        "BTCUSDT", "paper-tvhx", "1",         model::Side::buy,
                         dec("0.1"), dec("50000"), dec("5"),  "USDT",       at_second(1)};
  REQUIRE(
      store.append_effect({{request, {"paper-tvhx", model::OrderState::filled, dec(at_venue), {fill}}, fill.at},
                           {},
                           {"BTCUSDT", dec(at_venue), {}},
                           dec("50000")}));
  auto write = (*journal)->begin_write();
  REQUIRE(write);
  REQUIRE(journal::Execution(**journal).append_fill(fill, "ma", make_instrument("BTCUSDT")));
  REQUIRE(write->commit());
}

ReconcileOptions as_json() {
  ReconcileOptions options;
  options.format = "json";
  return options;
}

}  // namespace

TEST_CASE("reconcile: agreement is exit 0, a table that says so, and no line of JSON") {
  ToolStand stand;
  hold(stand, "0.1");
  const auto table = reconcile(stand);
  CHECK(table.code == ExitCode::ok);
  CHECK(table.output.find("BTCUSDT") != std::string::npos);
  CHECK(table.output.find("no drift") != std::string::npos);
  const auto json = reconcile(stand, as_json());
  CHECK(json.code == ExitCode::ok);
  CHECK(json.output.empty());
}

TEST_CASE("reconcile: a difference is exit 1 and one drift record, signed from the journal to the venue") {
  ToolStand stand;
  hold(stand, "0.15");
  const auto json = reconcile(stand, as_json());
  CHECK(json.code == ExitCode::answer_is_no);
  const auto records = records_of(json.output);
  REQUIRE(records.size() == 1);
  CHECK(records[0].at("kind") == "drift");
  CHECK(records[0].at("instrument") == "BTCUSDT");
  CHECK(records[0].at("journal") == "0.1");
  CHECK(records[0].at("drift") == "0.05");
  CHECK(reconcile(stand).output.find("1 drift") != std::string::npos);
}

TEST_CASE("reconcile: --tolerance forgives exactly so much, and must be a quantity") {
  ToolStand stand;
  hold(stand, "0.15");
  ReconcileOptions options;
  options.tolerance = "0.05";
  CHECK(reconcile(stand, options).code == ExitCode::ok);
  options.tolerance = "0.049";
  CHECK(reconcile(stand, options).code == ExitCode::answer_is_no);
  for (const char* bad : {"-1", "much", ""}) {
    options.tolerance = bad;
    CHECK(reconcile(stand, options).code == ExitCode::usage);
  }
}

TEST_CASE("reconcile: a position at a venue that the configuration lost is an error, not agreement") {
  ToolStand stand;
  hold(stand, "0.1", "gone");
  const auto result = reconcile(stand);
  CHECK(result.code == ExitCode::configuration);
  CHECK(result.log.find("gone") != std::string::npos);
}

TEST_CASE("reconcile: looking changes no byte of the journal; without a journal it says what to do") {
  ToolStand stand;
  CHECK(reconcile(stand).code == ExitCode::storage);
  hold(stand, "0.15");
  const auto bytes = [&] { return read_file(stand.journal()) + read_file(stand.journal() + "-wal"); };
  const std::string before = bytes();
  reconcile(stand);
  CHECK((bytes() == before));
}

TEST_CASE("reconcile: a venue that does not answer, or cannot be opened, hides no drift at the others") {
  ToolStand stand(
      "[venue.a]\nkind = \"binance_spot\"\nbase_url = \"http://127.0.0.1:1\"\napi_key = \"env:KEY\"\n"
      "api_secret = \"env:SECRET\"\n[venue.b]\nkind = \"paper\"\n");
  hold(stand, "0.6", "b");
  const auto json = reconcile(stand, as_json());
  CHECK(json.code != ExitCode::answer_is_no);  // the graver one: what could not be asked
  CHECK(json.code != ExitCode::ok);
  const auto records = records_of(json.output);
  REQUIRE(records.size() == 1);
  CHECK(records[0].at("venue") == "b");
  CHECK(records[0].at("drift") == "0.5");
  CHECK(json.log.find("venue.a") != std::string::npos);
  const auto table = reconcile(stand);
  CHECK(table.output.find("1 drift: nothing was changed; not compared, or not all of it: a") !=
        std::string::npos);
}

TEST_CASE("reconcile: where something was not compared it does not say that there is no drift") {
  ToolStand stand;
  hold(stand, "0.1", "gone");
  CHECK(reconcile(stand).output.find("no drift in what was compared; not compared, or not all of it: gone") !=
        std::string::npos);
}

TEST_CASE(
    "reconcile: the table names a few of many strategies and counts the others; the record has them all") {
  ToolStand stand;
  hold(stand, "0.15");
  {
    auto journal = journal::Journal::open(stand.journal());
    REQUIRE(journal);
    auto write = (*journal)->begin_write();
    REQUIRE(write);
    for (int number = 0; number < 400; ++number) {
      const std::string name = "s" + std::to_string(1000 + number);
      const model::Fill fill{"tvh" + name, "paper",          "BTCUSDT",    "paper-" + name,
                             "1",          model::Side::buy, dec("0.001"), dec("50000"),
                             dec("0"),     "USDT",           at_second(1)};
      REQUIRE(journal::Execution(**journal).append_fill(fill, name, make_instrument("BTCUSDT")));
    }
    REQUIRE(write->commit());
  }
  const auto table = reconcile(stand).output;
  CAPTURE(table);
  CHECK(table.find("ma,s1000,s1001 and 398 more ") != std::string::npos);
  CHECK(table.find("s1002") == std::string::npos);
  const auto records = records_of(reconcile(stand, as_json()).output);
  REQUIRE(records.size() == 1);
  CHECK(records[0].at("strategy").find("s1000,s1001,s1002,") != std::string::npos);
  CHECK(records[0].at("strategy").find("s1399") != std::string::npos);
}
