#include "engine/target.hpp"

#include <algorithm>
#include <map>

namespace tvh::engine {

Decimal signed_position(model::PositionSide side, const Decimal& size) {
  switch (side) {
    case model::PositionSide::long_side:
      return size;
    case model::PositionSide::short_side:
      return -size;
    case model::PositionSide::flat:
      return Decimal();
  }
  return Decimal();
}

// Each step is an edge from one position to another. A walk over all of them ends where more edges come in than
// go out; when none does, the walk is a round trip and ends where it began. While steps are missing there may
// be several such ends; then the latest arrived of them is the best guess, and the missing step will decide.
Decimal chain_end(const BarChain& chain) {
  std::map<Decimal, int> surplus;
  for (const PositionStep& step : chain.steps) {
    --surplus[step.from];
    ++surplus[step.to];
  }
  for (auto step = chain.steps.rbegin(); step != chain.steps.rend(); ++step) {
    if (surplus[step->to] > 0) return step->to;
  }
  if (chain.steps.empty()) return chain.start;
  // A round trip. If it does not pass through where we believed the strategy to be, what we believed was wrong.
  const bool through_start = std::any_of(chain.steps.begin(), chain.steps.end(),
                                         [&](const PositionStep& step) { return step.from == chain.start; });
  return through_start ? chain.start : surplus.begin()->first;
}

Extended extend(const BarChain& chain, TimePoint bar, const PositionStep& step) {
  if (!chain.steps.empty() && bar < chain.bar) return {chain, true};
  const bool known =
      bar == chain.bar && std::any_of(chain.steps.begin(), chain.steps.end(), [&](const PositionStep& one) {
        return one.from == step.from && one.to == step.to;
      });
  if (known) return {chain, false};
  Extended extended{chain, false};
  if (!chain.steps.empty() && bar > chain.bar) {
    extended.chain.start = chain_end(chain);
    extended.chain.steps.clear();
  }
  extended.chain.bar = bar;
  // A strategy that trades more often than this within one bar is not told apart any more: the oldest steps
  // become the start.
  if (extended.chain.steps.size() >= model::kMaxBarSteps) {
    extended.chain.start = chain_end(extended.chain);
    extended.chain.steps.clear();
  }
  extended.chain.steps.push_back(step);
  return extended;
}

namespace {

// How far two clocks may be apart, and an alert be on its way.
constexpr std::chrono::minutes kClockSlack{5};
constexpr std::chrono::minutes kDelivery{2};

// Alerts with and without a time of their own are compared by the end of the bar they speak of: at the bar's
// start a timed one would look older than anything received since. A bar that has not begun is a mistake, and
// nothing that came later would ever be newer: then it is the time of receipt that counts.
TimePoint bar_spoken_of(const model::Signal& signal) {
  const auto said = signal.bar_time ? signal.bar_time : signal.fired_at;
  if (!said) return signal.received_at;
  const auto length = model::timeframe_duration(signal.timeframe).value_or(Nanoseconds(0));
  const TimePoint start = model::bar_start(*said, signal.timeframe);
  return start > signal.received_at + kClockSlack ? signal.received_at : start + length;
}

// Whether an alert that speaks of an earlier bar than `known` may have been fired after whatever told of that
// one: `known` has not ended yet, as where an alert fired inside its bar, and this alert has no bar, or one of
// another length. It goes on from where the strategy was left, or leads out.
bool may_be_later(TimePoint known, const Decimal& known_end, const model::Signal& signal,
                  const PositionStep& step, TimePoint now) {
  if (signal.bar_time) {
    const auto length = model::timeframe_duration(signal.timeframe).value_or(Nanoseconds(0));
    return known > now + length + kClockSlack;
  }
  if (known <= now || (signal.fired_at && *signal.fired_at + kDelivery < signal.received_at)) return false;
  return step.from == known_end || step.to.is_zero();
}

}  // namespace

Extended take_position(const std::optional<BarChain>& chain, const model::Signal& signal, const Decimal& held,
                       const Decimal& size_factor, TimePoint now) {
  const model::PositionChange& change = *signal.position;
  const auto in_base = [&](model::PositionSide side, const std::optional<Decimal>& size) {
    return signed_position(side, multiply(size.value_or(Decimal()), size_factor, Rounding::toward_zero, 18));
  };
  const Decimal to = in_base(change.side, change.size);
  const TimePoint bar = bar_spoken_of(signal);
  BarChain before = chain.value_or(BarChain{bar, held, {}});
  const Decimal end = chain_end(before);
  const Decimal from = change.prev_side ? in_base(*change.prev_side, change.prev_size) : end;
  const PositionStep step{signal.id, from, to};
  const bool later = chain && bar < chain->bar && may_be_later(chain->bar, end, signal, step, now);
  if (later) before = {bar, end, {}};
  if (!change.prev_side) {
    if (chain && !later && bar < before.bar) return {before, true};
    return {BarChain{bar, to, {{signal.id, to, to}}}, false};
  }
  return extend(before, bar, step);
}

}  // namespace tvh::engine
