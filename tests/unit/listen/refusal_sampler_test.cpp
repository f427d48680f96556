#include "tvhook-listen/refusal_sampler.hpp"

#include "support/catch.hpp"

using namespace tvh;
using namespace std::chrono_literals;

namespace {

int admitted(RefusalSampler& sampler, RefusalSampler::SteadyTime at, int tries) {
  int count = 0;
  for (int i = 0; i < tries; ++i) count += sampler.admit(at) ? 1 : 0;
  return count;
}

const RefusalSampler::SteadyTime kStart{std::chrono::hours(1)};

}  // namespace

TEST_CASE("sampler: a burst is kept whole, then so many a second, and the rest is counted") {
  RefusalSampler sampler({.burst = 5, .rows_per_second = 2, .rows_per_day = 1000});
  CHECK(admitted(sampler, kStart, 10) == 5);
  CHECK(admitted(sampler, kStart + 1s, 10) == 2);
  CHECK(admitted(sampler, kStart + 1h, 10) == 5);
  CHECK(sampler.left_out() == 5 + 8 + 5);
}

TEST_CASE("sampler: a day has a bound of its own") {
  RefusalSampler sampler({.burst = 100, .rows_per_second = 100, .rows_per_day = 240});
  int count = 0;
  for (int second = 0; second < 3600; ++second)
    count += admitted(sampler, kStart + std::chrono::seconds(second), 50);
  CHECK(count >= 240);
  CHECK(count <= 251);
}
