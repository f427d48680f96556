// Cut, joined and repeated pipelines: the journal makes all of them safe.
#include "support/catch.hpp"
#include "support/record_fields.hpp"
#include "support/site.hpp"

using namespace tvh::test;

namespace {

// The NDJSON of `count` accepted signals of their own, and a site whose journal has them.
std::string signals_of(const Site& site, int count) {
  Listener listener = site.listen();
  HttpConnection connection = listener.connect();
  for (int i = 0; i < count; ++i) {
    const AlertText text{.id = std::to_string(i), .quantity = "0.001"};
    if (connection.post("/webhook", alert_body(text)).status != 200) throw std::runtime_error("not accepted");
  }
  if (listener.stop() != 0) throw std::runtime_error("the listener did not stop well");
  return listener.process().output();
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  if (at == std::string::npos) throw std::runtime_error("no " + from + " in " + text);
  return text.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("pipe: the same NDJSON twice makes no second order") {
  const Site site;
  const std::string signals = signals_of(site, 5);
  const Finished first = site.run_tool("tvhook-exec", {}, signals);
  CHECK(first.code == 0);
  CHECK(records_of(first.output).size() == 5);
  const std::string before = dump(site.journal());
  const Finished second = site.run_tool("tvhook-exec", {}, signals);
  CHECK(second.code == 0);
  const Finished both = site.run_tool("tvhook-exec", {}, signals + signals);
  CHECK(both.code == 0);
  CHECK(site.one("SELECT count(*) FROM intents") == "5");
  CHECK(site.one("SELECT count(*) FROM fills") == "5");
  CHECK(site.one("SELECT quantity FROM positions") == "0.005");
}

TEST_CASE("pipe: lines the journal has never seen are recorded under their id, and run once") {
  const Site origin;
  const std::string signals = signals_of(origin, 3);
  const Site site;
  const Finished first = site.run_tool("tvhook-exec", {}, signals + signals);
  CAPTURE(first.errors);
  CHECK(first.code == 0);
  CHECK(site.run_tool("tvhook-exec", {}, signals).code == 0);
  CHECK(site.one("SELECT count(*) FROM signals WHERE state = 'done'") == "3");
  CHECK(site.one("SELECT count(*) FROM intents") == "3");
  for (const auto& signal : records_of(signals)) {
    CHECK(site.one("SELECT count(*) FROM signals WHERE id = '" + signal.at("id") + "'") == "1");
  }
}

TEST_CASE("pipe: a line edited on the way wins over the journal's text") {
  const Site site;
  const std::string edited = replaced(signals_of(site, 1), R"("quantity":"0.001")", R"("quantity":"0.0004")");
  const Finished exec = site.run_tool("tvhook-exec", {}, edited);
  CAPTURE(exec.errors);
  CHECK(exec.code == 0);
  CHECK(site.one("SELECT quantity FROM fills") == "0.0004");
  CHECK(site.one("SELECT quantity FROM positions") == "0.0004");
}

TEST_CASE("pipe: the README's jq makes spot entries smaller, nothing else, and they are closed whole") {
  ProcessOptions jq;
  jq.arguments = {"-c", "command -v jq"};
  if (run("sh", jq).code != 0) {
    WARN("jq is not here: the README's example was not run");
    return;
  }
  const std::string readme = read_file(TVHOOK_SOURCE_FOLDER "/README.md");
  const std::string before = "jq -c --unbuffered '";
  const auto begin = readme.find(before) + before.size();
  const std::string program = readme.substr(begin, readme.find('\'', begin) - begin);

  const Site site;
  Listener listener = site.listen();
  const std::vector<AlertText> alerts{
      {.id = "1"},
      {.id = "2"},
      {.id = "3", .symbol = "BTCUSDT.P", .strategy = "perpetual"},
      {.id = "4", .strategy = "sold"},
      {.id = "5", .action = "sell", .strategy = "sold"},
      {.id = "6", .action = "close_all"},
      {.id = "7", .action = "close_all", .symbol = "BTCUSDT.P", .strategy = "perpetual"},
  };
  for (const AlertText& alert : alerts) REQUIRE(listener.post(alert_body(alert)).status == 200);
  REQUIRE(listener.stop() == 0);
  jq.arguments = {"-c", "--unbuffered", program};
  const auto changed = run("jq", jq, listener.process().output());
  REQUIRE(changed.code == 0);
  const Finished exec = site.run_tool("tvhook-exec", {}, changed.output);
  CAPTURE(exec.output, exec.errors);
  CHECK(exec.code == 0);
  CHECK(site.one("SELECT group_concat(quantity, ' ') FROM intents WHERE leg = 'entry' AND side = 'buy'") ==
        "0.001 0.001 0.01 0.001");
  CHECK(site.one("SELECT count(*) FROM positions WHERE quantity != '0'") == "0");
}

TEST_CASE("pipe: with --follow - an edited line is refused") {
  const Site site;
  const std::string edited = replaced(signals_of(site, 1), R"("quantity":"0.001")", R"("quantity":"0.0004")");
  ProcessOptions options = site.options({"--follow", "-"});
  options.input = Input::pipe;
  auto exec = site.start("tvhook-exec", options);
  exec->write_input(edited);
  exec->close_input();
  REQUIRE(exec->wait_for_lines(1));
  exec->send(SIGTERM);
  CHECK(exec->wait() == 0);
  CHECK(site.one("SELECT count(*) FROM fills WHERE quantity = '0.0004'") == "0");
}

TEST_CASE("pipe: filters pass over other symbols, which end refused with reason filtered") {
  const Site site;
  Listener listener = site.listen();
  REQUIRE(listener.post(alert_body({.id = "1"})).status == 200);
  REQUIRE(listener.post(alert_body({.id = "2", .symbol = "ETHUSDT", .price = "3000"})).status == 200);
  REQUIRE(listener.stop() == 0);
  const Finished exec = site.run_tool("tvhook-exec", {"--symbol", "BTCUSDT"}, listener.process().output());
  CAPTURE(exec.output, exec.errors);
  CHECK(site.one("SELECT group_concat(instrument) FROM fills") == "BTCUSDT");
  CHECK(site.one("SELECT state || ' ' || reason FROM signals WHERE symbol = 'ETHUSDT'")
            .rfind("refused filtered", 0) == 0);
}

TEST_CASE("plan: nothing is sent, nothing is stored, and the same input prints the same bytes") {
  const Site site;
  const std::string signals = signals_of(site, 3);
  const std::string before = dump(site.journal());
  const Finished first = site.run_tool("tvhook-exec", {"--plan"}, signals);
  const Finished second = site.run_tool("tvhook-exec", {"--plan"}, signals);
  CAPTURE(first.output, first.errors);
  CHECK(first.code == 0);
  CHECK(records_of(first.output).size() == 3);
  CHECK(first.output == second.output);
  CHECK(dump(site.journal()) == before);
  // The plan names the very order that is then sent.
  const std::string planned = records_of(first.output).at(0).at("client_order_id");
  const Finished real = site.run_tool("tvhook-exec", {}, signals);
  CHECK(records_of(real.output).at(0).at("client_order_id") == planned);
}

TEST_CASE("listen: a reader of its stdout that goes away costs no alert") {
  const Site site;
  Listener listener = site.listen();
  REQUIRE(listener.post(alert_body({.id = "0"})).status == 200);
  REQUIRE(listener.process().wait_for_lines(1));
  listener.process().close_output();
  for (int i = 1; i < 6; ++i) CHECK(listener.post(alert_body({.id = std::to_string(i)})).status == 200);
  CHECK(listener.process().wait_for_errors("stdout"));
  CHECK(listener.connect().get("/health").status == 200);
  CHECK(listener.stop() == 0);
  CHECK(site.one("SELECT count(*) FROM signals") == "6");
  const std::string errors = listener.process().errors();
  CHECK(errors.find("stdout") == errors.rfind("stdout"));  // it says so once
}

TEST_CASE("listen: a reader of its stdout that stops reading costs no answer, and no stop hangs on it") {
  const Site site;
  ProcessOptions options = site.options({"--address", "127.0.0.1:0"});
  options.output = Output::left_in_the_pipe;
  Listener listener(options);
  HttpConnection connection = listener.connect();
  const std::string padding(2000, 'x');  // 1.2 MB of signals: no pipe holds that
  for (int i = 0; i < 600; ++i) {
    const AlertText text{.id = std::to_string(i), .strategy = "s\",\"note\":\"" + padding};
    REQUIRE(connection.post("/webhook", alert_body(text)).status == 200);
  }
  CHECK(listener.connect().get("/health").status == 200);
  CHECK(listener.stop() == 0);
  CHECK(site.one("SELECT count(*) FROM signals") == "600");
}

TEST_CASE("exec: into head it stops clean, and what it had begun is finished") {
  const Site site;
  const std::string signals = signals_of(site, 40);
  ProcessOptions options = site.options();
  options.input = Input::pipe;
  auto exec = site.start("tvhook-exec", options);
  const auto lines = lines_of(signals);
  exec->write_input(lines[0] + "\n");
  REQUIRE(exec->wait_for_lines(1));
  exec->close_output();
  for (std::size_t i = 1; i < lines.size(); ++i) exec->write_input(lines[i] + "\n");
  exec->close_input();
  CHECK(exec->wait() == 0);
  CHECK(site.one("SELECT count(*) FROM intents WHERE state != 'filled'") == "0");
  CHECK(site.one("SELECT count(*) FROM signals WHERE state = 'claimed'") == "0");
}

TEST_CASE("exec: end of input at once is nothing to do") {
  const Site site;
  const Finished exec = site.run_tool("tvhook-exec");
  CHECK(exec.code == 0);
  CHECK(exec.output.empty());
}
