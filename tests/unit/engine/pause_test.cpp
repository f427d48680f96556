#include "engine/pause.hpp"

#include "support/catch.hpp"
#include "support/samples.hpp"

using namespace tvh;
using namespace tvh::test;
using namespace tvh::engine;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

TEST_CASE("pause: what is written is read back, and nothing else is taken for one") {
  const Pause pause{at_second(10), at_second(310)};
  CHECK(parse_pause(format_pause(pause)) == pause);
  for (const char* text :
       {"", "1", "1 ", " 1", "1 x", "x 1", "2 1", "-1 5", "1 2 3", "99999999999999999999 1"}) {
    INFO(text);
    CHECK_FALSE(parse_pause(text).has_value());
  }
}

TEST_CASE(
    "pause: what is left of it falls to nothing, and is never more than was asked, whatever the clock says") {
  const Pause pause{at_second(1000), at_second(1300)};
  CHECK(left_of(pause, at_second(1000)) == seconds(300));
  CHECK(left_of(pause, at_second(1200)) == seconds(100));
  CHECK(left_of(pause, at_second(1300)) == seconds(0));
  CHECK(left_of(pause, at_second(99999)) == seconds(0));
  CHECK(left_of(pause, at_second(1000) - hours(24 * 365)) == seconds(300));  // set back by a year
  CHECK(left_of({at_second(0), at_second(0) + hours(24 * 365)}, at_second(0)) == kLongestPause);
}

TEST_CASE("pause: a longer one takes the place of the known one, the same one told again does not") {
  const auto first = longer_pause(std::nullopt, at_second(0), seconds(60));
  REQUIRE(first.has_value());
  CHECK(*first == Pause{at_second(0), at_second(60)});
  CHECK_FALSE(longer_pause(first, at_second(0) + milliseconds(900), seconds(60)).has_value());
  CHECK_FALSE(longer_pause(first, at_second(10), seconds(20)).has_value());
  CHECK(longer_pause(first, at_second(10), minutes(5)) == Pause{at_second(10), at_second(310)});
  CHECK(longer_pause(first, at_second(61), seconds(5)) == Pause{at_second(61), at_second(66)});
  CHECK_FALSE(longer_pause(std::nullopt, at_second(0), seconds(-5)).has_value());
  CHECK(longer_pause(std::nullopt, at_second(0), hours(24 * 30))->until == at_second(0) + kLongestPause);
}
