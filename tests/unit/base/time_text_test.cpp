#include <random>

#include "base/clock.hpp"
#include "support/catch.hpp"

using namespace tvh;
using namespace std::chrono_literals;

namespace {

TimePoint at(std::int64_t seconds, std::int64_t nanoseconds = 0) {
  return from_nanoseconds(seconds * 1'000'000'000 + nanoseconds);
}

}  // namespace

TEST_CASE("time text: whole seconds have no fraction, fractions have 3, 6 or 9 digits") {
  CHECK(format_time(at(1795169703)) == "2026-11-20T10:15:03Z");
  CHECK(format_time(at(1795169703, 412'000'000)) == "2026-11-20T10:15:03.412Z");
  CHECK(format_time(at(1795169703, 400'000'000)) == "2026-11-20T10:15:03.400Z");
  CHECK(format_time(at(1795169703, 412'000'100)) == "2026-11-20T10:15:03.412000100Z");
  CHECK(format_time(at(1795169703, 1'000)) == "2026-11-20T10:15:03.000001Z");
  CHECK(format_time(at(951782400)) == "2000-02-29T00:00:00Z");
  CHECK(format_time(at(0)) == "1970-01-01T00:00:00Z");
}

TEST_CASE("time text: every form TradingView and people write is understood") {
  const TimePoint expected = at(1795169703);
  for (const std::string text :
       {"2026-11-20T10:15:03Z", "2026-11-20T10:15:03", "2026-11-20 10:15:03", "2026-11-20t10:15:03z",
        "2026-11-20T12:15:03+02:00", "2026-11-20T04:45:03-05:30", "2026-11-20T12:15:03+0200",
        "2026-11-20T12:15:03+02", "1795169703", "1795169703000", "2026-11-20T10:15:03.000Z",
        "2026-11-20T10:15:03,000Z"}) {
    CAPTURE(text);
    const auto parsed = parse_time(text);
    REQUIRE(parsed.has_value());
    CHECK(*parsed == expected);
  }
  CHECK(parse_time("2026-11-20") == at(1795132800));
  CHECK(parse_time("2026-11-20T10:15Z") == at(1795169700));
  CHECK(parse_time("1795169703412") == at(1795169703, 412'000'000));
  CHECK(parse_time("2026-11-20T10:15:03.4129998887Z") == at(1795169703, 412'999'888));
  CHECK(parse_time("999999999") == at(999999999));
}

TEST_CASE("time text: what is no time is nothing") {
  for (const std::string text : {"",
                                 "now",
                                 "{{timenow}}",
                                 "2026-13-01",
                                 "2026-02-29",
                                 "2026-11-31",
                                 "2026-11-20T24:00:00Z",
                                 "2026-11-20T10:60:00Z",
                                 "2026-11-20T10:15:60Z",
                                 "2026-11-20T10:15:03.Z",
                                 "2026-11-20T10:15:03 ",
                                 " 2026-11-20",
                                 "2026-11-20T",
                                 "2026-11-20Tx",
                                 "20-11-2026",
                                 "2026/11/20",
                                 "12345678",
                                 "123456789012345",
                                 "-1795169703",
                                 "1795169703.5",
                                 "1e9",
                                 "2026-11-20T10:15:03+15:00",
                                 "2026-11-20T10:15:03+02:60",
                                 "2026-11-20T10:15:03Zx",
                                 "2026-1-2"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_time(text).has_value());
  }
}

TEST_CASE("time text: only the years 2000 to 2200 are believed") {
  CHECK(parse_time("2000-01-01T00:00:00Z").has_value());
  CHECK_FALSE(parse_time("1999-12-31T23:59:59Z").has_value());
  CHECK(parse_time("2199-12-31T23:59:59Z").has_value());
  CHECK_FALSE(parse_time("2200-01-01T00:00:00Z").has_value());
  CHECK_FALSE(parse_time("9999-01-01T00:00:00Z").has_value());
  CHECK_FALSE(parse_time("0001-01-01T00:00:00Z").has_value());
  CHECK(parse_time("7258118399").has_value());
  CHECK_FALSE(parse_time("7258118400").has_value());
}

TEST_CASE("time text: no count of digits leaves the range of nanoseconds") {
  // 20-digit products wrap around in 64 bits, some of them into the years that are believed.
  for (std::int64_t seconds = 7'258'118'400; seconds < 99'999'999'999; seconds += 98'765'432) {
    CAPTURE(seconds);
    REQUIRE_FALSE(parse_time(std::to_string(seconds)).has_value());
    REQUIRE_FALSE(parse_time(std::to_string(seconds * 1000)).has_value());
  }
}

TEST_CASE("time text: a time of ours reads back as the same nanosecond") {
  std::mt19937_64 random(7);
  const std::int64_t begin = 946'684'800'000'000'000;
  const std::int64_t end = 7'258'118'399'999'999'999;
  std::uniform_int_distribution<std::int64_t> any(begin, end);
  for (int i = 0; i < 5000; ++i) {
    const std::int64_t units[] = {1, 1'000, 1'000'000, 1'000'000'000};
    const std::int64_t unit = units[i % 4];
    const TimePoint time = from_nanoseconds(any(random) / unit * unit);
    CAPTURE(format_time(time));
    REQUIRE(parse_time(format_time(time)) == time);
  }
}

TEST_CASE("duration: every unit") {
  CHECK(parse_duration("30s") == Nanoseconds(30s));
  CHECK(parse_duration("30") == Nanoseconds(30s));
  CHECK(parse_duration("5m") == Nanoseconds(5min));
  CHECK(parse_duration("2h") == Nanoseconds(2h));
  CHECK(parse_duration("7d") == Nanoseconds(7 * 24h));
  CHECK(parse_duration("250ms") == Nanoseconds(250ms));
  CHECK(parse_duration("0") == Nanoseconds(0));
  CHECK(parse_duration("20000d") == Nanoseconds(20'000 * 24h));
}

TEST_CASE("duration: anything else is nothing") {
  for (const std::string text : {"", "s", "-5s", "+5s", "5 s", " 5s", "5s ", "5x", "1.5h", "5min", "5S", "1e3",
                                 "99999999999999999999s", "9999999999d", "20001d", "1728000001"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_duration(text).has_value());
  }
}

TEST_CASE("duration: what is accepted is not negative, however large it was written") {
  for (const std::string unit : {"ms", "s", "m", "h", "d"}) {
    for (const std::string count : {"100000", "1000000", "100000000", "999999999", "1000000000"}) {
      const auto duration = parse_duration(count + unit);
      CAPTURE(count + unit);
      if (duration) CHECK(*duration > Nanoseconds(0));
      if (duration && unit == "m") CHECK(*duration / 60s == std::stoll(count));
    }
  }
}

TEST_CASE("manual clock: it moves only when told") {
  ManualClock clock(at(100));
  const auto before = clock.steady();
  CHECK(clock.now() == at(100));
  clock.advance(5s);
  CHECK(clock.now() == at(105));
  CHECK(clock.steady() - before == 5s);
  clock.set(at(1));
  CHECK(clock.now() == at(1));
}

TEST_CASE("system clock: it is after the day this was written and does not go back") {
  const SystemClock clock;
  CHECK(clock.now() > at(1'700'000'000));
  const auto first = clock.steady();
  CHECK(clock.steady() >= first);
}

TEST_CASE("time: a far year is refused, not wrapped round into ours") {
  for (const std::string text :
       {"2611-06-10T00:00:00Z", "2610-12-01", "6389-11-20T10:15:00Z", "9999-12-31T23:59:59Z", "0000-01-01",
        "1999-12-31T23:59:59Z", "2200-01-01T00:00:00Z"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_time(text).has_value());
  }
  CHECK(parse_time("2000-01-01T00:30:00+00:30").has_value());
}

TEST_CASE("time text: the usual form is read as the same moment with its zone written out") {
  for (const std::string year : {"1970", "1999", "2000", "2026", "2100", "2199", "2200", "2201", "20a6"}) {
    for (const std::string date :
         {"-01-01", "-02-29", "-02-28", "-12-31", "-13-01", "-00-10", "-04-31", "-1-011", "+01-01"}) {
      for (const std::string time :
           {"T00:00:00", "T23:59:59", "T24:00:00", "T10:60:00", "T10:15:60", "t10:15:03", "T10.15:03"}) {
        const std::string text = year + date + time;
        CAPTURE(text);
        CHECK(parse_time(text + "Z") == parse_time(text + "+00:00"));
      }
    }
  }
}
