#include "model/signal.hpp"

#include <algorithm>

#include "model/instrument.hpp"
#include "model/order.hpp"
#include "support/catch.hpp"

using namespace tvh;
using namespace tvh::model;
using namespace std::chrono_literals;

TEST_CASE("signal: the direction of an action") {
  CHECK(direction_of(Action::buy) == 1);
  CHECK(direction_of(Action::close_short) == 1);
  CHECK(direction_of(Action::sell) == -1);
  CHECK(direction_of(Action::close_long) == -1);
  for (const Action action : {Action::close_all, Action::cancel, Action::target, Action::heartbeat}) {
    CHECK(direction_of(action) == 0);
  }
}

TEST_CASE("instrument: one symbol's spot and perpetual are two instruments") {
  CHECK(instrument_name("BTCUSDT", Market::spot) == "BTCUSDT");
  CHECK(instrument_name("BTCUSDT", Market::perp) == "BTCUSDT.P");
}

TEST_CASE("timeframe: TradingView's intervals") {
  CHECK(timeframe_duration("1") == Nanoseconds(1min));
  CHECK(timeframe_duration("15") == Nanoseconds(15min));
  CHECK(timeframe_duration("240") == Nanoseconds(4h));
  CHECK(timeframe_duration("30S") == Nanoseconds(30s));
  CHECK(timeframe_duration("15m") == Nanoseconds(15min));
  CHECK(timeframe_duration("4h") == Nanoseconds(4h));
  CHECK(timeframe_duration("4H") == Nanoseconds(4h));
  CHECK(timeframe_duration("D") == Nanoseconds(24h));
  CHECK(timeframe_duration("1D") == Nanoseconds(24h));
  CHECK(timeframe_duration("3d") == Nanoseconds(72h));
  CHECK(timeframe_duration("W") == Nanoseconds(7 * 24h));
  CHECK(timeframe_duration("2W") == Nanoseconds(14 * 24h));
}

TEST_CASE("timeframe: months, ticks, ranges and nonsense have no duration") {
  for (const std::string text : {"", "M", "1M", "12M", "10T", "100R", "0", "-5", "0D", "15min", "1.5", "D1",
                                 "15 ", " 15", "99999999999999999999", "{{interval}}"}) {
    CAPTURE(text);
    CHECK_FALSE(timeframe_duration(text).has_value());
  }
}

TEST_CASE("timeframe: a bar of months ends in the calendar's months, one without a length where it starts") {
  const auto ends = [](const char* start, const char* timeframe) {
    return format_time(bar_end(*parse_time(start), timeframe));
  };
  CHECK(ends("2026-11-20T08:00:00Z", "240") == "2026-11-20T12:00:00Z");
  CHECK(ends("2026-11-16T00:00:00Z", "1W") == "2026-11-23T00:00:00Z");
  CHECK(ends("2026-11-01T00:00:00Z", "1M") == "2026-12-01T00:00:00Z");
  CHECK(ends("2026-12-01T00:00:00Z", "M") == "2027-01-01T00:00:00Z");
  CHECK(ends("2026-11-01T00:00:00Z", "3M") == "2027-02-01T00:00:00Z");
  CHECK(ends("2026-01-01T00:00:00Z", "12M") == "2027-01-01T00:00:00Z");
  CHECK(ends("2026-10-31T22:00:00Z", "1M") ==
        "2026-11-30T22:00:00Z");  // a session that begins the evening before
  for (const char* endless : {"", "10T", "100R", "0M", "9999M", "M1"}) {
    CHECK(ends("2026-11-20T10:00:00Z", endless) == "2026-11-20T10:00:00Z");
  }
}

TEST_CASE("timeframe: what is accepted is what was written, however large") {
  for (const std::string suffix : {"", "S", "m", "h", "D", "W"}) {
    for (const std::int64_t count : {999LL, 100'000LL, 999'999LL, 1'000'000LL}) {
      CAPTURE(suffix, count);
      const auto one = timeframe_duration("1" + suffix);
      const auto many = timeframe_duration(std::to_string(count) + suffix);
      REQUIRE(one.has_value());
      if (many) CHECK(*many / *one == count);
    }
  }
}

namespace {

TimePoint at(const char* text) { return parse_time(text).value(); }

}  // namespace

TEST_CASE("bar: begun anew each day, so that no two bars are one, whatever their length") {
  // What the day's bars are like: they begin at 00:00 UTC, and the last one is cut off by the next day.
  for (const std::string timeframe : {"7", "25", "50", "100", "15", "240", "45S", "7h", "1439"}) {
    const auto length = timeframe_duration(timeframe).value();
    for (const TimePoint day : {at("2026-11-20T00:00:00Z"), at("2026-11-21T00:00:00Z"), TimePoint() - 48h}) {
      for (TimePoint bar = day; bar < day + 24h; bar += length) {
        CAPTURE(timeframe, nanoseconds_since_epoch(bar));
        const TimePoint next = std::min(bar + length, day + 24h);
        REQUIRE(bar_start(bar, timeframe) == bar);
        REQUIRE(bar_start(next - 1ns, timeframe) == bar);
      }
    }
  }
  CHECK(bar_start(at("2026-11-20T10:15:01Z"), "1D") == at("2026-11-20T10:15:01Z"));
  CHECK(bar_start(at("2026-11-20T10:15:01Z"), "") == at("2026-11-20T10:15:01Z"));
}

TEST_CASE("bar: lengths that fit a day") {
  for (const std::string timeframe : {"1", "15", "45", "240", "30S", "1D"}) CHECK(bars_fit_day(timeframe));
  for (const std::string timeframe : {"7", "25", "50", "100", "7h", "2D", "W", "M", ""})
    CHECK_FALSE(bars_fit_day(timeframe));
}

TEST_CASE("symbol: split into base and quote, the longest quote first") {
  const auto split = [](const std::string& symbol) {
    const auto pair = split_symbol(symbol);
    return pair ? pair->base + "/" + pair->quote : "none";
  };
  CHECK(split("BTCUSDT") == "BTC/USDT");
  CHECK(split("ETHBTC") == "ETH/BTC");
  CHECK(split("BTCFDUSD") == "BTC/FDUSD");
  CHECK(split("BTCUSD") == "BTC/USD");
  CHECK(split("USDCUSDT") == "USDC/USDT");
  CHECK(split("EURUSD") == "EUR/USD");
  CHECK(split("1000PEPEUSDT") == "1000PEPE/USDT");
  CHECK(split("BNBETH") == "BNB/ETH");
  CHECK(split("USDT") == "none");
  CHECK(split("FDUSD") == "FD/USD");
  CHECK(split("AAPL") == "none");
  CHECK(split("") == "none");
  CHECK(split("btcusdt") == "none");
}

TEST_CASE("client order id: 32 characters every venue takes, one per intent") {
  const std::string id = client_order_id("signal1", "paper", "entry", 0);
  CHECK(id.size() == 32);
  CHECK(id.starts_with("tvh"));
  CHECK(id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789") == std::string::npos);
  CHECK(id == client_order_id("signal1", "paper", "entry", 0));
  CHECK(id != client_order_id("signal2", "paper", "entry", 0));
  CHECK(id != client_order_id("signal1", "bybit", "entry", 0));
  CHECK(id != client_order_id("signal1", "paper", "stop", 0));
  CHECK(id != client_order_id("signal1", "paper", "entry", 1));
  CHECK(client_order_id("a", "bc", "x", 0) != client_order_id("ab", "c", "x", 0));
}
