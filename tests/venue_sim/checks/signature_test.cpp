#include "venue_sim/binance/signature.hpp"

#include "support/catch.hpp"
#include "venue_sim/stand/stand.hpp"

namespace tvh::venue_sim {
namespace {

const std::string kKey = "X-MBX-APIKEY: sim-key\r\n";

std::string at(Milliseconds time) { return "timestamp=" + std::to_string(time); }
std::string signature_of(const std::string& payload) {
  return "signature=" + binance::hmac_hex("sim-secret", payload);
}

}  // namespace

// RFC 4231, test case 2: a known answer that needs no file.
TEST_CASE("signature: HMAC-SHA256 gives the published answer") {
  CHECK(binance::hmac_hex("Jefe", "what do ya want for nothing?") ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST_CASE("signature: what is signed is query and body put together without the signature") {
  CHECK(binance::signed_payload("a=1&b=2", "c=3&signature=00") == "a=1&b=2c=3");
  CHECK(binance::signed_payload("a=1&signature=00", "") == "a=1");
  CHECK(binance::signed_payload("signature=00&a=1", "") == "a=1");
}

TEST_CASE("signature: parameters may be in query, body or both, and the hex in capitals") {
  Stand stand("binance_spot");
  Client client(stand);
  const std::string order = "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.01";
  const std::string path = "/api/v3/order/test";
  const std::string all = order + "&" + at(kStart);
  CHECK(client.plain("POST", path, all + "&" + signature_of(all), "", kKey).status == 200);
  CHECK(client.plain("POST", path, "", all + "&" + signature_of(all), kKey).status == 200);
  CHECK(client.plain("POST", path, order, at(kStart) + "&" + signature_of(order + at(kStart)), kKey).status ==
        200);
  std::string capitals = binance::hmac_hex("sim-secret", all);
  for (char& c : capitals) c = c >= 'a' && c <= 'f' ? char(c - 32) : c;
  CHECK(client.plain("POST", path, all + "&signature=" + capitals, "", kKey).status == 200);
}

TEST_CASE("signature: where query and body name the same parameter, the query counts") {
  Stand stand("binance_spot");
  Client client(stand);
  const std::string query = "symbol=BTCUSDT&" + at(kStart);
  const std::string body = "symbol=NOSUCH";
  const auto reply =
      client.plain("DELETE", "/api/v3/openOrders", query, body + "&" + signature_of(query + body), kKey);
  CHECK(reply.code() == -2011);  // not -1121: there is no NOSUCH
}

TEST_CASE("signature: a wrong one, a missing one and a bare character are refused") {
  Stand stand("binance_spot");
  Client client(stand);
  const std::string path = "/api/v3/account";
  CHECK(client.plain("GET", path, at(kStart) + "&signature=00", "", kKey).code() == -1022);
  const auto missing = client.plain("GET", path, at(kStart), "", kKey);
  CHECK(missing.code() == -1102);
  CHECK(missing.message() == "Mandatory parameter 'signature' was not sent, was empty/null, or malformed.");
  const std::string bare = "omitZeroBalances=true&x=[1]&" + at(kStart);
  CHECK(client.plain("GET", path, bare + "&" + signature_of(bare), "", kKey).code() == -1022);
}

TEST_CASE("key: none, and one that is not ours, are refused with 401") {
  Stand stand("binance_spot");
  Client client(stand);
  const std::string query = at(kStart) + "&" + signature_of(at(kStart));
  const auto none = client.plain("GET", "/api/v3/account", query);
  CHECK(none.status == 401);
  CHECK(none.code() == -2014);
  const auto other = client.plain("GET", "/api/v3/account", query, "", "X-MBX-APIKEY: other\r\n");
  CHECK(other.status == 401);
  CHECK(other.code() == -2015);
}

TEST_CASE("timestamp: accepted up to a second ahead and as long as the window") {
  Stand stand("binance_spot");
  Client client(stand);
  const auto code_at = [&](Milliseconds offset, const std::string& window) {
    client.timestamp = kStart + offset;
    client.window = window;
    return client.call("GET", "/api/v3/account").code();
  };
  CHECK(code_at(999, "5000") == 0);
  CHECK(code_at(1000, "5000") == -1021);
  CHECK(code_at(-5000, "5000") == 0);
  CHECK(code_at(-5001, "5000") == -1021);
  CHECK(code_at(-1, "0.5") == -1021);
  CHECK(code_at(0, "60000") == 0);
  CHECK(code_at(0, "60001") == -1131);
}

TEST_CASE("timestamp: microseconds are understood, nonsense is not") {
  Stand stand("binance_spot");
  Client client(stand);
  client.timestamp = kStart * 1000;
  CHECK(client.call("GET", "/api/v3/account").status == 200);
  const std::string text = "timestamp=soon";
  CHECK(client.plain("GET", "/api/v3/account", text + "&" + signature_of(text), "", kKey).code() == -1100);
}

}  // namespace tvh::venue_sim
