#include "wire/symbol.hpp"

#include "support/catch.hpp"

using namespace tvh;
using namespace tvh::wire;

namespace {

// "exchange base/quote market", or the reason.
std::string read(std::string_view text, std::string_view perp_quote = {}) {
  const auto parsed = parse_symbol(text, perp_quote);
  if (const auto* bad = std::get_if<BadSymbol>(&parsed)) {
    return (bad->is_ambiguous ? "ambiguous: " : "bad: ") + bad->reason;
  }
  const auto& ticker = std::get<Ticker>(parsed);
  return ticker.exchange + " " + ticker.symbol + " " + ticker.base + "/" + ticker.quote + " " +
         std::string(model::to_text(ticker.market));
}

}  // namespace

TEST_CASE("symbol: every spelling of one instrument is that instrument") {
  for (const std::string spot : {"BTCUSDT", "btcusdt", "BTC/USDT", "BTC-USDT"}) {
    CHECK(read(spot) == " BTCUSDT BTC/USDT spot");
  }
  for (const std::string perp : {"BTCUSDT.P", "BTCUSDTPERP", "BTC/USDT:USDT", "BTC-USDT-SWAP", "BTC-USDT.P"}) {
    CHECK(read(perp) == " BTCUSDT BTC/USDT perp");
  }
  CHECK(read("BINANCE:BTCUSDT") == "binance BTCUSDT BTC/USDT spot");
  CHECK(read("BYBIT:ETHUSDT.P") == "bybit ETHUSDT ETH/USDT perp");
  CHECK(read("NYMEX_DL:CLZ2026") == "nymex CLZ2026 / spot");
  CHECK(read("NASDAQ_DLY:AMD") == "nasdaq AMD / spot");
  CHECK(read("PERPUSDT") == " PERPUSDT PERP/USDT spot");
  CHECK(read("1000PEPEUSDT.P") == " 1000PEPEUSDT 1000PEPE/USDT perp");
}

TEST_CASE("symbol: what could be two things is a reason, unless the service's own convention says") {
  CHECK(read("BTC-PERP").find("ambiguous: is a perpetual that names no quote asset") == 0);
  CHECK(read("BTCPERP").find("ambiguous: is a perpetual that names no quote asset") == 0);
  CHECK(read("BTC-PERP", "USD") == " BTCUSD BTC/USD perp");
  CHECK(read("USDT_BTC").find("ambiguous: is base_quote at some services") == 0);
}

TEST_CASE("symbol: what is not traded is refused by what it is") {
  CHECK(read("BTC/USD:BTC").find("bad: is settled in another asset") == 0);
  CHECK(read("BTC-USD-SWAP").find("bad: is a coin-margined perpetual") == 0);
  CHECK(read("BTC-USDT-261226").find("bad: is a dated future") == 0);
  CHECK(read("BTC/USDT:USDT-261226").find("bad: is a dated future") == 0);
  CHECK(read("NQ1!").find("bad: is a continuous future") == 0);
  for (const std::string bad : {"", "AB", ":", "BINANCE:", "BTC USDT", "ÉTHUSDT", "/", "-", "_", "BTC//USDT",
                                "A-B-C-D", ".P", "PERP/", "BTC/USDT:", "ABCDEFGHIJKLMNOPQRSTU"}) {
    CAPTURE(bad);
    CHECK(read(bad).find("bad: ") == 0);
  }
}
