#include "venue/server_clock.hpp"

#include "venue/exchange.hpp"

namespace tvh::venue {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

namespace {

constexpr std::chrono::minutes kMaxAge{10};
// Two crystals drift apart by about 50 millionths; twice that is assumed.
constexpr std::int64_t kDriftDivisor = 10'000;

}  // namespace

nanoseconds ServerClock::uncertainty_of(const Observation& seen, Steady now) const {
  return seen.uncertainty + nanoseconds(now - seen.middle) / kDriftDivisor;
}

void ServerClock::observe(Steady asked, Steady answered, milliseconds server) {
  // The server's milliseconds are cut off: it was up to one later.
  const nanoseconds half = (nanoseconds(answered - asked) + milliseconds(1)) / 2;
  const Observation seen{asked + nanoseconds(answered - asked) / 2, server + nanoseconds(500'000), half};
  const bool is_better = !best_ || uncertainty_of(seen, answered) <= uncertainty_of(*best_, answered);
  if (is_better || contradicts(seen, answered)) best_ = seen;
  asked_last_ = answered;
  if (doubted_at_ && *doubted_at_ <= asked) doubted_at_.reset();
}

// Both cannot be true: a clock was set, there or here.
bool ServerClock::contradicts(const Observation& seen, Steady now) const {
  const nanoseconds apart =
      (seen.server + nanoseconds(now - seen.middle)) - (best_->server + nanoseconds(now - best_->middle));
  const nanoseconds doubt = uncertainty_of(seen, now) + uncertainty_of(*best_, now);
  return apart > doubt || -apart > doubt;
}

bool ServerClock::is_stale(Steady now) const {
  return !best_ || doubted_at_ || now - *asked_last_ > kMaxAge || uncertainty_of(*best_, now) > kMostClockDoubt;
}

milliseconds ServerClock::now(Steady now) const {
  return std::chrono::floor<milliseconds>(best_->server + nanoseconds(now - best_->middle));
}

milliseconds ServerClock::uncertainty(Steady now) const {
  return best_ ? std::chrono::ceil<milliseconds>(uncertainty_of(*best_, now)) : milliseconds::max();
}

}  // namespace tvh::venue
