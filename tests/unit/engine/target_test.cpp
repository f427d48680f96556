#include "engine/target.hpp"

#include <algorithm>
#include <random>

#include "support/catch.hpp"

namespace {

using namespace tvh;
using engine::BarChain;
using engine::PositionStep;

Decimal d(int whole) { return Decimal(whole); }

TimePoint bar(int minutes) {
  return from_nanoseconds(1'800'000'000'000'000'000) + std::chrono::minutes(minutes);
}

BarChain chain_of(const Decimal& start, const std::vector<PositionStep>& steps) {
  BarChain chain;
  chain.start = start;
  for (const auto& step : steps) chain = engine::extend(chain, bar(0), step).chain;
  return chain;
}

}  // namespace

TEST_CASE("target: a close that comes after the open of the same bar does not undo it") {
  // The strategy went 1 -> 0 -> -1; the alerts came the other way round.
  CHECK(engine::chain_end(chain_of(d(1), {{"open", d(0), d(-1)}, {"close", d(1), d(0)}})) == d(-1));
}

TEST_CASE("target: a round trip ends where it began") {
  CHECK(engine::chain_end(chain_of(d(0), {{"in", d(0), d(1)}, {"out", d(1), d(0)}})) == d(0));
  CHECK(engine::chain_end(chain_of(d(0), {{"out", d(1), d(0)}, {"in", d(0), d(1)}})) == d(0));
}

TEST_CASE("target: while a step is missing the latest one leads") {
  CHECK(engine::chain_end(chain_of(d(0), {{"third", d(2), d(3)}})) == d(3));
  CHECK(engine::chain_end(chain_of(d(0), {{"third", d(2), d(3)}, {"first", d(0), d(1)}})) == d(1));
}

TEST_CASE("target: an older bar never overrides a newer one") {
  const BarChain newer = engine::extend({}, bar(5), {"new", d(0), d(2)}).chain;
  const auto extended = engine::extend(newer, bar(4), {"old", d(0), d(-1)});
  CHECK(extended.stale);
  CHECK(extended.chain == newer);
}

TEST_CASE("target: a newer bar begins where the older one ended") {
  const BarChain first = chain_of(d(0), {{"a", d(0), d(1)}});
  const BarChain second = engine::extend(first, bar(1), {"b", d(1), d(0)}).chain;
  CHECK(second.start == d(1));
  CHECK(engine::chain_end(second) == d(0));
}

TEST_CASE("target: every order and duplication of up to six alerts of a bar gives the same end") {
  for (unsigned seed = 1; seed <= 400; ++seed) {
    std::mt19937 random(seed);
    const int length = 1 + int(random() % 6);
    std::vector<PositionStep> steps;
    Decimal position = d(int(random() % 3) - 1);
    const Decimal start = position;
    for (int i = 0; i < length; ++i) {
      Decimal next = d(int(random() % 5) - 2);
      if (next == position) next = next + d(1);
      const bool seen = std::any_of(steps.begin(), steps.end(), [&](const PositionStep& step) {
        return step.from == position && step.to == next;
      });
      if (seen) continue;  // a bar's second equal step cannot be told from a resend
      steps.push_back({"s" + std::to_string(i), position, next});
      position = next;
    }
    INFO("seed " << seed);
    std::vector<std::size_t> order(steps.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    do {
      std::vector<PositionStep> arrived;
      for (const auto i : order) {
        arrived.push_back(steps[i]);
        if (random() % 3 == 0) {
          arrived.push_back(arrived[random() % arrived.size()]);
          arrived.back().signal_id += "again";  // a resend that was taken for new has an id of its own
        }
      }
      const Decimal end = engine::chain_end(chain_of(start, arrived));
      if (end != position) {
        FAIL("ended at " << end.to_string() << " instead of " << position.to_string());
      }
    } while (std::next_permutation(order.begin(), order.end()));
  }
}

TEST_CASE("target: an alert of the running bar is newer than one without a time that came within it") {
  model::Signal untimed;
  untimed.id = "a";
  untimed.received_at = bar(7);
  untimed.position = model::PositionChange{model::PositionSide::long_side, d(1), std::nullopt, std::nullopt};
  const auto first = engine::take_position(std::nullopt, untimed, d(0), d(1), bar(7));
  CHECK(engine::chain_end(first.chain) == d(1));
  model::Signal timed;
  timed.id = "b";
  timed.received_at = bar(8);
  timed.bar_time = model::bar_start(bar(8), "15");
  timed.timeframe = "15";
  timed.position = model::PositionChange{model::PositionSide::flat, d(0), std::nullopt, std::nullopt};
  const auto second = engine::take_position(first.chain, timed, d(1), d(1), bar(8));
  CHECK_FALSE(second.stale);
  CHECK(engine::chain_end(second.chain) == d(0));
}

namespace {

model::Signal stands(const char* id, TimePoint received, model::PositionSide from, model::PositionSide to) {
  model::Signal signal;
  signal.id = id;
  signal.received_at = received;
  const auto size = [](model::PositionSide side) { return side == model::PositionSide::flat ? d(0) : d(1); };
  signal.position = model::PositionChange{to, size(to), from, size(from)};
  return signal;
}

constexpr auto kFlat = model::PositionSide::flat;
constexpr auto kLong = model::PositionSide::long_side;

}  // namespace

TEST_CASE("target: an exit without a bar is newer than an entry that fired inside the bar that still runs") {
  auto entry = stands("in", bar(60), kFlat, kLong);
  entry.bar_time = model::bar_start(bar(60), "1D");
  entry.timeframe = "1D";
  const auto in = engine::take_position(std::nullopt, entry, d(0), d(1), bar(60));
  REQUIRE(in.chain.bar > bar(60));
  auto untimed = stands("out", bar(61), kLong, kFlat);
  auto fired = untimed;
  fired.fired_at = bar(61);
  auto fired_without_before = fired;
  fired_without_before.position->prev_side.reset();
  for (const auto& exit : {untimed, fired, fired_without_before}) {
    const auto out = engine::take_position(in.chain, exit, d(1), d(1), exit.received_at);
    CHECK_FALSE(out.stale);
    CHECK(engine::chain_end(out.chain) == d(0));
  }
  auto late = untimed;
  late.fired_at = bar(30);
  CHECK(engine::take_position(in.chain, late, d(1), d(1), bar(61)).stale);
  // The bar has ended by now: what came before its end and is decided after it is older.
  CHECK(engine::take_position(in.chain, untimed, d(1), d(1), in.chain.bar).stale);
  auto older = untimed;
  older.timeframe = "1D";
  older.bar_time = *entry.bar_time - std::chrono::hours(24);
  CHECK(engine::take_position(in.chain, older, d(1), d(1), bar(61)).stale);
}

TEST_CASE("target: a bar that has not begun keeps nothing out that comes after it") {
  auto tomorrow = stands("in", bar(0), kFlat, kLong);
  tomorrow.timeframe = "15";
  tomorrow.bar_time = bar(0) + std::chrono::hours(24);
  const auto in = engine::take_position(std::nullopt, tomorrow, d(0), d(1), bar(0));
  CHECK(in.chain.bar == bar(0));
  auto exit = stands("out", bar(20), kLong, kFlat);
  exit.timeframe = "15";
  exit.bar_time = model::bar_start(bar(20), "15");
  CHECK(engine::chain_end(engine::take_position(in.chain, exit, d(1), d(1), exit.received_at).chain) == d(0));
  // Nor does one that an earlier version kept.
  const BarChain kept{bar(0) + std::chrono::hours(24), d(0), {{"in", d(0), d(1)}}};
  const auto out = engine::take_position(kept, exit, d(1), d(1), exit.received_at);
  CHECK_FALSE(out.stale);
  CHECK(engine::chain_end(out.chain) == d(0));
}

TEST_CASE("target: the same step in the next bar is a new one, not the old one again") {
  BarChain chain{bar(0), d(0), {}};
  chain = engine::extend(chain, bar(0), {"a", d(0), d(1)}).chain;
  chain = engine::extend(chain, bar(0), {"b", d(1), d(0)}).chain;
  CHECK(engine::chain_end(chain) == d(0));
  chain = engine::extend(chain, bar(15), {"c", d(0), d(1)}).chain;
  CHECK(chain.bar == bar(15));
  CHECK(engine::chain_end(chain) == d(1));
}
