#include "tvhook-exec/run_exec.hpp"

#include <filesystem>
#include <thread>

#include "engine/pause.hpp"
#include "journal/execution.hpp"
#include "journal/process_lock.hpp"
#include "support/catch.hpp"
#include "support/journal_invariants.hpp"
#include "support/pending_signals.hpp"
#include "support/record_fields.hpp"
#include "support/samples.hpp"
#include "support/tool_run.hpp"
#include "wire/records.hpp"

namespace {

using namespace tvh;
using namespace tvh::test;
using Records = std::vector<std::map<std::string, std::string>>;

std::string line(const SampleSignal& sample) { return wire::format_signal(make_signal(sample)) + "\n"; }

ToolResult exec(ToolStand& stand, const ExecOptions& options, const std::string& input = "") {
  return stand.run<ExecOptions>(run_exec, options, input);
}

std::vector<std::string> column(ToolStand& stand, const std::string& sql) {
  auto journal = journal::Journal::open(stand.journal());
  REQUIRE(journal);
  CHECK(broken_invariants(**journal) == std::vector<std::string>());
  return read_column(**journal, sql);
}

ExecOptions planning() {
  ExecOptions options;
  options.plan = true;
  return options;
}

}  // namespace

TEST_CASE("exec: signals on stdin become one order record each, and exit 0") {
  ToolStand stand;
  const auto result = exec(stand, {}, line({"1"}) + "\n" + line({"2", model::Action::close_long}));
  CHECK(result.code == ExitCode::ok);
  const Records records = records_of(result.output);
  REQUIRE(records.size() == 2);
  CHECK(records[0].at("kind") == "order");
  CHECK(records[0].at("state") == "filled");
  CHECK(records[0].at("side") == "buy");
  CHECK(records[1].at("side") == "sell");
  CHECK(column(stand, "SELECT quantity FROM positions") == std::vector<std::string>{"0"});
}

TEST_CASE("exec: the same stdin again makes no second order and is no failure") {
  ToolStand stand;
  const std::string input = line({"1"}) + line({"2"});
  CHECK(records_of(exec(stand, {}, input + input).output).size() == 2);
  const auto again = exec(stand, {}, input);
  CHECK(again.code == ExitCode::ok);
  CHECK(again.output.empty());
  CHECK(column(stand, "SELECT client_order_id FROM paper_orders").size() == 2);
}

TEST_CASE("exec: broken lines are told by number and skipped, the others run, exit 65") {
  ToolStand stand;
  const auto result = exec(stand, {},
                           line({"1"}) + "not json\n" + line({"2"}) + "{\"kind\":\"order\",\"v\":1}\n" +
                               "{\"kind\":\"signal\",\"v\":1}");
  CHECK(result.code == ExitCode::bad_data);
  CHECK(records_of(result.output).size() == 2);
  CHECK(result.log.find("line 2") != std::string::npos);
  CHECK(result.log.find("line 4") != std::string::npos);
  CHECK(result.log.find("line 5") != std::string::npos);
  CHECK(result.log.find("line 1") == std::string::npos);
}

TEST_CASE("exec: a refusal is a record on stdout and exit 1") {
  ToolStand stand;
  const auto result = exec(stand, {}, line({"1", model::Action::sell}));
  CHECK(result.code == ExitCode::answer_is_no);
  const Records records = records_of(result.output);
  REQUIRE(records.size() == 1);
  CHECK(records[0].at("kind") == "refusal");
  CHECK(records[0].at("reason") == "nothing_to_sell");
}

TEST_CASE("exec: of broken lines and refusals the graver code is the exit code") {
  ToolStand stand;
  CHECK(exec(stand, {}, "nonsense\n" + line({"1", model::Action::sell})).code == ExitCode::bad_data);
}

TEST_CASE("exec: --plan prints what would be sent, changes nothing and makes no journal") {
  ToolStand stand;
  const auto result = exec(stand, planning(), line({"1"}) + line({"2", model::Action::sell, "BTCUSDT", "5"}));
  CHECK(result.code == ExitCode::ok);
  const Records records = records_of(result.output);
  REQUIRE(records.size() == 2);
  CHECK(records[0].at("state") == "planned");
  CHECK(records[0].at("plan") == "true");
  CHECK(records[1].at("quantity") == "0.01");  // the second meets what the first would have left
  CHECK_FALSE(std::filesystem::exists(stand.journal()));
}

TEST_CASE("exec: --plan is the same bytes again") {
  ToolStand stand;
  const std::string input =
      line({"1"}) + line({"2", model::Action::sell}) + line({"3", model::Action::close_long});
  CHECK(exec(stand, planning(), input).output == exec(stand, planning(), input).output);
}

TEST_CASE(
    "exec: --plan starts from the journal's positions, leaves every row of it alone, and passes over what has "
    "ended") {
  ToolStand stand;
  REQUIRE(exec(stand, {}, line({"1"})).code == ExitCode::ok);
  const auto before = column(stand,
                             "SELECT (SELECT count(*) FROM signals) || ' ' || (SELECT count(*) FROM intents) "
                             "|| ' ' || (SELECT quantity FROM positions)");
  const auto result = exec(stand, planning(), line({"1"}) + line({"2", model::Action::sell, "BTCUSDT", "5"}));
  const Records records = records_of(result.output);
  REQUIRE(records.size() == 1);
  CHECK(records[0].at("quantity") == "0.01");
  CHECK(column(stand,
               "SELECT (SELECT count(*) FROM signals) || ' ' || (SELECT count(*) FROM intents) || ' ' || "
               "(SELECT quantity FROM positions)") == before);
}

TEST_CASE("exec: --halt stops, --status says so, --resume lifts it") {
  ToolStand stand;
  ExecOptions halt;
  halt.halt = "looking into it";
  CHECK(exec(stand, halt).output.find("halted at ") == 0);
  ExecOptions status;
  status.status = true;
  CHECK(exec(stand, status).output.find("looking into it") != std::string::npos);
  const auto refused = exec(stand, {}, line({"1"}));
  CHECK(refused.code == ExitCode::answer_is_no);
  CHECK(records_of(refused.output).at(0).at("reason") == "halted");
  ExecOptions resume;
  resume.resume = true;
  CHECK(exec(stand, resume).code == ExitCode::ok);
  CHECK(exec(stand, {}, line({"2"})).code == ExitCode::ok);
}

TEST_CASE(
    "exec: --status tells until when a venue wants to hear nothing, and nothing of pauses that are over") {
  ToolStand stand;
  exec(stand, {}, line({"1"}));
  ExecOptions status;
  status.status = true;
  const auto put = [&](const std::string& venue, std::chrono::seconds from, std::chrono::seconds until) {
    auto journal = journal::Journal::open(stand.journal());
    REQUIRE(journal);
    const TimePoint now = SystemClock().now();
    const std::string value = engine::format_pause({now + from, now + until});
    REQUIRE((*journal)->connection().execute(
        ("INSERT INTO controls (key, value, updated_at) VALUES ('pause:" + venue + "', '" + value + "', 1)")
            .c_str()));
  };
  put("over", std::chrono::seconds(-600), std::chrono::seconds(-60));
  CHECK(exec(stand, status).output.find("pause") == std::string::npos);
  put("bybit", std::chrono::seconds(-60), std::chrono::seconds(600));
  const std::string text = exec(stand, status).output;
  CHECK(text.find("pause         [venue.bybit] asked us to wait: nothing is sent there before 20") !=
        std::string::npos);
  CHECK(text.find("venue.over") == std::string::npos);
  status.format = "json";
  CHECK(exec(stand, status).output.find(R"("pauses":[{"venue":"bybit","until":"20)") != std::string::npos);
}

TEST_CASE("exec: a second executor on one journal is sent away as temporary, and told about the first") {
  ToolStand stand;
  REQUIRE(exec(stand, {}).code == ExitCode::ok);
  const auto first = journal::ProcessLock::acquire(journal::executor_lock_path(stand.journal()), "pid 42");
  REQUIRE(first);
  const auto second = exec(stand, {}, line({"1"}));
  CHECK(second.code == ExitCode::temporary);
  CHECK(second.error.find("pid 42") != std::string::npos);
  CHECK(column(stand, "SELECT id FROM signals").empty());
}

TEST_CASE("exec: contradicting options are usage, an unknown venue and a lone --live are configuration") {
  ToolStand stand;
  ExecOptions both = planning();
  both.resume = true;
  CHECK(exec(stand, both).code == ExitCode::usage);
  ExecOptions followed_plan = planning();
  followed_plan.follow = "";
  CHECK(exec(stand, followed_plan).code == ExitCode::usage);
  ExecOptions silent_halt;
  silent_halt.halt = "";
  CHECK(exec(stand, silent_halt).code == ExitCode::usage);
  ExecOptions elsewhere;
  elsewhere.venue = "nowhere";
  CHECK(exec(stand, elsewhere).code == ExitCode::configuration);
  ExecOptions live;
  live.live = true;
  CHECK(exec(stand, live).code == ExitCode::configuration);
  CHECK_FALSE(std::filesystem::exists(stand.journal()));
}

TEST_CASE("exec: --follow executes what waits in the journal and what comes after, and stops with 0") {
  ToolStand stand;
  const auto receive = [&](const char* name) {
    const auto journal = std::move(*journal::Journal::open(stand.journal()));
    record_pending(*journal, {make_signal({name})});
    journal->ring();
  };
  receive("1");
  int ends[2];
  REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
  const int nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  ToolResult result;
  std::thread executor([&] {
    ExecOptions options;
    options.follow = "";
    result = stand.run<ExecOptions>(run_exec, options, nothing, ends[1]);
  });
  const auto next_line = [&] {
    std::string text;
    char byte = 0;
    while (::read(ends[0], &byte, 1) == 1 && byte != '\n') text += byte;
    return text;
  };
  CHECK(fields_of(next_line()).at("signal_id") == sample_id("1"));
  receive("2");
  CHECK(fields_of(next_line()).at("signal_id") == sample_id("2"));
  stand.stop.request();
  executor.join();
  CHECK(result.code == ExitCode::ok);
  for (const int fd : {ends[0], ends[1], nothing}) ::close(fd);
  CHECK(column(stand, "SELECT state FROM signals") == std::vector<std::string>{"done", "done"});
}
