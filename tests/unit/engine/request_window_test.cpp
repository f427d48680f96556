#include "engine/request_window.hpp"

#include <random>

#include "support/catch.hpp"
#include "support/seed.hpp"

namespace {

using namespace tvh;
using engine::RequestWindow;
using engine::SteadyPoint;
using std::chrono::milliseconds;
using std::chrono::seconds;

SteadyPoint at(milliseconds since) { return SteadyPoint(seconds(1000)) + since; }

const model::Rate kThreeInTen{3, seconds(10)};

}  // namespace

TEST_CASE("request window: calls within the rate leave at once, the next when the oldest has left the window") {
  RequestWindow window;
  for (int second = 0; second < 3; ++second) {
    const auto now = at(seconds(second));
    CHECK(window.next(kThreeInTen, now) == now);
    window.take(kThreeInTen, now);
  }
  CHECK(window.next(kThreeInTen, at(seconds(3))) == at(seconds(10)));
  CHECK(window.next(kThreeInTen, at(milliseconds(9'999))) == at(seconds(10)));
  CHECK(window.next(kThreeInTen, at(seconds(10))) == at(seconds(10)));
}

TEST_CASE("request window: asking takes nothing") {
  RequestWindow window;
  for (int ask = 0; ask < 10; ++ask) CHECK(window.next(kThreeInTen, at(seconds(0))) == at(seconds(0)));
}

TEST_CASE("request window: a pause holds everything back, and a shorter one does not end a longer one") {
  RequestWindow window;
  window.pause(at(seconds(5)));
  window.pause(at(seconds(2)));
  CHECK(window.next(kThreeInTen, at(seconds(0))) == at(seconds(5)));
  CHECK(window.next(kThreeInTen, at(seconds(6))) == at(seconds(6)));
}

TEST_CASE("request window: no window ever holds more calls than the rate, however they come (property)") {
  const unsigned seed = tvh::test::test_seed();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  const auto pick = [&](int most) { return std::uniform_int_distribution<int>(0, most)(random); };
  for (int world = 0; world < 50; ++world) {
    const model::Rate rate{pick(4) + 1, seconds(pick(9) + 1)};
    RequestWindow window;
    std::vector<SteadyPoint> left;
    SteadyPoint now = at(seconds(0));
    for (int call = 0; call < 60; ++call) {
      now += milliseconds(pick(10) == 0 ? pick(15'000) : pick(300));
      const SteadyPoint free = window.next(rate, now);
      REQUIRE(free >= now);
      now = free;
      window.take(rate, now);
      left.push_back(now);
      if (left.size() <= std::size_t(rate.calls)) continue;
      REQUIRE(now - left[left.size() - 1 - std::size_t(rate.calls)] >= rate.window);
    }
  }
}

TEST_CASE("request window: a call that waits for the rate waits no longer than the window") {
  RequestWindow window;
  for (int call = 0; call < 3; ++call) window.take(kThreeInTen, at(seconds(1)));
  CHECK(window.next(kThreeInTen, at(seconds(1))) == at(seconds(11)));
}
