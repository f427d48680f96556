// A real client library's requests, byte for byte, at the time and with the key they were made with.
#include <map>

#include "support/catch.hpp"
#include "venue_sim/oracles/oracle.hpp"
#include "venue_sim/stand/stand.hpp"

namespace tvh::venue_sim {
namespace {

// What is refused, and why; everything else is answered 200. The captures come from a client that was shown
// made-up answers, so some of its requests do not follow from each other.
const std::map<std::string, int> kRefused{
    {"tv-sig_00006", -1104},   // the client's mistake: a spot stop names its price triggerPrice
    {"tv-sig_000014", -4061},  // positionSide LONG before the switch to hedge mode
    {"tv-sig_000015", -4061},
};

test::HttpAnswer replay(int port, const nlohmann::json& request) {
  const std::string query = request["query"].get<std::string>();
  std::string text = request["method"].get<std::string>() + " " + request["path"].get<std::string>() +
                     (query.empty() ? "" : "?" + query) + " HTTP/1.1\r\nHost: 127.0.0.1\r\n";
  for (const auto& [name, value] : request["headers"].items())
    text += name + ": " + value.get<std::string>() + "\r\n";
  test::HttpConnection connection(port);
  connection.send(text + "\r\n" + request["body"].get<std::string>());
  const auto answer = connection.read_answer();
  REQUIRE(answer);
  return *answer;
}

// newClientOrderId or clientAlgoId.
std::string id_of(const std::string& body) {
  const auto at = body.find("tv-sig_");
  return at == std::string::npos ? "" : body.substr(at, body.find('&', at) - at);
}

}  // namespace

TEST_CASE("captures: an existing client's requests are taken unchanged") {
  for (const std::string file : {"binance.json", "binance.demo.json", "binanceusdm.json"}) {
    const auto capture = read_oracle("captures/" + file);
    auto options = stand_options("binance");
    options.venue.api_key = capture["apiKey"].get<std::string>();
    options.venue.api_secret = capture["secret"].get<std::string>();
    options.venue.prices = {{"BTCUSDT", Decimal(26'500)}};
    options.venue.balances = {{"USDT", Decimal(10'000)}, {"BTC", Decimal(1)}};
    options.fixed_time_ms = capture["fixed_timestamp_ms"].get<Milliseconds>() + 100;
    Stand stand(options);
    for (const auto& request : capture["requests"]) {
      const auto answer = replay(stand.port(), request);
      const auto body = nlohmann::json::parse(answer.body);
      INFO(file << " " << request["label"] << " " << request["body"] << " -> " << answer.body);
      const auto refused = kRefused.find(id_of(request["body"].get<std::string>()));
      if (refused != kRefused.end()) {
        CHECK(body["code"] == refused->second);
      } else if (request["path"] == "/fapi/v1/positionSide/dual") {
        CHECK(body["code"] == -4068);  // the capture has bought
      } else {
        CHECK(answer.status == 200);
      }
    }
  }
}

}  // namespace tvh::venue_sim
