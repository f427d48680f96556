// The program as tests start it.
#include <csignal>

#include "support/catch.hpp"
#include "support/http_connection.hpp"
#include "support/process.hpp"

namespace tvh::venue_sim {
namespace {

test::ProcessOptions with(std::vector<std::string> arguments) {
  test::ProcessOptions options;
  options.arguments = std::move(arguments);
  return options;
}

}  // namespace

TEST_CASE("program: tells its base URL on the ready descriptor and ends on SIGTERM with 0") {
  auto options = with({"--venue", "binance_spot", "--price", "BTCUSDT=70000"});
  options.wants_ready_pipe = true;
  test::Process process(test::tool("venue-sim"), options);
  const std::string url = process.read_ready_line();
  REQUIRE(url.starts_with("http://127.0.0.1:"));
  test::HttpConnection connection(std::stoi(url.substr(url.rfind(':') + 1)));
  CHECK(connection.get("/api/v3/ticker/price?symbol=BTCUSDT").body ==
        R"({"symbol":"BTCUSDT","price":"70000.00000000"})");
  process.send(SIGTERM);
  CHECK(process.wait() == 0);
  CHECK(process.errors().empty());
}

TEST_CASE("program: wrong options end with 64 and say what is right") {
  const auto failure = [](std::vector<std::string> arguments) {
    const auto finished = test::run(test::tool("venue-sim"), with(std::move(arguments)));
    CHECK(finished.code == 64);
    return finished.errors;
  };
  CHECK(failure({"--venue", "nyse"}).find("binance_usdm") != std::string::npos);
  CHECK(failure({"--venue", "binance_spot", "--fault", "late=0.1"}).find("late_accept") != std::string::npos);
  CHECK(failure({"--venue", "binance_spot", "--fault", "slow=often"}).find("probability") != std::string::npos);
  CHECK(failure({"--venue", "binance_spot", "--price", "BTCUSDT"}).find("NAME=VALUE") != std::string::npos);
  CHECK(failure({"--venue", "binance_spot", "--address", "0.0.0.0:0"}).find("loopback") != std::string::npos);
  CHECK(failure({"--venue", "binance_spot", "--ban-ms", "3000"}).find("--ban-ms") != std::string::npos);
}

TEST_CASE("program: all faults at once leave it standing, and orders are as its log says") {
  auto options =
      with({"--venue", "binance", "--seed", "3", "--fault", "all=0.05", "--ban-ms", "1", "--slow-ms", "1"});
  options.wants_ready_pipe = true;
  test::Process process(test::tool("venue-sim"), options);
  const std::string url = process.read_ready_line();
  const int port = std::stoi(url.substr(url.rfind(':') + 1));
  int answered = 0;
  for (int i = 0; i < 200; ++i) {
    test::HttpConnection connection(port);
    // Half closed: a request left without an answer on purpose ends with the client.
    connection.send("GET /api/v3/ticker/price?symbol=BTCUSDT HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    connection.finish_sending();
    if (connection.read_answer()) ++answered;
  }
  CHECK(answered > 100);
  CHECK(process.running());
  process.send(SIGTERM);
  CHECK(process.wait() == 0);
}

}  // namespace tvh::venue_sim
