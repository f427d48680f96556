// The main job: what the tutorials tell people to send becomes orders, once.
#include <set>

#include "base/clock.hpp"
#include "support/catch.hpp"
#include "support/record_fields.hpp"
#include "support/site.hpp"

using namespace tvh::test;

namespace {

const char* const kConfig = R"(
[venue.paper.prices]
BTCUSDT = "65000"
ETHUSDT = "3000"

[strategy.default]
size = "0.02"
)";

std::string now_text() {
  return tvh::format_time(std::chrono::floor<std::chrono::seconds>(tvh::SystemClock().now()));
}

// Our wording of the tutorials' alerts, after substitution, with one secret.
std::string with_secret(const std::string& field, const std::string& rest) {
  return "{\"" + field + "\":\"" + kSecret + "\"," + rest + "}";
}

std::string running_positions(const Site& site) {
  std::string text;
  for (const Row& row : query(site.journal(),
                              "SELECT instrument, strategy, quantity FROM positions "
                              "WHERE quantity != '0' ORDER BY 1, 2")) {
    text += row[0] + " " + row[1] + " " + row[2] + "\n";
  }
  return text;
}

}  // namespace

TEST_CASE("tutorials: every published shape of alert becomes the order it means") {
  const Site site(kConfig);
  Listener listener = site.listen();
  const std::string english = with_secret("secret", R"("action":"BUY","asset":"BTCUSDT","qty":0.01)");
  const std::string portuguese = with_secret("segredo", R"("acao":"COMPRA","ativo":"ETHUSDT","qtd":0.5)");
  const std::string flask = with_secret(
      "token", R"("action":"buy","symbol":"SOLUSDT","qty":1,"price":150.25,"time":")" + now_text() + "\"");
  const std::string production = with_secret(
      "passphrase", R"("action":"buy","ticker":"XRPUSDT","exchange":"BINANCE","price":0.6123,"volume":25,)"
                    R"("strategy_id":"breakout_v2","timeframe":"15","bar_time":")" +
                        now_text() + "\"");
  const std::string pine = with_secret(
      "secret", R"("action":"buy","symbol":"ADAUSDT","price":0.45,"time":")" +
                    std::to_string(tvh::nanoseconds_since_epoch(tvh::SystemClock().now()) / 1'000'000) + "\"");
  for (const std::string& body : {english, portuguese, flask, production, pine}) {
    const HttpAnswer answer = listener.post(body);
    CAPTURE(body, answer.body);
    CHECK(answer.status == 200);
    CHECK(fields_of(answer.body).at("status") == "accepted");
  }
  REQUIRE(listener.stop() == 0);

  const std::vector<std::string> signals = lines_of(listener.process().output());
  REQUIRE(signals.size() == 5);
  CHECK(fields_of(signals[1]).at("action") == "buy");
  CHECK(fields_of(signals[1]).at("quantity") == "0.5");
  CHECK(fields_of(signals[3]).at("exchange") == "binance");
  CHECK(fields_of(signals[3]).at("quantity") == "25");
  CHECK(fields_of(signals[4]).count("quantity") == 0);

  const Finished exec = site.run_tool("tvhook-exec", {}, listener.process().output());
  CAPTURE(exec.output, exec.errors);
  CHECK(exec.code == 0);
  CHECK(running_positions(site) ==
        "ADAUSDT default 0.02\nBTCUSDT default 0.01\nETHUSDT default 0.5\nSOLUSDT default 1\n"
        "XRPUSDT breakout_v2 25\n");
  CHECK(site.one("SELECT price FROM fills WHERE instrument = 'SOLUSDT'") == "150.25");
  CHECK(site.one("SELECT price FROM fills WHERE instrument = 'ETHUSDT'") == "3000");
  CHECK(site.one("SELECT count(*) FROM signals WHERE state != 'done'") == "0");
}

TEST_CASE("tutorials: the alert with a stop and a target is accepted and refused by exec with its reason") {
  const Site site(kConfig);
  Listener listener = site.listen();
  const HttpAnswer answer = listener.post(
      with_secret("secret", R"("action":"buy","symbol":"BTCUSDT","entry_price":65000,"stop_loss":64000.5,)"
                            R"("take_profit":67000,"position_size":0.031,"atr":500.25,"timeframe":"60")"));
  CAPTURE(answer.body);
  REQUIRE(answer.status == 200);
  REQUIRE(listener.stop() == 0);
  const auto signal = records_of(listener.process().output()).at(0);
  CHECK(signal.at("quantity") == "0.031");
  CHECK(signal.at("size_unit") == "base");
  CHECK(signal.at("stop_loss") == "64000.5");

  const Finished exec = site.run_tool("tvhook-exec", {}, listener.process().output());
  CHECK(exec.code == 1);
  const auto refusal = records_of(exec.output).at(0);
  CHECK(refusal.at("kind") == "refusal");
  CHECK(refusal.at("reason") == "brackets_unsupported");
  CHECK(site.one("SELECT state || ' ' || reason FROM signals").rfind("refused brackets_unsupported", 0) == 0);
  CHECK(site.one("SELECT count(*) FROM intents") == "0");
}

TEST_CASE("duplicates: the Portuguese alert is the English one again, within the resend window") {
  const Site site(kConfig);
  Listener listener = site.listen();
  const HttpAnswer first =
      listener.post(with_secret("secret", R"("action":"BUY","asset":"BTCUSDT","qty":0.01)"));
  const HttpAnswer second =
      listener.post(with_secret("segredo", R"("acao":"COMPRA","ativo":"BTCUSDT","qtd":0.01)"));
  CHECK(first.status == 200);
  CHECK(second.status == 200);
  CHECK(fields_of(second.body).at("status") == "duplicate");
  REQUIRE(listener.stop() == 0);
  CHECK(lines_of(listener.process().output()).size() == 1);
  CHECK(site.one("SELECT count(*) FROM alerts") == "2");
  CHECK(site.one("SELECT count(*) FROM signals") == "1");
}

TEST_CASE("duplicates: a sell between two equal buys makes the second buy new") {
  const Site site(kConfig);
  Listener listener = site.listen();
  const std::string buy = with_secret("secret", R"("action":"buy","symbol":"BTCUSDT","qty":0.01)");
  const std::string sell = with_secret("secret", R"("action":"sell","symbol":"BTCUSDT","qty":0.01)");
  std::vector<std::string> answers;
  for (const std::string& body : {buy, buy, sell, buy})
    answers.push_back(fields_of(listener.post(body).body).at("status"));
  CHECK(answers == std::vector<std::string>{"accepted", "duplicate", "accepted", "accepted"});
}

TEST_CASE("duplicates: an alert that names its id is a duplicate after a restart too") {
  const Site site(kConfig);
  const std::string body = alert_body({.id = "only-once"});
  {
    Listener listener = site.listen();
    CHECK(fields_of(listener.post(body).body).at("status") == "accepted");
    CHECK(listener.stop() == 0);
  }
  Listener listener = site.listen();
  CHECK(fields_of(listener.post(body).body).at("status") == "duplicate");
  CHECK(site.one("SELECT count(*) FROM signals") == "1");
}

TEST_CASE("pipe: listen into exec buys, sells what it has, and books the profit") {
  const Site site("[venue.paper]\nfee_percent = \"0\"\n");
  Listener listener = site.listen();
  auto exec = site.start("tvhook-exec", [&] {
    ProcessOptions options = site.options();
    options.input = Input::pipe;
    return options;
  }());
  std::size_t forwarded = 0;
  const auto forward = [&](const std::string& body) {
    REQUIRE(listener.post(body).status == 200);
    REQUIRE(listener.process().wait_for_lines(++forwarded));
    exec->write_input(lines_of(listener.process().output()).at(forwarded - 1) + "\n");
    REQUIRE(exec->wait_for_lines(forwarded));
  };
  forward(alert_body({.id = "1", .quantity = "0.02", .price = "50000"}));
  forward(alert_body({.id = "2", .quantity = "0.02", .price = "60000"}));
  forward(alert_body({.id = "3", .action = "sell", .quantity = "0.03", .price = "70000"}));
  exec->close_input();
  CHECK(exec->wait() == 0);
  for (const auto& record : records_of(exec->output())) {
    CHECK(record.at("kind") == "order");
    CHECK(record.at("state") == "filled");
  }
  const Row position =
      query(site.journal(), "SELECT quantity, average_price, realised_profit FROM positions").at(0);
  CHECK(position == Row{"0.01", "55000", "450"});
  CHECK(site.one("SELECT count(DISTINCT client_order_id) FROM intents WHERE state = 'filled'") == "3");
}

TEST_CASE("follow: a signal posted while exec follows is executed and its order has our prefix") {
  const Site site;
  Listener listener = site.listen({"--no-stdout"});
  auto exec = site.start("tvhook-exec", site.options({"--follow"}));
  REQUIRE(listener.post(alert_body({.id = "a"})).status == 200);
  REQUIRE(exec->wait_for_lines(1));
  const auto order = records_of(exec->output()).at(0);
  CHECK(order.at("client_order_id").rfind("tvh", 0) == 0);
  CHECK(order.at("client_order_id").size() <= 32);
  exec->send(SIGTERM);
  CHECK(exec->wait() == 0);
  CHECK(listener.stop() == 0);
  CHECK(listener.process().output().empty());
}

TEST_CASE("without a price anywhere paper refuses by name and nothing is bought") {
  const Site site;
  Listener listener = site.listen();
  REQUIRE(listener.post(with_secret("secret", R"("action":"buy","symbol":"BTCUSDT","qty":0.01)")).status ==
          200);
  REQUIRE(listener.stop() == 0);
  const Finished exec = site.run_tool("tvhook-exec", {}, listener.process().output());
  CAPTURE(exec.output, exec.errors);
  CHECK(exec.code == 1);
  CHECK(exec.output.find("no_price") != std::string::npos);
  CHECK(site.one("SELECT count(*) FROM fills") == "0");
  CHECK(site.one("SELECT state FROM signals") == "refused");
}
