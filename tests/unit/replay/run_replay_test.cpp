#include "tvhook-replay/run_replay.hpp"

#include "journal/execution.hpp"
#include "support/catch.hpp"
#include "support/journal_invariants.hpp"
#include "support/record_fields.hpp"
#include "support/samples.hpp"
#include "support/tool_run.hpp"
#include "wire/records.hpp"

namespace {

using namespace tvh;
using namespace tvh::test;

ToolResult replay(ToolStand& stand, const ReplayOptions& options = {}, const std::string& input = "") {
  return stand.run<ReplayOptions>(run_replay, options, input);
}

model::Signal numbered(int number) {
  SampleSignal sample;
  sample.name = std::to_string(number);
  sample.received_at = at_second(number);
  sample.symbol = number % 2 == 0 ? "BTCUSDT" : "ETHUSDT";
  sample.strategy = number % 3 == 0 ? "third" : "ma";
  if (number == 5) sample.action = model::Action::close_long;
  return make_signal(sample);
}

void record(ToolStand& stand, int count) {
  auto journal = journal::Journal::open(stand.journal());
  REQUIRE(journal);
  journal::Execution book(**journal);
  auto write = (*journal)->begin_write();
  for (int number = 0; number < count; ++number) REQUIRE(book.claim(numbered(number), false, at_second(count)));
  for (int number = 0; number < count; ++number) {
    REQUIRE(book.end_signal(numbered(number).id, model::SignalState::done, "", "", at_second(count)));
  }
  REQUIRE(write->commit());
}

std::vector<std::string> ids(const ToolResult& result) {
  std::vector<std::string> all;
  for (const auto& record : records_of(result.output)) all.push_back(record.at("id"));
  return all;
}

std::vector<std::string> numbers(std::initializer_list<int> wanted) {
  std::vector<std::string> all;
  for (const int number : wanted) all.push_back(sample_id(std::to_string(number)));
  return all;
}

}  // namespace

TEST_CASE("replay: points in time are ISO, epochs, or a span before now") {
  const TimePoint now = at_second(0);
  CHECK(*parse_point("2026-11-20T10:00:00Z", now) == at_second(0));
  CHECK(*parse_point("-7d", now) == now - std::chrono::hours(7 * 24));
  CHECK(*parse_point("-90s", now) == at_second(-90));
  for (const char* bad : {"", "-", "yesterday", "--7d", "-7x"}) {
    auto parsed = parse_point(bad, now);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().code == Errc::usage);
  }
}

TEST_CASE("replay: the journal's signals come back as they were recorded, in order") {
  ToolStand stand;
  record(stand, 4);
  const auto result = replay(stand);
  CHECK(result.code == ExitCode::ok);
  std::string expected;
  for (int number = 0; number < 4; ++number) expected += wire::format_signal(numbered(number)) + "\n";
  CHECK(result.output == expected);
}

TEST_CASE("replay: filters mean the same for the journal and for a stream") {
  ToolStand stand;
  record(stand, 8);
  const std::string stream = replay(stand).output;
  ReplayOptions from_to;
  from_to.from = "2026-11-20T10:00:02Z";
  from_to.to = "2026-11-20T10:00:06Z";
  ReplayOptions symbol;
  symbol.symbol = "BTCUSDT";
  ReplayOptions strategy;
  strategy.strategy = "third";
  ReplayOptions action;
  action.action = "close_long";
  const std::vector<std::pair<ReplayOptions, std::vector<std::string>>> cases{{from_to, numbers({2, 3, 4, 5})},
                                                                              {symbol, numbers({0, 2, 4, 6})},
                                                                              {strategy, numbers({0, 3, 6})},
                                                                              {action, numbers({5})}};
  for (auto [options, expected] : cases) {
    CHECK(ids(replay(stand, options)) == expected);
    options.files = {"-"};
    CHECK(ids(replay(stand, options, stream)) == expected);
  }
}

TEST_CASE("replay: contradicting or misspelt filters are usage") {
  ToolStand stand;
  record(stand, 1);
  ReplayOptions backwards;
  backwards.from = "2026-11-20T10:00:02Z";
  backwards.to = "2026-11-20T10:00:02Z";
  CHECK(replay(stand, backwards).code == ExitCode::usage);
  ReplayOptions misspelt;
  misspelt.action = "BUY";
  CHECK(replay(stand, misspelt).code == ExitCode::usage);
  ReplayOptions missing;
  missing.files = {stand.file("nothing.ndjson")};
  CHECK(replay(stand, missing).code == ExitCode::bad_data);
}

TEST_CASE("replay: --venue paper runs them on an account of its own; the journal keeps every row as it was") {
  ToolStand stand;
  record(stand, 3);
  const auto bytes = [&] { return read_file(stand.journal()) + read_file(stand.journal() + "-wal"); };
  const std::string before = bytes();
  ReplayOptions options;
  options.venue = "paper";
  const auto first = replay(stand, options);
  CHECK(first.code == ExitCode::ok);
  const auto records = records_of(first.output);
  REQUIRE(records.size() == 3);
  for (const auto& record : records) CHECK(record.at("state") == "filled");
  CHECK(replay(stand, options).output == first.output);  // the recorded clock: the same bytes again
  CHECK((bytes() == before));
}

TEST_CASE("replay: the whole replay goes to the venue named, whatever the strategies' sections say") {
  ToolStand stand("[venue.other]\nkind = \"paper\"\n[strategy.ma]\nvenue = \"other\"\n");
  ReplayOptions options;
  options.venue = "paper";
  options.files = {"-"};
  const auto result = replay(stand, options, wire::format_signal(numbered(1)) + "\n");
  REQUIRE(records_of(result.output).size() == 1);
  CHECK(records_of(result.output)[0].at("venue") == "paper");
}

TEST_CASE("replay: a broken line is told, skipped, and exit 65") {
  ToolStand stand;
  ReplayOptions options;
  options.files = {"-"};
  const auto result = replay(stand, options, "broken\n" + wire::format_signal(numbered(1)) + "\n");
  CHECK(result.code == ExitCode::bad_data);
  CHECK(ids(result) == numbers({1}));
  CHECK(result.log.find("line 1") != std::string::npos);
}

TEST_CASE("replay: on a paper venue with a latency the last orders are filled too, when they arrive") {
  ToolStand stand("[venue.paper]\nlatency = \"1s\"\n");
  const auto at = [](int number, int second) {
    SampleSignal sample;
    sample.name = std::to_string(number);
    sample.received_at = at_second(second);
    return wire::format_signal(make_signal(sample)) + "\n";
  };
  ReplayOptions options;
  options.venue = "paper";
  options.files = {"-"};
  // Two of one moment, one before those have arrived, one long after.
  const auto result = replay(stand, options, at(1, 0) + at(2, 0) + at(3, 1) + at(4, 120));
  CAPTURE(result.log);
  CHECK(result.code == ExitCode::ok);
  const auto records = records_of(result.output);
  REQUIRE(records.size() == 4);
  for (const auto& record : records) CHECK(record.at("state") == "filled");
  CHECK(records[0].at("settled_at") == "2026-11-20T10:00:01Z");
  CHECK(records[3].at("settled_at") == "2026-11-20T10:02:01Z");
  CHECK(result.log.find("replayed 4 signals: 4 orders filled, 0 refused") != std::string::npos);
  CHECK(replay(stand, options, at(1, 120) + at(2, 0)).output ==
        replay(stand, options, at(1, 120) + at(2, 0)).output);
  CHECK(records_of(replay(stand, options, at(1, 120) + at(2, 0)).output).size() == 2);
}
