#include "venue/server_clock.hpp"

#include "support/catch.hpp"

using namespace tvh;
using namespace tvh::venue;
using namespace std::chrono_literals;
using std::chrono::milliseconds;

namespace {

using Steady = ServerClock::Steady;

// Our steady time, and what the server's clock says at it: they run alike, some epoch apart.
Steady at(Nanoseconds since_start) {
  return Steady(std::chrono::duration_cast<Steady::duration>(1000s + since_start));
}
milliseconds server_at(Nanoseconds since_start) {
  return milliseconds(1'700'000'000'000) + std::chrono::floor<milliseconds>(since_start);
}

}  // namespace

TEST_CASE("server clock: it is not known before anybody asked") {
  const ServerClock clock;
  CHECK(clock.is_stale(at(0s)));
  CHECK(clock.uncertainty(at(0s)) == milliseconds::max());
}

TEST_CASE("server clock: the server's time goes on with ours, and is off by half the way at most") {
  ServerClock clock;
  clock.observe(at(0ms), at(100ms), server_at(50ms));
  CHECK_FALSE(clock.is_stale(at(100ms)));
  CHECK(clock.now(at(50ms)) == server_at(50ms));
  CHECK(clock.now(at(100ms)) == server_at(100ms));
  CHECK(clock.now(at(5050ms)) == server_at(5050ms));
  CHECK(clock.uncertainty(at(100ms)) == 51ms);  // 50, the server's cut-off millisecond and the drift
}

TEST_CASE(
    "server clock: wherever in the round trip the server looked at its clock, the truth is within the bound") {
  for (const auto round_trip : {1ms, 7ms, 40ms, 300ms}) {
    for (const auto looked : {Nanoseconds(0), Nanoseconds(round_trip) / 3, Nanoseconds(round_trip)}) {
      for (const auto fraction : {0us, 499us, 999us}) {
        const Nanoseconds truth = looked + fraction;  // of the server's clock when it looked
        ServerClock clock;
        clock.observe(at(0ms), at(round_trip), server_at(truth));
        const auto now = at(round_trip);
        const auto true_now = server_at(0ms) + truth + (Nanoseconds(round_trip) - looked);
        const auto error = Nanoseconds(clock.now(now)) - true_now;
        CHECK(error <= clock.uncertainty(now));
        CHECK(-error <= clock.uncertainty(now) + 1ms);  // now() is cut off to milliseconds as well
      }
    }
  }
}

TEST_CASE("server clock: of several askings the shortest round trip is believed, whatever comes after it") {
  ServerClock clock;
  clock.observe(at(0ms), at(400ms), server_at(390ms));  // 190 ms wrong: the way there was the long one
  CHECK(clock.now(at(400ms)) == server_at(590ms));
  clock.observe(at(400ms), at(410ms), server_at(405ms));
  CHECK(clock.now(at(1s)) == server_at(1s));
  CHECK(clock.uncertainty(at(410ms)) == 6ms);
  clock.observe(at(500ms), at(900ms), server_at(890ms));
  CHECK(clock.now(at(1s)) == server_at(1s));
}

TEST_CASE("server clock: what was believed grows uncertain, until a longer round trip tells more") {
  ServerClock clock;
  clock.observe(at(0ms), at(10ms), server_at(5ms));
  CHECK(clock.uncertainty(at(10ms)) == 6ms);
  CHECK(clock.uncertainty(at(100s)) == 16ms);  // 100 ppm
  clock.observe(at(100s), at(100s + 20ms), server_at(100s + 10ms));
  CHECK(clock.uncertainty(at(100s + 20ms)) == 11ms);
}

TEST_CASE("server clock: after ten minutes without an answer it is stale, and any answer keeps it") {
  ServerClock clock;
  clock.observe(at(0ms), at(10ms), server_at(5ms));
  CHECK_FALSE(clock.is_stale(at(10min)));
  CHECK(clock.is_stale(at(10min + 11ms)));
  clock.observe(at(9min), at(9min + 400ms), server_at(9min + 200ms));
  CHECK_FALSE(clock.is_stale(at(19min)));
}

TEST_CASE("server clock: what is off by more than half a second cannot be signed with") {
  ServerClock clock;
  clock.observe(at(0ms), at(1200ms), server_at(600ms));
  CHECK(clock.is_stale(at(1200ms)));
  clock.observe(at(1200ms), at(1300ms), server_at(1250ms));
  CHECK_FALSE(clock.is_stale(at(1300ms)));
}

TEST_CASE("server clock: what the venue contradicted is not signed with until it told its time again") {
  ServerClock clock;
  clock.observe(at(0ms), at(10ms), server_at(5ms));
  clock.doubt(at(10ms));
  CHECK(clock.is_stale(at(10ms)));
  clock.observe(at(5ms), at(15ms), server_at(10ms));  // asked before
  CHECK(clock.is_stale(at(15ms)));
  clock.observe(at(1s), at(1400ms), server_at(61s));
  CHECK_FALSE(clock.is_stale(at(1400ms)));
  CHECK(clock.now(at(1400ms)) == server_at(61s + 200ms));
}

TEST_CASE("server clock: a doubt that the next answer does not bear out costs no precision") {
  ServerClock clock;
  clock.observe(at(0ms), at(10ms), server_at(5ms));
  clock.doubt(at(20ms));  // one request was late on its way
  clock.observe(at(1s), at(2400ms), server_at(2300ms));
  CHECK_FALSE(clock.is_stale(at(2400ms)));
  CHECK(clock.now(at(2400ms)) == server_at(2400ms));
}

TEST_CASE("server clock: an answer that cannot be true together with an earlier one takes its place") {
  ServerClock clock;
  clock.observe(at(0ms), at(10ms), server_at(5ms));
  clock.observe(at(1s), at(1100ms), server_at(1s + 50ms) + 900ms);
  CHECK(clock.now(at(2s)) == server_at(2s) + 900ms);
}
